/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that go from one case to another. Names of tables and columns are constants of features
 * (struct case_mover), never anything that came from outside. */
#include "hub/cases/cases_move_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

int cases_move_store_add(struct txn *t, const struct scope *s, const struct merge_row *m,
			 int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "INSERT INTO incident_merge (company_id, kind, from_id, into_id,"
			  " was_state, note, made_by, made_us, undone_us, into_severity,"
			  " into_happened_us)"
			  " SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10 WHERE @scope($1)"
			  " RETURNING id",
			  DB_ARGS(DB_INT(m->company_id), DB_TEXT(m->kind), DB_INT(m->from_id),
				  DB_INT(m->into_id), DB_TEXT(m->was_state), DB_TEXT(m->note),
				  DB_INT(m->made_by), DB_INT(m->made_us), DB_INT(m->into_severity),
				  DB_INT(m->into_happened_us)),
			  id_out, e);
}

static void merge_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct merge_row *)row = (struct merge_row){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.from_id = rows_int(r, 2),
		.into_id = rows_int(r, 3),
		.made_us = rows_int(r, 4),
		.kind = "merge",
		.was_state = rows_keep(r, 5, a),
		.note = rows_keep(r, 6, a),
		.into_severity = rows_int(r, 7),
		.into_happened_us = rows_int(r, 8),
	};
}

int cases_move_store_get(struct txn *t, const struct scope *s, int64_t from_id, struct arena *a,
			 struct merge_row *out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT id, company_id, from_id, into_id, made_us, was_state, note,"
		" into_severity, into_happened_us"
		" FROM incident_merge WHERE from_id = $1 AND kind = 'merge' AND undone_us = 0"
		" AND @scope(company_id) ORDER BY id DESC LIMIT 1",
		DB_ARGS(DB_INT(from_id)), e);

	return rows_get(r, merge_read, a, out, e);
}

int cases_move_store_undone(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			    int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident_merge SET undone_by = $2, undone_us = $3 WHERE id = $1"
			 " AND undone_us = 0 AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(now_us)), e);
}

static void part_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_part *)row = (struct case_part){
		.made_us = rows_int(r, 0),
		.number = rows_keep(r, 1, a),
		.title = rows_keep(r, 2, a),
		.note = rows_keep(r, 3, a),
		.person_name = rows_keep(r, 4, a),
		.may_undo = rows_int(r, 5) != 0,
	};
}

int cases_move_store_parts(struct txn *t, const struct scope *s, int64_t into_id,
			   int64_t undo_from_us, struct arena *a, struct case_part **out,
			   size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT m.made_us, i.number, i.title, m.note, p.name,"
		" CASE WHEN m.made_us >= $2 THEN 1 ELSE 0 END FROM incident_merge m"
		" JOIN incident i ON i.id = m.from_id LEFT JOIN person p ON p.id = m.made_by"
		" WHERE m.into_id = $1 AND m.kind = 'merge' AND m.undone_us = 0"
		" AND @scope(m.company_id) ORDER BY m.id DESC LIMIT 100",
		DB_ARGS(DB_INT(into_id), DB_INT(undo_from_us)), e);

	return rows_list(r, part_read, a, ROWS_OUT(out, n_out), e);
}

static const char *column(const struct case_mover *v)
{
	return v->column ? v->column : "incident_id";
}

#define NOTE_ROWS "INSERT INTO incident_moved (merge_id, company_id, tbl, row_id)"

int cases_move_store_choose(struct txn *t, const struct scope *s, const struct case_mover *v,
			    const struct case_move *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *col = column(v), *but = "";

	for (size_t i = 0; i < ARRAY_LEN(v->same) && v->same[i]; i++)
		but = arena_printf(a, "%s AND o.%s = x.%s", but, v->same[i], v->same[i]);
	if (but[0])
		but = arena_printf(a,
				   " AND NOT EXISTS (SELECT 1 FROM %s o WHERE o.%s = $4%s"
				   " AND @scope(o.company_id))",
				   v->table, col, but);
	const char *sql =
		arena_printf(a,
			     NOTE_ROWS " SELECT $1, x.company_id, $2, x.id FROM %s x"
				       " WHERE x.%s = $3 AND $4 <> 0 AND @scope(x.company_id)%s",
			     v->table, col, but);
	return db_run(t, s, sql,
		      DB_ARGS(DB_INT(m->merge_id), DB_TEXT(v->table), DB_INT(m->from_id),
			      DB_INT(m->into_id)),
		      e);
}

int cases_move_store_choose_one(struct txn *t, const struct scope *s, const struct case_mover *v,
				const struct case_move *m, int64_t row_id, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *sql =
		arena_printf(a,
			     NOTE_ROWS " SELECT $1, x.company_id, $2, x.id FROM %s x"
				       " WHERE x.%s = $3 AND x.id = $4 AND @scope(x.company_id)"
				       " ON CONFLICT (merge_id, tbl, row_id) DO NOTHING",
			     v->table, column(v));
	return db_change(
		t, s, sql,
		DB_ARGS(DB_INT(m->merge_id), DB_TEXT(v->table), DB_INT(m->from_id), DB_INT(row_id)),
		e);
}

int cases_move_store_choose_told(struct txn *t, const struct scope *s, const struct case_mover *v,
				 const struct case_move *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *sql = arena_printf(
		a,
		NOTE_ROWS " SELECT $1, x.company_id, $2, x.id FROM %s x WHERE x.%s = $3"
			  " AND x.id IN (SELECT n.ref_id FROM incident_moved g"
			  " JOIN incident_entry n ON n.id = g.row_id WHERE g.merge_id = $1"
			  " AND g.tbl = 'incident_entry' AND n.ref_id IS NOT NULL AND (%s)"
			  " AND @scope(n.company_id)) AND @scope(x.company_id)"
			  " ON CONFLICT (merge_id, tbl, row_id) DO NOTHING",
		v->table, column(v), v->told);
	return db_run(t, s, sql,
		      DB_ARGS(DB_INT(m->merge_id), DB_TEXT(v->table), DB_INT(m->from_id)), e);
}

