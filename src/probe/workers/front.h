/* SPDX-License-Identifier: Apache-2.0 */
/* The flow stage: follows the flows of packets that were taken apart, lets libndpi look into them,
 * and writes down for the judge what happened, in order. For one thread at a time. */
#ifndef PROBE_WORKERS_FRONT_H
#define PROBE_WORKERS_FRONT_H

#include "probe/workers/event.h"

enum { MOVED_SLOTS = 512 /* flows whose bytes are added up before they are told */ };

struct front {
	struct dpi *dpi;
	struct flow_table *flows;
	int64_t now_us, tick_us;
	struct packet_counts counts;
	struct {
		uint32_t flow; /* 0 = empty */
		struct moved n;
	} moved[MOVED_SLOTS];
	uint16_t moved_used[MOVED_SLOTS];
	size_t n_moved;
	struct chunk *open; /* being filled; NULL = none */
	/* Takes the full chunk (NULL: there is none) and gives an empty one. */
	struct chunk *(*next)(void *arg, struct chunk *full);
	void *arg;
};

int front_init(struct front *w, size_t flow_memory_bytes, struct err *e);
void front_done(struct front *w);

/* The open chunk ends with what B told; whoever has set `next` hands it over. */
void front_block(struct front *w, struct block *b);
/* Ends all flows. */
void front_finish(struct front *w);

/* front_tell.c: into the chunks. */
void front_tell_flow(void *w, struct flow *f, enum flow_event ev, const struct dissected *d);
void front_tell_packet(struct front *w, const struct flow *f, int dir, const struct dissected *d);
void front_tell_neighbour(struct front *w, const struct dissected *d);
void front_tell_moved(struct front *w, const struct flow *f, int dir, uint32_t bytes);
void front_tell_all_moved(struct front *w);
void front_tell_counts(struct front *w);
void front_tell_clock(struct front *w);

#endif
