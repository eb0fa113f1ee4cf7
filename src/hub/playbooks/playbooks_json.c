/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks and tasks as JSON. */
#include "base/jsonw.h"
#include "hub/playbooks/playbooks_view.h"

static const char *const suffix[LANG_COUNT] = { [LANG_JA] = "ja", [LANG_EN] = "en" };

static void both(struct jsonw *w, const char *key, const char *const *text)
{
	jsonw_object(w, key);
	for (int l = 0; l < LANG_COUNT; l++)
		jsonw_text(w, suffix[l], text[l]);
	jsonw_end_object(w);
}

static void lines(struct jsonw *w, const char *key, const struct playbook_line *list, size_t n)
{
	jsonw_array(w, key);
	for (size_t i = 0; i < n; i++)
		both(w, NULL, list[i].text);
	jsonw_end_array(w);
}

static void task(struct jsonw *w, const struct task_view *v)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", v->k.id);
	jsonw_text(w, "case", v->k.number);
	jsonw_text(w, "company", v->k.company_name);
	jsonw_text(w, "task", v->k.task);
	both(w, "text", v->k.text);
	both(w, "why", v->k.why);
	jsonw_text(w, "role", v->k.role);
	jsonw_int(w, "owner_id", v->k.owner_id);
	jsonw_text(w, "owner", v->k.owner_name);
	jsonw_text(w, "state", v->k.state);
	jsonw_bool(w, "late", v->light[0] == 'r');
	jsonw_text(w, "because", v->k.because);
	jsonw_bool(w, "by_answer", v->k.by_answer);
	jsonw_text(w, "note", v->k.note);
	jsonw_int(w, "due_us", v->k.due_us);
	jsonw_int(w, "added_us", v->k.added_us);
	jsonw_int(w, "changed_us", v->k.changed_us);
	jsonw_text(w, "changed_by", v->k.changed_name);
	jsonw_int(w, "version", v->k.version);
	jsonw_end_object(w);
}

static void question(struct jsonw *w, const struct question_view *v)
{
	const char *given = NULL;

	for (size_t i = 0; i < v->n_choices; i++)
		if (v->choices[i].chosen)
			given = v->choices[i].value;
	jsonw_object(w, NULL);
	jsonw_text(w, "id", v->q->id);
	both(w, "text", v->q->text);
	jsonw_array(w, "choices");
	for (size_t i = 0; i < v->n_choices; i++)
		jsonw_text(w, NULL, v->choices[i].value);
	jsonw_end_array(w);
	jsonw_text(w, "answer", given);
	jsonw_int(w, "seen", v->seen);
	jsonw_int(w, "answered_us", v->at_us);
	jsonw_text(w, "answered_by", v->who);
	jsonw_end_object(w);
}

int playbooks_json_case(struct call *c, const struct incident *i, const struct playbook_panel *p,
			const struct task_view *tasks, size_t n)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", i->number);
	jsonw_text(&w, "kind", i->kind);
	jsonw_text(&w, "playbook", p->attached ? p->b->kind : NULL);
	jsonw_text(&w, "version", p->attached ? p->b->version : NULL);
	jsonw_text(&w, "date", p->attached ? p->b->date : NULL);
	jsonw_int(&w, "done", p->n_done);
	jsonw_int(&w, "all", p->n_all);
	jsonw_array(&w, "questions");
	for (size_t k = 0; k < p->n_questions && !p->company; k++)
		question(&w, &p->questions[k]);
	jsonw_end_array(&w);
	jsonw_array(&w, "tasks");
	for (size_t k = 0; k < n; k++)
		task(&w, &tasks[k]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static void plan(struct jsonw *w, const struct playbook_task *k)
{
	const char unit[2] = { k->due.unit, '\0' };

	jsonw_object(w, NULL);
	jsonw_text(w, "id", k->id);
	both(w, "text", k->text);
	both(w, "why", k->why);
	jsonw_text(w, "role", k->role);
	jsonw_int(w, "due", k->due.n);
	jsonw_text(w, "due_unit", unit);
	jsonw_text(w, "if_question", k->question ? k->question->id : NULL);
	jsonw_array(w, "if_choices");
	for (size_t i = 0; k->question && i < k->question->n_choices; i++)
		if (k->choices >> i & 1)
			jsonw_text(w, NULL, k->question->choices[i].id);
	jsonw_end_array(w);
	jsonw_end_object(w);
}

static void edition(struct jsonw *w, const struct edition *d)
{
	jsonw_text(w, "kind", d->kind);
	jsonw_text(w, "version", d->version);
	jsonw_int(w, "date_us", d->date_us);
	jsonw_text(w, "source", d->source);
	jsonw_text(w, "digest", d->digest);
	jsonw_text(w, "origin", d->origin);
	jsonw_text(w, "error", d->error);
}

int playbooks_json_page(struct call *c, const struct edition *d, const struct playbook *b)
{
	struct buf out = { 0 };
	struct jsonw w = jsonw_of(&out);

	jsonw_object(&w, NULL);
	edition(&w, d);
	both(&w, "goal", b->goal);
	lines(&w, "ask", b->asks, b->n_asks);
	lines(&w, "say", b->says, b->n_says);
	lines(&w, "never", b->nevers, b->n_nevers);
	jsonw_array(&w, "questions");
	for (size_t i = 0; i < b->n_questions; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "id", b->questions[i].id);
		both(&w, "text", b->questions[i].text);
		jsonw_array(&w, "choices");
		for (size_t k = 0; k < b->questions[i].n_choices; k++)
			jsonw_text(&w, NULL, b->questions[i].choices[k].id);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "tasks");
	for (size_t i = 0; i < b->n_tasks; i++)
		plan(&w, &b->tasks[i]);
	jsonw_end_array(&w);
	lines(&w, "close", b->closes, b->n_closes);
	jsonw_end_object(&w);
	return call_json(c, &out);
}

int playbooks_json_list(struct call *c, const struct playbook_list *p)
{
	struct buf out = { 0 };
	struct jsonw w = jsonw_of(&out);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "playbooks");
	for (size_t i = 0; i < p->n_rows; i++) {
		jsonw_object(&w, NULL);
		edition(&w, &p->rows[i].d);
		jsonw_int(&w, "tasks", (int64_t)p->rows[i].n_tasks);
		jsonw_int(&w, "questions", (int64_t)p->rows[i].n_questions);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &out);
}

int playbooks_json_tasks(struct call *c, const struct task_view *rows, size_t n)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "tasks");
	for (size_t i = 0; i < n; i++)
		task(&w, &rows[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
