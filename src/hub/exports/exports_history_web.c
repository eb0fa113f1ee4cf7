/* SPDX-License-Identifier: Apache-2.0 */
/* Importing past cases, and the refused rows as a file. The way of the file: hub_import.c; rule:
 * exports_history.c. */
#include "hub/exports/exports_history.h"
#include "hub/exports/exports_pages.h"
#include "hub/exports/exports_pages_web.h"
#include "hub/exports/exports_store.h"
#include "hub/exports_tmpl.h"
#include "hub/hub_import.h"

/* All rows of a short list, the wrong ones of a long one. */
static void pick_rows(struct call *c, struct history_page *m)
{
	const struct history_report *rep = m->report;

	m->rows = rep->rows;
	m->n_rows = rep->n_rows;
	m->only_errors = rep->n_rows > HUB_IMPORT_ROWS_SHOWN;
	if (!m->only_errors)
		return;
	struct history_result *wrong = arena_array(c->arena, HUB_IMPORT_ROWS_SHOWN, sizeof(*wrong));
	m->n_rows = 0;
	for (size_t i = 0; i < rep->n_rows && m->n_rows < HUB_IMPORT_ROWS_SHOWN; i++)
		if (rep->rows[i].state == HISTORY_ERROR)
			wrong[m->n_rows++] = rep->rows[i];
	m->rows = wrong;
}

static int show(struct call *c, int status, const struct hub_import_seen *seen)
{
	struct history_page m = { .report = seen->report,
				  .file_name = seen->file_name,
				  .token = seen->token,
				  .error = seen->error,
				  .done = seen->done };
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);
	const char *const *kinds = cases_kinds(&m.n_kinds);

	m.kind_keys = arena_array(c->arena, m.n_kinds, sizeof(*m.kind_keys));
	for (size_t i = 0; i < m.n_kinds; i++)
		m.kind_keys[i] = arena_printf(c->arena, "case.kind.%s", kinds[i]);
	m.headings = history_headings;
	if (m.report)
		pick_rows(c, &m);
	tmpl_history(&t, &m);
	return call_page(c, status, "export.history.title", NULL, "/cases", &b);
}

static int answer_json(struct call *c, const void *report)
{
	const struct history_report *rep = report;
	const struct hub_import_sums sums = {
		rep->dry_run, rep->charset, rep->unknown, rep->n_new, 0, rep->n_same, rep->n_error,
	};
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	hub_import_json(&w, &sums);
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

static int run(struct call *c, struct str file, bool dry_run, void *report)
{
	const struct history_file f = { file.p, file.n };

	return exports_history(c->hub, c->user, &f, dry_run, c->arena, report, &c->err);
}

static const struct hub_import history = {
	.no_file_key = "export.history.no_file",
	.run = run,
	.json = answer_json,
	.show = show,
	.draft_add = exports_store_draft_add,
	.draft_get = exports_store_draft_get,
	.draft_expire = exports_store_draft_expire,
};

int exports_history_page(struct call *c)
{
	return show(c, 200, &(struct hub_import_seen){ .file_name = "", .token = "" });
}

int exports_history_check(struct call *c)
{
	struct history_report rep = { 0 };

	return hub_import_check(c, &history, &rep);
}

int exports_history_confirm(struct call *c)
{
	struct history_report rep = { 0 };

	return hub_import_confirm(c, &history, &rep);
}

int exports_history_refused(struct call *c)
{
	struct history_report rep = { 0 };
	struct hub_import_draft d;
	struct buf b = { 0 };
	int r = hub_import_draft(c, &history, http_query(c->req, "token"), &d);

	if (r < 0 || (r = run(c, (struct str){ d.p, d.n }, true, &rep)) < 0)
		return r;
	exports_history_refused_csv(&rep, c->hub->text, c->lang, &b);
	return exports_file_answer(c, "text/csv; charset=utf-8", "refused.csv", &b);
}

int exports_history_expire(struct hub *h, struct err *e)
{
	return hub_import_expire(h, &history, e);
}
