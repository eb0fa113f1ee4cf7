/* SPDX-License-Identifier: Apache-2.0 */
/* What features say to search. */
#include "hub/search/search.h"

#include "hub/search/search_store.h"

int search_mark(struct txn *t, const char *kind, int64_t ref_id, int64_t now_us, struct err *e)
{
	return search_store_mark(t, kind, ref_id, now_us, e);
}
