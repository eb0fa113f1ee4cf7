/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics page: the deck's table, months, prefectures, kinds, and all of it as CSV. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/csv.h"
#include "base/mem.h"
#include "hub/cases/cases.h"
#include "hub/members/members.h"
#include "hub/reports/reports_pages.h"
#include "hub/reports/reports_store.h"
#include "hub/reports_tmpl.h"

enum { MONTHS_SHOWN = 12, MAP_MOST_MIN = 10 };

struct request {
	struct report report;
	struct report_filter filter;
};

/* "2026-11" as the first microsecond of the month; INITIAL when it is nothing like that. */
static int64_t month_asked(struct call *c, const char *name, int64_t initial)
{
	const char *s = http_query(c->req, name);
	int64_t year, month;

	if (!s || strlen(s) != 7 || s[4] != '-' ||
	    str_i64((struct str){ s, 4 }, 2000, 2200, &year) < 0 ||
	    str_i64((struct str){ s + 5, 2 }, 1, 12, &month) < 0)
		return initial;
	const struct civil first = { .year = (int)year, .month = (int)month, .day = 1 };
	return time_from_civil(&first, (int)c->hub->conf.zone_min);
}

static int count(struct call *c, struct request *q)
{
	const int zone = (int)c->hub->conf.zone_min;
	const char *kind = http_query(c->req, "kind");
	int64_t to = month_asked(c, "to", c->now_us);
	int64_t from = month_asked(c, "from", report_month(to, 1 - MONTHS_SHOWN, zone));

	if (from > to)
		from = to;
	q->filter = (struct report_filter){ (int)call_query_int(c, "prefecture", 47, 0),
					    kind ? kind : "" };
	report_start(&q->report, from, to, zone, c->arena);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	return t ? reports_store_count(t, c->scope, &q->filter, c->arena, &q->report, &c->err)
		 : c->err.code;
}

static int by_incidents(const void *a, const void *b)
{
	const struct report_line *x = a, *y = b;

	return x->sum.incidents < y->sum.incidents   ? 1
	       : x->sum.incidents > y->sum.incidents ? -1
						     : 0;
}

static void sum_add(struct report_sum *to, const struct report_sum *s)
{
	to->incidents += s->incidents;
	to->phone_remote += s->phone_remote;
	to->visit += s->visit;
	to->both += s->both;
	to->untouched += s->untouched;
	to->minutes += s->minutes;
	to->cost_yen += s->cost_yen;
}

static void months(struct call *c, const struct report *r, struct reports_page *p)
{
	p->months = arena_array(c->arena, REPORT_MONTHS_MAX, sizeof(*p->months));
	for (size_t i = 0; i < r->n_month; i++)
		p->months[p->n_months++] = (struct report_line){
			.label = r->month[i].key,
			.key = r->month[i].key,
			.start_s = r->month[i].start_us / US_PER_SEC,
			.sum = r->month[i].sum,
		};
}

static void kinds(struct call *c, const struct report *r, struct reports_page *p)
{
	p->kinds = arena_array(c->arena, REPORT_GROUPS_MAX, sizeof(*p->kinds));
	for (size_t i = 0; i < r->n_kind; i++)
		p->kinds[p->n_kinds++] = (struct report_line){
			.label = text_get(c->hub->text, c->lang,
					  arena_printf(c->arena, "case.kind.%s", r->kind[i].key)),
			.key = r->kind[i].key,
			.sum = r->kind[i].sum,
		};
	qsort(p->kinds, p->n_kinds, sizeof(*p->kinds), by_incidents);
}

/* A prefecture belongs to the office of the ministry that runs the programme (METI). */
static void region_add(struct reports_page *p, const char *office, const struct report_sum *s)
{
	size_t i = 0;

	while (i < p->n_regions && strcmp(p->regions[i].key, office) != 0)
		i++;
	if (i == p->n_regions)
		p->regions[p->n_regions++] = (struct report_line){ .label = office, .key = office };
	sum_add(&p->regions[i].sum, s);
}

