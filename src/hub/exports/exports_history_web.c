/* SPDX-License-Identifier: Apache-2.0 */
/* Importing past cases: upload, dry run with an error per row, the refused rows as a file, the word
 * "import". The same handlers answer the command line in JSON. Rule: exports_history.c. */
#include <errno.h>

#include "hub/exports/exports_history.h"
#include "hub/exports/exports_pages.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/exports/exports_store.h"
#include "hub/exports_tmpl.h"
#include "net/crypto.h"

enum { TOKEN_SIZE = 33, ROWS_SHOWN = 500 };
#define DRAFT_LIFE_US US_PER_HOUR

/* All rows of a short list, the wrong ones of a long one. */
static void pick_rows(struct call *c, struct history_page *m)
{
	const struct history_report *rep = m->report;

	m->rows = rep->rows;
	m->n_rows = rep->n_rows;
	m->only_errors = rep->n_rows > ROWS_SHOWN;
	if (!m->only_errors)
		return;
	struct history_result *wrong = arena_array(c->arena, ROWS_SHOWN, sizeof(*wrong));
	m->n_rows = 0;
	for (size_t i = 0; i < rep->n_rows && m->n_rows < ROWS_SHOWN; i++)
		if (rep->rows[i].state == HISTORY_ERROR)
			wrong[m->n_rows++] = rep->rows[i];
	m->rows = wrong;
}

static int show(struct call *c, int status, struct history_page *m)
{
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);
	const char *const *kinds = cases_kinds(&m->n_kinds);

	m->kind_keys = arena_array(c->arena, m->n_kinds, sizeof(*m->kind_keys));
	for (size_t i = 0; i < m->n_kinds; i++)
		m->kind_keys[i] = arena_printf(c->arena, "case.kind.%s", kinds[i]);
	m->headings = history_headings;
	if (m->report)
		pick_rows(c, m);
	tmpl_history(&t, m);
	return call_page(c, status, "export.history.title", NULL, "/cases", &b);
}

static int answer_json(struct call *c, const struct history_report *rep)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_bool(&w, "dry_run", rep->dry_run);
	jsonw_text(&w, "charset", rep->charset);
	jsonw_text(&w, "unknown_columns", rep->unknown);
	jsonw_int(&w, "new", rep->n_new);
	jsonw_int(&w, "changed", 0);
	jsonw_int(&w, "same", rep->n_same);
	jsonw_int(&w, "errors", rep->n_error);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < rep->n_rows; i++) {
		const struct history_result *r = &rep->rows[i];

		jsonw_object(&w, NULL);
		jsonw_int(&w, "line", r->line);
		jsonw_text(&w, "result", exports_history_state(r->state));
		jsonw_text(&w, "title", r->title);
		jsonw_text(&w, "number", r->number);
		jsonw_text(&w, "column", r->column);
		jsonw_text(&w, "text", r->text);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int exports_history_page(struct call *c)
{
	struct history_page m = { 0 };

	return show(c, 200, &m);
}

/* The file of the form, or the body as it is (the command line's way). */
static bool sent_file(struct call *c, struct http_file *out)
{
	struct str body = http_body(c->req);

	if (http_file_get(c->req, "file", out))
		return out->n > 0;
	*out = (struct http_file){ .name = "", .p = body.p, .n = body.n };
	return body.n > 0;
}

static bool file_problem(int r)
{
	return r == -EINVAL || r == -EFORMAT || r == -ELIMIT;
}

static int keep_draft(struct call *c, const struct http_file *file, char token[TOKEN_SIZE])
{
	struct history_draft d = { .token = token,
				   .file_name = file->name ? file->name : "",
				   .person_id = c->user->person_id,
				   .created_us = c->now_us,
				   .p = file->p,
				   .n = file->n };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r;

	if (!t)
		return c->err.code;
	crypto_token(token, TOKEN_SIZE);
	r = exports_store_draft_add(t, &d, &c->err);
	return r < 0 ? r : txn_commit(&t, &c->err);
}

/* JSON: ?dry_run=1 or not, at once. A page: always a dry run first, the file is kept meanwhile. */
int exports_history_check(struct call *c)
{
	const char *dry = http_query(c->req, "dry_run");
	const bool dry_run = !c->wants_json || (dry && dry[0] != '0');
	struct history_page m = { 0 };
	struct history_report rep = { 0 };
	struct http_file file;
	char token[TOKEN_SIZE];

	if (!sent_file(c, &file)) {
		m.error = text_get(c->hub->text, c->lang, "export.history.no_file");
		return c->wants_json ? err_set(&c->err, -EINVAL, "no file was sent")
				     : show(c, 400, &m);
	}
	const struct history_file f = { file.p, file.n };
	int r = exports_history(c->hub, c->user, &f, dry_run, c->arena, &rep, &c->err);
	if (file_problem(r) && !c->wants_json) {
		m.error = c->err.text;
		return show(c, 400, &m);
	}
	if (r < 0)
		return file_problem(r) ? -EINVAL : r;
	if (c->wants_json)
		return answer_json(c, &rep);
	if ((r = keep_draft(c, &file, token)) < 0)
		return r;
	m.report = &rep;
	m.file_name = file.name ? file.name : "";
	m.token = token;
	return show(c, 200, &m);
}

static int draft_get(struct call *c, const char *token, struct history_draft *d)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);

	if (!t)
		return c->err.code;
	return exports_store_draft_get(t, token ? token : "", c->user->person_id,
				       c->now_us - DRAFT_LIFE_US, c->arena, d, &c->err);
}

/* The draft stays until it expires: its refused rows may still be wanted, and a second import
 * changes nothing. */
int exports_history_confirm(struct call *c)
{
	const char *token = http_form(c->req, "token");
	struct history_page m = { .done = true };
	struct history_report rep = { 0 };
	struct history_draft d;
	int r = draft_get(c, token, &d);

	if (r == -ENOENT) {
		m.error = c->err.text;
		m.done = false;
		return show(c, 400, &m);
	}
	if (r < 0)
		return r;
	const struct history_file f = { d.p, d.n };
	if ((r = exports_history(c->hub, c->user, &f, false, c->arena, &rep, &c->err)) < 0)
		return r;
	m.report = &rep;
	m.file_name = d.file_name;
	m.token = d.token;
	return show(c, 200, &m);
}

int exports_history_refused(struct call *c)
{
	struct history_report rep = { 0 };
	struct history_draft d;
	struct buf b = { 0 };
	int r = draft_get(c, http_query(c->req, "token"), &d);

	if (r < 0)
		return r;
	const struct history_file f = { d.p, d.n };
	if ((r = exports_history(c->hub, c->user, &f, true, c->arena, &rep, &c->err)) < 0)
		return r;
	exports_history_refused_csv(&rep, c->hub->text, c->lang, &b);
	return exports_file_answer(c, "text/csv; charset=utf-8", "refused.csv", &b);
}

int exports_history_expire(struct hub *h, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? exports_store_draft_expire(t, clock_utc_us(h->clock) - DRAFT_LIFE_US, e)
		  : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}
