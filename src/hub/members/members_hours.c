/* SPDX-License-Identifier: Apache-2.0 */
/* Hours at which a contact may be called: "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-12:00", also
 * 月-金, 平日, 毎日. Public holidays are not known here. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "hub/members/members.h"

enum { DAY_MIN = 24 * 60, WEEK_MIN = 7 * DAY_MIN, SPANS_MAX = 64, FOLDED_MAX = 512 };

struct hours {
	size_t n;
	struct {
		int from, to; /* minutes from Monday 00:00; TO may lie in the next week */
	} span[SPANS_MAX];
};

static bool eat(const char **p, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(*p, what, n) != 0)
		return false;
	*p += n;
	return true;
}

static bool eat_dash(const char **p)
{
	return eat(p, "-") || eat(p, "~") || eat(p, "〜") || eat(p, "カラ");
}

static bool eat_comma(const char **p)
{
	return eat(p, ",") || eat(p, "、") || eat(p, "ト");
}

static int eat_day(const char **p) /* 0 = Monday; -1 = none */
{
	static const char *const latin[] = { "mo", "tu", "we", "th", "fr", "sa", "su" };
	static const char *const kanji[] = { "月", "火", "水", "木", "金", "土", "日" };

	for (int i = 0; i < 7; i++) {
		if (eat(p, latin[i]))
			return i;
		if (eat(p, kanji[i])) {
			(void)eat(p, "曜日"); /* both spellings mean the day */
			(void)eat(p, "曜");
			return i;
		}
	}
	return -1;
}

/* A set of days, bit 0 = Monday; every day when none is named; 0 = wrong. */
static unsigned eat_days(const char **p)
{
	unsigned set = 0;

	if (eat(p, "平日"))
		return 0x1F;
	if (eat(p, "毎日") || (**p >= '0' && **p <= '9'))
		return 0x7F;
	do {
		int from = eat_day(p), to = from;

		if (from < 0)
			return 0;
		if (eat_dash(p))
			to = eat_day(p);
		if (to < 0)
			return 0;
		for (int d = from;; d = (d + 1) % 7) {
			set |= 1U << d;
			if (d == to)
				break;
		}
	} while (eat_comma(p));
	return set;
}

static int eat_number(const char **p, int max)
{
	int v = 0, n = 0;

	for (; **p >= '0' && **p <= '9' && n < 2; n++)
		v = v * 10 + (*(*p)++ - '0');
	return n > 0 && v <= max ? v : -1;
}

static int eat_time(const char **p) /* minutes from midnight, 24:00 allowed; -1 = wrong */
{
	int h = eat_number(p, 24), m = 0;

	if (h < 0)
		return -1;
	if (eat(p, ":"))
		m = eat_number(p, 59);
	else if (!eat(p, "時"))
		return -1;
	return m < 0 || h * 60 + m > DAY_MIN ? -1 : h * 60 + m;
}

static bool eat_spans(const char **p, unsigned days, struct hours *h)
{
	do {
		int from = eat_time(p);
		int to = from >= 0 && eat_dash(p) ? eat_time(p) : -1;

		if (to < 0 || from == to)
			return false;
		if (to < from)
			to += DAY_MIN; /* past midnight */
		for (int d = 0; d < 7; d++) {
			if (!(days & 1U << d))
				continue;
			if (h->n == SPANS_MAX)
				return false;
			h->span[h->n].from = d * DAY_MIN + from;
			h->span[h->n++].to = d * DAY_MIN + to;
		}
	} while (eat_comma(p));
	return true;
}

static bool parse(const char *text, struct hours *out)
{
	char folded[FOLDED_MAX];
	const char *p = folded;

	*out = (struct hours){ 0 };
	if (strlen(text) >= FOLDED_MAX)
		return false;
	fold_text(text, folded, sizeof(folded));
	while (*p) {
		unsigned days = eat_days(&p);

		if (!days || !eat_spans(&p, days, out))
			return false;
		if (*p && !eat(&p, ";") && !eat(&p, "/"))
			return false;
	}
	return true;
}

static int minute_of_week(int64_t now_us, int zone_min)
{
	struct civil c = time_civil(now_us, zone_min);

	return (c.weekday + 6) % 7 * DAY_MIN + c.hour * 60 + c.minute;
}

int members_hours_check(const char *hours, struct err *e)
{
	struct hours h;

	if (parse(hours, &h))
		return 0;
	return err_set(e, -EINVAL,
		       "hours \"%s\" are not understood: write them as Mo-Fr 09:00-18:00", hours);
}

bool members_hours_open(const char *hours, int64_t now_us, int zone_min)
{
	return members_hours_next(hours, now_us, zone_min) == now_us;
}

int64_t members_hours_next(const char *hours, int64_t now_us, int zone_min)
{
	struct hours h;
	int now = minute_of_week(now_us, zone_min);
	int wait = WEEK_MIN;

	if (!parse(hours, &h) || h.n == 0)
		return now_us;
	for (size_t i = 0; i < h.n; i++) {
		int since = (now - h.span[i].from + WEEK_MIN) % WEEK_MIN;

		if (since < h.span[i].to - h.span[i].from)
			return now_us;
		if (WEEK_MIN - since < wait)
			wait = WEEK_MIN - since;
	}
	int64_t minute = now_us - now_us % US_PER_MIN;
	return minute + wait * US_PER_MIN;
}
