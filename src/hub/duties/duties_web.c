/* SPDX-License-Identifier: Apache-2.0 */
/* Pages and panels of duties. Rules: duties.c. Forms: duties_report.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/csv.h"
#include "base/mem.h"
#include "hub/duties/duties_fill.h"
#include "hub/duties/duties_rules.h"
#include "hub/duties/duties_mail.h"
#include "hub/duties/duties_mail_store.h"
#include "hub/duties/duties_view.h"
#include "hub/duties_sql.h"
#include "hub/duties_tmpl.h"
#include "hub/hub_calendar.h"

enum { HOME_ROWS = 5 };

static int page_of(struct call *c, int status, const char *error)
{
	struct duty_page p = { .error = error };
	struct buf b = { 0 };
	int r = duties_view_page(c, &p);

	if (r < 0)
		return r;
	if (c->wants_json && status == 200)
		return duties_json_page(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_duty_page(&tm, &p);
	return call_page(c, status, "duty.title", NULL, "/cases", &b);
}

static int duty_show(struct call *c)
{
	return page_of(c, 200, NULL);
}

static int duty_list(struct call *c)
{
	struct duty_list p = { .known_until_us = calendar_known_until(true) };
	struct case_duty *list;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? duties_store_open(t, c->scope, 0, c->arena, &list, &p.n_rows, &c->err)
		  : c->err.code;

	if (r < 0)
		return r;
	p.rows = arena_array(c->arena, p.n_rows + 1, sizeof(*p.rows));
	for (size_t i = 0; i < p.n_rows; i++) {
		p.rows[i] = duties_view_one(c, &list[i]);
		p.n_late += p.rows[i].late;
	}
	p.n_rules = duty_rule_table_n;
	p.rules = arena_array(c->arena, p.n_rules, sizeof(*p.rules));
	for (size_t i = 0; i < p.n_rules; i++)
		p.rules[i] = duties_view_rule(c, &duty_rule_table[i]);
	if (c->wants_json) {
		struct jsonw w = jsonw_of(&b);

		jsonw_object(&w, NULL);
		jsonw_array(&w, "duties");
		for (size_t i = 0; i < p.n_rows; i++)
			duties_json_duty(&w, &p.rows[i]);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
		return call_json(c, &b);
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_duty_list(&tm, &p);
	return call_page(c, 200, "duty.title", NULL, "/duties", &b);
}

static int report_show(struct call *c)
{
	struct duty_report p = { 0 };
	struct buf b = { 0 };
	int r = duties_report(c, c->param[1], &p);

	if (r < 0)
		return r;
	if (c->wants_json)
		return duties_json_report(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_duty_report(&tm, &p);
	return call_page(c, 200, "duty.title", NULL, "/cases", &b);
}

static int report_csv(struct call *c)
{
	static const char *const head[] = { "duty.report.field", "duty.report.value",
					    "duty.report.blank" };
	struct duty_report p = { 0 };
	struct buf b = { 0 };
	int r = duties_report(c, c->param[1], &p);

	if (r < 0)
		return r;
	call_csv_head(c, &b, head, ARRAY_LEN(head));
	for (size_t i = 0; i < p.n_lines; i++) {
		const char *cell[] = { p.lines[i].label, p.lines[i].value,
				       p.lines[i].value[0] ? "" : "1" };

		csv_line(&b, cell, ARRAY_LEN(cell));
	}
	return call_csv(c, arena_printf(c->arena, "%s-%s.csv", p.c.number, p.form), &b);
}

/* --- changes --- */

/* Ends a change of the case {number}; what is wrong stands on its page. */
static int finish(struct call *c, struct txn **t, const struct form *f, int r)
{
	struct incident i;

	if (*t && !form_ok(f))
		r = err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
	if (r >= 0)
		r = cases_get(*t, c->scope, c->param[0], c->arena, &i, &c->err);
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r >= 0) {
		live_publish(c->hub, "case", i.company_id, i.id);
		return call_done(c, "duty.saved", "/cases/%s/duties", c->param[0]);
	}
	if (r != -EINVAL)
		return r;
	const char *why = arena_strdup(c->arena, c->err.text);
	txn_rollback(t);
	return page_of(c, 400, why);
}

static int facts_save(struct call *c)
{
	struct form f = form_of(c);
	const char *people = form_text(&f, "people", false, 20);
	struct duty_facts facts = { .known_us = form_time(&f, "known", true),
				    .sector = form_text(&f, "sector", false, 20),
				    .people = people[0]
						      ? form_int(&f, "people", false, 0, 200000000)
						      : -1 };
	const int64_t version = form_int(&f, "version", false, 0, INT64_MAX);

	for (int i = 0; i < FACT_COUNT; i++)
		facts.given[i] = form_text(&f, duty_fact_names[i], false, 10);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;
	if (r >= 0 && form_ok(&f))
		r = duties_facts_set(t, c->user, c->param[0], &facts, version, c->now_us, &c->err);
	return finish(c, &t, &f, r);
}

