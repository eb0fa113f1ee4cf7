/* SPDX-License-Identifier: Apache-2.0 */
/* Playbooks in the database: editions, what hangs on a case, answers. Tasks:
 * playbooks_task_store.c. */
#include "hub/playbooks/playbooks_store.h"

#include <errno.h>

#include "store/rows.h"

int playbooks_store_edition(struct txn *t, const struct scope *s, const struct edition_row *r,
			    int64_t *id_out, struct err *e)
{
	int ret = db_one_int(t, s, "SELECT id FROM playbook_edition WHERE digest = $1 @global",
			     DB_ARGS(DB_TEXT(r->digest)), id_out, e);

	if (ret != -ENOENT)
		return ret;
	return db_one_int(t, s,
			  "INSERT INTO playbook_edition (kind, version, date_us, source, digest,"
			  " body, added_us) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id"
			  " @global",
			  DB_ARGS(DB_TEXT(r->b->kind), DB_TEXT(r->b->version),
				  DB_INT(r->b->date_us), DB_TEXT(r->b->source), DB_TEXT(r->digest),
				  DB_TEXT(r->body), DB_INT(r->now_us)),
			  id_out, e);
}

int playbooks_store_current_set(struct txn *t, const struct scope *s, const struct current_row *r,
				struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO playbook_current (kind, edition_id, origin, error, changed_us)"
		      " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind) DO UPDATE SET"
		      " edition_id = excluded.edition_id, origin = excluded.origin,"
		      " error = excluded.error, changed_us = excluded.changed_us"
		      " WHERE playbook_current.edition_id <> excluded.edition_id"
		      " OR playbook_current.origin <> excluded.origin"
		      " OR playbook_current.error <> excluded.error @global",
		      DB_ARGS(DB_TEXT(r->kind), DB_INT(r->edition_id), DB_TEXT(r->origin),
			      DB_TEXT(r->error), DB_INT(r->now_us)),
		      e);
}

static void edition_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct edition *)row = (struct edition){
		.id = rows_int(r, 0),
		.kind = rows_keep(r, 1, a),
		.version = rows_keep(r, 2, a),
		.date_us = rows_int(r, 3),
		.source = rows_keep(r, 4, a),
		.digest = rows_keep(r, 5, a),
		.body = rows_keep(r, 6, a),
		.origin = rows_keep(r, 7, a),
		.error = rows_keep(r, 8, a),
		.changed_us = rows_int(r, 9),
	};
}

int playbooks_store_currents(struct txn *t, const struct scope *s, const char *kind,
			     struct arena *a, struct edition **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT d.id, d.kind, d.version, d.date_us, d.source, d.digest, d.body, c.origin,"
		" c.error, c.changed_us FROM playbook_current c"
		" JOIN playbook_edition d ON d.id = c.edition_id"
		" WHERE ($1 = '' OR c.kind = $1) ORDER BY c.kind LIMIT 200 @global",
		DB_ARGS(DB_TEXT(kind ? kind : "")), e);

	return rows_list(r, edition_read, a, ROWS_OUT(out, n_out), e);
}

static void case_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_playbook *)row = (struct case_playbook){
		.incident_id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.edition_id = rows_int(r, 2),
		.attached_us = rows_int(r, 3),
		.n_open = rows_int(r, 4),
		.n_done = rows_int(r, 5),
		.next_due_us = rows_int(r, 6),
		.body = rows_keep(r, 7, a),
	};
}

int playbooks_store_case(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_playbook *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT p.incident_id, p.company_id, p.edition_id, p.attached_us,"
				  " p.n_open, p.n_done, p.next_due_us, d.body FROM case_playbook p"
				  " JOIN playbook_edition d ON d.id = p.edition_id"
				  " WHERE p.incident_id = $1 AND @scope(p.company_id)",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_get(r, case_read, a, out, e);
}

int playbooks_store_case_set(struct txn *t, const struct scope *s, const struct case_playbook *p,
			     struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO case_playbook (incident_id, company_id, edition_id, attached_us,"
		      " n_open, n_done, next_due_us)"
		      " SELECT $1, $2, $3, $4, 0, 0, 0 WHERE @scope($2)"
		      " ON CONFLICT (incident_id) DO UPDATE SET edition_id = excluded.edition_id,"
		      " attached_us = excluded.attached_us",
		      DB_ARGS(DB_INT(p->incident_id), DB_INT(p->company_id), DB_INT(p->edition_id),
			      DB_INT(p->attached_us)),
		      e);
}

int playbooks_store_sums(struct txn *t, const struct scope *s, int64_t incident_id, struct err *e)
{
	return db_run(t, s,
		      "UPDATE case_playbook SET n_open = (SELECT count(*) FROM case_task k"
		      " WHERE k.incident_id = $1 AND k.state = 'open'),"
		      " n_done = (SELECT count(*) FROM case_task k"
		      " WHERE k.incident_id = $1 AND k.state = 'done'),"
		      " next_due_us = coalesce((SELECT min(k.due_us) FROM case_task k"
		      " WHERE k.incident_id = $1 AND k.state = 'open' AND k.due_us > 0), 0)"
		      " WHERE incident_id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(incident_id)), e);
}

static void answer_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_answer *)row = (struct case_answer){
		.id = rows_int(r, 0),
		.question = rows_keep(r, 1, a),
		.answer = rows_keep(r, 2, a),
		.applied = rows_int(r, 3) != 0,
		.person_id = rows_int(r, 4),
		.person_name = rows_keep(r, 5, a),
		.at_us = rows_int(r, 6),
	};
}

int playbooks_store_answers(struct txn *t, const struct scope *s, int64_t incident_id,
			    struct arena *a, struct case_answer **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT n.id, n.question, n.answer, n.applied, n.person_id, p.name,"
			 " n.at_us FROM case_answer n LEFT JOIN person p ON p.id = n.person_id"
			 " WHERE n.incident_id = $1 AND @scope(n.company_id)"
			 " ORDER BY n.id LIMIT 500",
			 DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, answer_read, a, ROWS_OUT(out, n_out), e);
}

int playbooks_store_answer(struct txn *t, const struct scope *s, const struct answer_row *r,
			   struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO case_answer (incident_id, company_id, question, answer, applied,"
		      " person_id, at_us) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE @scope($2)",
		      DB_ARGS(DB_INT(r->incident_id), DB_INT(r->company_id), DB_TEXT(r->question),
			      DB_TEXT(r->answer), DB_INT(r->applied), DB_INT(r->person_id),
			      DB_INT(r->now_us)),
		      e);
}

static void incident_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct incident *)row = (struct incident){ .id = rows_int(r, 0),
						     .company_id = rows_int(r, 1),
						     .number = rows_keep(r, 2, a),
						     .kind = rows_keep(r, 3, a),
						     .state = rows_keep(r, 4, a) };
}

int playbooks_store_incident(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			     struct incident *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT id, company_id, number, kind, state FROM incident"
				  " WHERE id = $1 AND @scope(company_id)",
				  DB_ARGS(DB_INT(id)), e);

	return rows_get(r, incident_read, a, out, e);
}
