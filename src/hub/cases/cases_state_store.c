/* SPDX-License-Identifier: Apache-2.0 */
/* A case's state in the database, and how many of a company are in each. */
#include "hub/cases/cases_store.h"

#include <errno.h>
#include <string.h>

#include "store/rows.h"

int cases_store_tally(struct txn *t, const struct scope *s, int64_t company_id, const char *from,
		      const char *to, struct err *e)
{
	int r = from ? db_run(t, s,
			      "UPDATE incident_tally SET n = n - 1 WHERE company_id = $1"
			      " AND state = $2 AND @scope(company_id)",
			      DB_ARGS(DB_INT(company_id), DB_TEXT(from)), e)
		     : 0;

	if (r < 0)
		return r;
	return db_run(t, s,
		      "INSERT INTO incident_tally (company_id, state, n)"
		      " SELECT $1, $2, 1 WHERE @scope($1)"
		      " ON CONFLICT (company_id, state) DO UPDATE SET n = incident_tally.n + 1",
		      DB_ARGS(DB_INT(company_id), DB_TEXT(to)), e);
}

int cases_store_tallied(struct txn *t, const struct scope *s, const struct case_filter *f,
			int64_t *out, struct err *e)
{
	const char *live = f->state ? "" : CASE_CLOSED; /* the state that does not count */

	return db_one_int(
		t, s,
		"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM incident_tally"
		" WHERE ($1 = 0 OR company_id = $1) AND ($2 = '' OR state = $2)"
		" AND state <> $3 AND state <> 'merged' AND @scope(company_id)",
		DB_ARGS(DB_INT(f->company_id), DB_TEXT(f->state ? f->state : ""), DB_TEXT(live)),
		out, e);
}

struct moved {
	int64_t company_id;
	const char *was;
};

static void moved_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct moved *)row =
		(struct moved){ .company_id = rows_int(r, 0), .was = rows_keep(r, 1, a) };
}

/* CHANGED returns company and former state of the row it changed: 1, or 0 when there was none. */
static int move(struct txn *t, const struct scope *s, struct rows *changed, const char *to,
		struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct moved m;
	int r = rows_get(changed, moved_read, a, &m, e);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	r = cases_store_tally(t, s, m.company_id, m.was, to, e);
	return r < 0 ? r : 1;
}

int cases_store_state(struct txn *t, const struct scope *s, int64_t id, const char *state,
		      int64_t now_us, struct err *e)
{
	return move(t, s,
		    db_query(t, s,
			     "UPDATE incident SET was = state, state = $2, changed_us = $3"
			     " WHERE id = $1 AND state <> 'closed' AND @scope(company_id)"
			     " RETURNING company_id, was",
			     DB_ARGS(DB_INT(id), DB_TEXT(state), DB_INT(now_us)), e),
		    state, e);
}

int cases_store_close(struct txn *t, const struct scope *s, const struct close_row *r,
		      struct err *e)
{
	return move(t, s,
		    db_query(t, s,
			     "UPDATE incident SET was = state, state = 'closed', closed_us = $6,"
			     " closed_by = $3, changed_us = $2, cause = $4, lesson = $5"
			     " WHERE id = $1 AND state <> 'closed' AND @scope(company_id)"
			     " RETURNING company_id, was",
			     DB_ARGS(DB_INT(r->id), DB_INT(r->now_us), DB_INT(r->person_id),
				     DB_TEXT(r->cause), DB_TEXT(r->lesson), DB_INT(r->closed_us)),
			     e),
		    CASE_CLOSED, e);
}

int cases_store_reopen(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
		       struct err *e)
{
	int r = cases_store_consents_end(t, s, id, e);

	if (r < 0)
		return r;
	return move(t, s,
		    db_query(t, s,
			     "UPDATE incident SET was = state, state = 'open', closed_us = 0,"
			     " closed_by = NULL, changed_us = $2 WHERE id = $1"
			     " AND state = 'closed' AND @scope(company_id)"
			     " RETURNING company_id, was",
			     DB_ARGS(DB_INT(id), DB_INT(now_us)), e),
		    CASE_OPEN, e);
}
