/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/clock.h. */
#include "base/clock.h"

#include <errno.h>

#include "base/test.h"

static void format_and_parse_agree(void **state)
{
	(void)state;
	const int64_t times[] = { 0,
				  1,
				  -1,
				  INT64_C(1795451400000000),
				  INT64_C(951782400123456), /* 2000-02-29 */
				  INT64_C(253402300799999999) };
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		char text[TIME_TEXT_MAX];
		int64_t back = 42;
		assert_int_equal(time_parse(time_format(times[i], text, sizeof(text)), &back), 0);
		assert_true(back == times[i]);
	}
	char text[TIME_TEXT_MAX];
	assert_string_equal(time_format(INT64_C(951782400123456), text, sizeof(text)),
			    "2000-02-29T00:00:00.123456Z");
}

static void parse_knows_offsets_and_fractions(void **state)
{
	(void)state;
	int64_t a, b;
	assert_int_equal(time_parse("2026-11-23T16:30:00+09:00", &a), 0);
	assert_int_equal(time_parse("2026-11-23 07:30:00.0Z", &b), 0);
	assert_true(a == b);
	assert_int_equal(time_parse("2026-11-23t07:30:00.1234567z", &b), 0);
	assert_true(b - a == 123456);
	assert_int_equal(time_parse("2016-12-31T23:59:60Z", &a), 0);
	assert_int_equal(time_parse("2017-01-01T00:00:00Z", &b), 0);
	assert_true(a == b);
}

static void parse_refuses(void **state)
{
	(void)state;
	const char *bad[] = { "",
			      "2026",
			      "2026-11-23",
			      "2026-11-23T16:30:00",
			      "2026-02-29T00:00:00Z",
			      "2026-13-01T00:00:00Z",
			      "2026-00-01T00:00:00Z",
			      "2026-11-23T24:00:00Z",
			      "2026-11-23T16:30:00.Z",
			      "2026-11-23T16:30:00Zx",
			      "2026-11-23T16:30:00+9:00",
			      "+026-11-23T16:30:00Z" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t out = 42;
		assert_int_equal(time_parse(bad[i], &out), -EINVAL);
		assert_int_equal(out, 42);
	}
}

static void civil_at_an_offset(void **state)
{
	(void)state;
	int64_t us;
	assert_int_equal(time_parse("2026-11-22T15:00:01Z", &us), 0);
	struct civil c = time_civil(us, 540);
	assert_int_equal(c.year, 2026);
	assert_int_equal(c.month, 11);
	assert_int_equal(c.day, 23);
	assert_int_equal(c.hour, 0);
	assert_int_equal(c.second, 1);
	assert_int_equal(c.weekday, 1);
	assert_true(time_from_civil(&c, 540) == us);
}

static void civil_day_by_day(void **state)
{
	(void)state;
	int weekday = 4; /* 1970-01-01 was a Thursday */
	for (int64_t day = 0; day < 60000; day++) {
		struct civil c = time_civil(day * US_PER_DAY, 0);
		assert_true(time_from_civil(&c, 0) == day * US_PER_DAY);
		assert_int_equal(c.weekday, weekday);
		weekday = (weekday + 1) % 7;
	}
}

static void fake_clock_stands_still(void **state)
{
	(void)state;
	struct clock_fake f;
	clock_fake_init(&f, 1000);
	assert_int_equal(clock_utc_us(&f.clock), 1000);
	int64_t before = clock_mono_ns(&f.clock);
	clock_fake_add(&f, US_PER_SEC);
	assert_int_equal(clock_utc_us(&f.clock), 1000 + US_PER_SEC);
	assert_true(clock_mono_ns(&f.clock) - before == INT64_C(1000000000));
	assert_true(clock_utc_us(&clock_real) > INT64_C(1600000000000000));
	assert_true(clock_mono_ns(&clock_real) <= clock_mono_ns(&clock_real));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(format_and_parse_agree),
		cmocka_unit_test(parse_knows_offsets_and_fractions),
		cmocka_unit_test(parse_refuses),
		cmocka_unit_test(civil_at_an_offset),
		cmocka_unit_test(civil_day_by_day),
		cmocka_unit_test(fake_clock_stands_still),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
