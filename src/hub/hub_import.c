/* SPDX-License-Identifier: Apache-2.0 */
/* The way of a file of rows through try and import. */
#include "hub/hub_import.h"

#include <errno.h>

#include "net/crypto.h"

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

static int keep(struct call *c, const struct hub_import *k, const struct http_file *file,
		char token[HUB_IMPORT_TOKEN])
{
	const struct hub_import_draft d = { .token = token,
					    .file_name = file->name ? file->name : "",
					    .person_id = c->user->person_id,
					    .created_us = c->now_us,
					    .p = file->p,
					    .n = file->n };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);

	if (!t)
		return c->err.code;
	crypto_token(token, HUB_IMPORT_TOKEN);
	int r = k->draft_add(t, &d, &c->err);
	return r < 0 ? r : txn_commit(&t, &c->err);
}

static int wrong(struct call *c, const struct hub_import *k, const char *error)
{
	const struct hub_import_seen s = { .file_name = "", .token = "", .error = error };

	return k->show(c, 400, &s);
}

int hub_import_check(struct call *c, const struct hub_import *k, void *report)
{
	const char *dry = http_query(c->req, "dry_run");
	const bool dry_run = !c->wants_json || (dry && dry[0] != '0');
	struct hub_import_seen s = { .report = report };
	char token[HUB_IMPORT_TOKEN];
	struct http_file file;

	if (!sent_file(c, &file))
		return c->wants_json ? err_set(&c->err, -EINVAL, "no file was sent")
				     : wrong(c, k, text_get(c->hub->text, c->lang, k->no_file_key));
	int r = k->run(c, (struct str){ file.p, file.n }, dry_run, report);
	if (file_problem(r))
		return c->wants_json ? -EINVAL : wrong(c, k, c->err.text);
	if (r < 0)
		return r;
	if (c->wants_json)
		return k->json(c, report);
	if ((r = keep(c, k, &file, token)) < 0)
		return r;
	s.file_name = file.name ? file.name : "";
	s.token = token;
	return k->show(c, 200, &s);
}

int hub_import_draft(struct call *c, const struct hub_import *k, const char *token,
		     struct hub_import_draft *out)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);

	if (!t)
		return c->err.code;
	return k->draft_get(t, token ? token : "", c->user->person_id,
			    c->now_us - HUB_IMPORT_DRAFT_US, c->arena, out, &c->err);
}

static int drop(struct call *c, const struct hub_import *k, const char *token)
{
	if (!k->draft_remove)
		return 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? k->draft_remove(t, token, &c->err) : c->err.code;
	return r < 0 ? r : txn_commit(&t, &c->err);
}

int hub_import_confirm(struct call *c, const struct hub_import *k, void *report)
{
	struct hub_import_seen s = { .report = report, .done = true };
	struct hub_import_draft d;
	int r = hub_import_draft(c, k, http_form(c->req, "token"), &d);

	if (r == -ENOENT)
		return wrong(c, k, c->err.text);
	if (r < 0 || (r = k->run(c, (struct str){ d.p, d.n }, false, report)) < 0 ||
	    (r = drop(c, k, d.token)) < 0)
		return r;
	s.file_name = d.file_name;
	s.token = d.token;
	return k->show(c, 200, &s);
}

int hub_import_expire(struct hub *h, const struct hub_import *k, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? k->draft_expire(t, clock_utc_us(h->clock) - HUB_IMPORT_DRAFT_US, e) : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

void hub_import_json(struct jsonw *w, const struct hub_import_sums *s)
{
	jsonw_bool(w, "dry_run", s->dry_run);
	jsonw_text(w, "charset", s->charset);
	jsonw_text(w, "unknown_columns", s->unknown);
	jsonw_int(w, "new", s->n_new);
	jsonw_int(w, "changed", s->n_changed);
	jsonw_int(w, "same", s->n_same);
	jsonw_int(w, "errors", s->n_error);
}
