/* SPDX-License-Identifier: Apache-2.0 */
/* Items and blobs out to one connected sensor: signed, a few at a time, blobs in parts that leave
 * room for everything else. On the listener's thread alone. */
#ifndef HUB_FLEET_FLEET_POST_H
#define HUB_FLEET_FLEET_POST_H

#include "hub/fleet/fleet_rules.h"
#include "net/tls.h"

enum {
	POST_TICK_MS = 100,
	POST_BLOB_BYTES = 4 * 1024 * 1024, /* of blobs, to all sensors together, a tick */
};

/* What all connections share. */
struct post_office {
	struct hub *hub;
	const struct hub_item_key *key;
	size_t budget; /* left of POST_BLOB_BYTES in this tick */
};

/* One sensor's. */
struct post {
	int64_t sensor_id;
	uint64_t sent; /* highest number sent on this connection */
	size_t unanswered;
	int64_t moved_us; /* sent or answered last */
	bool asked;       /* a part of a blob, not served yet */
	char blob[FLEET_BLOB_NAME];
	uint64_t offset;
	uint32_t length;
};

/* Sends what waits, unless the sensor still owes answers. Negative: the connection takes no more.
 */
int fleet_post_send(const struct post_office *o, struct post *p, struct tls_conn *c);
void fleet_post_acked(struct post *p, uint64_t sequence, int64_t now_us);
/* A FRAME_BLOB_ASK; -EFORMAT. It is served at the next fleet_post_serve. */
int fleet_post_ask(struct post *p, const uint8_t *bytes, size_t n);
/* Serves what was asked for while the tick's budget lasts. */
int fleet_post_serve(struct post_office *o, struct post *p, struct tls_conn *c);

#endif
