/* SPDX-License-Identifier: Apache-2.0 */
/* What the spool's own files share: its state. For spool*.c only. */
#ifndef SENSOR_SPOOL_SPOOL_INT_H
#define SENSOR_SPOOL_SPOOL_INT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "sensor/spool/slots.h"
#include "sensor/spool/spool.h"
#include "wire/segment.h"

enum {
	SPOOL_SEGMENT_MAX = 4 * 1024 * 1024,
	SPOOL_SEGMENT_MIN = 64 * 1024,
	SPOOL_FILE_MAX = 64 * 1024 * 1024, /* a larger segment is not ours */
	SPOOL_KINDS = RECORD_HEARTBEAT + 1,
};

struct spool_segment {
	uint64_t first, last; /* sequences */
	uint64_t bytes;
	uint64_t records[SPOOL_KINDS];
};

struct spool {
	char *dir;
	const struct clock *clock;
	uint64_t quota, segment_max;
	struct slots state;
	uint64_t dropped_before; /* when it was opened */
	bool state_changed;      /* a loss is counted in memory only */
	int64_t state_ns;        /* monotonic, when it was stored last */
	uint64_t next;           /* sequence */

	struct spool_segment *segments; /* oldest first */
	size_t n_segments, cap_segments;
	uint64_t bytes; /* of all segments */
	int fd;         /* of the last segment while it grows, else -1 */

	struct buf pending; /* encoded, not written */
	uint64_t pending_first, pending_last;
	uint64_t pending_records[SPOOL_KINDS];
	struct buf payload;
	struct arena *scratch;

	bool unsynced, unsynced_finding;
	int64_t synced_ns; /* monotonic */
	int64_t retry_ns;  /* no attempt to write before */
	char trouble[ERR_TEXT_MAX];
};

/* spool_quota.c */
/* Forgets segments that the uplink has removed, removes those that are acknowledged as a whole, and
 * takes no number that the hub holds already. */
void spool_refresh(struct spool *s);
/* Drops until the spool is within its quota: summaries first, findings last, oldest first. */
int spool_quota_keep(struct spool *s, struct err *e);
/* The disk is full: removes old segments without findings. 1 = something went. */
int spool_room_make(struct spool *s);

/* spool_recover.c: reads what is there at start. */
int spool_recover(struct spool *s, struct err *e);
struct spool_segment *spool_segment_add(struct spool *s, uint64_t first);
void spool_segment_remove(struct spool *s, size_t i); /* from the list only */

/* spool.c */
void spool_segment_end(struct spool *s); /* the growing segment becomes a finished one */

#endif
