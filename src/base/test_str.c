/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/str.h. */
#include "base/str.h"

#include <errno.h>
#include <string.h>

#include "base/test.h"

static void views_compare(void **state)
{
	(void)state;
	assert_true(str_eq(STR("abc"), str_of("abc")));
	assert_false(str_eq(STR("abc"), STR("abd")));
	assert_true(str_eq(str_of(NULL), STR("")));
	assert_true(str_eq_nocase(STR("Content-Type"), STR("content-type")));
	assert_false(str_eq_nocase(STR("a"), STR("ab")));
	assert_true(str_starts(STR("abc"), STR("ab")));
	assert_false(str_starts(STR("a"), STR("ab")));
	assert_true(str_ends(STR("a.csv"), STR(".csv")));
	assert_true(str_eq(str_trim(STR(" \t a b\r\n")), STR("a b")));
	assert_true(str_eq(str_trim(STR("  ")), STR("")));
}

static void cut_gives_every_part(void **state)
{
	(void)state;
	struct str s = STR("a,,b"), part;
	assert_true(str_cut(&s, ',', &part) && str_eq(part, STR("a")));
	assert_true(str_cut(&s, ',', &part) && str_eq(part, STR("")));
	assert_true(str_cut(&s, ',', &part) && str_eq(part, STR("b")));
	assert_false(str_cut(&s, ',', &part));
}

static void copy_cuts_between_characters(void **state)
{
	(void)state;
	char out[6];
	assert_true(str_copy(out, sizeof(out), STR("abcde")));
	assert_string_equal(out, "abcde");
	assert_false(str_copy(out, sizeof(out), STR("あいう")));
	assert_string_equal(out, "あ");
	assert_false(str_copy(out, sizeof(out), STR("ああ")));
	assert_string_equal(out, "あ");
	assert_true(str_copy(out, sizeof(out), STR("")));
	assert_string_equal(out, "");
}

static void whole_numbers_only(void **state)
{
	(void)state;
	int64_t v = 5;
	const char *bad[] = { "", "-", "+", "1x", " 1", "1 ", "0x10", "1.0", "--1" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(str_i64(str_of(bad[i]), INT64_MIN, INT64_MAX, &v), -EINVAL);
	assert_int_equal(str_i64(STR("11"), 0, 10, &v), -ERANGE);
	assert_int_equal(str_i64(STR("9223372036854775808"), INT64_MIN, INT64_MAX, &v), -ERANGE);
	assert_int_equal(str_i64(STR("99999999999999999999x"), INT64_MIN, INT64_MAX, &v), -EINVAL);
	assert_int_equal(v, 5);
	assert_int_equal(str_i64(STR("-9223372036854775808"), INT64_MIN, INT64_MAX, &v), 0);
	assert_true(v == INT64_MIN);
	assert_int_equal(str_i64(STR("+42"), 0, 100, &v), 0);
	assert_int_equal(v, 42);
}

static void decimals(void **state)
{
	(void)state;
	double v = 0;
	assert_int_equal(str_double(STR("0.25"), 0, 1, &v), 0);
	assert_true(v > 0.2499 && v < 0.2501);
	assert_int_equal(str_double(STR("1.5"), 0, 1, &v), -ERANGE);
	assert_int_equal(str_double(STR("1e999"), 0, 1e300, &v), -ERANGE);
	const char *bad[] = { "", "nan", "inf", "0x1p3", "1 ", "1..2", "e" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(str_double(str_of(bad[i]), -10, 10, &v), -EINVAL);
}

static void hex_digits(void **state)
{
	(void)state;
	uint8_t out[4];
	size_t n = 0;
	assert_int_equal(str_hex(STR("00fFa0"), out, sizeof(out), &n), 0);
	assert_int_equal(n, 3);
	assert_memory_equal(out, "\x00\xff\xa0", 3);
	assert_int_equal(str_hex(STR("abc"), out, sizeof(out), &n), -EINVAL);
	assert_int_equal(str_hex(STR("zz"), out, sizeof(out), &n), -EINVAL);
	assert_int_equal(str_hex(STR("0011223344"), out, sizeof(out), &n), -ERANGE);
}

static void utf8_is_strict(void **state)
{
	(void)state;
	const char *good[] = { "", "a", "é", "日本", "😀", "\xf4\x8f\xbf\xbf" };
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	const char *bad[] = {
		"\x80",     "\xc0\xaf",         "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"\xe3\x81", "\xf0\x80\x80\x80", "\xff"
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_int_equal(utf8_count("日本x", 7), 3);
	assert_int_equal(utf8_count("\xff日", 4), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(views_compare),
		cmocka_unit_test(cut_gives_every_part),
		cmocka_unit_test(copy_cuts_between_characters),
		cmocka_unit_test(whole_numbers_only),
		cmocka_unit_test(decimals),
		cmocka_unit_test(hex_digits),
		cmocka_unit_test(utf8_is_strict),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
