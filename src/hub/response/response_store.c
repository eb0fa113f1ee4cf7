/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on table sensor_order. Sessions: response_session_store.c. */
#include "hub/response/response_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

int response_store_add(struct txn *t, const struct scope *s, const struct response_order *o,
		       int64_t *id_out, struct err *e)
{
	int r = db_one_int(
		t, s,
		"INSERT INTO sensor_order (company_id, incident_id, sensor_id, type, mac, network,"
		" port, protocol, target, seconds, bytes, until_us, expires_us, consent_id, undoes,"
		" token, made_by, made_us, sent_us, heard_us, done_us, sensor_us, state, reason,"
		" detail, report_no, in_effect, ended_us, figures, devices, file_sha256, file_size,"
		" file_us) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
		" $16, $17, $18, 0, 0, 0, 0, 'waiting', '', '', 0, 0, 0, '', 0, '', 0, 0"
		" WHERE @scope($1) ON CONFLICT (token) DO NOTHING RETURNING id",
		DB_ARGS(DB_INT(o->company_id), DB_INT(o->incident_id), DB_INT(o->sensor_id),
			DB_TEXT(o->type), DB_TEXT(o->mac), DB_TEXT(o->network), DB_INT(o->port),
			DB_INT(o->protocol), DB_TEXT(o->target), DB_INT(o->seconds),
			DB_INT(o->bytes), DB_INT(o->until_us), DB_INT(o->expires_us),
			db_int_or_null(o->consent_id), db_int_or_null(o->undoes), DB_TEXT(o->token),
			db_int_or_null(o->made_by), DB_INT(o->made_us)),
		id_out, e);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

int response_store_set(struct txn *t, const struct scope *s, const struct response_order *o,
		       struct err *e)
{
	return db_run(
		t, s,
		"UPDATE sensor_order SET sent_us = $2, heard_us = $3, done_us = $4, sensor_us = $5,"
		" state = $6, reason = $7, detail = $8, report_no = $9, in_effect = $10,"
		" ended_us = $11, figures = $12, devices = $13, file_sha256 = $14, file_size = $15,"
		" file_us = $16, evidence_id = $17, until_us = $18"
		" WHERE id = $1 AND @scope(company_id)",
		DB_ARGS(DB_INT(o->id), DB_INT(o->sent_us), DB_INT(o->heard_us), DB_INT(o->done_us),
			DB_INT(o->sensor_us), DB_TEXT(o->state), DB_TEXT(o->reason),
			DB_TEXT(o->detail), DB_INT(o->report_no), DB_INT(o->in_effect ? 1 : 0),
			DB_INT(o->ended_us), DB_TEXT(o->figures), DB_INT(o->devices),
			DB_TEXT(o->file_sha256), DB_INT(o->file_size), DB_INT(o->file_us),
			db_int_or_null(o->evidence_id), DB_INT(o->until_us)),
		e);
}

#define ORDERS                                                                                     \
	"SELECT o.id, o.company_id, o.incident_id, o.sensor_id, o.type, o.mac, o.network,"         \
	" o.target, o.port, o.protocol, o.seconds, o.bytes, o.until_us, o.expires_us,"             \
	" o.consent_id, o.undoes, o.made_by, o.made_us, o.sent_us, o.heard_us, o.done_us,"         \
	" o.sensor_us, o.state, o.reason, o.detail, o.report_no, o.in_effect, o.ended_us,"         \
	" o.figures, o.devices, o.file_sha256, o.file_size, o.file_us, o.evidence_id, o.token,"    \
	" i.number, c.name, x.name, p.name, k.given_by, k.revoked_us FROM sensor_order o"          \
	" JOIN incident i ON i.id = o.incident_id JOIN company c ON c.id = o.company_id"           \
	" JOIN sensor x ON x.id = o.sensor_id LEFT JOIN person p ON p.id = o.made_by"              \
	" LEFT JOIN incident_consent k ON k.id = o.consent_id "

static void order_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct response_order *)row = (struct response_order){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.incident_id = rows_int(r, 2),
		.sensor_id = rows_int(r, 3),
		.type = rows_keep(r, 4, a),
		.mac = rows_keep(r, 5, a),
		.network = rows_keep(r, 6, a),
		.target = rows_keep(r, 7, a),
		.port = rows_int(r, 8),
		.protocol = rows_int(r, 9),
		.seconds = rows_int(r, 10),
		.bytes = rows_int(r, 11),
		.until_us = rows_int(r, 12),
		.expires_us = rows_int(r, 13),
		.consent_id = rows_int(r, 14),
		.undoes = rows_int(r, 15),
		.made_by = rows_int(r, 16),
		.made_us = rows_int(r, 17),
		.sent_us = rows_int(r, 18),
		.heard_us = rows_int(r, 19),
		.done_us = rows_int(r, 20),
		.sensor_us = rows_int(r, 21),
		.state = rows_keep(r, 22, a),
		.reason = rows_keep(r, 23, a),
		.detail = rows_keep(r, 24, a),
		.report_no = rows_int(r, 25),
		.in_effect = rows_int(r, 26) != 0,
		.ended_us = rows_int(r, 27),
		.figures = rows_keep(r, 28, a),
		.devices = rows_int(r, 29),
		.file_sha256 = rows_keep(r, 30, a),
		.file_size = rows_int(r, 31),
		.file_us = rows_int(r, 32),
		.evidence_id = rows_int(r, 33),
		.token = rows_keep(r, 34, a),
		.number = rows_keep(r, 35, a),
		.company_name = rows_keep(r, 36, a),
		.sensor_name = rows_keep(r, 37, a),
		.made_name = rows_keep(r, 38, a),
		.consent_by = rows_keep(r, 39, a),
		.consent_revoked_us = rows_int(r, 40),
	};
}

