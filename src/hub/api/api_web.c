/* SPDX-License-Identifier: Apache-2.0 */
/* The description over HTTP, and what this feature is to the hub. */
#include <string.h>

#include "base/mem.h"
#include "hub/api/api.h"
#include "hub/api/api_pages.h"
#include "hub/api_tmpl.h"

static int document_get(struct call *c)
{
	struct buf b = { 0 };

	api_document(c->hub, c->lang, &b);
	return call_json(c, &b);
}

/* The features that have something for programs, with how much; which one is shown. */
static void tabs(struct call *c, struct api_page *m)
{
	const char *wish = http_query(c->req, "of");

	m->tabs = arena_array(c->arena, api_table_n, sizeof(*m->tabs));
	for (size_t i = 0; i < api_table_n; i++) {
		const char *f = api_table[i].feature;
		size_t k = 0;
		while (k < m->n_tabs && strcmp(m->tabs[k].feature, f) != 0)
			k++;
		if (!f[0])
			continue;
		if (k == m->n_tabs)
			m->tabs[m->n_tabs++] =
				(struct api_tab){ .feature = f, .text = api_table[i].tag[c->lang] };
		m->tabs[k].n++;
	}
	m->of = m->tabs[0].feature;
	for (size_t k = 0; k < m->n_tabs; k++)
		if (strcmp(m->tabs[k].feature, wish ? wish : "cases") == 0)
			m->of = m->tabs[k].feature;
	for (size_t k = 0; k < m->n_tabs; k++)
		m->tabs[k].current = strcmp(m->tabs[k].feature, m->of) == 0;
}

static struct api_field field_of(const struct call *c, const struct api_part *p)
{
	return (struct api_field){ .name = p->name,
				   .type = p->type,
				   .limits = p->limits,
				   .text = p->text[c->lang],
				   .where_key = arena_printf(c->arena, "api.where.%s", p->where),
				   .need = p->need };
}

static struct api_line line_of(const struct call *c, const struct api_row *r)
{
	struct api_line l = { .method = r->method,
			      .pattern = r->pattern,
			      .id = r->id,
			      .roles = r->roles,
			      .summary = r->summary[c->lang] };

	l.asked = arena_array(c->arena, r->n_parts + 1, sizeof(*l.asked));
	l.answered = arena_array(c->arena, r->n_parts + 1, sizeof(*l.answered));
	for (size_t i = 0; i < r->n_parts; i++) {
		if (strcmp(r->parts[i].where, "answer") == 0)
			l.answered[l.n_answered++] = field_of(c, &r->parts[i]);
		else
			l.asked[l.n_asked++] = field_of(c, &r->parts[i]);
	}
	return l;
}

static int page_get(struct call *c)
{
	struct api_line *line = arena_array(c->arena, api_table_n, sizeof(*line));
	struct api_page m = { .url = c->hub->conf.public_url, .lines = line };
	struct buf b = { 0 };

	tabs(c, &m);
	for (size_t i = 0; i < api_table_n; i++)
		if (strcmp(api_table[i].feature, m.of) == 0)
			line[m.n_lines++] = line_of(c, &api_table[i]);
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
