/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of exports_date.c. */
#include <errno.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/exports/exports_date.h"

static void dates_as_people_type_them(void **state)
{
	static const struct {
		const char *typed, *utc;
	} rows[] = {
		{ "令和8年3月1日", "2026-02-28T15:00:00.000000Z" },
		{ "令和８年３月１日 午後２時５分", "2026-03-01T05:05:00.000000Z" },
		{ "令和元年5月1日", "2019-04-30T15:00:00.000000Z" },
		{ "R8.3.1", "2026-02-28T15:00:00.000000Z" },
		{ "平成31年4月30日", "2019-04-29T15:00:00.000000Z" },
		{ "2026/3/1", "2026-02-28T15:00:00.000000Z" },
		{ "２０２６／３／１　９：０５", "2026-03-01T00:05:00.000000Z" },
		{ "2026-03-01 09:05:30", "2026-03-01T00:05:30.000000Z" },
		{ "2026年3月1日(日) 9時5分", "2026-03-01T00:05:00.000000Z" },
		{ "20260301", "2026-02-28T15:00:00.000000Z" },
		{ "2026-03-01T09:05:00+09:00", "2026-03-01T00:05:00.000000Z" },
		{ "2024/2/29", "2024-02-28T15:00:00.000000Z" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char text[TIME_TEXT_MAX];
		int64_t us = 0;
		if (exports_date_parse(rows[i].typed, 540, &us, NULL) < 0)
			fail_msg("%s", rows[i].typed);
		assert_string_equal(time_format(us, text, sizeof(text)), rows[i].utc);
	}
}

static void what_is_none(void **state)
{
	static const char *const rows[] = {
		"",
		"昨日",
		"2026/13/1",
		"2026/2/30",
		"2026/3",
		"令和0年1月1日",
		"平成40年1月1日",
		"3/1/2026",
		"2026/3/1 25:00",
		"99999/1/1",
		"2026/3/1 から",
		"2026/3/1 1:2:3:4:5:6:7",
		"0",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int64_t us = 7;
		if (exports_date_parse(rows[i], 540, &us, NULL) != -EINVAL || us != 7)
			fail_msg("%s", rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_as_people_type_them),
		cmocka_unit_test(what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
