/* SPDX-License-Identifier: Apache-2.0 */
/* Importing a member list. The way of the file: hub_import.c; rule: members_import.c. */
#include "hub/hub_import.h"
#include "hub/members/members_columns.h"
#include "hub/members/members_pages.h"
#include "hub/members/members_store.h"
#include "hub/members/members_web.h"
#include "hub/members_tmpl.h"

/* All rows of a short list, the wrong ones of a long one. */
static void pick_rows(struct call *c, struct members_import_page *m)
{
	const struct import_report *rep = m->report;

	m->rows = rep->rows;
	m->n_rows = rep->n_rows;
	m->only_errors = rep->n_rows > HUB_IMPORT_ROWS_SHOWN;
	if (!m->only_errors)
		return;
	struct import_row *wrong = arena_array(c->arena, HUB_IMPORT_ROWS_SHOWN, sizeof(*wrong));
	m->n_rows = 0;
	for (size_t i = 0; i < rep->n_rows && m->n_rows < HUB_IMPORT_ROWS_SHOWN; i++)
		if (rep->rows[i].state == IMPORT_ERROR)
			wrong[m->n_rows++] = rep->rows[i];
	m->rows = wrong;
}

static int show(struct call *c, int status, const struct hub_import_seen *seen)
{
	struct members_import_page m = { .report = seen->report,
					 .file_name = seen->file_name,
					 .token = seen->token,
					 .error = seen->error,
					 .done = seen->done };
	size_t n;
	const struct members_column *columns = members_columns(&n);
	struct members_column_row *rows = arena_array(c->arena, n, sizeof(*rows));
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	for (size_t i = 0; i < n; i++)
		rows[i] = (struct members_column_row){ columns[i].key, columns[i].heading,
						       columns[i].required };
	if (m.report)
		pick_rows(c, &m);
	m.columns = rows;
	m.n_columns = n;
	tmpl_members_import(&t, &m);
	return call_page(c, status, "members.import.title", NULL, "/members", &b);
}

static int answer_json(struct call *c, const void *report)
{
	const struct import_report *rep = report;
	const struct hub_import_sums sums = {
		rep->dry_run,   rep->charset, rep->unknown, rep->n_new,
		rep->n_changed, rep->n_same,  rep->n_error,
	};
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	hub_import_json(&w, &sums);
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

static int run(struct call *c, struct str file, bool dry_run, void *report)
{
	const struct import_file f = { file.p, file.n };

	return members_import(c->hub->db, c->user, &f, dry_run, c->arena, report, &c->err);
}

static const struct hub_import members = {
	.no_file_key = "members.import.no_file",
	.run = run,
	.json = answer_json,
	.show = show,
	.draft_add = members_store_draft_add,
	.draft_get = members_store_draft_get,
	.draft_remove = members_store_draft_remove,
	.draft_expire = members_store_draft_expire,
};

int members_import_web_page(struct call *c)
{
	return show(c, 200, &(struct hub_import_seen){ .file_name = "", .token = "" });
}

int members_import_web_check(struct call *c)
{
	struct import_report rep = { 0 };

	return hub_import_check(c, &members, &rep);
}

int members_import_web_confirm(struct call *c)
{
	struct import_report rep = { 0 };

	return hub_import_confirm(c, &members, &rep);
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
	return hub_import_expire(h, &members, e);
}
