/* SPDX-License-Identifier: Apache-2.0 */
/* Cases: the list, the story, what people do. Rules: cases.c. Opening: cases_new_web.c. Panels:
 * cases_panels.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/cases/cases_edit_web.h"
#include "hub/cases/cases_fill.h"
#include "hub/cases/cases_new_web.h"
#include "hub/cases/cases_found.h"
#include "hub/cases/cases_json.h"
#include "hub/cases/cases_panels.h"
#include "hub/cases/cases_view.h"
#include "hub/cases_sql.h"
#include "hub/cases_tmpl.h"
#include "hub/live.h"

enum { PAGE_ROWS = 50, PAGES_MAX = 100000, CSV_ROWS = 10000 };

/* --- the list --- */

static struct case_filter filter_of(struct call *c)
{
	const char *state = http_query(c->req, "state");
	const char *kind = http_query(c->req, "kind");

	return (struct case_filter){
		.company_id = c->user->company_id, /* 0 but for people of a company */
		.state = state && strcmp(state, CASE_CLOSED) == 0 ? CASE_CLOSED : NULL,
		.kind = kind && kind[0] ? kind : NULL,
		.prefecture = (int)call_query_int(c, "prefecture", 47, 0),
		.words = http_query(c->req, "q"),
		.limit = PAGE_ROWS,
	};
}

static const char *list_url(struct call *c, const char *path, const struct case_filter *f,
			    int64_t page)
{
	return arena_printf(c->arena, "%s?state=%s&kind=%s&prefecture=%d&page=%" PRId64, path,
			    f->state ? f->state : "", f->kind ? f->kind : "", f->prefecture, page);
}

static int counts(struct call *c, struct txn *t, struct cases_page *p)
{
	const struct case_filter live = { .company_id = c->user->company_id };
	const struct case_filter closed = { .state = CASE_CLOSED, .company_id = live.company_id };
	int r = cases_store_count(t, c->scope, &live, &p->n_live, &c->err);

	return r < 0 ? r : cases_store_count(t, c->scope, &closed, &p->n_closed, &c->err);
}

static int cases_list(struct call *c)
{
	struct case_filter f = filter_of(c);
	const int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	struct cases_page p = { .tab = f.state ? f.state : "",
				.words = f.words ? f.words : "",
				.prev_url = "",
				.next_url = "",
				.may_work = user_is(c->user, CASES_WORKERS) };
	struct incident *rows;
	struct buf b = { 0 };

	f.offset = (page - 1) * PAGE_ROWS;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_list(t, c->scope, &f, c->arena, &rows, &p.n_rows, &c->err)
		  : c->err.code;
	if (r >= 0 && c->wants_json)
		return cases_json_list(c, rows, p.n_rows);
	if (r >= 0)
		r = counts(c, t, &p);
	p.total = f.state ? p.n_closed : p.n_live;
	if (r >= 0 && (f.kind || f.prefecture || (f.words && f.words[0])))
		r = cases_store_count(t, c->scope, &f, &p.total, &c->err);
	if (r < 0)
		return r;
	p.rows = cases_view_items(c, rows, p.n_rows);
	p.kinds = cases_view_kinds(c, f.kind ? f.kind : "", &p.n_kinds);
	p.prefectures = cases_view_prefectures(c, f.prefecture, &p.n_prefectures);
	p.first = p.n_rows ? f.offset + 1 : 0;
	p.last = f.offset + (int64_t)p.n_rows;
	if (page > 1)
		p.prev_url = list_url(c, "/cases", &f, page - 1);
	if (p.last < p.total)
		p.next_url = list_url(c, "/cases", &f, page + 1);
	p.csv_url = list_url(c, "/cases.csv", &f, 1);
	p.tabs = call_panels(c, "cases.tabs", 0);
	p.head = call_panels(c, "cases.head", 0); /* no text */
	p.bulk = call_panels(c, "cases.bulk", 0);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_cases_list(&tm, &p);
	return call_page(c, 200, "case.title", NULL, "/cases", &b);
}

/* A row of the list left the hub; rows of one company behind another count once. */
static void saw_row(struct call *c, int64_t before_id, int64_t company_id)
{
	if (company_id != before_id)
		accounts_saw(c, &(struct accounts_seen_thing){ SEEN_EXPORT, 0, company_id,
							       "cases.csv" });
}

