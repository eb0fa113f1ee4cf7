/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes into lines: a line that is too long is passed over and counted. */
#ifndef PROBE_RECORDS_RECORD_LINES_H
#define PROBE_RECORDS_RECORD_LINES_H

#include "base/buf.h"
#include "base/str.h"

struct record_lines {
	struct buf b;
	size_t at;      /* in B: the first byte not handed out */
	bool counted;   /* a line may begin with its length (RFC 6587, 3.4.1) */
	bool skipping;  /* inside of a line that is too long */
	size_t skip;    /* bytes left of one with a length that is too long */
	uint64_t longs; /* of these, ever */
};

void record_lines_init(struct record_lines *l);
void record_lines_done(struct record_lines *l);
void record_lines_add(struct record_lines *l, const void *p, size_t n);
/* The next whole line without its end; valid until the next call. */
bool record_lines_next(struct record_lines *l, struct str *out);
/* What stands behind the last line end, when nothing more will come. */
bool record_lines_rest(struct record_lines *l, struct str *out);
void record_lines_clear(struct record_lines *l);
size_t record_lines_held(const struct record_lines *l); /* bytes of a line that has not ended */

#endif
