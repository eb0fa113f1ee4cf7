/* SPDX-License-Identifier: Apache-2.0 */
/* The columns of a member list as a CSV file: headings in both languages, what a cell must hold,
 * how it is written. doc: the page /members/import lists them from the same table. */
#ifndef HUB_MEMBERS_MEMBERS_COLUMNS_H
#define HUB_MEMBERS_MEMBERS_COLUMNS_H

#include "base/csv.h"
#include "hub/members/members.h"

enum { ROW_CONTACTS = 3 };

/* One company as a file tells it. A NULL text and a -1 number: the file does not say. */
struct members_row {
	struct company company;
	struct contact contact[ROW_CONTACTS]; /* name NULL = none */
};

struct members_cell;
struct members_column {
	const char *key;        /* English heading, and suffix of its text key */
	const char *heading;    /* Japanese heading */
	const char *aliases[4]; /* other headings, folded when compared */
	bool required;
	const struct members_cell *cell;
	int contact; /* 0..2 for a contact's column, -1 else */
};

const struct members_column *members_columns(size_t *n_out);

/* Which column each cell of the heading row is; NULL = unknown, to be left alone. -EINVAL when a
 * required one is missing or one stands twice. */
int members_columns_match(const struct csv_row *headings,
			  const struct members_column *out[CSV_COLUMNS_MAX], struct err *e);
/* Reads one row; *BAD_OUT is the column that E is about. */
int members_columns_read(const struct csv_row *cells,
			 const struct members_column *const columns[CSV_COLUMNS_MAX],
			 struct members_row *out, const struct members_column **bad_out,
			 struct arena *a, struct err *e);

void members_columns_write_headings(struct buf *b, enum lang lang);
void members_columns_write(struct buf *b, const struct members_row *row, enum lang lang);

#endif
