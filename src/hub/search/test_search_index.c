/* SPDX-License-Identifier: Apache-2.0 */
/* Grams find any part of a text and little else; postings keep their order through packing. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/search/search_gram.h"
#include "hub/search/search_post.h"

/* Are all grams of TERM among those of TEXT? */
static bool may_hold(const char *text, const char *term)
{
	static int64_t all[512], some[SEARCH_TERM_GRAMS_MAX];
	size_t n = search_grams(text, all, ARRAY_LEN(all));
	size_t m = search_term_grams(term, some, ARRAY_LEN(some)), found = 0;

	assert_true(m > 0);
	for (size_t i = 0; i < m; i++)
		for (size_t k = 0; k < n; k++)
			found += all[k] == some[i];
	return found == m;
}

static void every_part_of_a_text_is_found(void **state)
{
	static const char text[] = "京都ノ会社デusbメモリ192.0.2.77ヲ確認";
	static const char *const parts[] = { "京",     "京都", "ノ会社", "デusb",
					     "us",     "usb",  "u",      "bメ",
					     "メモリ", "192.", "2.77",   "77ヲ",
					     "7ヲ",    "確認", "ヲ確認", "192.0.2.77ヲ確" };
	static const char *const others[] = { "都京", "東",    "uss",        "77.2",
					      "会議", "usbヲ", "192.0.2.78", "モメ" };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		assert_true(may_hold(text, parts[i]));
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		assert_false(may_hold(text, others[i]));
}

static void a_long_text_is_cut_not_overrun(void **state)
{
	int64_t few[8];

	(void)state;
	assert_in_range(search_grams("あいうえおかきくけこさしすせそ", few, ARRAY_LEN(few)), 1, 8);
	assert_in_range(search_term_grams("abcdefghijklmnopqrstuvwxyz", few, ARRAY_LEN(few)), 1, 8);
}

static void bytes_that_are_no_text_do_no_harm(void **state)
{
	int64_t some[64];

	(void)state;
	assert_true(search_grams("\xff\xfe\xe3\x81", some, ARRAY_LEN(some)) > 0);
}

static void months_and_minutes(void **state)
{
	const struct civil c = { .year = 2026, .month = 11, .day = 23, .hour = 1, .minute = 5 };
	uint32_t minute;

	(void)state;
	assert_int_equal(post_month(time_from_civil(&c, 0), &minute), 2026 * 12 + 10);
	assert_int_equal(minute, 22 * 1440 + 65);
}

static void packing_keeps_order_and_content(void **state)
{
	struct post p[] = { { 5, 7 }, { 900, 3 }, { 44639, 1 }, { 900, 12345678901 }, { 0, 2 } };
	SCOPED_MEM struct post *back = NULL;
	SCOPED_BUF struct buf b = { 0 };
	size_t n;

	(void)state;
	posts_sort(p, ARRAY_LEN(p));
	assert_int_equal(p[0].minute, 44639);
	assert_int_equal(p[1].doc, 12345678901);
	posts_pack(p, ARRAY_LEN(p), &b);
	assert_int_equal(posts_unpack(b.p, b.n, &back, &n, NULL), 0);
	assert_int_equal(n, ARRAY_LEN(p));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(post_compare(&back[i], &p[i]), 0);
}

static void damaged_lists_are_refused(void **state)
{
	static const uint8_t half[] = { 5 }, too_old[] = { 0xFF, 0xFF, 0xFF, 0x7F, 1 };
	struct post *p = NULL;
	size_t n;

	(void)state;
	assert_int_equal(posts_unpack(half, sizeof(half), &p, &n, NULL), -EFORMAT);
	assert_int_equal(posts_unpack(too_old, sizeof(too_old), &p, &n, NULL), -EFORMAT);
	assert_null(p);
}

static void meeting_and_joining(void **state)
{
	struct post a[] = { { 9, 1 }, { 5, 4 }, { 5, 2 } }, b[] = { { 9, 1 }, { 5, 3 }, { 5, 2 } };
	struct post out[6];

	(void)state;
	assert_int_equal(posts_meet(a, 3, b, 3, out), 2);
	assert_int_equal(out[1].doc, 2);
	assert_int_equal(posts_join(a, 3, b, 3, out), 4);
	assert_int_equal(out[2].doc, 3);
	assert_int_equal(posts_meet(a, 3, b, 0, out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_of_a_text_is_found),
		cmocka_unit_test(a_long_text_is_cut_not_overrun),
		cmocka_unit_test(bytes_that_are_no_text_do_no_harm),
		cmocka_unit_test(months_and_minutes),
		cmocka_unit_test(packing_keeps_order_and_content),
		cmocka_unit_test(damaged_lists_are_refused),
		cmocka_unit_test(meeting_and_joining),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
