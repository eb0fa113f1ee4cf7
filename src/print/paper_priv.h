/* SPDX-License-Identifier: Apache-2.0 */
/* What paper.c (the document) and paper_press.c (its pages) share. */
#ifndef PRINT_PAPER_PRIV_H
#define PRINT_PAPER_PRIV_H

#include "base/arena.h"
#include "print/paper.h"

enum paper_style {
	PAPER_TITLE,
	PAPER_HEADING,
	PAPER_TEXT,
	PAPER_SMALL,
	PAPER_ITEM,
	PAPER_FACT,
	PAPER_HEAD_ROW,
	PAPER_ROW,
};

struct paper_table {
	size_t n;
	int width[PAPER_COLUMNS_MAX]; /* sum: total */
	int total;
	bool right[PAPER_COLUMNS_MAX];
	const char *heading[PAPER_COLUMNS_MAX];
};

struct paper_block {
	enum paper_style style;
	const struct paper_table *table; /* of rows and facts */
	const char *const *cell;
	size_t n;
};

struct paper {
	struct paper_conf conf;
	struct arena *arena;
	struct paper_block *blocks;
	size_t n_blocks;
	const struct paper_table *table; /* the newest */
	bool over;                       /* there were more than PAPER_BLOCKS_MAX */
};

#endif
