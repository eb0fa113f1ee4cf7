/* SPDX-License-Identifier: Apache-2.0 */
/* A process that reads one hostile file: bounded in time and memory, and without any call that
 * could open, connect, start or send. */
#ifndef BASE_CAGE_H
#define BASE_CAGE_H

#include <stdint.h>

#include "base/err.h"

struct cage_limits {
	int64_t cpu_s, memory_bytes, file_bytes; /* of what it writes; 0 = as it is */
};

/* From here on the process may read and write what it has open, use memory up to its limit, and
 * end. Anything else ends it at once (SIGSYS). -ENOTSUP where the machine's calls are not known
 * here. */
int cage_enter(const struct cage_limits *l, struct err *e);

#endif
