/* SPDX-License-Identifier: Apache-2.0 */
/* The feature's running state: consumers registered by later features, then the sensors' door. */
#include "hub/fleet/fleet_run.h"

#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "hub/fleet/fleet_listen.h"
#include "hub/hub.h"

void fleet_on_findings(struct hub *h, const struct fleet_consumer *c)
{
	struct fleet_consumers *list = &h->fleet->consumers;

	assert(list->n < CONSUMERS_MAX && !h->fleet->listener);
	list->list[list->n++] = *c;
}

int fleet_run_start(struct hub *h, struct err *e)
{
	(void)e;
	h->fleet = mem_new(sizeof(*h->fleet));
	return 0;
}

int fleet_run_open(struct hub *h, struct err *e)
{
	if (!h->conf.sensor_address[0])
		return 0;
	return fleet_listen_start(h, &h->fleet->consumers, &h->fleet->listener, e);
}

void fleet_run_close(struct hub *h)
{
	fleet_listen_stop(h->fleet->listener);
	h->fleet->listener = NULL;
}

void fleet_run_stop(struct hub *h)
{
	free(h->fleet);
	h->fleet = NULL;
}

void fleet_run_drop(struct hub *h, int64_t sensor_id)
{
	if (h->fleet && h->fleet->listener)
		fleet_listen_drop(h->fleet->listener, sensor_id);
}

void fleet_items_wake(struct hub *h)
{
	if (h->fleet && h->fleet->listener)
		fleet_listen_items(h->fleet->listener);
}
