/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and answers of this feature. Rules: related.c; merging and splitting: cases. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/live.h"
#include "hub/related/related_fill.h"
#include "hub/related/related_seen.h"
#include "hub/related/related_store.h"
#include "hub/related/related_view.h"
#include "hub/related/related_work.h"
#include "hub/related_sql.h"
#include "hub/related_tmpl.h"

enum { SEEN_ROWS = 1000, NOTE_CHARS = 500 };

static void json_who(struct jsonw *w, const char *key, const struct who_item *i, size_t n)
{
	jsonw_array(w, key);
	for (size_t k = 0; k < n; k++) {
		jsonw_object(w, NULL);
		jsonw_int(w, "company_id", i[k].w.company_id);
		jsonw_text(w, "company", i[k].w.company_name);
		jsonw_text(w, "kind", i[k].w.kind);
		jsonw_text(w, "value", i[k].w.value);
		jsonw_time(w, "first_seen", i[k].w.first_us);
		jsonw_time(w, "last_seen", i[k].w.last_us);
		jsonw_int(w, "days", i[k].w.days);
		jsonw_int(w, "severity", i[k].w.severity);
		jsonw_text(w, "device", i[k].w.device);
		jsonw_text(w, "contact", i[k].w.contact_name);
		jsonw_text(w, "phone", i[k].w.contact_phone);
		jsonw_text(w, "state", i[k].w.state);
		jsonw_text(w, "case", i[k].w.new_number);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void json_side(struct jsonw *w, const struct related_side *s)
{
	jsonw_array(w, "tags");
	for (size_t i = 0; i < s->n_tags; i++)
		jsonw_text(w, NULL, s->tags[i]);
	jsonw_end_array(w);
	jsonw_array(w, "links");
	for (size_t i = 0; i < s->n_ties; i++) {
		const struct tie_row *t = &s->ties[i].t;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", t->id);
		jsonw_text(w, "kind", t->kind);
		jsonw_bool(w, "reverse", t->reverse);
		jsonw_text(w, "number", t->number);
		jsonw_text(w, "title", t->title);
		jsonw_text(w, "note", t->note);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_array(w, "parts");
	for (size_t i = 0; i < s->n_parts; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "number", s->parts[i].number);
		jsonw_text(w, "title", s->parts[i].title);
		jsonw_time(w, "merged", s->parts[i].made_us);
		jsonw_bool(w, "may_undo", s->parts[i].may_undo);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static void json_similar(struct jsonw *w, const struct similar_panel *p)
{
	jsonw_array(w, "similar");
	for (size_t i = 0; i < p->n_rows; i++) {
		jsonw_object(w, NULL);
		jsonw_text(w, "number", p->rows[i].s.c.number);
		jsonw_text(w, "title", p->rows[i].s.c.title);
		jsonw_text(w, "reason", p->rows[i].reason);
		jsonw_text(w, "lesson", p->rows[i].s.c.lesson);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int json_page(struct call *c, struct txn *t, const struct related_page *p)
{
	struct who_panel who = { 0 };
	struct similar_panel near = { 0 };
	bool staff = user_is(c->user, RELATED_STAFF);
	struct buf b = { 0 };
	int r = staff ? related_view_calls(c, t, &p->c, &who) : 0;

	if (r >= 0 && staff)
		r = related_view_similar(c, t, &p->c, &near);
	if (r < 0)
		return r;
	struct jsonw w = jsonw_of(&b);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->c.number);
	json_side(&w, &p->side);
	if (staff) {
		json_who(&w, "who_else", who.rows, who.n_rows);
		json_similar(&w, &near);
	}
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int parts(struct call *c, struct txn *t, struct related_page *p)
{
	struct case_entry *n;
	int r = cases_story(t, c->user, p->c.id, c->arena, &n, &p->n_story, &c->err);

	if (r >= 0)
		r = cases_store_devices(t, c->scope, p->c.id, c->arena, &p->devices, &p->n_devices,
					&c->err);
	if (r >= 0)
		r = cases_store_indicators(t, c->scope, p->c.id, c->arena, &p->indicators,
					   &p->n_indicators, &c->err);
	if (r < 0)
		return r;
	p->story = arena_array(c->arena, p->n_story + 1, sizeof(*p->story));
	for (size_t i = 0; i < p->n_story; i++)
		p->story[i] = (struct story_choice){ n[i], cases_entry_text(c->hub, c->lang, &n[i],
									    c->arena) };
	p->tie_kinds = related_view_ties(c, &p->n_tie_kinds);
	p->kinds = related_view_kinds(c, p->c.kind, &p->n_kinds);
	p->severities = related_view_severities(c, p->c.severity, &p->n_severities);
	p->is_open = strcmp(p->c.state, CASE_CLOSED) != 0;
	return 0;
}

static int show(struct call *c, int status, const char *error)
{
	struct related_page p = { .error = error };
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p.c, &c->err) : c->err.code;

	if (r >= 0)
		r = related_view_side(c, t, &p.c, &p.side);
	if (r >= 0 && c->wants_json)
		return json_page(c, t, &p);
	if (r >= 0)
		r = parts(c, t, &p);
	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_related_page(&tm, &p);
	return call_page(c, status, "related.page", NULL, "/cases", &b);
}

static int related_show(struct call *c)
{
	return show(c, 200, NULL);
}

/* Ends a change of the case in the path: commits, tells open pages; wrong input comes back with the
 * page. */
static int finish(struct call *c, struct txn **t, int r)
{
	struct incident i;

	if (r >= 0)
		r = cases_get(*t, c->scope, c->param[0], c->arena, &i, &c->err);
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r >= 0) {
		live_publish(c->hub, "case", i.company_id, i.id);
		return call_done(c, "case.saved", "/cases/%s", i.number);
	}
	txn_rollback(t);
	if ((r != -EINVAL && r != -EEXIST) || c->wants_json)
		return r;
	return show(c, 400, arena_strdup(c->arena, c->err.text));
}

/* The same where a person wrote the number of another case. */
static int finish_other(struct call *c, struct txn **t, int r)
{
	if (r != -ENOENT || c->wants_json)
		return finish(c, t, r);
	txn_rollback(t);
	return show(c, 404, call_text(c, "related.number.none", NULL, 0));
}

static int begin(struct call *c, struct txn **t, const struct form *f)
{
	if (f && !form_ok(f))
		return err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
	*t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	return *t ? 0 : c->err.code;
}

static int merge(struct call *c)
{
	struct form f = form_of(c);
	const char *into = form_text(&f, "into", true, CASE_NUMBER_MAX);
	const char *note = form_text(&f, "note", false, NOTE_CHARS);
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, &f);

	if (r >= 0)
		r = cases_merge(t, c->hub, c->user, c->param[0], into, note, c->now_us, &c->err);
	return finish_other(c, &t, r);
}

static int unmerge(struct call *c)
{
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, NULL);

	if (r >= 0)
		r = cases_merge_undo(t, c->hub, c->user, c->param[0], c->now_us, &c->err);
	return finish(c, &t, r);
}

static const int64_t *ids(struct call *c, const char *name, size_t *n_out)
{
	const char *text[CASE_SPLIT_MAX];
	size_t n = http_form_all(c->req, name, text, CASE_SPLIT_MAX);
	int64_t *out = arena_array(c->arena, n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		out[i] = strtoll(text[i], NULL, 10);
	*n_out = n;
	return out;
}

static int split(struct call *c)
{
	struct form f = form_of(c);
	struct case_split s = { .title = form_text(&f, "title", true, CASE_TITLE_CHARS),
				.kind = form_text(&f, "kind", false, 40),
				.severity = -1 };
	const char *number;
	int64_t id;
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, &f);

	if (form_text(&f, "severity", false, 1)[0])
		s.severity = (int)form_int(&f, "severity", false, 0, SEVERITY_CRITICAL);
	s.entries = ids(c, "entry", &s.n_entries);
	s.devices = ids(c, "device", &s.n_devices);
	s.indicators = ids(c, "indicator", &s.n_indicators);
	if (r >= 0)
		r = cases_split(t, c->hub, c->user, c->param[0], &s, c->now_us, &id, &c->err);
	if (r < 0)
		return finish(c, &t, r);
	if ((r = cases_store_number(t, c->scope, id, c->arena, &number, &c->err)) < 0 ||
	    (r = txn_commit(&t, &c->err)) < 0)
		return r;
	return call_done(c, "related.split.done", "/cases/%s", number);
}

static int tie_add(struct call *c)
{
	struct form f = form_of(c);
	const char *other = form_text(&f, "other", true, CASE_NUMBER_MAX);
	const char *kind = form_text(&f, "kind", true, 20);
	const char *note = form_text(&f, "note", false, NOTE_CHARS);
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, &f);

	if (r >= 0)
		r = related_tie(t, c->user, c->param[0], other, kind, note, c->now_us, &c->err);
	return finish_other(c, &t, r);
}

static int tie_remove(struct call *c)
{
	int64_t id;
	SCOPED_TXN struct txn *t = NULL;
	int r = call_id(c, 1, &id);

	if (r >= 0)
		r = begin(c, &t, NULL);
	if (r >= 0)
		r = related_untie(t, c->user, c->param[0], id, c->now_us, &c->err);
	return finish(c, &t, r);
}

static int tag_add(struct call *c)
{
	struct form f = form_of(c);
	const char *tag = form_text(&f, "tag", true, 40);
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, &f);

	if (r >= 0)
		r = related_tag(t, c->user, c->param[0], tag, c->now_us, &c->err);
	return finish(c, &t, r);
}

