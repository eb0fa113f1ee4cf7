/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of duties: which apply to which facts, and how days are counted over new year, golden week
 * and a leap day. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/duties/duty_rule.h"
#include "hub/hub_calendar.h"

static int64_t at(const char *text)
{
	int64_t us;

	assert_int_equal(time_parse(text, &us), 0);
	return us;
}

static struct duty_facts nothing(void)
{
	struct duty_facts f = { .known_us = at("2026-11-23T10:00:00+09:00"),
				.sector = "",
				.people = -1 };

	for (int i = 0; i < FACT_COUNT; i++)
		f.given[i] = "";
	return f;
}

static bool applies(const char *id, const struct duty_facts *f)
{
	const struct duty_rule *r = duty_rule_at(id, f->known_us);

	return r && duty_needs(r->needs, f, NULL, NULL);
}

static void which_apply(void **state)
{
	struct duty_facts f = nothing();

	(void)state;
	for (size_t i = 0; i < duty_rule_table_n; i++)
		assert_false(duty_needs(duty_rule_table[i].needs, &f, NULL, NULL));
	f.given[FACT_PERSONAL] = "yes";
	assert_false(applies("appi_prelim", &f)); /* but not of a kind that must be told */
	f.people = 1000;
	assert_false(applies("appi_prelim", &f)); /* more than 1,000 are many */
	f.people = 1001;
	assert_true(applies("appi_prelim", &f));
	assert_true(applies("appi_final", &f));
	assert_false(applies("appi_final_60", &f));
	assert_true(applies("appi_persons", &f));
	f.given[FACT_ENCRYPTED] = "yes";
	assert_false(applies("appi_prelim", &f));
	f.given[FACT_ENCRYPTED] = "unknown";
	assert_true(applies("appi_prelim", &f));

	f = nothing();
	f.given[FACT_PERSONAL] = "unknown"; /* feared is enough */
	f.given[FACT_MALICIOUS] = "unknown";
	assert_true(applies("appi_prelim", &f));
	assert_true(applies("appi_final", &f)); /* the shorter time, until it is known */
	assert_false(applies("appi_final_60", &f));
	f.given[FACT_MALICIOUS] = "yes";
	assert_false(applies("appi_final", &f));
	assert_true(applies("appi_final_60", &f));
	assert_true(applies("police", &f));

	f = nothing();
	f.given[FACT_MYNUMBER] = "yes";
	f.given[FACT_CONTRACTOR] = "yes";
	assert_true(applies("mynumber_prelim", &f));
	assert_true(applies("client", &f));
	assert_false(applies("appi_prelim", &f));
	f = nothing();
	f.sector = "telecom";
	assert_true(applies("telecom_detail", &f));
	assert_false(applies("finance", &f));
}

static void what_brought_it(void **state)
{
	struct duty_facts f = nothing();
	const char *alt;
	size_t n;

	(void)state;
	f.given[FACT_PERSONAL] = "yes";
	f.given[FACT_PROPERTY] = "yes";
	assert_true(duty_needs(duty_rule_at("appi_prelim", f.known_us)->needs, &f, &alt, &n));
	assert_non_null(memmem(alt, n, "property", 8));
	assert_null(memmem(alt, n, "sensitive", 9));
	assert_false(duty_needs("", &f, NULL, NULL));
	assert_false(duty_needs("=yes", &f, NULL, NULL));
	assert_false(duty_needs("nobody=yes|personal", &f, NULL, NULL));
}

static void before_the_law(void **state)
{
	(void)state;
	assert_null(duty_rule_at("appi_prelim", at("2022-03-31T23:59:00+09:00")));
	assert_non_null(duty_rule_at("appi_prelim", at("2022-04-01T00:00:00+09:00")));
	assert_null(duty_rule_at("no_such", at("2026-04-01T00:00:00+09:00")));
}

static int64_t last_day(const char *rule, const char *known)
{
	struct duty_clock k = duty_clock(duty_rule_at(rule, at(known)), at(known));

	assert_int_equal(k.due_us, calendar_day(k.due_us, 1) - 1); /* to its last moment */
	return calendar_day(k.due_us, 0);
}
#define DAY(text) at(text "T00:00:00+09:00")

