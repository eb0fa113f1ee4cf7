/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: what is done with an open one until its end, by whom, and what the story says of it.
 * Opening: cases.c. SQL: cases_store.c, cases_story_store.c. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases_found.h"
#include "hub/cases/cases_rules.h"
#include "hub/search/search.h"
#include "hub/watch/watch.h"

enum {
	MINUTES_MAX = 60 * 24 * 7,
	COST_MAX = 100000000, /* yen, of one action */
};

/* Loads a case that U is about to change. */
static int load(struct txn *t, const struct user *u, const char *number, struct arena *a,
		struct incident *out, struct err *e)
{
	int r = cases_get(t, &u->scope, number, a, out, e);

	return r < 0 ? r : cases_rules_may(u, e);
}

static int load_live(struct txn *t, const struct user *u, const char *number, struct arena *a,
		     struct incident *out, struct err *e)
{
	int r = load(t, u, number, a, out, e);

	if (r >= 0 && strcmp(out->state, CASE_CLOSED) == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	return r;
}

int cases_story(struct txn *t, const struct user *u, int64_t case_id, struct arena *a,
		struct case_entry **out, size_t *n_out, struct err *e)
{
	struct case_entry *list;
	size_t n, kept = 0;
	int r = cases_store_entries(t, &u->scope, case_id, a, &list, &n, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!list[i].roles || user_is(u, list[i].roles))
			list[kept++] = list[i];
	*out = list;
	*n_out = kept;
	return 0;
}

int cases_tell(struct txn *t, const struct user *u, const struct case_told *told, int64_t now_us,
	       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	const char *number;
	int r = cases_store_number(t, &u->scope, told->case_id, a, &number, e);

	if (r >= 0)
		r = cases_get(t, &u->scope, number, a, &c, e);
	if (r < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = told->kind,
					.body = told->body ? told->body : "",
					.text_key = told->text_key ? told->text_key : "",
					.text_arg = told->text_arg ? told->text_arg : "",
					.happened_us = told->happened_us,
					.ref_id = told->ref_id,
					.roles = told->roles };
	return cases_rules_tell(t, u, told->action, &said, now_us, e);
}

int cases_act(struct txn *t, const struct user *u, const char *number,
	      const struct case_action_new *n, int64_t now_us, struct err *e)
{
	static const char *const channels[] = { CASE_PHONE, CASE_REMOTE, CASE_VISIT };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	struct case_action_new whole = *n;
	int64_t id;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!cases_rules_one_of(n->channel, channels, ARRAY_LEN(channels)))
		return err_set(e, -EINVAL, "choose phone, remote or visit");
	if (n->minutes < 0 || n->minutes > MINUTES_MAX)
		return err_set(e, -EINVAL, "minutes must lie between 0 and %d", MINUTES_MAX);
	if (n->cost_yen < 0 || n->cost_yen > COST_MAX)
		return err_set(e, -EINVAL, "the cost must lie between 0 and %d yen", COST_MAX);
	if ((r = cases_rules_text(n->body, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	whole.started_us = n->started_us ? n->started_us : now_us - n->minutes * US_PER_MIN;
	if ((r = cases_rules_time(whole.started_us, now_us, e)) < 0)
		return r;
	const struct action_row row = { &c, &whole, n->person_id ? n->person_id : u->person_id,
					u->person_id, now_us };
	if ((r = cases_store_action(t, &u->scope, &row, &id, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = n->channel,
					.body = n->body,
					.happened_us = whole.started_us,
					.person_id = row.person_id,
					.ref_id = id };
	return cases_rules_tell(t, u, "incident.act", &said, now_us, e);
}

int cases_note(struct txn *t, const struct user *u, const char *number, const char *body,
	       int64_t happened_us, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e); /* late facts may come after the end */

	if (r < 0)
		return r;
	if ((r = cases_rules_text(body, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if (happened_us && (r = cases_rules_time(happened_us, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "note",
					.body = body,
					.happened_us = happened_us,
					.roles = ROLES_STAFF };
	return cases_rules_tell(t, u, "incident.note", &said, now_us, e);
}

int cases_take(struct txn *t, const struct user *u, const char *number, int64_t now_us,
	       struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0 || c.owner_id == u->person_id)
		return r;
	if ((r = cases_store_owner(t, &u->scope, c.id, u->person_id, now_us, e)) < 0)
		return r;
	const struct entry_row said = {
		.c = &c, .kind = "person", .text_key = "case.story.taken", .text_arg = u->name
	};
	return cases_rules_tell(t, u, "incident.take", &said, now_us, e);
}

int cases_state(struct txn *t, const struct user *u, const char *number, const char *state,
		int64_t now_us, struct err *e)
{
	static const char *const states[] = { CASE_OPEN, CASE_CONTAINED, CASE_RECOVERED };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!cases_rules_one_of(state, states, ARRAY_LEN(states)))
		return err_set(e, -EINVAL, "a case has no such state");
	if (strcmp(c.state, state) == 0)
		return 0;
	if ((r = cases_store_state(t, &u->scope, c.id, state, now_us, e)) < 0)
		return r;
	const struct entry_row said = { .c = &c,
					.kind = "state",
					.text_key = arena_printf(a, "case.story.%s", state) };
	return cases_rules_tell(t, u, "incident.state", &said, now_us, e);
}

static const char *const device_states[] = { "suspected", "compromised", "contained", "clean",
					     "rebuilt" };

static int device_tell(struct txn *t, const struct user *u, const struct incident *c,
		       const struct case_device *d, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct entry_row said = { .c = c,
					.kind = "state",
					.body = d->why,
					.text_key =
						arena_printf(a, "case.story.device_%s", d->state),
					.text_arg = d->name[0]      ? d->name
						    : d->address[0] ? d->address
								    : d->mac };
	return cases_rules_tell(t, u, "incident.device", &said, now_us, e);
}

static int device_check(const struct case_device *d, struct err *e)
{
	if (!cases_rules_one_of(d->state, device_states, ARRAY_LEN(device_states)))
		return err_set(e, -EINVAL, "choose what is known of the device");
	return d->why ? cases_rules_text(d->why, 0, 500, e) : 0;
}

int cases_device(struct txn *t, const struct user *u, const char *number,
		 const struct case_device *d, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_device whole = *d;
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	whole.person_id = u->person_id;
	if (!d->name[0] && !d->mac[0] && !d->address[0])
		return err_set(e, -EINVAL, "give the device a name, an address or a MAC address");
	if ((r = device_check(d, e)) < 0 ||
	    (r = cases_rules_text(d->name, 0, CASE_TITLE_CHARS, e)) < 0 ||
	    (r = cases_store_device(t, &u->scope, &c, &whole, now_us, e)) < 0)
		return r;
	return device_tell(t, u, &c, d, now_us, e);
}

static const struct case_device *device_find(const struct case_device *list, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id)
			return &list[i];
	return NULL;
}

int cases_device_state(struct txn *t, const struct user *u, const char *number, int64_t id,
		       const char *was, const struct case_device *to, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_device *list, d;
	struct incident c;
	size_t n;
	int r = load(t, u, number, a, &c, e); /* what was rebuilt is known late, too */

	if (r < 0 || (r = device_check(to, e)) < 0 ||
	    (r = cases_store_devices(t, &u->scope, c.id, a, &list, &n, e)) < 0)
		return r;
	if (!device_find(list, n, id))
		return err_set(e, -ENOENT, "there is no such device");
	d = *device_find(list, n, id);
	d.state = to->state;
	d.why = to->why;
	d.person_id = u->person_id;
	if ((r = cases_store_device_state(t, &u->scope, &c, was, &d, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "somebody else has just changed this device");
	return device_tell(t, u, &c, &d, now_us, e);
}

static const char *const tlps[] = { "clear", "green", "amber", "amber+strict", "red" };

int cases_indicator_tlp(struct txn *t, const struct user *u, const char *number, int64_t id,
			const char *tlp, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!cases_rules_one_of(tlp, tlps, ARRAY_LEN(tlps)))
		return err_set(e, -EINVAL, "choose how far the indicator may go");
	if ((r = cases_store_indicator_tlp(t, &u->scope, &c, id, tlp, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such indicator");
	(void)now_us;
	return accounts_audit(
		t, u, "incident.indicator_tlp", "incident", c.id, c.company_id,
		arena_printf(a, "{\"indicator\":%lld,\"tlp\":\"%s\"}", (long long)id, tlp), e);
}

int cases_indicator(struct txn *t, const struct user *u, const char *number,
		    const struct case_indicator *i, int64_t now_us, struct err *e)
{
	static const char *const types[] = { "domain", "address", "url", "hash", "ja3" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if (!cases_rules_one_of(i->type, types, ARRAY_LEN(types)))
		return err_set(e, -EINVAL, "choose what kind of indicator it is");
	if (i->tlp && i->tlp[0] && !cases_rules_one_of(i->tlp, tlps, ARRAY_LEN(tlps)))
		return err_set(e, -EINVAL, "choose how far the indicator may go");
	if ((r = cases_rules_text(i->value, 1, 1000, e)) < 0 ||
	    (r = cases_rules_text(i->note, 0, 500, e)) < 0)
		return r;
	if ((r = cases_store_indicator(t, &u->scope, &c, i, now_us, e)) < 0)
		return r;
	if ((r = search_mark(t, CASES_FOUND, c.id, now_us, e)) < 0)
		return r;
	return accounts_audit(t, u, "incident.indicator", "incident", c.id, c.company_id, NULL, e);
}

/* --- the end --- */

/* When it ended, as far as a sheet of paper may say. */
static int end_time(const struct incident *c, int64_t closed_us, int64_t now_us, struct err *e)
{
	if (closed_us < c->opened_us)
		return err_set(e, -EINVAL, "a case cannot end before it was opened");
	return cases_rules_time(closed_us, now_us, e);
}

int cases_close(struct txn *t, const struct user *u, const char *number, const struct case_end *end,
		int64_t now_us, struct err *e)
{
	int64_t closed_us = end->closed_us ? end->closed_us : now_us;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load_live(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = cases_rules_text(end->cause, 1, CASE_TEXT_CHARS, e)) < 0 ||
	    (r = cases_rules_text(end->lesson, 1, CASE_TEXT_CHARS, e)) < 0 ||
	    (r = end_time(&c, closed_us, now_us, e)) < 0)
		return r;
	const struct close_row row = { .id = c.id,
				       .person_id = u->person_id,
				       .now_us = now_us,
				       .closed_us = closed_us,
				       .cause = end->cause,
				       .lesson = end->lesson };
	if ((r = cases_store_close(t, &u->scope, &row, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if ((r = watch_case_closed(t, u, c.id, now_us, e)) < 0)
		return r;
	const struct entry_row said = {
		.c = &c, .kind = "state", .text_key = "case.story.closed", .happened_us = closed_us
	};
	return cases_rules_tell(t, u, "incident.close", &said, now_us, e);
}

int cases_reopen(struct txn *t, const struct user *u, const char *number, const char *why,
		 int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c;
	int r = load(t, u, number, a, &c, e);

	if (r < 0)
		return r;
	if ((r = cases_rules_text(why, 1, CASE_TEXT_CHARS, e)) < 0)
		return r;
	if ((r = cases_store_reopen(t, &u->scope, c.id, now_us, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "the case is not closed");
	const struct entry_row said = {
		.c = &c, .kind = "state", .body = why, .text_key = "case.story.reopened"
	};
	return cases_rules_tell(t, u, "incident.reopen", &said, now_us, e);
}
