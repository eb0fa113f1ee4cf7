/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for what sensors hand over. All of it may arrive twice and changes nothing the second time.
 * Everything runs as the hub itself: whose a sensor is was settled by its certificate. */
#ifndef HUB_FLEET_FLEET_INGEST_STORE_H
#define HUB_FLEET_FLEET_INGEST_STORE_H

#include "base/buf.h"
#include "hub/fleet/fleet_blind.h"
#include "store/db.h"
#include "wire/otasuke.pb-c.h"

/* Whose records these are. */
struct ingest_from {
	int64_t sensor_id, company_id;
	int64_t received_us;
};

/* 1 = new, 0 = known already. SCRATCH is overwritten. */
int fleet_ingest_store_finding(struct txn *t, const struct ingest_from *from, uint64_t sequence,
			       const Otasuke__Wire__Finding *f, struct buf *scratch, struct err *e);
/* Adds or brings up to date; -ENOENT when the company has too many and this one is new. */
int fleet_ingest_store_device(struct txn *t, const struct ingest_from *from,
			      const Otasuke__Wire__Device *d, int64_t *id_out, struct err *e);
int fleet_ingest_store_device_left_out(struct txn *t, const struct ingest_from *from,
				       struct err *e);
/* 1 = new, 0 = known already. */
int fleet_ingest_store_traffic(struct txn *t, const struct ingest_from *from, uint64_t sequence,
			       const Otasuke__Wire__Summary *s, const Otasuke__Wire__Traffic *x,
			       struct err *e);
int fleet_ingest_store_heartbeat(struct txn *t, const struct ingest_from *from,
				 const Otasuke__Wire__Heartbeat *h, struct err *e);
/* Proves SPAN watched: merges it with what touches it. */
int fleet_ingest_store_watched(struct txn *t, const struct ingest_from *from, struct span span,
			       struct err *e);
int fleet_ingest_store_down(struct txn *t, const struct ingest_from *from, int64_t at_us,
			    const char *reason, struct err *e);

/* Removes what lies before BEFORE_US; of findings a part at a time. */
int fleet_ingest_store_forget_beats(struct txn *t, int64_t sensor_id, int64_t before_us,
				    struct err *e);
int fleet_ingest_store_forget_findings(struct txn *t, int64_t sensor_id, int64_t before_us,
				       struct err *e);

int fleet_ingest_store_heard(struct txn *t, const struct ingest_from *from, struct err *e);
/* Raises what was acknowledged; never lowers it. */
int fleet_ingest_store_acknowledge(struct txn *t, const struct ingest_from *from, uint64_t sequence,
				   struct err *e);
int fleet_ingest_store_acknowledged(struct txn *t, int64_t sensor_id, uint64_t *out, struct err *e);

#endif