static int cases_csv(struct call *c)
{
	static const char *const head[] = {
		"case.csv.number", "case.col.company", "case.prefecture",  "case.kind",
		"case.col.title",  "case.state",       "case.csv.opened",  "case.csv.closed",
		"case.minutes",    "case.cost",        "case.csv.phone",   "case.csv.remote",
		"case.csv.visit",  "case.close.cause", "case.close.lesson"
	};
	struct case_filter f = filter_of(c);
	struct incident *i;
	size_t n;
	struct buf b = { 0 };

	f.limit = CSV_ROWS;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_list(t, c->scope, &f, c->arena, &i, &n, &c->err) : c->err.code;
	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t k = 0; k < n; k++) {
		char opened[TIME_TEXT_MAX], closed[TIME_TEXT_MAX] = "";
		if (i[k].closed_us)
			time_format(i[k].closed_us, closed, sizeof(closed));
		const char *cell[] = {
			i[k].number,
			i[k].company_name,
			members_prefecture_name(i[k].prefecture, c->lang),
			i[k].kind,
			i[k].title,
			i[k].state,
			time_format(i[k].opened_us, opened, sizeof(opened)),
			closed,
			arena_printf(c->arena, "%" PRId64, i[k].minutes),
			arena_printf(c->arena, "%" PRId64, i[k].cost_yen),
			arena_printf(c->arena, "%" PRId64, i[k].n_phone),
			arena_printf(c->arena, "%" PRId64, i[k].n_remote),
			arena_printf(c->arena, "%" PRId64, i[k].n_visit),
			i[k].cause,
			i[k].lesson,
		};
		csv_line(&b, cell, ARRAY_LEN(cell));
		saw_row(c, k ? i[k - 1].company_id : 0, i[k].company_id);
	}
	return call_csv(c, "cases.csv", &b);
}

/* --- one case --- */

static const struct typed nothing_typed = { "", "", "" };

static int page_of(struct call *c, int status, struct case_page *p)
{
	struct buf b = { 0 };

	p->head = call_panels(c, "case.head", p->c.id);
	p->top = call_panels(c, "case.top", p->c.id);
	p->actions = call_panels(c, "case.actions", p->c.id);
	p->main = call_panels(c, "case.main", p->c.id);
	p->end = call_panels(c, "case.end", p->c.id);
	p->side = call_panels(c, "case.side", p->c.id);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_page(&tm, p);
	return call_page(c, status, "case.page_title", p->c.number, "/cases", &b);
}

static void saw(struct call *c, const char *what, const struct incident *i)
{
	accounts_saw(c, &(struct accounts_seen_thing){ what, i->id, i->company_id, i->number });
}

static int case_show(struct call *c)
{
	struct case_page p = { .typed = nothing_typed };
	int r = cases_view_case(c, &p);

	if (r < 0)
		return r;
	if (!c->wants_json && cases_view_moved(c, &p.c)) /* the number of a part leads on */
		return call_redirect(c, "/cases/%s", p.c.number);
	saw(c, SEEN_CASE, &p.c);
	return c->wants_json ? cases_json_one(c, &p) : page_of(c, 200, &p);
}

static int case_sheet(struct call *c)
{
	struct case_sheet s = { .p.typed = nothing_typed,
				.region_name = c->hub->conf.region_name,
				.printed_us = c->now_us };
	struct buf b = { 0 };
	int r = cases_view_case(c, &s.p);

	if (r < 0)
		return r;
	saw(c, SEEN_CASE, &s.p.c);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_sheet(&tm, &s);
	return call_page(c, 200, "case.page_title", s.p.c.number, "/cases", &b);
}

/* Ends a change: commits and goes back to the case, or shows it again with what was wrong and what
 * was TYPED. */
static int finish(struct call *c, struct txn **t, int r, const struct typed *typed)
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
	if (r != -EINVAL)
		return r;
	struct case_page p = { 0 };
	const char *said = arena_strdup(c->arena, c->err.text);
	txn_rollback(t);
	if ((r = cases_view_case(c, &p)) < 0)
		return r;
	p.error = said;
	p.typed = *typed;
	return page_of(c, 400, &p);
}

/* Whether a change may begin: there is a transaction, and the form could be read. */
static int ready(struct call *c, const struct txn *t, const struct form *f)
{
	if (!t)
		return c->err.code;
	return form_ok(f) ? 0 : err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
}

