/* SPDX-License-Identifier: Apache-2.0 */
/* Cases as JSON: what the pages show, for programs. */
#include "hub/cases/cases_json.h"

#include "base/mem.h"

static void one(struct jsonw *w, const struct incident *i)
{
	jsonw_text(w, "number", i->number);
	jsonw_int(w, "company_id", i->company_id);
	jsonw_text(w, "company", i->company_name);
	jsonw_text(w, "kind", i->kind);
	jsonw_text(w, "title", i->title);
	jsonw_text(w, "state", i->state);
	jsonw_int(w, "severity", i->severity);
	jsonw_int(w, "version", i->version);
	jsonw_time(w, "opened", i->opened_us);
	jsonw_int(w, "minutes", i->minutes);
	jsonw_int(w, "cost_yen", i->cost_yen);
	jsonw_int(w, "phone", i->n_phone);
	jsonw_int(w, "remote", i->n_remote);
	jsonw_int(w, "visit", i->n_visit);
}

int cases_json_list(struct call *c, const struct incident *i, size_t n)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "cases");
	for (size_t k = 0; k < n; k++) {
		jsonw_object(&w, NULL);
		one(&w, &i[k]);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static void about(struct jsonw *w, const struct incident *i)
{
	jsonw_text(w, "source", i->source);
	jsonw_int(w, "owner_id", i->owner_id);
	jsonw_text(w, "owner", i->owner_name);
	jsonw_text(w, "contact_name", i->contact_name);
	jsonw_text(w, "contact_phone", i->contact_phone);
	jsonw_int(w, "happened_us", i->happened_us);
	jsonw_int(w, "recorded_us", i->recorded_us);
	jsonw_int(w, "changed_us", i->changed_us);
	jsonw_int(w, "closed_us", i->closed_us);
	jsonw_text(w, "cause", i->cause);
	jsonw_text(w, "lesson", i->lesson);
}

static void story(struct jsonw *w, const struct case_page *p)
{
	jsonw_array(w, "story");
	for (size_t i = 0; i < p->n_story; i++) {
		const struct case_entry *n = &p->story[i].n;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", n->id);
		jsonw_text(w, "kind", n->kind);
		jsonw_text(w, "text", p->story[i].text);
		jsonw_text(w, "body", n->body);
		jsonw_text(w, "person", n->person_name);
		jsonw_int(w, "happened_us", n->happened_us);
		jsonw_int(w, "recorded_us", n->recorded_us);
		jsonw_bool(w, "late", p->story[i].late);
		jsonw_text(w, "origin", n->origin);
		jsonw_int(w, "corrections", (int64_t)p->story[i].n_was);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void things(struct jsonw *w, const struct case_page *p)
{
	jsonw_array(w, "devices");
	for (size_t i = 0; i < p->n_devices; i++) {
		const struct case_device *d = &p->devices[i];
		jsonw_object(w, NULL);
		jsonw_int(w, "id", d->id);
		jsonw_text(w, "name", d->name);
		jsonw_text(w, "address", d->address);
		jsonw_text(w, "mac", d->mac);
		jsonw_text(w, "state", d->state);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_array(w, "indicators");
	for (size_t i = 0; i < p->n_indicators; i++) {
		const struct case_indicator *x = &p->indicators[i];
		jsonw_object(w, NULL);
		jsonw_int(w, "id", x->id);
		jsonw_text(w, "type", x->type);
		jsonw_text(w, "value", x->value);
		jsonw_text(w, "note", x->note);
		jsonw_text(w, "tlp", x->tlp);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

int cases_json_one(struct call *c, const struct case_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "cases");
	jsonw_object(&w, NULL);
	one(&w, &p->c);
	about(&w, &p->c);
	jsonw_end_object(&w);
	jsonw_end_array(&w);
	story(&w, p);
	things(&w, p);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
