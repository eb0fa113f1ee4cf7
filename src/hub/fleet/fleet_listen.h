/* SPDX-License-Identifier: Apache-2.0 */
/* The sensors' door: connections over mutual TLS, on a thread of its own. */
#ifndef HUB_FLEET_FLEET_LISTEN_H
#define HUB_FLEET_FLEET_LISTEN_H

#include "hub/fleet/fleet_writer.h"

struct fleet_listener;

/* Listens at the hub's sensor_address ("" = not at all) and writes for CONSUMERS. */
int fleet_listen_start(struct hub *h, const struct fleet_consumers *consumers,
		       struct fleet_listener **out, struct err *e);
uint16_t fleet_listen_port(const struct fleet_listener *l);
void fleet_listen_stop(struct fleet_listener *l); /* NULL is fine */
/* Closes the connection of a sensor that was revoked; any thread. */
void fleet_listen_drop(struct fleet_listener *l, int64_t sensor_id);
/* Items were put: connected sensors get theirs now; any thread. */
void fleet_listen_items(struct fleet_listener *l);
/* Any thread. */
bool fleet_listen_connected(struct fleet_listener *l, int64_t sensor_id);

/* The running state of the feature: hub->fleet. */
struct fleet {
	struct fleet_consumers consumers;
	struct fleet_listener *listener; /* NULL while the doors are shut */
};

#endif
