/* SPDX-License-Identifier: Apache-2.0 */
/* Importing a member list: the same rule for a dry run and for the word "import". */
#ifndef HUB_MEMBERS_MEMBERS_IMPORT_H
#define HUB_MEMBERS_MEMBERS_IMPORT_H

#include "hub/hub.h"
#include "hub/members/members.h"

enum { IMPORT_ROWS_MAX = 20000, IMPORT_BYTES_MAX = 8 * 1024 * 1024 };

enum import_state { IMPORT_NEW, IMPORT_CHANGED, IMPORT_SAME, IMPORT_ERROR };

struct import_row {
	long line; /* of the file */
	enum import_state state;
	const char *name;   /* the company's, as far as it was read */
	const char *column; /* the heading of the column that is wrong; "" = the whole row */
	const char *text;   /* what is wrong and what to do; "" */
	int64_t company_id; /* 0 on errors and for new companies of a dry run */
};

struct import_report {
	struct import_row *rows;
	size_t n_rows;
	int64_t n_new, n_changed, n_same, n_error;
	const char *charset;
	const char *unknown; /* headings that were left alone, ", " between them */
	bool dry_run;
};

struct import_file {
	const void *p;
	size_t n;
};

/* Rows with an error are left out, the others hold, in one transaction; a DRY_RUN does the same and
 * takes it back. Importing a file twice changes nothing. -EINVAL, -ELIMIT, -EFORMAT when the file
 * as a whole cannot be read. Texts of the report live in A. */
int members_import(struct db *db, const struct user *u, const struct import_file *file,
		   bool dry_run, struct arena *a, struct import_report *out, struct err *e);

/* Every company of the user's, in the columns that members_import reads. */
int members_import_export(struct db *db, const struct user *u, enum lang lang, struct buf *out,
			  struct err *e);

const char *members_import_state_name(enum import_state s); /* "new": JSON, CSS and key suffix */

#endif
