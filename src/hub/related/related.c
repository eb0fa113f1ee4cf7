/* SPDX-License-Identifier: Apache-2.0 */
/* Ties, tags, and calls to companies that met the same: who may do what. SQL: related_store.c. */
#include "hub/related/related.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members.h"
#include "hub/related/related_store.h"

enum { NOTE_CHARS = 500, TAG_CHARS = 40 };

static const char *const tie_kinds[] = { "related", "duplicate_of", "caused_by", "same_campaign" };

const char *const *related_tie_kinds(size_t *n_out)
{
	*n_out = ARRAY_LEN(tie_kinds);
	return tie_kinds;
}

static int load(struct txn *t, const struct user *u, const char *number, struct arena *a,
		struct incident *out, struct err *e)
{
	int r = cases_get(t, &u->scope, number, a, out, e);

	if (r >= 0 && !user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	return r;
}

static int text_ok(const char *s, size_t min, size_t max, struct err *e)
{
	size_t n = utf8_count(s, strlen(s));

	if (n < min)
		return err_set(e, -EINVAL, "something has to be written here");
	return n > max ? err_set(e, -EINVAL, "the text has %zu characters, %zu are allowed", n, max)
		       : 0;
}

/* A line that names a case of another company is not for the company. */
static int tell(struct txn *t, const struct user *u, const struct incident *c,
		const struct case_told *told, bool staff_only, int64_t now_us)
{
	struct err none = { 0 };
	struct case_told whole = *told;

	whole.case_id = c->id;
	whole.kind = "note";
	whole.roles = staff_only ? RELATED_STAFF : 0;
	return cases_tell(t, u, &whole, now_us, &none);
}

int related_tie(struct txn *t, const struct user *u, const char *number, const char *other,
		const char *kind, const char *note, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c, o;
	bool known = false;
	int r = load(t, u, number, a, &c, e);

	if (r < 0 || (r = load(t, u, other, a, &o, e)) < 0)
		return r;
	for (size_t i = 0; i < ARRAY_LEN(tie_kinds); i++)
		known = known || strcmp(tie_kinds[i], kind) == 0;
	if (!known)
		return err_set(e, -EINVAL, "choose how the two belong together");
	if (c.id == o.id)
		return err_set(e, -EINVAL, "a case is not tied to itself");
	bool foreign = c.company_id != o.company_id;
	if (foreign && !user_is(u, RELATED_STAFF))
		return err_set(e, -EDENIED, "only the consortium ties cases of two companies");
	if ((r = text_ok(note, 0, NOTE_CHARS, e)) < 0)
		return r;
	const struct tie_new n = { c.company_id, c.id,   o.company_id, o.id,
				   u->person_id, now_us, kind,         note };
	if ((r = related_store_tie(t, &u->scope, &n, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -EEXIST, "the two are tied like this already");
	const struct case_told said = { .action = "incident.tie",
					.text_key = "related.story.tied",
					.text_arg = o.number,
					.body = note },
			       back = { .action = "incident.tie",
					.text_key = "related.story.tied",
					.text_arg = c.number,
					.body = note };
	if ((r = tell(t, u, &c, &said, foreign, now_us)) >= 0)
		r = tell(t, u, &o, &back, foreign, now_us);
	return r < 0 ? err_set(e, r, "the story could not be told") : 0;
}

int related_untie(struct txn *t, const struct user *u, const char *number, int64_t id,
		  int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	(void)now_us;
	if (r < 0 || (r = related_store_untie(t, &u->scope, c.id, id, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such tie");
	return accounts_audit(t, u, "incident.untie", "incident", c.id, c.company_id, NULL, e);
}

int related_ties(struct txn *t, const struct user *u, const struct incident *c, struct arena *a,
		 struct tie_row **out, size_t *n_out, struct err *e)
{
	struct tie_row *all;
	size_t n, kept = 0;
	int r = related_store_ties(t, &u->scope, c->id, a, &all, &n, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (user_is(u, RELATED_STAFF) || all[i].company_id == c->company_id)
			all[kept++] = all[i];
	*out = all;
	*n_out = kept;
	return 0;
}

int related_tag(struct txn *t, const struct user *u, const char *number, const char *tag,
		int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0 || (r = text_ok(tag, 1, TAG_CHARS, e)) < 0 ||
	    (r = related_store_tag(t, &u->scope, &c, tag, u->person_id, now_us, e)) <= 0)
		return r;
	return accounts_audit(t, u, "incident.tag", "incident", c.id, c.company_id, NULL, e);
}

int related_untag(struct txn *t, const struct user *u, const char *number, const char *tag,
		  int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	(void)now_us;
	if (r < 0 || (r = related_store_untag(t, &u->scope, c.id, tag, e)) <= 0)
		return r;
	return accounts_audit(t, u, "incident.untag", "incident", c.id, c.company_id, NULL, e);
}

/* --- calls --- */

static int call_load(struct txn *t, const struct user *u, const char *number, struct arena *a,
		     struct incident *out, struct err *e)
{
	int r = load(t, u, number, a, out, e);

	if (r >= 0 && !user_is(u, RELATED_STAFF))
		return err_set(e, -ENOENT, "there is no such case");
	return r;
}

/* The one to call, or -ENOENT: not proposed, or done. */
static int call_find(struct txn *t, const struct user *u, const struct incident *c,
		     int64_t company_id, struct arena *a, struct who_row *out, struct err *e)
{
	struct who_row *all;
	size_t n;
	int r = related_store_calls_of(t, &u->scope, c->id, 0, a, &all, &n, e);

	for (size_t i = 0; i < n && r >= 0; i++)
		if (all[i].company_id == company_id) {
			*out = all[i];
			return strcmp(all[i].state, CALL_NEW) == 0
				       ? 0
				       : err_set(e, -ECONFLICT,
						 "somebody has taken care of this call already");
		}
	return r < 0 ? r : err_set(e, -ENOENT, "there is no such call to make");
}

int related_call(struct txn *t, struct hub *h, const struct user *u, const char *number,
		 int64_t company_id, int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct who_row w;
	const char *new_number;
	int64_t id;
	int r = call_load(t, u, number, a, &c, e);

	if (r < 0 || (r = call_find(t, u, &c, company_id, a, &w, e)) < 0)
		return r;
	/* nothing of the first case goes into the second but its kind and what both met */
	const struct case_new n = {
		.company_id = company_id,
		.kind = c.kind,
		.title = text_get(h->text, u->lang, "related.call.title"),
		.source = "phone",
		.severity = (int)(w.severity < 4 ? w.severity : 4),
		.words = arena_printf(a, "%s", text_get(h->text, u->lang, "related.call.script")),
		.contact_name = w.contact_name,
		.contact_phone = w.contact_phone,
		.happened_us = w.first_us,
	};
	if ((r = cases_open(t, h, u, &n, now_us, &id, e)) < 0 ||
	    (r = cases_store_number(t, &u->scope, id, a, &new_number, e)) < 0)
		return r;
	if (strcmp(w.kind, "device") != 0 && w.value[0]) {
		const struct case_indicator i = { .type = w.kind, .value = w.value, .note = "" };
		struct err none = { 0 };
		(void)cases_indicator(t, u, new_number, &i, now_us,
				      &none); /* a kind that cases lack */
	}
	const struct call_done d = { .incident_id = c.id,
				     .company_id = company_id,
				     .person_id = u->person_id,
				     .now_us = now_us,
				     .new_case_id = id,
				     .state = CALL_CALLED,
				     .why = "" };
	if ((r = related_store_call_done(t, &u->scope, &d, e)) < 0)
		return r;
	*id_out = id;
	return related_tie(t, u, number, new_number, "same_campaign", "", now_us, e);
}

int related_not_needed(struct txn *t, const struct user *u, const char *number, int64_t company_id,
		       const char *why, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct who_row w;
	int r = call_load(t, u, number, a, &c, e);

	if (r < 0 || (r = call_find(t, u, &c, company_id, a, &w, e)) < 0 ||
	    (r = text_ok(why, 1, NOTE_CHARS, e)) < 0)
		return r;
	const struct call_done d = { .incident_id = c.id,
				     .company_id = company_id,
				     .person_id = u->person_id,
				     .now_us = now_us,
				     .state = CALL_NOT_NEEDED,
				     .why = why };
	if ((r = related_store_call_done(t, &u->scope, &d, e)) < 0)
		return r;
	return accounts_audit(t, u, "incident.call_not_needed", "incident", c.id, c.company_id,
			      NULL, e);
}
