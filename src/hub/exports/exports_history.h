/* SPDX-License-Identifier: Apache-2.0 */
/* Past cases from a CSV file: the same rule for a dry run and for the word "import". */
#ifndef HUB_EXPORTS_EXPORTS_HISTORY_H
#define HUB_EXPORTS_EXPORTS_HISTORY_H

#include "hub/exports/exports_history_row.h"
#include "hub/hub.h"

enum { HISTORY_ROWS_MAX = 10000, HISTORY_BYTES_MAX = 8 * 1024 * 1024 };

enum history_state { HISTORY_NEW, HISTORY_SAME, HISTORY_ERROR };
const char *exports_history_state(enum history_state s); /* "new" */

struct history_result {
	long line;
	enum history_state state;
	const char *title, *number; /* of the case; "" while it has none */
	const char *column, *text;  /* what is wrong and what to do; "" */
	const char *const *cells;   /* of a row with an error, for the file of the refused */
	size_t n_cells;
};

struct history_report {
	struct history_result *rows;
	size_t n_rows;
	int64_t n_new, n_same, n_error;
	const char *charset, *unknown;
	const char *const *headings;
	size_t n_headings;
	bool dry_run;
};

struct history_file {
	const void *p;
	size_t n;
};

/* Rows with an error are left out, the others hold, in one transaction; a DRY_RUN does the same and
 * takes it back. A row that came in before changes nothing. -EINVAL, -ELIMIT, -EFORMAT when the
 * file as a whole cannot be read. Texts of the report live in A. */
int exports_history(struct hub *h, const struct user *u, const struct history_file *file,
		    bool dry_run, struct arena *a, struct history_report *out, struct err *e);
/* The refused rows as they stood, with what is wrong behind: to be mended and imported again. */
void exports_history_refused_csv(const struct history_report *r, const struct text *text,
				 enum lang lang, struct buf *out);

#endif
