/* SPDX-License-Identifier: Apache-2.0 */
/* Duties of a generated region: the youngest cases in which personal data may be concerned have
 * clocks, some of them with a report made. */
#include "hub/duties/duties_fill.h"

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/duties/duties_store.h"

enum { FILL_CASES = 4 };

static int one(struct hub_fill *f, struct txn *t, const char *number, size_t nth, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct user u = fill_user(f, &f->orgs[0], f->now_us);
	struct incident c;
	struct case_duty *list;
	size_t n;
	int r = cases_get(t, &u.scope, number, a, &c, e);

	if (r < 0)
		return r;
	struct duty_facts facts = { .known_us = f->now_us - (int64_t)(2 + nth) * US_PER_DAY,
				    .sector = "none",
				    .people = 120 };
	for (int i = 0; i < FACT_COUNT; i++)
		facts.given[i] = "no";
	facts.given[FACT_PERSONAL] = "yes";
	facts.given[FACT_MALICIOUS] = nth % 2 ? "unknown" : "yes";
	if ((r = duties_facts_set(t, &u, number, &facts, 0, f->now_us, e)) < 0)
		return r;
	const struct duty_item overview = { .item = "overview", .state = "known", .body = c.title };
	const struct duty_item persons = { .item = "persons", .state = "known", .body = "120" };
	if ((r = duties_item_set(t, &u, number, &overview, f->now_us, e)) < 0 ||
	    (r = duties_item_set(t, &u, number, &persons, f->now_us, e)) < 0 || nth % 2 == 0)
		return r;
	if ((r = duties_of(t, &u.scope, c.id, a, &list, &n, e)) < 0 || n == 0)
		return r;
	const struct duty_made made = { .id = list[0].id,
					.version = list[0].version,
					.made_to = list[0].rule ? list[0].rule->to_ja : "",
					.receipt = "2026-0123",
					.note = "" };
	return duties_made(t, &u, number, &made, f->now_us, e);
}

int duties_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char **numbers;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? duties_store_likely(t, &scope_system, FILL_CASES, a, &numbers, &n, e) : e->code;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = one(f, t, numbers[i], i, e);
	return r < 0 ? r : txn_commit(&t, e);
}
