/* SPDX-License-Identifier: Apache-2.0 */
/* Mending a case. Who comes second is shown what the first one wrote beside their own words, and
 * decides. Rules: cases_edit.c. */
#include "hub/cases/cases_edit_web.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "hub/cases/cases_edit_store.h"
#include "hub/cases/cases_view.h"
#include "hub/cases_tmpl.h"
#include "hub/live.h"

static struct case_edit_field field(const char *name, const char *text_key, const char *now,
				    const char *typed)
{
	return (struct case_edit_field){
		.name = name,
		.text_key = text_key,
		.now = now,
		.typed = typed ? typed : now,
		.differs = typed && strcmp(typed, now) != 0,
	};
}

/* What the form shows: the case as it is, with what was TYPED over it (NULL: nothing). */
static void fields(struct call *c, struct case_edit_page *p, const struct case_edit *typed)
{
	static const struct case_edit none = { .severity = -1 };
	const struct case_edit *t = typed ? typed : &none;
	int chosen = t->severity >= 0 ? t->severity : p->c.severity;

	p->fields[0] = field("title", "case.col.title", p->c.title, t->title);
	p->fields[1] = field("contact_name", "case.caller", p->c.contact_name, t->contact_name);
	p->fields[2] = field("contact_phone", "case.phone", p->c.contact_phone, t->contact_phone);
	p->n_fields = 3;
	if (strcmp(p->c.state, CASE_CLOSED) == 0) {
		p->fields[3] = field("cause", "case.close.cause", p->c.cause, t->cause);
		p->fields[4] = field("lesson", "case.close.lesson", p->c.lesson, t->lesson);
		p->fields[3].is_long = p->fields[4].is_long = true;
		p->n_fields = 5;
	}
	p->severities = cases_view_severities(c, chosen, &p->n_severities);
	p->severity_differs = chosen != p->c.severity;
	p->severity_now = p->severities[p->c.severity].text;
}

static int past(struct call *c, struct txn *t, struct case_edit_page *p)
{
	struct case_was *w;
	size_t n;
	int r = cases_was(t, c->scope, p->c.id, c->arena, &w, &n, &c->err);

	if (r < 0)
		return r;
	p->was = arena_array(c->arena, n + 1, sizeof(*p->was));
	for (size_t i = 0; i < n; i++)
		if (w[i].entry_id == 0)
			p->was[p->n_was++] = cases_view_was(c, &w[i]);
	return 0;
}

static int json(struct call *c, const struct case_edit_page *p)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", p->c.number);
	jsonw_int(&w, "version", p->c.version);
	for (size_t i = 0; i < p->n_fields; i++)
		jsonw_text(&w, p->fields[i].name, p->fields[i].now);
	jsonw_int(&w, "severity", p->c.severity);
	jsonw_time(&w, "happened", p->c.happened_us);
	jsonw_array(&w, "was");
	for (size_t i = 0; i < p->n_was; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "field", p->was[i].w.field);
		jsonw_text(&w, "old", p->was[i].w.old_text);
		jsonw_text(&w, "new", p->was[i].w.new_text);
		jsonw_text(&w, "by", p->was[i].w.person_name);
		jsonw_time(&w, "changed", p->was[i].w.changed_us);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int show(struct call *c, int status, const char *error, const struct case_edit *typed)
{
	struct case_edit_page p = { .error = error, .conflict = status == 409 };
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p.c, &c->err) : c->err.code;

	if (r >= 0)
		r = past(c, t, &p);
	if (r < 0)
		return r;
	fields(c, &p, typed);
	if (c->wants_json)
		return json(c, &p);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_edit(&tm, &p);
	return call_page(c, status, "case.edit.title", NULL, "/cases", &b);
}

int cases_edit_web_form(struct call *c)
{
	return show(c, 200, NULL, NULL);
}

/* What was not sent stays; so does what the page showed already (was_NAME), whatever another one
 * has made of it meanwhile. */
static bool is_sent(struct call *c, const char *name)
{
	const char *now = http_form(c->req, name);
	const char *was = http_form(c->req, arena_printf(c->arena, "was_%s", name));

	return now && (!was || strcmp(now, was) != 0);
}

