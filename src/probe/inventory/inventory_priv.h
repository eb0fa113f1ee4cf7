/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the inventory, shared by its files only. */
#ifndef PROBE_INVENTORY_INVENTORY_PRIV_H
#define PROBE_INVENTORY_INVENTORY_PRIV_H

#include "base/map.h"
#include "probe/inventory/inventory.h"
#include "probe/inventory/oui.h"

struct inventory {
	struct home home;
	struct device *device;
	size_t n, cap, max;
	uint64_t dropped;
	struct map *by_key; /* MAC, or address where there is none, to position */
	struct map *owner;  /* address to position */
	struct oui *oui;
};

/* Device I owns address A. */
void inventory_bind(struct inventory *v, uint32_t i, const struct addr *a);
void inventory_mark_gateway(struct inventory *v, struct device *d);

#endif
