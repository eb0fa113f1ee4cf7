/* SPDX-License-Identifier: Apache-2.0 */
/* Results as structs in an arena: what the getters and lists of every *_store.c share. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"
#include "store/db.h"

/* Fills ROW, a struct of the caller's, from the row that R stands on; what it keeps it copies. */
typedef void (*rows_reader)(const struct rows *r, struct arena *a, void *row);

/* The text of a column, kept in A; SQL NULL gives "". */
const char *rows_keep(const struct rows *r, int col, struct arena *a);

/* The bytes of a column, zeros and all, kept in A with a NUL behind them; never NULL. */
const void *rows_keep_blob(const struct rows *r, int col, struct arena *a, size_t *n_out);

/* Both take R over and close it; R is NULL when the query failed, E says why then. They leave the
 * outputs alone on failure. */

/* The first row into *OUT: 0, or -ENOENT when there is none. */
int rows_get(struct rows *r, rows_reader read, struct arena *a, void *out, struct err *e);
/* All rows into an array in A: rows_list(r, read, a, ROWS_OUT(out, n_out), e) with T **out. The
 * LIMIT stands in the SQL; -ELIMIT beyond ROWS_LIST_MAX. */
#define ROWS_OUT(out, n_out) sizeof(**(out)), (out), (n_out)
enum { ROWS_LIST_MAX = 100000 };
int rows_list(struct rows *r, rows_reader read, struct arena *a, size_t size, void *out,
	      size_t *n_out, struct err *e);

#endif