int cases_move_store_go(struct txn *t, const struct scope *s, const struct case_mover *v,
			const struct case_move *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *sql =
		arena_printf(a,
			     "UPDATE %s SET %s = $1%s WHERE %s = $2 AND id IN (SELECT g.row_id"
			     " FROM incident_moved g WHERE g.merge_id = $3 AND g.tbl = $4) AND "
			     "@scope(company_id)",
			     v->table, column(v),
			     v->origin ? ", origin_id = coalesce(origin_id, $2)" : "", column(v));
	return db_run(t, s, sql,
		      DB_ARGS(DB_INT(m->into_id), DB_INT(m->from_id), DB_INT(m->merge_id),
			      DB_TEXT(v->table)),
		      e);
}

struct sums {
	int64_t n[5];
};

static void sums_read(const struct rows *r, struct arena *a, void *row)
{
	struct sums *s = row;

	(void)a;
	for (int i = 0; i < 5; i++)
		s->n[i] = rows_int(r, i);
}

static int sums_add(struct txn *t, const struct scope *s, int64_t id, const struct sums *x,
		    int64_t sign, struct err *e)
{
	return db_run(t, s,
		      "UPDATE incident SET n_phone = n_phone + $2, n_remote = n_remote + $3,"
		      " n_visit = n_visit + $4, minutes = minutes + $5, cost_yen = cost_yen + $6"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(sign * x->n[0]), DB_INT(sign * x->n[1]),
			      DB_INT(sign * x->n[2]), DB_INT(sign * x->n[3]),
			      DB_INT(sign * x->n[4])),
		      e);
}

#define COUNTED(channel)                                                                           \
	"CAST(coalesce(sum(CASE WHEN k.channel = '" channel "' THEN 1 ELSE 0 END), 0) AS BIGINT),"

int cases_move_store_sums(struct txn *t, const struct scope *s, const struct case_move *m,
			  struct err *e)
{
	struct sums x;
	struct rows *r =
		db_query(t, s,
			 "SELECT " COUNTED("phone") COUNTED("remote")
				 COUNTED("visit") " CAST(coalesce(sum(k.minutes), 0) AS BIGINT),"
						  " CAST(coalesce(sum(k.cost_yen), 0) AS BIGINT) "
						  "FROM incident_action k"
						  " WHERE k.incident_id = $1 AND k.id IN (SELECT "
						  "g.row_id FROM incident_moved g"
						  " WHERE g.merge_id = $2 AND g.tbl = "
						  "'incident_action') AND @scope(k.company_id)",
			 DB_ARGS(DB_INT(m->from_id), DB_INT(m->merge_id)), e);
	int got = rows_get(r, sums_read, NULL, &x, e);

	if (got >= 0)
		got = sums_add(t, s, m->from_id, &x, -1, e);
	return got < 0 ? got : sums_add(t, s, m->into_id, &x, 1, e);
}

int cases_move_store_merged(struct txn *t, const struct scope *s, const struct incident *c,
			    int64_t into_id, const char *state, int64_t now_us, struct err *e)
{
	int r = db_change(t, s,
			  "UPDATE incident SET was = state, state = $2, merged_into = $3,"
			  " changed_us = $4, version = version + 1 WHERE id = $1 AND state = $5"
			  " AND @scope(company_id)",
			  DB_ARGS(DB_INT(c->id), DB_TEXT(state), DB_INT(into_id), DB_INT(now_us),
				  DB_TEXT(c->state)),
			  e);

	return r <= 0 ? r : cases_store_tally(t, s, c->company_id, c->state, state, e);
}

int cases_move_store_whole(struct txn *t, const struct scope *s, const struct incident *into,
			   const struct incident *from, int64_t now_us, struct err *e)
{
	return db_run(
		t, s,
		"UPDATE incident SET severity = $2, happened_us = $3, changed_us = $4,"
		" version = version + 1 WHERE id = $1 AND @scope(company_id)",
		DB_ARGS(DB_INT(into->id),
			DB_INT(into->severity > from->severity ? into->severity : from->severity),
			DB_INT(into->happened_us < from->happened_us ? into->happened_us
								     : from->happened_us),
			DB_INT(now_us)),
		e);
}

int cases_move_store_lower(struct txn *t, const struct scope *s, const struct incident *c,
			   const struct incident *from, const struct merge_row *m, struct err *e)
{
	int64_t severity = m->into_severity, happened_us = m->into_happened_us;
	int r = 0;

	if (severity >= 0 && c->severity == from->severity && severity < c->severity)
		r = db_run(t, s,
			   "UPDATE incident SET version = version + 1, severity = (SELECT"
			   " coalesce(max(v), $2) FROM (SELECT severity AS v FROM incident"
			   " WHERE merged_into = $1 AND id <> $3 AND severity > $2) p)"
			   " WHERE id = $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(c->id), DB_INT(severity), DB_INT(from->id)), e);
	if (r >= 0 && happened_us >= 0 && c->happened_us == from->happened_us &&
	    happened_us > c->happened_us)
		r = db_run(t, s,
			   "UPDATE incident SET version = version + 1, happened_us = (SELECT"
			   " coalesce(min(v), $2) FROM (SELECT happened_us AS v FROM incident"
			   " WHERE merged_into = $1 AND id <> $3 AND happened_us < $2) p)"
			   " WHERE id = $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(c->id), DB_INT(happened_us), DB_INT(from->id)), e);
	return r;
}