int response_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		       struct response_order *out, struct err *e)
{
	struct rows *r = db_query(t, s, ORDERS "WHERE o.id = $1 AND @scope(o.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, order_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such order") : got;
}

int response_store_by_token(struct txn *t, const struct scope *s, const char *token, int64_t *out,
			    struct err *e)
{
	return db_one_int(t, s,
			  "SELECT id FROM sensor_order WHERE token = $1 AND @scope(company_id)",
			  DB_ARGS(DB_TEXT(token)), out, e);
}

int response_store_list(struct txn *t, const struct scope *s, const struct response_filter *f,
			struct arena *a, struct response_order **out, size_t *n_out, struct err *e)
{
	const struct dbv limit = DB_INT((int64_t)f->limit), offset = DB_INT((int64_t)f->offset);
	struct rows *r;

#define NEWEST " AND @scope(o.company_id) ORDER BY o.id DESC LIMIT $2 OFFSET $3"
	if (f->consent_id)
		r = db_query(t, s, ORDERS "WHERE o.consent_id = $1" NEWEST,
			     DB_ARGS(DB_INT(f->consent_id), limit, offset), e);
	else if (f->incident_id)
		r = db_query(t, s, ORDERS "WHERE o.incident_id = $1" NEWEST,
			     DB_ARGS(DB_INT(f->incident_id), limit, offset), e);
	else if (f->in_effect)
		r = db_query(t, s,
			     ORDERS "WHERE o.in_effect = 1 AND ($1 = 0 OR o.company_id = $1)"
				    " AND @scope(o.company_id) ORDER BY o.until_us, o.id LIMIT $2"
				    " OFFSET $3",
			     DB_ARGS(DB_INT(f->company_id), limit, offset), e);
	else if (f->state)
		r = db_query(t, s,
			     ORDERS "WHERE o.state = $1 AND ($4 = 0 OR o.company_id = $4)" NEWEST,
			     DB_ARGS(DB_TEXT(f->state), limit, offset, DB_INT(f->company_id)), e);
	else
		r = db_query(t, s, ORDERS "WHERE ($1 = 0 OR o.company_id = $1)" NEWEST,
			     DB_ARGS(DB_INT(f->company_id), limit, offset), e);
#undef NEWEST
	return rows_list(r, order_read, a, ROWS_OUT(out, n_out), e);
}

int response_store_count(struct txn *t, const struct scope *s, const struct response_filter *f,
			 int64_t *out, struct err *e)
{
	if (f->in_effect)
		return db_one_int(t, s,
				  "SELECT count(*) FROM sensor_order WHERE in_effect = 1"
				  " AND ($1 = 0 OR company_id = $1) AND @scope(company_id)",
				  DB_ARGS(DB_INT(f->company_id)), out, e);
	return db_one_int(t, s,
			  "SELECT count(*) FROM sensor_order WHERE ($1 = '' OR state = $1)"
			  " AND ($2 = 0 OR company_id = $2) AND @scope(company_id)",
			  DB_ARGS(DB_TEXT(f->state ? f->state : ""), DB_INT(f->company_id)), out,
			  e);
}

