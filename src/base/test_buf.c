/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/buf.h and base/rd.h. */
#include "base/buf.h"

#include <string.h>

#include "base/rd.h"
#include "base/test.h"

static void grows_and_stays_terminated(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	for (int i = 0; i < 1000; i++)
		buf_addc(&b, 'x');
	buf_adds(&b, NULL);
	buf_adds(&b, "end");
	assert_int_equal(b.n, 1003);
	assert_string_equal(b.p + 1000, "end");
	assert_false(b.over);
}

static void printf_across_growth(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	for (int i = 0; i < 300; i++)
		buf_printf(&b, "%03d,", i);
	assert_int_equal(b.n, 1200);
	assert_memory_equal(b.p + 1196, "299,", 5);
}

static void ceiling_is_sticky_and_nothing_is_half_written(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 10);
	buf_adds(&b, "12345");
	buf_adds(&b, "1234567");
	assert_true(b.over);
	assert_string_equal(b.p, "12345");
	buf_adds(&b, "6");
	buf_printf(&b, "%d", 7);
	assert_string_equal(b.p, "12345");
	buf_clear(&b);
	buf_printf(&b, "%s", "0123456789");
	assert_false(b.over);
	buf_printf(&b, "%s", "x");
	assert_true(b.over);
	assert_int_equal(b.n, 10);
}

static void drop_and_take(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_adds(&b, "header body");
	buf_drop(&b, 7);
	assert_string_equal(b.p, "body");
	buf_drop(&b, 100);
	assert_int_equal(b.n, 0);
	char *text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	assert_null(b.p);
}

static void numbers_come_back(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	buf_be16(&b, 0xfffe);
	buf_be32(&b, 0xfffefdfc);
	buf_be64(&b, UINT64_C(0xfffefdfcfbfaf9f8));
	struct rd r = rd_of(b.p, b.n);
	assert_int_equal(rd_be16(&r), 0xfffe);
	assert_int_equal(rd_be32(&r), 0xfffefdfc);
	assert_true(rd_be64(&r) == UINT64_C(0xfffefdfcfbfaf9f8));
	assert_false(r.bad);
	assert_int_equal(rd_u8(&r), 0);
	assert_true(r.bad);
}

static void reader_error_is_sticky(void **state)
{
	(void)state;
	struct rd r = rd_of("\x01\x02\x03", 3);
	assert_int_equal(rd_be32(&r), 0);
	assert_int_equal(r.n, 3);
	assert_int_equal(rd_u8(&r), 0);
	r = rd_of("\x01\x02\x03", 3);
	struct rd sub = rd_sub(&r, 2);
	assert_int_equal(rd_le16(&sub), 0x0201);
	assert_int_equal(rd_u8(&r), 3);
	sub = rd_sub(&r, 1);
	assert_true(sub.bad && r.bad);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(grows_and_stays_terminated),
		cmocka_unit_test(printf_across_growth),
		cmocka_unit_test(ceiling_is_sticky_and_nothing_is_half_written),
		cmocka_unit_test(drop_and_take),
		cmocka_unit_test(numbers_come_back),
		cmocka_unit_test(reader_error_is_sticky),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
