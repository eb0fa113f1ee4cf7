/* SPDX-License-Identifier: Apache-2.0 */
/* The one statement behind the statistics. */
#ifndef HUB_REPORTS_REPORTS_STORE_H
#define HUB_REPORTS_REPORTS_STORE_H

#include "hub/reports/reports.h"

struct report_filter {
	int prefecture;   /* 0 = all */
	const char *kind; /* "" = all */
};
/* Counts the incidents of R's months into R; kinds' texts live in A. */
int reports_store_count(struct txn *t, const struct scope *s, const struct report_filter *f,
			struct arena *a, struct report *r, struct err *e);

#endif
