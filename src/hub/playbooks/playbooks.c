/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks of cases: attaching one, answering its questions, and what that does to the tasks. What
 * people do with tasks: playbooks_work.c. SQL: playbooks_store.c, playbooks_task_store.c. */
#include "hub/playbooks/playbooks.h"

#include <errno.h>
#include <string.h>

#include "hub/accounts/accounts.h"
#include "hub/playbooks/playbooks_rules.h"

/* What a change of a case's tasks is made from. */
struct change {
	struct txn *t;
	const struct user *u;
	const struct incident *c;
	const struct playbook *b;
	struct arena *a;
	struct case_task *tasks;
	size_t n_tasks;
	struct case_answer *answers;
	size_t n_answers;
	int64_t now_us;
	struct err *e;
};

const char *case_task_text(const struct case_task *k, enum lang lang)
{
	const char *other = k->text[lang == LANG_JA ? LANG_EN : LANG_JA];

	return k->text[lang][0] ? k->text[lang] : other;
}

const struct case_answer *playbooks_answer_of(const struct case_answer *list, size_t n,
					      const char *question)
{
	for (size_t i = n; i-- > 0;)
		if (list[i].applied && strcmp(list[i].question, question) == 0)
			return &list[i];
	return NULL;
}

bool playbooks_task_applies(const struct playbook_task *k, const struct case_answer *answers,
			    size_t n)
{
	const struct case_answer *given;
	int i;

	if (!k->question)
		return true;
	given = playbooks_answer_of(answers, n, k->question->id);
	i = given ? playbook_choice_find(k->question, given->answer) : -1;
	return i >= 0 && (k->choices >> i & 1);
}

static const struct case_task *find_task(const struct change *x, const char *id)
{
	for (size_t i = 0; i < x->n_tasks; i++)
		if (strcmp(x->tasks[i].task, id) == 0)
			return &x->tasks[i];
	return NULL;
}

static const char *because_of(const struct change *x, const struct playbook_task *k)
{
	if (!k->question)
		return "";
	return arena_printf(x->a, "%s=%s", k->question->id,
			    playbooks_answer_of(x->answers, x->n_answers, k->question->id)->answer);
}

static int add(struct change *x, const struct playbook_task *k)
{
	const struct task_row row = { .incident_id = x->c->id,
				      .company_id = x->c->company_id,
				      .due_us = playbook_due_us(&k->due, x->now_us),
				      .person_id = x->u->person_id,
				      .now_us = x->now_us,
				      .task = k->id,
				      .role = k->role,
				      .because = because_of(x, k),
				      .text = k->text,
				      .why = k->why };

	return playbooks_store_task_add(x->t, &x->u->scope, &row, x->e);
}

/* An open task that no longer applies is not needed; one that an answer took away comes back. */
static int turn(struct change *x, const struct case_task *k, bool applies, const char *because)
{
	const bool open = strcmp(k->state, TASK_OPEN) == 0;
	struct task_change row = { .id = k->id,
				   .version = k->version,
				   .owner_id = k->owner_id,
				   .due_us = k->due_us,
				   .person_id = x->u->person_id,
				   .now_us = x->now_us,
				   .state = applies ? TASK_OPEN : TASK_NOT_NEEDED,
				   .role = k->role,
				   .note = k->note,
				   .because = because,
				   .automatic = !applies };

	if (applies ? !(k->by_answer && strcmp(k->state, TASK_NOT_NEEDED) == 0) : !open)
		return 0;
	return playbooks_store_task_change(x->t, &x->u->scope, &row, x->e);
}

/* Brings the tasks of the case in line with its playbook and the answers. */
static int align(struct change *x)
{
	int r = 0;

	for (size_t i = 0; i < x->n_tasks && r >= 0; i++)
		if (x->tasks[i].task[0] && !playbook_task_find(x->b, x->tasks[i].task))
			r = turn(x, &x->tasks[i], false, "");
	for (size_t i = 0; i < x->b->n_tasks && r >= 0; i++) {
		const struct playbook_task *k = &x->b->tasks[i];
		const struct case_task *there = find_task(x, k->id);
		bool applies = playbooks_task_applies(k, x->answers, x->n_answers);

		if (there)
			r = turn(x, there, applies, applies ? because_of(x, k) : there->because);
		else if (applies)
			r = add(x, k);
	}
	return r < 0 ? r : playbooks_store_sums(x->t, &x->u->scope, x->c->id, x->e);
}

