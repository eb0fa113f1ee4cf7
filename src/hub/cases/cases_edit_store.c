/* SPDX-License-Identifier: Apache-2.0 */
/* Mending cases in the database. */
#include "hub/cases/cases_edit_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

int cases_edit_store_put(struct txn *t, const struct scope *s, const struct incident *c,
			 int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident SET title = $3, severity = $4, contact_name = $5,"
			 " contact_phone = $6, happened_us = $7, cause = $8, lesson = $9,"
			 " owner_id = $10, changed_us = $11, version = version + 1"
			 " WHERE id = $1 AND version = $2 AND @scope(company_id)",
			 DB_ARGS(DB_INT(c->id), DB_INT(c->version), DB_TEXT(c->title),
				 DB_INT(c->severity), DB_TEXT(c->contact_name),
				 DB_TEXT(c->contact_phone), DB_INT(c->happened_us),
				 DB_TEXT(c->cause), DB_TEXT(c->lesson), db_int_or_null(c->owner_id),
				 DB_INT(now_us)),
			 e);
}

int cases_edit_store_was(struct txn *t, const struct scope *s, const struct was_row *w,
			 struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO incident_was (incident_id, company_id, entry_id, field,"
		      " old_text, new_text, person_id, changed_us)"
		      " SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE @scope($2)",
		      DB_ARGS(DB_INT(w->incident_id), DB_INT(w->company_id),
			      db_int_or_null(w->entry_id), DB_TEXT(w->field), DB_TEXT(w->old_text),
			      DB_TEXT(w->new_text), DB_INT(w->person_id), DB_INT(w->now_us)),
		      e);
}

static void was_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_was *)row = (struct case_was){
		.entry_id = rows_int(r, 0),
		.field = rows_keep(r, 1, a),
		.old_text = rows_keep(r, 2, a),
		.new_text = rows_keep(r, 3, a),
		.person_name = rows_keep(r, 4, a),
		.changed_us = rows_int(r, 5),
	};
}

/* An entry that went to another case took its past along. */
int cases_was(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
	      struct case_was **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT w.entry_id, w.field, w.old_text, w.new_text, p.name, w.changed_us, w.id"
		" FROM incident_was w LEFT JOIN person p ON p.id = w.person_id"
		" WHERE w.incident_id = $1 AND w.entry_id IS NULL AND @scope(w.company_id)"
		" UNION ALL SELECT w.entry_id, w.field, w.old_text, w.new_text, p.name,"
		" w.changed_us, w.id FROM incident_entry n JOIN incident_was w ON w.entry_id = n.id"
		" LEFT JOIN person p ON p.id = w.person_id WHERE n.incident_id = $1"
		" AND @scope(n.company_id) ORDER BY 7 LIMIT 1000",
		DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, was_read, a, ROWS_OUT(out, n_out), e);
}

static void entry_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_entry *)row = (struct case_entry){
		.id = rows_int(r, 0),
		.kind = rows_keep(r, 1, a),
		.body = rows_keep(r, 2, a),
		.text_key = rows_keep(r, 3, a),
		.happened_us = rows_int(r, 4),
		.ref_id = rows_int(r, 5),
		.minutes = rows_is_null(r, 6) ? -1 : rows_int(r, 6),
		.cost_yen = rows_is_null(r, 7) ? -1 : rows_int(r, 7),
		.roles = (unsigned)rows_int(r, 8),
	};
}

int cases_edit_store_entry(struct txn *t, const struct scope *s, int64_t incident_id, int64_t id,
			   struct arena *a, struct case_entry *out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT n.id, n.kind, n.body, n.text_key, n.happened_us, n.ref_id, k.minutes,"
		" k.cost_yen, n.roles FROM incident_entry n"
		" LEFT JOIN incident_action k ON k.id = n.ref_id AND n.text_key = ''"
		" AND n.kind IN ('phone', 'remote', 'visit')"
		" WHERE n.id = $2 AND n.incident_id = $1 AND @scope(n.company_id)",
		DB_ARGS(DB_INT(incident_id), DB_INT(id)), e);
	int got = rows_get(r, entry_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such line in the story") : got;
}

int cases_edit_store_entry_put(struct txn *t, const struct scope *s, const struct case_entry *n,
			       struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident_entry SET body = $2, happened_us = $3 WHERE id = $1"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(n->id), DB_TEXT(n->body), DB_INT(n->happened_us)), e);
}

int cases_edit_store_action_put(struct txn *t, const struct scope *s, const struct action_change *n,
				struct err *e)
{
	int r = db_change(t, s,
			  "UPDATE incident_action SET minutes = $2, cost_yen = $3, body = $4,"
			  " started_us = $5 WHERE id = $1 AND @scope(company_id)",
			  DB_ARGS(DB_INT(n->action_id), DB_INT(n->minutes), DB_INT(n->cost_yen),
				  DB_TEXT(n->body), DB_INT(n->started_us)),
			  e);

	if (r <= 0)
		return r;
	return db_run(t, s,
		      "UPDATE incident SET minutes = minutes + $2, cost_yen = cost_yen + $3"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(n->incident_id), DB_INT(n->more_minutes), DB_INT(n->more_yen)),
		      e);
}
