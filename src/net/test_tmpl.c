/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of tmpl.c and tmpl_format.c, and that what tools/tmplc.py writes compiles and renders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "net/test_tmpl_texts.h"
#include "net/test_tmpl_tmpl.h"

struct fixture {
	struct text *text;
	struct buf out;
	struct tmpl t;
};

static int set_up(void **state)
{
	const struct text_mo mo[LANG_COUNT] = {
		[LANG_JA] = { (const unsigned char *)test_tmpl_ja, test_tmpl_ja_size },
		[LANG_EN] = { (const unsigned char *)test_tmpl_en, test_tmpl_en_size },
	};
	struct fixture *f = mem_new(sizeof(*f));
	struct civil now = { .year = 2026, .month = 11, .day = 23, .hour = 16, .minute = 5 };

	if (text_open(mo, &f->text, NULL) < 0)
		return -1;
	f->t = (struct tmpl){ .out = &f->out,
			      .text = f->text,
			      .now_us = time_from_civil(&now, 540),
			      .zone_min = 540,
			      .csrf = "tok\"en",
			      .sprite = "/assets/icons.svg" };
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	text_close(f->text);
	buf_done(&f->out);
	free(f);
	return 0;
}

/* What the call before wrote; cleared for the next. */
static const char *wrote(struct fixture *f)
{
	static char text[8192];

	(void)str_copy(text, sizeof(text), (struct str){ f->out.p ? f->out.p : "", f->out.n });
	buf_clear(&f->out);
	return text;
}

#define WROTE(call, want)                                                                          \
	do {                                                                                       \
		call;                                                                              \
		assert_string_equal(wrote(f), want);                                               \
	} while (0)

static void everything_is_escaped(void **state)
{
	struct fixture *f = *state;
	struct html h = { "<b>", 3 };

	WROTE(tmpl_text(&f->t, "a<b>&\"c\"'日'"), "a&lt;b&gt;&amp;&quot;c&quot;&#39;日&#39;");
	WROTE(tmpl_text(&f->t, NULL), "");
	WROTE(TMPL_PUT(&f->t, STR("<")), "&lt;");
	WROTE(TMPL_PUT(&f->t, h), "<b>");
	WROTE(TMPL_PUT(&f->t, (size_t)-1), "18446744073709551615");
	WROTE(TMPL_PUT(&f->t, (int8_t)-5), "-5");
	WROTE(TMPL_PUT(&f->t, true), "1");
}

