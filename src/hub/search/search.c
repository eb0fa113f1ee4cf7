/* SPDX-License-Identifier: Apache-2.0 */
/* What features say to search. */
#include "hub/search/search.h"

#include <string.h>

#include "hub/search/search_store.h"

int search_mark(struct txn *t, const char *kind, int64_t ref_id, int64_t now_us, struct err *e)
{
	return search_store_mark(t, kind, ref_id, now_us, e);
}

const struct search_source *search_source_find(const struct hub *h, const char *kind)
{
	for (size_t i = 0; h->features[i]; i++)
		for (size_t k = 0; k < h->features[i]->n_search; k++)
			if (strcmp(h->features[i]->search[k].kind, kind) == 0)
				return &h->features[i]->search[k];
	return NULL;
}
