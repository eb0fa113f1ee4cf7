/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/err.h. */
#include "base/err.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "base/test.h"

static void set_fills_code_and_text(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_int_equal(err_set(&e, -EINVAL, "port %d is out of range", 70000), -EINVAL);
	assert_int_equal(e.code, -EINVAL);
	assert_string_equal(e.text, "port 70000 is out of range");
	assert_int_equal(err_set(NULL, -EPERM, "nobody reads this"), -EPERM);
}

static void set_may_quote_itself(void **state)
{
	(void)state;
	struct err e = { 0 };
	(void)err_set(&e, -EINVAL, "inner");
	(void)err_set(&e, -EIO, "outer: %s", e.text);
	assert_string_equal(e.text, "outer: inner");
}

static void context_goes_in_front(void **state)
{
	(void)state;
	struct err e = { 0 };
	(void)err_set(&e, -EFORMAT, "the key is missing");
	assert_int_equal(err_context(&e, "line %d", 3), -EFORMAT);
	assert_string_equal(e.text, "line 3: the key is missing");
	struct err empty = { 0 };
	assert_int_equal(err_context(&empty, "line 4"), -EINVAL);
	assert_int_equal(err_context(NULL, "line 5"), -EINVAL);
}

static void long_text_is_cut_between_characters(void **state)
{
	(void)state;
	char text[2000];
	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "警", 4);
	struct err e = { 0 };
	(void)err_set(&e, -EINVAL, "x%s", text);
	size_t n = strlen(e.text);
	assert_true(n >= ERR_TEXT_MAX - 4 && n < ERR_TEXT_MAX);
	assert_true(utf8_valid(e.text, n));
}

static void each_code_has_a_text(void **state)
{
	(void)state;
	const int codes[] = { 0, EFORMAT, ELIMIT, ECLOSED, EDENIED, ECONFLICT, ENOENT, -ENOENT };
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_string_not_equal(err_text(codes[i]), "unknown error");
	assert_string_equal(err_text(-EFORMAT), err_text(EFORMAT));
	assert_string_equal(err_text(99999), "unknown error");
}

static const char *shout(const char *fmt)
{
	return strcmp(fmt, "no file %s") == 0 ? "ファイル %s がありません" : fmt;
}

static void translator_turns_the_format(void **state)
{
	(void)state;
	struct err e = { 0 };
	err_set_translator(shout);
	(void)err_set(&e, -ENOENT, "no file %s", "a.csv");
	assert_string_equal(e.text, "ファイル a.csv がありません");
	err_set_translator(NULL);
	(void)err_set(&e, -ENOENT, "no file %s", "a.csv");
	assert_string_equal(e.text, "no file a.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_fills_code_and_text),
		cmocka_unit_test(set_may_quote_itself),
		cmocka_unit_test(context_goes_in_front),
		cmocka_unit_test(long_text_is_cut_between_characters),
		cmocka_unit_test(each_code_has_a_text),
		cmocka_unit_test(translator_turns_the_format),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
