/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of other programs into the common form: which format a line has is seen from the line. */
#ifndef PROBE_RECORDS_RECORD_READER_H
#define PROBE_RECORDS_RECORD_READER_H

#include "base/err.h"
#include "probe/records/foreign.h"
#include "probe/records/mapping.h"
#include "probe/records/zeek.h"

struct record_stats {
	uint64_t lines;
	uint64_t records; /* handed on */
	uint64_t silent;  /* understood, with nothing for us in it */
	uint64_t unknown; /* not understood */
	uint64_t long_lines;
};

/* What is remembered between the lines of one file or connection; zero at first. */
struct record_stream {
	struct zeek_head head;
	uint64_t lost; /* as the other program last counted */
};

struct record_reader;

/* OFFSET_MIN: the time zone of texts that name none. */
struct record_reader *record_reader_new(int offset_min);
void record_reader_free(struct record_reader *r);
/* Takes M over; the first mapping that fits a record reads it. -ELIMIT: frees M. */
int record_reader_map(struct record_reader *r, struct mapping *m, struct err *e);
/* The same from files, separated by commas. */
int record_reader_load(struct record_reader *r, const char *paths, struct err *e);

/* 1 = OUT is filled, 0 = nothing for us, -EFORMAT or -ELIMIT = not understood, E says why. NOW_US:
 * for texts without a year, or without any time. */
int record_reader_line(struct record_reader *r, struct record_stream *stream, struct str line,
		       int64_t now_us, struct foreign *out, struct err *e);
const struct record_stats *record_reader_stats(const struct record_reader *r);
void record_reader_long(struct record_reader *r); /* a line was too long to be read */

#endif
