/* SPDX-License-Identifier: Apache-2.0 */
/* One case becomes a part of another, a part a case of its own. Nothing is written anew: rows keep
 * their ids and go along, and it is remembered which. SQL: cases_move_store.c. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/cases/cases_move_store.h"
#include "hub/cases/cases_rules.h"

enum { NOTE_CHARS = 500 };

/* The entries must come first: in a split, others go where they lead. */
static const struct case_mover entries = { .table = "incident_entry", .origin = true };
static const struct case_mover devices = { .table = "incident_device",
					   .same = { "mac", "address" },
					   .origin = true };
static const struct case_mover indicators = { .table = "incident_indicator",
					      .same = { "type", "value" },
					      .origin = true };
static const struct case_mover actions = { .table = "incident_action",
					   .told = "n.kind IN ('phone', 'remote', 'visit')"
						   " AND n.text_key = ''" };
static const struct case_mover consents = { .table = "incident_consent",
					    .told = "n.kind = 'consent'",
					    .origin = true };
static const struct case_mover alerts = { .table = "alert",
					  .column = "case_id",
					  .told = "n.text_key = 'case.story.first_seen'" };

static const struct case_mover *const own[] = { &entries, &devices,  &indicators,
						&actions, &consents, &alerts };

/* What comes next after MOVER (NULL: the first), of the cases themselves and then of every feature.
 */
struct movers {
	const struct hub *h;
	size_t at, feature, n;
};

static const struct case_mover *next_mover(struct movers *m)
{
	if (m->at < ARRAY_LEN(own))
		return own[m->at++];
	for (; m->h->features[m->feature]; m->feature++, m->n = 0) {
		const struct hub_feature *f = m->h->features[m->feature];
		if (m->n < f->n_movers)
			return &f->movers[m->n++];
	}
	return NULL;
}

static const struct scope *sight(const struct case_mover *v, const struct user *u)
{
	return v->of_others ? &scope_system : &u->scope;
}

static int choose_all(struct txn *t, struct hub *h, const struct user *u, const struct case_move *m,
		      struct err *e)
{
	struct movers all = { .h = h };
	const struct case_mover *v;
	int r = 0;

	while (r >= 0 && (v = next_mover(&all)))
		r = v->table ? cases_move_store_choose(t, sight(v, u), v, m, e) : 0;
	return r;
}

static int go_all(struct txn *t, struct hub *h, const struct user *u, const struct case_move *m,
		  struct err *e)
{
	struct movers all = { .h = h };
	const struct case_mover *v;
	int r = cases_move_store_sums(t, &u->scope, m, e);

	while (r >= 0 && (v = next_mover(&all))) {
		r = v->table ? cases_move_store_go(t, sight(v, u), v, m, e) : 0;
		if (r >= 0 && v->moved)
			r = v->moved(t, u, m, e);
	}
	return r;
}

/* --- merge --- */

static bool closed(const struct incident *c)
{
	return strcmp(c->state, CASE_CLOSED) == 0;
}

static int may_merge(const struct incident *from, const struct incident *into, const char *note,
		     struct err *e)
{
	if (from->id == into->id)
		return err_set(e, -EINVAL, "a case cannot be merged into itself");
	if (from->merged_into)
		return err_set(e, -ECONFLICT, "%s is a part of another case already", from->number);
	if (into->merged_into)
		return err_set(e, -ECONFLICT, "%s is a part of another case already", into->number);
	if (from->company_id != into->company_id)
		return err_set(e, -ECONFLICT,
			       "cases of two companies are not merged; link them instead");
	if (closed(into) && !closed(from))
		return err_set(e, -ECONFLICT, "%s is closed; reopen it first", into->number);
	return cases_rules_text(note, 0, NOTE_CHARS, e);
}

static int pair_get(struct txn *t, const struct user *u, const char *const number[2],
		    struct arena *a, struct incident out[2], struct err *e)
{
	int r = cases_store_get(t, &u->scope, number[0], a, &out[0], e);

	if (r >= 0)
		r = cases_store_get(t, &u->scope, number[1], a, &out[1], e);
	return r < 0 ? r : cases_rules_may(u, e);
}

/* What the story of each of the two says of it. */
struct both {
	const char *action[2], *text_key[2];
	const char *note;
};

