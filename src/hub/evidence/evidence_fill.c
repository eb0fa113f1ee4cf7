/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence of a generated region: some cases have things, countermeasures and costs. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence_rules.h"
#include "hub/evidence/evidence_web.h"
#include "hub/hub_fill.h"

enum { CASES_MAX = 40, CHUNK = 10, THING_PERCENT = 60, MEASURE_PERCENT = 70, COST_PERCENT = 70 };

static const char *word(struct hub *h, const char *key)
{
	return text_get(h->text, LANG_JA, key);
}

static int thing(struct hub *h, struct txn *t, const struct user *u, const struct incident *c,
		 struct err *e)
{
	const struct evidence_new n = { .case_id = c->id,
					.kind = "disk",
					.name = word(h, "evidence.fill.disk"),
					.note = word(h, "evidence.fill.disk_note"),
					.from = c->contact_name,
					.seal = "A-0001",
					.happened_us = c->opened_us };
	int64_t id;

	return evidence_put(t, h, u, &n, NULL, u->scope.now_us, &id, e);
}

static int measure(struct hub *h, struct txn *t, const struct user *u, const struct incident *c,
		   int64_t days, struct err *e)
{
	const struct evidence_measure_new n = { .kind = "firewall",
						.what = word(h, "evidence.fill.firewall"),
						.from_us = c->opened_us,
						.until_us = u->scope.now_us + days * US_PER_DAY };
	int64_t id;

	return evidence_measure_add(t, u, c->id, &n, u->scope.now_us, &id, e);
}

static int cost(struct hub *h, struct txn *t, const struct user *u, const struct incident *c,
		int64_t km, struct err *e)
{
	const struct evidence_cost_new n = { .at_us = c->opened_us,
					     .category = "travel",
					     .what = word(h, "evidence.fill.travel"),
					     .who = u->org_name,
					     .unit = "km",
					     .quantity_milli = km * 1000,
					     .unit_yen = 30,
					     .claimable = true };
	int64_t id;

	return evidence_cost_add(t, u, c->id, &n, u->scope.now_us, &id, e);
}

static int one(struct hub *h, struct hub_fill *f, struct txn *t, const struct incident *c,
	       struct err *e)
{
	struct user u = fill_user(f, &f->orgs[0], f->now_us);
	int r = 0;

	if (fill_chance(f, THING_PERCENT))
		r = thing(h, t, &u, c, e);
	if (r >= 0 && fill_chance(f, MEASURE_PERCENT))
		r = measure(h, t, &u, c, fill_between(f, 1, 60), e);
	if (r >= 0 && fill_chance(f, COST_PERCENT))
		r = cost(h, t, &u, c, fill_between(f, 5, 120), e);
	return r;
}

int evidence_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	const struct case_filter live = { .limit = CASES_MAX };
	struct incident *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? cases_store_list(t, &scope_system, &live, f->arena, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = one(h, f, t, &list[i], e);
	return r < 0 ? r : txn_commit(&t, e);
}
