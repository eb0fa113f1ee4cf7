/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on countermeasures and cost lines; on devices and indicators of cases, to read. */
#include "hub/evidence/evidence_facts_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

/* --- devices and indicators --- */

static void device_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_device *)row = (struct evidence_device){
		.id = rows_int(r, 0),
		.mac = rows_keep(r, 1, a),
		.address = rows_keep(r, 2, a),
		.name = rows_keep(r, 3, a),
		.state = rows_keep(r, 4, a),
		.added_us = rows_int(r, 5),
		.changed_us = rows_int(r, 6) ? rows_int(r, 6) : rows_int(r, 5),
		.why = rows_keep(r, 7, a),
		.changed_name = rows_keep(r, 8, a),
	};
}

int evidence_devices(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		     struct evidence_device **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT d.id, d.mac, d.address, d.name, d.state, d.added_us, h.at_us, h.why, p.name"
		" FROM incident_device d LEFT JOIN incident_device_state h ON h.id ="
		" (SELECT max(id) FROM incident_device_state WHERE device_id = d.id)"
		" LEFT JOIN person p ON p.id = h.person_id"
		" WHERE d.incident_id = $1 AND @scope(d.company_id) ORDER BY d.id LIMIT 500",
		DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, device_read, a, ROWS_OUT(out, n_out), e);
}

static void device_state_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_device_state *)row = (struct evidence_device_state){
		.device_id = rows_int(r, 0),
		.at_us = rows_int(r, 1),
		.state = rows_keep(r, 2, a),
		.why = rows_keep(r, 3, a),
		.person_name = rows_keep(r, 4, a),
	};
}

int evidence_device_history(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			    struct evidence_device_state **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT h.device_id, h.at_us, h.state, h.why, p.name"
				  " FROM incident_device_state h"
				  " JOIN incident_device d ON d.id = h.device_id"
				  " LEFT JOIN person p ON p.id = h.person_id"
				  " WHERE d.incident_id = $1 AND @scope(h.company_id)"
				  " ORDER BY h.id LIMIT 5000",
				  DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, device_state_read, a, ROWS_OUT(out, n_out), e);
}

static void indicator_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_indicator *)row = (struct evidence_indicator){
		.id = rows_int(r, 0),
		.type = rows_keep(r, 1, a),
		.value = rows_keep(r, 2, a),
		.note = rows_keep(r, 3, a),
		.tlp = rows_keep(r, 4, a),
		.added_us = rows_int(r, 5),
		.sightings = rows_int(r, 6),
		.last_us = rows_int(r, 7),
	};
}

/* A device that met an indicator is counted once, however many lists name it. */
int evidence_indicators(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
			struct evidence_indicator **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT i.id, i.type, i.value, i.note, i.tlp, i.added_us,"
		" (SELECT CAST(coalesce(sum(m.n), 0) AS BIGINT) FROM (SELECT max(h.findings) AS n"
		" FROM intel_hit h WHERE h.value = i.value AND h.company_id = i.company_id"
		" AND @scope(h.company_id) GROUP BY h.kind, h.device_mac) m),"
		" (SELECT coalesce(max(h.last_us), 0) FROM intel_hit h WHERE h.value = i.value"
		" AND h.company_id = i.company_id AND @scope(h.company_id))"
		" FROM incident_indicator i"
		" WHERE i.incident_id = $1 AND @scope(i.company_id) ORDER BY i.id LIMIT 500",
		DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, indicator_read, a, ROWS_OUT(out, n_out), e);
}

/* --- countermeasures --- */

int evidence_store_measure_add(struct txn *t, const struct scope *s, const struct evidence_of *of,
			       const struct evidence_measure_new *n, int64_t *id_out, struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO evidence_measure (incident_id, company_id, kind, what, target,"
		" person_id, from_us, until_us, ended_us, ended_why, version)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0, '', 1 WHERE @scope($2)"
		" RETURNING id",
		DB_ARGS(DB_INT(of->case_id), DB_INT(of->company_id), DB_TEXT(n->kind),
			DB_TEXT(n->what), DB_TEXT(n->target), db_int_or_null(of->person_id),
			DB_INT(n->from_us), DB_INT(n->until_us)),
		id_out, e);
}

