/* SPDX-License-Identifier: Apache-2.0 */
/* Threads in the database; their messages: threads_message_store.c. */
#include "hub/threads/threads_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

int threads_store_add(struct txn *t, const struct scope *s, const struct thread_row *r,
		      int64_t *id_out, struct err *e)
{
	const struct thread_new *n = r->n;

	return db_one_int(
		t, s,
		"INSERT INTO thread (company_id, incident_id, kind, org_id, org_name, person_name,"
		" phone, mail, reference, purpose, told, roles, token, done_us, waiting, "
		"waiting_us,"
		" due_us, show_us, messages, last_us, made_by, made_us)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, '', 0, 0, 0, 0,"
		" $15, $14, $15 WHERE @scope($1) RETURNING id",
		DB_ARGS(DB_INT(r->company_id), DB_INT(n->incident_id), DB_TEXT(n->kind),
			db_int_or_null(n->org_id), DB_TEXT(n->org_name), DB_TEXT(n->person_name),
			DB_TEXT(n->phone), DB_TEXT(n->mail), DB_TEXT(n->reference),
			DB_TEXT(n->purpose), DB_TEXT(n->told), DB_INT(n->roles), DB_TEXT(r->token),
			DB_INT(r->person_id), DB_INT(r->now_us)),
		id_out, e);
}

int threads_store_change(struct txn *t, const struct scope *s, int64_t id,
			 const struct thread_new *n, struct err *e)
{
	return db_run(t, s,
		      "UPDATE thread SET org_id = $2, org_name = $3, person_name = $4, phone = $5,"
		      " mail = $6, reference = $7, purpose = $8, told = $9, roles = $10"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), db_int_or_null(n->org_id), DB_TEXT(n->org_name),
			      DB_TEXT(n->person_name), DB_TEXT(n->phone), DB_TEXT(n->mail),
			      DB_TEXT(n->reference), DB_TEXT(n->purpose), DB_TEXT(n->told),
			      DB_INT(n->roles)),
		      e);
}

int threads_store_done(struct txn *t, const struct scope *s, int64_t id, int64_t done_us,
		       struct err *e)
{
	return db_run(t, s,
		      "UPDATE thread SET done_us = $2, waiting = '', waiting_us = 0, due_us = 0,"
		      " show_us = 0 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(done_us)), e);
}

#define COLUMNS                                                                                    \
	"SELECT t.id, t.company_id, t.incident_id, i.number, i.title, c.name, t.kind, t.org_id,"   \
	" t.org_name, t.person_name, t.phone, t.mail, t.reference, t.purpose, t.told, t.roles,"    \
	" t.token, t.done_us, t.waiting, t.waiting_us, t.due_us, t.messages, t.last_us,"           \
	" t.made_us, (SELECT count(*) FROM thread_message m WHERE m.thread_id = t.id"              \
	" AND m.person_id <> $1 AND NOT EXISTS (SELECT 1 FROM thread_seen s"                       \
	" WHERE s.message_id = m.id AND s.person_id = $1)) FROM thread t"                          \
	" JOIN incident i ON i.id = t.incident_id JOIN company c ON c.id = t.company_id WHERE "
/* $1 person, $2 their roles, $3 their organisation (-1 = the hub itself), $4 and $5 of the query */
#define MAY " AND ((t.roles & $2) <> 0 OR t.org_id = $3) AND @scope(t.company_id)"

static void thread_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct thread *)row = (struct thread){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.incident_id = rows_int(r, 2),
		.number = rows_keep(r, 3, a),
		.case_title = rows_keep(r, 4, a),
		.company_name = rows_keep(r, 5, a),
		.kind = rows_keep(r, 6, a),
		.org_id = rows_int(r, 7),
		.org_name = rows_keep(r, 8, a),
		.person_name = rows_keep(r, 9, a),
		.phone = rows_keep(r, 10, a),
		.mail = rows_keep(r, 11, a),
		.reference = rows_keep(r, 12, a),
		.purpose = rows_keep(r, 13, a),
		.told = rows_keep(r, 14, a),
		.roles = (unsigned)rows_int(r, 15),
		.token = rows_keep(r, 16, a),
		.done = rows_int(r, 17) != 0,
		.waiting = rows_keep(r, 18, a),
		.waiting_us = rows_int(r, 19),
		.due_us = rows_int(r, 20),
		.messages = rows_int(r, 21),
		.last_us = rows_int(r, 22),
		.made_us = rows_int(r, 23),
		.unread = rows_int(r, 24),
	};
}

