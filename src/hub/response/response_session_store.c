/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on table screen_session. */
#include <errno.h>

#include "base/mem.h"
#include "hub/response/response_store.h"
#include "store/rows.h"

int response_store_session_add(struct txn *t, const struct scope *s,
			       const struct response_session *x, int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "INSERT INTO screen_session (company_id, incident_id, tool, device,"
			  " consent_id, person_id, started_us, ended_us, minutes, did, log_name,"
			  " log) SELECT $1, $2, $3, $4, $5, $6, $7, 0, 0, '', '', ''"
			  " WHERE @scope($1) RETURNING id",
			  DB_ARGS(DB_INT(x->company_id), DB_INT(x->incident_id), DB_TEXT(x->tool),
				  DB_TEXT(x->device), DB_INT(x->consent_id), DB_INT(x->person_id),
				  DB_INT(x->started_us)),
			  id_out, e);
}

int response_store_session_end(struct txn *t, const struct scope *s,
			       const struct response_session *x, struct err *e)
{
	return db_change(t, s,
			 "UPDATE screen_session SET ended_us = $2, minutes = $3, did = $4,"
			 " log_name = $5, log = $6 WHERE id = $1 AND ended_us = 0"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(x->id), DB_INT(x->ended_us), DB_INT(x->minutes),
				 DB_TEXT(x->did), DB_TEXT(x->log_name), DB_TEXT(x->log)),
			 e);
}

#define SESSIONS(log)                                                                              \
	"SELECT s.id, s.company_id, s.incident_id, s.consent_id, s.person_id, s.tool, s.device,"   \
	" s.did, s.log_name, " log ", s.started_us, s.ended_us, s.minutes, p.name"                 \
	" FROM screen_session s LEFT JOIN person p ON p.id = s.person_id "

static void session_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct response_session *)row = (struct response_session){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.incident_id = rows_int(r, 2),
		.consent_id = rows_int(r, 3),
		.person_id = rows_int(r, 4),
		.tool = rows_keep(r, 5, a),
		.device = rows_keep(r, 6, a),
		.did = rows_keep(r, 7, a),
		.log_name = rows_keep(r, 8, a),
		.log = rows_keep(r, 9, a),
		.started_us = rows_int(r, 10),
		.ended_us = rows_int(r, 11),
		.minutes = rows_int(r, 12),
		.person_name = rows_keep(r, 13, a),
	};
}

int response_store_session_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			       struct response_session *out, struct err *e)
{
	struct rows *r =
		db_query(t, s, SESSIONS("s.log") "WHERE s.id = $1 AND @scope(s.company_id)",
			 DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, session_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such work on a screen") : got;
}

int response_store_sessions(struct txn *t, const struct scope *s, int64_t incident_id,
			    struct arena *a, struct response_session **out, size_t *n_out,
			    struct err *e)
{
	struct rows *r = db_query(t, s,
				  SESSIONS("''") "WHERE s.incident_id = $1"
						 " AND @scope(s.company_id) ORDER BY s.id DESC"
						 " LIMIT 20",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, session_read, a, ROWS_OUT(out, n_out), e);
}