static void places(struct call *c, const struct report *r, struct reports_page *p)
{
	p->places = arena_array(c->arena, 48, sizeof(*p->places));
	p->regions = arena_array(c->arena, 48, sizeof(*p->regions));
	for (int code = 1; code <= 47; code++) {
		const struct report_sum *s = &r->prefecture[code].sum;
		if (s->incidents == 0)
			continue;
		p->places[p->n_places++] = (struct report_line){
			.label = members_prefecture_name(code, c->lang),
			.key = arena_printf(c->arena, "%02d", code),
			.sum = *s,
		};
		const struct prefecture *pref = members_prefecture(code);
		region_add(p, c->lang == LANG_JA ? pref->meti : pref->meti_en, s);
	}
	qsort(p->places, p->n_places, sizeof(*p->places), by_incidents);
	qsort(p->regions, p->n_regions, sizeof(*p->regions), by_incidents);
}

/* Five depths: equal steps up to the largest figure, at least one incident each. */
static void map(struct call *c, const struct report *r, struct reports_page *p)
{
	static const char *const shade[] = { "map-0", "map-1", "map-2", "map-3", "map-4", "map-5" };
	int64_t most = MAP_MOST_MIN;

	for (int code = 1; code <= 47; code++)
		if (r->prefecture[code].sum.incidents > most)
			most = r->prefecture[code].sum.incidents;
	for (int i = 0; i < 4; i++)
		p->step[i] = most * (i + 1) / 5;
	for (int code = 1; code <= 47; code++) {
		int64_t n = r->prefecture[code].sum.incidents;
		int depth = n == 0 ? 0 : 1;
		while (depth > 0 && depth < 5 && n > p->step[depth - 1])
			depth++;
		p->map[code - 1] = (struct report_place){
			.code = code,
			.id = arena_printf(c->arena, "p%02d", code),
			.name = members_prefecture_name(code, c->lang),
			.shade = shade[depth],
			.url = arena_printf(c->arena, "/reports?prefecture=%d", code),
			.incidents = n,
		};
	}
	p->map_url = asset_url(c, "japan.svg");
}

static void options(struct call *c, const struct report_filter *f, struct reports_page *p)
{
	const char *const *kind = cases_kinds(&p->n_kind_options);
	const struct prefecture *pref = members_prefectures(&p->n_prefecture_options);

	p->kind_options = arena_array(c->arena, p->n_kind_options, sizeof(*p->kind_options));
	for (size_t i = 0; i < p->n_kind_options; i++)
		p->kind_options[i] = (struct report_option){
			kind[i],
			text_get(c->hub->text, c->lang,
				 arena_printf(c->arena, "case.kind.%s", kind[i])),
			strcmp(kind[i], f->kind) == 0,
		};
	p->prefecture_options =
		arena_array(c->arena, p->n_prefecture_options, sizeof(*p->prefecture_options));
	for (size_t i = 0; i < p->n_prefecture_options; i++)
		p->prefecture_options[i] = (struct report_option){
			arena_printf(c->arena, "%d", pref[i].code),
			members_prefecture_name(pref[i].code, c->lang),
			pref[i].code == f->prefecture,
		};
}

static void page_of(struct call *c, const struct request *q, struct reports_page *p)
{
	const struct report *r = &q->report;

	*p = (struct reports_page){ .all = r->all, .handlings = report_handlings(&r->all) };
	months(c, r, p);
	kinds(c, r, p);
	places(c, r, p);
	map(c, r, p);
	options(c, &q->filter, p);
	p->from = r->month[0].key;
	p->to = r->month[r->n_month - 1].key;
	p->csv_url = arena_printf(c->arena, "/reports.csv?from=%s&to=%s&kind=%s&prefecture=%d",
				  p->from, p->to, q->filter.kind, q->filter.prefecture);
}

