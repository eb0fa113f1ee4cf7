/* SPDX-License-Identifier: Apache-2.0 */
/* The spool as the uplink sees it: records in order, following the growing end, and the removal of
 * what the hub has acknowledged. */
#ifndef SENSOR_SPOOL_SPOOL_READER_H
#define SENSOR_SPOOL_SPOOL_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/segment.h"

struct spool_reader;

struct spool_reader_stats {
	uint64_t acknowledged;
	uint64_t damaged_segments; /* left before their end because of a damaged record */
};

/* Starts behind what is acknowledged. */
int spool_reader_open(const char *dir, struct spool_reader **out, struct err *e);
void spool_reader_close(struct spool_reader *r); /* NULL is fine */

/* 1 = OUT is the next record, valid until the next call; 0 = no more for now; negative = the folder
 * cannot be read now, try again later. A segment with a damaged record is left there, counted, and
 * reading goes on in the next one. */
int spool_reader_next(struct spool_reader *r, struct segment_record *out, struct err *e);

/* The next record is the first one above SEQUENCE. */
void spool_reader_seek(struct spool_reader *r, uint64_t sequence);

/* The hub holds everything up to SEQUENCE: stores that durably (at most once a second unless NOW)
 * and removes segments that are acknowledged as a whole. A lower number than before is ignored. */
int spool_reader_ack(struct spool_reader *r, uint64_t sequence, bool now, struct err *e);

/* The hub says what it holds, which may be more than this spool ever had (a spool that was lost):
 * the probe must not use those numbers again. */
int spool_reader_hub_highest(struct spool_reader *r, uint64_t sequence, struct err *e);

void spool_reader_stats_get(const struct spool_reader *r, struct spool_reader_stats *out);
/* The first sequence in the spool and the one behind its last record; both 0 when it is empty. For
 * the greeting only: the spool goes on growing. */
void spool_reader_range(struct spool_reader *r, uint64_t *first_out, uint64_t *next_out);

#endif
