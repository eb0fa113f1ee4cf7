/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence as JSON: what the pages show, for programs. */
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence_view.h"

static void item_json(struct jsonw *w, const char *key, const struct evidence_line *l)
{
	const struct evidence_item *i = &l->i;

	jsonw_object(w, key);
	jsonw_int(w, "no", i->no);
	jsonw_text(w, "kind", i->kind);
	jsonw_text(w, "name", i->name);
	jsonw_text(w, "name_shown", l->shown);
	jsonw_text(w, "note", i->note);
	jsonw_text(w, "source", i->source);
	jsonw_text(w, "state", i->state);
	jsonw_text(w, "sha256", i->sha256[0] ? i->sha256 : NULL);
	if (i->size_bytes >= 0)
		jsonw_int(w, "size_bytes", i->size_bytes);
	else
		jsonw_null(w, "size_bytes");
	jsonw_text(w, "media", i->media);
	jsonw_bool(w, "dangerous", i->dangerous);
	jsonw_text(w, "tlp", i->tlp);
	jsonw_text(w, "holder", i->holder);
	jsonw_text(w, "seal", i->seal);
	jsonw_text(w, "place", i->place);
	jsonw_int(w, "taken_us", i->taken_us);
	jsonw_int(w, "added_us", i->added_us);
	jsonw_text(w, "added_by", i->added_name);
	jsonw_int(w, "checked_us", i->checked_us);
	jsonw_text(w, "check", i->check);
	jsonw_int(w, "custody_lines", i->n_custody);
	jsonw_text(w, "custody_hash", i->head_hash);
	jsonw_end_object(w);
}

static void devices_json(struct jsonw *w, const struct evidence_page *p)
{
	jsonw_array(w, "devices");
	for (size_t i = 0; i < p->n_devices; i++) {
		const struct evidence_device *d = &p->devices[i].d;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", d->id);
		jsonw_text(w, "name", d->name);
		jsonw_text(w, "address", d->address);
		jsonw_text(w, "mac", d->mac);
		jsonw_text(w, "state", d->state);
		jsonw_int(w, "added_us", d->added_us);
		jsonw_array(w, "history");
		for (size_t k = 0; k < p->n_turns; k++) {
			const struct evidence_device_state *s = &p->turns[k].s;
			if (s->device_id != d->id)
				continue;
			jsonw_object(w, NULL);
			jsonw_text(w, "state", s->state);
			jsonw_text(w, "why", s->why);
			jsonw_text(w, "person", s->person_name);
			jsonw_int(w, "at_us", s->at_us);
			jsonw_end_object(w);
		}
		jsonw_end_array(w);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void indicators_json(struct jsonw *w, const struct evidence_page *p)
{
	jsonw_array(w, "indicators");
	for (size_t i = 0; i < p->n_indicators; i++) {
		const struct evidence_indicator *x = &p->indicators[i].i;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", x->id);
		jsonw_text(w, "type", x->type);
		jsonw_text(w, "value", x->value);
		jsonw_text(w, "note", x->note);
		jsonw_text(w, "tlp", x->tlp);
		jsonw_int(w, "sightings", x->sightings);
		jsonw_int(w, "last_seen_us", x->last_us);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void measures_json(struct jsonw *w, const struct evidence_page *p)
{
	jsonw_array(w, "countermeasures");
	for (size_t i = 0; i < p->n_measures; i++) {
		const struct evidence_measure *m = &p->measures[i].m;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", m->id);
		jsonw_text(w, "kind", m->kind);
		jsonw_text(w, "what", m->what);
		jsonw_text(w, "target", m->target);
		jsonw_text(w, "person", m->person_name);
		jsonw_int(w, "from_us", m->from_us);
		jsonw_int(w, "until_us", m->until_us);
		jsonw_int(w, "ended_us", m->ended_us);
		jsonw_text(w, "ended_why", m->ended_why);
		jsonw_int(w, "version", m->version);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void costs_json(struct jsonw *w, const struct evidence_page *p)
{
	jsonw_array(w, "costs");
	for (size_t i = 0; i < p->n_costs; i++) {
		const struct evidence_cost *k = &p->costs[i].c;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", k->id);
		jsonw_int(w, "action_id", k->action_id);
		jsonw_int(w, "at_us", k->at_us);
		jsonw_text(w, "category", k->category);
		jsonw_text(w, "what", k->what);
		jsonw_text(w, "who", k->who);
		jsonw_int(w, "quantity_milli", k->quantity_milli);
		jsonw_text(w, "unit", k->unit);
		jsonw_int(w, "unit_yen", k->unit_yen);
		jsonw_int(w, "yen", k->yen);
		jsonw_int(w, "minutes", k->minutes);
		jsonw_bool(w, "billable", k->billable);
		jsonw_bool(w, "claimable", k->claimable);
		jsonw_int(w, "receipt_no", p->costs[i].receipt_no);
		jsonw_int(w, "voided_us", k->voided_us);
		jsonw_text(w, "voided_why", k->voided_why);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

int evidence_view_json(struct call *c, const struct evidence_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "case", p->c.number);
	jsonw_array(&w, "items");
	for (size_t i = 0; i < p->n_items; i++)
		item_json(&w, NULL, &p->items[i]);
	jsonw_end_array(&w);
	devices_json(&w, p);
	indicators_json(&w, p);
	measures_json(&w, p);
	costs_json(&w, p);
	jsonw_int(&w, "minutes", p->sum_minutes);
	jsonw_int(&w, "cost_yen", p->sum_yen);
	jsonw_int(&w, "claimable_yen", p->claim_yen);
	jsonw_int(&w, "billable_yen", p->bill_yen);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static void custody_json(struct jsonw *w, const struct evidence_custody *k)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "item_id", k->item_id);
	jsonw_int(w, "seq", k->seq);
	jsonw_text(w, "kind", k->kind);
	jsonw_int(w, "at_us", k->at_us);
	jsonw_int(w, "recorded_us", k->recorded_us);
	jsonw_int(w, "person_id", k->person_id);
	jsonw_text(w, "person", k->person_name);
	jsonw_text(w, "from", k->from);
	jsonw_text(w, "to", k->to);
	jsonw_text(w, "why", k->why);
	jsonw_text(w, "seal", k->seal);
	jsonw_text(w, "sha256", k->sha256);
	jsonw_text(w, "result", k->result);
	jsonw_text(w, "prev_hash", k->prev_hash);
	jsonw_text(w, "hash", k->hash);
	jsonw_end_object(w);
}

int evidence_view_one_json(struct call *c, const struct evidence_item_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "case", p->c.number);
	item_json(&w, "item", &p->l);
	jsonw_bool(&w, "custody_whole", p->broken == NULL);
	jsonw_text(&w, "custody_problem", p->broken);
	jsonw_text(&w, "packets", p->packets);
	jsonw_array(&w, "custody");
	for (size_t i = 0; i < p->n_custody; i++)
		custody_json(&w, &p->custody[i].k);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
