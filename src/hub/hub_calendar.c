/* SPDX-License-Identifier: Apache-2.0 */
/* Working days in Japan. */
#include "hub/hub_calendar.h"

#include <string.h>

#include "base/clock.h"

enum {
	SATURDAY = 6,
	SUNDAY = 0,
	YEAR_END_FROM = 29, /* of December */
	YEAR_END_TO = 3,    /* of January */
};

int64_t calendar_day(int64_t us, int64_t n)
{
	int64_t zone_us = CALENDAR_ZONE_MIN * US_PER_MIN, day = (us + zone_us) / US_PER_DAY;

	if ((us + zone_us) % US_PER_DAY < 0)
		day--;
	return (day + n) * US_PER_DAY - zone_us;
}

const struct holiday *calendar_holiday(int64_t us)
{
	int64_t day = calendar_day(us, 0);
	size_t low = 0, high = hub_holiday_table_n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (hub_holiday_table[mid].day_us == day)
			return &hub_holiday_table[mid];
		if (hub_holiday_table[mid].day_us < day)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

enum calendar_day calendar_kind(int64_t us)
{
	struct civil c = time_civil(us, CALENDAR_ZONE_MIN);

	if (calendar_holiday(us))
		return CALENDAR_HOLIDAY;
	if ((c.month == 12 && c.day >= YEAR_END_FROM) || (c.month == 1 && c.day <= YEAR_END_TO))
		return CALENDAR_YEAR_END;
	if (c.weekday == SATURDAY || c.weekday == SUNDAY)
		return CALENDAR_WEEKEND;
	return CALENDAR_OPEN;
}

int64_t calendar_next_open(int64_t us)
{
	int64_t day = calendar_day(us, 0);

	while (calendar_kind(day) != CALENDAR_OPEN)
		day = calendar_day(day, 1);
	return day;
}

int64_t calendar_add_open(int64_t us, int64_t n)
{
	int64_t day = calendar_day(us, 0);

	for (; n > 0; n--)
		day = calendar_next_open(calendar_day(day, 1));
	return day;
}

int64_t calendar_known_until(bool published)
{
	for (size_t i = hub_holiday_table_n; i > 0; i--) {
		const struct holiday *h = &hub_holiday_table[i - 1];
		if (published && strcmp(h->status, "published") != 0)
			continue;
		struct civil c = time_civil(h->day_us, CALENDAR_ZONE_MIN);
		const struct civil next = { .year = c.year + 1, .month = 1, .day = 1 };
		return time_from_civil(&next, CALENDAR_ZONE_MIN);
	}
	return 0;
}
