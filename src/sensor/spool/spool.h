/* SPDX-License-Identifier: Apache-2.0 */
/* The spool, written by the probe: records go into numbered segments under a quota. Nothing here
 * fails for the caller: what cannot be kept is counted and told. The uplink reads with
 * spool_reader.h; the two share the folder only. */
#ifndef SENSOR_SPOOL_SPOOL_H
#define SENSOR_SPOOL_SPOOL_H

#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "wire/record.h"

struct spool;

struct spool_conf {
	const char *dir; /* made when absent */
	int64_t quota_bytes;
	const struct clock *clock;
};

enum { SPOOL_QUOTA_MIN = 1024 * 1024 };

struct spool_stats {
	uint64_t bytes, quota;
	uint64_t next_sequence;
	uint64_t dropped[RECORD_HEARTBEAT + 1]; /* by kind, ever: quota, full disk, too large */
	uint64_t dropped_before;    /* of these, how many before this spool_open: told by an earlier
				       run */
	uint64_t damaged_bytes;     /* cut off after a crash, ever */
	char trouble[ERR_TEXT_MAX]; /* why records wait or are lost now; "" = all well */
};

/* Cuts a torn tail; the next sequence is one that was never used, also after a crash. -EBUSY when
 * another process writes this spool. */
int spool_open(const struct spool_conf *c, struct spool **out, struct err *e);
void spool_close(struct spool *s); /* stores what it can; NULL is fine */

/* Numbers R (r->sequence) and takes a copy. */
void spool_append(struct spool *s, struct record *r);
/* Writes what was gathered, makes it durable when that is due, keeps the quota. Call it after each
 * batch of packets and every tenth of a second. */
void spool_run(struct spool *s);

void spool_stats_get(struct spool *s, struct spool_stats *out);

#endif
