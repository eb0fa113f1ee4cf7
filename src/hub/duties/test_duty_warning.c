/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of duty_warning.c: thresholds on the calendar of 2026. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/duties/duty_rule.h"
#include "hub/duties/duty_warning.h"

static int64_t at(const char *text)
{
	int64_t us;

	assert_int_equal(time_parse(text, &us), 0);
	return us;
}

static struct duty_span span(const char *rule, const char *known)
{
	const struct duty_rule *r = duty_rule_at(rule, at(known));
	const struct duty_clock c = duty_clock(r, at(known));

	return (struct duty_span){ at(known), c.warn_us, c.due_us };
}

static int64_t when(const char *id, const struct duty_span *s)
{
	for (size_t i = 0; i < duty_warning_table_n; i++)
		if (strcmp(duty_warning_table[i].id, id) == 0)
			return duty_warning_at(&duty_warning_table[i], s);
	fail_msg("%s", id);
	return 0;
}

static void a_plain_week(void **state)
{
	/* known on Monday noon: day 5 is Friday */
	const struct duty_span s = span("appi_prelim", "2026-06-01T12:00:00+09:00");

	(void)state;
	assert_int_equal(s.due_us / US_PER_SEC, at("2026-06-05T23:59:59+09:00") / US_PER_SEC);
	assert_int_equal(when("half", &s) / US_PER_HOUR,
			 at("2026-06-03T17:59:00+09:00") / US_PER_HOUR);
	assert_int_equal(when("day_before", &s), at("2026-06-04T09:00:00+09:00"));
	assert_int_equal(when("same_day", &s), at("2026-06-05T09:00:00+09:00"));
	assert_int_equal(when("late", &s), at("2026-06-06T00:00:00+09:00"));
	assert_int_equal(when("prompt", &s), 0);
}

static void days_off_are_warned_of_before(void **state)
{
	/* known on Wednesday 29 April (a holiday): day 5 is Sunday 3 May, in the middle of Golden
	 * Week; the last open day before is Friday 1 May */
	const struct duty_span s = span("appi_prelim", "2026-04-29T10:00:00+09:00");

	(void)state;
	assert_int_equal(when("day_before", &s), at("2026-05-01T09:00:00+09:00"));
	assert_int_equal(when("same_day", &s), at("2026-05-01T09:00:00+09:00"));
	/* both at once are one mail: the more urgent */
	assert_string_equal(duty_warning_due(&s, 0, at("2026-05-01T09:00:00+09:00"))->id,
			    "same_day");
	assert_int_equal(duty_warning_next(&s, 3), s.due_us + 1);
	/* never before anybody knew */
	const struct duty_span late = { at("2026-05-02T10:00:00+09:00"), 0,
					at("2026-05-03T23:59:59+09:00") };
	assert_int_equal(when("day_before", &late), late.known_us);
}

static void promptly_is_told_once(void **state)
{
	const struct duty_span s = span("police", "2026-06-01T12:00:00+09:00");

	(void)state;
	assert_int_equal(s.due_us, 0);
	assert_int_equal(when("half", &s), 0);
	assert_int_equal(when("late", &s), 0);
	assert_int_equal(when("prompt", &s), at("2026-06-03T09:00:00+09:00"));
	assert_int_equal(duty_warning_next(&s, 0), at("2026-06-03T09:00:00+09:00"));
	assert_int_equal(duty_warning_next(&s, 4), INT64_MAX);
}

static void what_was_skipped_is_not_told_later(void **state)
{
	const struct duty_span s = span("appi_final_60", "2026-06-01T12:00:00+09:00");
	const int64_t half = when("half", &s);

	(void)state;
	assert_null(duty_warning_due(&s, 0, half - 1));
	assert_string_equal(duty_warning_due(&s, 0, half)->id, "half");
	assert_null(duty_warning_due(&s, 1, half + US_PER_DAY));
	assert_string_equal(duty_warning_due(&s, 0, s.due_us + 1)->id, "late");
	assert_null(duty_warning_due(&s, 5, s.due_us + US_PER_DAY));
	assert_int_equal(duty_warning_next(&s, 5), INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_week),
		cmocka_unit_test(days_off_are_warned_of_before),
		cmocka_unit_test(promptly_is_told_once),
		cmocka_unit_test(what_was_skipped_is_not_told_later),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