static void days_are_counted(void **state)
{
	(void)state;
	/* The day of knowing is day 1, whatever its hour in Japan. */
	assert_int_equal(last_day("appi_prelim", "2026-11-23T00:00:00+09:00"), DAY("2026-11-27"));
	assert_int_equal(last_day("appi_prelim", "2026-11-23T23:59:59+09:00"), DAY("2026-11-27"));
	assert_int_equal(
		duty_clock(duty_rule_at("appi_prelim", DAY("2026-11-23")), DAY("2026-11-23"))
			.warn_us,
		DAY("2026-11-25"));
	/* Days off count, and do not move the preliminary report: over new year and golden week. */
	assert_int_equal(last_day("appi_prelim", "2026-12-28T15:00:00+09:00"), DAY("2027-01-01"));
	assert_int_equal(last_day("appi_prelim", "2026-05-01T15:00:00+09:00"), DAY("2026-05-05"));
	/* The final report moves: 30 days from 4 December end on 2 January, a Saturday. */
	assert_int_equal(last_day("appi_final", "2026-12-04T09:00:00+09:00"), DAY("2027-01-04"));
	/* From 4 April they end on 3 May (Sunday): three holidays and a day in lieu follow. */
	assert_int_equal(last_day("appi_final", "2026-04-04T09:00:00+09:00"), DAY("2026-05-07"));
	assert_int_equal(last_day("appi_final", "2026-11-01T09:00:00+09:00"), DAY("2026-11-30"));
	assert_int_equal(last_day("appi_final_60", "2026-11-03T09:00:00+09:00"), DAY("2027-01-04"));
	/* A leap year: 30 days from 1 February 2028 hold the 29th. */
	assert_int_equal(last_day("appi_final", "2028-02-01T09:00:00+09:00"), DAY("2028-03-01"));
	assert_int_equal(last_day("appi_final", "2027-02-01T09:00:00+09:00"), DAY("2027-03-02"));
	/* Working days: over the end of the year, offices are closed from 29 December to 3 January.
	 */
	assert_int_equal(last_day("insurer", "2026-12-28T09:00:00+09:00"), DAY("2027-01-06"));
	assert_int_equal(last_day("insurer", "2026-11-24T09:00:00+09:00"), DAY("2026-11-27"));
}

static void says_what_was_moved(void **state)
{
	const int64_t known = DAY("2026-12-04");
	struct duty_clock k = duty_clock(duty_rule_at("appi_final", known), known);

	(void)state;
	assert_true(k.moved);
	assert_int_equal(k.last_day_us, DAY("2027-01-02"));
	k = duty_clock(duty_rule_at("appi_prelim", known), known);
	assert_false(k.moved);
	k = duty_clock(duty_rule_at("appi_persons", known), known); /* promptly: no day */
	assert_int_equal(k.due_us, 0);
	assert_int_equal(k.warn_us, DAY("2026-12-06"));
	k = duty_clock(duty_rule_at("appi_final", known), DAY("2035-01-01"));
	assert_true(k.unsure);
}

static void the_table_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < duty_rule_table_n; i++) {
		const struct duty_rule *r = &duty_rule_table[i];

		assert_true(strcmp(r->unit, "day1") == 0 || strcmp(r->unit, "working") == 0 ||
			    (strcmp(r->unit, "prompt") == 0 && r->due == 0));
		assert_true(strcmp(r->unit, "prompt") == 0 || r->due >= r->warn);
		assert_true(r->warn >= 1 && r->source[0] && r->to_ja[0] && r->to_en[0]);
		assert_true(strcmp(r->confidence, "source") == 0 ||
			    strcmp(r->confidence, "unverified") == 0);
		for (size_t k = 0; k < i; k++)
			assert_true(strcmp(duty_rule_table[k].id, r->id) != 0 ||
				    duty_rule_table[k].valid_from_us != r->valid_from_us);
	}
	for (size_t i = 0; i < report_field_table_n; i++)
		assert_true(report_field_table[i].ja[0] && report_field_table[i].en[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_apply),         cmocka_unit_test(what_brought_it),
		cmocka_unit_test(before_the_law),      cmocka_unit_test(days_are_counted),
		cmocka_unit_test(says_what_was_moved), cmocka_unit_test(the_table_is_whole),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
