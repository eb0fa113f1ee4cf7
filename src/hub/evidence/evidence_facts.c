/* SPDX-License-Identifier: Apache-2.0 */
/* Countermeasures, time and cost: what may be written down by whom, and what it adds to the sums of
 * a case. SQL: evidence_facts_store.c. Devices and indicators: hub/cases. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence_facts_store.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_rules.h"

enum {
	WHAT_CHARS = 500,
	MINUTES_MAX = 60 * 24 * 31,
	YEARS_MAX = 10,
	QUANTITY_MAX = 1000 * 1000 * 1000, /* milli */
};
#define UNIT_YEN_MAX INT64_C(1000000000)
#define YEN_MAX      INT64_C(10000000000)

const char *const evidence_measure_kinds[] = { "firewall", "block", "password", "mute",
					       "isolate",  "patch", "other" };
const size_t evidence_measure_kinds_n = ARRAY_LEN(evidence_measure_kinds);
const char *const evidence_cost_categories[] = { "labour",       "travel",      "parts",
						 "forensics",    "restoration", "lost_business",
						 "notification", "legal",       "other" };
const size_t evidence_cost_categories_n = ARRAY_LEN(evidence_cost_categories);
const char *const evidence_tlps[] = { "clear", "green", "amber", "amber+strict", "red" };
const size_t evidence_tlps_n = ARRAY_LEN(evidence_tlps);
const char *const evidence_device_states[] = { "suspected", "compromised", "contained", "clean",
					       "rebuilt" };
const size_t evidence_device_states_n = ARRAY_LEN(evidence_device_states);

/* The case that U is about to add to; late facts may come after its end. */
static int load(struct txn *t, const struct user *u, int64_t case_id, struct arena *a,
		int64_t now_us, struct evidence_of *out, struct err *e)
{
	struct incident c;
	int r = evidence_rules_case(t, u, case_id, a, &c, e);

	if (r < 0)
		return r;
	if (!user_is(u, CASES_WORKERS))
		return err_set(e, -EDENIED, "your role may read cases but not change them");
	*out = (struct evidence_of){ c.id, c.company_id, u->person_id, now_us };
	return 0;
}

static int tell(struct txn *t, const struct user *u, const struct case_told *told, int64_t now_us,
		struct err *e)
{
	return cases_tell(t, u, told, now_us, e);
}

/* --- countermeasures --- */

static int check_end(int64_t from_us, int64_t until_us, int64_t now_us, struct err *e)
{
	if (until_us && until_us <= from_us)
		return err_set(e, -EINVAL, "it would end before it began");
	if (until_us > now_us + YEARS_MAX * 366 * US_PER_DAY)
		return err_set(e, -EINVAL, "that is more than %d years away: leave the end empty",
			       YEARS_MAX);
	return 0;
}

int evidence_measure_add(struct txn *t, const struct user *u, int64_t case_id,
			 const struct evidence_measure_new *n, int64_t now_us, int64_t *id_out,
			 struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_measure_new w = *n;
	struct evidence_of of;
	int r = load(t, u, case_id, a, now_us, &of, e);

	w.from_us = n->from_us ? n->from_us : now_us;
	w.target = n->target ? n->target : "";
	if (r < 0)
		return r;
	if (!evidence_rules_one_of(n->kind, evidence_measure_kinds, evidence_measure_kinds_n))
		return err_set(e, -EINVAL, "choose what kind of countermeasure it is");
	if ((r = evidence_rules_text(n->what, 1, WHAT_CHARS, e)) < 0 ||
	    (r = evidence_rules_text(w.target, 0, 300, e)) < 0 ||
	    (r = check_end(w.from_us, w.until_us, now_us, e)) < 0 ||
	    (r = evidence_store_measure_add(t, &u->scope, &of, &w, id_out, e)) < 0)
		return r;
	const struct case_told told = { .case_id = case_id,
					.action = "evidence.measure", /* no text */
					.kind = "state",
					.body = w.what,
					.text_key = "evidence.story.measure",
					.ref_id = *id_out,
					.happened_us = w.from_us < now_us ? w.from_us : now_us };
	return tell(t, u, &told, now_us, e);
}

static int measure_change(struct txn *t, const struct user *u, const struct evidence_of *of,
			  const struct evidence_measure_end *end, struct err *e)
{
	int r = evidence_store_measure_change(t, &u->scope, of, end, e);

	return r == 0 ? err_set(e, -ECONFLICT, "somebody else has just changed this countermeasure")
		      : r;
}

int evidence_measure_end(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
			 int64_t version, const char *why, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct evidence_measure_end end = { id, version, why, 0 };
	struct evidence_of of;
	int r = load(t, u, case_id, a, now_us, &of, e);

	if (r < 0 || (r = evidence_rules_text(why, 1, WHAT_CHARS, e)) < 0 ||
	    (r = measure_change(t, u, &of, &end, e)) < 0)
		return r;
	const struct case_told told = { .case_id = case_id,
					.action = "evidence.measure_end", /* no text */
					.kind = "state",
					.body = why,
					.text_key = "evidence.story.measure_end" };
	return tell(t, u, &told, now_us, e);
}

int evidence_measure_prolong(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
			     int64_t version, int64_t until_us, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct evidence_measure_end end = { id, version, NULL, until_us };
	struct evidence_of of;
	int r = load(t, u, case_id, a, now_us, &of, e);

	if (r < 0 || (r = check_end(now_us, until_us, now_us, e)) < 0 ||
	    (r = measure_change(t, u, &of, &end, e)) < 0)
		return r;
	const struct case_told told = { .case_id = case_id,
					.action = "evidence.measure_prolong", /* no text */
					.kind = "state",
					.text_key = "evidence.story.measure_prolong" };
	return tell(t, u, &told, now_us, e);
}

