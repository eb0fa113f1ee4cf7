/* SPDX-License-Identifier: Apache-2.0 */
/* Bundles, what they leave out, and who was given which. */
#include <errno.h>

#include "hub/intel/intel_work.h"
#include "store/rows.h"

static int kinds_get(struct txn *t, struct intel_bundle *b, struct err *e)
{
	int got;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT kind, n FROM intel_bundle_kind WHERE bundle_id = $1",
			 DB_ARGS(DB_INT(b->id)), e);

	while ((got = rows_next(r, e)) > 0) {
		int64_t kind = rows_int(r, 0);
		if (kind > 0 && kind < INDICATOR_KINDS)
			b->kinds[kind] = rows_int(r, 1);
	}
	return got;
}

static void bundle_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_bundle *)row = (struct intel_bundle){
		.id = rows_int(r, 0),
		.blob = rows_keep(r, 1, a),
		.digest = rows_keep(r, 2, a),
		.bytes = rows_int(r, 3),
		.indicators = rows_int(r, 4),
		.held = rows_int(r, 5),
		.made_us = rows_int(r, 6),
	};
}

int intel_bundle_newest(struct txn *t, struct arena *a, struct intel_bundle *out, struct err *e)
{
	struct intel_bundle b = { .blob = "", .digest = "" };
	struct rows *rows = db_query(t, &scope_system,
				     "@global SELECT id, sha256, digest, bytes, indicators, held,"
				     " made_us FROM intel_bundle ORDER BY id DESC LIMIT 1",
				     DB_NO_ARGS, e);
	int r = rows_get(rows, bundle_read, a, &b, e);

	if (r == 0)
		r = kinds_get(t, &b, e);
	if (r < 0 && r != -ENOENT)
		return r;
	*out = b;
	return 0;
}

int intel_bundle_add(struct txn *t, struct intel_bundle *b, struct err *e)
{
	int r = db_one_int(t, &scope_system,
			   "@global INSERT INTO intel_bundle (sha256, digest, bytes, indicators,"
			   " held, made_us) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
			   DB_ARGS(DB_TEXT(b->blob), DB_TEXT(b->digest), DB_INT(b->bytes),
				   DB_INT(b->indicators), DB_INT(b->held), DB_INT(b->made_us)),
			   &b->id, e);

	for (int64_t kind = 1; r >= 0 && kind < INDICATOR_KINDS; kind++)
		if (b->kinds[kind] > 0)
			r = db_run(t, &scope_system,
				   "@global INSERT INTO intel_bundle_kind (bundle_id, kind, n)"
				   " VALUES ($1, $2, $3)",
				   DB_ARGS(DB_INT(b->id), DB_INT(kind), DB_INT(b->kinds[kind])), e);
	return r;
}

int intel_bundle_forget(struct txn *t, int64_t keep, struct err *e)
{
	int r = db_run(t, &scope_system,
		       "@global DELETE FROM intel_bundle_kind WHERE bundle_id <="
		       " (SELECT max(id) FROM intel_bundle) - $1",
		       DB_ARGS(DB_INT(keep)), e);

	return r < 0 ? r
		     : db_run(t, &scope_system,
			      "@global DELETE FROM intel_bundle WHERE id <="
			      " (SELECT max(id) FROM intel_bundle) - $1",
			      DB_ARGS(DB_INT(keep)), e);
}

int intel_bundle_lost(struct txn *t, int64_t id, struct err *e)
{
	return db_run(t, &scope_system, "@global UPDATE intel_bundle SET digest = '' WHERE id = $1",
		      DB_ARGS(DB_INT(id)), e);
}

/* --- held back --- */

int intel_bundle_held_clear(struct txn *t, struct err *e)
{
	return db_run(t, &scope_system, "@global DELETE FROM intel_held", DB_NO_ARGS, e);
}

