/* SPDX-License-Identifier: Apache-2.0 */
/* A few numbers kept durably in one small file, written in place: it needs no free disk space, and
 * a crash leaves the old numbers or the new ones. One process writes, another may read. */
#ifndef SENSOR_SPOOL_SLOTS_H
#define SENSOR_SPOOL_SLOTS_H

#include <stdint.h>

#include "base/err.h"

enum { SLOTS_N = 8 };

struct slots {
	int fd; /* -1 = not open */
	uint64_t generation;
	uint64_t v[SLOTS_N];
};

/* Opens or makes the file; numbers are 0 when it is new or holds nothing whole. */
int slots_open(struct slots *s, const char *path, struct err *e);
void slots_close(struct slots *s);             /* stores nothing */
int slots_set(struct slots *s, struct err *e); /* makes s->v durable */
/* The numbers as they are now, without writing: 0, -ENOENT, -EFORMAT. */
int slots_get(const char *path, uint64_t v_out[SLOTS_N]);

#endif
