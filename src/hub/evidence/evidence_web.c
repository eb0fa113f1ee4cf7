/* SPDX-License-Identifier: Apache-2.0 */
/* The evidence of a case: its page, what is put in, the routes. One item: evidence_item_web.c.
 * Devices, indicators, countermeasures, costs: evidence_facts_web.c. */
#include "hub/evidence/evidence_web.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_files.h"
#include "hub/evidence/evidence_store.h"
#include "hub/evidence/evidence_view.h"
#include "hub/evidence_sql.h"
#include "hub/evidence_tmpl.h"
#include "hub/live.h"

static int page_of(struct call *c, int status, struct evidence_page *p)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	if (!p->typed)
		p->typed = "";
	tmpl_evidence_page(&tm, p);
	return call_page(c, status, "evidence.page_title", p->c.number, "/cases", &b);
}

static int evidence_show(struct call *c)
{
	struct evidence_page p = { 0 };
	int r = evidence_view_page(c, &p);

	if (r < 0)
		return r;
	return c->wants_json ? evidence_view_json(c, &p) : page_of(c, 200, &p);
}

int evidence_web_ready(struct call *c, struct txn *t, const struct form *f, struct incident *out)
{
	if (!t)
		return c->err.code;
	int r = cases_get(t, c->scope, c->param[0], c->arena, out, &c->err);
	if (r < 0)
		return r;
	return form_ok(f) ? 0 : err_set(&c->err, -EINVAL, "%s", f->errors[0].text);
}

int evidence_web_finish(struct call *c, struct txn **t, int r, const struct evidence_typed *typed)
{
	struct incident i;

	if (r >= 0)
		r = cases_get(*t, c->scope, c->param[0], c->arena, &i, &c->err);
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r >= 0) {
		live_publish(c->hub, "case", i.company_id, i.id);
		return call_done(c, "evidence.saved", "/cases/%s/evidence#%s", c->param[0],
				 typed->part);
	}
	if (r != -EINVAL || c->wants_json)
		return r;
	struct evidence_page p = { 0 };
	const char *said = arena_strdup(c->arena, c->err.text);
	txn_rollback(t);
	if ((r = evidence_view_page(c, &p)) < 0)
		return r;
	p.error = said;
	p.form = typed->form;
	p.typed = typed->typed;
	return page_of(c, 400, &p);
}

bool evidence_taken(struct call *c, const char *field, struct evidence_blob *out,
		    const char **name_out)
{
	struct http_uploaded up;

	*out = (struct evidence_blob){ .path = "" };
	if (!http_upload_get(c->req, field, &up))
		return false;
	str_copy(out->path, sizeof(out->path), str_of(up.path));
	str_copy(out->sha256, sizeof(out->sha256), str_of(up.sha256));
	out->size_bytes = (int64_t)up.size;
	*name_out = utf8_valid(up.name, strlen(up.name)) ? up.name : "?";
	return true;
}

static int evidence_upload(struct call *c)
{
	struct form f = form_of(c);
	struct evidence_blob blob;
	struct incident i;
	int64_t id;
	struct evidence_new n = {
		.kind = "file",
		.name = "",
		.note = form_text(&f, "note", false, EVIDENCE_NOTE_CHARS),
		.from = form_text(&f, "from", false, 200),
		.seal = form_text(&f, "seal", false, 100),
		.happened_us = form_time(&f, "happened", false),
		.dangerous = http_form(c->req, "dangerous") != NULL,
		.source = "upload",
	};
	bool there = evidence_taken(c, "file", &blob, &n.name);
	if (!there)
		form_fail(&f, "file", "evidence.upload.none");
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	n.case_id = r >= 0 ? i.id : 0;
	if (r >= 0)
		r = evidence_put(t, c->hub, c->user, &n, &blob, c->now_us, &id, &c->err);
	r = evidence_web_finish(c, &t, r, &(struct evidence_typed){ 'f', n.note, "s-items" });
	if (there)
		evidence_blob_drop(&blob);
	return r;
}

static int evidence_thing(struct call *c)
{
	struct form f = form_of(c);
	struct incident i;
	int64_t id;
	struct evidence_new n = {
		.kind = form_text(&f, "kind", false, 20),
		.name = form_text(&f, "name", true, EVIDENCE_NAME_CHARS),
		.note = form_text(&f, "note", false, EVIDENCE_NOTE_CHARS),
		.from = form_text(&f, "from", false, 200),
		.seal = form_text(&f, "seal", false, 100),
		.place = form_text(&f, "place", false, 200),
		.sha256 = form_text(&f, "sha256", false, 64),
		.happened_us = form_time(&f, "happened", false),
		.source = "hand",
	};
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = evidence_web_ready(c, t, &f, &i);

	n.case_id = r >= 0 ? i.id : 0;
	if (r >= 0)
		r = evidence_put(t, c->hub, c->user, &n, NULL, c->now_us, &id, &c->err);
	return evidence_web_finish(c, &t, r, &(struct evidence_typed){ 't', n.name, "s-items" });
}

