/* SPDX-License-Identifier: Apache-2.0 */
/* Hours at which a contact may be called. */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/members/members.h"

enum { JAPAN = 540 };

/* Monday 2026-11-23 is day 0. */
static int64_t at(int day, int hour, int minute)
{
	struct civil c = {
		.year = 2026, .month = 11, .day = 23 + day, .hour = hour, .minute = minute
	};

	return time_from_civil(&c, JAPAN);
}

static void open_within_closed_outside(void **state)
{
	const char *h = "Mo-Fr 09:00-12:00,13:00-18:00; Sa 10:00-12:00";

	(void)state;
	assert_false(members_hours_open(h, at(0, 8, 59), JAPAN));
	assert_true(members_hours_open(h, at(0, 9, 0), JAPAN));
	assert_false(members_hours_open(h, at(0, 12, 0), JAPAN));
	assert_true(members_hours_open(h, at(4, 17, 59), JAPAN));
	assert_true(members_hours_open(h, at(5, 11, 0), JAPAN));
	assert_false(members_hours_open(h, at(6, 11, 0), JAPAN));
	assert_true(members_hours_open("", at(6, 3, 0), JAPAN));
}

static void next_opening(void **state)
{
	const char *h = "Mo-Fr 09:00-18:00";

	(void)state;
	assert_int_equal(members_hours_next(h, at(0, 3, 0), JAPAN), at(0, 9, 0));
	assert_int_equal(members_hours_next(h, at(0, 10, 0) + 1, JAPAN), at(0, 10, 0) + 1);
	assert_int_equal(members_hours_next(h, at(4, 18, 0), JAPAN), at(7, 9, 0));
}

static void past_midnight_and_week_end(void **state)
{
	(void)state;
	assert_true(members_hours_open("Su 22:00-06:00", at(0, 5, 59), JAPAN));
	assert_true(members_hours_open("Su 22:00-06:00", at(6, 23, 0), JAPAN));
	assert_false(members_hours_open("Su 22:00-06:00", at(0, 6, 0), JAPAN));
	assert_true(members_hours_open("Fr-Mo 00:00-24:00", at(6, 12, 0), JAPAN));
	assert_false(members_hours_open("Fr-Mo 00:00-24:00", at(1, 12, 0), JAPAN));
}

static void japanese_spellings(void **state)
{
	static const char *const rows[] = { "月-金 9:00-18:00", "平日 ９：００～１８：００",
					    "月～金9時-18時", "月曜日、火 9:00から18:00",
					    "毎日 9:00〜18:00" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(members_hours_check(rows[i], &e), 0);
		assert_true(members_hours_open(rows[i], at(1, 9, 0), JAPAN));
		assert_false(members_hours_open(rows[i], at(1, 18, 0), JAPAN));
	}
}

static void nonsense_is_refused(void **state)
{
	static const char *const rows[] = { "Mo",
					    "Mo-",
					    "9-18",
					    "Mo 25:00-26:00",
					    "Mo 09:00-09:00",
					    "Mo 09:60-10:00",
					    "Xx 09:00-10:00",
					    "Mo 09:00-10:00 x",
					    "Mo-Fr 24:30-25:00" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(members_hours_check(rows[i], &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(open_within_closed_outside), cmocka_unit_test(next_opening),
		cmocka_unit_test(past_midnight_and_week_end), cmocka_unit_test(japanese_spellings),
		cmocka_unit_test(nonsense_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
