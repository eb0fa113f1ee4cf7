/* SPDX-License-Identifier: Apache-2.0 */
/* One row of a file of past cases: columns, what a cell must hold. */
#ifndef HUB_EXPORTS_EXPORTS_HISTORY_ROW_H
#define HUB_EXPORTS_EXPORTS_HISTORY_ROW_H

#include <stdint.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"
#include "base/text.h"

enum history_column {
	HISTORY_REF,
	HISTORY_OPENED,
	HISTORY_CLOSED,
	HISTORY_HAPPENED,
	HISTORY_COMPANY,
	HISTORY_KIND,
	HISTORY_TITLE,
	HISTORY_WORDS,
	HISTORY_PHONE,
	HISTORY_REMOTE,
	HISTORY_VISIT,
	HISTORY_COST,
	HISTORY_CAUSE,
	HISTORY_LESSON,
	HISTORY_COLUMNS,
};

struct history_heading {
	const char *key, *ja; /* heading in both languages */
	const char *alias[4];
	bool required;
};
extern const struct history_heading history_headings[HISTORY_COLUMNS];

/* Texts are trimmed, in the arena, "" where the cell is empty. */
struct history_row {
	const char *text[HISTORY_COLUMNS];
	const char *kind;                          /* id */
	int64_t opened_us, closed_us, happened_us; /* 0 = not said */
	int64_t phone, remote, visit, cost_yen;
};

struct history_reader {
	const struct text *text; /* the words for kinds of cases */
	const char *const *kinds;
	size_t n_kinds;
	int zone_min;
	int64_t now_us;
	struct arena *arena;
};

/* MATCH[cell] = column, or HISTORY_COLUMNS for those that are left alone. -EINVAL. */
int history_match(const struct csv_row *headings, enum history_column match[CSV_COLUMNS_MAX],
		  struct err *e);
/* -EINVAL with words; BAD_OUT is the column that they are about. */
int history_read(const struct history_reader *r, const struct csv_row *cells,
		 const enum history_column match[CSV_COLUMNS_MAX], struct history_row *out,
		 enum history_column *bad_out, struct err *e);

#endif
