/* SPDX-License-Identifier: Apache-2.0 */
/* Orders, reports and files in the database. */
#include "hub/fleet/fleet_order_store.h"

#include <errno.h>

#include "store/rows.h"

#define ORDER_COLUMNS                                                                              \
	"sensor_id, item, company_id, order_id, made_us, bytes_max, type, file_sha256,"            \
	" file_state, file_size, file_us"

static void order_row_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct order_row *)row = (struct order_row){
		.sensor_id = rows_int(r, 0),
		.item = rows_int(r, 1),
		.company_id = rows_int(r, 2),
		.order_id = rows_int(r, 3),
		.made_us = rows_int(r, 4),
		.bytes_max = rows_int(r, 5),
		.type = rows_keep(r, 6, a),
		.file_sha256 = rows_keep(r, 7, a),
		.file_state = rows_keep(r, 8, a),
		.file_size = rows_int(r, 9),
		.file_us = rows_int(r, 10),
	};
}

int fleet_order_store_add(struct txn *t, const struct scope *s, const struct order_row *o,
			  struct err *e)
{
	int r = db_run(
		t, s,
		"INSERT INTO fleet_order (sensor_id, item, company_id, order_id, type, made_us,"
		" bytes_max, file_sha256, file_size, file_state, file_us) SELECT x.id, i.sequence,"
		" x.company_id, $2, $3, $4, $5, '', 0, '', 0 FROM sensor x JOIN sensor_item i ON"
		" i.sensor_id = x.id WHERE x.id = $1 AND @scope(x.company_id)",
		DB_ARGS(DB_INT(o->sensor_id), DB_INT(o->order_id), DB_TEXT(o->type),
			DB_INT(o->made_us), DB_INT(o->bytes_max)),
		e);

	return r;
}

int fleet_order_store_by_id(struct txn *t, const struct scope *s, int64_t sensor_id,
			    int64_t order_id, struct arena *a, struct order_row *out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " ORDER_COLUMNS " FROM fleet_order WHERE sensor_id = $1"
				  " AND order_id = $2 AND type <> 'cancel' AND @scope(company_id)"
				  " ORDER BY item DESC LIMIT 1",
				  DB_ARGS(DB_INT(sensor_id), DB_INT(order_id)), e);
	int got = rows_get(r, order_row_read, a, out, e);

	return got == -ENOENT ? err_set(e, -ENOENT, "there is no such order") : got;
}

int fleet_order_store_find(struct txn *t, int64_t sensor_id, uint64_t item, struct arena *a,
			   struct order_row *out, struct err *e)
{
	if (item > INT64_MAX)
		return 0;
	struct rows *r = db_query(t, &scope_system,
				  "SELECT " ORDER_COLUMNS " FROM fleet_order WHERE sensor_id = $1"
				  " AND item = $2 AND @scope(company_id)",
				  DB_ARGS(DB_INT(sensor_id), DB_INT((int64_t)item)), e);
	int got = rows_get(r, order_row_read, a, out, e);

	return got == -ENOENT ? 0 : got < 0 ? got : 1;
}

int fleet_order_store_withdraw(struct txn *t, const struct scope *s, const struct order_row *o,
			       int64_t now_us, struct err *e)
{
	return db_change(t, s,
			 "UPDATE item SET state = 'withdrawn', newest = 0, done_us = $3"
			 " WHERE sensor_id = $1 AND sequence = $2 AND state = 'waiting'"
			 " AND @scope(company_id)",
			 DB_ARGS(DB_INT(o->sensor_id), DB_INT(o->item), DB_INT(now_us)), e);
}

int fleet_order_store_report(struct txn *t, const struct ingest_from *from,
			     const struct order_report *r, struct err *e)
{
	return db_change(
		t, &scope_system,
		"@global(of a sensor) INSERT INTO fleet_order_report (sensor_id, item, number,"
		" company_id, order_id, state, reason, at_us, received_us) VALUES ($1, $2, $3, $4,"
		" $5, $6, $7, $8, $9) ON CONFLICT (sensor_id, item, number) DO NOTHING",
		DB_ARGS(DB_INT(from->sensor_id), DB_INT((int64_t)r->item),
			DB_INT((int64_t)r->number), DB_INT(from->company_id), DB_INT(r->order),
			DB_TEXT(order_state_name(r->state)), DB_TEXT(r->reason), DB_INT(r->at_us),
			DB_INT(from->received_us)),
		e);
}

/* --- files --- */

int fleet_order_store_file(struct txn *t, const struct order_row *o, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE fleet_order SET file_sha256 = $3, file_size = $4, file_state = $5,"
		      " file_us = $6 WHERE sensor_id = $1 AND item = $2 AND @scope(company_id)",
		      DB_ARGS(DB_INT(o->sensor_id), DB_INT(o->item), DB_TEXT(o->file_sha256),
			      DB_INT(o->file_size), DB_TEXT(o->file_state), DB_INT(o->file_us)),
		      e);
}

int fleet_order_store_file_bytes(struct txn *t, int64_t *out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "SELECT coalesce(CAST(sum(file_size) AS BIGINT), 0) FROM fleet_order"
			  " WHERE file_state IN ('coming', 'here') AND @scope(company_id)",
			  DB_NO_ARGS, out, e);
}

int fleet_order_store_files_old(struct txn *t, int64_t before_us, size_t limit, struct arena *a,
				struct order_row **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT " ORDER_COLUMNS " FROM fleet_order WHERE file_state IN"
				  " ('coming', 'here') AND made_us < $1 AND @scope(company_id)"
				  " ORDER BY made_us LIMIT $2",
				  DB_ARGS(DB_INT(before_us), DB_INT((int64_t)limit)), e);

	return rows_list(r, order_row_read, a, ROWS_OUT(out, n_out), e);
}

int fleet_order_store_forget(struct txn *t, int64_t before_us, struct err *e)
{
	int r = db_run(t, &scope_system,
		       "DELETE FROM fleet_order_report WHERE received_us < $1"
		       " AND @scope(company_id)",
		       DB_ARGS(DB_INT(before_us)), e);

	if (r < 0)
		return r;
	return db_run(t, &scope_system,
		      "DELETE FROM fleet_order WHERE made_us < $1 AND file_state NOT IN"
		      " ('coming', 'here') AND @scope(company_id)",
		      DB_ARGS(DB_INT(before_us)), e);
}
