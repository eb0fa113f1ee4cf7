/* SPDX-License-Identifier: Apache-2.0 */
/* The description over HTTP, and what this feature is to the hub. */
#include "base/mem.h"
#include "hub/api/api.h"
#include "hub/api/api_pages.h"
#include "hub/api_tmpl.h"

static int document_get(struct call *c)
{
	struct buf b = { 0 };

	api_document(c->hub, &b);
	return call_json(c, &b);
}

static int page_get(struct call *c)
{
	struct api_line *line = arena_array(c->arena, api_table_n, sizeof(*line));
	struct api_page m = { .url = c->hub->conf.public_url, .lines = line };
	struct buf b = { 0 };

	for (size_t i = 0; i < api_table_n; i++) {
		const struct api_row *r = &api_table[i];
		if (!api_row_is_page(r))
			line[m.n_lines++] =
				(struct api_line){ r->method, r->pattern, r->fields, r->summary };
	}
	struct tmpl t = call_tmpl(c, &b);
	tmpl_api(&t, &m);
	return call_page(c, 200, "api.title", NULL, "/account", &b);
}

static const struct route routes[] = {
	{ "GET", "/api", ROLES_ANY, page_get, 0 },
	{ "GET", "/api/openapi.json", ROLES_ANY, document_get, 0 },
};

const struct hub_feature api_feature = {
	.name = "api",
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
};
