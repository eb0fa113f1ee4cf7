/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the top bar: what is named exactly (a case's number, a telephone number) opens at
 * once, anything else is looked for in all that can be found. */
#include "base/mem.h"
#include "hub/search/search_pages.h"
#include "hub/search_sql.h"
#include "hub/search_tmpl.h"

enum { RUN_MS = 1000, RUN_MAX_MS = 250 /* other jobs wait so long */ };

/* 1 and the address when Q names one thing. */
static int jump(struct call *c, struct txn *t, const char *q, const char **url_out)
{
	for (size_t i = 0; c->hub->features[i]; i++)
		for (size_t k = 0; k < c->hub->features[i]->n_search; k++) {
			const struct search_source *s = &c->hub->features[i]->search[k];
			int r = s->jump && user_is(c->user, s->roles) ? s->jump(c, t, q, url_out)
								      : 0;
			if (r != 0)
				return r;
		}
	return 0;
}

static int answer_json(struct call *c, const char *q, const struct search_results *found)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "query", q);
	jsonw_bool(&w, "more", found->more);
	jsonw_array(&w, "results");
	for (size_t i = 0; i < found->n; i++) {
		const struct search_result *r = &found->rows[i];
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", r->doc.kind);
		jsonw_text(&w, "label", r->doc.label);
		jsonw_text(&w, "title", r->doc.title);
		jsonw_int(&w, "company_id", r->doc.company_id);
		jsonw_text(&w, "company", r->doc.company_name);
		jsonw_text(&w, "url", r->doc.url);
		jsonw_text(&w, "line", r->line);
		jsonw_int(&w, "at_us", r->doc.at_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int answer_page(struct call *c, const char *q, const struct search_results *found)
{
	struct search_page p = {
		.q = q, .asked = q[0] != '\0', .n = found->n, .more = found->more
	};
	struct buf b = { 0 };

	p.items = arena_array(c->arena, p.n + 1, sizeof(*p.items));
	for (size_t i = 0; i < p.n; i++) {
		const struct search_source *s = search_source_find(c->hub, found->rows[i].doc.kind);
		p.items[i] = (struct search_item){
			.kind_key = s ? s->text_key : "search.kind.other",
			.icon = s ? s->icon : "search",
			.r = &found->rows[i],
		};
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_search_page(&tm, &p);
	return call_page(c, 200, "search.title", NULL, "", &b);
}

static int search_page(struct call *c)
{
	const char *typed = http_query(c->req, "q"), *q = typed ? typed : "", *url = NULL;
	struct search_results found = { 0 };
	int r = 0;

	if (q[0]) {
		SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
		r = t ? 0 : c->err.code;
		if (t && !c->wants_json) /* a program asks for what there is, not for a page */
			r = jump(c, t, q, &url);
		if (r == 0)
			r = search_find(t, c->user, q, c->arena, &found, &c->err);
	}
	if (r < 0)
		return r;
	if (url)
		return call_redirect(c, "%s", url);
	return c->wants_json ? answer_json(c, q, &found) : answer_page(c, q, &found);
}

static int job_run(struct hub *h, struct err *e)
{
	return search_run(h, clock_mono_ns(h->clock) + (int64_t)RUN_MAX_MS * 1000000, e);
}

static const struct route routes[] = {
	{ "GET", "/search", ROLES_ANY & ~(unsigned)ROLE_TEACHER, search_page, 0 },
};

static const struct job jobs[] = { { "search", RUN_MS, job_run } };

const struct hub_feature search_feature = {
	.name = "search",
	.schema = search_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
};
