/* SPDX-License-Identifier: Apache-2.0 */
/* Devices, indicators, countermeasures, time and cost of a case, as forms post them. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_view.h"
#include "hub/evidence/evidence_web.h"

int evidence_device_turn(struct call *c)
{
	struct form f = form_of(c);
	const char *was = form_text(&f, "was", false, 20);
	const struct case_device to = { .state = form_text(&f, "state", true, 20),
					.why = form_text(&f, "why", true, 500) };
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = call_id(c, 1, &id);
	if (r >= 0)
		r = cases_device_state(t, c->user, i.number, id, was, &to, c->now_us, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'd', "", "s-devices" });
}

int evidence_indicator_mark(struct call *c)
{
	struct form f = form_of(c);
	const char *tlp = form_text(&f, "tlp", true, 20);
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = call_id(c, 1, &id);
	if (r >= 0)
		r = cases_indicator_tlp(t, c->user, i.number, id, tlp, c->now_us, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'i', "", "s-indicators" });
}

/* --- countermeasures --- */

int evidence_measure_new(struct call *c)
{
	struct form f = form_of(c);
	const struct evidence_measure_new n = {
		.kind = form_text(&f, "kind", false, 20),
		.what = form_text(&f, "what", true, 500),
		.target = form_text(&f, "target", false, 300),
		.from_us = form_time(&f, "from", false),
		.until_us = form_time(&f, "until", false),
	};
	struct incident i;
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = evidence_measure_add(t, c->user, i.id, &n, c->now_us, &id, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'm', n.what, "s-measures" });
}

int evidence_measure_stop(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", true, 500);
	const int64_t version = form_int(&f, "version", true, 1, INT64_MAX);
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = call_id(c, 1, &id);
	if (r >= 0)
		r = evidence_measure_end(t, c->user, i.id, id, version, why, c->now_us, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'e', "", "s-measures" });
}

int evidence_measure_longer(struct call *c)
{
	struct form f = form_of(c);
	const int64_t until_us = form_time(&f, "until", false);
	const int64_t version = form_int(&f, "version", true, 1, INT64_MAX);
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = call_id(c, 1, &id);
	if (r >= 0)
		r = evidence_measure_prolong(t, c->user, i.id, id, version, until_us, c->now_us,
					     &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'e', "", "s-measures" });
}

/* --- time and cost --- */

/* "1.5" as thousandths; as people type numbers. */
static int64_t form_milli(struct form *f, const char *field)
{
	const char *typed = form_text(f, field, false, 20);
	double v = 0;

	if (!typed[0])
		return 0;
	if (str_double(str_of(typed), 0, 1000000, &v) < 0) {
		int64_t whole = form_int(f, field, false, 0, 1000000);
		return whole * 1000;
	}
	return (int64_t)(v * 1000 + 0.5);
}

/* The receipt by its number within the case. */
static int64_t receipt(struct call *c, int64_t no)
{
	struct evidence_page p = { 0 };

	if (!no || evidence_view_page(c, &p) < 0)
		return no ? -1 : 0;
	for (size_t i = 0; i < p.n_items; i++)
		if (p.items[i].i.no == no)
			return p.items[i].i.id;
	return -1;
}

int evidence_cost_new(struct call *c)
{
	struct form f = form_of(c);
	const struct evidence_cost_new n = {
		.at_us = form_time(&f, "at", false),
		.category = form_text(&f, "category", false, 20),
		.what = form_text(&f, "what", true, 500),
		.who = form_text(&f, "who", false, 200),
		.unit = form_text(&f, "unit", false, 20),
		.quantity_milli = form_milli(&f, "quantity"),
		.unit_yen = form_int(&f, "unit_yen", false, 0, INT64_C(1000000000)),
		.minutes = form_int(&f, "minutes", false, 0, 60 * 24 * 31),
		.billable = http_form(c->req, "billable") != NULL,
		.claimable = http_form(c->req, "claimable") != NULL,
		.item_id = receipt(c, form_int(&f, "receipt", false, 0, 100000)),
	};
	struct incident i;
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = evidence_cost_add(t, c->user, i.id, &n, c->now_us, &id, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'c', n.what, "s-costs" });
}

int evidence_cost_out(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", true, 500);
	struct incident i;
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	if (r >= 0)
		r = call_id(c, 1, &id);
	if (r >= 0)
		r = evidence_cost_void(t, c->user, i.id, id, why, c->now_us, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'v', "", "s-costs" });
}

int evidence_costs_csv(struct call *c)
{
	static const char *const head[] = {
		"evidence.cost.at",        "evidence.cost.category", "evidence.cost.what",
		"evidence.cost.who",       "evidence.cost.quantity", "evidence.cost.unit_yen",
		"evidence.cost.minutes",   "evidence.cost.yen",      "evidence.cost.billable",
		"evidence.cost.claimable", "evidence.cost.receipt",  "evidence.cost.voided",
	};
	struct evidence_page p = { 0 };
	struct buf b = { 0 };
	int r = evidence_view_page(c, &p);

	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t i = 0; i < p.n_costs; i++) {
		const struct evidence_cost *k = &p.costs[i].c;
		char at[TIME_TEXT_MAX];
		const char *cell[] = {
			time_format(k->at_us, at, sizeof(at)),
			call_text(c, p.costs[i].category_key, NULL, 0),
			k->what,
			k->who,
			p.costs[i].quantity,
			arena_printf(c->arena, "%" PRId64, k->unit_yen),
			arena_printf(c->arena, "%" PRId64, k->minutes),
			arena_printf(c->arena, "%" PRId64, k->yen),
			k->billable ? "1" : "0",
			k->claimable ? "1" : "0",
			p.costs[i].receipt_no
				? arena_printf(c->arena, "%" PRId64, p.costs[i].receipt_no)
				: "",
			k->voided_us ? k->voided_why : "",
		};
		csv_line(&b, cell, ARRAY_LEN(cell));
	}
	return call_csv(c, "costs.csv", &b);
}
