/* SPDX-License-Identifier: Apache-2.0 */
/* The messages of threads in the database: what was said, who read it, what still has to be mailed.
 */
#include "base/mem.h"
#include "hub/threads/threads_store.h"
#include "store/rows.h"

int threads_store_message(struct txn *t, const struct scope *s, const struct message_row *r,
			  int64_t *id_out, struct err *e)
{
	const struct thread_post *p = r->p;

	return db_one_int(
		t, s,
		"INSERT INTO thread_message (thread_id, company_id, direction, channel, subject,"
		" body, person_id, happened_us, recorded_us, state, next_try_us, attempts, error,"
		" sent_us) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, 0, '', 0"
		" WHERE @scope($2) RETURNING id",
		DB_ARGS(DB_INT(r->thread->id), DB_INT(r->thread->company_id), DB_TEXT(p->direction),
			DB_TEXT(p->channel), DB_TEXT(p->subject ? p->subject : ""),
			DB_TEXT(p->body), DB_INT(r->person_id), DB_INT(r->happened_us),
			DB_INT(r->now_us), DB_TEXT(r->state)),
		id_out, e);
}

static void message_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct thread_message *)row = (struct thread_message){
		.id = rows_int(r, 0),
		.thread_id = rows_int(r, 1),
		.direction = rows_keep(r, 2, a),
		.channel = rows_keep(r, 3, a),
		.subject = rows_keep(r, 4, a),
		.body = rows_keep(r, 5, a),
		.person_id = rows_int(r, 6),
		.person_name = rows_keep(r, 7, a),
		.org_name = rows_keep(r, 8, a),
		.happened_us = rows_int(r, 9),
		.recorded_us = rows_int(r, 10),
		.state = rows_keep(r, 11, a),
		.error = rows_keep(r, 12, a),
		.sent_us = rows_int(r, 13),
		.attempts = rows_int(r, 14),
	};
}

#define MESSAGES                                                                                   \
	"SELECT m.id, m.thread_id, m.direction, m.channel, m.subject, m.body, m.person_id, "       \
	"p.name,"                                                                                  \
	" (SELECT min(o.name) FROM membership k JOIN organisation o ON o.id = k.org_id"            \
	" WHERE k.person_id = m.person_id), m.happened_us, m.recorded_us, m.state, m.error,"       \
	" m.sent_us, m.attempts FROM thread_message m LEFT JOIN person p ON p.id = m.person_id"    \
	" WHERE "

int threads_store_messages(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			   struct thread_message **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  MESSAGES "m.thread_id = $1 AND @scope(m.company_id)"
					   " ORDER BY m.happened_us, m.id LIMIT 2000",
				  DB_ARGS(DB_INT(thread_id)), e);

	return rows_list(r, message_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_file(struct txn *t, const struct scope *s, int64_t message_id, int64_t company_id,
		       int64_t evidence_id, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO thread_file (message_id, company_id, evidence_id)"
		      " SELECT $1, $2, $3 WHERE @scope($2)"
		      " ON CONFLICT (message_id, evidence_id) DO NOTHING",
		      DB_ARGS(DB_INT(message_id), DB_INT(company_id), DB_INT(evidence_id)), e);
}

static void file_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct thread_file *)row =
		(struct thread_file){ .message_id = rows_int(r, 0), .evidence_id = rows_int(r, 1) };
}

