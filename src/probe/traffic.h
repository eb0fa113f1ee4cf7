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

/* Packets that came by: what summaries and statistics count of them. */
struct packet_counts {
	uint64_t packets, bytes, bad;
	int64_t first_us, last_us;
};

/* What a flow moved: [0] sent by its first speaker. */
struct moved {
	uint64_t bytes[2];
	uint32_t packets[2];
};

/* DEVICE: of the flow's two ends. */
void traffic_moved(struct inventory *v, const uint32_t device[2], const struct moved *n);
void traffic_flow(struct inventory *v, const struct flow *f, enum flow_event ev);
void traffic_dns(struct inventory *v, uint32_t device, bool response, bool nxdomain);
/* Hands over the interval when NOW lies beyond it, or in any case with LAST. */
void traffic_tick(struct traffic_meter *m, struct inventory *v, const struct probe_sink *sink,
		  int64_t now_us, bool last);

#endif
