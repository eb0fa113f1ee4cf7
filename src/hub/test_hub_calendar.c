/* SPDX-License-Identifier: Apache-2.0 */
/* Working days: substitute and citizens' holidays, the year's end, and where knowledge ends. */
#include "base/clock.h"
#include "base/test.h"
#include "hub/hub_calendar.h"

static int64_t at(int year, int month, int day, int hour)
{
	const struct civil c = { .year = year, .month = month, .day = day, .hour = hour };

	return time_from_civil(&c, CALENDAR_ZONE_MIN);
}

static void days_are_of_their_kind(void **state)
{
	static const struct {
		int month, day;
		enum calendar_day kind;
	} rows[] = {
		{ 1, 1, CALENDAR_HOLIDAY },   { 1, 2, CALENDAR_YEAR_END },
		{ 1, 4, CALENDAR_WEEKEND },   { 1, 5, CALENDAR_OPEN },
		{ 5, 6, CALENDAR_HOLIDAY }, /* for the Sunday of the 3rd */
		{ 5, 7, CALENDAR_OPEN },      { 9, 22, CALENDAR_HOLIDAY }, /* between two */
		{ 11, 23, CALENDAR_HOLIDAY }, { 11, 24, CALENDAR_OPEN },
		{ 12, 28, CALENDAR_OPEN },    { 12, 29, CALENDAR_YEAR_END },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(calendar_kind(at(2026, rows[i].month, rows[i].day, 0)),
				 rows[i].kind);
		assert_int_equal(calendar_kind(at(2026, rows[i].month, rows[i].day, 23)),
				 rows[i].kind);
	}
}

static void the_next_working_day(void **state)
{
	(void)state;
	assert_int_equal(calendar_next_open(at(2026, 11, 20, 15)), at(2026, 11, 20, 0));
	assert_int_equal(calendar_next_open(at(2026, 11, 21, 9)), at(2026, 11, 24, 0));
	assert_int_equal(calendar_next_open(at(2026, 12, 29, 9)), at(2027, 1, 4, 0));
	assert_int_equal(calendar_add_open(at(2026, 11, 20, 15), 1), at(2026, 11, 24, 0));
	assert_int_equal(calendar_add_open(at(2026, 9, 18, 9), 2), at(2026, 9, 25, 0));
}

static void holidays_are_whole_and_in_order(void **state)
{
	(void)state;
	for (size_t i = 1; i < hub_holiday_table_n; i++)
		assert_true(hub_holiday_table[i - 1].day_us < hub_holiday_table[i].day_us);
	for (size_t i = 0; i < hub_holiday_table_n; i++)
		assert_int_equal(calendar_day(hub_holiday_table[i].day_us, 0),
				 hub_holiday_table[i].day_us);
	assert_int_equal(calendar_known_until(true), at(2028, 1, 1, 0));
	assert_true(calendar_known_until(false) > calendar_known_until(true));
	assert_string_equal(calendar_holiday(at(2026, 11, 23, 12))->name_en,
			    "Labour Thanksgiving Day");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_are_of_their_kind),
		cmocka_unit_test(the_next_working_day),
		cmocka_unit_test(holidays_are_whole_and_in_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
