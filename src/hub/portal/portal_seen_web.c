/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what of the company: by day, in plain words, by organisation, as CSV. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "hub/portal/portal_view.h"
#include "hub/portal_tmpl.h"

enum { DAYS = 400, ROWS = 100, PAGES_MAX = 1000, CSV_ROWS = 20000, TOLD = 100 };

static const struct portal_kind entities[] = {
	{ "case", "portal.thing.case" },       { "alert", "portal.thing.alert" },
	{ "device", "portal.thing.device" },   { "sensor", "portal.thing.sensor" },
	{ "company", "portal.thing.company" }, { "thread", "portal.thing.thread" },
	{ "file", "portal.thing.file" },       { "export", "portal.thing.export" },
};

static const char *known(const char *entity)
{
	for (size_t i = 0; entity && i < ARRAY_LEN(entities); i++)
		if (strcmp(entity, entities[i].value) == 0)
			return entities[i].value;
	return "";
}

static struct accounts_seen_filter filter_of(struct call *c, int64_t company_id)
{
	return (struct accounts_seen_filter){
		.company_id = company_id,
		.org_id = call_query_int(c, "org", INT64_MAX, 0),
		.entity = known(http_query(c->req, "what")),
		.from_us = c->now_us - DAYS * US_PER_DAY,
		.to_us = INT64_MAX,
	};
}

/* "Looked at the case IW-2026-000123." */
static const char *words(struct call *c, const struct accounts_seen_row *r)
{
	const char *args[] = { r->label };

	return call_text(c,
			 arena_printf(c->arena, "portal.seen.%s.%s", r->entity,
				      r->label[0] ? "named" : "any"),
			 args, 1);
}

static const char *url_of(struct call *c, const struct accounts_seen_row *r)
{
	if (strcmp(r->entity, SEEN_CASE) == 0)
		return arena_printf(c->arena, "/portal/cases/%s", r->label);
	if (strcmp(r->entity, SEEN_ALERT) == 0)
		return arena_printf(c->arena, "/alerts/%" PRId64, r->entity_id);
	return NULL;
}

static int rows(struct call *c, struct txn *t, const struct accounts_seen_filter *f,
		struct portal_seen_page *m)
{
	const int64_t zone_us = c->hub->conf.zone_min * US_PER_MIN;
	struct accounts_seen_row *list;
	int r = accounts_seen_list(t, c->scope, f, c->arena, &list, &m->n_rows, &c->err);

	if (r < 0)
		return r;
	m->rows = arena_array(c->arena, m->n_rows + 1, sizeof(*m->rows));
	for (size_t i = 0; i < m->n_rows; i++)
		m->rows[i] = (struct portal_seen_line){
			.r = list[i],
			.text = words(c, &list[i]),
			.url = url_of(c, &list[i]),
			.new_day = i == 0 || (list[i].last_us + zone_us) / US_PER_DAY !=
						     (list[i - 1].last_us + zone_us) / US_PER_DAY,
		};
	return 0;
}

/* Files of this company that left the hub, with where they went. */
static int told(struct call *c, struct txn *t, const struct accounts_seen_filter *f,
		struct portal_seen_page *m)
{
	struct export_told *list;
	int r;

	if (f->offset > 0 || f->org_id || (f->entity[0] && strcmp(f->entity, SEEN_EXPORT) != 0))
		return 0;
	r = exports_told(t, c->scope, f->company_id, 0, c->arena, &list, &m->n_told, &c->err);
	if (r < 0)
		return r;
	m->n_told = m->n_told < TOLD ? m->n_told : TOLD;
	m->told = arena_array(c->arena, m->n_told + 1, sizeof(*m->told));
	for (size_t i = 0; i < m->n_told; i++)
		m->told[i] = (struct portal_told_line){
			.x = list[i],
			.kind_key = arena_printf(c->arena, "export.kind.%s", list[i].kind),
			.url = list[i].number[0]
				       ? arena_printf(c->arena, "/portal/cases/%s", list[i].number)
				       : NULL,
		};
	return 0;
}

