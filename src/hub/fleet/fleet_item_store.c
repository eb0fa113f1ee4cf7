/* SPDX-License-Identifier: Apache-2.0 */
/* Items and blobs in the database. Blobs belong to nobody: a sensor gets one when an item of its
 * own names it. */
#include "hub/fleet/fleet_item_store.h"

#include <errno.h>

#include "base/buf.h"
#include "store/rows.h"

enum { SENSORS_MAX = 1000 };

/* Rising also after an older backup was restored: a number is never below the time it was given. */
static int next_number(struct txn *t, const struct scope *s, const struct item_row *i, int64_t *out,
		       struct err *e)
{
	int r = db_one_int(
		t, s,
		"INSERT INTO sensor_item (sensor_id, company_id, sequence, item_key)"
		" SELECT s.id, s.company_id, $2, '' FROM sensor s WHERE s.id = $1"
		" AND s.state = 'enrolled' AND @scope(s.company_id)"
		" ON CONFLICT (sensor_id) DO UPDATE SET sequence = CASE"
		" WHEN sensor_item.sequence >= excluded.sequence THEN sensor_item.sequence + 1"
		" ELSE excluded.sequence END RETURNING sequence",
		DB_ARGS(DB_INT(i->sensor_id), DB_INT(i->made_us)), out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such sensor") : r;
}

static int supersede(struct txn *t, const struct scope *s, const struct item_row *i, struct err *e)
{
	return db_run(t, s,
		      "UPDATE item SET newest = 0, state = CASE WHEN state IN ('waiting',"
		      " 'delivered') THEN 'superseded' ELSE state END WHERE sensor_id = $1"
		      " AND kind = $2 AND replace_key = $3 AND newest = 1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(i->sensor_id), DB_TEXT(i->kind), DB_TEXT(i->replace_key)), e);
}

int fleet_item_store_add(struct txn *t, const struct scope *s, const struct item_row *i,
			 struct err *e)
{
	int64_t sequence;
	int r = next_number(t, s, i, &sequence, e);

	if (r >= 0 && *i->replace_key)
		r = supersede(t, s, i, e);
	if (r < 0)
		return r;
	return db_run(
		t, s,
		"INSERT INTO item (sensor_id, sequence, company_id, kind, replace_key, body,"
		" blob_sha256, blob_size, made_us, expires_us, state, newest, delivered_us,"
		" done_us, reason) SELECT s.id, $2, s.company_id, $3, $4, $5, $6, $7, $8, $9,"
		" 'waiting', 1, 0, 0, '' FROM sensor s WHERE s.id = $1 AND @scope(s.company_id)",
		DB_ARGS(DB_INT(i->sensor_id), DB_INT(sequence), DB_TEXT(i->kind),
			DB_TEXT(i->replace_key), DB_BLOB(i->body, i->body_n), DB_TEXT(i->blob),
			DB_INT(i->blob_size), DB_INT(i->made_us), DB_INT(i->expires_us)),
		e);
}

static void id_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(int64_t *)row = rows_int(r, 0);
}

int fleet_item_store_sensors(struct txn *t, const struct scope *s, int64_t company_id,
			     struct arena *a, int64_t **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT id FROM sensor WHERE company_id = $1 AND state ="
				  " 'enrolled' AND @scope(company_id) ORDER BY id LIMIT $2",
				  DB_ARGS(DB_INT(company_id), DB_INT(SENSORS_MAX)), e);

	return rows_list(r, id_read, a, ROWS_OUT(out, n_out), e);
}

#define ITEM_COLUMNS                                                                               \
	"sensor_id, company_id, sequence, kind, replace_key, blob_sha256, state, reason,"          \
	" blob_size, made_us, expires_us, delivered_us, done_us"

static void item_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct item_row *)row = (struct item_row){
		.sensor_id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.sequence = rows_int(r, 2),
		.kind = rows_keep(r, 3, a),
		.replace_key = rows_keep(r, 4, a),
		.blob = rows_keep(r, 5, a),
		.state = rows_keep(r, 6, a),
		.reason = rows_keep(r, 7, a),
		.blob_size = rows_int(r, 8),
		.made_us = rows_int(r, 9),
		.expires_us = rows_int(r, 10),
		.delivered_us = rows_int(r, 11),
		.done_us = rows_int(r, 12),
	};
}

