/* SPDX-License-Identifier: Apache-2.0 */
/* SQL of exports and imports. */
#include "hub/exports/exports_store.h"

#include <errno.h>

#include "store/rows.h"

int exports_store_log(struct txn *t, const struct scope *s, const struct export_log_row *r,
		      struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO export_log (company_id, incident_id, kind, cases, named, hidden,"
		      " sent_to, purpose, person_id, org_id, at_us)"
		      " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE @scope($1)",
		      DB_ARGS(DB_INT(r->company_id), db_int_or_null(r->incident_id),
			      DB_TEXT(r->kind), DB_INT(r->cases), DB_INT(r->named),
			      DB_INT(r->hidden), DB_TEXT(r->to), DB_TEXT(r->purpose),
			      DB_INT(r->person_id), DB_INT(r->org_id), DB_INT(r->at_us)),
		      e);
}

static void told_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct export_told *)row = (struct export_told){
		.id = rows_int(r, 0),
		.incident_id = rows_int(r, 1),
		.kind = rows_keep(r, 2, a),
		.cases = rows_int(r, 3),
		.named = rows_int(r, 4) != 0,
		.hidden = rows_int(r, 5),
		.to = rows_keep(r, 6, a),
		.purpose = rows_keep(r, 7, a),
		.at_us = rows_int(r, 8),
		.person_name = rows_keep(r, 9, a),
		.org_name = rows_keep(r, 10, a),
		.number = rows_keep(r, 11, a),
	};
}

int exports_told(struct txn *t, const struct scope *s, int64_t company_id, int64_t incident_id,
		 struct arena *a, struct export_told **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT x.id, x.incident_id, x.kind, x.cases, x.named, x.hidden, x.sent_to,"
		" x.purpose, x.at_us, p.name, o.name, i.number FROM export_log x"
		" LEFT JOIN person p ON p.id = x.person_id LEFT JOIN organisation o ON o.id = "
		"x.org_id"
		" LEFT JOIN incident i ON i.id = x.incident_id"
		" WHERE x.company_id = $1 AND ($2 = 0 OR x.incident_id = $2)"
		" AND @scope(x.company_id) ORDER BY x.at_us DESC, x.id DESC LIMIT $3",
		DB_ARGS(DB_INT(company_id), DB_INT(incident_id), DB_INT(EXPORT_TOLD_MAX)), e);

	return rows_list(r, told_read, a, ROWS_OUT(out, n_out), e);
}

/* --- imports --- */

int exports_store_key_add(struct txn *t, const struct scope *s, const struct import_key *k,
			  struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO import_key (company_id, incident_id, system, source, source_ref,"
		      " person_id, at_us) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE @scope($1)",
		      DB_ARGS(DB_INT(k->company_id), DB_INT(k->incident_id), DB_TEXT(k->system),
			      DB_TEXT(k->source), DB_TEXT(k->source_ref), DB_INT(k->person_id),
			      DB_INT(k->at_us)),
		      e);
}

static int found(int r, int64_t *out, int64_t value)
{
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	*out = value;
	return 1;
}

int exports_store_key_find(struct txn *t, const struct scope *s, const struct import_key *k,
			   int64_t *out, struct err *e)
{
	int64_t id = 0;
	int r = db_one_int(t, s,
			   "SELECT incident_id FROM import_key WHERE system = $1 AND source = $2"
			   " AND source_ref = $3 AND company_id = $4 AND @scope(company_id)",
			   DB_ARGS(DB_TEXT(k->system), DB_TEXT(k->source), DB_TEXT(k->source_ref),
				   DB_INT(k->company_id)),
			   &id, e);

	return found(r, out, id);
}

int exports_store_customer(struct txn *t, const struct scope *s, const struct import_key *k,
			   const char *customer, int64_t *out, struct err *e)
{
	int64_t id = 0;
	int r = db_one_int(t, s,
			   "SELECT company_id FROM import_customer WHERE system = $1"
			   " AND source = $2 AND customer = $3 AND @scope(company_id)",
			   DB_ARGS(DB_TEXT(k->system), DB_TEXT(k->source), DB_TEXT(customer)), &id,
			   e);

	return found(r, out, id);
}

int exports_store_customer_set(struct txn *t, const struct scope *s, const struct import_key *k,
			       const char *customer, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO import_customer (system, source, customer, company_id)"
		      " SELECT $1, $2, $3, $4 WHERE @scope($4)"
		      " ON CONFLICT (system, source, customer) DO NOTHING",
		      DB_ARGS(DB_TEXT(k->system), DB_TEXT(k->source), DB_TEXT(customer),
			      DB_INT(k->company_id)),
		      e);
}

/* Drafts belong to the person who made them, not to a company: @global. */
int exports_store_draft_add(struct txn *t, const struct hub_import_draft *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO import_history_draft (token, person_id, file_name,"
		      " body, created_us) VALUES ($1, $2, $3, $4, $5)",
		      DB_ARGS(DB_TEXT(d->token), DB_INT(d->person_id), DB_TEXT(d->file_name),
			      DB_BLOB(d->p, d->n), DB_INT(d->created_us)),
		      e);
}

static void draft_read(const struct rows *r, struct arena *a, void *row)
{
	struct hub_import_draft *d = row;

	d->file_name = rows_keep(r, 0, a);
	d->created_us = rows_int(r, 1);
	d->p = rows_keep_blob(r, 2, a, &d->n);
}

int exports_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			    struct arena *a, struct hub_import_draft *out, struct err *e)
{
	struct hub_import_draft d = { .token = arena_strdup(a, token), .person_id = person_id };
	struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT file_name, created_us, body FROM import_history_draft"
			 " WHERE token = $1 AND person_id = $2 AND created_us > $3",
			 DB_ARGS(DB_TEXT(token), DB_INT(person_id), DB_INT(since_us)), e);
	int got = rows_get(r, draft_read, a, &d, e);

	if (got == -ENOENT)
		return err_set(e, -ENOENT, "this import has expired: choose the file again");
	if (got >= 0)
		*out = d;
	return got;
}

int exports_store_draft_expire(struct txn *t, int64_t before_us, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global DELETE FROM import_history_draft WHERE created_us < $1",
		      DB_ARGS(DB_INT(before_us)), e);
}