static void told_json(struct jsonw *w, const struct portal_seen_page *m)
{
	jsonw_array(w, "handed");
	for (size_t i = 0; i < m->n_told; i++) {
		const struct export_told *x = &m->told[i].x;

		jsonw_object(w, NULL);
		jsonw_text(w, "organisation", x->org_name);
		jsonw_text(w, "person", x->person_name);
		jsonw_text(w, "kind", x->kind);
		jsonw_text(w, "number", x->number);
		jsonw_text(w, "to", x->to);
		jsonw_text(w, "purpose", x->purpose);
		jsonw_bool(w, "named", x->named);
		jsonw_time(w, "at", x->at_us);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int seen_json(struct call *c, const struct portal_seen_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "seen");
	for (size_t i = 0; i < m->n_rows; i++) {
		const struct accounts_seen_row *r = &m->rows[i].r;

		jsonw_object(&w, NULL);
		jsonw_text(&w, "organisation", r->org_name);
		jsonw_text(&w, "person", r->person_name);
		jsonw_text(&w, "what", r->entity);
		jsonw_text(&w, "label", r->label);
		jsonw_time(&w, "first", r->first_us);
		jsonw_time(&w, "last", r->last_us);
		jsonw_int(&w, "times", r->times);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	told_json(&w, m);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static const char *list_url(struct call *c, const char *path, const struct accounts_seen_filter *f,
			    int64_t page)
{
	return arena_printf(c->arena, "%s?org=%" PRId64 "&what=%s&page=%" PRId64, path, f->org_id,
			    f->entity, page);
}

int portal_seen_web_list(struct call *c)
{
	const int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	struct portal_seen_page m = { .entities = entities, .n_entities = ARRAY_LEN(entities) };
	struct buf b = { 0 };
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	struct accounts_seen_filter f = filter_of(c, id);
	f.limit = ROWS + 1;
	f.offset = (page - 1) * ROWS;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = rows(c, t, &f, &m)) < 0 || (r = told(c, t, &f, &m)) < 0 ||
	    (r = accounts_seen_orgs(t, c->scope, id, f.from_us, c->arena, &m.orgs, &m.n_orgs,
				    &c->err)) < 0)
		return r;
	txn_rollback(&t);
	if (m.n_rows > ROWS) {
		m.n_rows = ROWS;
		m.next_url = list_url(c, "/portal/seen", &f, page + 1);
	}
	if (page > 1)
		m.prev_url = list_url(c, "/portal/seen", &f, page - 1);
	if (c->wants_json)
		return seen_json(c, &m);
	for (size_t i = 0; i < m.n_orgs; i++)
		m.n_others += m.orgs[i].id != c->user->org_id;
	m.org_id = f.org_id;
	m.entity = f.entity;
	m.csv_url = list_url(c, "/portal/seen.csv", &f, 1);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_portal_seen(&tm, &m);
	return call_page(c, 200, "portal.seen.title", NULL, "/portal/seen", &b);
}

int portal_seen_web_csv(struct call *c)
{
	static const char *const head[] = { "portal.csv.first", "portal.csv.last",
					    "portal.csv.org",   "portal.csv.person",
					    "portal.csv.what",  "portal.csv.times" };
	struct portal_seen_page m = { 0 };
	struct buf b = { 0 };
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	struct accounts_seen_filter f = filter_of(c, id);
	f.limit = CSV_ROWS;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	r = t ? rows(c, t, &f, &m) : c->err.code;
	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t i = 0; i < m.n_rows; i++) {
		char first[TIME_TEXT_MAX], last[TIME_TEXT_MAX];
		const struct accounts_seen_row *x = &m.rows[i].r;
		const char *cell[] = { time_format(x->first_us, first, sizeof(first)),
				       time_format(x->last_us, last, sizeof(last)),
				       x->org_name,
				       x->person_name,
				       m.rows[i].text,
				       arena_printf(c->arena, "%" PRId64, x->times) };
		csv_line(&b, cell, ARRAY_LEN(cell));
	}
	return call_csv(c, "seen.csv", &b);
}
