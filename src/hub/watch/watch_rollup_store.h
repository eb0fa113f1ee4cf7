/* SPDX-License-Identifier: Apache-2.0 */
/* Statements that add traffic up and delete what has been kept long enough. */
#ifndef HUB_WATCH_WATCH_ROLLUP_STORE_H
#define HUB_WATCH_WATCH_ROLLUP_STORE_H

#include "hub/watch/watch_rollup.h"

/* Up to where hours are added up; 0 = nothing yet. */
int rollup_store_done(struct txn *t, const struct scope *s, int64_t *out, struct err *e);
int rollup_store_set_done(struct txn *t, const struct scope *s, int64_t done_us, struct err *e);
int rollup_store_lower(struct txn *t, const struct scope *s, int64_t to_us, struct err *e);

/* Adds up whole hours of [from, to) from five minutes, whole days (of the zone) from hours. */
int rollup_store_hours(struct txn *t, const struct scope *s, int64_t from_us, int64_t to_us,
		       struct err *e);
struct rollup_days {
	int64_t from_us, to_us, zone_us;
};
int rollup_store_days(struct txn *t, const struct scope *s, const struct rollup_days *d,
		      struct err *e);

struct rollup_keep { /* rows that begin before are deleted */
	int64_t five_minutes_us, hours_us, days_us;
};
int rollup_store_forget(struct txn *t, const struct scope *s, const struct rollup_keep *k,
			struct err *e);

int rollup_store_traffic(struct txn *t, const struct scope *s, const struct watch_traffic_query *q,
			 struct arena *a, struct watch_traffic **out, size_t *n_out, struct err *e);

#endif
