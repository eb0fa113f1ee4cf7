/* SPDX-License-Identifier: Apache-2.0 */
/* Forgetting: heartbeats and findings that are older than the operator wants. Traffic is rolled up
 * and forgotten by the feature watch; watched time is kept, it is the record of what was done. */
#include "hub/fleet/fleet_keep.h"

#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_store.h"
#include "hub/fleet/fleet_upload.h"

enum { SENSORS_AT_ONCE = 1000, KEEP_ITEMS_DAYS = 90 };

struct fleet_conf fleet_conf;

/* A transaction for each sensor: the ingest writer waits for none of them long. */
static int keep_one(struct hub *h, int64_t sensor_id, int64_t now_us, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	r = fleet_ingest_store_forget_beats(t, sensor_id,
					    now_us - fleet_conf.keep_heartbeats_ms * 1000, e);
	if (r >= 0)
		r = fleet_ingest_store_forget_findings(
			t, sensor_id, now_us - fleet_conf.keep_findings_ms * 1000, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int keep_items(struct hub *h, struct err *e)
{
	int64_t now_us = clock_utc_us(h->clock);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? fleet_item_store_forget(t, now_us, now_us - KEEP_ITEMS_DAYS * US_PER_DAY,
					    now_us - US_PER_HOUR, e)
		  : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

int fleet_keep_run(struct hub *h, struct err *e)
{
	struct fleet_filter f = { .light = "", .revoked = true, .limit = SENSORS_AT_ONCE };
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fleet_sensor *list;
	size_t n = SENSORS_AT_ONCE;
	int r = keep_items(h, e);

	if (r >= 0)
		r = fleet_upload_keep(h, e);

	for (; n == SENSORS_AT_ONCE && r >= 0; f.offset += n) {
		struct txn *t = txn_begin(h->db, TXN_READ, e);

		if (!t)
			return e->code;
		arena_reset(a);
		r = fleet_store_sensors(t, &scope_system, &f, a, &list, &n, e);
		txn_rollback(&t);
		for (size_t i = 0; i < n && r >= 0; i++)
			r = keep_one(h, list[i].id, clock_utc_us(h->clock), e);
	}
	return r;
}
