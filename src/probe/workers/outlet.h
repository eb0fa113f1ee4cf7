/* SPDX-License-Identifier: Apache-2.0 */
/* A worker's side of the way to the judge: chunks that fill with events and are handed over. The
 * way is bounded; a full one makes the worker wait, and with it the file, or the kernel's ring,
 * which counts what it has to drop. */
#ifndef PROBE_WORKERS_OUTLET_H
#define PROBE_WORKERS_OUTLET_H

#include "probe/workers/event.h"
#include "probe/workers/belt.h"

struct outlet {
	struct belt belt; /* of chunks */
	struct chunk *chunk;
	struct chunk *open; /* being filled; NULL = none */
	const struct halt *halt;
};

void outlet_init(struct outlet *o, const struct halt *halt);
void outlet_done(struct outlet *o);
/* Room for an event of N bytes, its size filled in. */
struct event *outlet_event(struct outlet *o, size_t n);
/* Hands over what there is: all events before UNTIL. */
void outlet_flush(struct outlet *o, uint64_t until, bool last);

/* The judge's side. */
struct inlet {
	struct outlet *from;
	struct chunk *chunk; /* being read; NULL = none yet */
	uint32_t at;
	uint64_t until; /* everything before it has been read */
	bool ended;
};

/* The next event, NULL = none is there yet. Stays valid until inlet_skip of the one after. */
const struct event *inlet_peek(struct inlet *in);
void inlet_skip(struct inlet *in);

#endif
