/* SPDX-License-Identifier: Apache-2.0 */
/* Findings become alerts: one per company, device and story. Runs on fleet's writer thread. */
#ifndef HUB_WATCH_WATCH_FOLD_H
#define HUB_WATCH_WATCH_FOLD_H

#include "hub/fleet/fleet.h"
#include "hub/watch/watch.h"

struct watch_fold; /* what happened in the group of batches that is being written */

struct watch_fold *watch_fold_new(struct hub *h);
void watch_fold_free(struct watch_fold *f);

/* See struct fleet_consumer; ARG is a struct watch_fold. */
int watch_fold_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e);
int watch_fold_enrolled(void *arg, struct txn *t, int64_t company_id, int64_t sensor_id,
			struct err *e);
int watch_fold_finish(void *arg, struct txn *t, struct err *e);
void watch_fold_done(void *arg, bool committed);

#endif
