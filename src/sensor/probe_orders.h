/* SPDX-License-Identifier: Apache-2.0 */
/* Orders that the probe carries out: what it knows, what it watches, packets of one device. */
#ifndef SENSOR_PROBE_ORDERS_H
#define SENSOR_PROBE_ORDERS_H

#include "base/clock.h"
#include "probe/probe.h"
#include "sensor/items.h"
#include "sensor/sensor_conf.h"
#include "sensor/spool/spool.h"

struct probe_orders;
struct probe_orders_conf {
	const struct sensor_conf *conf;
	const struct clock *clock;
	struct probe *probe;
	struct spool *spool;
};

/* What an earlier run had not finished has failed, and is said so. */
struct probe_orders *probe_orders_new(const struct probe_orders_conf *c);
void probe_orders_free(struct probe_orders *x); /* NULL is fine */
/* For items.c; never what would be tried again. */
int probe_orders_apply(struct probe_orders *x, const struct item_news *n, struct err *e);
void probe_orders_refused(struct probe_orders *x, uint64_t sequence, const struct item *i,
			  const char *why, const struct err *e);
/* Often: a recording goes on, and what the enforcer has to say goes into the spool. */
void probe_orders_run(struct probe_orders *x);

#endif
