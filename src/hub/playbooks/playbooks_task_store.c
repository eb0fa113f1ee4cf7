/* SPDX-License-Identifier: Apache-2.0 */
/* Tasks of cases in the database. */
#include <errno.h>

#include "hub/playbooks/playbooks_store.h"
#include "store/rows.h"

int playbooks_store_task_add(struct txn *t, const struct scope *s, const struct task_row *r,
			     struct err *e)
{
	return db_run(
		t, s,
		"INSERT INTO case_task (incident_id, company_id, task, text_ja, text_en, why_ja,"
		" why_en, role, owner_id, due_us, state, auto, because, note, version, added_us,"
		" added_by, changed_us, changed_by)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', 0, $11, '', 1, $12, $13,"
		" $12, $13 WHERE @scope($2)",
		DB_ARGS(DB_INT(r->incident_id), DB_INT(r->company_id), DB_TEXT(r->task),
			DB_TEXT(r->text[LANG_JA]), DB_TEXT(r->text[LANG_EN]),
			DB_TEXT(r->why[LANG_JA]), DB_TEXT(r->why[LANG_EN]), DB_TEXT(r->role),
			db_int_or_null(r->owner_id), DB_INT(r->due_us), DB_TEXT(r->because),
			DB_INT(r->now_us), DB_INT(r->person_id)),
		e);
}

#define TASK_COLUMNS                                                                               \
	"SELECT k.id, k.incident_id, k.company_id, k.task, k.text_ja, k.text_en, k.why_ja,"        \
	" k.why_en, k.role, k.state, k.because, k.note, k.owner_id, o.name, h.name, k.due_us,"     \
	" k.added_us, k.changed_us, k.changed_by, k.version, k.auto, i.number, c.name, i.title"
#define TASK_PEOPLE                                                                                \
	" LEFT JOIN person o ON o.id = k.owner_id LEFT JOIN person h ON h.id = k.changed_by"       \
	" JOIN company c ON c.id = i.company_id"

static void task_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_task *)row = (struct case_task){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.task = rows_keep(r, 3, a),
		.text = { [LANG_JA] = rows_keep(r, 4, a), [LANG_EN] = rows_keep(r, 5, a) },
		.why = { [LANG_JA] = rows_keep(r, 6, a), [LANG_EN] = rows_keep(r, 7, a) },
		.role = rows_keep(r, 8, a),
		.state = rows_keep(r, 9, a),
		.because = rows_keep(r, 10, a),
		.note = rows_keep(r, 11, a),
		.owner_id = rows_int(r, 12),
		.owner_name = rows_keep(r, 13, a),
		.changed_name = rows_keep(r, 14, a),
		.due_us = rows_int(r, 15),
		.added_us = rows_int(r, 16),
		.changed_us = rows_int(r, 17),
		.changed_by = rows_int(r, 18),
		.version = rows_int(r, 19),
		.by_answer = rows_int(r, 20) != 0,
		.number = rows_keep(r, 21, a),
		.company_name = rows_keep(r, 22, a),
		.title = rows_keep(r, 23, a),
	};
}

int playbooks_store_tasks(struct txn *t, const struct scope *s, int64_t incident_id,
			  struct arena *a, struct case_task **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		TASK_COLUMNS " FROM case_task k JOIN incident i ON i.id = k.incident_id" TASK_PEOPLE
			     " WHERE k.incident_id = $1 AND @scope(k.company_id)"
			     " ORDER BY k.id LIMIT 500",
		DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, task_read, a, ROWS_OUT(out, n_out), e);
}

int playbooks_store_task(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			 struct case_task *out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		TASK_COLUMNS " FROM case_task k JOIN incident i ON i.id = k.incident_id" TASK_PEOPLE
			     " WHERE k.id = $1 AND @scope(k.company_id)",
		DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, task_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such task") : got;
}

int playbooks_store_task_change(struct txn *t, const struct scope *s, const struct task_change *k,
				struct err *e)
{
	return db_change(t, s,
			 "UPDATE case_task SET state = $3, role = $4, owner_id = $5, due_us = $6,"
			 " note = $7, auto = $8, because = $9, version = version + 1,"
			 " changed_us = $10, changed_by = $11"
			 " WHERE id = $1 AND version = $2 AND @scope(company_id)",
			 DB_ARGS(DB_INT(k->id), DB_INT(k->version), DB_TEXT(k->state),
				 DB_TEXT(k->role), db_int_or_null(k->owner_id), DB_INT(k->due_us),
				 DB_TEXT(k->note), DB_INT(k->automatic), DB_TEXT(k->because),
				 DB_INT(k->now_us), DB_INT(k->person_id)),
			 e);
}

int64_t playbooks_store_all_done(struct txn *t, const struct scope *s, int64_t incident_id,
				 int64_t person_id, int64_t upto_us, int64_t now_us, struct err *e)
{
	return db_exec(
		t, s,
		"UPDATE case_task SET state = 'done', auto = 0, version = version + 1,"
		" changed_us = $4, changed_by = $2 WHERE incident_id = $1"
		" AND state = 'open' AND added_us <= $3 AND @scope(company_id)",
		DB_ARGS(DB_INT(incident_id), DB_INT(person_id), DB_INT(upto_us), DB_INT(now_us)),
		e);
}

