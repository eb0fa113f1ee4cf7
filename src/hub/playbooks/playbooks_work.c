/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with the tasks of a case. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/playbooks/playbooks_rules.h"

static const char *const roles[] = { "desk", "technician", "company", "analyst" };

static bool one_of(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(s, list[i]) == 0)
			return true;
	return false;
}

static int load_case(struct txn *t, const struct user *u, const char *number, struct arena *a,
		     struct incident *out, struct err *e)
{
	int r = cases_get(t, &u->scope, number, a, out, e);

	if (r >= 0 && strcmp(out->state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	return r;
}

int playbooks_rules_live(struct txn *t, const struct user *u, const char *number, struct arena *a,
			 struct incident *out, struct err *e)
{
	int r = cases_get(t, &u->scope, number, a, out, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return load_case(t, u, number, a, out, e);
}

static int check_text(const char *s, size_t min, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n < min)
		return err_set(e, -EINVAL, "something has to be written here");
	if (n > max)
		return err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max);
	return 0;
}

static int check_owner(struct txn *t, const struct user *u, const char *role, int64_t owner_id,
		       struct err *e)
{
	struct accounts_person p;

	if (!one_of(role, roles, ARRAY_LEN(roles)))
		return err_set(e, -EINVAL, "choose who is to do it");
	if (!owner_id)
		return 0;
	int r = accounts_person_get(t, &u->scope, owner_id, &p, e);
	if (r == -ENOENT || (r >= 0 && (!p.active || !(p.roles & CASES_WORKERS))))
		return err_set(e, -EINVAL, "this person cannot be given a task");
	return r;
}

static int check_due(int64_t due_us, int64_t now_us, struct err *e)
{
	if (due_us && (due_us < now_us - US_PER_DAY || due_us > now_us + 400 * US_PER_DAY))
		return err_set(e, -EINVAL, "the time must lie within the next 400 days");
	return 0;
}

static int tell(struct txn *t, const struct user *u, const struct incident *c,
		const struct case_told *said, int64_t now_us, struct err *e)
{
	struct case_told whole = *said;
	int r = playbooks_store_sums(t, &u->scope, c->id, e);

	whole.case_id = c->id;
	whole.kind = "note";
	return r < 0 ? r : cases_tell(t, u, &whole, now_us, e);
}

int playbooks_task_add(struct txn *t, const struct user *u, const char *number,
		       const struct playbooks_task_new *n, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *const nothing[LANG_COUNT] = { "", "" };
	const char *text[LANG_COUNT] = { "", "" };
	struct incident c;
	struct case_task *all;
	size_t n_all;
	int r = playbooks_rules_live(t, u, number, a, &c, e);

	if (r < 0 || (r = check_text(n->text, 1, TASK_TEXT_CHARS, e)) < 0 ||
	    (r = check_owner(t, u, n->role, n->owner_id, e)) < 0 ||
	    (r = check_due(n->due_us, now_us, e)) < 0 ||
	    (r = playbooks_store_tasks(t, &u->scope, c.id, a, &all, &n_all, e)) < 0)
		return r;
	if (n_all >= CASE_TASKS_MAX)
		return err_set(e, -EINVAL, "a case has at most %d tasks", CASE_TASKS_MAX);
	text[u->lang] = n->text;
	const struct task_row row = { .incident_id = c.id,
				      .company_id = c.company_id,
				      .owner_id = n->owner_id,
				      .due_us = n->due_us,
				      .person_id = u->person_id,
				      .now_us = now_us,
				      .task = "",
				      .role = n->role,
				      .because = "",
				      .text = text,
				      .why = nothing };
	if ((r = playbooks_store_task_add(t, &u->scope, &row, e)) < 0)
		return r;
	const struct case_told said = { .action = "task.add",
					.text_key = "playbook.story.added",
					.text_arg = n->text };
	return tell(t, u, &c, &said, now_us, e);
}

/* The task ID of the case, which U may change: its company may say that it has done its own. */
static int load_task(struct txn *t, const struct user *u, const char *number, int64_t id,
		     struct arena *a, struct incident *c, struct case_task *out, struct err *e)
{
	int r = load_case(t, u, number, a, c, e);

