/* SPDX-License-Identifier: Apache-2.0 */
/* A person sends a new edition of a list: what would become of it, then the word to do it. */
#include <errno.h>

#include "base/mem.h"
#include "hub/intel/intel_pages.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_view.h"
#include "hub/intel/intel_web.h"
#include "hub/intel_tmpl.h"
#include "net/crypto.h"

enum { TOKEN_SIZE = 33 };
#define DRAFT_LIFE_US US_PER_HOUR

static int feed_of(struct call *c, struct intel_feed *out)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	return t ? intel_store_feed(t, id, c->arena, out, &c->err) : c->err.code;
}

static int show(struct call *c, struct intel_import_page *p)
{
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	p->shown = intel_view_name(c, p->f.name, p->f.way);
	for (int why = 1; why < INDICATOR_BADS; why++)
		if (p->report->bad[why].n > 0)
			p->bad[p->n_bad++] =
				(struct intel_bad_item){ indicator_bad_key((enum indicator_bad)why),
							 &p->report->bad[why] };
	tmpl_intel_import(&t, p);
	return call_page(c, 200, "intel.import.title", NULL, "/intel", &b);
}

static int draft_keep(struct call *c, const struct intel_feed *f, const struct http_file *file,
		      char token[TOKEN_SIZE])
{
	const struct intel_draft d = { .token = token,
				       .file_name = file->name ? file->name : "",
				       .feed_id = f->id,
				       .person_id = c->user->person_id,
				       .created_us = c->now_us,
				       .p = file->p,
				       .n = file->n };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r;

	crypto_token(token, TOKEN_SIZE);
	r = t ? intel_store_draft_add(t, &d, &c->err) : c->err.code;
	return r < 0 ? r : txn_commit(&t, &c->err);
}

/* What the person can do something about. */
static bool is_answer(int r)
{
	return r == -EINVAL || r == -EFORMAT || r == -ELIMIT || r == -EAGAIN;
}

static int wrong(struct call *c, int64_t id, int r)
{
	if (!is_answer(r) || c->wants_json)
		return is_answer(r) ? -EINVAL : r;
	return intel_feed_web_wrong(c, id, arena_strdup(c->arena, c->err.text));
}

/* JSON: ?dry_run=1 or not, at once. A page: always a look first, the file is kept meanwhile. */
int intel_import_web_check(struct call *c)
{
	const char *dry = http_query(c->req, "dry_run");
	bool dry_run = !c->wants_json || (dry && strcmp(dry, "0") != 0);
	struct intel_import_page *p = arena_alloc(c->arena, sizeof(*p));
	struct intel_report *rep = arena_alloc(c->arena, sizeof(*rep));
	struct http_file file = { 0 };
	char token[TOKEN_SIZE];
	int r = feed_of(c, &p->f);

	if (r < 0 || (r = intel_may_edit(c->user, &c->err)) < 0)
		return r;
	if (strcmp(p->f.way, WAY_UPLOAD) != 0)
		return err_set(&c->err, -EINVAL, "this list does not come in as files of people");
	if (!http_file_get(c->req, "file", &file) || file.n == 0)
		return wrong(c, p->f.id, err_set(&c->err, -EINVAL, "choose a file first"));
	const struct intel_file f = { file.name ? file.name : "", file.p, file.n };
	const struct intel_input in = { .file = &f };
	const struct intel_job look = { c->hub, c->user, &p->f, &in, true };
	r = dry_run ? intel_import(&look, c->arena, rep, &c->err)
		    : intel_work_sent(c->hub, c->user, &p->f, &f, c->arena, rep, &c->err);
	if (r < 0)
		return wrong(c, p->f.id, r);
	if (c->wants_json)
		return intel_json_report(c, rep);
	if ((r = draft_keep(c, &p->f, &file, token)) < 0)
		return r;
	p->report = rep;
	p->file_name = f.name;
	p->token = token;
	return show(c, p);
}

static int draft_take(struct call *c, const char *token, const struct intel_feed *f,
		      struct intel_draft *out)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? intel_store_draft_get(t, token, c->user->person_id, c->now_us - DRAFT_LIFE_US,
					  c->arena, out, &c->err)
		  : c->err.code;

	if (r >= 0 && out->feed_id != f->id)
		r = err_set(&c->err, -ENOENT, "this import has expired: choose the file again");
	if (r >= 0)
		r = intel_store_draft_remove(t, token, &c->err);
	return r < 0 ? r : txn_commit(&t, &c->err);
}

int intel_import_web_confirm(struct call *c)
{
	const char *token = http_form(c->req, "token");
	struct intel_import_page *p = arena_alloc(c->arena, sizeof(*p));
	struct intel_report *rep = arena_alloc(c->arena, sizeof(*rep));
	struct intel_draft d;
	int r = feed_of(c, &p->f);

	if (r < 0 || (r = intel_may_edit(c->user, &c->err)) < 0)
		return r;
	if ((r = draft_take(c, token ? token : "", &p->f, &d)) < 0)
		return r == -ENOENT ? wrong(c, p->f.id, -EINVAL) : r;
	const struct intel_file f = { d.file_name, d.p, d.n };
	if ((r = intel_work_sent(c->hub, c->user, &p->f, &f, c->arena, rep, &c->err)) < 0)
		return wrong(c, p->f.id, r);
	p->report = rep;
	p->file_name = d.file_name;
	p->token = "";
	p->done = true;
	return show(c, p);
}
