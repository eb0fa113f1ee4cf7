/* SPDX-License-Identifier: Apache-2.0 */
/* Several threads on one source. The judge hears all events in the order of packets, on the thread
 * that calls crew_step. */
#ifndef PROBE_WORKERS_CREW_H
#define PROBE_WORKERS_CREW_H

#include "probe/judge.h"

struct crew;

int crew_new(const struct probe_config *c, struct judge *j, struct crew **out, struct err *e);
void crew_free(struct crew *c); /* what is open is lost */
int crew_open_file(struct crew *c, const char *path, struct err *e);
int crew_open_live(struct crew *c, const char *interface, struct err *e);
/* As probe_step. */
int crew_step(struct crew *c, int wait_ms, struct err *e);
/* Ends the source and all flows; the judge has heard everything then. */
void crew_finish(struct crew *c);
/* What workers count; the rest of OUT is left as it is. */
void crew_stats(struct crew *c, struct probe_stats *out);

#endif