static int tag_remove(struct call *c)
{
	struct form f = form_of(c);
	const char *tag = form_text(&f, "tag", true, 40);
	SCOPED_TXN struct txn *t = NULL;
	int r = begin(c, &t, &f);

	if (r >= 0)
		r = related_untag(t, c->user, c->param[0], tag, c->now_us, &c->err);
	return finish(c, &t, r);
}

static int call_make(struct call *c)
{
	const char *number;
	int64_t company, id;
	SCOPED_TXN struct txn *t = NULL;
	int r = call_id(c, 1, &company);

	if (r >= 0)
		r = begin(c, &t, NULL);
	if (r >= 0)
		r = related_call(t, c->hub, c->user, c->param[0], company, c->now_us, &id, &c->err);
	if (r < 0)
		return r;
	if ((r = cases_store_number(t, c->scope, id, c->arena, &number, &c->err)) < 0 ||
	    (r = txn_commit(&t, &c->err)) < 0)
		return r;
	live_publish(c->hub, "case", company, id);
	return call_done(c, "related.call.done", "/cases/%s", number);
}

static int call_not_needed(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", true, NOTE_CHARS);
	int64_t company;
	SCOPED_TXN struct txn *t = NULL;
	int r = call_id(c, 1, &company);

	if (r >= 0)
		r = begin(c, &t, &f);
	if (r >= 0)
		r = related_not_needed(t, c->user, c->param[0], company, why, c->now_us, &c->err);
	return finish(c, &t, r);
}

