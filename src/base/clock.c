/* SPDX-License-Identifier: Apache-2.0 */
/* Time, and time as text (RFC 3339). Calendar arithmetic is proleptic Gregorian, without tzdata. */
#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t real_utc_us(void *arg)
{
	(void)arg;
	struct timespec t;
	(void)clock_gettime(CLOCK_REALTIME, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * US_PER_SEC + t.tv_nsec / 1000;
}

static int64_t real_mono_ns(void *arg)
{
	(void)arg;
	struct timespec t;
	(void)clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (int64_t)t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

const struct clock clock_real = { .utc_us = real_utc_us, .mono_ns = real_mono_ns };

int64_t clock_utc_us(const struct clock *c)
{
	return c->utc_us(c->arg);
}

int64_t clock_mono_ns(const struct clock *c)
{
	return c->mono_ns(c->arg);
}

static int64_t fake_utc_us(void *arg)
{
	return ((const struct clock_fake *)arg)->utc_us;
}

static int64_t fake_mono_ns(void *arg)
{
	return ((const struct clock_fake *)arg)->utc_us * 1000;
}

int64_t clock_cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); /* cannot fail for one's own thread */
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void clock_fake_init(struct clock_fake *f, int64_t utc_us)
{
	*f = (struct clock_fake){
		.clock = { .utc_us = fake_utc_us, .mono_ns = fake_mono_ns, .arg = f },
		.utc_us = utc_us,
	};
}

void clock_fake_add(struct clock_fake *f, int64_t us)
{
	f->utc_us += us;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Days since 1970-01-01; the year is counted from March so that the leap day comes last. */
static int64_t days_of(int64_t year, int month, int day)
{
	year -= month <= 2;
	int64_t era = floor_div(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * 146097 + day_of_era - 719468;
}

struct civil time_civil(int64_t utc_us, int offset_min)
{
	int64_t seconds = floor_div(utc_us, US_PER_SEC) + (int64_t)offset_min * 60;
	int64_t days = floor_div(seconds, 86400);
	int rest = (int)(seconds - days * 86400);

	int64_t z = days + 719468;
	int64_t era = floor_div(z, 146097);
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
		(day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year =
		day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int month_from_march = (int)((5 * day_of_year + 2) / 153);
	int month = month_from_march + (month_from_march < 10 ? 3 : -9);
	return (struct civil){
		.year = (int)(year_of_era + era * 400 + (month <= 2)),
		.month = month,
		.day = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1),
		.hour = rest / 3600,
		.minute = rest / 60 % 60,
		.second = rest % 60,
		.weekday = (int)(((days + 4) % 7 + 7) % 7),
	};
}

int64_t time_from_civil(const struct civil *c, int offset_min)
{
	int64_t seconds = days_of(c->year, c->month, c->day) * 86400 + (int64_t)c->hour * 3600 +
			  (int64_t)c->minute * 60 + c->second - (int64_t)offset_min * 60;
	return seconds * US_PER_SEC;
}

char *time_format(int64_t utc_us, char *out, size_t out_size)
{
	struct civil c = time_civil(utc_us, 0);
	int us = (int)(utc_us - floor_div(utc_us, US_PER_SEC) * US_PER_SEC);
	(void)snprintf(out, out_size, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day,
		       c.hour, c.minute, c.second, us);
	return out;
}

static bool digits(const char **p, int n, int *out)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		char d = (*p)[i];
		if (d < '0' || d > '9')
			return false;
		v = v * 10 + (d - '0');
	}
	*p += n;
	*out = v;
	return true;
}

static bool literal(const char **p, const char *any_of)
{
	if (**p == '\0' || !strchr(any_of, **p))
		return false;
	(*p)++;
	return true;
}

static bool parse_fraction(const char **p, int *us_out)
{
	if (**p != '.')
		return true;
	(*p)++;
	int us = 0, scale = 100000;
	const char *start = *p;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		us += (**p - '0') * scale;
		scale /= 10;
	}
	*us_out = us;
	return *p > start;
}

static bool parse_offset(const char **p, int *offset_min_out)
{
	if (literal(p, "Zz")) {
		*offset_min_out = 0;
		return true;
	}
	int sign = **p == '-' ? -1 : 1, hours, minutes;
	if (!literal(p, "+-") || !digits(p, 2, &hours) || !literal(p, ":") ||
	    !digits(p, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_min_out = sign * (hours * 60 + minutes);
	return true;
}

static int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (month == 2 && leap);
}

/* RFC 3339, 5.6. A leap second becomes the first second of the next minute. */
int time_parse(const char *text, int64_t *out_us)
{
	struct civil c = { 0 };
	int us = 0, offset_min = 0;
	const char *p = text;
	bool ok = digits(&p, 4, &c.year) && literal(&p, "-") && digits(&p, 2, &c.month) &&
		  literal(&p, "-") && digits(&p, 2, &c.day) && literal(&p, "Tt ") &&
		  digits(&p, 2, &c.hour) && literal(&p, ":") && digits(&p, 2, &c.minute) &&
		  literal(&p, ":") && digits(&p, 2, &c.second) && parse_fraction(&p, &us) &&
		  parse_offset(&p, &offset_min) && *p == '\0';
	if (!ok || c.month < 1 || c.month > 12 || c.day < 1 ||
	    c.day > month_days(c.year, c.month) || c.hour > 23 || c.minute > 59 || c.second > 60)
		return -EINVAL;
	*out_us = time_from_civil(&c, offset_min) + us;
	return 0;
}