int evidence_store_measure_change(struct txn *t, const struct scope *s,
				  const struct evidence_of *of,
				  const struct evidence_measure_end *end, struct err *e)
{
	return db_change(t, s,
			 "UPDATE evidence_measure SET version = version + 1,"
			 " until_us = CASE WHEN $4 = 0 THEN $5 ELSE until_us END,"
			 " ended_us = CASE WHEN $4 = 0 THEN 0 ELSE $6 END,"
			 " ended_by = CASE WHEN $4 = 0 THEN NULL ELSE $7 END, ended_why = $8"
			 " WHERE id = $1 AND incident_id = $2 AND version = $3 AND ended_us = 0"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(end->id), DB_INT(of->case_id), DB_INT(end->version),
				 DB_INT(end->why != NULL), DB_INT(end->until_us),
				 DB_INT(of->now_us), DB_INT(of->person_id),
				 DB_TEXT(end->why ? end->why : "")),
			 e);
}

static void measure_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_measure *)row = (struct evidence_measure){
		.id = rows_int(r, 0),
		.case_id = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.kind = rows_keep(r, 3, a),
		.what = rows_keep(r, 4, a),
		.target = rows_keep(r, 5, a),
		.person_name = rows_keep(r, 6, a),
		.from_us = rows_int(r, 7),
		.until_us = rows_int(r, 8),
		.ended_us = rows_int(r, 9),
		.ended_why = rows_keep(r, 10, a),
		.version = rows_int(r, 11),
	};
}

int evidence_measures(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		      struct evidence_measure **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT m.id, m.incident_id, m.company_id, m.kind, m.what, m.target,"
			 " p.name, m.from_us, m.until_us, m.ended_us, m.ended_why, m.version"
			 " FROM evidence_measure m LEFT JOIN person p ON p.id = m.person_id"
			 " WHERE m.incident_id = $1 AND @scope(m.company_id)"
			 " ORDER BY m.from_us, m.id LIMIT 1000",
			 DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, measure_read, a, ROWS_OUT(out, n_out), e);
}

int evidence_store_measures_due(struct txn *t, const struct scope *s, int64_t from_us,
				int64_t until_us, struct arena *a, struct evidence_measure **out,
				size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT m.id, m.incident_id, m.company_id, m.kind, m.what, i.number,"
			 " p.name, m.from_us, m.until_us, m.ended_us, m.ended_why, m.version"
			 " FROM evidence_measure m JOIN incident i ON i.id = m.incident_id"
			 " LEFT JOIN person p ON p.id = m.person_id"
			 " WHERE m.ended_us = 0 AND m.until_us > $1 AND m.until_us <= $2"
			 " AND @scope(m.company_id) ORDER BY m.until_us, m.id LIMIT 20",
			 DB_ARGS(DB_INT(from_us), DB_INT(until_us)), e);

	return rows_list(r, measure_read, a, ROWS_OUT(out, n_out), e);
}

/* --- time and cost --- */

int evidence_store_cost_add(struct txn *t, const struct scope *s, const struct evidence_of *of,
			    const struct evidence_cost *c, int64_t *id_out, struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO evidence_cost (incident_id, company_id, at_us, category, what, who,"
		" quantity_milli, unit, unit_yen, yen, minutes, billable, claimable, item_id,"
		" recorded_us, recorded_by, voided_us, voided_why)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, "
		"''"
		" WHERE @scope($2) RETURNING id",
		DB_ARGS(DB_INT(of->case_id), DB_INT(of->company_id), DB_INT(c->at_us),
			DB_TEXT(c->category), DB_TEXT(c->what), DB_TEXT(c->who),
			DB_INT(c->quantity_milli), DB_TEXT(c->unit), DB_INT(c->unit_yen),
			DB_INT(c->yen), DB_INT(c->minutes), DB_INT(c->billable),
			DB_INT(c->claimable), db_int_or_null(c->item_id), DB_INT(of->now_us),
			db_int_or_null(of->person_id)),
		id_out, e);
}

