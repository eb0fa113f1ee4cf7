/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of a file of past cases. */
#include <stdlib.h>

#include "hub/cases/cases.h"
#include "hub/exports/exports_date.h"
#include "hub/exports/exports_history_row.h"
#include "texts/texts.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define NOW_US INT64_C(1795395600000000)

static const struct text *texts(void)
{
	static struct text *text; /* no text */

	if (!text && text_open(texts_mo, &text, NULL) < 0)
		abort();
	return text;
}

static void rows(struct csv *csv, struct arena *a)
{
	enum history_column match[CSV_COLUMNS_MAX], bad;
	struct history_reader r = {
		.text = texts(), .zone_min = 540, .now_us = NOW_US, .arena = a
	};
	struct history_row row;
	struct csv_row cells;
	struct err e;
	int read;

	r.kinds = cases_kinds(&r.n_kinds);
	if (csv_next(csv, &cells, &e) != 1 || history_match(&cells, match, &e) < 0)
		return;
	while ((read = csv_next(csv, &cells, &e)) != 0)
		if (read > 0 && history_read(&r, &cells, match, &row, &bad, &e) == 0 &&
		    (row.opened_us > NOW_US || row.phone < 0 || row.cost_yen < 0 ||
		     (row.closed_us && row.closed_us < row.opened_us)))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct csv *csv;
	int64_t us;

	(void)exports_date_parse(arena_strndup(a, (const char *)p, n), 540, &us, NULL);
	if (csv_open(p, n, &csv, NULL) < 0)
		return 0;
	rows(csv, a);
	csv_close(csv);
	return 0;
}
