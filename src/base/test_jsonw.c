/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/jsonw.h. */
#include "base/jsonw.h"

#include <math.h>

#include "base/test.h"

static void commas_and_nesting(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	jsonw_object(&w, NULL);
	jsonw_int(&w, "a", -1);
	jsonw_array(&w, "list");
	jsonw_int(&w, NULL, 1);
	jsonw_object(&w, NULL);
	jsonw_end_object(&w);
	jsonw_bool(&w, NULL, true);
	jsonw_end_array(&w);
	jsonw_text(&w, "none", NULL);
	jsonw_time(&w, "at", 0);
	jsonw_end_object(&w);
	assert_string_equal(b.p, "{\"a\":-1,\"list\":[1,{},true],\"none\":null,\"at\":\"1970-01-"
				 "01T00:00:00.000000Z\"}");
}

static void text_is_escaped(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	jsonw_text(&w, NULL, "\"\\\b\f\n\r\t\x01/é日😀\x7f");
	assert_string_equal(b.p, "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001/é日😀\\u007f\"");
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	jsonw_textn(&w, NULL, "a\xff\xe6\x97z\0", 6);
	assert_string_equal(b.p, "\"a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\\u0000\"");
}

static void numbers(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	jsonw_array(&w, NULL);
	jsonw_int(&w, NULL, INT64_MIN);
	jsonw_double(&w, NULL, 0.25);
	jsonw_double(&w, NULL, (double)NAN);
	jsonw_end_array(&w);
	assert_string_equal(b.p, "[-9223372036854775808,0.25,null]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_and_nesting),
		cmocka_unit_test(text_is_escaped),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