int threads_store_whole(struct txn *t, int64_t id, struct arena *a, struct thread *out,
			struct err *e)
{
	struct rows *r = db_query(t, &scope_system, COLUMNS "t.id = $2 AND @scope(t.company_id)",
				  DB_ARGS(DB_INT(0), DB_INT(id)), e);
	int got = rows_get(r, thread_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such thread") : got;
}

int threads_store_get(struct txn *t, const struct user *u, int64_t id, struct arena *a,
		      struct thread *out, struct err *e)
{
	struct rows *r = db_query(
		t, &u->scope, COLUMNS "t.id = $4" MAY,
		DB_ARGS(DB_INT(u->person_id), DB_INT(u->roles), DB_INT(u->org_id), DB_INT(id)), e);
	int got = rows_get(r, thread_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such thread") : got;
}

/* $4 the case or company, $5 now, $6 limit */
static const char *const lists[] = {
	[THREADS_ALL] = COLUMNS "t.done_us = 0 AND $4 = 0 AND $5 >= 0" MAY
				" ORDER BY t.last_us DESC, t.id DESC LIMIT $6",
	[THREADS_OF_CASE] = COLUMNS "t.incident_id = $4 AND $5 >= 0" MAY
				    " ORDER BY t.last_us DESC, t.id DESC LIMIT $6",
	[THREADS_DUE] = COLUMNS "t.show_us > 0 AND t.show_us <= $5 AND $4 = 0" MAY
				" ORDER BY t.due_us, t.id LIMIT $6",
	[THREADS_OWN] = COLUMNS "t.company_id = $4 AND t.kind = 'company' AND $5 >= 0" MAY
				" ORDER BY t.last_us DESC, t.id DESC LIMIT $6",
};

int threads_store_list(struct txn *t, const struct user *u, const struct threads_query *q,
		       struct arena *a, struct thread **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &u->scope, lists[q->which],
				  DB_ARGS(DB_INT(u->person_id), DB_INT(u->roles), DB_INT(u->org_id),
					  DB_INT(q->id), DB_INT(q->now_us), DB_INT(q->limit)),
				  e);

	return rows_list(r, thread_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_own(struct txn *t, const struct scope *s, int64_t incident_id, int64_t *out,
		      struct err *e)
{
	return db_one_int(t, s,
			  "SELECT id FROM thread WHERE incident_id = $1 AND kind = 'company'"
			  " AND @scope(company_id) ORDER BY id LIMIT 1",
			  DB_ARGS(DB_INT(incident_id)), out, e);
}

int threads_store_wait(struct txn *t, const struct scope *s, int64_t id,
		       const struct thread_wait *w, struct err *e)
{
	return db_run(t, s,
		      "UPDATE thread SET waiting = $2, waiting_us = $3, due_us = $4, show_us = $5"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(w->who), DB_INT(w->since_us), DB_INT(w->due_us),
			      DB_INT(w->show_us)),
		      e);
}

int threads_store_moved(struct txn *t, const struct scope *s, int64_t id,
			const struct thread_wait *w, int64_t last_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE thread SET messages = messages + 1, done_us = 0, waiting = $2,"
		      " waiting_us = $3, due_us = $4, show_us = $5,"
		      " last_us = CASE WHEN last_us < $6 THEN $6 ELSE last_us END"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(w->who), DB_INT(w->since_us), DB_INT(w->due_us),
			      DB_INT(w->show_us), DB_INT(last_us)),
		      e);
}
