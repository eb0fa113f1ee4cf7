/* SPDX-License-Identifier: Apache-2.0 */
/* What hangs on a case in the database: its story, actions, devices, indicators. Consents:
 * cases_consent_store.c. */
#include <errno.h>

#include "base/mem.h"
#include "hub/cases/cases_store.h"
#include "store/rows.h"

/* Where a row X came from, when it was not written in this case. */
#define ORIGIN(x) " LEFT JOIN incident o ON o.id = " x ".origin_id AND o.id <> " x ".incident_id"

int cases_store_entry(struct txn *t, const struct scope *s, const struct entry_row *r,
		      struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO incident_entry (incident_id, company_id, kind, happened_us,"
		      " recorded_us, person_id, body, text_key, text_arg, ref_id, roles)"
		      " SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE @scope($2)",
		      DB_ARGS(DB_INT(r->c->id), DB_INT(r->c->company_id), DB_TEXT(r->kind),
			      DB_INT(r->happened_us), DB_INT(r->now_us),
			      db_int_or_null(r->person_id), DB_TEXT(r->body ? r->body : ""),
			      DB_TEXT(r->text_key ? r->text_key : ""),
			      DB_TEXT(r->text_arg ? r->text_arg : ""), db_int_or_null(r->ref_id),
			      DB_INT(r->roles)),
		      e);
}

static void entry_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_entry *)row = (struct case_entry){
		.id = rows_int(r, 0),
		.kind = rows_keep(r, 1, a),
		.body = rows_keep(r, 2, a),
		.text_key = rows_keep(r, 3, a),
		.text_arg = rows_keep(r, 4, a),
		.person_name = rows_keep(r, 5, a),
		.happened_us = rows_int(r, 6),
		.recorded_us = rows_int(r, 7),
		.ref_id = rows_int(r, 8),
		.minutes = rows_is_null(r, 9) ? -1 : rows_int(r, 9),
		.cost_yen = rows_is_null(r, 10) ? -1 : rows_int(r, 10),
		.roles = (unsigned)rows_int(r, 11),
		.origin = rows_keep(r, 12, a),
	};
}

int cases_store_entries(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			struct case_entry **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT n.id, n.kind, n.body, n.text_key, n.text_arg, p.name, n.happened_us,"
		" n.recorded_us, n.ref_id, k.minutes, k.cost_yen, n.roles, o.number"
		" FROM incident_entry n"
		" LEFT JOIN incident_action k ON k.id = n.ref_id"
		" AND n.kind IN ('phone', 'remote', 'visit')"
		" LEFT JOIN person p ON p.id = COALESCE(k.person_id, n.person_id)" ORIGIN(
			"n") " WHERE n.incident_id = $1 AND @scope(n.company_id)"
			     " ORDER BY n.happened_us, n.id LIMIT 2000",
		DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, entry_read, a, ROWS_OUT(out, n_out), e);
}

/* The sums on the incident follow in the same transaction. */
static int action_sum(struct txn *t, const struct scope *s, const struct action_row *r,
		      struct err *e)
{
	const struct case_action_new *n = r->n;

	return db_run(t, s,
		      "UPDATE incident SET"
		      " n_phone = n_phone + CASE WHEN $2 = 'phone' THEN 1 ELSE 0 END,"
		      " n_remote = n_remote + CASE WHEN $2 = 'remote' THEN 1 ELSE 0 END,"
		      " n_visit = n_visit + CASE WHEN $2 = 'visit' THEN 1 ELSE 0 END,"
		      " minutes = minutes + $3, cost_yen = cost_yen + $4"
		      " WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(r->c->id), DB_TEXT(n->channel), DB_INT(n->minutes),
			      DB_INT(n->cost_yen)),
		      e);
}

int cases_store_action(struct txn *t, const struct scope *s, const struct action_row *r,
		       int64_t *id_out, struct err *e)
{
	const struct case_action_new *n = r->n;
	int ret = db_one_int(
		t, s,
		"INSERT INTO incident_action (incident_id, company_id, channel, person_id,"
		" started_us, minutes, cost_yen, body, recorded_us, recorded_by)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10 WHERE @scope($2)"
		" RETURNING id",
		DB_ARGS(DB_INT(r->c->id), DB_INT(r->c->company_id), DB_TEXT(n->channel),
			DB_INT(r->person_id), DB_INT(n->started_us), DB_INT(n->minutes),
			DB_INT(n->cost_yen), DB_TEXT(n->body), DB_INT(r->now_us),
			DB_INT(r->recorded_by)),
		id_out, e);

	return ret < 0 ? ret : action_sum(t, s, r, e);
}

int cases_cost(struct txn *t, const struct scope *s, int64_t case_id, int64_t minutes, int64_t yen,
	       struct err *e)
{
	int r = db_change(t, s,
			  "UPDATE incident SET minutes = minutes + $2, cost_yen = cost_yen + $3"
			  " WHERE id = $1 AND @scope(company_id)",
			  DB_ARGS(DB_INT(case_id), DB_INT(minutes), DB_INT(yen)), e);

	return r == 0 ? err_set(e, -ENOENT, "there is no such case") : r < 0 ? r : 0;
}