static void item_read_whole(const struct rows *r, struct arena *a, void *row)
{
	struct item_row *i = row;

	item_read(r, a, row);
	i->body = rows_keep_blob(r, 13, a, &i->body_n);
}

int fleet_item_store_waiting(struct txn *t, int64_t sensor_id, uint64_t after, int64_t now_us,
			     size_t limit, struct arena *a, struct item_row **out, size_t *n_out,
			     struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT " ITEM_COLUMNS ", body FROM item WHERE sensor_id = $1"
				  " AND sequence > $2 AND state = 'waiting' AND expires_us > $3"
				  " AND @scope(company_id) ORDER BY sequence LIMIT $4",
				  DB_ARGS(DB_INT(sensor_id), DB_INT((int64_t)after), DB_INT(now_us),
					  DB_INT((int64_t)limit)),
				  e);

	return rows_list(r, item_read_whole, a, ROWS_OUT(out, n_out), e);
}

int fleet_item_store_delivered(struct txn *t, int64_t sensor_id, uint64_t sequence, int64_t now_us,
			       struct err *e)
{
	return db_change(
		t, &scope_system,
		"UPDATE item SET state = 'delivered', delivered_us = $3 WHERE sensor_id = $1"
		" AND sequence = $2 AND state = 'waiting' AND @scope(company_id)",
		DB_ARGS(DB_INT(sensor_id), DB_INT((int64_t)sequence), DB_INT(now_us)), e);
}

static void kind_read(const struct rows *r, struct arena *a, void *row)
{
	*(const char **)row = rows_keep(r, 0, a);
}

int fleet_item_store_done(struct txn *t, const struct item_row *i, struct arena *a,
			  const char **kind_out, struct err *e)
{
	struct rows *rows = db_query(
		t, &scope_system,
		"UPDATE item SET state = $3, done_us = $4, reason = $5, delivered_us = CASE WHEN"
		" delivered_us = 0 THEN $4 ELSE delivered_us END WHERE sensor_id = $1"
		" AND sequence = $2 AND state NOT IN ('applied', 'refused') AND @scope(company_id)"
		" RETURNING kind",
		DB_ARGS(DB_INT(i->sensor_id), DB_INT(i->sequence), DB_TEXT(i->state),
			DB_INT(i->done_us), DB_TEXT(i->reason)),
		e);
	int r = rows_get(rows, kind_read, a, kind_out, e);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

int fleet_item_store_list(struct txn *t, const struct scope *s, int64_t sensor_id, size_t limit,
			  struct arena *a, struct item_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " ITEM_COLUMNS " FROM item WHERE sensor_id = $1"
				  " AND @scope(company_id) ORDER BY sequence DESC LIMIT $2",
				  DB_ARGS(DB_INT(sensor_id), DB_INT((int64_t)limit)), e);

	return rows_list(r, item_read, a, ROWS_OUT(out, n_out), e);
}

/* --- blobs --- */

int fleet_blob_store_find(struct txn *t, const char *sha256, int64_t *size_out, struct err *e)
{
	int r = db_one_int(t, &scope_system, "@global SELECT size FROM parcel WHERE sha256 = $1",
			   DB_ARGS(DB_TEXT(sha256)), size_out, e);

	return r == -ENOENT ? 0 : r < 0 ? r : 1;
}

int fleet_blob_store_add(struct txn *t, const char *sha256, int64_t size, int64_t now_us,
			 struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO parcel (sha256, size, made_us) VALUES ($1, $2, $3)",
		      DB_ARGS(DB_TEXT(sha256), DB_INT(size), DB_INT(now_us)), e);
}

int fleet_blob_store_part(struct txn *t, const char *sha256, int64_t at, const void *p, size_t n,
			  struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO parcel_part (sha256, at, body) VALUES ($1, $2, $3)",
		      DB_ARGS(DB_TEXT(sha256), DB_INT(at), DB_BLOB(p, n)), e);
}

