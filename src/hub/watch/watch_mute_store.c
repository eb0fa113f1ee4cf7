/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes in the database. */
#include "hub/watch/watch_mute_store.h"

#include <errno.h>

#include "store/rows.h"

int watch_mute_store_add(struct txn *t, const struct scope *s, const struct watch_mute *m,
			 int64_t person_id, int64_t now_us, int64_t *id_out, struct err *e)
{
	int r = db_one_int(
		t, s,
		"INSERT INTO mute (company_id, detector, device_mac, peer, name, until_us,"
		" reason, made_by, made_us, ended_us, hits, port)"
		" SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10 WHERE @scope($1)"
		" RETURNING id",
		DB_ARGS(DB_INT(m->company_id), DB_TEXT(m->detector), DB_TEXT(m->device_mac),
			DB_TEXT(m->peer), DB_TEXT(m->name), DB_INT(m->until_us), DB_TEXT(m->reason),
			DB_INT(person_id), DB_INT(now_us), DB_INT(m->port)),
		id_out, e);
	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such company") : r;
}

int watch_mute_store_company(struct txn *t, const struct scope *s, int64_t id, int64_t *out,
			     struct err *e)
{
	int r = db_one_int(t, s, "SELECT company_id FROM mute WHERE id = $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(id)), out, e);
	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such mute") : r;
}

int watch_mute_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			 int64_t now_us, struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE mute SET ended_us = $3, ended_by = $2 WHERE id = $1"
			    " AND ended_us = 0 AND @scope(company_id)",
			    DB_ARGS(DB_INT(id), DB_INT(person_id), DB_INT(now_us)), e);
	if (n < 0)
		return (int)n;
	n = db_exec(t, s,
		    "UPDATE alert SET state = 'new', mute_id = NULL, changed_us = $2"
		    " WHERE mute_id = $1 AND state = 'muted' AND @scope(company_id)",
		    DB_ARGS(DB_INT(id), DB_INT(now_us)), e);
	return n < 0 ? (int)n : 0;
}

static void mute_read(const struct rows *r, struct arena *a, void *row)
{
	struct watch_mute *m = row;

	*m = (struct watch_mute){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.detector = rows_keep(r, 2, a),
		.device_mac = rows_keep(r, 3, a),
		.peer = rows_keep(r, 4, a),
		.name = rows_keep(r, 5, a),
		.until_us = rows_int(r, 6),
		.reason = rows_keep(r, 7, a),
		.made_by = rows_int(r, 8),
		.made_us = rows_int(r, 9),
		.ended_us = rows_int(r, 10),
		.hits = rows_int(r, 11),
		.made_name = rows_keep(r, 12, a),
		.company_name = rows_keep(r, 13, a),
		.device_name = rows_keep(r, 14, a),
		.port = rows_int(r, 15),
		.hit_us = rows_int(r, 17),
	};
	m->hits += rows_int(r, 16);
	(void)watch_mute_read(m, a, NULL); /* it was read when it was stored */
}

int watch_mute_store_list(struct txn *t, const struct scope *s, int64_t company_id,
			  int64_t active_at_us, struct arena *a, struct watch_mute **out,
			  size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT m.id, m.company_id, m.detector, m.device_mac, m.peer, m.name, m.until_us,"
		" m.reason, m.made_by, m.made_us, m.ended_us, m.hits, p.name, c.name,"
		" CASE WHEN d.given_name <> '' THEN d.given_name ELSE d.hostname END, m.port,"
		" (SELECT CAST(sum(h.hits) AS BIGINT) FROM mute_hit h WHERE h.mute_id = m.id),"
		" (SELECT max(h.last_us) FROM mute_hit h WHERE h.mute_id = m.id)"
		" FROM mute m JOIN company c ON c.id = m.company_id"
		" LEFT JOIN person p ON p.id = m.made_by"
		" LEFT JOIN device d ON d.company_id = m.company_id AND d.mac = m.device_mac"
		" WHERE ($1 = 0 OR m.company_id = $1)"
		" AND ($2 = 0 OR (m.until_us > $2 AND m.ended_us = 0)) AND @scope(m.company_id)"
		" ORDER BY m.id DESC LIMIT 1000",
		DB_ARGS(DB_INT(company_id), DB_INT(active_at_us)), e);

	return rows_list(r, mute_read, a, ROWS_OUT(out, n_out), e);
}

int watch_mute_store_hit(struct txn *t, const struct scope *s, int64_t id, int64_t findings,
			 struct err *e)
{
	return db_run(t, s, "UPDATE mute SET hits = hits + $2 WHERE id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(id), DB_INT(findings)), e);
}

int watch_mute_store_sensor_hits(struct txn *t, int64_t company_id, int64_t sensor_id,
				 const struct mute_hits *h, struct err *e)
{
	return db_run(
		t, &scope_system,
		"INSERT INTO mute_hit (mute_id, sensor_id, company_id, hits, last_us)"
		" SELECT m.id, $2, m.company_id, $4, $5 FROM mute m WHERE m.id = $1"
		" AND m.company_id = $3 AND @scope(m.company_id) ON CONFLICT (mute_id, sensor_id)"
		" DO UPDATE SET hits = excluded.hits, last_us = excluded.last_us"
		" WHERE excluded.hits > mute_hit.hits",
		DB_ARGS(DB_INT(h->mute), DB_INT(sensor_id), DB_INT(company_id),
			DB_INT((int64_t)h->hits), DB_INT(h->last_us)),
		e);
}
