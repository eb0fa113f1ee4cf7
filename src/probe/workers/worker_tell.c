/* SPDX-License-Identifier: Apache-2.0 */
/* Writes events into the worker's outlet. */
#include <string.h>

#include "probe/workers/worker.h"

static struct event *tell(struct worker *w, enum event_kind kind, size_t body)
{
	struct event *e = outlet_event(&w->out, sizeof(*e) + body);

	e->kind = (uint8_t)kind;
	e->phase = w->phase;
	e->order = w->phase == PHASE_EXPIRED ? flow_due(w->flows) : 0;
	e->flow = 0;
	e->what = 0;
	e->outside = false;
	e->at = w->at;
	e->now_us = w->now_us;
	return e;
}

static void tell_plain(struct worker *w, enum event_kind kind, const void *body, size_t n)
{
	memcpy(tell(w, kind, n) + 1, body, n);
}

/* An event that bears a copy of the flow. PAYLOAD bytes of D go with it; those of a file stay where
 * they are until the judge has passed. */
static struct event *tell_flow(struct worker *w, enum event_kind kind, const struct flow *f,
			       const struct dissected *d, size_t payload)
{
	size_t facts = f->facts ? sizeof(*f->facts) + strlen(f->facts->name) + 1 : 0;
	bool outside = w->feed != NULL;
	struct event *e =
		tell(w, kind, sizeof(struct event_flow) + facts + (outside ? 0 : payload));
	struct event_flow *b = (struct event_flow *)(void *)(e + 1);
	uint8_t *rest = (uint8_t *)(b + 1);

	e->flow = flow_place(w->flows, f);
	b->flow = *f;
	b->facts_bytes = (uint32_t)facts;
	b->payload_bytes = (uint32_t)payload;
	b->has_packet = d != NULL;
	b->outside = outside && payload ? d->payload.p : NULL;
	e->outside = outside;
	if (d)
		memcpy(b->packet, d, DISSECTED_HEAD);
	if (facts)
		memcpy(rest, f->facts, facts);
	if (payload && !outside)
		memcpy(rest + facts, d->payload.p, payload);
	return e;
}

static void moved_tell(struct worker *w, size_t slot)
{
	struct event *e = tell(w, EVENT_MOVED, sizeof(struct moved));

	e->flow = w->moved[slot].flow;
	memcpy(e + 1, &w->moved[slot].n, sizeof(struct moved));
	w->moved[slot].flow = 0;
}

void worker_tell_moved(struct worker *w, const struct flow *f, int dir, uint32_t bytes)
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
				worker_tell_all_moved(w);
			w->moved_used[w->n_moved++] = (uint16_t)slot;
		}
		w->moved[slot].flow = place;
		w->moved[slot].n = (struct moved){ 0 };
	}
	w->moved[slot].n.bytes[dir] += bytes;
	w->moved[slot].n.packets[dir]++;
}

void worker_tell_all_moved(struct worker *w)
{
	for (size_t i = 0; i < w->n_moved; i++) {
		if (w->moved[w->moved_used[i]].flow)
			moved_tell(w, w->moved_used[i]);
	}
	w->n_moved = 0;
}

void worker_tell_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct worker *w = arg;
	size_t slot = flow_place(w->flows, f) % MOVED_SLOTS;

	/* After its end, its place is another's. The slot stays noted as used. */
	if (ev == FLOW_EVENT_END && w->moved[slot].flow == flow_place(w->flows, f))
		moved_tell(w, slot);
	tell_flow(w, EVENT_FLOW, f, d, 0)->what = (uint8_t)ev;
}

void worker_tell_packet(struct worker *w, const struct flow *f, int dir, const struct dissected *d)
{
	tell_flow(w, EVENT_PACKET, f, d, d->payload.n)->what = (uint8_t)dir;
}

void worker_tell_neighbour(struct worker *w, const struct dissected *d)
{
	tell_plain(w, EVENT_NEIGHBOUR, d, sizeof(*d));
}

void worker_tell_counts(struct worker *w)
{
	if (w->counts.packets == 0)
		return;
	tell_plain(w, EVENT_COUNTS, &w->counts, sizeof(w->counts));
	w->counts = (struct packet_counts){ .first_us = INT64_MAX, .last_us = INT64_MIN };
}

void worker_tell_clock(struct worker *w)
{
	(void)tell(w, EVENT_CLOCK, 0);
}

void worker_tell_status(struct worker *w)
{
	struct worker_status s = {
		.dropped = w->capture.stats.dropped,
		.records_bad = w->capture.stats.records_bad,
		.up = w->capture.stats.up,
	};

	flow_stats_get(w->flows, &s.flows);
	memcpy(s.text, w->capture.stats.text, sizeof(s.text));
	tell_plain(w, EVENT_STATUS, &s, sizeof(s));
}

void worker_tell_problem(void *arg, const char *text)
{
	tell_plain(arg, EVENT_PROBLEM, text, strlen(text) + 1);
}
