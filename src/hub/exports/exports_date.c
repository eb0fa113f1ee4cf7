/* SPDX-License-Identifier: Apache-2.0 */
/* A date is an era or none, then numbers with anything between them: year, month, day, hour,
 * minute, second. */
#include "hub/exports/exports_date.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"

enum { TYPED_MAX = 64, NUMBERS = 6 };

/* Gengo law: an era begins on its first day, its first year is 1 (元年). */
static const struct {
	const char *name, *letter;
	int before;      /* the year before its first */
	int first, last; /* year of the western calendar */
} eras[] = {
	{ "令和", "R", 2018, 2019, 2200 },
	{ "平成", "H", 1988, 1989, 2019 },
	{ "昭和", "S", 1925, 1926, 1989 },
};

/* Narrow signs for wide ones; false when it is too long for a date. */
static bool narrow(const char *typed, char out[TYPED_MAX])
{
	size_t n = 0;

	while (*typed) {
		char utf8[4];
		uint32_t c = fold_next(&typed);
		if (c >= 0xff01 && c <= 0xff5e)
			c -= 0xfee0;
		if (c == 0x3000)
			c = ' ';
		const size_t len = fold_put(c, utf8);
		if (n + len >= TYPED_MAX)
			return false;
		memcpy(out + n, utf8, len);
		n += len;
	}
	out[n] = '\0';
	return true;
}

static const char *era_cut(const char *s, size_t *era)
{
	for (size_t i = 0; i < ARRAY_LEN(eras); i++) {
		const size_t n = strlen(eras[i].name);
		*era = i;
		if (strncmp(s, eras[i].name, n) == 0)
			return s + n;
		if (toupper((unsigned char)s[0]) == eras[i].letter[0] &&
		    (isdigit((unsigned char)s[1]) || strncmp(s + 1, "元", 3) == 0))
			return s + 1;
	}
	*era = ARRAY_LEN(eras);
	return s;
}

static bool may_stand_between(const char *s, size_t *n_out)
{
	static const char *const words[] = { "年", "月", "日", "時", "分", "秒", " ",   "/",
					     "-",  ".",  ":",  "T",  "(",  ")",  "月)", "午前" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		*n_out = strlen(words[i]);
		if (strncmp(s, words[i], *n_out) == 0)
			return true;
	}
	return false;
}

static bool weekday(const char *s, size_t *n_out)
{
	static const char *const days[] = {
		"(日)", "(月)", "(火)", "(水)", "(木)", "(金)", "(土)"
	};

	for (size_t i = 0; i < ARRAY_LEN(days); i++) {
		*n_out = strlen(days[i]);
		if (strncmp(s, days[i], *n_out) == 0)
			return true;
	}
	return false;
}

/* The numbers of S into V; how many, -1 when something else stands there. */
static int numbers(const char *s, int v[NUMBERS], bool *afternoon)
{
	int n = 0;

	while (*s) {
		size_t skip = 0;
		int used = 0;
		if (n == 0 && strncmp(s, "元", 3) == 0) {
			v[n++] = 1;
			skip = 3;
		} else if (isdigit((unsigned char)*s)) {
			if (n == NUMBERS || strspn(s, "0123456789") > 4 ||
			    sscanf(s, "%4d%n", &v[n], &used) != 1)
				return -1;
			n++;
			skip = (size_t)used;
		} else if (strncmp(s, "午後", 6) == 0) {
			*afternoon = true;
			skip = 6;
		} else if (!weekday(s, &skip) && !may_stand_between(s, &skip)) {
			return -1;
		}
		s += skip;
	}
	return n;
}

/* 20260301 */
static const char *spread(const char *s, char out[TYPED_MAX])
{
	if (strlen(s) != 8 || strspn(s, "0123456789") != 8)
		return s;
	(void)snprintf(out, TYPED_MAX, "%.4s/%.2s/%.2s", s, s + 4, s + 6);
	return out;
}

static bool civil_ok(const struct civil *c, int zone_min, int64_t *out)
{
	struct civil again;

	if (c->year < 1926 || c->year > 2200 || c->month < 1 || c->month > 12 || c->day < 1 ||
	    c->day > 31 || c->hour > 23 || c->minute > 59 || c->second > 60)
		return false;
	*out = time_from_civil(c, zone_min);
	again = time_civil(*out, zone_min);
	return again.month == c->month && again.day == c->day; /* no 31 April */
}

int exports_date_parse(const char *typed, int zone_min, int64_t *out_us, struct err *e)
{
	char plain[TYPED_MAX], wide[TYPED_MAX];
	int v[NUMBERS] = { 0 }, n = -1;
	bool afternoon = false;
	struct civil c;
	int64_t us;
	size_t era = ARRAY_LEN(eras);

	if (time_parse(typed, out_us) == 0)
		return 0;
	if (narrow(typed, plain))
		n = numbers(era_cut(spread(plain, wide), &era), v, &afternoon);
	if (n >= 3) {
		c = (struct civil){ .year = v[0],
				    .month = v[1],
				    .day = v[2],
				    .hour = v[3] + (afternoon && v[3] < 12 ? 12 : 0),
				    .minute = v[4],
				    .second = v[5] };
		if (era < ARRAY_LEN(eras))
			c.year += eras[era].before;
		const bool known =
			era == ARRAY_LEN(eras) ||
			(v[0] >= 1 && c.year >= eras[era].first && c.year <= eras[era].last);
		if (known && civil_ok(&c, zone_min, &us)) {
			*out_us = us;
			return 0;
		}
	}
	return err_set(e, -EINVAL, "\"%.40s\" is no date: write 2026/3/1 14:05 or 令和8年3月1日",
		       typed);
}
