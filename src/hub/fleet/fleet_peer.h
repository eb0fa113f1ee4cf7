/* SPDX-License-Identifier: Apache-2.0 */
/* One sensor's connection: who it is, what its frames say, what it is answered. On the listener's
 * thread alone. */
#ifndef HUB_FLEET_FLEET_PEER_H
#define HUB_FLEET_FLEET_PEER_H

#include "hub/fleet/fleet_post.h"
#include "hub/fleet/fleet_present.h"
#include "hub/fleet/fleet_writer.h"
#include "net/tls.h"

struct peer;

/* What all connections share. */
struct peers {
	struct hub *hub;
	const struct fleet_ca *ca;
	struct fleet_writer *writer;
	struct post_office post;
	struct fleet_present *present;
	struct peer *first;
};

/* For tls_server_conf, with a struct peers as its argument. */
extern const struct tls_events fleet_peer_events;

/* A job of the writer's has ended: answers and frees it. */
void fleet_peer_answer(struct writer_job *j);
/* Turns away the connections of a sensor. */
void fleet_peer_drop(struct peers *all, int64_t sensor_id, const char *code, const char *text);
/* Sends each connected sensor the items that wait for it. */
void fleet_peer_post(struct peers *all);
/* Every POST_TICK_MS: serves the parts of blobs that were asked for. */
void fleet_peer_serve(struct peers *all);

#endif
