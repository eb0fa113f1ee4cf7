/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of playbooks show. */
#include "hub/playbooks/playbooks_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/hub_calendar.h"
#include "hub/playbooks/playbooks_rules.h"

const char *playbooks_view_kind_key(struct call *c, const char *kind)
{
	return arena_printf(c->arena, "case.kind.%s", kind);
}

static const char **lines(struct call *c, const struct playbook_line *list, size_t n)
{
	const char **out = arena_array(c->arena, n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = list[i].text[c->lang];
	return out;
}

void playbooks_view_script(struct call *c, const struct playbook *b, struct script_view *out)
{
	*out = (struct script_view){
		.goal = b->goal[c->lang],
		.asks = lines(c, b->asks, b->n_asks),
		.says = lines(c, b->says, b->n_says),
		.nevers = lines(c, b->nevers, b->n_nevers),
		.closes = lines(c, b->closes, b->n_closes),
		.n_asks = b->n_asks,
		.n_says = b->n_says,
		.n_nevers = b->n_nevers,
		.n_closes = b->n_closes,
	};
}

const char *playbooks_view_choice(struct call *c, const struct playbook_question *q, int i)
{
	const struct playbook_choice *k = &q->choices[i];

	if (k->text[c->lang])
		return k->text[c->lang];
	return text_get(c->hub->text, c->lang, arena_printf(c->arena, "playbook.choice.%s", k->id));
}

static struct question_view question(struct call *c, const struct playbook_question *q,
				     const struct case_answer *answers, size_t n)
{
	const struct case_answer *given = playbooks_answer_of(answers, n, q->id);
	struct question_view v = { .q = q,
				   .text = q->text[c->lang],
				   .n_choices = q->n_choices,
				   .seen = given ? given->id : 0,
				   .who = given ? given->person_name : "",
				   .at_us = given ? given->at_us : 0,
				   .other = "",
				   .other_who = "" };

	for (size_t i = 0; i < q->n_choices; i++)
		v.choices[i] = (struct playbook_option){
			q->choices[i].id, playbooks_view_choice(c, q, (int)i),
			given && strcmp(given->answer, q->choices[i].id) == 0
		};
	for (size_t i = 0; i < n; i++) {
		int k = answers[i].applied || strcmp(answers[i].question, q->id) != 0 ||
					answers[i].id < v.seen
				? -1
				: playbook_choice_find(q, answers[i].answer);
		if (k >= 0) {
			v.other = playbooks_view_choice(c, q, k);
			v.other_who = answers[i].person_name;
		}
	}
	return v;
}

struct question_view *playbooks_view_questions(struct call *c, const struct playbook *b,
					       const struct case_answer *answers, size_t n)
{
	struct question_view *out = arena_array(c->arena, b->n_questions + 1, sizeof(*out));

	for (size_t i = 0; i < b->n_questions; i++)
		out[i] = question(c, &b->questions[i], answers, n);
	return out;
}

/* "backup=no" as the playbook words it. */
static const char *because(struct call *c, const struct playbook *b, const char *said)
{
	const struct playbook_question *q;
	struct str all = str_of(said), id;
	int i;

	if (!b || !str_cut(&all, '=', &id))
		return "";
	q = playbook_question_find(b, arena_strndup(c->arena, id.p, id.n));
	i = q ? playbook_choice_find(q, arena_strndup(c->arena, all.p, all.n)) : -1;
	if (i < 0)
		return "";
	const char *const args[] = { q->text[c->lang], playbooks_view_choice(c, q, i) };
	return call_text(c, "playbook.because", args, ARRAY_LEN(args));
}

static const char *light(const struct call *c, const struct case_task *k)
{
	if (strcmp(k->state, TASK_OPEN) != 0 || k->due_us == 0)
		return "";
	if (k->due_us < c->now_us)
		return "red";
	return k->due_us < calendar_day(c->now_us, 1) ? "amber" : "";
}

struct task_view playbooks_view_task(struct call *c, const struct playbook *b,
				     const struct case_task *k)
{
	struct task_view v = {
		.k = *k,
		.text = case_task_text(k, c->lang),
		.why = k->why[c->lang],
		.role_key = arena_printf(c->arena, "playbook.role.%s", k->role),
		.because = because(c, b, k->because),
		.light = light(c, k),
		.owner = k->owner_name,
	};

	if (v.light[0])
		v.state_key = v.light[0] == 'r' ? "playbook.state.late" : "playbook.state.today";
	else
		v.state_key = k->by_answer ? "playbook.state.by_answer"
					   : arena_printf(c->arena, "playbook.state.%s", k->state);
	return v;
}

const char *playbooks_view_due(struct call *c, const struct playbook_due *d)
{
	static const char *const key[] = { ['m'] = "playbook.due.minutes",
					   ['h'] = "playbook.due.hours",
					   ['d'] = "playbook.due.days",
					   ['w'] = "playbook.due.working_days" };

	if (d->unit == '-')
		return text_get(c->hub->text, c->lang, "playbook.due.none");
	const char *const args[] = { arena_printf(c->arena, "%d", d->n) };
	return call_text(c, key[(unsigned char)d->unit], args, ARRAY_LEN(args));
}

const char *playbooks_view_condition(struct call *c, const struct playbook_task *k)
{
	SCOPED_BUF struct buf b = { 0 };

	if (!k->question)
		return "";
	for (size_t i = 0; i < k->question->n_choices; i++)
		if (k->choices >> i & 1)
			buf_printf(&b, "%s%s", b.n ? " / " : "",
				   playbooks_view_choice(c, k->question, (int)i));
	const char *const args[] = { k->question->text[c->lang], b.p };
	return call_text(c, "playbook.condition", args, ARRAY_LEN(args));
}

struct playbook_option *playbooks_view_roles(struct call *c, const char *chosen, size_t *n_out)
{
	static const char *const roles[] = { "desk", "technician", "company", "analyst" };
	struct playbook_option *o = arena_array(c->arena, ARRAY_LEN(roles), sizeof(*o));

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		o[i] = (struct playbook_option){ roles[i],
						 text_get(c->hub->text, c->lang,
							  arena_printf(c->arena, "playbook.role.%s",
								       roles[i])),
						 strcmp(roles[i], chosen) == 0 };
	*n_out = ARRAY_LEN(roles);
	return o;
}

static struct playbook_option *kinds(struct call *c, const char *chosen, size_t *n_out)
{
	const char *const *ids = cases_kinds(n_out);
	struct playbook_option *o = arena_array(c->arena, *n_out, sizeof(*o));

	for (size_t i = 0; i < *n_out; i++)
		o[i] = (struct playbook_option){
			ids[i], text_get(c->hub->text, c->lang, playbooks_view_kind_key(c, ids[i])),
			strcmp(ids[i], chosen) == 0
		};
	return o;
}

static int earlier(const void *a, const void *b)
{
	const struct task_view *x = a, *y = b;
	int64_t dx = x->k.due_us ? x->k.due_us : INT64_MAX;
	int64_t dy = y->k.due_us ? y->k.due_us : INT64_MAX;

	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x->k.id < y->k.id ? -1 : x->k.id > y->k.id;
}

static void sort_out(struct call *c, const struct case_task *tasks, size_t n,
		     struct playbook_panel *p)
{
	p->open = arena_array(c->arena, n + 1, sizeof(*p->open));
	p->gone = arena_array(c->arena, n + 1, sizeof(*p->gone));
	for (size_t i = 0; i < n; i++) {
		struct task_view v = playbooks_view_task(c, p->b, &tasks[i]);

		if (p->company && strcmp(v.k.role, "company") != 0)
			continue;
		if (strcmp(v.k.state, TASK_OPEN) == 0)
			p->open[p->n_open++] = v;
		else
			p->gone[p->n_gone++] = v;
		p->n_late += v.light[0] == 'r';
		p->n_done += strcmp(v.k.state, TASK_DONE) == 0;
	}
	p->n_all = (int64_t)p->n_open + p->n_done;
	qsort(p->open, p->n_open, sizeof(*p->open), earlier);
}

int playbooks_view_panel(struct call *c, struct txn *t, const struct incident *i,
			 struct playbook_panel *p)
{
	struct playbook *b = arena_alloc(c->arena, sizeof(*b));
	struct case_playbook row;
	struct case_answer *answers = NULL;
	struct case_task *tasks;
	size_t n_answers = 0, n_tasks;
	int r = playbooks_store_case(t, c->scope, i->id, c->arena, &row, &c->err);

	p->number = i->number;
	p->now_us = c->now_us;
	p->live = strcmp(i->state, CASE_CLOSED) != 0;
	p->may_work = user_is(c->user, CASES_WORKERS);
	p->company = !user_is(c->user, CASES_READERS & ~ROLE_COMPANY);
	p->attached = r >= 0;
	if (r < 0 && r != -ENOENT)
		return r;
	if (p->attached) {
		if ((r = playbook_parse(row.body, strlen(row.body), c->arena, b, &c->err)) < 0)
			return r;
		p->b = b;
		playbooks_view_script(c, b, &p->s);
		r = playbooks_store_answers(t, c->scope, i->id, c->arena, &answers, &n_answers,
					    &c->err);
		if (r < 0)
			return r;
		p->questions = playbooks_view_questions(c, b, answers, n_answers);
		p->n_questions = b->n_questions;
	}
	if ((r = playbooks_store_tasks(t, c->scope, i->id, c->arena, &tasks, &n_tasks, &c->err)) <
	    0)
		return r;
	sort_out(c, tasks, n_tasks, p);
	for (size_t k = 0; k < p->n_questions; k++)
		p->n_answered += p->questions[k].seen != 0;
	p->fresh = p->n_answered == 0 && p->n_done == 0;
	p->kinds = kinds(c, i->kind, &p->n_kinds);
	p->roles = playbooks_view_roles(c, "desk", &p->n_roles);
	return 0;
}
