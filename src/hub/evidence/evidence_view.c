/* SPDX-License-Identifier: Apache-2.0 */
/* From rows to what the pages of evidence show. JSON: evidence_json.c. */
#include "hub/evidence/evidence_view.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_store.h"

enum { DUE_DAYS = 3 };

static const char *item_light(const struct evidence_item *i)
{
	if (strcmp(i->check, "differs") == 0 || strcmp(i->check, "missing") == 0)
		return "red";
	if (strcmp(i->state, "kept") == 0 || strcmp(i->state, "held") == 0)
		return i->dangerous ? "amber" : "green";
	return "grey";
}

struct evidence_line evidence_view_item(struct call *c, const struct evidence_item *i)
{
	return (struct evidence_line){
		.i = *i,
		.shown = evidence_name_shown(i->name, c->arena),
		.kind_key = arena_printf(c->arena, "evidence.kind.%s", i->kind),
		.state_key = arena_printf(c->arena, "evidence.state.%s", i->state),
		.check_key = i->check[0] ? arena_printf(c->arena, "evidence.check.%s", i->check)
					 : "evidence.check.never",
		.light = item_light(i),
	};
}

struct evidence_measure_line evidence_view_measure(struct call *c, const struct evidence_measure *m)
{
	bool over = m->until_us && m->until_us <= c->now_us;
	bool soon = m->until_us && m->until_us <= c->now_us + DUE_DAYS * US_PER_DAY;

	return (struct evidence_measure_line){
		.m = *m,
		.kind_key = arena_printf(c->arena, "evidence.measure.%s", m->kind),
		.live = !m->ended_us,
		.light = m->ended_us ? "grey"
			 : over      ? "red"
			 : soon      ? "amber"
				     : "green",
		.state_key = m->ended_us ? "evidence.measure.state.ended"
			     : over      ? "evidence.measure.state.over"
			     : soon      ? "evidence.measure.state.soon"
					 : "evidence.measure.state.live",
	};
}

/* Keys cannot hold a plus sign. */
static const char *key_part(struct call *c, const char *value)
{
	char *s = arena_strdup(c->arena, value);

	for (char *p = s; *p; p++)
		*p = (char)(*p == '+' ? '_' : *p);
	return s;
}

struct evidence_option *evidence_view_options(struct call *c, const char *prefix,
					      const char *const *values, size_t n,
					      const char *chosen)
{
	struct evidence_option *o = arena_array(c->arena, n + 1, sizeof(*o));

	for (size_t i = 0; i < n; i++)
		o[i] = (struct evidence_option){
			.value = values[i],
			.key = arena_printf(c->arena, "%s%s", prefix, key_part(c, values[i])),
			.chosen = strcmp(values[i], chosen) == 0,
		};
	return o;
}

static const char *device_light(const char *state)
{
	if (strcmp(state, "compromised") == 0)
		return "red";
	if (strcmp(state, "clean") == 0 || strcmp(state, "rebuilt") == 0)
		return "green";
	return "amber";
}

static const char *device_name(const struct evidence_device *d)
{
	return d->name[0] ? d->name : d->address[0] ? d->address : d->mac;
}

static int devices(struct call *c, struct txn *t, struct evidence_page *p)
{
	struct evidence_device *d;
	struct evidence_device_state *s;
	int r = evidence_devices(t, c->scope, p->c.id, c->arena, &d, &p->n_devices, &c->err);

	if (r >= 0)
		r = evidence_device_history(t, c->scope, p->c.id, c->arena, &s, &p->n_turns,
					    &c->err);
	if (r < 0)
		return r;
	p->devices = arena_array(c->arena, p->n_devices + 1, sizeof(*p->devices));
	p->turns = arena_array(c->arena, p->n_turns + 1, sizeof(*p->turns));
	for (size_t i = 0; i < p->n_devices; i++)
		p->devices[i] = (struct evidence_device_line){
			.d = d[i],
			.state_key = arena_printf(c->arena, "case.device.%s", d[i].state),
			.light = device_light(d[i].state),
			.states = evidence_view_options(c, "case.device.", evidence_device_states,
							evidence_device_states_n, d[i].state),
			.n_states = evidence_device_states_n,
		};
	for (size_t i = 0; i < p->n_turns; i++) {
		p->turns[i] = (struct evidence_turn){
			.s = s[i],
			.state_key = arena_printf(c->arena, "case.device.%s", s[i].state),
			.device = "",
		};
		for (size_t k = 0; k < p->n_devices; k++)
			if (d[k].id == s[i].device_id)
				p->turns[i].device = device_name(&d[k]);
	}
	return 0;
}

