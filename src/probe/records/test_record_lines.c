/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of framing: lines, lengths in front, both mixed, what is too long. */
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "probe/records/fields.h"
#include "probe/records/record_lines.h"

/* Adds TEXT a few bytes at a time and joins what comes out with '|'. */
static void run(struct record_lines *l, const char *text, size_t step, struct buf *out)
{
	struct str line;
	size_t n = strlen(text);

	for (size_t at = 0; at < n; at += step) {
		record_lines_add(l, text + at, n - at < step ? n - at : step);
		while (record_lines_next(l, &line))
			buf_printf(out, "%.*s|", (int)line.n, line.p);
	}
	if (record_lines_rest(l, &line))
		buf_printf(out, "%.*s.", (int)line.n, line.p);
}

static void assert_lines(bool counted, const char *text, const char *want)
{
	for (size_t step = 1; step < 9; step++) {
		struct record_lines l;
		struct buf out;
		record_lines_init(&l);
		l.counted = counted;
		buf_init(&out, 0);
		run(&l, text, step, &out);
		assert_string_equal(out.p ? out.p : "", want);
		buf_done(&out);
		record_lines_done(&l);
	}
}

static void lines_end_with_a_line_end(void **state)
{
	(void)state;
	assert_lines(false, "a\nbc\n\nd", "a|bc||d.");
	assert_lines(false, "5 hello\n", "5 hello|");
}

static void lengths_in_front_are_kept_to(void **state)
{
	(void)state;
	assert_lines(true, "8 <1>he\nlo9 <1>world!", "<1>he\nlo|<1>world!|");
	assert_lines(true, "<1>plain\n8 <1>hello<2>plain again\n",
		     "<1>plain|<1>hello|<2>plain again|");
	assert_lines(true, "0 no length\n12345678 neither\n", "0 no length|12345678 neither|");
}

static void what_is_too_long_is_passed_over_and_counted(void **state)
{
	struct record_lines l;
	struct str line;
	SCOPED_MEM char *much = mem_new(RECORD_LINE_MAX);

	(void)state;
	memset(much, 'x', RECORD_LINE_MAX);
	record_lines_init(&l);
	for (int i = 0; i < 5; i++) {
		record_lines_add(&l, much, RECORD_LINE_MAX);
		assert_false(record_lines_next(&l, &line));
	}
	record_lines_add(&l, "end\nnext\n", 9);
	assert_true(record_lines_next(&l, &line));
	assert_int_equal(line.n, 4);
	assert_int_equal(l.longs, 1);
	l.counted = true;
	record_lines_add(&l, "70000 ", 6);
	assert_false(record_lines_next(&l, &line));
	record_lines_add(&l, much, RECORD_LINE_MAX);
	assert_false(record_lines_next(&l, &line));
	record_lines_add(&l, much, 70000 - RECORD_LINE_MAX);
	record_lines_add(&l, "2 ok", 4);
	assert_true(record_lines_next(&l, &line));
	assert_int_equal(line.n, 2);
	assert_int_equal(l.longs, 2);
	record_lines_done(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_with_a_line_end),
		cmocka_unit_test(lengths_in_front_are_kept_to),
		cmocka_unit_test(what_is_too_long_is_passed_over_and_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
