/* SPDX-License-Identifier: Apache-2.0 */
/* From an event back to what the judge hears. */
#ifndef PROBE_WORKERS_CREW_HEAR_H
#define PROBE_WORKERS_CREW_HEAR_H

#include "probe/judge.h"
#include "probe/workers/event.h"

/* What the judge's side remembers of one worker. */
struct heard {
	uint32_t (*device)[2]; /* of the flows, by their place; 0 = DEVICE_NONE, else one more */
	size_t places;
	struct worker_status status;
	int64_t up_since_us; /* of its capture (UTC) */
};

void heard_init(struct heard *h, uint32_t places);
void heard_done(struct heard *h);
void heard_event(struct heard *h, struct judge *j, const struct event *e);

#endif
