/* SPDX-License-Identifier: Apache-2.0 */
/* Traffic rolls up: five minutes for 14 days, hours for 90, days for two years. */
#ifndef HUB_WATCH_WATCH_ROLLUP_H
#define HUB_WATCH_WATCH_ROLLUP_H

#include "hub/watch/watch.h"

/* The job. May run as often as one likes: it repeats nothing that is done. */
int watch_rollup_run(struct hub *h, struct err *e);

/* Traffic of START_US has arrived late: its hour is added up again. In the storing transaction. */
int watch_rollup_late(struct txn *t, int64_t start_us, struct err *e);

/* Traffic of a company (MAC "" = all devices) for charts: the finest rows that are kept. */
struct watch_traffic {
	int64_t start_us, bytes_in, bytes_out, flows, flows_failed;
};
enum watch_step { WATCH_FIVE_MINUTES, WATCH_HOURS, WATCH_DAYS };
struct watch_traffic_query {
	int64_t company_id, from_us, to_us;
	const char *mac;
	enum watch_step step;
};
int watch_traffic(struct txn *t, const struct scope *s, const struct watch_traffic_query *q,
		  struct arena *a, struct watch_traffic **out, size_t *n_out, struct err *e);

#endif
