/* SPDX-License-Identifier: Apache-2.0 */
/* From an event back to what the judge hears. */
#ifndef PROBE_WORKERS_CREW_HEAR_H
#define PROBE_WORKERS_CREW_HEAR_H

#include "probe/judge.h"
#include "probe/workers/event.h"

/* What the judge's side remembers of flows. */
struct heard {
	uint32_t (*device)[2]; /* by their place; 0 = DEVICE_NONE, else one more */
	size_t places;
};

void heard_init(struct heard *h, uint32_t places);
void heard_done(struct heard *h);
/* All events of C, which is scratch from then on. */
void heard_chunk(struct heard *h, struct judge *j, struct chunk *c);

#endif
