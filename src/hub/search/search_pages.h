/* SPDX-License-Identifier: Apache-2.0 */
/* What the page of search shows. */
#ifndef HUB_SEARCH_SEARCH_PAGES_H
#define HUB_SEARCH_SEARCH_PAGES_H

#include "hub/search/search_find.h"

struct search_item {
	const char *kind_key, *icon;
	const struct search_result *r;
};

struct search_page {
	const char *q;
	struct search_item *items;
	size_t n;
	bool more, asked;
};

#endif
