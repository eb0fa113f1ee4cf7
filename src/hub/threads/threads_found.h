/* SPDX-License-Identifier: Apache-2.0 */
/* Threads for the search. */
#ifndef HUB_THREADS_THREADS_FOUND_H
#define HUB_THREADS_THREADS_FOUND_H

#include "hub/hub.h"

#define THREADS_FOUND "thread" /* kind */

int threads_found_read(struct hub *h, struct txn *t, int64_t ref_id, struct arena *a,
		       struct search_doc *out, struct err *e);

#endif
