/* SPDX-License-Identifier: Apache-2.0 */
/* Cards: the catalogue's words with this alert's device and peer in them. */
#include "hub/watch/watch_card.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "wire/otasuke.pb-c.h"

const char *watch_text(const struct text *text, enum lang lang, const char *key,
		       const char *const *args, size_t n_args, struct arena *a)
{
	const char *p = text_get(text, lang, key);
	struct buf b = { 0 };

	for (; *p; p++) {
		size_t i = (size_t)(p[0] == '{' && p[1] >= '0' && p[1] <= '9' ? p[1] - '0' : 99);
		if (i < n_args && p[2] == '}') {
			buf_adds(&b, args[i]);
			p += 2;
		} else {
			buf_addc(&b, *p);
		}
	}
	const char *out = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_done(&b);
	return out;
}

/* The first line of names, else of peers, else the story: what the alert is about. */
static const char *subject(const struct watch_alert *alert, struct arena *a)
{
	const char *list = alert->names[0] ? alert->names : alert->peers;
	struct str rest = str_of(list), line;

	if (!str_cut(&rest, '\n', &line) || line.n == 0)
		return alert->story;
	if (rest.n == 0)
		return arena_strndup(a, line.p, line.n);
	return arena_printf(a, "%.*s …", (int)line.n, line.p);
}

static const char *device(const struct watch_alert *alert)
{
	if (alert->device_name[0])
		return alert->device_name;
	return alert->device_address[0] ? alert->device_address : alert->device_mac;
}

static size_t split_lines(const char *text, struct arena *a, const char **out)
{
	struct str rest = str_of(text), line;
	size_t n = 0;

	while (n < CARD_LINES_MAX && str_cut(&rest, '\n', &line))
		if (line.n > 0)
			out[n++] = arena_strndup(a, line.p, line.n);
	return n;
}

void watch_card(const struct text *text, enum lang lang, const struct watch_alert *alert,
		struct arena *a, struct watch_card *out)
{
	const char *args[] = { device(alert), subject(alert, a) };
	const char *id = alert->detector;

	if (!text_find(text, lang, arena_printf(a, "card.%s.title", id)))
		id = "other";
	*out = (struct watch_card){ 0 };
	const char *part[] = { "title", "what", "how_serious", "do_now", "do_not" };
	const char *said[ARRAY_LEN(part)];
	for (size_t i = 0; i < ARRAY_LEN(part); i++)
		said[i] = watch_text(text, lang, arena_printf(a, "card.%s.%s", id, part[i]), args,
				     ARRAY_LEN(args), a);
	out->title = said[0];
	out->what = said[1];
	out->how_serious = said[2];
	out->n_do_now = split_lines(said[3], a, out->do_now);
	out->n_do_not = split_lines(said[4], a, out->do_not);
}

static const char *number(double v, struct arena *a)
{
	if (fabs(v - round(v)) < 1e-9 && fabs(v) < 1e15)
		return arena_printf(a, "%.0f", v);
	return arena_printf(a, fabs(v) < 1 ? "%.3f" : "%.1f", v);
}

void watch_card_evidence(const struct text *text, enum lang lang, const struct watch_alert *alert,
			 struct arena *a, struct watch_evidence **out, size_t *n_out)
{
	Otasuke__Wire__Finding *f =
		otasuke__wire__finding__unpack(NULL, alert->body_n, alert->body);

	*out = NULL;
	*n_out = 0;
	if (!f)
		return;
	*out = arena_array(a, f->n_evidence ? f->n_evidence : 1, sizeof(**out));
	for (size_t i = 0; i < f->n_evidence; i++) {
		const Otasuke__Wire__Evidence *ev = f->evidence[i];
		char *key = arena_printf(a, "evidence.%s", ev->name);
		const char *label = text_find(text, lang, key);
		const char *value =
			ev->has_number ? number(ev->number, a) : arena_strdup(a, ev->text);
		(*out)[i].name = arena_strdup(a, ev->name);
		(*out)[i].label = label ? label : arena_strdup(a, ev->name);
		(*out)[i].value = value;
	}
	*n_out = f->n_evidence;
	otasuke__wire__finding__free_unpacked(f, NULL);
}

const char *watch_card_young(const struct text *text, enum lang lang,
			     const struct watch_evidence *list, size_t n, struct arena *a)
{
	double days;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i].name, "baseline_days") != 0 ||
		    str_double(str_of(list[i].value), 0, 1e6, &days) < 0)
			continue;
		const char *value = arena_printf(a, "%.0f", days);
		return watch_text(text, lang,
				  days < 1 ? "watch.card.young_hours" : "watch.card.young", &value,
				  1, a);
	}
	return "";
}
