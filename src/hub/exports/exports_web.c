/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of exports: what may leave, for whom, what stays, and the file itself. Imports:
 * exports_history_web.c, exports_alert_web.c. */
#include "hub/exports/exports.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/exports/exports_pages.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/exports/exports_rules.h"
#include "hub/exports_sql.h"
#include "hub/exports_tmpl.h"
#include "print/paper.h"

enum { FILE_NAME_MAX = 120 };

/* --- what there is to choose --- */

static const char *hidden_text(struct call *c, const struct export_hidden *h)
{
	const char *const args[] = { arena_printf(c->arena, "%" PRId64, h->n) };

	return call_text(c, h->key, args, 1);
}

/* What the kind leaves out of this case. */
static int hidden_of(struct call *c, struct txn *t, const char *number, struct export_choice *x)
{
	const struct export_ask q = {
		.hub = c->hub,
		.scope = c->scope,
		.lang = c->lang,
		.arena = c->arena,
		.to = x->kind->to,
		.named = x->kind->to != FOR_OTHERS,
		.roles = exports_roles(x->kind, c->user),
		.no_ja3 = x->kind->flags & EXPORT_NO_JA3,
	};
	struct export_case one;
	int r = exports_look(t, &q, number, &one, &c->err);

	if (r < 0)
		return r;
	x->hidden = arena_array(c->arena, one.n_hidden + 1, sizeof(*x->hidden));
	x->n_hidden = one.n_hidden;
	for (size_t i = 0; i < one.n_hidden; i++) {
		x->hidden[i] = hidden_text(c, &one.hidden[i]);
		if (strcmp(one.hidden[i].key, "export.hidden.format") == 0)
			x->extra = x->hidden[i];
	}
	return 0;
}

/* The same reader and the same format leave out the same. */
static bool alike(const struct export_kind *a, const struct export_kind *b)
{
	return a->to == b->to && (a->flags & EXPORT_NO_JA3) == (b->flags & EXPORT_NO_JA3);
}

/* Kinds for one reader stand beside each other. */
static void groups(struct export_page *p)
{
	for (size_t i = 0; i < p->n_choices; i++) {
		struct export_group *g = &p->groups[p->n_groups - (p->n_groups > 0)];
		if (p->n_groups == 0 || g->choices[0].kind->to != p->choices[i].kind->to) {
			g = &p->groups[p->n_groups++];
			g->choices = &p->choices[i];
		}
		g->n_choices++;
	}
}

static int choices(struct call *c, struct txn *t, struct export_page *p, const char *chosen)
{
	const unsigned want = p->many ? EXPORT_MANY : EXPORT_ONE;
	size_t n;
	const struct export_kind *kinds = exports_kinds(&n);

	p->choices = arena_array(c->arena, n, sizeof(*p->choices));
	for (size_t i = 0; i < n; i++) {
		struct export_choice *x = &p->choices[p->n_choices];
		int r = 0;
		if (!(kinds[i].flags & want) || !user_is(c->user, kinds[i].roles))
			continue;
		*x = (struct export_choice){
			.kind = &kinds[i],
			.name_key = arena_printf(c->arena, "export.kind.%s", kinds[i].id),
			.for_key = kinds[i].to == FOR_COMPANY ? "export.for.company"
				   : kinds[i].to == FOR_DESK  ? "export.for.desk"
							      : "export.for.others",
			.what_key = arena_printf(c->arena, "export.what.%s", kinds[i].id),
			.extra = "",
			.chosen = chosen ? strcmp(chosen, kinds[i].id) == 0 : p->n_choices == 0,
		};
		for (size_t k = 0; k < p->n_choices && !x->hidden; k++)
			if (alike(p->choices[k].kind, x->kind)) {
				x->hidden = p->choices[k].hidden;
				x->n_hidden = p->choices[k].n_hidden;
				x->extra = p->choices[k].extra;
			}
		if (!p->many && !x->hidden)
			r = hidden_of(c, t, p->number, x);
		if (r < 0)
			return r;
		p->others = p->others || kinds[i].to == FOR_OTHERS;
		p->names = p->names || (kinds[i].flags & EXPORT_NAMES);
		p->n_choices++;
	}
	groups(p);
	return 0;
}

static int told(struct call *c, struct txn *t, const struct incident *i, struct export_page *p)
{
	struct export_told *list;
	int r = exports_told(t, c->scope, i->company_id, i->id, c->arena, &list, &p->n_told,
			     &c->err);

	if (r < 0)
		return r;
	p->told = arena_array(c->arena, p->n_told + 1, sizeof(*p->told));
	for (size_t k = 0; k < p->n_told; k++)
		p->told[k] =
			(struct export_told_row){ list[k], arena_printf(c->arena, "export.kind.%s",
									list[k].kind) };
	return 0;
}

/* --- one case --- */

static int page_json(struct call *c, const struct export_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->number);
	jsonw_int(&w, "cases", p->n_cases);
	jsonw_array(&w, "kinds");
	for (size_t i = 0; i < p->n_choices; i++) {
		const struct export_choice *x = &p->choices[i];
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", x->kind->id);
		jsonw_text(&w, "type", x->kind->type);
		jsonw_text(&w, "for",
			   x->kind->to == FOR_COMPANY ? "company"
			   : x->kind->to == FOR_DESK  ? "desk"
						      : "others");
		jsonw_bool(&w, "names_optional", x->kind->flags & EXPORT_NAMES);
		jsonw_array(&w, "left_out");
		for (size_t k = 0; k < x->n_hidden; k++)
			jsonw_text(&w, NULL, x->hidden[k]);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "exports");
	for (size_t i = 0; i < p->n_told; i++) {
		const struct export_told *x = &p->told[i].told;
		jsonw_object(&w, NULL);
		jsonw_text(&w, "kind", x->kind);
		jsonw_time(&w, "at", x->at_us);
		jsonw_text(&w, "by", x->person_name);
		jsonw_text(&w, "to", x->to);
		jsonw_text(&w, "purpose", x->purpose);
		jsonw_bool(&w, "named", x->named);
		jsonw_int(&w, "left_out", x->hidden);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int show(struct call *c, int status, struct export_page *p)
{
	struct buf b = { 0 };

	if (c->wants_json && status == 200)
		return page_json(c, p);
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
	if ((r = choices(c, t, p, chosen)) < 0 || (r = told(c, t, &i, p)) < 0)
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
	return !c->wants_json && (r == -EINVAL || r == -ELIMIT);
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
	return one_page(c, 400, &p, o.kind ? o.kind->id : NULL);
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
	if (r < 0 || (r = choices(c, t, p, chosen)) < 0)
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
	.check = check_font,
};
