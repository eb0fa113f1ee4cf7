/* SPDX-License-Identifier: Apache-2.0 */
/* Writes events into the open chunk. */
#include <string.h>

#include "probe/workers/front.h"

static struct event *tell(struct front *w, enum event_kind kind, size_t body)
{
	size_t n = (sizeof(struct event) + body + 7) & ~(size_t)7;

	if (!w->open || w->open->used + n > CHUNK_BYTES)
		w->open = w->next(w->arg, w->open);
	struct event *e = (struct event *)(void *)(w->open->bytes + w->open->used);
	w->open->used += (uint32_t)n;
	*e = (struct event){ .bytes = (uint32_t)n, .kind = (uint8_t)kind, .now_us = w->now_us };
	return e;
}

static struct event *tell_flow(struct front *w, enum event_kind kind, const struct flow *f,
			       const struct dissected *d)
{
	size_t facts = f->facts ? sizeof(*f->facts) + strlen(f->facts->name) + 1 : 0;
	struct event *e = tell(w, kind, sizeof(struct event_flow) + facts);
	struct event_flow *b = (struct event_flow *)(void *)(e + 1);

	e->flow = flow_place(w->flows, f);
	e->packet = d;
	b->flow = *f;
	b->has_facts = facts > 0;
	if (facts)
		memcpy(b + 1, f->facts, facts);
	return e;
}

static void moved_tell(struct front *w, size_t slot)
{
	struct event *e = tell(w, EVENT_MOVED, sizeof(struct moved));

	e->flow = w->moved[slot].flow;
	memcpy(e + 1, &w->moved[slot].n, sizeof(struct moved));
	w->moved[slot].flow = 0;
}

void front_tell_moved(struct front *w, const struct flow *f, int dir, uint32_t bytes)
{
	uint32_t place = flow_place(w->flows, f);
	size_t slot = place % MOVED_SLOTS;

	if (w->moved[slot].flow != place) {
		if (w->moved[slot].flow) {
			moved_tell(w, slot);
		} else {
			/* a slot whose flow ended is noted once more: many short flows fill the
			 * list */
			if (w->n_moved == MOVED_SLOTS)
				front_tell_all_moved(w);
			w->moved_used[w->n_moved++] = (uint16_t)slot;
		}
		w->moved[slot].flow = place;
		w->moved[slot].n = (struct moved){ 0 };
	}
	w->moved[slot].n.bytes[dir] += bytes;
	w->moved[slot].n.packets[dir]++;
}

void front_tell_all_moved(struct front *w)
{
	for (size_t i = 0; i < w->n_moved; i++) {
		if (w->moved[w->moved_used[i]].flow)
			moved_tell(w, w->moved_used[i]);
	}
	w->n_moved = 0;
}

void front_tell_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct front *w = arg;
	size_t slot = flow_place(w->flows, f) % MOVED_SLOTS;

	/* After its end, its place is another's. The slot stays noted as used. */
	if (ev == FLOW_EVENT_END && w->moved[slot].flow == flow_place(w->flows, f))
		moved_tell(w, slot);
	tell_flow(w, EVENT_FLOW, f, d)->what = (uint8_t)ev;
}

void front_tell_packet(struct front *w, const struct flow *f, int dir, const struct dissected *d)
{
	struct event *e = tell_flow(w, EVENT_PACKET, f, d);

	e->what = (uint8_t)dir;
	e->payload = d->payload.p;
}

void front_tell_neighbour(struct front *w, const struct dissected *d)
{
	tell(w, EVENT_NEIGHBOUR, 0)->packet = d;
}

void front_tell_counts(struct front *w)
{
	memcpy(tell(w, EVENT_COUNTS, sizeof(w->counts)) + 1, &w->counts, sizeof(w->counts));
}

void front_tell_clock(struct front *w)
{
	(void)tell(w, EVENT_CLOCK, 0);
}