static int case_act(struct call *c)
{
	struct form f = form_of(c);
	const struct case_action_new n = {
		.channel = form_text(&f, "channel", false, 10),
		.body = form_text(&f, "body", false, CASE_TEXT_CHARS),
		.person_id = form_int(&f, "person", false, 0, INT64_MAX),
		.minutes = form_int(&f, "minutes", false, 0, 60 * 24 * 7),
		.cost_yen = form_int(&f, "cost", false, 0, 100000000),
		.started_us = form_time(&f, "started", false),
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_act(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish(c, &t, r, &(struct typed){ "a", n.body, "" });
}

static int case_note(struct call *c)
{
	struct form f = form_of(c);
	const char *body = form_text(&f, "body", false, CASE_TEXT_CHARS);
	const int64_t when = form_time(&f, "happened", false);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_note(t, c->user, c->param[0], body, when, c->now_us, &c->err);
	return finish(c, &t, r, &(struct typed){ "n", body, "" });
}

static int case_take(struct call *c)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? cases_take(t, c->user, c->param[0], c->now_us, &c->err) : c->err.code;

	return finish(c, &t, r, &nothing_typed);
}

static int case_state(struct call *c)
{
	struct form f = form_of(c);
	const char *state = form_text(&f, "state", false, 20);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_state(t, c->user, c->param[0], state, c->now_us, &c->err);
	return finish(c, &t, r, &nothing_typed);
}

static int case_kind(struct call *c)
{
	struct form f = form_of(c);
	const char *kind = form_text(&f, "kind", false, 40);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_kind(t, c->hub, c->user, c->param[0], kind, c->now_us, &c->err);
	return finish(c, &t, r, &nothing_typed);
}

static int case_device(struct call *c)
{
	struct form f = form_of(c);
	const struct case_device d = {
		.name = form_text(&f, "name", false, CASE_TITLE_CHARS),
		.address = form_text(&f, "address", false, 64),
		.mac = form_text(&f, "mac", false, 32),
		.state = form_text(&f, "state", false, 20),
		.why = form_text(&f, "why", false, 500),
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_device(t, c->user, c->param[0], &d, c->now_us, &c->err);
	return finish(c, &t, r, &nothing_typed);
}

static int case_indicator(struct call *c)
{
	struct form f = form_of(c);
	const struct case_indicator i = {
		.type = form_text(&f, "type", false, 20),
		.value = form_text(&f, "value", false, 1000),
		.note = form_text(&f, "note", false, 500),
		.tlp = form_text(&f, "tlp", false, 20),
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_indicator(t, c->user, c->param[0], &i, c->now_us, &c->err);
	return finish(c, &t, r, &nothing_typed);
}

static int case_close(struct call *c)
{
	struct form f = form_of(c);
	const struct case_end end = { .cause = form_text(&f, "cause", false, CASE_TEXT_CHARS),
				      .lesson = form_text(&f, "lesson", false, CASE_TEXT_CHARS),
				      .closed_us = form_time(&f, "closed", false) };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_close(t, c->user, c->param[0], &end, c->now_us, &c->err);
	return finish(c, &t, r, &(struct typed){ "c", end.cause, end.lesson });
}

static int case_reopen(struct call *c)
{
	struct form f = form_of(c);
	const char *why = form_text(&f, "why", false, CASE_TEXT_CHARS);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = ready(c, t, &f);

	if (r >= 0)
		r = cases_reopen(t, c->user, c->param[0], why, c->now_us, &c->err);
	return finish(c, &t, r, &nothing_typed);
}

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS };

static const struct route routes[] = {
	{ "GET", "/cases", READERS, cases_list, 0 },
	{ "GET", "/cases.csv", READERS, cases_csv, 0 },
	{ "GET", "/cases/new", WORKERS, cases_new_form, 0 },
	{ "GET", "/cases/new/companies", WORKERS, cases_new_companies, 0 },
	{ "POST", "/cases", WORKERS, cases_new_save, 0 },
	{ "GET", "/cases/{number}", READERS, case_show, 0 },
	{ "GET", "/cases/{number}/sheet", READERS, case_sheet, 0 },
	{ "POST", "/cases/{number}/actions", WORKERS, case_act, 0 },
	{ "POST", "/cases/{number}/notes", WORKERS, case_note, 0 },
	{ "GET", "/cases/{number}/edit", WORKERS, cases_edit_web_form, 0 },
	{ "POST", "/cases/{number}/edit", WORKERS, cases_edit_web_save, 0 },
	{ "GET", "/cases/{number}/entries/{id}", WORKERS, cases_edit_web_entry, 0 },
	{ "POST", "/cases/{number}/entries/{id}", WORKERS, cases_edit_web_correct, 0 },
	{ "POST", "/cases/{number}/take", WORKERS, case_take, 0 },
	{ "POST", "/cases/{number}/state", WORKERS, case_state, 0 },
	{ "POST", "/cases/{number}/kind", WORKERS, case_kind, 0 },
	{ "POST", "/cases/{number}/devices", WORKERS, case_device, 0 },
	{ "POST", "/cases/{number}/indicators", WORKERS, case_indicator, 0 },
	{ "POST", "/cases/{number}/close", WORKERS, case_close, 0 },
	{ "POST", "/cases/{number}/reopen", WORKERS, case_reopen, 0 },
};

static const struct menu_item menu[] = { { "/cases", "case.title", "case", READERS, 30 } };

static const struct search_source found[] = {
	{ CASES_FOUND, "case.found", "case", READERS, cases_found_read, cases_found_jump },
	{ CASES_FOUND_INSIDE, "case.found_inside", "note", CASES_WORKERS, cases_found_read_inside,
	  NULL },
};

static const struct panel panels[] = {
	{ "alert.actions", WORKERS, cases_panel_promote },
	{ "alert.side", READERS, cases_panel_link },
	{ "company.main", READERS, cases_panel_company },
	{ "home.actions", WORKERS, cases_panel_call },
	{ "home.main", READERS, cases_panel_home },
};

const struct hub_feature cases_feature = {
	.name = "cases",
	.schema = cases_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.search = found,
	.n_search = ARRAY_LEN(found),
	.fill = cases_fill,
};