	if (r < 0 || (r = playbooks_store_task(t, &u->scope, id, a, out, e)) < 0)
		return r;
	if (out->incident_id != c->id)
		return err_set(e, -ENOENT, "there is no such task");
	if (!user_is(u, CASES_WORKERS) &&
	    !(user_is(u, ROLE_COMPANY) && strcmp(out->role, "company") == 0))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return 0;
}

static int store_change(struct txn *t, const struct user *u, const struct case_task *was,
			const struct task_change *row, struct err *e)
{
	int r = was->version == row->version ? playbooks_store_task_change(t, &u->scope, row, e)
					     : 0;

	if (r == 0)
		return err_set(e, -ECONFLICT,
			       "%s has changed this task meanwhile (it is now: %s); look at it"
			       " again",
			       was->changed_name, was->state);
	return r;
}

int playbooks_task_set(struct txn *t, const struct user *u, const char *number,
		       const struct playbooks_task_set *n, int64_t now_us, struct err *e)
{
	static const char *const states[] = { TASK_OPEN, TASK_DONE, TASK_NOT_NEEDED };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_task k;
	int r = load_task(t, u, number, n->id, a, &c, &k, e);

	if (r < 0)
		return r;
	if (!one_of(n->state, states, ARRAY_LEN(states)))
		return err_set(e, -EINVAL, "a task has no such state");
	if (strcmp(n->state, TASK_NOT_NEEDED) == 0 && !n->note[0])
		return err_set(e, -EINVAL, "say why the task is not needed");
	if ((r = check_text(n->note, 0, TASK_NOTE_CHARS, e)) < 0)
		return r;
	const struct task_change row = { .id = k.id,
					 .version = n->version,
					 .owner_id = k.owner_id,
					 .due_us = k.due_us,
					 .person_id = u->person_id,
					 .now_us = now_us,
					 .state = n->state,
					 .role = k.role,
					 .note = n->note[0] ? n->note : k.note,
					 .because = k.because };
	if ((r = store_change(t, u, &k, &row, e)) < 0)
		return r;
	const struct case_told said = { .action = arena_printf(a, "task.%s", n->state),
					.text_key = arena_printf(a, "playbook.story.%s", n->state),
					.text_arg = case_task_text(&k, u->lang),
					.body = n->note };
	return tell(t, u, &c, &said, now_us, e);
}

int playbooks_task_give(struct txn *t, const struct user *u, const char *number,
			const struct playbooks_task_give *n, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_task k;
	int r = load_task(t, u, number, n->id, a, &c, &k, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	if ((r = check_owner(t, u, n->role, n->owner_id, e)) < 0)
		return r;
	if (n->due_us != k.due_us && (r = check_due(n->due_us, now_us, e)) < 0)
		return r;
	const struct task_change row = { .id = k.id,
					 .version = n->version,
					 .owner_id = n->owner_id,
					 .due_us = n->due_us,
					 .person_id = u->person_id,
					 .now_us = now_us,
					 .state = k.state,
					 .role = n->role,
					 .note = k.note,
					 .because = k.because,
					 .automatic = k.by_answer };
	if ((r = store_change(t, u, &k, &row, e)) < 0 ||
	    (r = playbooks_store_sums(t, &u->scope, c.id, e)) < 0)
		return r;
	return accounts_audit(t, u, "task.give", "incident", c.id, c.company_id, NULL, e);
}

int playbooks_all_done(struct txn *t, const struct user *u, const char *number, int64_t upto_us,
		       int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int64_t n;
	int r = playbooks_rules_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	n = playbooks_store_all_done(t, &u->scope, c.id, u->person_id, upto_us, now_us, e);
	if (n <= 0)
		return (int)n;
	const struct case_told said = { .action = "task.all_done",
					.text_key = "playbook.story.all_done",
					.text_arg = arena_printf(a, "%" PRId64, n) };
	r = tell(t, u, &c, &said, now_us, e);
	return r < 0 ? r : (int)n;
}

int playbooks_tasks(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		    struct case_task **out, size_t *n_out, struct err *e)
{
	return playbooks_store_tasks(t, s, incident_id, a, out, n_out, e);
}
