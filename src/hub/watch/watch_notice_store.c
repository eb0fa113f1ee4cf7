/* SPDX-License-Identifier: Apache-2.0 */
/* Notices in the database. */
#include "hub/watch/watch_notice_store.h"

#include <errno.h>

#include "store/rows.h"

int watch_notice_store_add(struct txn *t, const struct scope *s, const struct notice_row *n,
			   int64_t *id_out, struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO notice (company_id, alert_id, contact_id, contact_name, target,"
		" lang, state, token_sha256, queued_us, next_try_us, attempts, error,"
		" sent_us, opened_us, read_us, call_due_us, called_us, outcome)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, '', 0, 0, 0, $11, 0, ''"
		" WHERE @scope($1) RETURNING id",
		DB_ARGS(DB_INT(n->company_id), DB_INT(n->alert_id), DB_INT(n->contact_id),
			DB_TEXT(n->contact_name), DB_TEXT(n->target), DB_TEXT(n->lang),
			DB_TEXT(n->state), DB_TEXT(n->token_sha256), DB_INT(n->now_us),
			DB_INT(n->next_try_us), DB_INT(n->call_due_us)),
		id_out, e);
}

int watch_notice_store_pending(struct txn *t, const struct scope *s, const struct watch_alert *a,
			       int64_t *out, struct err *e)
{
	return db_one_int(
		t, s,
		"SELECT count(*) FROM notice n JOIN alert o ON o.id = n.alert_id"
		" WHERE n.company_id = $1 AND n.state IN ('queued', 'sent', 'call')"
		" AND o.device_mac = $2 AND o.device_mac <> '' AND o.severity >= $3"
		" AND @scope(n.company_id)",
		DB_ARGS(DB_INT(a->company_id), DB_TEXT(a->device_mac), DB_INT(a->severity)), out,
		e);
}

#define NOTICE_SELECT                                                                              \
	"SELECT n.id, n.company_id, n.alert_id, n.contact_id, n.contact_name, n.target, n.state,"  \
	" n.error, n.outcome, n.lang, n.queued_us, n.next_try_us, n.attempts, n.sent_us,"          \
	" n.opened_us, n.read_us, n.call_due_us, n.called_us, n.called_by, c.name,"                \
	" CASE WHEN k.phone <> '' THEN k.phone ELSE c.phone END, p.name, a.severity"               \
	" FROM notice n JOIN company c ON c.id = n.company_id JOIN alert a ON a.id = n.alert_id"   \
	" LEFT JOIN contact k ON k.id = n.contact_id LEFT JOIN person p ON p.id = n.called_by"

static void notice_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct watch_notice *)row = (struct watch_notice){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.alert_id = rows_int(r, 2),
		.contact_id = rows_int(r, 3),
		.contact_name = rows_keep(r, 4, a),
		.target = rows_keep(r, 5, a),
		.state = rows_keep(r, 6, a),
		.error = rows_keep(r, 7, a),
		.outcome = rows_keep(r, 8, a),
		.lang = lang_parse(rows_text(r, 9), LANG_JA),
		.queued_us = rows_int(r, 10),
		.next_try_us = rows_int(r, 11),
		.attempts = rows_int(r, 12),
		.sent_us = rows_int(r, 13),
		.opened_us = rows_int(r, 14),
		.read_us = rows_int(r, 15),
		.call_due_us = rows_int(r, 16),
		.called_us = rows_int(r, 17),
		.called_by = rows_int(r, 18),
		.company_name = rows_keep(r, 19, a),
		.phone = rows_keep(r, 20, a),
		.called_name = rows_keep(r, 21, a),
		.severity = (int)rows_int(r, 22),
	};
}

static const char *list_sql(enum notice_list kind)
{
	if (kind == NOTICES_OF_ALERT)
		return NOTICE_SELECT
			" WHERE n.alert_id = $1 AND n.queued_us <= $2 AND @scope(n.company_id)"
			" ORDER BY n.id LIMIT $3";
	if (kind == NOTICES_TO_SEND)
		return NOTICE_SELECT
			" WHERE n.state = 'queued' AND n.next_try_us <= $2 AND $1 = 0"
			" AND @scope(n.company_id) ORDER BY n.next_try_us, n.id LIMIT $3";
	return NOTICE_SELECT " WHERE n.state = 'call' AND n.call_due_us <= $2 AND $1 = 0"
			     " AND @scope(n.company_id)"
			     " ORDER BY a.severity DESC, n.call_due_us, n.id LIMIT $3";
}

int watch_notice_store_list(struct txn *t, const struct scope *s, const struct notice_query *q,
			    struct arena *a, struct watch_notice **out, size_t *n_out,
			    struct err *e)
{
	struct rows *r = db_query(
		t, s, list_sql(q->kind),
		DB_ARGS(DB_INT(q->alert_id), DB_INT(q->now_us), DB_INT((int64_t)q->limit)), e);

