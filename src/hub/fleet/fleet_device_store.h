/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on devices, findings, watched time and heartbeats, as people ask for them. */
#ifndef HUB_FLEET_FLEET_DEVICE_STORE_H
#define HUB_FLEET_FLEET_DEVICE_STORE_H

#include "hub/fleet/fleet.h"
#include "hub/fleet/fleet_rules.h"

int fleet_device_store_devices(struct txn *t, const struct scope *s, int64_t company_id,
			       const char *mac, struct arena *a, struct fleet_device **out,
			       size_t *n_out, struct err *e);
int fleet_device_store_device_name(struct txn *t, const struct scope *s, int64_t company_id,
				   int64_t device_id, const char *name, struct err *e);
int fleet_device_store_findings(struct txn *t, const struct scope *s, const struct fleet_story *q,
				size_t limit, struct arena *a, struct fleet_finding_row **out,
				size_t *n_out, struct err *e);

struct fleet_watched {
	int64_t sensor_id;
	struct span span;
};
/* Proven spans of a company's (or one sensor's) that end behind FROM_US, in time order. */
int fleet_device_store_watched(struct txn *t, const struct scope *s, int64_t company_id,
			       int64_t sensor_id, int64_t from_us, struct arena *a,
			       struct fleet_watched **out, size_t *n_out, struct err *e);
struct fleet_down {
	struct span span;
	const char *reason;
};
int fleet_device_store_downs(struct txn *t, const struct scope *s, int64_t sensor_id,
			     int64_t from_us, struct arena *a, struct fleet_down **out,
			     size_t *n_out, struct err *e);
struct fleet_beat {
	int64_t start_us, packets, packets_dropped, spool_bytes, rss_bytes;
	bool capture_up;
};
int fleet_device_store_beats(struct txn *t, const struct scope *s, int64_t sensor_id,
			     int64_t from_us, struct arena *a, struct fleet_beat **out,
			     size_t *n_out, struct err *e);

int fleet_device_store_said(struct txn *t, const struct scope *s, int64_t company_id,
			    int64_t device_id, const struct fleet_device_said *said, struct err *e);

#endif