/* --- who met this? --- */

static struct option *trait_kinds(struct call *c, const char *chosen, size_t *n_out)
{
	struct option *o = arena_array(c->arena, TRAIT_KINDS, sizeof(*o));

	*n_out = 0;
	for (int k = 1; k < TRAIT_DEVICE; k++) {
		const char *name = trait_kind_name((enum trait_kind)k);
		o[(*n_out)++] =
			(struct option){ name,
					 text_get(c->hub->text, c->lang,
						  arena_printf(c->arena, "related.trait.%s", name)),
					 strcmp(name, chosen) == 0 };
	}
	return o;
}

static int seen(struct call *c)
{
	const char *kind = http_query(c->req, "kind"), *typed = http_query(c->req, "value");
	struct related_seen_page p = { .kind = kind ? kind : "", .value = typed ? typed : "" };
	struct buf b = { 0 };
	enum trait_kind k = trait_kind_of(p.kind);
	const char *value = k && p.value[0] ? trait_value(k, p.value, c->arena) : NULL;
	struct who_row *w = NULL;

	if (value) {
		const struct seen_query q = { trait_hash(related_secret(c->hub), k, value,
							 strlen(value)),
					      0, c->now_us - SEEN_DAYS * US_PER_DAY, SEEN_ROWS };
		SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ_APART, &c->err);
		int r = t ? related_store_who(t, c->scope, &q, c->arena, &w, &p.who.n_rows, &c->err)
			  : c->err.code;
		if (r < 0)
			return r;
		p.asked = true;
		p.who.n_new = (int64_t)p.who.n_rows;
		p.who.rows = related_view_who(c, w, p.who.n_rows);
	} else if (p.value[0]) {
		if (c->wants_json)
			return err_set(&c->err, -EINVAL, "this is not a value of that kind");
		p.error = text_get(c->hub->text, c->lang, "related.seen.bad");
	}
	if (c->wants_json) {
		struct jsonw j = jsonw_of(&b);
		jsonw_object(&j, NULL);
		json_who(&j, "companies", p.who.rows, p.who.n_rows);
		jsonw_end_object(&j);
		return call_json(c, &b);
	}
	p.kinds = trait_kinds(c, p.kind, &p.n_kinds);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_related_seen(&tm, &p);
	return call_page(c, p.error ? 400 : 200, "related.seen", NULL, "/cases", &b);
}