static int made(struct call *c)
{
	struct form f = form_of(c);
	struct duty_made n = { .version = form_int(&f, "version", true, 1, INT64_MAX),
			       .made_us = form_time(&f, "made", false),
			       .made_to = form_text(&f, "to", true, 200),
			       .receipt = form_text(&f, "receipt", false, 200),
			       .note = form_text(&f, "note", false, DUTY_TEXT_CHARS) };
	int r = call_id(c, 1, &n.id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? 0 : c->err.code;
	if (r >= 0 && form_ok(&f))
		r = duties_made(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish(c, &t, &f, r);
}

static int unmade(struct call *c)
{
	struct form f = form_of(c);
	const int64_t version = form_int(&f, "version", true, 1, INT64_MAX);
	int64_t id;
	int r = call_id(c, 1, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? 0 : c->err.code;
	if (r >= 0 && form_ok(&f))
		r = duties_unmade(t, c->user, c->param[0], id, version, c->now_us, &c->err);
	return finish(c, &t, &f, r);
}

static int item_save(struct call *c)
{
	struct form f = form_of(c);
	const struct duty_item n = { .item = form_text(&f, "item", true, 20),
				     .state = form_text(&f, "state", true, 10),
				     .body = form_text(&f, "body", false, DUTY_TEXT_CHARS),
				     .version = form_int(&f, "version", false, 0, INT64_MAX) };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? 0 : c->err.code;

	if (r >= 0 && form_ok(&f))
		r = duties_item_set(t, c->user, c->param[0], &n, c->now_us, &c->err);
	return finish(c, &t, &f, r);
}

/* --- panels --- */

/* Kinds of cases in which others must often be told. */
static bool likely(const char *kind)
{
	static const char *const kinds[] = { "ransomware",       "data_leak",
					     "account_takeover", "lost_stolen_device",
					     "insider",          "web_defacement",
					     "phishing_entered", "malware_mail" };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

static int top_load(struct call *c, int64_t case_id, struct duty_top *p)
{
	struct case_duty *list;
	struct incident i;
	struct duty_facts_row facts;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? duties_store_number(t, c->scope, case_id, c->arena, &p->number, &c->err)
		  : c->err.code;

	if (r >= 0)
		r = duties_store_list(t, c->scope, case_id, c->arena, &list, &n, &c->err);
	if (r < 0)
		return r;
	p->company = !user_is(c->user, CASES_READERS & ~ROLE_COMPANY);
	p->rows = arena_array(c->arena, n + 1, sizeof(*p->rows));
	for (size_t k = 0; k < n; k++) {
		struct duty_view v = duties_view_one(c, &list[k]);

		if (v.open)
			p->rows[p->n_rows++] = v;
		p->n_made += v.made;
	}
	p->asked = n > 0;
	if (n > 0 || !user_is(c->user, CASES_WORKERS))
		return 0;
	r = duties_store_facts(t, c->scope, case_id, c->arena, &facts, &c->err);
	if (r >= 0)
		r = cases_get(t, c->scope, p->number, c->arena, &i, &c->err);
	if (r < 0)
		return r;
	p->asked = facts.version > 0;
	p->ask = !p->asked && likely(i.kind) && strcmp(i.state, CASE_CLOSED) != 0;
	return 0;
}

static int panel_top(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct duty_top p = { 0 };
	int r = top_load(c, case_id, &p);

	(void)slot;
	if (r < 0 || (p.n_rows == 0 && p.n_made == 0 && !p.ask))
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_duty_top(&tm, &p);
	return 0;
}

/* The way to the page, for who looks for it. */
static int panel_head(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct duty_top p = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? duties_store_number(t, c->scope, case_id, c->arena, &p.number, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_duty_head(&tm, &p);
	return 0;
}

static int panel_home(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	struct duty_home p = { 0 };
	struct case_duty *list;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? duties_store_open(t, c->scope, c->now_us, c->arena, &list, &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	(void)subject;
	if (r >= 0)
		r = duties_mail_store_failed(t, c->scope, &p.unsent, &c->err);
	if (r < 0 || (p.n_rows == 0 && p.unsent == 0))
		return r;
	p.n_shown = p.n_rows < HOME_ROWS ? p.n_rows : HOME_ROWS;
	p.rows = arena_array(c->arena, p.n_shown + 1, sizeof(*p.rows));
	for (size_t i = 0; i < p.n_shown; i++)
		p.rows[i] = duties_view_one(c, &list[i]);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_duty_home(&tm, &p);
	return 0;
}

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS };

static const struct route routes[] = {
	{ "GET", "/duties", READERS, duty_list, 0 },
	{ "GET", "/cases/{number}/duties", READERS, duty_show, 0 },
	{ "POST", "/cases/{number}/duties", WORKERS, facts_save, 0 },
	{ "POST", "/cases/{number}/duties/items", WORKERS, item_save, 0 },
	{ "POST", "/cases/{number}/duties/{id}/made", WORKERS, made, 0 },
	{ "POST", "/cases/{number}/duties/{id}/unmade", WORKERS, unmade, 0 },
	{ "GET", "/cases/{number}/report/{form}", READERS, report_show, 0 },
	{ "GET", "/cases/{number}/report/{form}/csv", READERS, report_csv, 0 },
};

static const struct menu_item menu[] = { { "/duties", "duty.title", "clock",
					   READERS & ~ROLE_COMPANY, 36 } };

static const struct job jobs[] = {
	{ "duties", 60 * 1000, duties_look },
	{ "duties.mail", 60 * 1000, duties_mail_run },
};

static const struct conf_row conf[] = {
	{ "duties.mail", CONF_TEXT, 0, 254, "", offsetof(struct duties_conf, mail),
	  "address of the desk that is told of reports that run out; empty = each person of the "
	  "desk" },
};

static const struct panel panels[] = {
	{ "case.head", READERS, panel_head }, /* no text */
	{ "case.top", READERS, panel_top },   /* no text */
	{ "home.main", READERS, panel_home },
};

static int moved(struct txn *t, const struct user *u, const struct case_move *m, struct err *e)
{
	return duties_store_lend(t, &u->scope, m->from_id, m->into_id, e);
}

/* A clock that both merged cases have stays with the one that is merged. */
static const struct case_mover movers[] = {
	{ .table = "case_duty", .same = { "rule" }, .moved = moved },
};

const struct hub_feature duties_feature = {
	.name = "duties",
	.schema = duties_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &duties_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.fill = duties_fill,
};
