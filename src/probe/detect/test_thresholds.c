/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the table of thresholds, and of changing them. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/detect/thresholds.h"

static void every_field_has_one_row(void **state)
{
	(void)state;
	bool taken[sizeof(struct thresholds) / 8] = { 0 };
	assert_int_equal(thresholds_count, ARRAY_LEN(taken));
	for (size_t i = 0; i < thresholds_count; i++) {
		size_t at = thresholds_table[i].offset / 8;
		assert_int_equal(thresholds_table[i].offset % 8, 0);
		assert_false(taken[at]);
		taken[at] = true;
	}
}

static void every_row_says_why_and_leaves_room(void **state)
{
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	for (size_t i = 0; i < thresholds_count; i++) {
		const struct threshold *row = &thresholds_table[i];
		assert_true(strchr(row->name, '.') && row->unit[0] && strlen(row->reason) > 15);
		/* Room to move each a good way, as a network may need it. */
		assert_true(row->lowest <= row->initial * 0.6);
		assert_true(row->highest >= row->initial * 1.4 || strcmp(row->unit, "share") == 0);
		assert_true(fabs(thresholds_value(&t, row) - row->initial) < 1e-9);
	}
}

static void a_list_changes_what_it_names(void **state)
{
	(void)state;
	struct thresholds t;
	struct err e = { 0 };
	thresholds_init(&t);
	assert_int_equal(
		thresholds_change(&t, " beacon.calls_min = 8,scan.rest=900, dga.random_share=0.5,",
				  &e),
		0);
	assert_int_equal(t.beacon.calls_min, 8);
	assert_int_equal(t.scan.rest_us, 900 * US_PER_SEC);
	assert_true(fabs(t.dga.random_share - 0.5) < 1e-9);
	assert_int_equal(t.scan.hosts_min, 12);
	assert_int_equal(thresholds_change(&t, "", &e), 0);
}

static void what_is_wrong_is_named_and_nothing_changed(void **state)
{
	(void)state;
	static const struct {
		const char *list, *text;
	} wrong[] = {
		{ "beacon.call_min=8",
		  "\"beacon.call_min\" is no threshold; doc/detection.md lists them" },
		{ "scan.many=900, beacon.calls_min=1000",
		  "threshold beacon.calls_min takes a number from 3 to 64 (calls), not \"1000\"" },
		{ "beacon.calls_min",
		  "threshold beacon.calls_min takes a number from 3 to 64 (calls), not \"\"" },
		{ "scan.rest=10m",
		  "threshold scan.rest takes a number from 10 to 86400 (s), not \"10m\"" },
		{ "scan.rest=nan",
		  "threshold scan.rest takes a number from 10 to 86400 (s), not \"nan\"" },
	};
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct thresholds t;
		struct err e = { 0 };
		thresholds_init(&t);
		assert_int_equal(thresholds_change(&t, wrong[i].list, &e), -EINVAL);
		assert_string_equal(e.text, wrong[i].text);
		assert_int_equal(t.scan.many, 100);
	}
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(every_field_has_one_row),
		cmocka_unit_test(every_row_says_why_and_leaves_room),
		cmocka_unit_test(a_list_changes_what_it_names),
		cmocka_unit_test(what_is_wrong_is_named_and_nothing_changed),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
