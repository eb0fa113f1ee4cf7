/* SPDX-License-Identifier: Apache-2.0 */
/* Ties between cases, tags, and which cases are near, in the database. */
#include <errno.h>

#include "base/mem.h"
#include "hub/related/related_store.h"
#include "store/rows.h"

/* The case and what was merged into it: their ties are its own. */
#define PARTS                                                                                      \
	"WITH RECURSIVE part (id) AS (SELECT id FROM incident WHERE id = $1 UNION"                 \
	" SELECT i.id FROM incident i JOIN part p ON i.merged_into = p.id) "

int related_store_tie(struct txn *t, const struct scope *s, const struct tie_new *n, struct err *e)
{
	return db_change(
		t, s,
		"INSERT INTO case_tie (company_id, incident_id, other_company_id, other_id, kind,"
		" note, made_by, made_us) SELECT $1, $2, $3, $4, $5, $6, $7, $8"
		" WHERE @scope($1) AND @scope($3)"
		" ON CONFLICT (incident_id, other_id, kind) DO NOTHING",
		DB_ARGS(DB_INT(n->company_id), DB_INT(n->incident_id), DB_INT(n->other_company_id),
			DB_INT(n->other_id), DB_TEXT(n->kind), DB_TEXT(n->note), DB_INT(n->made_by),
			DB_INT(n->made_us)),
		e);
}

int related_store_untie(struct txn *t, const struct scope *s, int64_t incident_id, int64_t id,
			struct err *e)
{
	return db_change(
		t, s,
		"DELETE FROM case_tie WHERE id = $2 AND @scope(company_id)"
		" AND @scope(other_company_id) AND EXISTS (" PARTS
		"SELECT 1 FROM part WHERE part.id IN (case_tie.incident_id, case_tie.other_id))",
		DB_ARGS(DB_INT(incident_id), DB_INT(id)), e);
}

static void tie_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct tie_row *)row = (struct tie_row){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.kind = rows_keep(r, 2, a),
		.note = rows_keep(r, 3, a),
		.number = rows_keep(r, 4, a),
		.title = rows_keep(r, 5, a),
		.state = rows_keep(r, 6, a),
		.company_name = rows_keep(r, 7, a),
		.reverse = rows_int(r, 8) != 0,
	};
}

#define TIE(self, other, reverse)                                                                  \
	"SELECT t.id, i.company_id, t.kind, t.note, i.number, i.title, i.state, c.name, " reverse  \
	" FROM part JOIN case_tie t ON t." self " = part.id JOIN incident i ON i.id = t." other    \
	" JOIN company c ON c.id = i.company_id WHERE i.id NOT IN (SELECT id FROM part)"           \
	" AND @scope(t.company_id) AND @scope(t.other_company_id)"

int related_store_ties(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       struct tie_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  PARTS TIE("incident_id", "other_id", "0") " UNION ALL " TIE(
					  "other_id", "incident_id", "1") " ORDER BY 1 LIMIT 100",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, tie_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_tag(struct txn *t, const struct scope *s, const struct incident *c,
		      const char *tag, int64_t person_id, int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "INSERT INTO case_tag (incident_id, company_id, tag, made_by, made_us)"
			 " SELECT $1, $2, $3, $4, $5 WHERE @scope($2)"
			 " ON CONFLICT (incident_id, tag) DO NOTHING",
			 DB_ARGS(DB_INT(c->id), DB_INT(c->company_id), DB_TEXT(tag),
				 DB_INT(person_id), DB_INT(now_us)),
			 e);
}

int related_store_untag(struct txn *t, const struct scope *s, int64_t incident_id, const char *tag,
			struct err *e)
{
	return db_change(t, s,
			 "DELETE FROM case_tag WHERE incident_id = $1 AND tag = $2"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(incident_id), DB_TEXT(tag)), e);
}

static void tag_read(const struct rows *r, struct arena *a, void *row)
{
	*(const char **)row = rows_keep(r, 0, a);
}

int related_store_tags(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
		       const char ***out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT tag FROM case_tag WHERE incident_id = $1"
				  " AND @scope(company_id) ORDER BY tag LIMIT 50",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, tag_read, a, ROWS_OUT(out, n_out), e);
}

/* --- what is near --- */

static void near_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct near_row *)row = (struct near_row){
		.id = rows_int(r, 0),
		.number = rows_keep(r, 1, a),
		.n = rows_int(r, 2),
		.value = rows_keep(r, 3, a),
	};
}

int related_store_near_traits(struct txn *t, const struct scope *s, int64_t incident_id,
			      struct arena *a, struct near_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT i.id, i.number, count(*), max(o.value) FROM case_trait c"
		" JOIN case_trait o ON o.trait = c.trait AND o.incident_id <> c.incident_id"
		" JOIN incident i ON i.id = o.incident_id"
		" WHERE c.incident_id = $1 AND i.state <> 'merged' AND @scope(c.company_id)"
		" AND @scope(o.company_id) GROUP BY i.id, i.number, i.opened_us"
		" ORDER BY count(*) DESC, i.opened_us DESC LIMIT 10",
		DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, near_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_near_kind(struct txn *t, const struct scope *s, const struct incident *c,
			    struct arena *a, struct near_row **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT i.id, i.number, 1, '' FROM incident i"
			 " WHERE i.company_id = $1 AND i.kind = $2 AND i.id <> $3"
			 " AND i.state <> 'merged' AND @scope(i.company_id)"
			 " ORDER BY i.opened_us DESC LIMIT 10",
			 DB_ARGS(DB_INT(c->company_id), DB_TEXT(c->kind), DB_INT(c->id)), e);

	return rows_list(r, near_read, a, ROWS_OUT(out, n_out), e);
}

int related_store_near_devices(struct txn *t, const struct scope *s, const struct incident *c,
			       struct arena *a, struct near_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT i.id, i.number, count(*),"
		" max(CASE WHEN o.name <> '' THEN o.name ELSE o.mac END) FROM incident_device d"
		" JOIN incident i ON i.company_id = d.company_id AND i.id <> d.incident_id"
		" JOIN incident_device o ON o.incident_id = i.id AND o.mac = d.mac"
		" WHERE d.incident_id = $1 AND d.mac <> '' AND i.company_id = $2"
		" AND i.state <> 'merged' AND @scope(d.company_id) AND @scope(i.company_id)"
		" GROUP BY i.id, i.number, i.opened_us ORDER BY i.opened_us DESC LIMIT 10",
		DB_ARGS(DB_INT(c->id), DB_INT(c->company_id)), e);

	return rows_list(r, near_read, a, ROWS_OUT(out, n_out), e);
}
