/* SPDX-License-Identifier: Apache-2.0 */
/* Routes of exports: the page, and the file itself. What the page offers: exports_choice.c.
 * Imports: exports_history_web.c, exports_alert_web.c. */
#include "hub/exports/exports.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_gate.h"
#include "hub/exports/exports_pages.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/exports/exports_rules.h"
#include "hub/exports_sql.h"
#include "hub/exports_tmpl.h"
#include "print/paper.h"

enum { FILE_NAME_MAX = 120 };

/* --- one case --- */

static int show(struct call *c, int status, struct export_page *p)
{
	struct buf b = { 0 };

	if (c->wants_json && status == 200)
		return exports_page_json(c, p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_export_page(&t, p);
	return call_page(c, status, "export.page_title", p->number, "/cases", &b);
}

static struct export_page blank(struct call *c)
{
	return (struct export_page){ .number = "",
				     .title = "",
				     .company = "",
				     .state = "",
				     .kind = "",
				     .q = "",
				     .to = "",
				     .purpose = "",
				     .english = c->lang == LANG_EN };
}

static int one_page(struct call *c, int status, struct export_page *p, const char *chosen)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	struct incident i;
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;

	if (r < 0)
		return r;
	p->number = i.number;
	p->title = i.title;
	p->company = i.company_name;
	p->n_cases = 1;
	p->action = arena_printf(c->arena, "/cases/%s/export", i.number);
	p->back = arena_printf(c->arena, "/cases/%s", i.number);
	if ((r = exports_choices(c, t, chosen, p)) < 0 || (r = exports_told_rows(c, t, &i, p)) < 0)
		return r;
	return show(c, status, p);
}

static int export_one(struct call *c)
{
	struct export_page p = blank(c);

	return one_page(c, 200, &p, http_query(c->req, "kind"));
}

int exports_file_answer(struct call *c, const char *type, const char *name, struct buf *file)
{
	char disposition[FILE_NAME_MAX + 40];

	(void)snprintf(disposition, sizeof(disposition), "attachment; filename=\"%.*s\"",
		       FILE_NAME_MAX, name);
	c->res->status = 200;
	c->res->type = type;
	http_res_header(c->res, "Content-Disposition", disposition);
	buf_done(&c->res->body);
	c->res->body = *file; /* up to 48 MB: not copied */
	*file = (struct buf){ 0 };
	return 0;
}

/* What the form says; -EINVAL for a kind that there is not. */
static int order_of(struct call *c, struct form *f, struct export_order *o)
{
	const char *lang = form_text(f, "lang", false, 5);

	o->kind = exports_kind_find(form_text(f, "kind", false, 40));
	o->lang = lang[0] ? lang_parse(lang, c->lang) : c->lang;
	o->named = form_int(f, "named", false, 0, 1) == 1;
	o->to = form_text(f, "to", false, EXPORT_TO_CHARS);
	o->purpose = form_text(f, "purpose", false, EXPORT_TO_CHARS);
	if (!o->kind)
		return err_set(&c->err, -EINVAL, "choose what to export");
	return form_ok(f) ? 0 : err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
}

/* The page again with what was wrong, or the error as JSON. */
static bool shown_again(const struct call *c, int r)
{
	return !c->wants_json && (r == -EINVAL || r == -ELIMIT || r == -EAGAIN);
}

static struct export_page typed(struct call *c, const struct export_order *o)
{
	struct export_page p = blank(c);

	p.error = arena_strdup(c->arena, c->err.text);
	p.to = o->to;
	p.purpose = o->purpose;
	p.english = o->lang == LANG_EN;
	return p;
}

static int make(struct call *c, const struct export_order *o)
{
	SCOPED_BUF struct buf file = { 0 };
	const char *name;
	int r = exports_make(c->hub, c->user, o, c->now_us, c->arena, &file, &name, &c->err);

	if (r < 0)
		return r == -ELIMIT && c->wants_json ? -EINVAL : r;
	return exports_file_answer(c, o->kind->type, name, &file);
}

static int seen(struct call *c)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	struct incident i;

	return t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;
}

static int export_one_make(struct call *c)
{
	struct form f = form_of(c);
	struct export_order o = { .number = c->param[0] };
	int r = seen(c);

	if (r >= 0)
		r = order_of(c, &f, &o);
	if (r >= 0)
		r = make(c, &o);
	if (!shown_again(c, r))
		return r;
	struct export_page p = typed(c, &o);
	return one_page(c, r == -EAGAIN ? 503 : 400, &p, o.kind ? o.kind->id : NULL);
}

/* --- many cases --- */

typedef const char *(*value_of)(const struct http_req *q, const char *name);

