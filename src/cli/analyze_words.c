/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a report: times, spans, kinds, cards, who a device is. The cards are those that the
 * hub shows: the catalogues of all folders are compiled into every program. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/analyze_words.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* The length of the character at P, which may be one byte that is none; SHOW_OUT: may it be shown?
 */
static size_t character(const char *p, size_t n, bool *show_out)
{
	static const char *const misleading[] = {
		"\u200b", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c",
		"\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u061c", "\ufeff",
	};
	unsigned char c = (unsigned char)p[0];
	size_t len = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	*show_out = false;
	if (len > n || !utf8_valid(p, len))
		return 1;
	if (c < 0x20 || c == 0x7f || (c == 0xc2 && (unsigned char)p[1] < 0xa0))
		return len; /* control characters: C0, DEL, C1 */
	for (size_t i = 0; i < ARRAY_LEN(misleading); i++) {
		if (len == strlen(misleading[i]) && memcmp(p, misleading[i], len) == 0)
			return len;
	}
	*show_out = true;
	return len;
}

const char *view_clean(struct arena *a, const char *text)
{
	SCOPED_BUF struct buf b;
	size_t n = strlen(text), len;
	bool show;

	buf_init(&b, 0);
	for (size_t i = 0; i < n; i += len) {
		len = character(text + i, n - i, &show);
		if (show)
			buf_add(&b, text + i, len);
		else
			buf_adds(&b, REPLACEMENT);
	}
	return arena_strndup(a, b.p ? b.p : "", b.n);
}

const char *view_text(const struct cli *c, struct arena *a, const char *key,
		      const char *const *args, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	cli_add(c, &b, key, args, n);
	return arena_strndup(a, b.p ? b.p : "", b.n);
}

const char *view_time(const struct view *v, struct arena *a, int64_t us)
{
	struct civil t = time_civil(us, v->zone_min);

	if (!v->many_days)
		return arena_printf(a, "%02d:%02d:%02d", t.hour, t.minute, t.second);
	return arena_printf(a, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour,
			    t.minute, t.second);
}

const char *view_span(const struct cli *c, struct arena *a, int64_t us)
{
	int64_t days = us / US_PER_DAY, hours = us / US_PER_HOUR, minutes = us / US_PER_MIN;
	const char *key = "cli.analyze.span.seconds";
	const char *args[2];

	args[0] = arena_printf(a, "%.1f", (double)us / (double)US_PER_SEC);
	args[1] = "";
	if (days >= 2) {
		key = "cli.analyze.span.days";
		args[0] = arena_printf(a, "%lld", (long long)days);
		args[1] = arena_printf(a, "%lld", (long long)(hours % 24));
	} else if (minutes >= 120) {
		key = "cli.analyze.span.hours";
		args[0] = arena_printf(a, "%lld", (long long)hours);
		args[1] = arena_printf(a, "%lld", (long long)(minutes % 60));
	} else if (minutes >= 2) {
		key = "cli.analyze.span.minutes";
		args[0] = arena_printf(a, "%lld", (long long)minutes);
		args[1] = arena_printf(a, "%lld", (long long)(us / US_PER_SEC % 60));
	}
	return view_text(c, a, key, args, 2);
}

const char *view_severity_key(enum severity s)
{
	static const char *const key[] = { "cli.analyze.severity.info", "cli.analyze.severity.low",
					   "cli.analyze.severity.medium",
					   "cli.analyze.severity.high",
					   "cli.analyze.severity.critical" };

	return (size_t)s < ARRAY_LEN(key) ? key[s] : key[0];
}

const char *view_light(enum severity s)
{
	if (s >= SEVERITY_HIGH)
		return "red";
	return s >= SEVERITY_LOW ? "amber" : "grey";
}

const char *view_kind(const struct cli *c, struct arena *a, const char *detector)
{
	const char *text =
		text_find(c->text, c->lang, arena_printf(a, "cli.analyze.kind.%s", detector));

	return text ? text : arena_strdup(a, detector);
}

static void how_add(const struct cli *c, struct buf *b, bool so, const char *key)
{
	if (!so)
		return;
	if (b->n)
		buf_adds(b, cli_text(c, "cli.analyze.comma"));
	buf_adds(b, cli_text(c, key));
}

const char *view_how(const struct cli *c, struct arena *a, const struct analyze_device *d)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	how_add(c, &b, d->gateway, "cli.analyze.how.gateway");
	how_add(c, &b, d->hostname[0], "cli.analyze.how.name");
	how_add(c, &b, d->mac[0] && !d->random_mac, "cli.analyze.how.mac");
	how_add(c, &b, d->random_mac, "cli.analyze.how.random");
	how_add(c, &b, d->vendor[0], "cli.analyze.how.vendor");
	how_add(c, &b, d->fingerprint[0], "cli.analyze.how.dhcp");
	how_add(c, &b, b.n == 0, "cli.analyze.how.address");
	return arena_strndup(a, b.p ? b.p : "", b.n);
}

/* One part of a card, cut into lines. */
static size_t card_lines(const struct cli *c, struct arena *a, const char *key,
			 const char *const *args, const char **out)
{
	struct str rest = str_of(view_text(c, a, key, args, 2)), line;
	size_t n = 0;

	while (n < VIEW_LINES_MAX && str_cut(&rest, '\n', &line)) {
		if (line.n > 0)
			out[n++] = arena_strndup(a, line.p, line.n);
	}
	return n;
}

void view_card(const struct cli *c, struct arena *a, const char *detector, const char *subject,
	       struct view_device *d)
{
	const char *args[] = { d->name, subject };
	const char *id = detector;

	if (!text_find(c->text, c->lang, arena_printf(a, "card.%s.title", id)))
		id = "other";
	d->title = view_text(c, a, arena_printf(a, "card.%s.title", id), args, 2);
	d->what = view_text(c, a, arena_printf(a, "card.%s.what", id), args, 2);
	d->serious = view_text(c, a, arena_printf(a, "card.%s.how_serious", id), args, 2);
	d->n_do_now = card_lines(c, a, arena_printf(a, "card.%s.do_now", id), args, d->do_now);
	d->n_do_not = card_lines(c, a, arena_printf(a, "card.%s.do_not", id), args, d->do_not);
}
