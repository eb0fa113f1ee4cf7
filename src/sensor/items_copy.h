/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a blob out of the inbox into the probe's own folder and checks its hash on the way: what is
 * used is what was checked, whatever the uplink does meanwhile. Large ones take time, which the
 * thread that reads packets does not have. */
#ifndef SENSOR_ITEMS_COPY_H
#define SENSOR_ITEMS_COPY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "sensor/inbox.h"
#include "sensor/sensor_conf.h"
#include "wire/item.h"

struct items_copy_job {
	char from[INBOX_PATH_MAX], to[SENSOR_PATH_MAX];
	uint8_t hash[BLOB_HASH];
	uint64_t size;
};

/* Here and now: 0, -EDENIED (another hash) or what the disk says. */
int items_copy_now(const struct items_copy_job *job, struct err *e);

struct items_copy;

struct items_copy *items_copy_new(void);
void items_copy_free(struct items_copy *c); /* waits; a copy that nobody asked for is removed */
/* On a thread of its own, one at a time: -EINPROGRESS until it is through (ask again with the same
 * job), then as items_copy_now. */
int items_copy_aside(struct items_copy *c, const struct items_copy_job *job, struct err *e);
/* Something is through and was not asked for yet. */
bool items_copy_ready(const struct items_copy *c);

#endif
