/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks as text: the compiled-in ones are whole, and what is wrong is said with its line. */
#include <string.h>

#include "base/clock.h"
#include "base/embed.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/test.h"
#include "hub/cases/cases.h"
#include "hub/playbooks/playbook_data.h"
#include "hub/playbooks/playbook_text.h"

#define HEAD "playbook ransomware\nversion 1\ndate 2026-11-23\nsource here\ngoal.ja あ\ngoal.en a\n"
#define TASK "task one desk 2h\nja い\nen b\n"

static int parse(const char *text, struct arena *a, struct playbook *b, struct err *e)
{
	*e = (struct err){ 0 };
	return playbook_parse(text, strlen(text), a, b, e);
}

static void a_small_one(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct playbook b;
	struct err e;

	(void)state;
	assert_int_equal(parse("# remark\n\n" HEAD "ask\nja う\nen c\nquestion q yes no few\n"
			       "ja え\nen d\nchoice few\nja お\nen e\n" TASK
			       "task two company 1w if q=no,few\nja か\nen f\nwhy.ja き\nwhy.en g\n"
			       "close\nja く\nen h\n",
			       a, &b, &e),
			 0);
	assert_string_equal(b.kind, "ransomware");
	assert_int_equal(b.n_asks, 1);
	assert_int_equal(b.n_closes, 1);
	assert_int_equal(b.n_questions, 1);
	assert_null(b.questions[0].choices[0].text[LANG_JA]);
	assert_string_equal(b.questions[0].choices[2].text[LANG_EN], "e");
	assert_int_equal(b.n_tasks, 2);
	assert_null(b.tasks[0].question);
	assert_ptr_equal(b.tasks[1].question, &b.questions[0]);
	assert_int_equal(b.tasks[1].choices, 6);
	assert_string_equal(b.tasks[0].why[LANG_JA], "");
	assert_string_equal(b.tasks[1].why[LANG_EN], "g");
}

static void says_which_line(void **state)
{
	static const struct {
		const char *text, *error;
	} wrong[] = {
		{ HEAD "task two desk 2h\nja い\n" TASK,
		  "line 7: the line \"en ...\" is missing here" },
		{ HEAD TASK "ja う\n", "line 10: this was said already" },
		{ HEAD "task one nobody 2h\n", "line 7: a role is" },
		{ HEAD "task one desk 2x\n", "line 7: a time is written" },
		{ HEAD "task one desk 0h\n", "line 7: a time is written" },
		{ HEAD "task One desk 2h\n", "line 7: an id has" },
		{ HEAD "task one desk 2h if q=yes\n", "line 7: no question above" },
		{ HEAD "question q yes no\nja え\nen d\ntask one desk 2h if q=few\n",
		  "line 10: the question has no such choice" },
		{ HEAD "question q yes\n", "line 7: a question has an id and 2 to 6" },
		{ HEAD "question q yes yes\n", "line 7: the id yes is there already" },
		{ HEAD "question q few many\nja え\nen d\n" TASK,
		  "question q: the words of choice few" },
		{ HEAD TASK TASK, "line 10: the id one is there already" },
		{ HEAD "fr bonjour\n", "line 7: this word is not known: fr" },
		{ HEAD "ja う\n", "line 7: it is not clear whose" },
		{ HEAD "ask me\n", "line 7: nothing may follow" },
		{ "playbook x\ndate 2026-13-01\n", "line 2: a date is written" },
		{ "playbook x\nversion 1\n" TASK, "are a must" },
		{ HEAD, "at least one task" },
		{ "\xff", "UTF-8" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct playbook b;
		struct err e;

		assert_int_equal(parse(wrong[i].text, a, &b, &e), -EFORMAT);
		if (!strstr(e.text, wrong[i].error))
			fail_msg("%zu: %s", i, e.text);
	}
}

static void limits(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };
	struct playbook p;
	struct err e;

	(void)state;
	buf_adds(&b, HEAD);
	for (int i = 0; i < PLAYBOOK_TASKS_MAX; i++)
		buf_printf(&b, "task t%d desk -\nja い\nen b\n", i);
	assert_int_equal(parse(b.p, a, &p, &e), 0);
	assert_int_equal(p.n_tasks, PLAYBOOK_TASKS_MAX);
	buf_adds(&b, TASK);
	assert_int_equal(parse(b.p, a, &p, &e), -ELIMIT);
	buf_clear(&b);
	buf_adds(&b, "# ");
	for (int i = 0; i < PLAYBOOK_LINE_MAX; i++)
		buf_addc(&b, 'x');
	assert_int_equal(parse(b.p, a, &p, &e), -ELIMIT);
}