static struct case_filter filter_of(struct call *c, value_of get)
{
	const char *state = get(c->req, "state"), *kind = get(c->req, "kind_of");
	const char *words = get(c->req, "q"), *pref = get(c->req, "prefecture");
	int64_t prefecture = 0;

	if (pref && str_i64(str_of(pref), 0, 47, &prefecture) < 0)
		prefecture = 0;
	return (struct case_filter){
		.state = state && strcmp(state, "any") == 0         ? ""
			 : state && strcmp(state, CASE_CLOSED) == 0 ? CASE_CLOSED
								    : NULL,
		.company_id = c->user->company_id,
		.kind = kind && kind[0] ? kind : NULL,
		.prefecture = (int)prefecture,
		.words = words && words[0] ? words : NULL,
	};
}

static int many_page(struct call *c, int status, const struct case_filter *f, struct export_page *p,
		     const char *chosen)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_count(t, c->scope, f, &p->n_cases, &c->err) : c->err.code;

	p->many = true;
	p->action = "/cases/export";
	p->back = "/cases";
	p->state = !f->state ? "" : f->state[0] ? CASE_CLOSED : "any";
	p->kind = f->kind ? f->kind : "";
	p->q = f->words ? f->words : "";
	p->prefecture = f->prefecture;
	if (r < 0 || (r = exports_choices(c, t, chosen, p)) < 0)
		return r;
	return show(c, status, p);
}

static int export_many(struct call *c)
{
	const struct case_filter f = filter_of(c, http_query);
	struct export_page p = blank(c);

	return many_page(c, 200, &f, &p, NULL);
}

static int export_many_make(struct call *c)
{
	const struct case_filter filter = filter_of(c, http_form);
	struct form f = form_of(c);
	struct export_order o = { .filter = &filter };
	int r = order_of(c, &f, &o);

	if (r >= 0)
		r = make(c, &o);
	if (!shown_again(c, r))
		return r;
	struct export_page p = typed(c, &o);
	return many_page(c, 400, &filter, &p, o.kind ? o.kind->id : NULL);
}

/* --- on other pages --- */

static int panel_case(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	const char *number;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_number(t, c->scope, case_id, c->arena, &number, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0)
		return r;
	const struct export_button b = { arena_printf(c->arena, "/cases/%s/export", number) };
	struct tmpl tm = call_tmpl(c, out);
	tmpl_export_button(&tm, &b);
	return 0;
}

static int panel_list(struct call *c, const char *slot, int64_t subject, struct buf *out)
{
	const struct export_button b = { "/cases/export" };
	struct tmpl tm = call_tmpl(c, out);

	(void)slot;
	(void)subject;
	tmpl_exports_head(&tm, &b);
	return 0;
}

static int check_font(struct hub *h, struct check_list *l, struct err *e)
{
	(void)h;
	(void)e;
	if (paper_has_font())
		check_add(l, CHECK_GOOD, "export.check.font", NULL, NULL);
	else
		check_add(l, CHECK_WARN, "export.check.no_font", NULL, NULL);
	return 0;
}

enum { READERS = CASES_READERS, WORKERS = CASES_WORKERS, MANY = CASES_WORKERS | ROLE_INSURER };

static const struct route routes[] = {
	{ "GET", "/cases/{number}/export", READERS, export_one, 0 },
	{ "POST", "/cases/{number}/export", READERS, export_one_make, 0 },
	{ "GET", "/cases/export", MANY, export_many, 0 },
	{ "POST", "/cases/export", MANY, export_many_make, 0 },
	{ "GET", "/cases/history", WORKERS, exports_history_page, 0 },
	{ "POST", "/cases/history", WORKERS, exports_history_check, 0 },
	{ "POST", "/cases/history/confirm", WORKERS, exports_history_confirm, 0 },
	{ "GET", "/cases/history/refused", WORKERS, exports_history_refused, 0 },
	{ "POST", "/api/import/thehive", WORKERS, exports_import_thehive, 0 },
	{ "POST", "/api/import/iris", WORKERS, exports_import_iris, 0 },
};

static const struct panel panels[] = {
	{ "case.head" /* no text */, READERS, panel_case },
	{ "cases.head" /* no text */, WORKERS, panel_list },
};

static const struct job jobs[] = {
	{ "exports.drafts", 10 * 60 * 1000, exports_history_expire },
};

static const struct conf_row conf[] = {
	{ "exports.pdf_at_once", CONF_INT, 1, 64, "2", offsetof(struct exports_conf, pdf_at_once),
	  "reports that are made as PDF at the same time" },
};

static const struct case_mover movers[] = {
	{ .table = "export_log" },
	{ .table = "import_key" },
};

const struct hub_feature exports_feature = {
	.name = "exports",
	.schema = exports_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &exports_conf,
	.start = exports_gate_start,
	.stop = exports_gate_stop,
	.check = check_font,
};
