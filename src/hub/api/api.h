/* SPDX-License-Identifier: Apache-2.0 */
/* The API, described: an OpenAPI 3.1 document of every route that programs may use, and a page of
 * it for people. Routes, roles and features are read from the router's own table; what each is for
 * stands in data/api.tsv, and a test holds that no route is left out. */
#ifndef HUB_API_API_H
#define HUB_API_API_H

#include "hub/hub.h"

extern const struct hub_feature api_feature;

struct api_row {
	const char *method, *pattern;
	const char *fields;  /* of a form, a blank between them */
	const char *summary; /* "=page ..." when it is for browsers alone */
};
extern const struct api_row api_table[];
extern const size_t api_table_n;

/* NULL when there is none. */
const struct api_row *api_row_find(const char *method, const char *pattern);
bool api_row_is_page(const struct api_row *r);
/* Appends the document for the hub's features. */
void api_document(const struct hub *h, struct buf *out);

#endif
