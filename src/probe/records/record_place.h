/* SPDX-License-Identifier: Apache-2.0 */
/* How far each followed file has been read, in a small file of our own, so that a restart goes on
 * where it stopped. A file is known by its inode and by how it begins: an inode may be used again.
 */
#ifndef PROBE_RECORDS_RECORD_PLACE_H
#define PROBE_RECORDS_RECORD_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

enum { PLACES_MAX = 16, PLACE_HEAD_MAX = 64 };

struct record_place {
	uint64_t inode, head; /* HEAD: hash of the first HEAD_N bytes */
	size_t head_n;
	int64_t offset; /* of the first line that was not read */
};

/* The beginning of FD, as far as it is older than OFFSET. */
void record_place_mark(struct record_place *p, int fd, int64_t offset);
/* Does FD begin as P says, and reach as far? */
bool record_place_fits(const struct record_place *p, int fd);

/* A line for each: "INODE OFFSET HEAD_N HEAD PATH". */
void record_place_put(const struct record_place *p, const char *path, struct buf *out);
/* That of PATH in TEXT; false: none, or a damaged line. */
bool record_place_get(struct str text, const char *path, struct record_place *out);

#endif
