/* SPDX-License-Identifier: Apache-2.0 */
/* The spool folder: names of segments, which there are, and the files beside them. */
#ifndef SENSOR_SPOOL_DIR_H
#define SENSOR_SPOOL_DIR_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SPOOL_PATH_MAX = 4096, SPOOL_SEGMENTS_MAX = 100000 };

/* Numbers in the two slot files. */
#define SPOOL_WRITER_FILE "writer.state"
#define SPOOL_READER_FILE "reader.state"
enum spool_writer_slot {
	SLOT_RESERVED, /* no sequence from here on has ever been used */
	SLOT_DROPPED_FINDINGS,
	SLOT_DROPPED_SUMMARIES,
	SLOT_DROPPED_HEARTBEATS,
	SLOT_DAMAGED_BYTES,
};
enum spool_reader_slot {
	SLOT_ACKNOWLEDGED,
	SLOT_HUB_HIGHEST, /* the highest sequence that the hub has said it holds */
};

/* OUT needs SPOOL_PATH_MAX bytes; a path that does not fit is cut and will not open. */
void spool_segment_path(const char *dir, uint64_t first_sequence, char *out);
void spool_file_path(const char *dir, const char *name, char *out);

/* First sequences of all segments, rising; the caller frees *FIRST_OUT. */
int spool_list(const char *dir, uint64_t **first_out, size_t *n_out, struct err *e);

#endif
