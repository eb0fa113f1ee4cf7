/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of a spool segment: a head, then records one behind the other. Pure: no I/O; the files
 * are sensor/spool's business. doc/wire.md draws the layout. */
#ifndef WIRE_SEGMENT_H
#define WIRE_SEGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	SEGMENT_VERSION = 1,
	SEGMENT_HEAD_BYTES = 32,
	SEGMENT_RECORD_HEAD_BYTES = 16,
};

/* What a record is, so that the quota can choose without opening the payload. On disk a report on
 * an order is of kind 1: as dear as a finding. */
enum record_kind {
	RECORD_FINDING = 1,
	RECORD_SUMMARY = 2,
	RECORD_HEARTBEAT = 3,
	RECORD_ORDER = 4, /* never on disk */
};

struct segment_record {
	uint64_t sequence;
	enum record_kind kind;
	const uint8_t *p; /* the packed Record */
	size_t n;         /* at most RECORD_MAX */
};

void segment_head_encode(uint64_t first_sequence, struct buf *out);
/* 1 = parsed, 0 = fewer bytes than a head has, -EFORMAT. */
int segment_head_parse(const void *p, size_t n, uint64_t *first_sequence_out, struct err *e);

void segment_record_encode(const struct segment_record *r, struct buf *out);

/* Walks over records. The bytes may be a window of a longer file: BASE is the offset of P[0] in it
 * (for messages), AT where the next record starts within P. */
struct segment_cursor {
	const uint8_t *p;
	size_t n, at;
	uint64_t base;
	uint64_t last; /* sequence of the record before; the next one must be higher */
};

/* 1 = OUT is the next record (it points into P) and AT stands behind it; 0 = the bytes end at AT or
 * within the record that starts there; -EFORMAT = what stands at AT is no record. */
int segment_next(struct segment_cursor *c, struct segment_record *out, struct err *e);

/* A whole segment file. GOOD_BYTES is where the last whole record ends; what lies behind it is a
 * torn tail. 0, or -EFORMAT when even the head is not one. */
struct segment_scan {
	uint64_t first_sequence;
	uint64_t last_sequence; /* first - 1 when there is no record */
	size_t good_bytes;
	size_t records[RECORD_HEARTBEAT + 1]; /* by kind */
	size_t bytes[RECORD_HEARTBEAT + 1];   /* by kind, with their heads */
};
int segment_scan(const void *p, size_t n, struct segment_scan *out, struct err *e);

#endif
