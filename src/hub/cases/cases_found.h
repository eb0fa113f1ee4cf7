/* SPDX-License-Identifier: Apache-2.0 */
/* Cases for the search. */
#ifndef HUB_CASES_CASES_FOUND_H
#define HUB_CASES_CASES_FOUND_H

#include "hub/hub.h"

#define CASES_FOUND        "case"      /* kind: what every reader of the case may read */
#define CASES_FOUND_INSIDE "case_note" /* what only the region's own people may */

int cases_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		     struct search_doc *out, struct err *e);
int cases_found_read_inside(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
			    struct search_doc *out, struct err *e);
/* The number of a case. */
int cases_found_jump(struct call *c, struct txn *t, const char *q, const char **url_out);

#endif