static int indicators(struct call *c, struct txn *t, struct evidence_page *p)
{
	struct evidence_indicator *x;
	int r = evidence_indicators(t, c->scope, p->c.id, c->arena, &x, &p->n_indicators, &c->err);

	if (r < 0)
		return r;
	p->indicators = arena_array(c->arena, p->n_indicators + 1, sizeof(*p->indicators));
	for (size_t i = 0; i < p->n_indicators; i++)
		p->indicators[i] = (struct evidence_indicator_line){
			.i = x[i],
			.type_key = arena_printf(c->arena, "case.indicator.%s", x[i].type),
			.tlps = evidence_view_options(c, "case.tlp.", evidence_tlps,
						      evidence_tlps_n, x[i].tlp),
			.n_tlps = evidence_tlps_n,
		};
	return 0;
}

static int measures(struct call *c, struct txn *t, struct evidence_page *p)
{
	struct evidence_measure *m;
	int r = evidence_measures(t, c->scope, p->c.id, c->arena, &m, &p->n_measures, &c->err);

	if (r < 0)
		return r;
	p->measures = arena_array(c->arena, p->n_measures + 1, sizeof(*p->measures));
	for (size_t i = 0; i < p->n_measures; i++)
		p->measures[i] = evidence_view_measure(c, &m[i]);
	return 0;
}

/* "1.5 時間", "2 台"; "" for once. */
static const char *quantity(struct call *c, const struct evidence_cost *k)
{
	if (k->quantity_milli == 1000 && !k->unit[0])
		return "";
	int64_t whole = k->quantity_milli / 1000, part = k->quantity_milli % 1000;
	if (!part)
		return arena_printf(c->arena, "%" PRId64 " %s", whole, k->unit);
	char digits[8];
	size_t n = 3;
	(void)snprintf(digits, sizeof(digits), "%03" PRId64, part); /* three of them */
	while (n > 1 && digits[n - 1] == '0')
		digits[--n] = '\0';
	return arena_printf(c->arena, "%" PRId64 ".%s %s", whole, digits, k->unit);
}

static int costs(struct call *c, struct txn *t, struct evidence_page *p)
{
	struct evidence_cost *k;
	int r = evidence_costs(t, c->scope, p->c.id, c->arena, &k, &p->n_costs, &c->err);

	if (r < 0)
		return r;
	p->costs = arena_array(c->arena, p->n_costs + 1, sizeof(*p->costs));
	for (size_t i = 0; i < p->n_costs; i++) {
		p->costs[i] = (struct evidence_cost_line){
			.c = k[i],
			.category_key = arena_printf(c->arena, "evidence.cost.%s", k[i].category),
			.quantity = quantity(c, &k[i]),
		};
		for (size_t x = 0; x < p->n_items && k[i].item_id; x++)
			if (p->items[x].i.id == k[i].item_id)
				p->costs[i].receipt_no = p->items[x].i.no;
		if (k[i].voided_us)
			continue;
		p->sum_yen += k[i].yen;
		p->sum_minutes += k[i].minutes;
		p->claim_yen += k[i].claimable ? k[i].yen : 0;
		p->bill_yen += k[i].billable ? k[i].yen : 0;
	}
	return 0;
}

static int items(struct call *c, struct txn *t, struct evidence_page *p)
{
	struct evidence_item *i;
	int r = evidence_items(t, c->scope, p->c.id, c->arena, &i, &p->n_items, &c->err);

	if (r < 0)
		return r;
	p->items = arena_array(c->arena, p->n_items + 1, sizeof(*p->items));
	for (size_t k = 0; k < p->n_items; k++)
		p->items[k] = evidence_view_item(c, &i[k]);
	return 0;
}