/* The playbook in force for the kind becomes that of the case. */
static int attach(struct change *x)
{
	struct edition *list;
	struct playbook b;
	size_t n;
	int r = playbooks_store_currents(x->t, &scope_system, x->c->kind, x->a, &list, &n, x->e);

	if (r < 0 || n == 0)
		return r;
	if ((r = playbook_parse(list[0].body, strlen(list[0].body), x->a, &b, x->e)) < 0)
		return r;
	const struct case_playbook row = { .incident_id = x->c->id,
					   .company_id = x->c->company_id,
					   .edition_id = list[0].id,
					   .attached_us = x->now_us };
	if ((r = playbooks_store_case_set(x->t, &x->u->scope, &row, x->e)) < 0)
		return r;
	x->b = &b;
	return align(x);
}

static int load_parts(struct change *x)
{
	int r = playbooks_store_tasks(x->t, &x->u->scope, x->c->id, x->a, &x->tasks, &x->n_tasks,
				      x->e);

	return r < 0 ? r
		     : playbooks_store_answers(x->t, &x->u->scope, x->c->id, x->a, &x->answers,
					       &x->n_answers, x->e);
}

int playbooks_case_kind(struct hub *h, struct txn *t, const struct user *u, int64_t case_id,
			const char *was, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c = { .id = case_id };
	struct change x = { .t = t, .u = u, .c = &c, .a = a, .now_us = now_us, .e = e };
	int r = playbooks_store_incident(t, &u->scope, case_id, a, &c, e);

	(void)h;
	if (r >= 0 && was)
		r = load_parts(&x);
	return r < 0 ? r : attach(&x);
}

int playbooks_attach(struct txn *t, const struct user *u, const char *number, int64_t now_us,
		     struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct change x = { .t = t, .u = u, .c = &c, .a = a, .now_us = now_us, .e = e };
	int r = playbooks_rules_live(t, u, number, a, &c, e);

	if (r < 0 || (r = load_parts(&x)) < 0 || (r = attach(&x)) < 0)
		return r;
	return accounts_audit(t, u, "playbook.attach", "incident", c.id, c.company_id, NULL, e);
}

static int keep_answer(struct change *x, const struct playbooks_answer *n, bool applied)
{
	const struct answer_row row = { .incident_id = x->c->id,
					.company_id = x->c->company_id,
					.person_id = x->u->person_id,
					.now_us = x->now_us,
					.question = n->question,
					.answer = n->answer,
					.applied = applied };
	SCOPED_BUF struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	int r = playbooks_store_answer(x->t, &x->u->scope, &row, x->e);

	if (r < 0)
		return r;
	jsonw_object(&w, NULL);
	jsonw_text(&w, "question", n->question);
	jsonw_text(&w, "answer", n->answer);
	jsonw_bool(&w, "applied", applied);
	jsonw_end_object(&w);
	return accounts_audit(x->t, x->u, "playbook.answer", "incident", x->c->id, x->c->company_id,
			      b.p, x->e);
}

/* The answer counts unless somebody answered otherwise since the person looked. */
static int answer(struct change *x, const struct playbooks_answer *n)
{
	const struct playbook_question *q = playbook_question_find(x->b, n->question);
	const struct case_answer *before;
	int r;

	if (!q || playbook_choice_find(q, n->answer) < 0)
		return err_set(x->e, -EINVAL, "the playbook has no such question or answer");
	before = playbooks_answer_of(x->answers, x->n_answers, n->question);
	if (before && strcmp(before->answer, n->answer) == 0)
		return 0;
	if (before && before->id != n->seen) {
		if ((r = keep_answer(x, n, false)) < 0)
			return r;
		return err_set(x->e, -ECONFLICT,
			       "%s has answered this question otherwise meanwhile; your answer is"
			       " kept beside it, look at both and choose again",
			       before->person_name);
	}
	if ((r = keep_answer(x, n, true)) < 0 || (r = load_parts(x)) < 0)
		return r;
	return align(x);
}

int playbooks_answer(struct txn *t, const struct user *u, const char *number,
		     const struct playbooks_answer *n, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_playbook p;
	struct playbook b;
	struct change x = { .t = t, .u = u, .c = &c, .b = &b, .a = a, .now_us = now_us, .e = e };
	int r = playbooks_rules_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = playbooks_store_case(t, &u->scope, c.id, a, &p, e)) == -ENOENT)
		return err_set(e, -ENOENT, "the case has no playbook");
	if (r < 0 || (r = playbook_parse(p.body, strlen(p.body), a, &b, e)) < 0 ||
	    (r = load_parts(&x)) < 0)
		return r;
	return answer(&x, n);
}
