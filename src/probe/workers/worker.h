/* SPDX-License-Identifier: Apache-2.0 */
/* One worker: takes packets apart, keeps the flows that fall to it, lets libndpi look into them,
 * and tells the judge what happened. It shares nothing but its way to the judge. */
#ifndef PROBE_WORKERS_WORKER_H
#define PROBE_WORKERS_WORKER_H

#include <pthread.h>

#include "probe/capture/capture.h"
#include "probe/workers/feed.h"
#include "probe/workers/outlet.h"

enum { MOVED_SLOTS = 512 /* flows whose bytes are added up before they are told */ };

struct worker {
	unsigned number;
	pthread_t thread;
	struct dpi *dpi;
	struct flow_table *flows;
	int64_t shift_us, now_us, tick_us;
	uint64_t at; /* as in struct event, of what is being told */
	uint8_t phase;
	struct packet_counts counts;
	struct {
		uint32_t flow; /* 0 = empty */
		struct moved n;
	} moved[MOVED_SLOTS];
	uint16_t moved_used[MOVED_SLOTS];
	size_t n_moved;
	struct outlet out;
	const struct halt *halt;
	struct feed *feed;      /* a file, or */
	struct capture capture; /* a wire */
};

int worker_init(struct worker *w, unsigned number, size_t flow_memory_bytes,
		const struct halt *halt, struct err *e);
void worker_done(struct worker *w);

/* What the thread does until its source ends, W->feed or W->capture; then it says so. */
void *worker_read_file(void *w);
void *worker_read_wire(void *w);
/* Ends all flows. */
void *worker_finish(void *w);

/* worker_tell.c: from the worker to the judge. */
void worker_tell_flow(void *w, struct flow *f, enum flow_event ev, const struct dissected *d);
void worker_tell_packet(struct worker *w, const struct flow *f, int dir, const struct dissected *d);
void worker_tell_neighbour(struct worker *w, const struct dissected *d);
void worker_tell_moved(struct worker *w, const struct flow *f, int dir, uint32_t bytes);
void worker_tell_all_moved(struct worker *w);
void worker_tell_counts(struct worker *w);
void worker_tell_clock(struct worker *w);
void worker_tell_status(struct worker *w);
void worker_tell_problem(void *w, const char *text);

#endif
