/* SPDX-License-Identifier: Apache-2.0 */
/* Brings one event to the judge as if the packet had been read here. The devices of a flow are the
 * judge's: workers know flows by their place only. */
#include "probe/workers/crew_hear.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/clock.h"

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

static void packet_of(const struct event_flow *b, const uint8_t *payload, struct dissected *out)
{
	memcpy(out, b->packet, DISSECTED_HEAD);
	out->neighbour.op = NEIGHBOUR_NONE;
	out->unreached.proto = 0;
	out->l3 = (struct rd){ 0 };
	out->payload = b->payload_bytes ? rd_of(payload, b->payload_bytes) : (struct rd){ 0 };
}

static void hear_flow(struct heard *h, struct judge *j, const struct event *e)
{
	const struct event_flow *b = (const struct event_flow *)(const void *)(e + 1);
	const uint8_t *rest = (const uint8_t *)(b + 1);
	uint32_t *device = h->device[e->flow];
	struct flow f = b->flow;
	struct dissected d;

	/* Facts are texts: the judge does not change them. */
	f.facts = b->facts_bytes ? (struct flow_facts *)(uintptr_t)rest : NULL;
	f.device[0] = device[0] - 1;
	f.device[1] = device[1] - 1;
	if (b->has_packet)
		packet_of(b, e->outside ? b->outside : rest + b->facts_bytes, &d);
	if (e->kind == EVENT_PACKET) {
		judge_packet(j, &f, e->what, &d);
		return;
	}
	judge_flow(j, &f, e->what, b->has_packet ? &d : NULL);
	if (e->what == FLOW_EVENT_NEW) {
		device[0] = f.device[0] + 1;
		device[1] = f.device[1] + 1;
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

static void hear_status(struct heard *h, const struct event *e)
{
	bool was_up = h->status.up;

	memcpy(&h->status, e + 1, sizeof(h->status));
	if (h->status.up && !was_up)
		h->up_since_us = clock_utc_us(&clock_real);
}

void heard_event(struct heard *h, struct judge *j, const struct event *e)
{
	struct dissected d;

	/* The clocks of workers on a wire differ a little; time does not step back by that. */
	if (e->now_us > j->env.now_us || j->env.now_us - e->now_us > US_PER_MIN)
		j->env.now_us = e->now_us;
	switch ((enum event_kind)e->kind) {
	case EVENT_FLOW:
	case EVENT_PACKET:
		hear_flow(h, j, e);
		break;
	case EVENT_NEIGHBOUR:
		memcpy(&d, e + 1, sizeof(d));
		judge_neighbour(j, &d);
		break;
	case EVENT_MOVED:
		hear_moved(h, j, e);
		break;
	case EVENT_COUNTS:
		hear_counts(j, e);
		break;
	case EVENT_CLOCK:
		judge_clock(j, j->env.now_us);
		break;
	case EVENT_STATUS:
		hear_status(h, e);
		break;
	case EVENT_PROBLEM:
		if (j->sink.problem)
			j->sink.problem(j->sink.arg, (const char *)(e + 1));
		break;
	}
}
