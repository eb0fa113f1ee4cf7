/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of the description, and the OpenAPI document as it was written when the hub was built.
 */
#include "hub/api/api.h"

#include <string.h>

/* Stands in the document where this hub's own address comes. */
#define URL_MARK "\"@url@\""

const struct api_row *api_row_find(const char *method, const char *pattern)
{
	for (size_t i = 0; i < api_table_n; i++)
		if (strcmp(api_table[i].method, method) == 0 &&
		    strcmp(api_table[i].pattern, pattern) == 0)
			return &api_table[i];
	return NULL;
}

bool api_row_is_page(const struct api_row *r)
{
	return strncmp(r->summary[LANG_EN], "=page", 5) == 0;
}

void api_document(const struct hub *h, enum lang lang, struct buf *out)
{
	const char *text = lang == LANG_JA ? api_document_ja : api_document_en;
	const char *mark = strstr(text, URL_MARK);
	struct jsonw w = jsonw_of(out);

	if (mark) {
		buf_add(out, text, (size_t)(mark - text));
		jsonw_text(&w, NULL, h->conf.public_url);
		text = mark + strlen(URL_MARK);
	}
	buf_adds(out, text);
}
