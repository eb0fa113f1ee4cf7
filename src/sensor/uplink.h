/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink: carries the spool to the hub in order and at least once, keeps the connection open,
 * takes items from the hub. It runs inside an event loop; the process around it is role_uplink.c.
 */
#ifndef SENSOR_UPLINK_H
#define SENSOR_UPLINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"
#include "sensor/identity.h"

struct uplink;

struct uplink_conf {
	struct loop *loop;
	const char *state_dir;
	const struct identity *id; /* outlives the uplink */
	const char *host;          /* NULL = as enrolled */
	uint16_t port;
	int64_t retry_max_ms, revoked_retry_ms;
	int64_t blob_retry_ms; /* 0 = a minute; of files that are brought as well */
};

struct uplink_stats {
	uint64_t acknowledged;
	uint64_t batches, records, bytes; /* sent, with what was sent again; bytes are compressed */
	uint64_t connections;
	uint64_t items, blobs, files;
	bool connected; /* greeted and accepted */
};

int uplink_start(const struct uplink_conf *c, struct uplink **out, struct err *e);
/* Sends what is left and waits for its acknowledgement, at most WAIT_MS, then calls FN once. */
void uplink_drain(struct uplink *u, int64_t wait_ms, loop_fn fn, void *arg);
void uplink_stop(struct uplink *u); /* NULL is fine */
void uplink_stats_get(const struct uplink *u, struct uplink_stats *out);

#endif
