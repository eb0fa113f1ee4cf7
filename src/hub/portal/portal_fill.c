/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what, in a generated region: people of the desk and of those who serve the first
 * companies, at their cases. */
#include "hub/portal/portal_fill.h"

#include "hub/accounts/accounts.h"
#include "hub/cases/cases.h"

enum { COMPANIES = 20, CASES_EACH = 6, LOOKS_MAX = 3 };

static void look(struct hub *h, struct hub_fill *f, const struct fill_org *o,
		 const struct incident *i)
{
	const int64_t last_us = i->closed_us ? i->closed_us : f->now_us;
	const int64_t at_us = fill_between(f, i->opened_us, last_us);
	struct user u = fill_user(f, o, at_us);
	struct call c = { .hub = h, .user = &u, .now_us = at_us };

	accounts_saw(&c,
		     &(struct accounts_seen_thing){ SEEN_CASE, i->id, i->company_id, i->number });
	if (fill_chance(f, 30))
		accounts_saw(&c,
			     &(struct accounts_seen_thing){ SEEN_DEVICE, 0, i->company_id, NULL });
}

static int company(struct hub *h, struct hub_fill *f, const struct fill_company *x, struct err *e)
{
	const struct case_filter newest = { .state = "", .company_id = x->id, .limit = CASES_EACH };
	const struct fill_org *who[LOOKS_MAX] = { &f->orgs[0], x->vendor, x->it };
	struct incident *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? cases_store_list(t, &scope_system, &newest, f->arena, &list, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		for (int64_t k = fill_between(f, 1, LOOKS_MAX); k > 0; k--)
			if (who[k - 1])
				look(h, f, who[k - 1], &list[i]);
	return r;
}

int portal_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < f->n_companies && i < COMPANIES; i++)
		r = company(h, f, &f->companies[i], e);
	return r;
}
