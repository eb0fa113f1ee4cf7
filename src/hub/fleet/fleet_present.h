/* SPDX-License-Identifier: Apache-2.0 */
/* Which sensors are connected now: told by the thread of the door, asked by any. */
#ifndef HUB_FLEET_FLEET_PRESENT_H
#define HUB_FLEET_FLEET_PRESENT_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fleet_present {
	pthread_mutex_t lock; /* guards what follows */
	int64_t *ids;         /* one for each connection */
	size_t n, room;
};

void fleet_present_init(struct fleet_present *p);
void fleet_present_done(struct fleet_present *p);
void fleet_present_add(struct fleet_present *p, int64_t sensor_id);
void fleet_present_remove(struct fleet_present *p, int64_t sensor_id); /* one of them */
bool fleet_present_has(struct fleet_present *p, int64_t sensor_id);

#endif
