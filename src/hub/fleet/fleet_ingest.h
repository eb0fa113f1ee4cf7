/* SPDX-License-Identifier: Apache-2.0 */
/* One batch of a sensor's into the store, exactly once, and past the features that listen. Which
 * thread and which transaction: fleet_writer.c. */
#ifndef HUB_FLEET_FLEET_INGEST_H
#define HUB_FLEET_FLEET_INGEST_H

#include <stdbool.h>

#include "hub/fleet/fleet.h"
#include "hub/fleet/fleet_ingest_store.h"

enum { CONSUMERS_MAX = 16 };

struct fleet_consumers {
	struct fleet_consumer list[CONSUMERS_MAX];
	size_t n;
};

struct ingest_result {
	uint64_t acknowledged; /* the last sequence of the batch */
	size_t n_new;          /* findings that were not known */
	bool light_changed;    /* open pages want to know */
};

/* Works within T as the hub itself; A lives until the transaction is over. */
int fleet_ingest_apply(struct txn *t, const struct ingest_from *from,
		       const Otasuke__Wire__Batch *batch, const struct fleet_consumers *consumers,
		       struct arena *a, struct ingest_result *out, struct err *e);
/* After the last batch of a group, within T; and when T is over. */
int fleet_ingest_finish(struct txn *t, const struct fleet_consumers *consumers, struct err *e);
void fleet_ingest_done(const struct fleet_consumers *consumers, bool committed);

#endif
