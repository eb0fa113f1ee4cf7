/* SPDX-License-Identifier: Apache-2.0 */
/* A document on A4 as PDF: headings, text, facts and tables, one below the other; page numbers and
 * a line in the foot of each page. What it says is its caller's, how it looks is here. */
#ifndef PRINT_PAPER_H
#define PRINT_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum {
	PAPER_PAGES_MAX = 200,
	PAPER_COLUMNS_MAX = 8,
	PAPER_BLOCKS_MAX = 50000,
	PAPER_TEXT_MAX = 32768, /* bytes of one text; the rest is left away */
};

struct paper_conf {
	const char *title, *author; /* the file's properties; the title stands in the head */
	const char *lang;           /* "ja" */
	const char *foot;           /* left in the foot of each page */
	const char *page_of;        /* "{0} / {1}" */
	const char *cut;            /* stands at the end when there is more than PAGES_MAX */
	int64_t made_us;            /* in the file; the same input gives the same bytes */
	int pages_max;              /* 0 = PAPER_PAGES_MAX */
};

struct paper;
struct paper *paper_new(const struct paper_conf *c); /* keeps copies */
void paper_free(struct paper *p);                    /* NULL is fine */
void paper_cleanup(struct paper **p);
#define SCOPED_PAPER __attribute__((cleanup(paper_cleanup), unused))

/* Any UTF-8; control characters and what is no UTF-8 are shown as such, words that are too long
 * break anywhere. NULL adds nothing. */
void paper_title(struct paper *p, const char *text);
void paper_heading(struct paper *p, const char *text);
void paper_text(struct paper *p, const char *text);
void paper_small(struct paper *p, const char *text);
void paper_item(struct paper *p, const char *text); /* of a list */
void paper_fact(struct paper *p, const char *label, const char *value);

struct paper_column {
	const char *heading;
	int width; /* share of the line */
	bool right;
};
/* The headings stand again on each page that the table goes on to. */
void paper_table(struct paper *p, const struct paper_column *columns, size_t n);
void paper_row(struct paper *p, const char *const *cells); /* as many as the table has columns */

struct paper_done {
	int pages;
	bool cut; /* there was more than fits */
};
/* -ELIMIT when OUT is full, -EIO when the drawing failed. */
int paper_pdf(const struct paper *p, struct buf *out, struct paper_done *done, struct err *e);
/* Whether a font for Japanese is installed: pages are not readable without. */
bool paper_has_font(void);

#endif
