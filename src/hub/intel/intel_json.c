/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of lists as JSON. */
#include "hub/intel/intel_pages.h"
#include "hub/intel/intel_web.h"

static void feed(struct jsonw *w, const char *key, const struct intel_feed_item *it)
{
	const struct intel_feed *f = &it->f;

	jsonw_object(w, key);
	jsonw_int(w, "id", f->id);
	jsonw_text(w, "name", it->shown);
	jsonw_text(w, "role", f->role);
	jsonw_text(w, "way", f->way);
	jsonw_text(w, "place", f->place);
	jsonw_text(w, "source", f->source);
	jsonw_text(w, "licence", f->licence);
	jsonw_text(w, "format", f->format);
	jsonw_text(w, "tlp", f->tlp);
	jsonw_int(w, "confidence", f->confidence);
	jsonw_bool(w, "enabled", f->enabled);
	jsonw_int(w, "indicators", f->indicators);
	jsonw_int(w, "bad_lines", f->bad_lines);
	jsonw_int(w, "hits", it->score.hits);
	jsonw_int(w, "hits_wrong", it->score.wrong);
	jsonw_int(w, "findings", it->score.findings);
	jsonw_time(w, "imported", f->imported_us);
	jsonw_time(w, "tried", f->tried_us);
	jsonw_text(w, "error", f->error);
	jsonw_end_object(w);
}

int intel_json_page(struct call *c, const struct intel_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_object(&w, "bundle");
	jsonw_int(&w, "number", p->bundle.id);
	jsonw_int(&w, "bytes", p->bundle.bytes);
	jsonw_int(&w, "indicators", p->bundle.indicators);
	jsonw_int(&w, "held", p->bundle.held);
	jsonw_time(&w, "made", p->bundle.made_us);
	jsonw_object(&w, "kinds");
	for (int k = 1; k < INDICATOR_KINDS; k++)
		jsonw_int(&w, indicator_kind_name((enum indicator_kind)k), p->bundle.kinds[k]);
	jsonw_end_object(&w);
	jsonw_bool(&w, "waiting", p->waiting);
	jsonw_int(&w, "sensors", (int64_t)p->n_sensors);
	jsonw_int(&w, "sensors_applied", (int64_t)p->n_applied);
	jsonw_end_object(&w);
	jsonw_array(&w, "feeds");
	for (size_t i = 0; i < p->n_bad; i++)
		feed(&w, NULL, &p->bad[i]);
	for (size_t i = 0; i < p->n_good; i++)
		feed(&w, NULL, &p->good[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int intel_json_feed(struct call *c, const struct intel_feed_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	feed(&w, "feed", &p->it);
	jsonw_array(&w, "newest");
	for (size_t i = 0; i < p->n_newest; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", p->newest[i].kind);
		jsonw_text(&w, "value", p->newest[i].l.value);
		jsonw_text(&w, "label", p->newest[i].l.label);
		jsonw_time(&w, "since", p->newest[i].l.since_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "hits");
	for (size_t i = 0; i < p->n_hits; i++) {
		const struct intel_hit_row *h = &p->hits[i].h;

		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", p->hits[i].kind);
		jsonw_text(&w, "value", h->key.value);
		jsonw_int(&w, "company_id", h->company_id);
		jsonw_text(&w, "company", h->company_name);
		jsonw_text(&w, "device_mac", h->device_mac);
		jsonw_int(&w, "findings", h->findings);
		jsonw_bool(&w, "wrong", h->wrong);
		jsonw_time(&w, "last", h->last_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static void bad_lines(struct jsonw *w, const struct intel_bad *b, enum indicator_bad why)
{
	jsonw_object(w, NULL);
	jsonw_text(w, "why", indicator_bad_name(why));
	jsonw_int(w, "lines", b->n);
	jsonw_array(w, "first");
	for (size_t i = 0; i < b->n_first; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "file", b->first[i].file);
		jsonw_int(w, "line", b->first[i].line);
		jsonw_text(w, "text", b->first[i].text);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_end_object(w);
}

int intel_json_report(struct call *c, const struct intel_report *r)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_bool(&w, "dry_run", r->dry_run);
	jsonw_int(&w, "new", r->n_new);
	jsonw_int(&w, "known", r->n_known);
	jsonw_int(&w, "gone", r->n_gone);
	jsonw_int(&w, "twice", r->n_twice);
	jsonw_int(&w, "held", r->n_held);
	jsonw_int(&w, "bad", r->n_bad);
	jsonw_array(&w, "bad_lines");
	for (int why = 1; why < INDICATOR_BADS; why++)
		if (r->bad[why].n > 0)
			bad_lines(&w, &r->bad[why], (enum indicator_bad)why);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}
