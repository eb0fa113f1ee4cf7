/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of Zeek's logs, as JSON or as tab-separated text with its "#fields" head ("Zeek Log
 * Formats and Inspection", "Log Files" of its documentation). */
#ifndef PROBE_RECORDS_ZEEK_H
#define PROBE_RECORDS_ZEEK_H

#include "base/err.h"
#include "probe/records/foreign.h"

enum { ZEEK_HEAD_MAX = 4096 };

/* What the "#" lines of one tab-separated log said; zero at first. */
struct zeek_head {
	char fields[ZEEK_HEAD_MAX]; /* names, each behind a tab; "" = none yet */
	char path[64];
	char empty[16], unset[16];
};

bool zeek_is(const struct fields *f);
/* Takes a line that begins with '#': true when it is one of Zeek's. */
bool zeek_head_line(struct zeek_head *h, struct str line);
/* -EFORMAT when LINE has not as many columns as the head names. */
int zeek_columns(const struct zeek_head *h, struct str line, struct fields *f, struct err *e);
/* 1 = OUT is filled, 0 = understood, but nothing for us, -EFORMAT. */
int zeek_read(const struct fields *f, struct foreign *out, struct err *e);

#endif