static int found(struct rows *r, struct arena *a, struct response_order *out, struct err *e)
{
	int got = rows_get(r, order_read, a, out, e);

	return got == -ENOENT ? 0 : got < 0 ? got : 1;
}

int response_store_same(struct txn *t, const struct scope *s, const struct response_order *o,
			struct arena *a, struct response_order *out, struct err *e)
{
	return found(db_query(t, s,
			      ORDERS "WHERE o.company_id = $1 AND o.type = $2 AND o.mac = $3"
				     " AND o.network = $4 AND o.port = $5 AND o.protocol = $6"
				     " AND o.sensor_id = $7 AND (o.in_effect = 1"
				     " OR o.state IN ('waiting', 'sent', 'running'))"
				     " AND @scope(o.company_id) ORDER BY o.id DESC LIMIT 1",
			      DB_ARGS(DB_INT(o->company_id), DB_TEXT(o->type), DB_TEXT(o->mac),
				      DB_TEXT(o->network), DB_INT(o->port), DB_INT(o->protocol),
				      DB_INT(o->sensor_id)),
			      e),
		     a, out, e);
}

int response_store_effect(struct txn *t, const struct scope *s, const struct response_order *o,
			  struct arena *a, struct response_order *out, struct err *e)
{
	return found(db_query(t, s,
			      ORDERS "WHERE o.company_id = $1 AND o.mac = $2 AND o.network = $3"
				     " AND o.port = $4 AND o.protocol = $5 AND o.sensor_id = $6"
				     " AND o.in_effect = 1 AND o.id <> $7"
				     " AND @scope(o.company_id) ORDER BY o.id DESC LIMIT 1",
			      DB_ARGS(DB_INT(o->company_id), DB_TEXT(o->mac), DB_TEXT(o->network),
				      DB_INT(o->port), DB_INT(o->protocol), DB_INT(o->sensor_id),
				      DB_INT(o->id)),
			      e),
		     a, out, e);
}

int response_store_overdue(struct txn *t, int64_t now_us, int64_t silent_us, size_t limit,
			   struct arena *a, struct response_order **out, size_t *n_out,
			   struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		ORDERS "WHERE ((o.state = 'waiting' AND o.expires_us <= $1)"
		       " OR (o.state IN ('sent', 'running') AND o.expires_us + o.seconds * 1000000"
		       " <= $2) OR (o.in_effect = 1 AND o.until_us <= $2))"
		       " AND @scope(o.company_id) ORDER BY o.id LIMIT $3",
		DB_ARGS(DB_INT(now_us), DB_INT(silent_us), DB_INT((int64_t)limit)), e);

	return rows_list(r, order_read, a, ROWS_OUT(out, n_out), e);
}

int response_store_files(struct txn *t, size_t limit, struct arena *a, struct response_order **out,
			 size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  ORDERS "WHERE o.file_us > 0 AND o.evidence_id IS NULL"
					 " AND o.type = 'capture' AND @scope(o.company_id)"
					 " ORDER BY o.id LIMIT $1",
				  DB_ARGS(DB_INT((int64_t)limit)), e);

	return rows_list(r, order_read, a, ROWS_OUT(out, n_out), e);
}

int response_store_urgent(struct txn *t, const struct scope *s, int64_t since_us, int64_t until_us,
			  size_t limit, struct arena *a, struct response_order **out, size_t *n_out,
			  struct err *e)
{
	struct rows *r = db_query(
		t, s,
		ORDERS "WHERE ((o.in_effect = 1 AND o.until_us <= $2)"
		       " OR (o.state IN ('refused', 'failed', 'expired') AND o.made_us >= $1"
		       " AND i.state <> 'closed' AND NOT EXISTS (SELECT 1 FROM sensor_order n"
		       " WHERE n.incident_id = o.incident_id AND n.id > o.id AND n.type = o.type"
		       " AND n.mac = o.mac AND n.network = o.network)))"
		       " AND @scope(o.company_id) ORDER BY o.id DESC LIMIT $3",
		DB_ARGS(DB_INT(since_us), DB_INT(until_us), DB_INT((int64_t)limit)), e);

	return rows_list(r, order_read, a, ROWS_OUT(out, n_out), e);
}
