/* SPDX-License-Identifier: Apache-2.0 */
/* CSV (RFC 4180) as Excel writes it: UTF-8 with or without BOM, or CP932; LF or CRLF; quotes,
 * doubled quotes. */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

enum { CSV_COLUMNS_MAX = 128, CSV_CELL_MAX = 16384 };

struct csv_row {
	long line; /* of the file, where the row starts, from 1 */
	size_t n;
	const char *cell[CSV_COLUMNS_MAX]; /* NUL-terminated UTF-8, valid until the next row */
	size_t len[CSV_COLUMNS_MAX];
};

struct csv;

/* Takes a copy in UTF-8 of the N bytes at P: guesses the charset (UTF-8 when valid, else CP932). */
int csv_open(const void *p, size_t n, struct csv **out, struct err *e);
void csv_close(struct csv *c);
const char *csv_charset(const struct csv *c); /* "UTF-8" or "CP932" */
/* 1 = a row, 0 = the end, -EFORMAT / -ELIMIT = this row is bad (text and OUT->line say where; the
 * next call goes on behind it). */
int csv_next(struct csv *c, struct csv_row *out, struct err *e);

/* Writing: quotes where needed; a cell that a spreadsheet would run as a formula (= + - @ tab) gets
 * a leading apostrophe. */
void csv_cell(struct buf *b, const char *text, bool first);
void csv_end(struct buf *b);
void csv_line(struct buf *b, const char *const *cells, size_t n); /* a whole row */

#endif
