/* SPDX-License-Identifier: Apache-2.0 */
/* What an alert has to do with lists of harmful things: who names its indicator, and the verdict
 * that the indicator is wrong. */
#ifndef HUB_WATCH_WATCH_INTEL_H
#define HUB_WATCH_WATCH_INTEL_H

#include "hub/intel/intel.h"
#include "hub/watch/watch.h"

/* The indicator that an alert is about; false when it is about none. VALUE lives in A. */
bool watch_intel_key(const struct watch_alert *alert, struct arena *a, struct intel_key *out);

/* "This indicator is wrong", from an alert: the verdict, a mute for the company until the sensor
 * has it, and the alert ends. Call intel_wake after the commit. -EINVAL when the alert is about no
 * indicator or there is no reason. */
struct watch_wrong {
	int64_t alert_id;
	bool region;
	const char *reason;
};
int watch_intel_wrong(struct txn *t, const struct user *u, const struct watch_wrong *w,
		      int64_t now_us, struct err *e);

/* For the tables of watch_web.c. */
int watch_intel_panel(struct call *c, const char *slot, int64_t alert_id, struct buf *out);
int watch_intel_web_wrong(struct call *c);

#endif
