/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub's items do to the pipeline: the table of kinds, and what the heartbeat says of them.
 */
#ifndef SENSOR_PROBE_ITEMS_H
#define SENSOR_PROBE_ITEMS_H

#include <stdbool.h>

#include "base/clock.h"
#include "probe/probe.h"
#include "sensor/probe_orders.h"
#include "wire/record.h"

struct probe_items;

struct probe_items_conf {
	const char *state_dir;
	const struct clock *clock;
	struct probe *probe;         /* outlives it */
	struct probe_orders *orders; /* likewise; NULL: orders are not taken */
	bool inline_box;             /* the enforcer takes its own orders */
};

/* Applies what was applied before. */
int probe_items_open(const struct probe_items_conf *c, struct probe_items **out, struct err *e);
void probe_items_close(struct probe_items *x); /* NULL is fine */
/* True when the hub should hear of something soon. Problems are logged, and in PROBLEM
 * (ERR_TEXT_MAX bytes, "" = none) for the heartbeat. */
bool probe_items_run(struct probe_items *x, char *problem);
/* Fills in outcomes and hits; what H points to lives until the next call. */
void probe_items_beat(struct probe_items *x, struct heartbeat *h);

#endif
