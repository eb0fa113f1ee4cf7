/* SPDX-License-Identifier: Apache-2.0 */
/* What passes between the stages: blocks of packets that were taken apart, and what the flow stage
 * tells the judge about them, as it lies in chunks: a head, a body by its kind, then texts. */
#ifndef PROBE_WORKERS_EVENT_H
#define PROBE_WORKERS_EVENT_H

#include "probe/flow/flow.h"
#include "probe/traffic.h"

struct block {
	size_t n;
	int64_t silence_us; /* no packet: it is this time (UTC); 0 = nothing to say */
	uint8_t *bytes;     /* of packets of a wire; those of a file lie in its windows */
	struct dissected d[CAPTURE_BATCH];
};

enum event_kind {
	EVENT_FLOW,
	EVENT_PACKET, /* something to read in it */
	EVENT_NEIGHBOUR,
	EVENT_MOVED,  /* struct moved */
	EVENT_COUNTS, /* struct packet_counts */
	EVENT_CLOCK,  /* time for what is done each second */
};

struct event {
	uint32_t bytes; /* with everything behind it; a multiple of 8 */
	uint32_t flow;  /* its place in the table */
	uint8_t kind;
	uint8_t what;                   /* enum flow_event, or the direction of the packet */
	int64_t now_us;                 /* packet time */
	const struct dissected *packet; /* in its block; NULL = time brought it */
	const uint8_t *payload;         /* its first byte if it is to be read */
};

/* Body of EVENT_FLOW and EVENT_PACKET. */
struct event_flow {
	struct flow flow; /* a copy: the table has gone on meanwhile */
	bool has_facts;   /* struct flow_facts behind this */
};

enum {
	CHUNK_BYTES = 64 * 1024,
	CHUNKS = 64,
};

struct chunk {
	uint32_t used;
	bool ends_block; /* nothing shows into the oldest block any more */
	_Alignas(8) uint8_t bytes[CHUNK_BYTES];
};

#endif
