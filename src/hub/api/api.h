/* SPDX-License-Identifier: Apache-2.0 */
/* The API, described: an OpenAPI 3.1 document of every route that programs may use, and pages of
 * it for people. Fields, limits and answers are read out of the handlers themselves when the hub
 * is built (tools/apic.py); what each means stands in data/. */
#ifndef HUB_API_API_H
#define HUB_API_API_H

#include "hub/hub.h"

extern const struct hub_feature api_feature;

struct api_part {
	const char *where; /* path query form answer */
	const char *name;  /* of an answer: its way from the top, "cases[].number" */
	const char *type, *limits;
	bool need;
	const char *text[LANG_COUNT];
};

struct api_row {
	const char *method, *pattern;
	const char *feature, *id;    /* "" when it is for browsers alone, as what follows */
	const char *tag[LANG_COUNT]; /* of the feature */
	const char *roles;
	const char *summary[LANG_COUNT]; /* "=page ..." when it is for browsers alone */
	const struct api_part *parts;
	size_t n_parts;
};
extern const struct api_row api_table[];
extern const size_t api_table_n;
/* The document, but for this hub's address. */
extern const char api_document_en[], api_document_ja[];

/* NULL when there is none. */
const struct api_row *api_row_find(const char *method, const char *pattern);
bool api_row_is_page(const struct api_row *r);
/* Appends the document. */
void api_document(const struct hub *h, enum lang lang, struct buf *out);

#endif