static int tell_both(struct txn *t, const struct user *u, const struct incident c[2],
		     const struct both *b, int64_t now_us, struct err *e)
{
	int r = 0;

	for (int i = 0; i < 2 && r >= 0; i++) {
		const struct entry_row said = { .c = &c[i],
						.kind = "state",
						.text_key = b->text_key[i],
						.text_arg = c[1 - i].number,
						.body = b->note };
		r = cases_rules_tell(t, u, b->action[i], &said, now_us, e);
	}
	return r;
}

int cases_merge(struct txn *t, struct hub *h, const struct user *u, const char *from,
		const char *into, const char *note, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c[2];
	int64_t id;
	int r = pair_get(t, u, (const char *const[]){ from, into }, a, c, e);

	if (r < 0 || (r = may_merge(&c[0], &c[1], note, e)) < 0)
		return r;
	const struct merge_row row = { .company_id = c[0].company_id,
				       .kind = "merge",
				       .from_id = c[0].id,
				       .into_id = c[1].id,
				       .was_state = c[0].state,
				       .note = note,
				       .made_by = u->person_id,
				       .made_us = now_us,
				       .into_severity = c[1].severity,
				       .into_happened_us = c[1].happened_us };
	if ((r = cases_move_store_add(t, &u->scope, &row, &id, e)) < 0)
		return r;
	const struct case_move m = { .why = CASE_MOVE_MERGE,
				     .merge_id = id,
				     .from_id = c[0].id,
				     .into_id = c[1].id,
				     .company_id = c[0].company_id,
				     .now_us = now_us };
	if ((r = choose_all(t, h, u, &m, e)) < 0 || (r = go_all(t, h, u, &m, e)) < 0 ||
	    (r = cases_move_store_whole(t, &u->scope, &c[1], &c[0], now_us, e)) < 0 ||
	    (r = cases_move_store_merged(t, &u->scope, &c[0], c[1].id, CASE_MERGED, now_us, e)) < 0)
		return r;
	const struct both said = { { "incident.merged", "incident.merge" },
				   { "case.story.merged_into", "case.story.merged_in" },
				   note };
	return tell_both(t, u, c, &said, now_us, e);
}

int cases_merge_undo(struct txn *t, struct hub *h, const struct user *u, const char *from,
		     int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c[2];
	struct merge_row row;
	int r = cases_store_get(t, &u->scope, from, a, &c[0], e);

	if (r < 0 || (r = cases_rules_may(u, e)) < 0)
		return r;
	if (!c[0].merged_into)
		return err_set(e, -ECONFLICT, "%s is not a part of another case", c[0].number);
	if ((r = cases_move_store_get(t, &u->scope, c[0].id, a, &row, e)) < 0 ||
	    (r = cases_store_get_id(t, &u->scope, row.into_id, a, &c[1], e)) < 0)
		return r;
	if (now_us - row.made_us > CASE_UNDO_DAYS * US_PER_DAY)
		return err_set(e, -ECONFLICT, "a merge can be undone for %d days", CASE_UNDO_DAYS);
	if (c[1].merged_into)
		return err_set(e, -ECONFLICT, "%s was merged itself; undo that first", c[1].number);
	const struct case_move m = { .why = CASE_MOVE_UNDO,
				     .merge_id = row.id,
				     .from_id = c[1].id,
				     .into_id = c[0].id,
				     .company_id = c[0].company_id,
				     .now_us = now_us };
	if ((r = go_all(t, h, u, &m, e)) < 0 ||
	    (r = cases_move_store_lower(t, &u->scope, &c[1], &c[0], &row, e)) < 0 ||
	    (r = cases_move_store_merged(t, &u->scope, &c[0], 0, row.was_state, now_us, e)) < 0 ||
	    (r = cases_move_store_undone(t, &u->scope, row.id, u->person_id, now_us, e)) < 0)
		return r;
	static const struct both said = { { "incident.unmerged", "incident.unmerge" },
					  { "case.story.part_again", "case.story.part_left" },
					  "" };
	return tell_both(t, u, c, &said, now_us, e);
}

int cases_parts(struct txn *t, const struct scope *s, int64_t case_id, int64_t now_us,
		struct arena *a, struct case_part **out, size_t *n_out, struct err *e)
{
	return cases_move_store_parts(t, s, case_id, now_us - CASE_UNDO_DAYS * US_PER_DAY, a, out,
				      n_out, e);
}

/* --- split --- */