int fleet_blob_store_touch(struct txn *t, const char *sha256, int64_t now_us, struct err *e)
{
	return db_run(t, &scope_system, "@global UPDATE parcel SET made_us = $2 WHERE sha256 = $1",
		      DB_ARGS(DB_TEXT(sha256), DB_INT(now_us)), e);
}

int fleet_blob_store_read(struct txn *t, int64_t sensor_id, const char *sha256, uint64_t offset,
			  struct buf *out, struct err *e)
{
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "SELECT p.at, p.body FROM parcel_part p WHERE p.sha256 = $2 AND p.at <= "
			 "$3 AND EXISTS"
			 " (SELECT 1 FROM item i WHERE i.sensor_id = $1 AND i.blob_sha256 = $2"
			 " AND @scope(i.company_id)) ORDER BY p.at DESC LIMIT 1",
			 DB_ARGS(DB_INT(sensor_id), DB_TEXT(sha256), DB_INT((int64_t)offset)), e);
	size_t n = 0;
	int got = rows_next(r, e);

	if (got <= 0)
		return got;
	uint64_t skip = offset - (uint64_t)rows_int(r, 0);
	const char *p = rows_blob(r, 1, &n);
	if (p && skip < n)
		buf_add(out, p + skip, n - (size_t)skip);
	return 0;
}

/* --- forgetting --- */

static int forget_blobs(struct txn *t, int64_t before_us, struct err *e)
{
#define UNNAMED                                                                                    \
	"NOT EXISTS (SELECT 1 FROM item i WHERE i.blob_sha256 = parcel.sha256 AND i.newest = 1)"   \
	" AND parcel.made_us < $1"
	int r = db_run(t, &scope_system,
		       "@global DELETE FROM parcel_part WHERE sha256 IN"
		       " (SELECT parcel.sha256 FROM parcel WHERE " UNNAMED ")",
		       DB_ARGS(DB_INT(before_us)), e);

	if (r < 0)
		return r;
	return db_run(t, &scope_system, "@global DELETE FROM parcel WHERE " UNNAMED,
		      DB_ARGS(DB_INT(before_us)), e);
#undef UNNAMED
}

int fleet_item_store_forget(struct txn *t, int64_t now_us, int64_t before_us,
			    int64_t blob_before_us, struct err *e)
{
	int r = db_run(t, &scope_system,
		       "UPDATE item SET state = 'expired', newest = 0 WHERE state = 'waiting'"
		       " AND expires_us <= $1 AND @scope(company_id)",
		       DB_ARGS(DB_INT(now_us)), e);
	if (r >= 0)
		r = db_run(t, &scope_system,
			   "UPDATE item SET newest = 0 WHERE newest = 1 AND EXISTS (SELECT 1 FROM"
			   " sensor s WHERE s.id = item.sensor_id AND s.state = 'revoked')"
			   " AND @scope(company_id)",
			   DB_NO_ARGS, e);
	if (r >= 0)
		r = db_run(t, &scope_system,
			   "DELETE FROM item WHERE made_us < $1 AND (newest = 0 OR"
			   " (replace_key = '' AND state IN ('applied', 'refused')))"
			   " AND @scope(company_id)",
			   DB_ARGS(DB_INT(before_us)), e);
	return r < 0 ? r : forget_blobs(t, blob_before_us, e);
}

/* --- keys --- */

int fleet_item_store_key_set(struct txn *t, int64_t sensor_id, int64_t company_id,
			     const char *key_hex, struct err *e)
{
	return db_run(t, &scope_system,
		      "@global INSERT INTO sensor_item (sensor_id, company_id, sequence, item_key)"
		      " VALUES ($1, $2, 0, $3) ON CONFLICT (sensor_id) DO UPDATE"
		      " SET item_key = excluded.item_key",
		      DB_ARGS(DB_INT(sensor_id), DB_INT(company_id), DB_TEXT(key_hex)), e);
}

int fleet_item_store_other_keys(struct txn *t, const char *key_hex, int64_t *out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "SELECT count(*) FROM sensor s LEFT JOIN sensor_item i"
			  " ON i.sensor_id = s.id WHERE s.state = 'enrolled'"
			  " AND (i.item_key IS NULL OR i.item_key <> $1) AND @scope(s.company_id)",
			  DB_ARGS(DB_TEXT(key_hex)), out, e);
}