/* --- the feature --- */

enum { WORKERS = CASES_WORKERS, READERS = CASES_READERS, STAFF = RELATED_STAFF };

static const struct route routes[] = {
	{ "GET", "/cases/{number}/related", WORKERS, related_show, 0 },
	{ "POST", "/cases/{number}/merge", WORKERS, merge, 0 },
	{ "POST", "/cases/{number}/unmerge", WORKERS, unmerge, 0 },
	{ "POST", "/cases/{number}/split", WORKERS, split, 0 },
	{ "POST", "/cases/{number}/ties", WORKERS, tie_add, 0 },
	{ "POST", "/cases/{number}/ties/{id}/remove", WORKERS, tie_remove, 0 },
	{ "POST", "/cases/{number}/tags", WORKERS, tag_add, 0 },
	{ "POST", "/cases/{number}/tags/remove", WORKERS, tag_remove, 0 },
	{ "POST", "/cases/{number}/calls/{company}", STAFF, call_make, 0 },
	{ "POST", "/cases/{number}/calls/{company}/not-needed", STAFF, call_not_needed, 0 },
	{ "POST", "/cases/bulk", WORKERS, related_bulk_web_cases, 0 },
	{ "POST", "/alerts/bulk", WORKERS, related_bulk_web_alerts, 0 },
	{ "GET", "/related/seen", STAFF, seen, 0 },
};

static const struct job jobs[] = {
	{ "who-else", 10 * 1000, related_work_run },
	{ "who-else-all", 5 * 60 * 1000, related_work_all },
	{ "sightings-forget", 60 * 60 * 1000, related_work_prune },
};

static const struct panel panels[] = {
	{ "case.main", STAFF, related_panel_who },    /* no text */
	{ "case.side", READERS, related_panel_side }, /* no text */
	{ "case.end", STAFF, related_panel_similar }, /* no text */
	{ "alert.side", STAFF, related_panel_alert },
	{ "home.main", STAFF, related_panel_home },
	{ "cases.bulk", WORKERS, related_panel_bulk },
	{ "alerts.bulk", WORKERS, related_panel_bulk_alerts },
};

static const struct case_mover movers[] = {
	{ .table = "case_trait", .same = { "trait" } },
	{ .table = "case_tag", .same = { "tag" } },
	{ .table = "who_else", .same = { "company_id" }, .of_others = true },
};

const struct hub_feature related_feature = {
	.name = "related",
	.schema = related_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.start = related_seen_start,
	.stop = related_seen_stop,
	.fill = related_fill,
};
