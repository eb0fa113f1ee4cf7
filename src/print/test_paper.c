/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of paper.c and paper_press.c, looked at by another program (poppler). */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "print/paper.h"

static const struct paper_conf conf = {
	.title = "対応の報告",
	.author = "岩手お助け隊",
	.lang = "ja",
	.foot = "IW-2026-000123",
	.page_of = "p{0}of{1}",
	.cut = "ここまでしか入りません。",
	.made_us = INT64_C(1795395600000000),
};

/* What COMMAND says of the file; the caller frees. */
static char *ask(const char *command, const struct buf *pdf)
{
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 20], line[200], piece[4096];
	struct buf out = { 0 };
	size_t n;

	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/a.pdf", dir);
	assert_int_equal(file_write(path, 0600, pdf->p, pdf->n, NULL), 0);
	(void)snprintf(line, sizeof(line), command, path);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		buf_add(&out, piece, n);
	assert_int_equal(pclose(f), 0);
	test_dir_free(dir);
	return buf_take(&out);
}

static struct paper *sample(const struct paper_conf *c, int rows)
{
	static const struct paper_column columns[] = { { "いつ", 2, false },
						       { "何をしたか", 7, false },
						       { "分", 1, true } };
	struct paper *p = paper_new(c);

	paper_title(p, "髙橋さんの 𠮷野家 のパソコン");
	paper_fact(p, "会社", "株式会社みなと製作所");
	paper_fact(p, "なし", "");
	paper_heading(p, "経過");
	paper_text(p, "<b>&amp; \x01 \xff 🚨\xe2\x80\xae"
		      "cba");
	paper_item(p,
		   "https://very-long.example/"
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-end");
	paper_table(p, columns, ARRAY_LEN(columns));
	for (int i = 0; i < rows; i++) {
		char what[80];
		(void)snprintf(what, sizeof(what), "電話で話しました。%d 回目", i + 1);
		const char *const cells[] = { "11月23日 10:00", what, "12" };
		paper_row(p, cells);
	}
	return p;
}

static void text_is_found_and_fonts_are_embedded(void **state)
{
	(void)state;
	SCOPED_BUF struct buf pdf = { 0 };
	struct paper_done done;
	SCOPED_PAPER struct paper *p = sample(&conf, 100);

	assert_int_equal(paper_pdf(p, &pdf, &done, NULL), 0);
	assert_false(done.cut);
	assert_in_range(done.pages, 2, 6);
	SCOPED_MEM char *text = ask("pdftotext -layout %s -", &pdf);
	assert_non_null(strstr(text, "髙橋さんの 𠮷野家 のパソコン"));
	assert_non_null(strstr(text, "株式会社みなと製作所"));
	assert_non_null(strstr(text, "<b>&amp;"));
	assert_non_null(strstr(text, "-end"));
	assert_non_null(strstr(text, "100 回目"));
	assert_null(strstr(text, "なし"));
	char last[20];
	(void)snprintf(last, sizeof(last), "p%dof%d", done.pages, done.pages);
	assert_non_null(strstr(text, last));
	SCOPED_MEM char *fonts = ask("pdffonts %s", &pdf);
	size_t lines = 0;
	for (char *line = strtok(fonts, "\n"); line; line = strtok(NULL, "\n"), lines++)
		if (lines >= 2 && !strstr(line, "yes yes"))
			fail_msg("not embedded: %s", line);
	assert_true(lines > 2);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
	(void)state;
	SCOPED_BUF struct buf one = { 0 };
	SCOPED_BUF struct buf two = { 0 };
	struct paper_done done;
	SCOPED_PAPER struct paper *p = sample(&conf, 20);
	SCOPED_PAPER struct paper *q = sample(&conf, 20);

	assert_int_equal(paper_pdf(p, &one, &done, NULL), 0);
	assert_int_equal(paper_pdf(q, &two, &done, NULL), 0);
	assert_int_equal(one.n, two.n);
	assert_memory_equal(one.p, two.p, one.n);
}

static void too_many_pages_end_with_a_remark(void **state)
{
	(void)state;
	SCOPED_BUF struct buf pdf = { 0 };
	struct paper_conf c = conf;
	struct paper_done done;

	c.pages_max = 3;
	SCOPED_PAPER struct paper *p = sample(&c, 500);
	assert_int_equal(paper_pdf(p, &pdf, &done, NULL), 0);
	assert_true(done.cut);
	assert_int_equal(done.pages, 3);
	SCOPED_MEM char *text = ask("pdftotext -layout %s -", &pdf);
	assert_non_null(strstr(text, "ここまでしか入りません。"));
	assert_non_null(strstr(text, "p3of3"));
	assert_null(strstr(text, "500 回目"));
}

/* A cell of several pages: nothing of it is lost. */
static void a_row_goes_on_overleaf(void **state)
{
	(void)state;
	static const struct paper_column columns[] = { { "a", 1, false }, { "b", 1, false } };
	SCOPED_BUF struct buf long_text = { 0 };
	SCOPED_BUF struct buf pdf = { 0 };
	struct paper_done done;
	SCOPED_PAPER struct paper *p = paper_new(&conf);

	for (int i = 1; i <= 200; i++)
		buf_printf(&long_text, "line%d\n", i);
	paper_table(p, columns, 2);
	paper_row(p, (const char *const[]){ "left", long_text.p });
	assert_int_equal(paper_pdf(p, &pdf, &done, NULL), 0);
	assert_true(done.pages >= 3);
	SCOPED_MEM char *text = ask("pdftotext -layout %s -", &pdf);
	for (int i = 1; i <= 200; i++) {
		char word[24];
		(void)snprintf(word, sizeof(word), "line%d\n", i);
		if (!strstr(text, word))
			fail_msg("%s is lost", word);
	}
}

/* However full the page is: a heading stands on the page of what it heads. */
static void a_heading_is_never_alone(void **state)
{
	static const struct paper_column columns[] = { { "COLUMN", 1, false } };
	static const char *const cells[] = { "CELL" };

	(void)state;
	for (int rows = 20; rows < 60; rows++) {
		SCOPED_BUF struct buf pdf = { 0 };
		SCOPED_PAPER struct paper *p = paper_new(&conf);
		for (int i = 0; i < rows; i++)
			paper_small(p, "x");
		paper_heading(p, "HEADING");
		paper_table(p, columns, ARRAY_LEN(columns));
		paper_row(p, cells);
		assert_int_equal(paper_pdf(p, &pdf, &(struct paper_done){ 0 }, NULL), 0);
		SCOPED_MEM char *first = ask("pdftotext -l 1 %s -", &pdf);
		if ((strstr(first, "HEADING") != NULL) != (strstr(first, "CELL") != NULL))
			fail_msg("%d rows: %s", rows, strstr(first, "HEADING"));
	}
}

static void what_does_not_fit_the_buffer_is_an_error(void **state)
{
	(void)state;
	SCOPED_BUF struct buf pdf = { 0 };
	struct paper_done done;
	SCOPED_PAPER struct paper *p = sample(&conf, 20);

	buf_init(&pdf, 2000);
	assert_int_equal(paper_pdf(p, &pdf, &done, NULL), -ELIMIT);
}

int main(void)
{
	if (!paper_has_font()) {
		puts("no Japanese font is installed");
		return TEST_SKIPPED;
	}
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_found_and_fonts_are_embedded),
		cmocka_unit_test(the_same_input_gives_the_same_bytes),
		cmocka_unit_test(too_many_pages_end_with_a_remark),
		cmocka_unit_test(a_row_goes_on_overleaf),
		cmocka_unit_test(a_heading_is_never_alone),
		cmocka_unit_test(what_does_not_fit_the_buffer_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
