/* SPDX-License-Identifier: Apache-2.0 */
/* Answering a search: the newest documents that hold every term and that the asker may see. */
#ifndef HUB_SEARCH_SEARCH_FIND_H
#define HUB_SEARCH_SEARCH_FIND_H

#include "hub/search/search_store.h"

enum {
	SEARCH_RESULTS = 50,
	SEARCH_TERMS_MAX = 8,
	SEARCH_QUERY_MAX = 200,   /* bytes that are looked at */
	SEARCH_LOOKED_MAX = 2000, /* documents looked into before a search gives up */
};

struct search_result {
	struct doc_row doc;
	const char
		*line; /* of its text, where the first term stands; "" = only in title or label */
};

struct search_results {
	struct search_result *rows;
	size_t n;
	bool more; /* there may be more: the limit of results or of looking was reached */
};

/* Q as typed: terms with blanks between, all must occur. An empty one finds nothing. */
int search_find(struct txn *t, const struct user *u, const char *q, struct arena *a,
		struct search_results *out, struct err *e);

#endif
