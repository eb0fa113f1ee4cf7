/* SPDX-License-Identifier: Apache-2.0 */
/* Hits and verdicts in the database. A hit is a device of a company and an indicator of a feed; it
 * stays when the indicator leaves the feed, for that is how feeds are judged. */
#include "hub/intel/intel_hit_store.h"

#include <errno.h>

#include "store/rows.h"

int intel_hit_store_add(struct txn *t, const struct intel_met *m, struct err *e)
{
	return db_run(
		t, &scope_system,
		"@global INSERT INTO intel_hit (feed_id, value, kind, company_id, device_mac,"
		" findings, first_us, last_us) SELECT i.feed_id, i.value, i.kind, $3, $4, 1, $5, $6"
		" FROM intel_indicator i WHERE i.value = $1 AND i.kind = $2"
		" ON CONFLICT (feed_id, value, kind, company_id, device_mac) DO UPDATE SET"
		" findings = intel_hit.findings + 1,"
		" last_us = CASE WHEN excluded.last_us > intel_hit.last_us THEN excluded.last_us"
		" ELSE intel_hit.last_us END",
		DB_ARGS(DB_TEXT(m->key.value), DB_INT(m->key.kind), DB_INT(m->company_id),
			DB_TEXT(m->device_mac), DB_INT(m->first_us), DB_INT(m->last_us)),
		e);
}

#define WRONG                                                                                      \
	"EXISTS (SELECT 1 FROM intel_verdict v WHERE v.value = h.value AND v.kind = h.kind"        \
	" AND v.ended_us = 0 AND (v.region = 1 OR v.company_id = h.company_id)"                    \
	" AND @scope(v.company_id))"

static void score_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct intel_score *)row = (struct intel_score){
		.feed_id = rows_int(r, 0),
		.hits = rows_int(r, 1),
		.wrong = rows_int(r, 2),
		.findings = rows_int(r, 3),
		.last_us = rows_int(r, 4),
	};
}

int intel_hit_store_scores(struct txn *t, const struct scope *s, struct arena *a,
			   struct intel_score **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT h.feed_id, count(*), CAST(sum(CASE WHEN " WRONG
		" THEN 1 ELSE 0 END) AS BIGINT), CAST(sum(h.findings) AS BIGINT), max(h.last_us)"
		" FROM intel_hit h WHERE @scope(h.company_id) GROUP BY h.feed_id",
		DB_NO_ARGS, e);

	return rows_list(r, score_read, a, ROWS_OUT(out, n_out), e);
}

static void hit_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_hit_row *)row = (struct intel_hit_row){
		.company_id = rows_int(r, 0),
		.findings = rows_int(r, 1),
		.first_us = rows_int(r, 2),
		.last_us = rows_int(r, 3),
		.company_name = rows_keep(r, 4, a),
		.device_mac = rows_keep(r, 5, a),
		.device_name = rows_keep(r, 6, a),
		.key = { (enum indicator_kind)rows_int(r, 7), rows_keep(r, 8, a) },
		.wrong = rows_int(r, 9) != 0,
	};
}

int intel_hit_store_list(struct txn *t, const struct scope *s, const struct intel_hit_filter *f,
			 struct arena *a, struct intel_hit_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT h.company_id, CAST(max(h.findings) AS BIGINT), min(h.first_us),"
		" max(h.last_us), c.name, h.device_mac,"
		" coalesce(CASE WHEN d.given_name <> '' THEN d.given_name ELSE d.hostname END, ''),"
		" h.kind, h.value, CASE WHEN " WRONG " THEN 1 ELSE 0 END"
		" FROM intel_hit h JOIN company c ON c.id = h.company_id"
		" LEFT JOIN device d ON d.company_id = h.company_id AND d.mac = h.device_mac"
		" WHERE ($1 = 0 OR h.feed_id = $1) AND ($2 = '' OR (h.value = $2 AND h.kind = $3))"
		" AND @scope(h.company_id)"
		" GROUP BY h.company_id, c.name, h.device_mac, d.given_name, d.hostname, h.kind,"
		" h.value ORDER BY max(h.last_us) DESC LIMIT $4",
		DB_ARGS(DB_INT(f->feed_id), DB_TEXT(f->key.value ? f->key.value : ""),
			DB_INT(f->key.kind), DB_INT(f->limit)),
		e);

	return rows_list(r, hit_read, a, ROWS_OUT(out, n_out), e);
}