static void json_sum(struct jsonw *w, const char *key, const struct report_sum *s)
{
	jsonw_object(w, key);
	jsonw_int(w, "incidents", s->incidents);
	jsonw_int(w, "phone_remote", s->phone_remote);
	jsonw_int(w, "visit", s->visit);
	jsonw_int(w, "both", s->both);
	jsonw_int(w, "untouched", s->untouched);
	jsonw_int(w, "handlings", report_handlings(s));
	jsonw_int(w, "minutes", s->minutes);
	jsonw_int(w, "cost_yen", s->cost_yen);
	jsonw_end_object(w);
}

static void json_lines(struct jsonw *w, const char *key, const struct report_line *l, size_t n)
{
	jsonw_object(w, key);
	for (size_t i = 0; i < n; i++)
		json_sum(w, l[i].key, &l[i].sum);
	jsonw_end_object(w);
}

static int reports_json(struct call *c, const struct reports_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	json_sum(&w, "all", &p->all);
	json_lines(&w, "month", p->months, p->n_months);
	json_lines(&w, "kind", p->kinds, p->n_kinds);
	json_lines(&w, "prefecture", p->places, p->n_places);
	json_lines(&w, "region", p->regions, p->n_regions);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int reports_show(struct call *c)
{
	struct request *q = arena_alloc(c->arena, sizeof(*q));
	struct reports_page *p = arena_alloc(c->arena, sizeof(*p));
	struct buf b = { 0 };
	int r = count(c, q);

	if (r < 0)
		return r;
	page_of(c, q, p);
	if (c->wants_json)
		return reports_json(c, p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_reports(&tm, p);
	return call_page(c, 200, "reports.title", NULL, "/reports", &b);
}

/* --- CSV: one line a figure group, so that a spreadsheet can filter it --- */

static void line_csv(struct call *c, struct buf *b, const char *table_key,
		     const struct report_line *l)
{
	const int64_t figure[] = { l->sum.incidents, l->sum.phone_remote, l->sum.visit,
				   l->sum.both,      l->sum.untouched,    report_handlings(&l->sum),
				   l->sum.minutes,   l->sum.cost_yen };

	csv_cell(b, text_get(c->hub->text, c->lang, table_key), true);
	csv_cell(b, l->label, false);
	for (size_t i = 0; i < ARRAY_LEN(figure); i++)
		csv_cell(b, arena_printf(c->arena, "%" PRId64, figure[i]), false);
	csv_end(b);
}

static int reports_csv(struct call *c)
{
	static const char *const head[] = {
		"reports.csv.table",
		"reports.csv.label",
		"reports.distinct.total",
		"reports.distinct.phone_remote",
		"reports.distinct.visit",
		"reports.distinct.both",
		"reports.distinct.untouched",
		"reports.deck.total",
		"reports.minutes",
		"reports.cost",
	};
	struct request *q = arena_alloc(c->arena, sizeof(*q));
	struct reports_page *p = arena_alloc(c->arena, sizeof(*p));
	struct buf b = { 0 };
	int r = count(c, q);

	if (r < 0)
		return r;
	page_of(c, q, p);
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	const struct report_line all = { .label = "", .sum = p->all };
	line_csv(c, &b, "reports.csv.all", &all);
	for (size_t i = 0; i < p->n_months; i++)
		line_csv(c, &b, "reports.month", &p->months[i]);
	for (size_t i = 0; i < p->n_regions; i++)
		line_csv(c, &b, "reports.region", &p->regions[i]);
	for (size_t i = 0; i < p->n_places; i++)
		line_csv(c, &b, "reports.prefecture", &p->places[i]);
	for (size_t i = 0; i < p->n_kinds; i++)
		line_csv(c, &b, "reports.kind", &p->kinds[i]);
	return call_csv(c, "statistics.csv", &b);
}

#define READERS (ROLES_STAFF)

static const struct route routes[] = {
	{ "GET", "/reports", READERS, reports_show, 0 },
	{ "GET", "/reports.csv", READERS, reports_csv, 0 },
};

static const struct menu_item menu[] = { { "/reports", "reports.title", "report", READERS, 60 } };

const struct hub_feature reports_feature = {
	.name = "reports",
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
};
