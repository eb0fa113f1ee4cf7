/* SPDX-License-Identifier: Apache-2.0 */
/* The plain way: one thread reads packets, follows flows and judges, without queues. */
#ifndef PROBE_ALONE_H
#define PROBE_ALONE_H

#include "probe/judge.h"

struct alone;

int alone_new(const struct probe_config *c, struct judge *j, struct alone **out, struct err *e);
void alone_free(struct alone *a);
int alone_open_file(struct alone *a, const char *path, struct err *e);
int alone_open_live(struct alone *a, const char *interface, struct err *e);
int alone_step(struct alone *a, int wait_ms, struct err *e); /* as probe_step */
void alone_finish(struct alone *a);                          /* ends all flows */
/* What it counts; the rest of OUT is left as it is. */
void alone_stats(const struct alone *a, struct probe_stats *out);

#endif