static int64_t at(const char *text)
{
	int64_t us;

	assert_int_equal(time_parse(text, &us), 0);
	return us;
}

static void due_by_the_calendar(void **state)
{
	const int64_t eve = at("2026-12-28T18:00:00+09:00"); /* Monday, the last working day */

	(void)state;
	assert_int_equal(playbook_due_us(&(struct playbook_due){ 'm', 15 }, eve),
			 at("2026-12-28T18:15:00+09:00"));
	assert_int_equal(playbook_due_us(&(struct playbook_due){ 'd', 3 }, eve),
			 at("2026-12-31T18:00:00+09:00"));
	assert_int_equal(playbook_due_us(&(struct playbook_due){ 'w', 1 }, eve),
			 at("2027-01-04T17:00:00+09:00"));
	assert_int_equal(playbook_due_us(&(struct playbook_due){ '-', 0 }, eve), 0);
}

static const struct embed_file *file_of(const char *kind)
{
	for (size_t i = 0; i < playbook_data_count; i++)
		if (strncmp(playbook_data[i].name, kind, strlen(kind)) == 0 &&
		    strcmp(playbook_data[i].name + strlen(kind), ".txt") == 0)
			return &playbook_data[i];
	return NULL;
}

static bool japanese(const char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s >= 0xe3 && (unsigned char)*s <= 0xe9)
			return true; /* kana and most of kanji in UTF-8 */
	return false;
}

static void in_both(const char *kind, const char *const text[LANG_COUNT])
{
	if (!japanese(text[LANG_JA]) || !text[LANG_EN][0] || japanese(text[LANG_EN]))
		fail_msg("%s: %s / %s", kind, text[LANG_JA], text[LANG_EN]);
}

static void all_in_both(const struct playbook *b)
{
	const struct {
		const struct playbook_line *line;
		size_t n;
	} parts[] = { { b->asks, b->n_asks },
		      { b->says, b->n_says },
		      { b->nevers, b->n_nevers },
		      { b->closes, b->n_closes } };

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		for (size_t k = 0; k < parts[i].n; k++)
			in_both(b->kind, parts[i].line[k].text);
	for (size_t i = 0; i < b->n_questions; i++)
		in_both(b->kind, b->questions[i].text);
	for (size_t i = 0; i < b->n_tasks; i++) {
		in_both(b->kind, b->tasks[i].text);
		in_both(b->kind, b->tasks[i].why);
	}
}

static void every_kind_has_a_whole_one(void **state)
{
	size_t n;
	const char *const *kinds = cases_kinds(&n);

	(void)state;
	assert_int_equal(playbook_data_count, n);
	for (size_t i = 0; i < n; i++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		const struct embed_file *f = file_of(kinds[i]);
		struct playbook b;
		struct err e = { 0 };

		if (!f)
			fail_msg("no playbook for %s", kinds[i]);
		if (playbook_parse((const char *)f->p, f->n, a, &b, &e) < 0)
			fail_msg("%s: %s", f->name, e.text);
		assert_string_equal(b.kind, kinds[i]);
		assert_true(b.n_tasks >= 8 && b.n_questions >= 2);
		assert_true(b.n_asks >= 2 && b.n_says >= 1 && b.n_nevers >= 1 && b.n_closes >= 2);
		all_in_both(&b);
		size_t branches = 0;
		for (size_t k = 0; k < b.n_tasks; k++) {
			branches += b.tasks[k].question != NULL;
			assert_true(b.tasks[k].due.n > 0 && b.tasks[k].due.unit != '-');
		}
		if (branches < 3)
			fail_msg("%s: the answers change %zu tasks", kinds[i], branches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_one),
		cmocka_unit_test(says_which_line),
		cmocka_unit_test(limits),
		cmocka_unit_test(due_by_the_calendar),
		cmocka_unit_test(every_kind_has_a_whole_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
