/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on table incident_consent. */
#include <errno.h>

#include "base/mem.h"
#include "hub/cases/cases_store.h"
#include "store/rows.h"

int cases_store_consent(struct txn *t, const struct scope *s, const struct incident *c,
			const struct case_consent *k, int64_t person_id, int64_t *id_out,
			struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO incident_consent (incident_id, company_id, what, given_by, how,"
		" given_us, revoked_us, recorded_by, role, until, until_us, words)"
		" SELECT $1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11 WHERE @scope($2)"
		" RETURNING id",
		DB_ARGS(DB_INT(c->id), DB_INT(c->company_id), DB_TEXT(k->what),
			DB_TEXT(k->given_by), DB_TEXT(k->how), DB_INT(k->given_us),
			DB_INT(person_id), DB_TEXT(k->role), DB_TEXT(k->until), DB_INT(k->until_us),
			DB_TEXT(k->words)),
		id_out, e);
}

int cases_store_consent_revoke(struct txn *t, const struct scope *s, int64_t incident_id,
			       int64_t id, int64_t person_id, int64_t now_us, struct err *e)
{
	return db_change(
		t, s,
		"UPDATE incident_consent SET revoked_us = $3, revoked_by = $4"
		" WHERE id = $2 AND incident_id = $1 AND revoked_us = 0"
		" AND @scope(company_id)",
		DB_ARGS(DB_INT(incident_id), DB_INT(id), DB_INT(now_us), db_int_or_null(person_id)),
		e);
}

static void consent_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_consent *)row = (struct case_consent){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.what = rows_keep(r, 3, a),
		.given_by = rows_keep(r, 4, a),
		.how = rows_keep(r, 5, a),
		.given_us = rows_int(r, 6),
		.revoked_us = rows_int(r, 7),
		.role = rows_keep(r, 8, a),
		.until = rows_keep(r, 9, a),
		.until_us = rows_int(r, 10),
		.words = rows_keep(r, 11, a),
		.number = rows_keep(r, 12, a),
		.recorded_by = rows_keep(r, 13, a),
		.revoked_by = rows_keep(r, 14, a),
		.origin = rows_keep(r, 15, a),
	};
}

/* One without an end of its own ended when its case did. */
#define CONSENTS                                                                                   \
	"SELECT k.id, k.incident_id, k.company_id, k.what, k.given_by, k.how, k.given_us,"         \
	" k.revoked_us, k.role, k.until,"                                                          \
	" CASE WHEN k.until_us = 0 THEN i.closed_us ELSE k.until_us END, k.words, i.number,"       \
	" p.name, q.name, o.number FROM incident_consent k"                                        \
	" JOIN incident i ON i.id = k.incident_id"                                                 \
	" LEFT JOIN incident o ON o.id = k.origin_id AND o.id <> k.incident_id"                    \
	" LEFT JOIN person p ON p.id = k.recorded_by LEFT JOIN person q ON q.id = k.revoked_by"

int cases_store_consents(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			 struct case_consent **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  CONSENTS " WHERE k.incident_id = $1 AND @scope(k.company_id)"
					   " ORDER BY k.id LIMIT 500",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, consent_read, a, ROWS_OUT(out, n_out), e);
}

int cases_store_consents_of(struct txn *t, const struct scope *s, int64_t company_id, size_t limit,
			    struct arena *a, struct case_consent **out, size_t *n_out,
			    struct err *e)
{
	struct rows *r = db_query(t, s,
				  CONSENTS " WHERE k.company_id = $1 AND @scope(k.company_id)"
					   " ORDER BY k.given_us DESC, k.id DESC LIMIT $2",
				  DB_ARGS(DB_INT(company_id), DB_INT((int64_t)limit)), e);

	return rows_list(r, consent_read, a, ROWS_OUT(out, n_out), e);
}

int cases_store_consent_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			    struct case_consent *out, struct err *e)
{
	struct rows *r = db_query(t, s, CONSENTS " WHERE k.id = $1 AND @scope(k.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, consent_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such consent") : got;
}

int cases_store_consents_end(struct txn *t, const struct scope *s, int64_t incident_id,
			     struct err *e)
{
	return db_run(t, s,
		      "UPDATE incident_consent SET until_us = (SELECT i.closed_us FROM incident i"
		      " WHERE i.id = incident_consent.incident_id) WHERE incident_id = $1"
		      " AND until_us = 0 AND @scope(company_id)",
		      DB_ARGS(DB_INT(incident_id)), e);
}
