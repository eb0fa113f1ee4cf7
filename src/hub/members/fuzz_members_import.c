/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a member list, as an import reads them; what is read is written and read again. */
#include <stdlib.h>

#include "hub/members/members_columns.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

/* A row that was accepted must come back from what is written of it. */
static void round_trip(const struct members_row *row, struct arena *a)
{
	const struct members_column *match[CSV_COLUMNS_MAX], *bad;
	SCOPED_BUF struct buf b = { 0 };
	struct csv_row cells;
	struct members_row again;
	struct csv *csv;

	members_columns_write_headings(&b, LANG_JA);
	members_columns_write(&b, row, LANG_JA);
	if (csv_open(b.p, b.n, &csv, NULL) < 0)
		abort();
	if (csv_next(csv, &cells, NULL) != 1 || members_columns_match(&cells, match, NULL) < 0)
		abort();
	if (csv_next(csv, &cells, NULL) == 1)
		(void)members_columns_read(&cells, match, &again, &bad, a, NULL); /* no crash */
	csv_close(csv);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	const struct members_column *match[CSV_COLUMNS_MAX], *bad;
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct csv_row cells;
	struct members_row row;
	struct csv *csv;
	struct err e;
	int r;

	if (csv_open(p, n, &csv, &e) < 0)
		return 0;
	if (csv_next(csv, &cells, &e) == 1 && members_columns_match(&cells, match, &e) == 0)
		while ((r = csv_next(csv, &cells, &e)) != 0)
			if (r > 0 && members_columns_read(&cells, match, &row, &bad, a, &e) == 0)
				round_trip(&row, a);
	csv_close(csv);
	return 0;
}
