/* SPDX-License-Identifier: Apache-2.0 */
/* What workers tell the judge, as it lies in the chunks that pass between them: a head, a body by
 * its kind, then bytes of variable length. Made and read by this program only. */
#ifndef PROBE_WORKERS_EVENT_H
#define PROBE_WORKERS_EVENT_H

#include "probe/flow/flow.h"
#include "probe/traffic.h"

enum event_kind {
	EVENT_FLOW,
	EVENT_PACKET,    /* something to read in it */
	EVENT_NEIGHBOUR, /* struct dissected */
	EVENT_MOVED,     /* struct moved */
	EVENT_COUNTS,    /* struct packet_counts */
	EVENT_CLOCK,     /* time for what is done each second */
	EVENT_STATUS,    /* struct worker_status */
	EVENT_PROBLEM,   /* text for a person */
};

/* The order of what happens at one packet. */
enum event_phase {
	PHASE_EXPIRED, /* flows that time ended */
	PHASE_SUMS,    /* what was added up until the clock */
	PHASE_CLOCK,
	PHASE_PACKET,
	PHASE_QUOTED, /* an ICMP error ended a flow */
	PHASE_READ,
};

struct event {
	uint32_t bytes; /* with everything behind it; a multiple of 8 */
	uint32_t flow;  /* its place in the worker's table */
	uint32_t order; /* within PHASE_EXPIRED, across workers */
	uint8_t kind, phase;
	uint8_t what;   /* enum flow_event, or the direction of the packet */
	bool outside;   /* the payload lies in the block of the file */
	uint64_t at;    /* number of the packet in the file, or time of the packet on a wire */
	int64_t now_us; /* packet time */
};

/* Of a dissected packet, what lies before the rare parts; its views lead nowhere. */
enum { DISSECTED_HEAD = offsetof(struct dissected, neighbour) };

/* Body of EVENT_FLOW and EVENT_PACKET. */
struct event_flow {
	struct flow flow;     /* facts and device are not the reader's to use */
	uint32_t facts_bytes; /* struct flow_facts behind this */
	uint32_t payload_bytes;
	bool has_packet;
	const uint8_t *outside; /* where the payload lies when it was not copied */
	_Alignas(8) uint8_t packet[DISSECTED_HEAD];
};

struct worker_status {
	struct flow_stats flows;
	uint64_t dropped, records_bad;
	bool up;
	char text[256];
};

enum {
	CHUNK_BYTES = 384 * 1024, /* more than one event can need: a packet of CAPTURE_SNAP_MAX */
	CHUNKS = 16,
};

struct chunk {
	uint32_t used;
	bool last;      /* the worker says no more */
	uint64_t until; /* everything before this has been told */
	_Alignas(8) uint8_t bytes[CHUNK_BYTES];
};

static inline size_t event_round(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Does A come before B? */
bool event_before(const struct event *a, const struct event *b);

#endif