int intel_bundle_held_add(struct txn *t, const struct intel_held *h, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO intel_held (feed_id, kind, value, why)"
		      " VALUES ($1, $2, $3, $4) ON CONFLICT (feed_id, value, kind) DO NOTHING",
		      DB_ARGS(DB_INT(h->feed_id), DB_INT(h->key.kind), DB_TEXT(h->key.value),
			      DB_TEXT(h->why)),
		      e);
}

static void held_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_held *)row = (struct intel_held){
		.feed_id = rows_int(r, 0),
		.key = { (enum indicator_kind)rows_int(r, 1), rows_keep(r, 2, a) },
		.why = rows_keep(r, 3, a),
		.feed = rows_keep(r, 4, a),
		.way = rows_keep(r, 5, a),
	};
}

int intel_bundle_held_list(struct txn *t, int64_t limit, struct arena *a, struct intel_held **out,
			   size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "@global SELECT h.feed_id, h.kind, h.value, h.why, f.name, f.way"
				  " FROM intel_held h JOIN intel_feed f ON f.id = h.feed_id"
				  " ORDER BY h.why, f.name, h.value LIMIT $1",
				  DB_ARGS(DB_INT(limit)), e);

	return rows_list(r, held_read, a, ROWS_OUT(out, n_out), e);
}

int intel_bundle_held(struct txn *t, const struct intel_key *key, struct arena *a, const char **out,
		      struct err *e)
{
	SCOPED_ROWS struct rows *r = db_query(
		t, &scope_system,
		"@global SELECT why FROM intel_held WHERE value = $1 AND kind = $2 LIMIT 1",
		DB_ARGS(DB_TEXT(key->value), DB_INT(key->kind)), e);
	int got = rows_next(r, e);

	if (got < 0)
		return got;
	*out = got > 0 ? rows_keep(r, 0, a) : "";
	return 0;
}

/* --- sensors --- */

static void sensor_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct intel_sensor *)row = (struct intel_sensor){
		.sensor_id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.bundle_id = rows_int(r, 2),
		.sent_us = rows_int(r, 3),
		.expires_us = rows_int(r, 4),
		.digest = rows_keep(r, 5, a),
		.name = rows_keep(r, 6, a),
		.company_name = rows_keep(r, 7, a),
		.state = rows_keep(r, 8, a),
		.reason = rows_keep(r, 9, a),
		.done_us = rows_int(r, 10),
	};
}

int intel_bundle_sensors(struct txn *t, const struct scope *s, struct arena *a,
			 struct intel_sensor **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT x.id, x.company_id, coalesce(g.bundle_id, 0), coalesce(g.sent_us, 0),"
		" coalesce(g.expires_us, 0), coalesce(g.digest, ''), x.name, c.name,"
		" coalesce(i.state, ''), coalesce(i.reason, ''), coalesce(i.done_us, 0)"
		" FROM sensor x JOIN company c ON c.id = x.company_id"
		" LEFT JOIN intel_sent g ON g.sensor_id = x.id"
		" LEFT JOIN item i ON i.sensor_id = x.id AND i.kind = 'indicators' AND i.newest = 1"
		" WHERE x.revoked_us = 0 AND @scope(x.company_id) ORDER BY c.name, x.name, x.id"
		" LIMIT 100000",
		DB_NO_ARGS, e);

	return rows_list(r, sensor_read, a, ROWS_OUT(out, n_out), e);
}

int intel_bundle_sent(struct txn *t, const struct intel_sensor *x, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO intel_sent (sensor_id, company_id, bundle_id, digest,"
		      " sent_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6)"
		      " ON CONFLICT (sensor_id) DO UPDATE SET bundle_id = excluded.bundle_id,"
		      " digest = excluded.digest, sent_us = excluded.sent_us,"
		      " expires_us = excluded.expires_us",
		      DB_ARGS(DB_INT(x->sensor_id), DB_INT(x->company_id), DB_INT(x->bundle_id),
			      DB_TEXT(x->digest), DB_INT(x->sent_us), DB_INT(x->expires_us)),
		      e);
}
