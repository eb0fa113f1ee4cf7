/* SPDX-License-Identifier: Apache-2.0 */
/* A list under a lock. The door lets in a bounded number, so does this. */
#include "hub/fleet/fleet_present.h"

#include <stdlib.h>

#include "base/mem.h"

enum { ROOM_FIRST = 64 };

void fleet_present_init(struct fleet_present *p)
{
	*p = (struct fleet_present){ 0 };
	pthread_mutex_init(&p->lock, NULL);
}

void fleet_present_done(struct fleet_present *p)
{
	pthread_mutex_destroy(&p->lock);
	free(p->ids);
}

void fleet_present_add(struct fleet_present *p, int64_t sensor_id)
{
	pthread_mutex_lock(&p->lock);
	if (p->n == p->room) {
		p->room = p->room ? 2 * p->room : ROOM_FIRST;
		p->ids = mem_resize(p->ids, p->room, sizeof(*p->ids));
	}
	p->ids[p->n++] = sensor_id;
	pthread_mutex_unlock(&p->lock);
}

void fleet_present_remove(struct fleet_present *p, int64_t sensor_id)
{
	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n; i++) {
		if (p->ids[i] == sensor_id) {
			p->ids[i] = p->ids[--p->n];
			break;
		}
	}
	pthread_mutex_unlock(&p->lock);
}

bool fleet_present_has(struct fleet_present *p, int64_t sensor_id)
{
	bool has = false;

	pthread_mutex_lock(&p->lock);
	for (size_t i = 0; i < p->n && !has; i++)
		has = p->ids[i] == sensor_id;
	pthread_mutex_unlock(&p->lock);
	return has;
}