enum { READERS = EVIDENCE_READERS, WORKERS = CASES_WORKERS };

static const struct route routes[] = {
	{ "GET", "/cases/{number}/evidence", READERS, evidence_show, 0 },
	{ "POST", "/cases/{number}/evidence", WORKERS, evidence_upload, ROUTE_UPLOAD },
	{ "POST", "/cases/{number}/things", WORKERS, evidence_thing, 0 },
	{ "GET", "/cases/{number}/evidence/{no}", READERS, evidence_item_show, 0 },
	{ "GET", "/cases/{number}/evidence/{no}/sheet", READERS, evidence_item_sheet, 0 },
	{ "GET", "/cases/{number}/evidence/{no}/custody.csv", READERS, evidence_item_csv, 0 },
	{ "POST", "/cases/{number}/evidence/{no}/custody", WORKERS, evidence_item_step, 0 },
	{ "POST", "/cases/{number}/evidence/{no}/tlp", WORKERS, evidence_item_tlp, 0 },
	{ "POST", "/cases/{number}/evidence/{no}/verify", WORKERS, evidence_item_verify, 0 },
	{ "POST", "/cases/{number}/evidence/{no}/destroy", ROLE_ADMIN, evidence_item_destroy, 0 },
	{ "GET", "/cases/{number}/evidence/{no}/download", WORKERS, evidence_item_ask, 0 },
	{ "POST", "/cases/{number}/evidence/{no}/download", WORKERS, evidence_item_download, 0 },
	{ "GET", "/cases/{number}/evidence/{no}/packets", WORKERS, evidence_item_packets, 0 },
	{ "POST", "/cases/{number}/devices/{id}", WORKERS, evidence_device_turn, 0 },
	{ "POST", "/cases/{number}/indicators/{id}", WORKERS, evidence_indicator_mark, 0 },
	{ "POST", "/cases/{number}/measures", WORKERS, evidence_measure_new, 0 },
	{ "POST", "/cases/{number}/measures/{id}/end", WORKERS, evidence_measure_stop, 0 },
	{ "POST", "/cases/{number}/measures/{id}/until", WORKERS, evidence_measure_longer, 0 },
	{ "POST", "/cases/{number}/costs", WORKERS, evidence_cost_new, 0 },
	{ "POST", "/cases/{number}/costs/{id}/void", WORKERS, evidence_cost_out, 0 },
	{ "GET", "/cases/{number}/costs.csv", READERS, evidence_costs_csv, 0 },
};

static const struct job jobs[] = {
	{ "evidence.packets", 3000, evidence_packets_job },
	{ "evidence.check", 10 * 60 * 1000, evidence_recheck_job },
	{ "evidence.sweep", 60 * 60 * 1000, evidence_files_sweep },
};

#define ROW(key, type, min, max, initial, field, help)                                             \
	{                                                                                          \
		key, type, min, max, initial, offsetof(struct evidence_conf, field), help          \
	}
static const struct conf_row conf[] = {
	ROW("evidence.max_mib", CONF_INT, 1, 1048576, "512", max_mib,
	    "MiB that a file of evidence may have"),
	ROW("evidence.total_gib", CONF_INT, 1, 1048576, "200", total_gib,
	    "GiB that all files of evidence may have together"),
	ROW("evidence.free_mib", CONF_INT, 0, 1048576, "1024", free_mib,
	    "MiB of the disk that evidence leaves free"),
	ROW("evidence.check_days", CONF_INT, 1, 3650, "30", check_days,
	    "days after which a file is hashed again"),
	ROW("evidence.reader", CONF_TEXT, 0, 400, "", reader,
	    "program that reads captures in a sandbox; empty = otasuke beside the hub"),
};

static const struct panel panels[] = {
	{ "case.main", READERS, evidence_panel_case }, /* no text */
	{ "home.main", READERS, evidence_panel_home },
};

static const struct search_source found[] = {
	{ EVIDENCE_FOUND, "evidence.found", "document", READERS, evidence_found_read, NULL },
};

static const struct case_mover movers[] = {
	{ .table = "evidence_item", .told = "n.text_key = 'evidence.story.added'" },
	{ .table = "evidence_measure", .told = "n.text_key = 'evidence.story.measure'" },
	{ .table = "evidence_cost",
	  .told = "n.text_key LIKE 'evidence.story.cost.%'",
	  .moved = evidence_costs_moved },
};

static const struct hub_files files = {
	.folder = "evidence/files",
	.list = evidence_store_blob_page,
	.whose = evidence_store_blob_whose,
};

const struct hub_feature evidence_feature = {
	.name = "evidence",
	.schema = evidence_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &evidence_conf,
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.search = found,
	.n_search = ARRAY_LEN(found),
	.movers = movers,
	.n_movers = ARRAY_LEN(movers),
	.start = evidence_files_start,
	.check = evidence_check,
	.upload = evidence_files_plan,
	.files = &files,
	.fill = evidence_fill,
};
