/* SPDX-License-Identifier: Apache-2.0 */
/* Importing a member list: upload, dry run with an error per row, the word "import". The same
 * handlers answer the command line in JSON. Rule: members_import.c. */
#include <errno.h>

#include "hub/members/members_columns.h"
#include "hub/members/members_pages.h"
#include "hub/members/members_store.h"
#include "hub/members/members_web.h"
#include "hub/members_tmpl.h"
#include "net/crypto.h"

enum { TOKEN_SIZE = 33, ROWS_SHOWN = 500 };
#define DRAFT_LIFE_US US_PER_HOUR

/* All rows of a short list, the wrong ones of a long one. */
static void pick_rows(struct call *c, struct members_import_page *m)
{
	const struct import_report *rep = m->report;

	m->rows = rep->rows;
	m->n_rows = rep->n_rows;
	m->only_errors = rep->n_rows > ROWS_SHOWN;
	if (!m->only_errors)
		return;
	struct import_row *wrong = arena_array(c->arena, ROWS_SHOWN, sizeof(*wrong));
	m->n_rows = 0;
	for (size_t i = 0; i < rep->n_rows && m->n_rows < ROWS_SHOWN; i++)
		if (rep->rows[i].state == IMPORT_ERROR)
			wrong[m->n_rows++] = rep->rows[i];
	m->rows = wrong;
}

static int show(struct call *c, int status, struct members_import_page *m)
{
	size_t n;
	const struct members_column *columns = members_columns(&n);
	struct members_column_row *rows = arena_array(c->arena, n, sizeof(*rows));
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct members_column_row){ columns[i].key, columns[i].heading,
						       columns[i].required };
	if (m->report)
		pick_rows(c, m);
	m->columns = rows;
	m->n_columns = n;
	tmpl_members_import(&t, m);
	return call_page(c, status, "members.import.title", NULL, "/members", &b);
}

static int answer_json(struct call *c, const struct import_report *rep)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_bool(&w, "dry_run", rep->dry_run);
	jsonw_text(&w, "charset", rep->charset);
	jsonw_text(&w, "unknown_columns", rep->unknown);
	jsonw_int(&w, "new", rep->n_new);
	jsonw_int(&w, "changed", rep->n_changed);
	jsonw_int(&w, "same", rep->n_same);
	jsonw_int(&w, "errors", rep->n_error);
	jsonw_array(&w, "rows");
	for (size_t i = 0; i < rep->n_rows; i++) {
		const struct import_row *r = &rep->rows[i];

		jsonw_object(&w, NULL);
		jsonw_int(&w, "line", r->line);
		jsonw_text(&w, "result", members_import_state_name(r->state));
		jsonw_text(&w, "name", r->name);
		jsonw_int(&w, "id", r->company_id);
		jsonw_text(&w, "column", r->column);
		jsonw_text(&w, "text", r->text);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

int members_import_web_page(struct call *c)
{
	struct members_import_page m = { 0 };

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
	struct members_draft d = { .token = token,
				   .file_name = file->name,
				   .person_id = c->user->person_id,
				   .created_us = c->now_us,
				   .p = file->p,
				   .n = file->n };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r;

	if (!t)
		return c->err.code;
	crypto_token(token, TOKEN_SIZE);
	if ((r = members_store_draft_add(t, &d, &c->err)) < 0)
		return r;
	return txn_commit(&t, &c->err);
}

/* JSON: ?dry_run=1 or not, at once. A page: always a dry run first, the file is kept meanwhile. */
int members_import_web_check(struct call *c)
{
	const char *dry = http_query(c->req, "dry_run");
	bool dry_run = !c->wants_json || (dry && strcmp(dry, "0") != 0);
	struct members_import_page m = { 0 };
	struct import_report rep = { 0 };
	struct http_file file;
	char token[TOKEN_SIZE];

	if (!sent_file(c, &file)) {
		m.error = text_get(c->hub->text, c->lang, "members.import.no_file");
		return c->wants_json ? err_set(&c->err, -EINVAL, "no file was sent")
				     : show(c, 400, &m);
	}
	struct import_file f = { file.p, file.n };
	int r = members_import(c->hub->db, c->user, &f, dry_run, c->arena, &rep, &c->err);
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

int members_import_web_confirm(struct call *c)
{
	const char *token = http_form(c->req, "token");
	struct members_import_page m = { .done = true };
	struct import_report rep = { 0 };
	struct members_draft d;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	if (!t)
		return c->err.code;
	r = members_store_draft_get(t, token ? token : "", c->user->person_id,
				    c->now_us - DRAFT_LIFE_US, c->arena, &d, &c->err);
	txn_rollback(&t);
	if (r == -ENOENT) {
		m.error = c->err.text;
		return show(c, 400, &m);
	}
	if (r < 0)
		return r;
	struct import_file f = { d.p, d.n };
	if ((r = members_import(c->hub->db, c->user, &f, false, c->arena, &rep, &c->err)) < 0)
		return r;
	if (!(t = txn_begin(c->hub->db, TXN_WRITE, &c->err)))
		return c->err.code;
	if ((r = members_store_draft_remove(t, token, &c->err)) < 0 ||
	    (r = txn_commit(&t, &c->err)) < 0)
		return r;
	m.report = &rep;
	m.file_name = d.file_name;
	return show(c, 200, &m);
}

int members_import_web_export(struct call *c)
{
	struct buf b = { 0 };
	int r = members_import_export(c->hub->db, c->user, c->lang, &b, &c->err);

	if (r < 0) {
		buf_done(&b);
		return r;
	}
	return call_csv(c, "members.csv", &b);
}

int members_import_web_expire(struct hub *h, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if ((r = members_store_draft_expire(t, clock_utc_us(h->clock) - DRAFT_LIFE_US, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
