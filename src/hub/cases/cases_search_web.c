/* SPDX-License-Identifier: Apache-2.0 */
/* The search of the top bar: a case's number opens it, a telephone number or a name finds
 * companies, anything else cases too. */
#include "hub/cases/cases_search_web.h"

#include <string.h>
#include <strings.h>

#include "hub/cases/cases_view.h"
#include "hub/cases_tmpl.h"
#include "hub/hub_page.h"

enum { COMPANIES_MAX = 20, CASES_MAX = 20 };

static int companies(struct call *c, struct txn *t, struct case_search *p)
{
	struct company *list = NULL, one;
	struct contact contact;
	char e164[20];
	size_t n = 0;
	int r;

	if (members_phone_parse(p->q, e164)) {
		r = members_find_by_phone(t, c->scope, p->q, c->arena, &one, &contact, &c->err);
		list = &one;
		n = r > 0;
	} else {
		r = members_search(t, c->scope, p->q, c->arena, &list, &n, &c->err);
	}
	if (r < 0)
		return r;
	p->n_companies = n < COMPANIES_MAX ? n : COMPANIES_MAX;
	p->companies = arena_array(c->arena, p->n_companies + 1, sizeof(*p->companies));
	for (size_t i = 0; i < p->n_companies; i++)
		p->companies[i] = (struct company_choice){
			.c = list[i],
			.prefecture = members_prefecture_name(list[i].prefecture, c->lang),
		};
	return 0;
}

static int cases(struct call *c, struct txn *t, struct case_search *p)
{
	const struct case_filter f = { .state = "", .words = p->q, .limit = CASES_MAX };
	struct incident *list;
	int r = cases_store_list(t, c->scope, &f, c->arena, &list, &p->n_cases, &c->err);

	if (r >= 0)
		p->cases = cases_view_items(c, list, p->n_cases);
	return r;
}

int cases_search(struct call *c)
{
	const char *q = http_query(c->req, "q");
	struct case_search p = { .q = q ? q : "" };
	struct buf b = { 0 };

	if (p.q[0]) {
		SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
		int r = t ? companies(c, t, &p) : c->err.code;
		if (r >= 0)
			r = cases(c, t, &p);
		if (r < 0)
			return r;
	}
	if (p.n_cases == 1 && strcasecmp(p.cases[0].c.number, p.q) == 0)
		return call_redirect(c, "/cases/%s", p.cases[0].c.number);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_search(&tm, &p);
	return call_page(c, 200, "case.search.title", NULL, "", &b);
}