/* From the live cases, which are few, to their tasks. $1 person, $2..$5 roles, $6 late. */
#define MINE " FROM incident i JOIN case_task k ON k.incident_id = i.id"
#define MINE_WHERE                                                                                 \
	" WHERE i.state IN ('open', 'contained', 'recovered') AND k.state = 'open'"                \
	" AND (k.owner_id = $1 OR (k.owner_id IS NULL AND ((k.role = 'desk' AND $2 = 1)"           \
	" OR (k.role = 'technician' AND $3 = 1) OR (k.role = 'analyst' AND $4 = 1)"                \
	" OR (k.role = 'company' AND $5 = 1))))"                                                   \
	" AND ($6 = 0 OR (k.due_us > 0 AND k.due_us < $6)) AND @scope(i.company_id)"

struct mine_args {
	struct dbv v[7];
};

static struct mine_args mine_bind(const struct task_filter *f)
{
	return (struct mine_args){ { DB_INT(f->person_id), DB_INT((f->roles & ROLE_DESK) != 0),
				     DB_INT((f->roles & ROLE_TECHNICIAN) != 0),
				     DB_INT((f->roles & ROLE_ANALYST) != 0),
				     /* The desk sees to what companies are to do. */
				     DB_INT((f->roles & (ROLE_DESK | ROLE_COMPANY)) != 0),
				     DB_INT(f->late_us), DB_INT(f->limit) } };
}

int playbooks_store_mine(struct txn *t, const struct scope *s, const struct task_filter *f,
			 struct arena *a, struct case_task **out, size_t *n_out, struct err *e)
{
	struct mine_args m = mine_bind(f);
	struct rows *r = db_query(t, s,
				  TASK_COLUMNS MINE TASK_PEOPLE MINE_WHERE
				  " ORDER BY CASE WHEN k.due_us = 0 THEN 1 ELSE 0 END, k.due_us,"
				  " k.id LIMIT $7",
				  m.v, 7, e);

	return rows_list(r, task_read, a, ROWS_OUT(out, n_out), e);
}

int playbooks_store_mine_count(struct txn *t, const struct scope *s, const struct task_filter *f,
			       int64_t *out, struct err *e)
{
	struct mine_args m = mine_bind(f);

	return db_one_int(t, s, "SELECT count(*)" MINE MINE_WHERE, m.v, 6, out, e);
}

static void late_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct late_case *)row = (struct late_case){
		.number = rows_keep(r, 0, a),
		.title = rows_keep(r, 1, a),
		.company_name = rows_keep(r, 2, a),
		.due_us = rows_int(r, 3),
		.n_open = rows_int(r, 4),
	};
}

int playbooks_store_late(struct txn *t, const struct scope *s, int64_t now_us, struct arena *a,
			 struct late_case **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 /* CROSS: SQLite keeps the order, from what is due to its case */
			 "SELECT i.number, i.title, c.name, p.next_due_us, p.n_open"
			 " FROM case_playbook p CROSS JOIN incident i"
			 " JOIN company c ON c.id = i.company_id WHERE i.id = p.incident_id"
			 " AND i.state IN ('open', 'contained', 'recovered')"
			 " AND p.next_due_us > 0 AND p.next_due_us < $1 AND @scope(i.company_id)"
			 " ORDER BY p.next_due_us LIMIT 200",
			 DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, late_read, a, ROWS_OUT(out, n_out), e);
}

int playbooks_store_fill(struct txn *t, const struct scope *s, struct err *e)
{
	int r = db_run(t, s,
		       "UPDATE case_task SET state = 'done', version = 2,"
		       " changed_us = due_us, changed_by = added_by WHERE state = 'open'"
		       " AND due_us > 0 AND (incident_id IN (SELECT id FROM incident"
		       " WHERE state = 'closed') OR due_us < (SELECT max(opened_us) FROM incident))"
		       " AND id % 4 <> 0 AND @scope(company_id)",
		       DB_NO_ARGS, e);

	if (r >= 0)
		r = db_run(t, s,
			   "UPDATE case_task SET state = 'done', version = 2,"
			   " changed_us = added_us, changed_by = added_by WHERE state = 'open'"
			   " AND incident_id IN (SELECT id FROM incident WHERE state = 'closed')"
			   " AND @scope(company_id)",
			   DB_NO_ARGS, e);
	if (r < 0)
		return r;
	return db_run(t, s,
		      "UPDATE case_playbook SET n_open = (SELECT count(*) FROM case_task k"
		      " WHERE k.incident_id = case_playbook.incident_id AND k.state = 'open'),"
		      " n_done = (SELECT count(*) FROM case_task k"
		      " WHERE k.incident_id = case_playbook.incident_id AND k.state = 'done'),"
		      " next_due_us = coalesce((SELECT min(k.due_us) FROM case_task k"
		      " WHERE k.incident_id = case_playbook.incident_id AND k.state = 'open'"
		      " AND k.due_us > 0), 0) WHERE @scope(company_id)",
		      DB_NO_ARGS, e);
}