/* The history grows when the state is another one than before. */
static int device_turned(struct txn *t, const struct scope *s, const struct incident *c, int64_t id,
			 const struct case_device *d, int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO incident_device_state (device_id, company_id, state, why, at_us,"
		      " person_id) SELECT $1, $2, $3, $4, $5, $6"
		      " WHERE NOT EXISTS (SELECT 1 FROM incident_device_state h WHERE h.id ="
		      " (SELECT max(id) FROM incident_device_state WHERE device_id = $1)"
		      " AND h.state = $3 AND $4 = '') AND @scope($2)",
		      DB_ARGS(DB_INT(id), DB_INT(c->company_id), DB_TEXT(d->state),
			      DB_TEXT(d->why ? d->why : ""), DB_INT(now_us),
			      db_int_or_null(d->person_id)),
		      e);
}

int cases_store_device(struct txn *t, const struct scope *s, const struct incident *c,
		       const struct case_device *d, int64_t now_us, struct err *e)
{
	int64_t id;
	int r = db_one_int(
		t, s,
		"INSERT INTO incident_device (incident_id, company_id, mac, address, name, state,"
		" added_us) SELECT $1, $2, $3, $4, $5, $6, $7 WHERE @scope($2)"
		" ON CONFLICT (incident_id, mac, address) DO UPDATE SET state = excluded.state,"
		" name = CASE WHEN excluded.name <> '' THEN excluded.name"
		" ELSE incident_device.name END RETURNING id",
		DB_ARGS(DB_INT(c->id), DB_INT(c->company_id), DB_TEXT(d->mac), DB_TEXT(d->address),
			DB_TEXT(d->name), DB_TEXT(d->state), DB_INT(now_us)),
		&id, e);

	return r < 0 ? r : device_turned(t, s, c, id, d, now_us, e);
}

int cases_store_device_state(struct txn *t, const struct scope *s, const struct incident *c,
			     const char *was, const struct case_device *d, int64_t now_us,
			     struct err *e)
{
	int r = db_change(t, s,
			  "UPDATE incident_device SET state = $4 WHERE id = $1 AND incident_id = $2"
			  " AND state = $3 AND @scope(company_id)",
			  DB_ARGS(DB_INT(d->id), DB_INT(c->id), DB_TEXT(was), DB_TEXT(d->state)),
			  e);

	if (r <= 0)
		return r;
	r = device_turned(t, s, c, d->id, d, now_us, e);
	return r < 0 ? r : 1;
}

static void device_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_device *)row = (struct case_device){
		.id = rows_int(r, 0),
		.mac = rows_keep(r, 1, a),
		.address = rows_keep(r, 2, a),
		.name = rows_keep(r, 3, a),
		.state = rows_keep(r, 4, a),
		.origin = rows_keep(r, 5, a),
	};
}

int cases_store_devices(struct txn *t, const struct scope *s, int64_t incident_id, struct arena *a,
			struct case_device **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT d.id, d.mac, d.address, d.name, d.state, o.number"
				  " FROM incident_device d" ORIGIN(
					  "d") " WHERE d.incident_id = $1 AND @scope(d.company_id) "
					       "ORDER BY d.id LIMIT 500",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, device_read, a, ROWS_OUT(out, n_out), e);
}

int cases_store_indicator(struct txn *t, const struct scope *s, const struct incident *c,
			  const struct case_indicator *i, int64_t now_us, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO incident_indicator (incident_id, company_id, type, value,"
		      " note, added_us, tlp) SELECT $1, $2, $3, $4, $5, $6,"
		      " CASE WHEN $7 = '' THEN 'amber' ELSE $7 END WHERE @scope($2)"
		      " ON CONFLICT (incident_id, type, value) DO UPDATE SET"
		      " note = excluded.note,"
		      " tlp = CASE WHEN $7 = '' THEN incident_indicator.tlp ELSE excluded.tlp END",
		      DB_ARGS(DB_INT(c->id), DB_INT(c->company_id), DB_TEXT(i->type),
			      DB_TEXT(i->value), DB_TEXT(i->note), DB_INT(now_us),
			      DB_TEXT(i->tlp ? i->tlp : "")),
		      e);
}

int cases_store_indicator_tlp(struct txn *t, const struct scope *s, const struct incident *c,
			      int64_t id, const char *tlp, struct err *e)
{
	return db_change(t, s,
			 "UPDATE incident_indicator SET tlp = $3 WHERE id = $1 AND incident_id = $2"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(c->id), DB_TEXT(tlp)), e);
}

static void indicator_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct case_indicator *)row = (struct case_indicator){
		.id = rows_int(r, 0),
		.type = rows_keep(r, 1, a),
		.value = rows_keep(r, 2, a),
		.note = rows_keep(r, 3, a),
		.origin = rows_keep(r, 4, a),
		.tlp = rows_keep(r, 5, a),
	};
}

int cases_store_indicators(struct txn *t, const struct scope *s, int64_t incident_id,
			   struct arena *a, struct case_indicator **out, size_t *n_out,
			   struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT i.id, i.type, i.value, i.note, o.number, i.tlp"
				  " FROM incident_indicator i" ORIGIN(
					  "i") " WHERE i.incident_id = $1 AND @scope(i.company_id) "
					       "ORDER BY i.id LIMIT 500",
				  DB_ARGS(DB_INT(incident_id)), e);

	return rows_list(r, indicator_read, a, ROWS_OUT(out, n_out), e);
}