static void addresses_lead_where_they_may(void **state)
{
	struct fixture *f = *state;
	static const char *const good[] = { "/cases/1", "?a=b",
					    "#x",       "https://a.example/",
					    "tel:1",    "MAILTO:a@b.example",
					    "x/y:z",    "file.html",
					    "",         "/" };
	static const char *const bad[] = { "javascript:alert(1)", "JavaScript:x",
					   "data:text/html,x",    "//evil.example",
					   "/\\evil.example",     " javascript:x",
					   "java\tscript:x",      "vbscript:x",
					   "\x01javascript:x",    "https:evil.example/\n" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		WROTE(tmpl_url(&f->t, good[i]), good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		WROTE(tmpl_url(&f->t, bad[i]), "#");
	WROTE(tmpl_url(&f->t, "/a?x=1&y='2'"), "/a?x=1&amp;y=&#39;2&#39;");
	WROTE(tmpl_url_text(&f->t, "a/b c?&:日"), "a%2Fb%20c%3F%26%3A%E6%97%A5");
}

static void texts_take_arguments(void **state)
{
	struct fixture *f = *state;
	const struct tmpl_arg args[] = { tmpl_arg_text("<1>"), tmpl_arg_int(2) };

	WROTE(tmpl_t(&f->t, "time.span.hours", args, 2), "&lt;1&gt; 時間 2 分");
	WROTE(tmpl_t(&f->t, "time.span.hours", args, 1), "&lt;1&gt; 時間 {1} 分");
	WROTE(tmpl_t(&f->t, "no.such.key", NULL, 0), "no.such.key");
	WROTE(tmpl_n(&f->t, "test.items", 1234), "1,234 件");
	f->t.lang = LANG_EN;
	WROTE(tmpl_n(&f->t, "test.items", 1), "1 item");
	WROTE(tmpl_n(&f->t, "test.items", 0), "0 items");
}

static void numbers_as_people_read_them(void **state)
{
	struct fixture *f = *state;

	WROTE(tmpl_num(&f->t, 0), "0");
	WROTE(tmpl_num(&f->t, 999), "999");
	WROTE(tmpl_num(&f->t, -1234567), "-1,234,567");
	WROTE(tmpl_num(&f->t, INT64_MIN), "-9,223,372,036,854,775,808");
	WROTE(tmpl_yen(&f->t, 49250000), "49,250,000 円");
	WROTE(tmpl_bytes(&f->t, 999), "999 B");
	WROTE(tmpl_bytes(&f->t, 1500), "1.5 KB");
	WROTE(tmpl_bytes(&f->t, 999999), "1.0 MB");
	WROTE(tmpl_bytes(&f->t, 12345678), "12 MB");
	f->t.lang = LANG_EN;
	WROTE(tmpl_yen(&f->t, -1000), "¥-1,000");
}

static void times_as_people_say_them(void **state)
{
	struct fixture *f = *state;
	int64_t now = f->t.now_us;

	WROTE(tmpl_when(&f->t, now), "2026/11/23 16:05");
	WROTE(tmpl_day(&f->t, now), "2026年11月23日（月）");
	WROTE(tmpl_when(&f->t, 0), "—");
	WROTE(tmpl_day(&f->t, 0), "—");
	WROTE(tmpl_ago(&f->t, 0), "—");
	WROTE(tmpl_ago(&f->t, now - 12 * US_PER_MIN),
	      "<time datetime=\"2026-11-23T06:53:00.000000Z\" title=\"2026/11/23 15:53\">"
	      "12 分前</time>");
	WROTE(tmpl_mins(&f->t, 0), "0 分");
	WROTE(tmpl_mins(&f->t, US_PER_SEC), "1 分未満");
	WROTE(tmpl_mins(&f->t, 200 * US_PER_MIN), "3 時間 20 分");
	WROTE(tmpl_mins(&f->t, 51 * US_PER_HOUR), "2 日 3 時間");
	f->t.lang = LANG_EN;
	WROTE(tmpl_day(&f->t, now), "Mon 23 Nov 2026");
	WROTE(tmpl_when(&f->t, now), "2026-11-23 16:05");
}

static void spans_have_a_word_each(void **state)
{
	struct fixture *f = *state;
	static const struct {
		int64_t back_us;
		const char *want;
	} rows[] = {
		{ 5 * US_PER_SEC, ">たった今<" },
		{ 59 * US_PER_MIN, ">59 分前<" },
		{ 23 * US_PER_HOUR, ">23 時間前<" },
		{ 30 * US_PER_DAY, ">30 日前<" },
		{ -90 * US_PER_SEC, ">1 分後<" },
		{ -5 * US_PER_SEC, ">まもなく<" },
		{ 31 * US_PER_DAY, ">2026年10月23日（金）<" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		tmpl_ago(&f->t, f->t.now_us - rows[i].back_us);
		assert_non_null(strstr(wrote(f), rows[i].want));
	}
}

static void a_whole_page(void **state)
{
	struct fixture *f = *state;
	const struct test_tmpl_row rows[] = { { "A&B", 2, "javascript:x" },
					      { "c/d", 1, NULL },
					      { "e", 0, NULL } };
	const struct test_tmpl_page page = { .title = "会社 <1>",
					     .part = STR("p\"q"),
					     .html = { "<hr>", 4 },
					     .rows = rows,
					     .n_rows = ARRAY_LEN(rows),
					     .chosen = &rows[1] };

	WROTE(tmpl_test_tmpl_page(&f->t, &page),
	      "<h1 title=\"会社 &lt;1&gt; — p&quot;q\">会社 &lt;1&gt;</h1><hr>\n"
	      "<ul>\n"
	      "  <li>0 <a href=\"#\">A&amp;B</a> 2,000</li>\n"
	      "  <li><a href=\"/one/c%2Fd?q=p%22q&amp;n=1\">1</a></li>\n"
	      "  <li>none?</li>\n"
	      "</ul>\n"
	      "<b>c/d</b> c/d 時間 2 分 1 件 —\n"
	      "\n"
	      "<input type=\"hidden\" name=\"csrf\" value=\"tok&quot;en\">"
	      "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\">"
	      "<use href=\"/assets/icons.svg#phone\"></use></svg>\n");
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(everything_is_escaped),
		T(addresses_lead_where_they_may),
		T(texts_take_arguments),
		T(numbers_as_people_read_them),
		T(times_as_people_say_them),
		T(spans_have_a_word_each),
		T(a_whole_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