int intel_hit_store_forget(struct txn *t, int64_t feed_id, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM intel_hit WHERE feed_id = $1",
		      DB_ARGS(DB_INT(feed_id)), e);
}

/* --- verdicts --- */

int intel_verdict_store_add(struct txn *t, const struct scope *s, const struct intel_wrong *w,
			    int64_t person_id, int64_t now_us, int64_t *id_out, struct err *e)
{
	int r = db_one_int(t, s,
			   "INSERT INTO intel_verdict (company_id, region, kind, value, reason,"
			   " alert_id, made_by, made_us, ended_us)"
			   " SELECT $1, $2, $3, $4, $5, $6, $7, $8, 0 WHERE @scope($1)"
			   " RETURNING id",
			   DB_ARGS(DB_INT(w->company_id), DB_INT(w->region), DB_INT(w->key.kind),
				   DB_TEXT(w->key.value), DB_TEXT(w->reason), DB_INT(w->alert_id),
				   DB_INT(person_id), DB_INT(now_us)),
			   id_out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such company") : r;
}

int intel_verdict_store_covers(struct txn *t, const struct intel_wrong *w, struct err *e)
{
	int64_t n;
	int r = db_one_int(t, &scope_system,
			   "@global SELECT count(*) FROM intel_verdict WHERE value = $1"
			   " AND kind = $2 AND ended_us = 0"
			   " AND (region = 1 OR ($3 = 0 AND company_id = $4))",
			   DB_ARGS(DB_TEXT(w->key.value), DB_INT(w->key.kind), DB_INT(w->region),
				   DB_INT(w->company_id)),
			   &n, e);

	return r < 0 ? r : n > 0;
}

#define VERDICT                                                                                    \
	"SELECT v.id, v.company_id, v.region, v.kind, v.value, v.reason, v.alert_id, v.made_us,"   \
	" v.ended_us, coalesce(p.name, ''), c.name FROM intel_verdict v"                           \
	" JOIN company c ON c.id = v.company_id LEFT JOIN person p ON p.id = v.made_by"

static void verdict_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_verdict *)row = (struct intel_verdict){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.region = rows_int(r, 2) != 0,
		.kind = (enum indicator_kind)rows_int(r, 3),
		.value = rows_keep(r, 4, a),
		.reason = rows_keep(r, 5, a),
		.alert_id = rows_int(r, 6),
		.made_us = rows_int(r, 7),
		.ended_us = rows_int(r, 8),
		.made_name = rows_keep(r, 9, a),
		.company_name = rows_keep(r, 10, a),
	};
}

int intel_verdict_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			    struct intel_verdict *out, struct err *e)
{
	struct rows *r = db_query(t, s, VERDICT " WHERE v.id = $1 AND @scope(v.company_id)",
				  DB_ARGS(DB_INT(id)), e);
	int got = rows_get(r, verdict_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such verdict") : got;
}

int intel_verdict_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			    int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE intel_verdict SET ended_us = $3, ended_by = $2 WHERE id = $1"
			 " AND ended_us = 0 AND @scope(company_id)",
			 DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(now_us)), e);
}

int intel_verdict_store_list(struct txn *t, const struct scope *s, const struct intel_key *key,
			     int64_t limit, struct arena *a, struct intel_verdict **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  VERDICT " WHERE ($1 = '' OR (v.value = $1 AND v.kind = $2))"
					  " AND @scope(v.company_id) ORDER BY v.id DESC LIMIT $3",
				  DB_ARGS(DB_TEXT(key ? key->value : ""),
					  DB_INT(key ? (int64_t)key->kind : 0), DB_INT(limit)),
				  e);

	return rows_list(r, verdict_read, a, ROWS_OUT(out, n_out), e);
}

int intel_verdict_store_active(struct txn *t, bool region, struct arena *a,
			       struct intel_verdict **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT v.id, v.company_id, v.region, v.kind, v.value, '', v.alert_id,"
		" v.made_us, v.ended_us, '', '' FROM intel_verdict v WHERE v.ended_us = 0"
		" AND v.region = $1 ORDER BY v.company_id, v.id LIMIT 100000",
		DB_ARGS(DB_INT(region)), e);

	return rows_list(r, verdict_read, a, ROWS_OUT(out, n_out), e);
}
