/* SPDX-License-Identifier: Apache-2.0 */
/* Five-minute summaries: who moved how much. */
#ifndef PROBE_TRAFFIC_H
#define PROBE_TRAFFIC_H

#include "probe/inventory/inventory.h"
#include "probe/probe.h"

struct traffic_meter {
	int64_t start_us; /* of the running interval, 0 = none */
	uint64_t packets, bytes, packets_bad;
};

/* One packet of flow F in direction DIR. */
void traffic_packet(struct traffic_meter *m, struct inventory *v, const struct flow *f, int dir,
		    const struct dissected *d);
void traffic_flow(struct inventory *v, const struct flow *f, enum flow_event ev);
void traffic_dns(struct inventory *v, uint32_t device, bool response, bool nxdomain);
/* Hands over the interval when NOW lies beyond it, or in any case with LAST. */
void traffic_tick(struct traffic_meter *m, struct inventory *v, const struct probe_sink *sink,
		  int64_t now_us, bool last);

#endif