#define COST_COLUMNS                                                                               \
	"id, 0 AS action_id, at_us, category, what, who, quantity_milli, unit, unit_yen, yen,"     \
	" minutes, billable, claimable, item_id, voided_us, voided_why"

static void cost_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct evidence_cost *)row = (struct evidence_cost){
		.id = rows_int(r, 0),
		.action_id = rows_int(r, 1),
		.at_us = rows_int(r, 2),
		.category = rows_keep(r, 3, a),
		.what = rows_keep(r, 4, a),
		.who = rows_keep(r, 5, a),
		.quantity_milli = rows_int(r, 6),
		.unit = rows_keep(r, 7, a),
		.unit_yen = rows_int(r, 8),
		.yen = rows_int(r, 9),
		.minutes = rows_int(r, 10),
		.billable = rows_int(r, 11) != 0,
		.claimable = rows_int(r, 12) != 0,
		.item_id = rows_int(r, 13),
		.voided_us = rows_int(r, 14),
		.voided_why = rows_keep(r, 15, a),
	};
}

int evidence_costs(struct txn *t, const struct scope *s, int64_t case_id, struct arena *a,
		   struct evidence_cost **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT " COST_COLUMNS " FROM evidence_cost"
		" WHERE incident_id = $1 AND @scope(company_id)"
		" UNION ALL SELECT 0, k.id, k.started_us, 'labour', k.body, p.name, 1000, '',"
		" k.cost_yen, k.cost_yen, k.minutes, 1, 1, NULL, 0, '' FROM incident_action k"
		" LEFT JOIN person p ON p.id = k.person_id"
		" WHERE k.incident_id = $1 AND @scope(k.company_id)"
		" ORDER BY 3, 1, 2 LIMIT 5000",
		DB_ARGS(DB_INT(case_id)), e);

	return rows_list(r, cost_read, a, ROWS_OUT(out, n_out), e);
}

int evidence_store_cost_get(struct txn *t, const struct scope *s, int64_t case_id, int64_t id,
			    struct arena *a, struct evidence_cost *out, struct err *e)
{
	int r = rows_get(db_query(t, s,
				  "SELECT " COST_COLUMNS " FROM evidence_cost"
				  " WHERE id = $2 AND incident_id = $1 AND @scope(company_id)",
				  DB_ARGS(DB_INT(case_id), DB_INT(id)), e),
			 cost_read, a, out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such line of cost") : r;
}

int evidence_store_cost_void(struct txn *t, const struct scope *s, const struct evidence_of *of,
			     int64_t id, const char *why, struct err *e)
{
	return db_change(t, s,
			 "UPDATE evidence_cost SET voided_us = $3, voided_by = $4, voided_why = $5"
			 " WHERE id = $2 AND incident_id = $1 AND voided_us = 0"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(of->case_id), DB_INT(id), DB_INT(of->now_us),
				 db_int_or_null(of->person_id), DB_TEXT(why)),
			 e);
}

struct counted {
	int64_t yen, minutes;
};

static void counted_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct counted *)row = (struct counted){ rows_int(r, 0), rows_int(r, 1) };
}

int evidence_store_cost_moved(struct txn *t, const struct scope *s, int64_t merge_id,
			      int64_t *yen_out, int64_t *minutes_out, struct err *e)
{
	struct counted sum;
	int r = rows_get(db_query(t, s,
				  "SELECT CAST(coalesce(sum(k.yen), 0) AS BIGINT),"
				  " CAST(coalesce(sum(k.minutes), 0) AS BIGINT)"
				  " FROM incident_moved g JOIN evidence_cost k ON k.id = g.row_id"
				  " WHERE g.merge_id = $1 AND g.tbl = 'evidence_cost'"
				  " AND k.voided_us = 0 AND @scope(k.company_id)",
				  DB_ARGS(DB_INT(merge_id)), e),
			 counted_read, NULL, &sum, e);

	if (r < 0)
		return r;
	*yen_out = sum.yen;
	*minutes_out = sum.minutes;
	return 0;
}
