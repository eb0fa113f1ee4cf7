/* SPDX-License-Identifier: Apache-2.0 */
/* Mending what was typed into a case: two people at once are told of each other, and what was there
 * before stays readable. SQL: cases_edit_store.c. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases_edit_store.h"
#include "hub/cases/cases_found.h"
#include "hub/cases/cases_rules.h"
#include "hub/search/search.h"

enum { NAME_CHARS = 100, PHONE_CHARS = 40, MINUTES_MAX = 60 * 24 * 7, COST_MAX = 100000000 };

struct edit {
	struct txn *t;
	const struct user *u;
	struct was_row was; /* whose; the rest is filled for each field */
	size_t n;           /* fields that changed */
};

static int was(struct edit *x, const char *field, const char *old_text, const char *new_text,
	       struct err *e)
{
	x->was.field = field;
	x->was.old_text = old_text;
	x->was.new_text = new_text;
	x->n++;
	return cases_edit_store_was(x->t, &x->u->scope, &x->was, e);
}

static int change_text(struct edit *x, const char *field, const char **at, const char *new_text,
		       struct err *e)
{
	if (!new_text || strcmp(*at, new_text) == 0)
		return 0;
	int r = was(x, field, *at, new_text, e);
	*at = new_text;
	return r;
}

/* Times are kept as they are written in exports. */
static int change_time(struct edit *x, const char *field, int64_t *at, int64_t new_us,
		       struct err *e)
{
	char a[TIME_TEXT_MAX], b[TIME_TEXT_MAX];

	if (new_us == 0 || new_us == *at)
		return 0;
	int r = was(x, field, time_format(*at, a, sizeof(a)), time_format(new_us, b, sizeof(b)), e);
	*at = new_us;
	return r;
}

static int change_number(struct edit *x, const char *field, int64_t *at, int64_t new_number,
			 struct err *e)
{
	char a[24], b[24];

	if (new_number < 0 || new_number == *at)
		return 0;
	(void)snprintf(a, sizeof(a), "%" PRId64, *at);
	(void)snprintf(b, sizeof(b), "%" PRId64, new_number);
	*at = new_number;
	return was(x, field, a, b, e);
}

static int check(const struct incident *c, const struct case_edit *n, int64_t now_us, struct err *e)
{
	int r = 0;

	if (n->version && n->version != c->version)
		return err_set(e, -ECONFLICT, "somebody else has changed the case meanwhile");
	if (n->severity > 4)
		return err_set(e, -EINVAL, "choose how serious it is");
	if (n->title)
		r = cases_rules_text(n->title, 1, CASE_TITLE_CHARS, e);
	if (r >= 0 && n->contact_name)
		r = cases_rules_text(n->contact_name, 0, NAME_CHARS, e);
	if (r >= 0 && n->contact_phone)
		r = cases_rules_text(n->contact_phone, 0, PHONE_CHARS, e);
	/* what the next company learns from may be mended, not taken away */
	if (r >= 0 && n->cause)
		r = cases_rules_text(n->cause, c->cause[0] ? 1 : 0, CASE_TEXT_CHARS, e);
	if (r >= 0 && n->lesson)
		r = cases_rules_text(n->lesson, c->lesson[0] ? 1 : 0, CASE_TEXT_CHARS, e);
	if (r >= 0 && n->happened_us)
		r = cases_rules_time(n->happened_us, now_us, e);
	return r;
}

static int change_owner(struct edit *x, struct incident *c, int64_t owner_id, struct err *e)
{
	struct accounts_person p;

	if (owner_id == 0 || owner_id == c->owner_id)
		return 0;
	int r = accounts_person_get(x->t, &x->u->scope, owner_id, &p, e);
	if (r < 0)
		return r;
	if (!p.active || !(p.roles & CASES_WORKERS))
		return err_set(e, -EINVAL, "this person does not work on cases");
	c->owner_id = owner_id;
	return was(x, "owner", c->owner_name, p.name, e);
}

