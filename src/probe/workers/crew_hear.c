/* SPDX-License-Identifier: Apache-2.0 */
/* Brings events to the judge as if the packets had been read here. The devices of a flow are the
 * judge's: the flow stage knows flows by their place only. */
#include "probe/workers/crew_hear.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { AHEAD_BYTES = 1024 };

void heard_init(struct heard *h, uint32_t places)
{
	h->places = (size_t)places + 1;
	/* Untouched pages cost nothing. */
	h->device = mmap(NULL, h->places * sizeof(*h->device), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (h->device == MAP_FAILED)
		abort(); /* out of memory: the supervisor restarts us */
}

void heard_done(struct heard *h)
{
	if (h->device)
		(void)munmap(h->device, h->places * sizeof(*h->device)); /* ours: cannot fail */
}

static void hear_flow(struct heard *h, struct judge *j, struct event *e)
{
	struct event_flow *b = (struct event_flow *)(void *)(e + 1);
	uint32_t *device = h->device[e->flow];
	struct flow *f = &b->flow;

	f->facts = b->has_facts ? (struct flow_facts *)(void *)(b + 1) : NULL;
	f->device[0] = device[0] - 1;
	f->device[1] = device[1] - 1;
	if (e->kind == EVENT_PACKET) {
		judge_packet(j, f, e->what, e->packet);
		return;
	}
	judge_flow(j, f, e->what, e->packet);
	if (e->what == FLOW_EVENT_NEW) {
		device[0] = f->device[0] + 1;
		device[1] = f->device[1] + 1;
	} else if (e->what == FLOW_EVENT_END) {
		device[0] = device[1] = 0;
	}
}

static void hear_moved(const struct heard *h, struct judge *j, const struct event *e)
{
	const uint32_t *plus = h->device[e->flow];
	uint32_t device[2] = { plus[0] - 1, plus[1] - 1 };
	struct moved n;

	memcpy(&n, e + 1, sizeof(n));
	traffic_moved(j->env.inventory, device, &n);
}

static void hear_counts(struct judge *j, const struct event *e)
{
	struct packet_counts n;

	memcpy(&n, e + 1, sizeof(n));
	judge_count(j, &n);
}

static void hear_event(struct heard *h, struct judge *j, struct event *e)
{
	j->env.now_us = e->now_us;
	switch ((enum event_kind)e->kind) {
	case EVENT_FLOW:
	case EVENT_PACKET:
		hear_flow(h, j, e);
		break;
	case EVENT_NEIGHBOUR:
		judge_neighbour(j, e->packet);
		break;
	case EVENT_MOVED:
		hear_moved(h, j, e);
		break;
	case EVENT_COUNTS:
		hear_counts(j, e);
		break;
	case EVENT_CLOCK:
		judge_clock(j, e->now_us);
		break;
	}
}

static struct event *event_at(struct chunk *c, uint32_t at)
{
	return (struct event *)(void *)(c->bytes + at);
}

/* What another processor wrote takes its time to come: it is asked for some events before. */
static void fetch(const struct heard *h, const struct event *e)
{
	const char *packet = (const char *)e->packet;

	if (e->kind <= EVENT_MOVED)
		__builtin_prefetch(h->device[e->flow]);
	if (!packet)
		return;
	for (size_t i = 0; i < sizeof(*e->packet); i += 64)
		__builtin_prefetch(packet + i);
	if (e->payload)
		__builtin_prefetch(e->payload);
}

void heard_chunk(struct heard *h, struct judge *j, struct chunk *c)
{
	uint32_t ahead = 0;

	for (uint32_t at = 0; at < c->used;) {
		for (; ahead < c->used && ahead < at + AHEAD_BYTES;
		     ahead += event_at(c, ahead)->bytes)
			fetch(h, event_at(c, ahead));
		struct event *e = event_at(c, at);
		at += e->bytes; /* the judge may write into it */
		hear_event(h, j, e);
	}
}
