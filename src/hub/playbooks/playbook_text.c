/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a playbook: every line is checked, what is wrong is said with its number. */
#include "hub/playbooks/playbook_text.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_calendar.h"

enum {
	WORDS_MAX = 12,
	DUE_MAX = 1000,
	DAY_ENDS_HOUR = 17, /* of a working day, in Japan */
};

struct reader {
	struct arena *a;
	struct playbook *b;
	struct err *e;
	int line;
	int begun;         /* line on which the present thing began */
	const char **text; /* where its words go: [LANG_COUNT]; NULL = nowhere */
	const char **why;  /* of a task */
	struct str rest;
};

static const char *const suffix[LANG_COUNT] = { [LANG_JA] = "ja", [LANG_EN] = "en" };
static const char *const roles[] = { "desk", "technician", "company", "analyst" };
static const char *const plain_choices[] = { "yes", "no", "unknown" };

static bool one_of(struct str s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(s, str_of(list[i])))
			return true;
	return false;
}

static bool is_id(struct str s)
{
	if (s.n == 0 || s.n > PLAYBOOK_ID_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
		      s.p[i] == '_'))
			return false;
	return true;
}

static const char *keep(struct reader *r, struct str s)
{
	return arena_strndup(r->a, s.p, s.n);
}

/* The words of a line, parted by blanks; more than fit are an error. */
static int words(struct reader *r, struct str s, struct str *out, size_t *n_out)
{
	struct str word;
	size_t n = 0;

	while (str_cut(&s, ' ', &word)) {
		if (word.n == 0)
			continue;
		if (n == WORDS_MAX)
			return err_set(r->e, -EFORMAT, "line %d: too many words", r->line);
		out[n++] = word;
	}
	*n_out = n;
	return 0;
}

/* What began must have its words before the next begins. */
static int ended(struct reader *r)
{
	for (int l = 0; r->text && l < LANG_COUNT; l++)
		if (!r->text[l])
			return err_set(r->e, -EFORMAT,
				       "line %d: the line \"%s ...\" is missing here", r->begun,
				       suffix[l]);
	r->text = r->why = NULL;
	return 0;
}

static int begin(struct reader *r, const char **text)
{
	int ret = ended(r);

	r->text = text;
	r->begun = r->line;
	return ret;
}

/* Room for one more in an array that has at most MAX; NULL when it is full. */
static void *more(struct reader *r, void *list, size_t *n, size_t size, size_t max)
{
	if (*n == max) {
		err_set(r->e, -ELIMIT, "line %d: at most %zu of these are allowed", r->line, max);
		return NULL;
	}
	return arena_grow(r->a, list, (*n)++, size);
}

static int read_line(struct reader *r, struct playbook_line **list, size_t *n)
{
	struct playbook_line *l = more(r, *list, n, sizeof(*l), PLAYBOOK_LINES_MAX);

	if (!l)
		return -ELIMIT;
	if (r->rest.n)
		return err_set(r->e, -EFORMAT, "line %d: nothing may follow this word", r->line);
	*list = l;
	l[*n - 1] = (struct playbook_line){ 0 };
	return begin(r, l[*n - 1].text);
}

/* Tasks point at questions: their places must not move, so they are made at once. */
static int read_question(struct reader *r)
{
	struct playbook *b = r->b;
	struct str w[WORDS_MAX];
	size_t n;
	int ret = words(r, r->rest, w, &n);

	if (ret < 0)
		return ret;
	if (b->n_questions == PLAYBOOK_QUESTIONS_MAX)
		return err_set(r->e, -ELIMIT, "line %d: at most %zu of these are allowed", r->line,
			       (size_t)PLAYBOOK_QUESTIONS_MAX);
	if (n < 3 || n > PLAYBOOK_CHOICES_MAX + 1)
		return err_set(r->e, -EFORMAT, "line %d: a question has an id and 2 to %d choices",
			       r->line, PLAYBOOK_CHOICES_MAX);
	struct playbook_question q = { .id = keep(r, w[0]) };
	for (size_t i = 0; i < n; i++)
		if (!is_id(w[i]))
			return err_set(r->e, -EFORMAT,
				       "line %d: an id has small letters, digits and _ only",
				       r->line);
	if (playbook_question_find(b, q.id))
		return err_set(r->e, -EFORMAT, "line %d: the id %s is there already", r->line,
			       q.id);
	for (size_t i = 1; i < n; i++) {
		const char *id = keep(r, w[i]);

		if (playbook_choice_find(&q, id) >= 0)
			return err_set(r->e, -EFORMAT, "line %d: the id %s is there already",
				       r->line, id);
		q.choices[q.n_choices++] = (struct playbook_choice){ .id = id };
	}
	b->questions[b->n_questions++] = q;
	return begin(r, b->questions[b->n_questions - 1].text);
}

static int read_choice(struct reader *r)
{
	struct playbook *b = r->b;

	if (b->n_questions > 0 && is_id(r->rest)) {
		struct playbook_question *q = &b->questions[b->n_questions - 1];
		int i = playbook_choice_find(q, keep(r, r->rest));

		if (i >= 0 && !q->choices[i].text[0])
			return begin(r, q->choices[i].text);
	}
	return err_set(r->e, -EFORMAT, "line %d: the question before has no such choice", r->line);
}

