/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/text.h. */
#include "base/text.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/test.h"

static void le32(struct buf *b, size_t v)
{
	for (int i = 0; i < 4; i++)
		buf_addc(b, (char)(v >> (8 * i) & 0xff));
}

/* A catalogue as msgfmt writes it, without its hash table. PAIRS: key, value, ... sorted by key. */
static void mo_make(const char *const *pairs, size_t n, struct buf *out)
{
	size_t place = 28 + n * 16;
	le32(out, 0x950412de);
	le32(out, 0);
	le32(out, n);
	le32(out, 28);
	le32(out, 28 + n * 8);
	le32(out, 0);
	le32(out, 0);
	for (size_t half = 0; half < 2; half++) {
		for (size_t i = 0; i < n; i++) {
			le32(out, strlen(pairs[2 * i + half]));
			le32(out, place);
			place += strlen(pairs[2 * i + half]) + 1;
		}
	}
	for (size_t half = 0; half < 2; half++) {
		for (size_t i = 0; i < n; i++)
			buf_add(out, pairs[2 * i + half], strlen(pairs[2 * i + half]) + 1);
	}
}

struct fixture {
	struct buf ja, en;
	struct text *text;
};

static int set_up(void **state)
{
	static const char *const ja[] = { "",      "charset=UTF-8",   "a.b", "会社",
					  "no %s", "%s がありません", "z",   "終わり" };
	static const char *const en[] = { "", "charset=UTF-8", "a.b", "Company", "z", "end" };
	struct fixture *f = mem_new(sizeof(*f));
	mo_make(ja, 4, &f->ja);
	mo_make(en, 3, &f->en);
	const struct text_mo mo[LANG_COUNT] = {
		[LANG_JA] = { (const unsigned char *)f->ja.p, f->ja.n },
		[LANG_EN] = { (const unsigned char *)f->en.p, f->en.n },
	};
	assert_int_equal(text_open(mo, &f->text, NULL), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	text_close(f->text);
	text_close(NULL);
	buf_done(&f->ja);
	buf_done(&f->en);
	free(f);
	return 0;
}

static void finds_by_key_and_language(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(text_get(f->text, LANG_JA, "a.b"), "会社");
	assert_string_equal(text_get(f->text, LANG_EN, "a.b"), "Company");
	assert_string_equal(text_get(f->text, LANG_EN, "z"), "end");
	assert_string_equal(text_get(f->text, LANG_EN, "missing"), "missing");
	assert_null(text_find(f->text, LANG_EN, "missing"));
	assert_null(text_find(f->text, LANG_EN, ""));
}

static void errors_speak_the_threads_language(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	text_install_err_translator(f->text);
	text_thread_lang(LANG_JA);
	(void)err_set(&e, -ENOENT, "no %s", "a.csv");
	assert_string_equal(e.text, "a.csv がありません");
	text_thread_lang(LANG_EN);
	(void)err_set(&e, -ENOENT, "no %s", "a.csv");
	assert_string_equal(e.text, "no a.csv");
	assert_int_equal(text_thread_lang_get(), LANG_EN);
	text_install_err_translator(NULL);
}

static void damaged_catalogue_is_refused(void **state)
{
	struct fixture *f = *state;
	struct text *t = NULL;
	for (size_t n = 0; n < f->ja.n; n++) { /* every cut */
		const struct text_mo mo[LANG_COUNT] = {
			[LANG_JA] = { (const unsigned char *)f->ja.p, n },
			[LANG_EN] = { (const unsigned char *)f->en.p, f->en.n },
		};
		assert_int_equal(text_open(mo, &t, NULL), -EFORMAT);
	}
	static const char *const unsorted[] = { "b", "1", "a", "2" };
	static const char *const latin[] = { "a", "\xe9" };
	SCOPED_BUF struct buf wrong = { 0 };
	for (int i = 0; i < 2; i++) {
		buf_clear(&wrong);
		mo_make(i ? unsorted : latin, i ? 2 : 1, &wrong);
		const struct text_mo mo[LANG_COUNT] = {
			{ (const unsigned char *)wrong.p, wrong.n },
			{ (const unsigned char *)wrong.p, wrong.n },
		};
		assert_int_equal(text_open(mo, &t, NULL), -EFORMAT);
	}
	assert_null(t);
}

static void language_tags(void **state)
{
	(void)state;
	assert_int_equal(lang_parse("ja", LANG_EN), LANG_JA);
	assert_int_equal(lang_parse("en-GB", LANG_JA), LANG_EN);
	assert_int_equal(lang_parse("ja_JP.UTF-8", LANG_EN), LANG_JA);
	assert_int_equal(lang_parse("fr, en;q=0.5, ja;q=0.9", LANG_EN), LANG_JA);
	assert_int_equal(lang_parse("ja;q=0, en", LANG_JA), LANG_EN);
	assert_int_equal(lang_parse("java", LANG_EN), LANG_EN);
	assert_int_equal(lang_parse("", LANG_JA), LANG_JA);
	assert_int_equal(lang_parse(NULL, LANG_JA), LANG_JA);
	assert_string_equal(lang_tag(LANG_JA), "ja");
	assert_string_equal(lang_tag(LANG_EN), "en");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(finds_by_key_and_language, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_speak_the_threads_language, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(damaged_catalogue_is_refused, set_up, tear_down),
		cmocka_unit_test(language_tags),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
