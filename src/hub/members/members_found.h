/* SPDX-License-Identifier: Apache-2.0 */
/* Companies for the search. */
#ifndef HUB_MEMBERS_MEMBERS_FOUND_H
#define HUB_MEMBERS_MEMBERS_FOUND_H

#include "hub/hub.h"

#define MEMBERS_FOUND "company" /* kind */

int members_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		       struct search_doc *out, struct err *e);
/* A telephone number of a company or of somebody there. */
int members_found_jump(struct call *c, struct txn *t, const char *q, const char **url_out);

#endif