/* --- time and cost --- */

static int check_cost(struct txn *t, const struct user *u, const struct evidence_cost *c,
		      int64_t case_id, struct arena *a, struct err *e)
{
	struct evidence_item receipt;
	int r;

	if (!evidence_rules_one_of(c->category, evidence_cost_categories,
				   evidence_cost_categories_n))
		return err_set(e, -EINVAL, "choose what kind of cost it is");
	if ((r = evidence_rules_text(c->what, 1, WHAT_CHARS, e)) < 0 ||
	    (r = evidence_rules_text(c->who, 0, 200, e)) < 0 ||
	    (r = evidence_rules_text(c->unit, 0, 20, e)) < 0)
		return r;
	if (c->quantity_milli < 0 || c->quantity_milli > QUANTITY_MAX)
		return err_set(e, -EINVAL, "the quantity must lie between 0 and %d",
			       QUANTITY_MAX / 1000);
	if (c->unit_yen < 0 || c->unit_yen > UNIT_YEN_MAX || c->yen > YEN_MAX)
		return err_set(e, -EINVAL, "the price is not one that can be");
	if (c->minutes < 0 || c->minutes > MINUTES_MAX)
		return err_set(e, -EINVAL, "minutes must lie between 0 and %d", MINUTES_MAX);
	if (c->yen == 0 && c->minutes == 0)
		return err_set(e, -EINVAL, "give minutes or an amount");
	if (!c->item_id)
		return 0;
	r = evidence_get(t, &u->scope, c->item_id, a, &receipt, e);
	if (r == -ENOENT || (r == 0 && receipt.case_id != case_id))
		return err_set(e, -EINVAL, "the receipt is not evidence of this case");
	return r;
}

static struct evidence_cost cost_of(const struct evidence_cost_new *n, int64_t now_us)
{
	struct evidence_cost c = {
		.at_us = n->at_us ? n->at_us : now_us,
		.category = n->category,
		.what = n->what,
		.who = n->who ? n->who : "",
		.unit = n->unit ? n->unit : "",
		.quantity_milli = n->quantity_milli ? n->quantity_milli : 1000,
		.unit_yen = n->unit_yen,
		.minutes = n->minutes,
		.billable = n->billable,
		.claimable = n->claimable,
		.item_id = n->item_id,
	};
	/* Both are held to their limits before anybody believes the product. */
	if (c.quantity_milli >= 0 && c.quantity_milli <= QUANTITY_MAX && c.unit_yen >= 0 &&
	    c.unit_yen <= UNIT_YEN_MAX)
		c.yen = (c.quantity_milli * c.unit_yen + 500) / 1000;
	return c;
}

int evidence_cost_add(struct txn *t, const struct user *u, int64_t case_id,
		      const struct evidence_cost_new *n, int64_t now_us, int64_t *id_out,
		      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct evidence_cost c = cost_of(n, now_us);
	struct evidence_of of;
	int r = load(t, u, case_id, a, now_us, &of, e);

	if (r < 0 || (r = check_cost(t, u, &c, case_id, a, e)) < 0)
		return r;
	if (c.at_us > now_us + 5 * US_PER_MIN)
		return err_set(e, -EINVAL, "this time has not come yet");
	if ((r = evidence_store_cost_add(t, &u->scope, &of, &c, id_out, e)) < 0 ||
	    (r = cases_cost(t, &u->scope, case_id, c.minutes, c.yen, e)) < 0)
		return r;
	const struct case_told told = { .case_id = case_id,
					.action = "evidence.cost", /* no text */
					.kind = "money",
					.body = c.what,
					.text_key = arena_printf(a, "evidence.story.cost.%s",
								 c.category),
					.ref_id = *id_out,
					.happened_us = c.at_us < now_us ? c.at_us : now_us };
	return tell(t, u, &told, now_us, e);
}

int evidence_cost_void(struct txn *t, const struct user *u, int64_t case_id, int64_t id,
		       const char *why, int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_of of;
	struct evidence_cost c;
	int r = load(t, u, case_id, a, now_us, &of, e);

	if (r < 0 || (r = evidence_rules_text(why, 1, WHAT_CHARS, e)) < 0 ||
	    (r = evidence_store_cost_get(t, &u->scope, case_id, id, a, &c, e)) < 0 ||
	    (r = evidence_store_cost_void(t, &u->scope, &of, id, why, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ECONFLICT, "this line of cost was taken out already");
	if ((r = cases_cost(t, &u->scope, case_id, -c.minutes, -c.yen, e)) < 0)
		return r;
	const struct case_told told = { .case_id = case_id,
					.action = "evidence.cost_void", /* no text */
					.kind = "money",
					.body = why,
					.text_key = "evidence.story.cost_void",
					.text_arg = evidence_name_shown(c.what, a) };
	return tell(t, u, &told, now_us, e);
}

int evidence_costs_moved(struct txn *t, const struct user *u, const struct case_move *m,
			 struct err *e)
{
	int64_t yen, minutes;
	int r = evidence_store_cost_moved(t, &u->scope, m->merge_id, &yen, &minutes, e);

	if (r >= 0)
		r = cases_cost(t, &u->scope, m->from_id, -minutes, -yen, e);
	return r < 0 ? r : cases_cost(t, &u->scope, m->into_id, minutes, yen, e);
}
