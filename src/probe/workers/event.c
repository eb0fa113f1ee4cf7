/* SPDX-License-Identifier: Apache-2.0 */
/* The order of events of different workers. */
#include "probe/workers/event.h"

#include <string.h>

static const struct flow *flow_of(const struct event *e)
{
	if (e->kind != EVENT_FLOW)
		return NULL;
	return &((const struct event_flow *)(const void *)(e + 1))->flow;
}

bool event_before(const struct event *a, const struct event *b)
{
	if (a->at != b->at)
		return a->at < b->at;
	if (a->phase != b->phase)
		return a->phase < b->phase;
	if (a->phase != PHASE_EXPIRED || a->order != b->order)
		return a->order < b->order;
	const struct flow *f = flow_of(a), *g = flow_of(b);
	if (!f || !g)
		return !f && g;
	return flow_order(f, g) < 0;
}
