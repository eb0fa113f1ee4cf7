/* SPDX-License-Identifier: Apache-2.0 */
/* The cases of a generated region. Private to this feature. */
#ifndef HUB_CASES_CASES_FILL_H
#define HUB_CASES_CASES_FILL_H

#include "hub/hub_fill.h"

/* One row of data/case_scripts.tsv; "" where it did not come to that. */
struct case_script {
	const char *kind, *source;
	int weight, severity;
	const char *title, *words, *phone, *remote, *visit, *cause, *lesson;
};
extern const struct case_script case_script_table[];
extern const size_t case_script_table_n;

int cases_fill(struct hub *h, struct hub_fill *f, struct err *e);

#endif
