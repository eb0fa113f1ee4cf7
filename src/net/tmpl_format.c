/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers, money, times as templates show them. Their words come from the catalogue (time.*,
 * money.*), so a language is not known here. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "net/tmpl.h"

enum { NUM_MAX = 32 };

/* Groups of three digits: -1,234,567. */
static const char *num_text(int64_t v, char out[NUM_MAX])
{
	char digits[NUM_MAX];
	int n = snprintf(digits, sizeof(digits), "%" PRIu64,
			 v < 0 ? UINT64_C(0) - (uint64_t)v : (uint64_t)v);
	size_t o = 0;

	if (v < 0)
		out[o++] = '-';
	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[o++] = ',';
		out[o++] = digits[i];
	}
	out[o] = '\0';
	return out;
}

static void put_text(struct tmpl *t, const char *key, const char *a, const char *b)
{
	struct tmpl_arg args[] = { tmpl_arg_text(a), tmpl_arg_text(b) };

	tmpl_t(t, key, args, 2);
}

static void put_ints(struct tmpl *t, const char *key, int64_t a, int64_t b)
{
	struct tmpl_arg args[] = { tmpl_arg_int(a), tmpl_arg_int(b) };

	tmpl_t(t, key, args, 2);
}

void tmpl_num(struct tmpl *t, int64_t v)
{
	char text[NUM_MAX];

	buf_adds(t->out, num_text(v, text));
}

void tmpl_n(struct tmpl *t, const char *key, int64_t count)
{
	char whole[160], text[NUM_MAX];

	(void)snprintf(whole, sizeof(whole), "%s.%s", key, count == 1 ? "one" : "other");
	put_text(t, whole, num_text(count, text), NULL);
}

void tmpl_yen(struct tmpl *t, int64_t yen)
{
	char text[NUM_MAX];

	put_text(t, "money.yen", num_text(yen, text), NULL);
}

void tmpl_bytes(struct tmpl *t, int64_t v)
{
	static const char *const units[] = { "B", "KB", "MB", "GB", "TB", "PB" };
	double d = (double)v;
	size_t u = 0;

	while (d >= 999.5 && u + 1 < sizeof(units) / sizeof(units[0])) {
		d /= 1000;
		u++;
	}
	buf_printf(t->out, u > 0 && d < 9.95 ? "%.1f %s" : "%.0f %s", d, units[u]);
}

/* --- times --- */

static void put_clock(struct tmpl *t, const char *key, int64_t us)
{
	struct civil c = time_civil(us, t->zone_min);
	char month[4], day[4], hour[4], minute[4];
	(void)snprintf(month, sizeof(month), "%02d", c.month % 100);
	(void)snprintf(day, sizeof(day), "%02d", c.day % 100);
	(void)snprintf(hour, sizeof(hour), "%02d", c.hour % 100);
	(void)snprintf(minute, sizeof(minute), "%02d", c.minute % 100);
	struct tmpl_arg args[] = { tmpl_arg_int(c.year), tmpl_arg_text(month), tmpl_arg_text(day),
				   tmpl_arg_text(hour), tmpl_arg_text(minute) };

	tmpl_t(t, key, args, 5);
}

void tmpl_when(struct tmpl *t, int64_t us)
{
	if (us == 0)
		tmpl_key(t, "time.none");
	else
		put_clock(t, "time.when", us);
}

void tmpl_day(struct tmpl *t, int64_t us)
{
	char weekday[32], month[32];

	if (us == 0) {
		tmpl_key(t, "time.none");
		return;
	}
	struct civil c = time_civil(us, t->zone_min);
	(void)snprintf(weekday, sizeof(weekday), "time.weekday.%d", c.weekday);
	(void)snprintf(month, sizeof(month), "time.month.%d", c.month);
	struct tmpl_arg args[] = { tmpl_arg_int(c.year), tmpl_arg_int(c.month), tmpl_arg_int(c.day),
				   tmpl_arg_text(text_get(t->text, t->lang, weekday)),
				   tmpl_arg_text(text_get(t->text, t->lang, month)) };
	tmpl_t(t, "time.day", args, 5);
}

static void put_span(struct tmpl *t, int64_t past_us)
{
	bool future = past_us < 0;
	int64_t us = future ? -past_us : past_us;

	if (us < US_PER_MIN)
		tmpl_key(t, future ? "time.in.now" : "time.ago.now");
	else if (us < US_PER_HOUR)
		put_ints(t, future ? "time.in.minutes" : "time.ago.minutes", us / US_PER_MIN, 0);
	else if (us < US_PER_DAY)
		put_ints(t, future ? "time.in.hours" : "time.ago.hours", us / US_PER_HOUR, 0);
	else
		put_ints(t, future ? "time.in.days" : "time.ago.days", us / US_PER_DAY, 0);
}

void tmpl_ago(struct tmpl *t, int64_t us)
{
	char exact[TIME_TEXT_MAX];
	int64_t past_us = t->now_us - us;

	if (us == 0) {
		tmpl_key(t, "time.none");
		return;
	}
	buf_printf(t->out, "<time datetime=\"%s\" title=\"", time_format(us, exact, sizeof(exact)));
	put_clock(t, "time.when", us);
	buf_adds(t->out, "\">");
	if (past_us > 30 * US_PER_DAY || past_us < -30 * US_PER_DAY)
		tmpl_day(t, us); /* "214 days ago" helps nobody */
	else
		put_span(t, past_us);
	buf_adds(t->out, "</time>");
}

void tmpl_mins(struct tmpl *t, int64_t us)
{
	int64_t min = us / US_PER_MIN, hours = min / 60, days = hours / 24;

	if (us > 0 && min == 0)
		tmpl_key(t, "time.span.short");
	else if (hours == 0)
		put_ints(t, "time.span.minutes", min, 0);
	else if (days == 0)
		put_ints(t, "time.span.hours", hours, min % 60);
	else
		put_ints(t, "time.span.days", days, hours % 24);
}