int threads_store_files(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			struct thread_file **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT f.message_id, f.evidence_id FROM thread_file f"
				  " JOIN thread_message m ON m.id = f.message_id"
				  " WHERE m.thread_id = $1 AND @scope(f.company_id)"
				  " ORDER BY f.message_id, f.evidence_id LIMIT 2000",
				  DB_ARGS(DB_INT(thread_id)), e);

	return rows_list(r, file_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_files_of(struct txn *t, int64_t message_id, struct arena *a,
			   struct thread_file **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT message_id, evidence_id FROM thread_file"
				  " WHERE message_id = $1 AND @scope(company_id)"
				  " ORDER BY evidence_id LIMIT $2",
				  DB_ARGS(DB_INT(message_id), DB_INT(THREAD_FILES_MAX)), e);

	return rows_list(r, file_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_fetch(struct txn *t, const struct scope *s, const struct thread_fetch *f,
			int64_t company_id, struct err *e)
{
	return db_change(t, s,
			 "INSERT INTO thread_fetched (message_id, evidence_id, person_id,"
			 " company_id, at_us) SELECT $1, $2, $3, $4, $5 WHERE @scope($4)"
			 " ON CONFLICT (message_id, evidence_id, person_id) DO NOTHING",
			 DB_ARGS(DB_INT(f->message_id), DB_INT(f->evidence_id),
				 DB_INT(f->person_id), DB_INT(company_id), DB_INT(f->at_us)),
			 e);
}

static void fetch_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct thread_fetch *)row = (struct thread_fetch){ .message_id = rows_int(r, 0),
							     .evidence_id = rows_int(r, 1),
							     .person_id = rows_int(r, 2),
							     .at_us = rows_int(r, 3),
							     .person_name = rows_keep(r, 4, a) };
}

int threads_store_fetched(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
			  struct thread_fetch **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT f.message_id, f.evidence_id, f.person_id, f.at_us, p.name"
				  " FROM thread_fetched f JOIN thread_message m ON m.id ="
				  " f.message_id LEFT JOIN person p ON p.id = f.person_id"
				  " WHERE m.thread_id = $1 AND @scope(f.company_id)"
				  " ORDER BY f.at_us, f.person_id LIMIT 2000",
				  DB_ARGS(DB_INT(thread_id)), e);

	return rows_list(r, fetch_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_read(struct txn *t, const struct scope *s, int64_t thread_id, int64_t person_id,
		       int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "INSERT INTO thread_seen (message_id, person_id, company_id, seen_us)"
			 " SELECT m.id, $2, m.company_id, $3 FROM thread_message m"
			 " WHERE m.thread_id = $1 AND m.person_id <> $2 AND @scope(m.company_id)"
			 " ON CONFLICT (message_id, person_id) DO NOTHING",
			 DB_ARGS(DB_INT(thread_id), DB_INT(person_id), DB_INT(now_us)), e);
}

static void seen_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct thread_seen *)row = (struct thread_seen){ .message_id = rows_int(r, 0),
							   .seen_us = rows_int(r, 1),
							   .person_name = rows_keep(r, 2, a),
							   .org_name = rows_keep(r, 3, a) };
}

int threads_store_seen(struct txn *t, const struct scope *s, int64_t thread_id, struct arena *a,
		       struct thread_seen **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT s.message_id, s.seen_us, p.name, (SELECT min(o.name) FROM membership k"
		" JOIN organisation o ON o.id = k.org_id WHERE k.person_id = s.person_id)"
		" FROM thread_seen s JOIN thread_message m ON m.id = s.message_id"
		" LEFT JOIN person p ON p.id = s.person_id"
		" WHERE m.thread_id = $1 AND @scope(s.company_id)"
		" ORDER BY s.message_id, s.seen_us, s.person_id LIMIT 5000",
		DB_ARGS(DB_INT(thread_id)), e);

	return rows_list(r, seen_read, a, ROWS_OUT(out, n_out), e);
}

/* --- mail --- */

int threads_store_queue(struct txn *t, int64_t now_us, struct arena *a, struct thread_message **out,
			size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  MESSAGES "m.state = 'queued' AND m.next_try_us <= $1"
					   " AND @scope(m.company_id)"
					   " ORDER BY m.next_try_us, m.id LIMIT 20",
				  DB_ARGS(DB_INT(now_us)), e);

	return rows_list(r, message_read, a, ROWS_OUT(out, n_out), e);
}

int threads_store_sent(struct txn *t, int64_t message_id, int64_t now_us, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE thread_message SET state = 'done', sent_us = $2, error = '',"
		      " attempts = attempts + 1 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(message_id), DB_INT(now_us)), e);
}

int threads_store_failed(struct txn *t, int64_t message_id, const char *why, int64_t next_try_us,
			 struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE thread_message SET state = CASE WHEN $3 = 0 THEN 'failed' ELSE"
		      " 'queued' END, error = $2, next_try_us = $3, attempts = attempts + 1"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(message_id), DB_TEXT(why), DB_INT(next_try_us)), e);
}