static void options(struct call *c, struct evidence_page *p)
{
	/* The first kind is a file: it has a form of its own. */
	p->n_kinds = evidence_kinds_n - 1;
	p->kinds =
		evidence_view_options(c, "evidence.kind.", evidence_kinds + 1, p->n_kinds, "disk");
	p->n_measure_kinds = evidence_measure_kinds_n;
	p->measure_kinds = evidence_view_options(c, "evidence.measure.", evidence_measure_kinds,
						 p->n_measure_kinds, "firewall");
	p->n_categories = evidence_cost_categories_n;
	p->categories = evidence_view_options(c, "evidence.cost.", evidence_cost_categories,
					      p->n_categories, "labour");
	p->max_mib = evidence_conf.max_mib;
	p->max_bytes = evidence_conf.max_mib * 1048576;
}

int evidence_view_page(struct call *c, struct evidence_page *p)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p->c, &c->err) : c->err.code;

	if (r < 0 || (r = items(c, t, p)) < 0 || (r = devices(c, t, p)) < 0 ||
	    (r = indicators(c, t, p)) < 0 || (r = measures(c, t, p)) < 0 ||
	    (r = costs(c, t, p)) < 0)
		return r;
	p->may_work = user_is(c->user, CASES_WORKERS);
	p->may_end = user_is(c->user, ROLE_ADMIN);
	options(c, p);
	return 0;
}

static int chain(struct call *c, struct txn *t, struct evidence_item_page *p)
{
	struct evidence_custody *k;
	struct err broken = { 0 };
	int r = evidence_custody(t, c->scope, p->l.i.id, c->arena, &k, &p->n_custody, &c->err);

	if (r < 0)
		return r;
	p->custody = arena_array(c->arena, p->n_custody + 1, sizeof(*p->custody));
	for (size_t i = 0; i < p->n_custody; i++)
		p->custody[i] = (struct evidence_custody_line){
			.k = k[i],
			.kind_key = arena_printf(c->arena, "evidence.custody.%s", k[i].kind),
			.result_key = k[i].result[0] ? arena_printf(c->arena, "evidence.check.%s",
								    k[i].result)
						     : "",
		};
	if (evidence_custody_verify(&p->l.i, k, p->n_custody, &broken) < 0)
		p->broken = arena_strdup(c->arena, broken.text);
	return 0;
}

static int packets(struct call *c, struct txn *t, struct evidence_item_page *p)
{
	struct evidence_stored b;

	p->packets = p->packets_note = "";
	if (!p->l.i.media[0] || strcmp(p->l.i.state, "kept") != 0)
		return 0;
	int r = evidence_store_blob_get(t, p->l.i.sha256, c->arena, &b, &c->err);
	if (r == 0) {
		p->packets = b.packets;
		p->packets_note = b.packets_note;
	}
	return r == -ENOENT ? 0 : r;
}

int evidence_view_one(struct call *c, struct evidence_item_page *p)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	struct evidence_item i;
	int64_t no;
	int r = t ? call_id(c, 1, &no) : c->err.code;

	if (r >= 0)
		r = cases_get(t, c->scope, c->param[0], c->arena, &p->c, &c->err);
	if (r >= 0)
		r = evidence_store_item_of(t, c->scope, p->c.id, no, c->arena, &i, &c->err);
	if (r < 0)
		return r;
	p->l = evidence_view_item(c, &i);
	p->file = i.size_bytes >= 0;
	p->here = strcmp(i.state, "kept") == 0 || strcmp(i.state, "held") == 0;
	p->may_work = user_is(c->user, CASES_WORKERS);
	p->tlps = evidence_view_options(c, "case.tlp.", evidence_tlps, evidence_tlps_n, i.tlp);
	p->n_tlps = evidence_tlps_n;
	for (size_t k = 0; k < p->n_tlps; k++)
		if (p->tlps[k].chosen)
			p->tlp_key = p->tlps[k].key;
	p->may_end = user_is(c->user, ROLE_ADMIN) && strcmp(i.state, "destroyed") != 0;
	p->region_name = c->hub->conf.region_name;
	p->printed_us = c->now_us;
	r = chain(c, t, p);
	return r < 0 ? r : packets(c, t, p);
}