static const char *sent(struct call *c, struct form *f, const char *name, size_t max)
{
	return is_sent(c, name) ? form_text(f, name, false, max) : NULL;
}

static int saved(struct call *c, struct txn **t)
{
	struct incident i;
	int r = cases_get(*t, c->scope, c->param[0], c->arena, &i, &c->err);

	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", i.company_id, i.id);
	return call_done(c, "case.saved", "/cases/%s", i.number);
}

int cases_edit_web_save(struct call *c)
{
	struct form f = form_of(c);
	const struct case_edit n = {
		.version = form_int(&f, "version", true, 1, INT64_MAX),
		.title = sent(c, &f, "title", CASE_TITLE_CHARS),
		.contact_name = sent(c, &f, "contact_name", 100),
		.contact_phone = sent(c, &f, "contact_phone", 40),
		.cause = sent(c, &f, "cause", CASE_TEXT_CHARS),
		.lesson = sent(c, &f, "lesson", CASE_TEXT_CHARS),
		.severity = is_sent(c, "severity") ? (int)form_int(&f, "severity", true, 0, 4) : -1,
		.happened_us = form_time(&f, "happened", false),
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = !t            ? c->err.code
		: form_ok(&f) ? cases_edit(t, c->user, c->param[0], &n, c->now_us, &c->err)
			      : err_set(&c->err, -EINVAL, "%s", f.errors[0].text);

	if (r >= 0)
		return saved(c, &t);
	txn_rollback(&t);
	if ((r != -EINVAL && r != -ECONFLICT) || c->wants_json)
		return r;
	return show(c, r == -ECONFLICT ? 409 : 400, arena_strdup(c->arena, c->err.text), &n);
}

/* --- a line of the story --- */

static int show_entry(struct call *c, int status, const char *error, const char *typed)
{
	struct case_correct_page p = { .error = error, .conflict = status == 409 };
	struct buf b = { 0 };
	int64_t id;
	int r = call_id(c, 1, &id);
	SCOPED_TXN struct txn *t = r < 0 ? NULL : txn_begin(c->hub->db, TXN_READ, &c->err);

	if (r < 0)
		return r;
	r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p.c, &c->err) : c->err.code;
	if (r >= 0)
		r = cases_edit_store_entry(t, c->scope, p.c.id, id, c->arena, &p.n, &c->err);
	if (r < 0)
		return r;
	if (!p.n.body[0] || (p.n.roles && !user_is(c->user, p.n.roles)))
		return err_set(&c->err, -ENOENT, "there is no such line in the story");
	p.typed = typed ? typed : p.n.body;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_case_correct(&tm, &p);
	return call_page(c, status, "case.correct.title", NULL, "/cases", &b);
}

int cases_edit_web_entry(struct call *c)
{
	return show_entry(c, 200, NULL, NULL);
}

int cases_edit_web_correct(struct call *c)
{
	struct form f = form_of(c);
	struct case_correction n = {
		.old_body = form_text(&f, "old", false, CASE_TEXT_CHARS),
		.body = form_text(&f, "body", false, CASE_TEXT_CHARS),
		.happened_us = form_time(&f, "happened", false),
		.minutes = http_form(c->req, "minutes")
				   ? form_int(&f, "minutes", true, 0, 60 * 24 * 7)
				   : -1,
		.cost_yen =
			http_form(c->req, "cost") ? form_int(&f, "cost", true, 0, 100000000) : -1,
	};
	int r = call_id(c, 1, &n.entry_id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = !t            ? c->err.code
	    : form_ok(&f) ? cases_correct(t, c->user, c->param[0], &n, c->now_us, &c->err)
			  : err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		return saved(c, &t);
	txn_rollback(&t);
	if ((r != -EINVAL && r != -ECONFLICT) || c->wants_json)
		return r;
	return show_entry(c, r == -ECONFLICT ? 409 : 400, arena_strdup(c->arena, c->err.text),
			  n.body);
}
