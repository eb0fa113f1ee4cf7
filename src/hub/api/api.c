/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the OpenAPI document (OpenAPI Specification 3.1.0). */
#include "hub/api/api.h"

#include <ctype.h>
#include <string.h>

#include "base/str.h"

enum { PART_MAX = 64 };

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
	return strncmp(r->summary, "=page", 5) == 0;
}

static void parameters(struct jsonw *w, const char *pattern)
{
	jsonw_array(w, "parameters");
	for (const char *p = strchr(pattern, '{'); p; p = strchr(p + 1, '{')) {
		char name[PART_MAX] = "";
		const char *end = strchr(p, '}');

		if (!end || (size_t)(end - p) > sizeof(name))
			break;
		memcpy(name, p + 1, (size_t)(end - p - 1));
		jsonw_object(w, NULL);
		jsonw_text(w, "name", name);
		jsonw_text(w, "in", "path");
		jsonw_bool(w, "required", true);
		jsonw_object(w, "schema");
		jsonw_text(w, "type", "string");
		jsonw_end_object(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void request_body(struct jsonw *w, const struct api_row *row)
{
	struct str all = str_of(row->fields), one;

	jsonw_object(w, "requestBody");
	jsonw_object(w, "content");
	jsonw_object(w, "application/x-www-form-urlencoded");
	jsonw_object(w, "schema");
	jsonw_text(w, "type", "object");
	jsonw_object(w, "properties");
	while (str_cut(&all, ' ', &one)) {
		char name[PART_MAX];
		if (one.n == 0 || !str_copy(name, sizeof(name), one))
			continue;
		jsonw_object(w, name);
		jsonw_text(w, "type", "string");
		jsonw_end_object(w);
	}
	for (int i = 0; i < 5; i++)
		jsonw_end_object(w);
}

static void answer(struct jsonw *w, const char *status, const char *text, const char *schema)
{
	jsonw_object(w, status);
	jsonw_text(w, "description", text);
	if (schema) {
		jsonw_object(w, "content");
		jsonw_object(w, "application/json");
		jsonw_object(w, "schema");
		jsonw_text(w, "$ref", schema);
		for (int i = 0; i < 3; i++)
			jsonw_end_object(w);
	}
	jsonw_end_object(w);
}

static void answers(struct jsonw *w, bool post)
{
	jsonw_object(w, "responses");
	if (post)
		answer(w, "303", "Done; Location says where to read the result", NULL);
	else
		answer(w, "200", "What was asked for", "#/components/schemas/Thing");
	if (post)
		answer(w, "400", "A field is missing or wrong", "#/components/schemas/Error");
	answer(w, "401", "The token is unknown or has ended", "#/components/schemas/Error");
	answer(w, "403", "The person's roles do not allow this", "#/components/schemas/Error");
	answer(w, "404", "There is none, or the person may not see it",
	       "#/components/schemas/Error");
	if (post)
		answer(w, "409", "Somebody else has changed it meanwhile",
		       "#/components/schemas/Error");
	jsonw_end_object(w);
}

/* "post_cases_number_close" */
static void operation_id(struct jsonw *w, const struct route *r)
{
	char id[200];
	size_t n = 0;

	for (const char *p = r->method; *p && n < sizeof(id) - 1; p++)
		id[n++] = (char)tolower((unsigned char)*p);
	for (const char *p = r->pattern; *p && n < sizeof(id) - 1; p++) {
		if (isalnum((unsigned char)*p))
			id[n++] = *p;
		else if (n && id[n - 1] != '_')
			id[n++] = '_';
	}
	while (n && id[n - 1] == '_')
		n--;
	id[n] = '\0';
	jsonw_text(w, "operationId", id);
}

static void operation(struct jsonw *w, const char *feature, const struct route *r,
		      const struct api_row *row)
{
	bool post = strcmp(r->method, "POST") == 0;

	jsonw_object(w, post ? "post" : "get");
	operation_id(w, r);
	jsonw_text(w, "summary", row->summary);
	jsonw_array(w, "tags");
	jsonw_text(w, NULL, feature);
	jsonw_end_array(w);
	parameters(w, r->pattern);
	if (post)
		request_body(w, row);
	answers(w, post);
	jsonw_end_object(w);
}

static const struct api_row *shown(const struct route *r)
{
	const struct api_row *row = api_row_find(r->method, r->pattern);

	return row && !api_row_is_page(row) ? row : NULL;
}

/* All verbs of a pattern stand under it, where its first one comes. */
static void path(struct jsonw *w, const struct hub_feature *f, size_t at)
{
	bool begun = false;

	for (size_t i = 0; i < at; i++)
		if (strcmp(f->routes[i].pattern, f->routes[at].pattern) == 0)
			return;
	for (size_t i = at; i < f->n_routes; i++) {
		const struct api_row *row = shown(&f->routes[i]);
		if (!row || strcmp(f->routes[i].pattern, f->routes[at].pattern) != 0)
			continue;
		if (!begun)
			jsonw_object(w, f->routes[at].pattern);
		begun = true;
		operation(w, f->name, &f->routes[i], row);
	}
	if (begun)
		jsonw_end_object(w);
}

static void components(struct jsonw *w)
{
	jsonw_object(w, "components");
	jsonw_object(w, "securitySchemes");
	jsonw_object(w, "token");
	jsonw_text(w, "type", "http");
	jsonw_text(w, "scheme", "bearer");
	jsonw_end_object(w);
	jsonw_end_object(w);
	jsonw_object(w, "schemas");
	jsonw_object(w, "Thing");
	jsonw_text(w, "type", "object");
	jsonw_text(w, "description",
		   "Times end in _us: microseconds since 1970 UTC; money ends in _yen");
	jsonw_end_object(w);
	jsonw_object(w, "Error");
	jsonw_text(w, "type", "object");
	jsonw_object(w, "properties");
	jsonw_object(w, "error");
	jsonw_text(w, "type", "object");
	for (int i = 0; i < 5; i++)
		jsonw_end_object(w);
}

void api_document(const struct hub *h, struct buf *out)
{
	struct jsonw w = jsonw_of(out);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "openapi", "3.1.0");
	jsonw_object(&w, "info");
	jsonw_text(&w, "title", "otasuke hub");
	jsonw_text(&w, "version", "1");
	jsonw_end_object(&w);
	jsonw_array(&w, "servers");
	jsonw_object(&w, NULL);
	jsonw_text(&w, "url", h->conf.public_url);
	jsonw_end_object(&w);
	jsonw_end_array(&w);
	jsonw_array(&w, "security");
	jsonw_object(&w, NULL);
	jsonw_array(&w, "token");
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	jsonw_end_array(&w);
	jsonw_object(&w, "paths");
	for (size_t i = 0; h->features[i]; i++)
		for (size_t k = 0; k < h->features[i]->n_routes; k++)
			path(&w, h->features[i], k);
	jsonw_end_object(&w);
	components(&w);
	jsonw_end_object(&w);
}
