/* SPDX-License-Identifier: Apache-2.0 */
/* Counting: months of the zone, distinct incidents, and the pilot's own way of counting. */
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/reports/reports.h"

enum { JAPAN = 540 };

static int64_t day(int year, int month, int d, int hour)
{
	const struct civil c = { .year = year, .month = month, .day = d, .hour = hour };
	return time_from_civil(&c, JAPAN);
}

static void months_follow_the_zone(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct report *r = arena_alloc(a, sizeof(*r));

	(void)state;
	report_start(r, day(2025, 11, 30, 23), day(2026, 2, 1, 0), JAPAN, a);
	assert_int_equal(r->n_month, 4);
	assert_string_equal(r->month[0].key, "2025-11");
	assert_string_equal(r->month[3].key, "2026-02");
	assert_int_equal(r->to_us, day(2026, 3, 1, 0));
	const struct report_row eve = { .opened_us = day(2025, 12, 1, 0) - 1, .kind = "x" };
	const struct report_row first = { .opened_us = day(2025, 12, 1, 0), .kind = "x" };
	const struct report_row outside = { .opened_us = day(2026, 3, 1, 0), .kind = "x" };
	report_add(r, &eve);
	report_add(r, &first);
	report_add(r, &outside);
	assert_int_equal(r->month[0].sum.incidents, 1);
	assert_int_equal(r->month[1].sum.incidents, 1);
	assert_int_equal(r->all.incidents, 2);
}

static void too_many_months_are_cut(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct report *r = arena_alloc(a, sizeof(*r));

	(void)state;
	report_start(r, day(2000, 1, 1, 0), day(2026, 1, 1, 0), JAPAN, a);
	assert_int_equal(r->n_month, REPORT_MONTHS_MAX);
	assert_int_equal(r->to_us, day(2003, 1, 1, 0));
}

/* The pilot: 110 handled by phone or remotely, of which 18 were the first response to a visit;
 * 18 visits; its total 128 counts handlings. Distinct incidents are 110. */
static void the_pilots_table(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct report *r = arena_alloc(a, sizeof(*r));

	(void)state;
	report_start(r, day(2019, 7, 1, 0), day(2020, 1, 31, 0), JAPAN, a);
	for (int i = 0; i < 110; i++) {
		const struct report_row row = { .opened_us = day(2019, 8, 1, i % 24),
						.kind = "malware_suspected",
						.prefecture = 23,
						.phone_remote = true,
						.visit = i < 18,
						.minutes = 10,
						.cost_yen = 100 };
		report_add(r, &row);
	}
	assert_int_equal(r->all.incidents, 110);
	assert_int_equal(r->all.phone_remote, 110);
	assert_int_equal(r->all.visit, 18);
	assert_int_equal(r->all.both, 18);
	assert_int_equal(report_handlings(&r->all), 128);
	assert_int_equal(r->prefecture[23].sum.incidents, 110);
	assert_int_equal(r->all.minutes, 1100);
	assert_int_equal(r->n_kind, 1);
}

static void hostile_figures_are_left_out_of_the_map(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct report *r = arena_alloc(a, sizeof(*r));
	const int codes[] = { -1, 0, 48, 1000 };

	(void)state;
	report_start(r, day(2026, 1, 1, 0), day(2026, 1, 1, 0), JAPAN, a);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct report_row row = { .opened_us = day(2026, 1, 2, 0),
						.kind = "x",
						.prefecture = codes[i] };
		report_add(r, &row);
	}
	assert_int_equal(r->all.incidents, 4);
	assert_int_equal(r->all.untouched, 4);
	for (int code = 1; code <= 47; code++)
		assert_int_equal(r->prefecture[code].sum.incidents, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(months_follow_the_zone),
		cmocka_unit_test(too_many_months_are_cut),
		cmocka_unit_test(the_pilots_table),
		cmocka_unit_test(hostile_figures_are_left_out_of_the_map),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