	return rows_list(r, notice_read, a, ROWS_OUT(out, n_out), e);
}

static int one(struct rows *r, struct arena *a, struct watch_notice *out, struct err *e)
{
	int got = rows_get(r, notice_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such notice") : got;
}

int watch_notice_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			   struct watch_notice *out, struct err *e)
{
	struct rows *r = db_query(t, s, NOTICE_SELECT " WHERE n.id = $1 AND @scope(n.company_id)",
				  DB_ARGS(DB_INT(id)), e);

	return one(r, a, out, e);
}

int watch_notice_store_by_token(struct txn *t, const struct scope *s, const char *token_sha256,
				struct arena *a, struct watch_notice *out, struct err *e)
{
	struct rows *r =
		db_query(t, s, NOTICE_SELECT " WHERE n.token_sha256 = $1 AND @scope(n.company_id)",
			 DB_ARGS(DB_TEXT(token_sha256)), e);

	return one(r, a, out, e);
}

int watch_notice_store_token(struct txn *t, const struct scope *s, int64_t id,
			     const char *token_sha256, struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET token_sha256 = $2 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(token_sha256)), e);
}

int watch_notice_store_sent(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			    int64_t call_due_us, struct err *e)
{
	return db_run(
		t, s,
		"UPDATE notice SET state = 'sent', sent_us = $2, call_due_us = $3, error = '',"
		" attempts = attempts + 1"
		" WHERE id = $1 AND state = 'queued' AND @scope(company_id)",
		DB_ARGS(DB_INT(id), DB_INT(now_us), DB_INT(call_due_us)), e);
}

int watch_notice_store_failed(struct txn *t, const struct scope *s, int64_t id, const char *why,
			      int64_t next_try_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET attempts = attempts + 1, error = $2, next_try_us = $3"
		      " WHERE id = $1 AND state = 'queued' AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(why), DB_INT(next_try_us)), e);
}

int watch_notice_store_to_call(struct txn *t, const struct scope *s, int64_t id, const char *why,
			       int64_t due_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET state = 'call', error = $2, call_due_us = $3"
		      " WHERE id = $1 AND state IN ('queued', 'sent') AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_TEXT(why), DB_INT(due_us)), e);
}

int watch_notice_store_overdue(struct txn *t, const struct scope *s, int64_t now_us,
			       struct notice_overdue *out, struct err *e)
{
	int64_t n =
		db_exec(t, s,
			"UPDATE notice SET state = 'obsolete' WHERE state IN ('queued', 'sent',"
			" 'call') AND @scope(company_id) AND alert_id IN (SELECT a.id FROM alert a"
			" WHERE a.id = notice.alert_id AND a.state = 'closed')",
			DB_NO_ARGS, e);
	if (n < 0)
		return (int)n;
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"UPDATE notice SET state = 'call' WHERE state = 'sent' AND call_due_us <= $1"
		" AND @scope(company_id) RETURNING company_id, alert_id",
		DB_ARGS(DB_INT(now_us)), e);
	int more;

	out->n = 0;
	while ((more = rows_next(r, e)) > 0) {
		if (out->n == NOTICE_OVERDUE_MAX)
			continue; /* they are calls now; their pages learn of it when asked */
		out->company_id[out->n] = rows_int(r, 0);
		out->alert_id[out->n++] = rows_int(r, 1);
	}
	return more;
}

int watch_notice_store_opened(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			      struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET opened_us = $2 WHERE id = $1 AND opened_us = 0"
		      " AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(now_us)), e);
}

int watch_notice_store_read(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			    struct err *e)
{
	return db_run(
		t, s,
		"UPDATE notice SET read_us = $2, state = CASE WHEN state = 'called' THEN 'called'"
		" ELSE 'read' END WHERE id = $1 AND read_us = 0 AND @scope(company_id)",
		DB_ARGS(DB_INT(id), DB_INT(now_us)), e);
}

int watch_notice_store_called(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			      const char *outcome, int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET state = 'called', called_us = $4, called_by = $2,"
		      " outcome = $3 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(person_id), DB_TEXT(outcome), DB_INT(now_us)), e);
}

int watch_notice_store_again(struct txn *t, const struct scope *s, const struct notice_again *n,
			     int64_t person_id, int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE notice SET call_due_us = $4, called_us = $3, called_by = $2,"
		      " attempts = attempts + 1, outcome = 'not_reached', contact_id = $5,"
		      " contact_name = $6, target = $7"
		      " WHERE id = $1 AND state = 'call' AND @scope(company_id)",
		      DB_ARGS(DB_INT(n->id), DB_INT(person_id), DB_INT(now_us), DB_INT(n->due_us),
			      DB_INT(n->contact_id), DB_TEXT(n->contact_name), DB_TEXT(n->target)),
		      e);
}