int cases_edit(struct txn *t, const struct user *u, const char *number, const struct case_edit *n,
	       int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0 || (r = cases_rules_may(u, e)) < 0 || (r = check(&c, n, now_us, e)) < 0)
		return r;
	struct edit x = { t, u, { c.id, c.company_id, 0, u->person_id, now_us, "", "", "" }, 0 };
	int64_t severity = c.severity;
	if ((r = change_text(&x, "title", &c.title, n->title, e)) < 0 ||
	    (r = change_number(&x, "severity", &severity, n->severity, e)) < 0 ||
	    (r = change_text(&x, "contact_name", &c.contact_name, n->contact_name, e)) < 0 ||
	    (r = change_text(&x, "contact_phone", &c.contact_phone, n->contact_phone, e)) < 0 ||
	    (r = change_time(&x, "happened", &c.happened_us, n->happened_us, e)) < 0 ||
	    (r = change_text(&x, "cause", &c.cause, n->cause, e)) < 0 ||
	    (r = change_text(&x, "lesson", &c.lesson, n->lesson, e)) < 0 ||
	    (r = change_owner(&x, &c, n->owner_id, e)) < 0)
		return r;
	if (x.n == 0)
		return 0;
	c.severity = (int)severity;
	if ((r = cases_edit_store_put(t, &u->scope, &c, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "somebody else has changed the case meanwhile");
	const struct entry_row said = { .c = &c, .kind = "note", .text_key = "case.story.edited" };
	return cases_rules_tell(t, u, "incident.edit", &said, now_us, e);
}

static int correct_action(struct edit *x, const struct incident *c, const struct case_entry *n,
			  int64_t minutes, int64_t cost_yen, struct err *e)
{
	struct action_change k = { .incident_id = c->id,
				   .action_id = n->ref_id,
				   .minutes = n->minutes,
				   .cost_yen = n->cost_yen,
				   .started_us = n->happened_us,
				   .body = n->body };

	if (minutes > MINUTES_MAX)
		return err_set(e, -EINVAL, "minutes must lie between 0 and %d", MINUTES_MAX);
	if (cost_yen > COST_MAX)
		return err_set(e, -EINVAL, "the cost must lie between 0 and %d yen", COST_MAX);
	int r = change_number(x, "minutes", &k.minutes, minutes, e);
	if (r >= 0)
		r = change_number(x, "cost_yen", &k.cost_yen, cost_yen, e);
	k.more_minutes = k.minutes - n->minutes;
	k.more_yen = k.cost_yen - n->cost_yen;
	return r < 0 || x->n == 0 ? r : cases_edit_store_action_put(x->t, &x->u->scope, &k, e);
}

int cases_correct(struct txn *t, const struct user *u, const char *number,
		  const struct case_correction *n, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_entry old;
	int r = cases_get(t, &u->scope, number, a, &c, e);

	if (r < 0 || (r = cases_rules_may(u, e)) < 0 ||
	    (r = cases_edit_store_entry(t, &u->scope, c.id, n->entry_id, a, &old, e)) < 0)
		return r;
	if (!old.body[0] || (old.roles && !user_is(u, old.roles)))
		return err_set(e, -ENOENT, "there is no such line in the story");
	if (strcmp(old.body, n->old_body) != 0)
		return err_set(e, -ECONFLICT, "somebody else has corrected this line meanwhile");
	if ((r = cases_rules_text(n->body, 1, CASE_TEXT_CHARS, e)) < 0 ||
	    (n->happened_us && (r = cases_rules_time(n->happened_us, now_us, e)) < 0))
		return r;
	struct edit x = {
		t, u, { c.id, c.company_id, old.id, u->person_id, now_us, "", "", "" }, 0
	};
	if ((r = change_text(&x, "body", &old.body, n->body, e)) < 0 ||
	    (r = change_time(&x, "happened", &old.happened_us, n->happened_us, e)) < 0 ||
	    (old.minutes >= 0 &&
	     (r = correct_action(&x, &c, &old, n->minutes, n->cost_yen, e)) < 0))
		return r;
	if (x.n == 0)
		return 0;
	if ((r = cases_edit_store_entry_put(t, &u->scope, &old, e)) < 0 ||
	    (r = search_mark(t, old.roles ? CASES_FOUND_INSIDE : CASES_FOUND, c.id, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "incident.correct", "incident", c.id, c.company_id, NULL, e);
}