static int read_due(struct reader *r, struct str s, struct playbook_due *out)
{
	int64_t n;

	if (str_eq(s, STR("-"))) {
		*out = (struct playbook_due){ '-', 0 };
		return 0;
	}
	if (s.n < 2 || !strchr("mhdw", s.p[s.n - 1]) ||
	    str_i64((struct str){ s.p, s.n - 1 }, 1, DUE_MAX, &n) < 0)
		return err_set(r->e, -EFORMAT, "line %d: a time is written 15m, 2h, 3d, 1w or -",
			       r->line);
	*out = (struct playbook_due){ s.p[s.n - 1], (int)n };
	return 0;
}

/* "backup=no,unknown" */
static int read_condition(struct reader *r, struct str s, struct playbook_task *task)
{
	struct str question, choice;

	(void)str_cut(&s, '=', &question);
	task->question = playbook_question_find(r->b, keep(r, question));
	if (!task->question)
		return err_set(r->e, -EFORMAT, "line %d: no question above has this id", r->line);
	while (str_cut(&s, ',', &choice)) {
		int i = playbook_choice_find(task->question, keep(r, choice));

		if (i < 0)
			return err_set(r->e, -EFORMAT, "line %d: the question has no such choice",
				       r->line);
		task->choices |= 1U << i;
	}
	if (!task->choices)
		return err_set(r->e, -EFORMAT, "line %d: the question has no such choice", r->line);
	return 0;
}

static int read_task(struct reader *r)
{
	struct playbook *b = r->b;
	struct str w[WORDS_MAX];
	size_t n;
	struct playbook_task task = { .why = { "", "" } };
	int ret = words(r, r->rest, w, &n);

	if (ret < 0)
		return ret;
	if ((n != 3 && n != 5) || (n == 5 && !str_eq(w[3], STR("if"))))
		return err_set(r->e, -EFORMAT,
			       "line %d: a task is written: task ID ROLE DUE [if QUESTION=CHOICE]",
			       r->line);
	if (!is_id(w[0]))
		return err_set(r->e, -EFORMAT,
			       "line %d: an id has small letters, digits and _ only", r->line);
	task.id = keep(r, w[0]);
	if (playbook_task_find(b, task.id))
		return err_set(r->e, -EFORMAT, "line %d: the id %s is there already", r->line,
			       task.id);
	if (!one_of(w[1], roles, ARRAY_LEN(roles)))
		return err_set(r->e, -EFORMAT,
			       "line %d: a role is desk, technician, company or analyst", r->line);
	task.role = keep(r, w[1]);
	if ((ret = read_due(r, w[2], &task.due)) < 0)
		return ret;
	if (n == 5 && (ret = read_condition(r, w[4], &task)) < 0)
		return ret;
	struct playbook_task *list =
		more(r, b->tasks, &b->n_tasks, sizeof(*list), PLAYBOOK_TASKS_MAX);
	if (!list)
		return -ELIMIT;
	b->tasks = list;
	list[b->n_tasks - 1] = task;
	ret = begin(r, list[b->n_tasks - 1].text);
	r->why = list[b->n_tasks - 1].why;
	return ret;
}

static int read_once(struct reader *r, const char **out)
{
	if (*out)
		return err_set(r->e, -EFORMAT, "line %d: this was said already", r->line);
	if (!r->rest.n)
		return err_set(r->e, -EFORMAT, "line %d: something has to follow this word",
			       r->line);
	*out = keep(r, r->rest);
	return 0;
}

static int read_date(struct reader *r)
{
	char full[64];
	int ret = read_once(r, &r->b->date);

	if (ret < 0)
		return ret;
	(void)snprintf(full, sizeof(full), "%.10sT00:00:00+09:00", r->b->date);
	if (strlen(r->b->date) != 10 || time_parse(full, &r->b->date_us) < 0)
		return err_set(r->e, -EFORMAT, "line %d: a date is written 2026-11-23", r->line);
	return 0;
}

/* Words of the present thing: "ja ...", "why.en ...". */
static int read_words(struct reader *r, struct str key)
{
	bool why = str_starts(key, STR("why."));
	const char **into = why ? r->why : r->text;
	struct str lang = why ? (struct str){ key.p + 4, key.n - 4 } : key;

	for (int l = 0; l < LANG_COUNT; l++) {
		if (!str_eq(lang, str_of(suffix[l])))
			continue;
		if (!into)
			return err_set(r->e, -EFORMAT,
				       "line %d: it is not clear whose words these are", r->line);
		if (why && into[l][0] == '\0')
			into[l] = NULL;
		return read_once(r, &into[l]);
	}
	return err_set(r->e, -EFORMAT, "line %d: this word is not known: %.40s", r->line,
		       keep(r, key));
}

