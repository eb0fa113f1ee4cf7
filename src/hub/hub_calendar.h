/* SPDX-License-Identifier: Apache-2.0 */
/* The Japanese calendar of working days, from dated data (data/holidays_jp.tsv): what clocks, rotas
 * and promises count by. Days begin at midnight in Japan; times are UTC microseconds. */
#ifndef HUB_HUB_CALENDAR_H
#define HUB_HUB_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CALENDAR_ZONE_MIN = 540 };

struct holiday {
	int64_t day_us; /* its beginning */
	const char *name, *name_en;
	const char *status; /* "published", or "computed": not yet confirmed */
};
extern const struct holiday hub_holiday_table[]; /* in order */
extern const size_t hub_holiday_table_n;

enum calendar_day {
	CALENDAR_OPEN,
	CALENDAR_WEEKEND,
	CALENDAR_HOLIDAY,
	CALENDAR_YEAR_END, /* 29 December to 3 January: public offices are closed */
};

/* The beginning of the day that holds US, N days later. */
int64_t calendar_day(int64_t us, int64_t n);
/* Is it a working day of public offices, and if not, why? */
enum calendar_day calendar_kind(int64_t us);
/* NULL when it is none. */
const struct holiday *calendar_holiday(int64_t us);
/* The beginning of the first working day from the day of US on. */
int64_t calendar_next_open(int64_t us);
/* The beginning of the working day that comes N working days after the day of US. */
int64_t calendar_add_open(int64_t us, int64_t n);
/* Up to when holidays are known (published only: without the computed ones); beyond it weekends and
 * the year's end count alone. */
int64_t calendar_known_until(bool published);

#endif
