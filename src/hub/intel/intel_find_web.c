/* SPDX-License-Identifier: Apache-2.0 */
/* Single indicators: finding them, the region's own, what is held back and why. */
#include <errno.h>

#include "base/mem.h"
#include "hub/intel/intel_pages.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_view.h"
#include "hub/intel/intel_web.h"
#include "hub/intel_tmpl.h"

enum { FOUND_MAX = 100, HITS_SHOWN = 100, HELD_SHOWN = 500, VERDICTS_SHOWN = 200, Q_CHARS = 300 };

/* --- finding --- */

static int find_json(struct call *c, const struct intel_find_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "indicators");
	for (size_t i = 0; i < p->n_rows; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", p->rows[i].kind);
		jsonw_text(&w, "value", p->rows[i].l.value);
		jsonw_text(&w, "feed", p->rows[i].feed);
		jsonw_int(&w, "feed_id", p->rows[i].l.feed_id);
		jsonw_text(&w, "label", p->rows[i].l.label);
		jsonw_text(&w, "tlp", p->rows[i].l.tlp);
		jsonw_time(&w, "since", p->rows[i].l.since_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

/* The value in its normal form if it is one, else what begins with it. */
static int find(struct call *c, struct intel_find_page *p)
{
	struct intel_list_filter f = { .value = p->q, .limit = FOUND_MAX };
	struct intel_listed *rows = NULL;
	struct indicator i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? 0 : c->err.code;

	if (r < 0 || !*p->q)
		return r;
	if (intel_parse("", p->q, &i, NULL) == 0) {
		f.value = i.value;
		r = intel_list_find(t, &f, c->arena, &rows, &p->n_rows, &c->err);
		p->exact = p->n_rows > 0;
	}
	if (r >= 0 && p->n_rows == 0) {
		f.prefix = true;
		r = intel_list_find(t, &f, c->arena, &rows, &p->n_rows, &c->err);
	}
	if (r >= 0)
		p->rows = intel_view_listed(c, rows, p->n_rows);
	return r;
}

int intel_find_web_find(struct call *c)
{
	const char *q = http_query(c->req, "q");
	struct intel_find_page p = { .q = "" };
	struct buf b = { 0 };

	if (q && utf8_count(q, strlen(q)) <= Q_CHARS) {
		struct str s = str_trim(str_of(q));
		p.q = arena_strndup(c->arena, s.p, s.n);
	}
	int r = find(c, &p);
	if (r < 0)
		return r;
	if (c->wants_json)
		return find_json(c, &p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_find(&t, &p);
	return call_page(c, 200, "intel.find.title", NULL, "/intel", &b);
}

/* --- one --- */

static int key_asked(struct call *c, struct intel_key *out)
{
	const char *kind = http_query(c->req, "kind"), *value = http_query(c->req, "value");
	struct indicator i;

	if (!kind || !*kind || !value || intel_parse(kind, value, &i, NULL) < 0)
		return err_set(&c->err, -ENOENT, "there is no such indicator");
	*out = (struct intel_key){ i.kind, arena_strdup(c->arena, i.value) };
	return 0;
}

static int one_load(struct call *c, struct intel_one_page *p)
{
	const struct intel_hit_filter f = { .key = p->key, .limit = HITS_SHOWN };
	struct intel_hit_row *hits;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? intel_known(t, c->scope, &p->key, c->arena, &p->known, &c->err) : c->err.code;

	if (r >= 0)
		r = intel_hit_store_list(t, c->scope, &f, c->arena, &hits, &p->n_hits, &c->err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->known.n_sources; i++) {
		struct intel_source *s = &p->known.sources[i];
		p->own |= s->own;
		if (s->own)
			s->feed = intel_view_name(c, s->feed, WAY_HAND);
		s->tlp = intel_view_tlp(c, s->tlp);
	}
	p->hits = intel_view_hits(c, hits, p->n_hits);
	p->n_verdicts = p->known.n_verdicts;
	p->verdicts = intel_view_verdicts(c, p->known.verdicts, p->n_verdicts);
	return 0;
}

static int one_json(struct call *c, const struct intel_one_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "kind", p->kind);
	jsonw_text(&w, "value", p->key.value);
	jsonw_text(&w, "held", p->known.held);
	jsonw_array(&w, "feeds");
	for (size_t i = 0; i < p->known.n_sources; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", p->known.sources[i].feed_id);
		jsonw_text(&w, "name", p->known.sources[i].feed);
		jsonw_text(&w, "label", p->known.sources[i].label);
		jsonw_text(&w, "tlp", p->known.sources[i].tlp);
		jsonw_time(&w, "since", p->known.sources[i].since_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "hits");
	for (size_t i = 0; i < p->n_hits; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "company_id", p->hits[i].h.company_id);
		jsonw_text(&w, "company", p->hits[i].h.company_name);
		jsonw_text(&w, "device_mac", p->hits[i].h.device_mac);
		jsonw_int(&w, "findings", p->hits[i].h.findings);
		jsonw_bool(&w, "wrong", p->hits[i].h.wrong);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "verdicts");
	for (size_t i = 0; i < p->n_verdicts; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", p->verdicts[i].v.id);
		jsonw_int(&w, "company_id", p->verdicts[i].v.company_id);
		jsonw_bool(&w, "region", p->verdicts[i].v.region);
		jsonw_bool(&w, "in_force", p->verdicts[i].v.ended_us == 0);
		jsonw_text(&w, "reason", p->verdicts[i].v.reason);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int intel_find_web_one(struct call *c)
{
	struct intel_one_page p = { 0 };
	struct buf b = { 0 };
	int r = key_asked(c, &p.key);

	if (r < 0 || (r = one_load(c, &p)) < 0)
		return r;
	p.kind = indicator_kind_name(p.key.kind);
	p.kind_key = intel_view_kind_key(p.key.kind);
	if (c->wants_json)
		return one_json(c, &p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_one(&t, &p);
	return call_page(c, 200, "intel.one.title", p.key.value, "/intel", &b);
}

/* --- the region's own --- */

static int own_page(struct call *c, int status, const struct intel_own_entry *n, const char *error)
{
	struct intel_own_page p = {
		.value = n->value, .kind = n->kind, .label = n->label, .error = error
	};
	struct buf b = { 0 };

	p.n_tlp = intel_view_tlps(c, n->tlp, p.tlp);
	for (int k = 1; k < INDICATOR_KINDS; k++) {
		const char *name = indicator_kind_name((enum indicator_kind)k);
		p.kinds[p.n_kinds++] = (struct intel_option){
			name,
			text_get(c->hub->text, c->lang,
				 intel_view_kind_key((enum indicator_kind)k)),
			strcmp(name, n->kind) == 0
		};
	}
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_own(&t, &p);
	return call_page(c, status, "intel.own.add", NULL, "/intel", &b);
}

static const char *asked(struct call *c, const char *name)
{
	const char *v = http_query(c->req, name);

	return v && utf8_count(v, strlen(v)) <= Q_CHARS ? v : "";
}

int intel_find_web_own_form(struct call *c)
{
	const struct intel_own_entry n = { asked(c, "kind"), asked(c, "value"), asked(c, "label"),
					   TLP_AMBER };

	return own_page(c, 200, &n, NULL);
}

int intel_find_web_own_add(struct call *c)
{
	struct form f = form_of(c);
	const struct intel_own_entry n = { form_text(&f, "kind", false, 20),
					   form_text(&f, "value", false, INDICATOR_VALUE_MAX),
					   form_text(&f, "label", false, INTEL_TEXT_CHARS),
					   form_text(&f, "tlp", false, 20) };
	struct indicator i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? intel_own_add(t, c->user, &n, c->now_us, &i, &c->err) : c->err.code;

	if (r >= 0)
		r = txn_commit(&t, &c->err);
	txn_rollback(&t);
	if ((r == -EINVAL || r == -EEXIST) && !c->wants_json)
		return own_page(c, 400, &n, arena_strdup(c->arena, c->err.text));
	if (r < 0)
		return r;
	intel_wake(c->hub);
	struct str value = { i.value, i.n };
	SCOPED_BUF struct buf part = { 0 };
	struct tmpl u = call_tmpl(c, &part);
	tmpl_url_str(&u, value);
	return call_done(c, "intel.own.added", "/intel/one?kind=%s&value=%s",
			 indicator_kind_name(i.kind), part.p);
}

int intel_find_web_own_remove(struct call *c)
{
	struct form f = form_of(c);
	struct indicator i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? intel_parse(form_text(&f, "kind", true, 20),
				form_text(&f, "value", true, INDICATOR_VALUE_MAX), &i, &c->err)
		  : c->err.code;

	if (r >= 0) {
		const struct intel_key key = { i.kind, i.value };
		r = intel_own_remove(t, c->user, &key, c->now_us, &c->err);
	}
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "intel.own.removed", "/intel");
}

/* --- held back --- */

static int held_json(struct call *c, const struct intel_held_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "held", p->total);
	jsonw_array(&w, "first");
	for (size_t i = 0; i < p->n_rows; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", p->rows[i].kind);
		jsonw_text(&w, "value", p->rows[i].h.key.value);
		jsonw_text(&w, "feed", p->rows[i].feed);
		jsonw_text(&w, "why", p->rows[i].h.why);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int held_load(struct call *c, struct intel_held_page *p)
{
	struct intel_bundle newest;
	struct intel_held *h;
	struct intel_verdict *v;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? intel_bundle_newest(t, c->arena, &newest, &c->err) : c->err.code;

	if (r >= 0)
		r = intel_bundle_held_list(t, HELD_SHOWN, c->arena, &h, &p->n_rows, &c->err);
	if (r >= 0)
		r = intel_verdict_store_list(t, c->scope, NULL, VERDICTS_SHOWN, c->arena, &v,
					     &p->n_verdicts, &c->err);
	if (r < 0)
		return r;
	p->total = newest.held;
	p->verdicts = intel_view_verdicts(c, v, p->n_verdicts);
	p->rows = arena_array(c->arena, p->n_rows ? p->n_rows : 1, sizeof(*p->rows));
	for (size_t i = 0; i < p->n_rows; i++)
		p->rows[i] = (struct intel_held_item){ h[i], intel_view_kind_key(h[i].key.kind),
						       indicator_kind_name(h[i].key.kind),
						       intel_view_name(c, h[i].feed, h[i].way),
						       strcmp(h[i].why, HELD_GOOD) == 0 };
	return 0;
}

int intel_find_web_held(struct call *c)
{
	struct intel_held_page p = { 0 };
	struct buf b = { 0 };
	int r = held_load(c, &p);

	if (r < 0)
		return r;
	if (c->wants_json)
		return held_json(c, &p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_held(&t, &p);
	return call_page(c, 200, "intel.held.title", NULL, "/intel", &b);
}

int intel_find_web_verdict_end(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? intel_verdict_end(t, c->user, id, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "intel.verdict.ended", "/intel/held");
}
