/* SPDX-License-Identifier: Apache-2.0 */
/* A report of a case as parts of text, before it becomes PDF or HTML: both say the same. */
#ifndef HUB_EXPORTS_EXPORTS_REPORT_H
#define HUB_EXPORTS_EXPORTS_REPORT_H

#include "hub/exports/exports_job.h"

enum { REPORT_COLUMNS_MAX = 6 };

struct export_row {
	const char *cell[REPORT_COLUMNS_MAX];
};
struct export_fact {
	const char *label, *value;
};
/* Shown in this order; what is empty is not shown. */
struct export_part {
	const char *heading;
	struct export_fact *facts;
	size_t n_facts;
	const char **texts;
	size_t n_texts;
	const char **items;
	size_t n_items;
	const char *column[REPORT_COLUMNS_MAX];
	int width[REPORT_COLUMNS_MAX];
	bool right[REPORT_COLUMNS_MAX];
	size_t n_columns;
	struct export_row *rows;
	size_t n_rows;
};
struct export_doc {
	const char *lang, *title, *sub, *foot, *from, *mark, *made;
	struct html style; /* of HTML */
	struct export_part *parts;
	size_t n_parts;
};

void exports_report_make(const struct export_job *j, struct export_doc *out);

#endif
