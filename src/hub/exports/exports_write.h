/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a report part by part: headings, facts, tables, and how times and sums are told. */
#ifndef HUB_EXPORTS_EXPORTS_WRITE_H
#define HUB_EXPORTS_EXPORTS_WRITE_H

#include "hub/exports/exports_report.h"

struct writer {
	const struct export_job *job;
	const struct export_case *c;
	struct arena *a;
	struct export_doc *doc;
	struct export_part *part;
};

/* Texts in the arena; none is NULL. */
const char *write_text(const struct writer *w, const char *key);
const char *write_filled(const struct writer *w, const char *key, const char *const *args,
			 size_t n);
const char *write_grouped(const struct writer *w, int64_t v); /* "1,234" */
const char *write_counted(const struct writer *w, const char *key, int64_t v);
const char *write_when(const struct writer *w, int64_t us); /* "" for 0 */
/* A above B, or the one of them that there is. */
const char *write_both(const struct writer *w, const char *a, const char *b);

void write_part(struct writer *w, const char *key);
/* What is empty adds nothing. */
void write_fact(struct writer *w, const char *key, const char *value);
void write_say(struct writer *w, const char *value);
void write_item(struct writer *w, const char *value);

struct write_column {
	const char *key;
	int width;
	bool right;
};
void write_columns(struct writer *w, const struct write_column *columns, size_t n);
#define WRITE_COLUMNS(w, ...)                                                                      \
	write_columns(w, (const struct write_column[]){ __VA_ARGS__ },                             \
		      sizeof((const struct write_column[]){ __VA_ARGS__ }) /                       \
			      sizeof(struct write_column))
void write_row(struct writer *w, const struct export_row *r);
#define WRITE_ROW(w, ...) write_row(w, &(const struct export_row){ { __VA_ARGS__ } })

/* The parts of the full record, in their order: exports_report_full.c. */
void write_full(struct writer *w);
/* How it was handled, minutes and yen. */
void write_sums(struct writer *w);
/* The story as a table; RECORDED: with when it was written down. */
void write_story(struct writer *w, const char *heading, bool recorded);

#endif