static int choose_list(struct txn *t, const struct user *u, const struct case_mover *v,
		       const struct case_move *m, const int64_t *ids, size_t n, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++) {
		r = cases_move_store_choose_one(t, &u->scope, v, m, ids[i], e);
		if (r == 0) /* foreign, or gone with somebody else's split */
			return err_set(e, -ECONFLICT,
				       "what was chosen is not in this case any more");
	}
	return r;
}

static int choose_split(struct txn *t, struct hub *h, const struct user *u,
			const struct case_move *m, const struct case_split *s, struct err *e)
{
	struct movers all = { .h = h };
	const struct case_mover *v;
	int r = choose_list(t, u, &entries, m, s->entries, s->n_entries, e);

	if (r >= 0)
		r = choose_list(t, u, &devices, m, s->devices, s->n_devices, e);
	if (r >= 0)
		r = choose_list(t, u, &indicators, m, s->indicators, s->n_indicators, e);
	while (r >= 0 && (v = next_mover(&all)))
		r = v->table && v->told ? cases_move_store_choose_told(t, &u->scope, v, m, e) : 0;
	return r;
}

static int split_open(struct txn *t, struct hub *h, const struct user *u, const struct incident *c,
		      const struct case_split *s, int64_t now_us, int64_t *id_out, struct err *e)
{
	const struct case_new n = { .company_id = c->company_id,
				    .kind = s->kind,
				    .title = s->title,
				    .source = c->source,
				    .severity = s->severity < 0 ? c->severity : s->severity,
				    .contact_name = c->contact_name,
				    .contact_phone = c->contact_phone,
				    .happened_us = c->happened_us,
				    .opened_us = now_us };
	char number[CASE_NUMBER_MAX];
	int r = cases_rules_number(t, h, now_us, number, e);

	if (r < 0)
		return r;
	const struct incident_row row = { &n, number, c->prefecture, u->person_id, now_us, false };
	return cases_store_add(t, &u->scope, &row, id_out, e);
}

static int may_split(const struct user *u, const struct incident *c, const struct case_split *s,
		     struct err *e)
{
	size_t n_kinds;
	const char *const *kinds = cases_kinds(&n_kinds);
	int r = cases_rules_may(u, e);

	if (r < 0)
		return r;
	if (closed(c))
		return err_set(e, -ECONFLICT, "the case is closed; reopen it first");
	if (s->n_entries + s->n_devices + s->n_indicators == 0)
		return err_set(e, -EINVAL, "choose what becomes a case of its own");
	if (!cases_rules_one_of(s->kind, kinds, n_kinds))
		return err_set(e, -EINVAL, "choose what kind of case it is");
	return cases_rules_text(s->title, 1, CASE_TITLE_CHARS, e);
}

int cases_split(struct txn *t, struct hub *h, const struct user *u, const char *number,
		const struct case_split *s, int64_t now_us, int64_t *id_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct incident c[2];
	int64_t id, merge_id;
	int r = cases_get(t, &u->scope, number, a, &c[0], e);

	if (r < 0 || (r = may_split(u, &c[0], s, e)) < 0 ||
	    (r = split_open(t, h, u, &c[0], s, now_us, &id, e)) < 0 ||
	    (r = cases_store_get_id(t, &u->scope, id, a, &c[1], e)) < 0)
		return r;
	const struct merge_row row = { .company_id = c[0].company_id,
				       .kind = "split",
				       .from_id = c[0].id,
				       .into_id = id,
				       .was_state = c[0].state,
				       .note = "",
				       .made_by = u->person_id,
				       .made_us = now_us,
				       .into_severity = -1,
				       .into_happened_us = -1 };
	if ((r = cases_move_store_add(t, &u->scope, &row, &merge_id, e)) < 0)
		return r;
	const struct case_move m = { .why = CASE_MOVE_SPLIT,
				     .merge_id = merge_id,
				     .from_id = c[0].id,
				     .into_id = id,
				     .company_id = c[0].company_id,
				     .now_us = now_us };
	if ((r = choose_split(t, h, u, &m, s, e)) < 0 || (r = go_all(t, h, u, &m, e)) < 0)
		return r;
	static const struct both said = { { "incident.split", "incident.split_from" },
					  { "case.story.split_off", "case.story.split_from" },
					  "" };
	*id_out = id;
	return tell_both(t, u, c, &said, now_us, e);
}