static int read_head(struct reader *r, struct str key, bool *known)
{
	struct playbook *b = r->b;
	struct {
		const char *key, **out;
	} heads[] = { { "version", &b->version },
		      { "source", &b->source },
		      { "goal.ja", &b->goal[LANG_JA] },
		      { "goal.en", &b->goal[LANG_EN] } };

	*known = true;
	if (str_eq(key, STR("playbook"))) {
		if (!is_id(r->rest))
			return err_set(r->e, -EFORMAT,
				       "line %d: an id has small letters, digits and _ only",
				       r->line);
		return read_once(r, &b->kind);
	}
	if (str_eq(key, STR("date")))
		return read_date(r);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++)
		if (str_eq(key, str_of(heads[i].key)))
			return read_once(r, heads[i].out);
	*known = false;
	return 0;
}

static int read_part(struct reader *r, struct str key)
{
	struct playbook *b = r->b;
	bool known;
	int ret = read_head(r, key, &known);

	if (ret < 0 || known)
		return ret;
	if (str_eq(key, STR("ask")))
		return read_line(r, &b->asks, &b->n_asks);
	if (str_eq(key, STR("say")))
		return read_line(r, &b->says, &b->n_says);
	if (str_eq(key, STR("never")))
		return read_line(r, &b->nevers, &b->n_nevers);
	if (str_eq(key, STR("close")))
		return read_line(r, &b->closes, &b->n_closes);
	if (str_eq(key, STR("question")))
		return read_question(r);
	if (str_eq(key, STR("choice")))
		return read_choice(r);
	if (str_eq(key, STR("task")))
		return read_task(r);
	return read_words(r, key);
}

static int complete(struct reader *r)
{
	const struct playbook *b = r->b;
	int ret = ended(r);

	if (ret < 0)
		return ret;
	if (!b->kind || !b->version || !b->date || !b->source || !b->goal[0] || !b->goal[1])
		return err_set(r->e, -EFORMAT,
			       "playbook, version, date, source, goal.ja and goal.en are a must");
	if (b->n_tasks == 0)
		return err_set(r->e, -EFORMAT, "a playbook has at least one task");
	for (size_t i = 0; i < b->n_questions; i++)
		for (size_t k = 0; k < b->questions[i].n_choices; k++) {
			const struct playbook_choice *c = &b->questions[i].choices[k];
			if (!c->text[0] &&
			    !one_of(str_of(c->id), plain_choices, ARRAY_LEN(plain_choices)))
				return err_set(r->e, -EFORMAT,
					       "question %s: the words of choice %s are missing",
					       b->questions[i].id, c->id);
		}
	return 0;
}

int playbook_parse(const char *p, size_t n, struct arena *a, struct playbook *out, struct err *e)
{
	struct playbook b = { 0 };
	struct reader r = { .a = a, .b = &b, .e = e };
	struct str all = { p, n }, line, key;
	int ret;

	if (n > PLAYBOOK_BYTES_MAX)
		return err_set(e, -ELIMIT, "a playbook has at most %d bytes", PLAYBOOK_BYTES_MAX);
	if (!utf8_valid(p, n) || memchr(p, '\0', n))
		return err_set(e, -EFORMAT, "a playbook is text in UTF-8");
	b.questions = arena_array(a, PLAYBOOK_QUESTIONS_MAX, sizeof(*b.questions));
	while (str_cut(&all, '\n', &line)) {
		r.line++;
		if (line.n > PLAYBOOK_LINE_MAX)
			return err_set(e, -ELIMIT, "line %d: longer than %d bytes", r.line,
				       PLAYBOOK_LINE_MAX);
		line = str_trim(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		(void)str_cut(&line, ' ', &key);
		r.rest = str_trim(line);
		if ((ret = read_part(&r, key)) < 0)
			return ret;
	}
	if ((ret = complete(&r)) < 0)
		return ret;
	*out = b;
	return 0;
}

const struct playbook_question *playbook_question_find(const struct playbook *b, const char *id)
{
	for (size_t i = 0; i < b->n_questions; i++)
		if (strcmp(b->questions[i].id, id) == 0)
			return &b->questions[i];
	return NULL;
}

const struct playbook_task *playbook_task_find(const struct playbook *b, const char *id)
{
	for (size_t i = 0; i < b->n_tasks; i++)
		if (strcmp(b->tasks[i].id, id) == 0)
			return &b->tasks[i];
	return NULL;
}

int playbook_choice_find(const struct playbook_question *q, const char *id)
{
	for (size_t i = 0; i < q->n_choices; i++)
		if (strcmp(q->choices[i].id, id) == 0)
			return (int)i;
	return -1;
}

int64_t playbook_due_us(const struct playbook_due *d, int64_t from_us)
{
	switch (d->unit) {
	case 'm':
		return from_us + d->n * US_PER_MIN;
	case 'h':
		return from_us + d->n * US_PER_HOUR;
	case 'd':
		return from_us + d->n * US_PER_DAY;
	case 'w':
		return calendar_add_open(from_us, d->n) + DAY_ENDS_HOUR * US_PER_HOUR;
	default:
		return 0;
	}
}
