/* SPDX-License-Identifier: Apache-2.0 */
/* Chunks of events between one worker and the judge. */
#include "probe/workers/outlet.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LOOK_MS = 100 /* how often one who waits looks whether it is to stop */ };

void outlet_init(struct outlet *o, const struct halt *halt)
{
	belt_init(&o->belt, CHUNKS, 1);
	o->chunk = mem_array(CHUNKS, sizeof(*o->chunk));
	o->halt = halt;
}

void outlet_done(struct outlet *o)
{
	free(o->chunk);
}

static void chunk_open(struct outlet *o)
{
	while (!belt_wait_room(&o->belt, LOOK_MS)) {
		if (atomic_load(&o->halt->at_once)) /* nobody reads any more: over what was written
						       last */
			break;
	}
	o->open = &o->chunk[belt_head(&o->belt) % CHUNKS];
	o->open->used = 0;
	o->open->last = false;
}

struct event *outlet_event(struct outlet *o, size_t n)
{
	n = event_round(n);
	if (o->open && o->open->used + n > CHUNK_BYTES)
		outlet_flush(o, 0, false);
	if (!o->open)
		chunk_open(o);
	struct event *e = (struct event *)(void *)(o->open->bytes + o->open->used);
	e->bytes = (uint32_t)n;
	o->open->used += (uint32_t)n;
	return e;
}

void outlet_flush(struct outlet *o, uint64_t until, bool last)
{
	if (!o->open)
		chunk_open(o);
	o->open->until = until;
	o->open->last = last;
	o->open = NULL;
	belt_push(&o->belt);
}

const struct event *inlet_peek(struct inlet *in)
{
	while (!in->chunk || in->at == in->chunk->used) {
		if (in->chunk) {
			in->until = in->chunk->until > in->until ? in->chunk->until : in->until;
			in->ended = in->chunk->last;
			in->chunk = NULL;
			in->at = 0;
			belt_pop(&in->from->belt, 0);
		}
		if (in->ended || !belt_has_data(&in->from->belt, 0))
			return NULL;
		in->chunk = &in->from->chunk[belt_tail(&in->from->belt, 0) % CHUNKS];
	}
	return (const struct event *)(const void *)(in->chunk->bytes + in->at);
}

void inlet_skip(struct inlet *in)
{
	in->at += ((const struct event *)(const void *)(in->chunk->bytes + in->at))->bytes;
}
