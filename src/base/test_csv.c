/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/csv.h. */
#include "base/csv.h"

#include <string.h>

#include "base/str.h"
#include "base/test.h"

static struct csv *open_text(struct str s)
{
	struct csv *c = NULL;
	assert_int_equal(csv_open(s.p, s.n, &c, NULL), 0);
	return c;
}

static void expect_row(struct csv *c, long line, size_t n, const char *first, const char *last)
{
	struct csv_row row;
	struct err e = { 0 };
	assert_int_equal(csv_next(c, &row, &e), 1);
	assert_int_equal(row.line, line);
	assert_int_equal(row.n, n);
	assert_string_equal(row.cell[0], first);
	assert_string_equal(row.cell[n - 1], last);
	assert_int_equal(row.len[0], strlen(first));
}

static void expect_end(struct csv *c)
{
	struct csv_row row;
	assert_int_equal(csv_next(c, &row, NULL), 0);
	csv_close(c);
}

static void line_ends_quotes_and_empty_cells(void **state)
{
	(void)state;
	struct csv *c = open_text(STR("a,b\r\n\"x \"\"y\"\"\",\"1,\n2\"\n\n,\r,,last"));
	expect_row(c, 1, 2, "a", "b");
	expect_row(c, 2, 2, "x \"y\"", "1,\n2");
	expect_row(c, 5, 2, "", "");
	expect_row(c, 6, 3, "", "last");
	expect_end(c);
	expect_end(open_text(STR("")));
	expect_end(open_text(STR("\r\n\r\n")));
}

static void charset_is_guessed(void **state)
{
	(void)state;
	struct csv *c = open_text(STR("\xef\xbb\xbf会社,x\n"));
	assert_string_equal(csv_charset(c), "UTF-8");
	expect_row(c, 1, 2, "会社", "x");
	expect_end(c);
	c = open_text(STR("\x8a\x94\x8e\xae\x89\xef\x8e\xd0,\xb1\xb2,\x87\x40,\x95\x5c\n"));
	assert_string_equal(csv_charset(c), "CP932");
	expect_row(c, 1, 4, "株式会社", "表"); /* 表 ends in a byte that is a backslash in ASCII */
	expect_end(c);
	assert_int_equal(csv_open("\xff\xfe\x61\x00", 4, &c, NULL), -EFORMAT);
}

static void a_bad_row_does_not_spoil_the_rest(void **state)
{
	(void)state;
	struct csv *c =
		open_text(STR("ok,1\n\"open,2\nok,3\n\"x\"y,4\nok,5\n\xff\xff,6\n日本,7\n"));
	struct csv_row row;
	struct err e = { 0 };
	expect_row(c, 1, 2, "ok", "1");
	assert_int_equal(csv_next(c, &row, &e), -EFORMAT); /* "open,2\nok,3\n" then x behind it */
	assert_non_null(strstr(e.text, "line 2"));
	expect_row(c, 3, 2, "ok", "3");
	assert_int_equal(csv_next(c, &row, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "line 4: text behind a closing quote"));
	expect_row(c, 5, 2, "ok", "5");
	assert_int_equal(csv_next(c, &row, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "line 6"));
	expect_row(c, 7, 2, "日本", "7");
	expect_end(c);
}

static void limits_bite(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	for (int i = 0; i <= CSV_COLUMNS_MAX; i++)
		buf_adds(&b, "x,");
	buf_adds(&b, "\n\"");
	for (int i = 0; i <= CSV_CELL_MAX; i++)
		buf_addc(&b, 'y');
	buf_adds(&b, "\"\nz\n");
	struct csv *c = open_text((struct str){ b.p, b.n });
	struct csv_row row;
	struct err e = { 0 };
	assert_int_equal(csv_next(c, &row, &e), -ELIMIT);
	assert_int_equal(csv_next(c, &row, &e), -ELIMIT);
	assert_non_null(strstr(e.text, "line 2"));
	expect_row(c, 3, 1, "z", "z");
	expect_end(c);
	c = open_text(STR("a,\"never closed"));
	assert_int_equal(csv_next(c, &row, &e), -EFORMAT);
	expect_end(c);
	c = open_text(STR("zero\0byte\n"));
	assert_int_equal(csv_next(c, &row, &e), -EFORMAT);
	expect_end(c);
}

static void written_text_reads_back(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	const char *const cells[] = { "a \"b\", c", "-5", NULL, "line\nbreak" };
	csv_line(&b, cells, 4);
	assert_string_equal(b.p, "\"a \"\"b\"\", c\",-5,,\"line\nbreak\"\r\n");
	struct csv *c = open_text((struct str){ b.p, b.n });
	expect_row(c, 1, 4, "a \"b\", c", "line\nbreak");
	expect_end(c);
}

static void formulas_are_disarmed(void **state)
{
	(void)state;
	const char *formulas[] = { "=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\tx" };
	for (size_t i = 0; i < sizeof(formulas) / sizeof(formulas[0]); i++) {
		SCOPED_BUF struct buf b = { 0 };
		csv_cell(&b, formulas[i], true);
		assert_int_equal(b.p[0], '"');
		assert_int_equal(b.p[1], '\'');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line_ends_quotes_and_empty_cells),
		cmocka_unit_test(charset_is_guessed),
		cmocka_unit_test(a_bad_row_does_not_spoil_the_rest),
		cmocka_unit_test(limits_bite),
		cmocka_unit_test(written_text_reads_back),
		cmocka_unit_test(formulas_are_disarmed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
