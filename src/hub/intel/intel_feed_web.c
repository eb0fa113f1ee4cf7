/* SPDX-License-Identifier: Apache-2.0 */
/* One list: its page, its form, its verbs. */
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "hub/intel/intel_pages.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_view.h"
#include "hub/intel/intel_web.h"
#include "hub/intel_tmpl.h"

enum { COUNTED_MAX = 100000 /* by kind; larger lists take too long */ };
enum { NEWEST_SHOWN = 30, HITS_SHOWN = 50, PLACE_CHARS = 500, S_PER_HOUR = 3600 };

/* --- its page --- */

static int load(struct call *c, int64_t id, struct intel_feed_page *p)
{
	const struct intel_list_filter newest = { .feed_id = id, .limit = NEWEST_SHOWN };
	const struct intel_hit_filter hits = { .feed_id = id, .limit = HITS_SHOWN };
	int64_t kinds[INDICATOR_KINDS] = { 0 };
	struct intel_listed *listed;
	struct intel_hit_row *met;
	struct intel_score *scores;
	struct intel_feed f;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? intel_store_feed(t, id, c->arena, &f, &c->err) : c->err.code;

	if (r >= 0)
		r = intel_hit_store_scores(t, c->scope, c->arena, &scores, &n, &c->err);
	if (r < 0)
		return r;
	intel_view_feed(c, &f, scores, n, &p->it);
	if (f.indicators <= COUNTED_MAX && (r = intel_list_kinds(t, id, kinds, &c->err)) < 0)
		return r;
	if ((r = intel_list_find(t, &newest, c->arena, &listed, &p->n_newest, &c->err)) < 0 ||
	    (r = intel_hit_store_list(t, c->scope, &hits, c->arena, &met, &p->n_hits, &c->err)) < 0)
		return r;
	p->n_kinds = intel_view_kinds(kinds, p->kinds);
	p->newest = intel_view_listed(c, listed, p->n_newest);
	p->hits = intel_view_hits(c, met, p->n_hits);
	return 0;
}

static int show(struct call *c, int status, int64_t id, const char *error)
{
	struct intel_feed_page *p = arena_alloc(c->arena, sizeof(*p));
	struct buf b = { 0 };
	int r = load(c, id, p);

	if (r < 0)
		return r;
	if (c->wants_json)
		return intel_json_feed(c, p);
	p->may_edit = user_is(c->user, ROLE_ADMIN);
	p->is_own = strcmp(p->it.f.way, WAY_HAND) == 0;
	p->is_built_in = strcmp(p->it.f.way, WAY_BUILT_IN) == 0;
	p->leaves = intel_tlp_leaves(p->it.f.tlp);
	p->error = error;
	p->folder = "";
	if (strcmp(p->it.f.way, WAY_FOLDER) == 0) {
		SCOPED_MEM char *path = intel_folder_path(c->hub, p->it.f.place);
		p->folder = arena_strdup(c->arena, path);
	}
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_feed(&t, p);
	return call_page(c, status, "intel.feed.title", p->it.shown, "/intel", &b);
}

int intel_feed_web_show(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	return r < 0 ? r : show(c, 200, id, NULL);
}

int intel_feed_web_wrong(struct call *c, int64_t id, const char *error)
{
	return show(c, 400, id, error);
}

/* --- its form --- */

static void every_options(struct call *c, struct intel_form_page *p)
{
	static const struct {
		int64_t s;
		const char *key;
	} rows[] = { { 900, "intel.every.quarter" },
		     { S_PER_HOUR, "intel.every.hour" },
		     { 6 * S_PER_HOUR, "intel.every.six_hours" },
		     { 24 * S_PER_HOUR, "intel.every.day" },
		     { 7 * 24 * S_PER_HOUR, "intel.every.week" } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		p->every[p->n_every++] =
			(struct intel_option){ arena_printf(c->arena, "%" PRId64, rows[i].s),
					       text_get(c->hub->text, c->lang, rows[i].key),
					       rows[i].s == p->f.every_s };
}

static const char *format_text(struct call *c, const char *name)
{
	const char *text =
		text_find(c->hub->text, c->lang, arena_printf(c->arena, "intel.format.%s", name));

	return text ? text : name;
}

static int form_page(struct call *c, int status, const struct intel_feed *f, const char *error)
{
	struct intel_form_page *p = arena_alloc(c->arena, sizeof(*p));
	const char *formats[INTEL_FORMATS_MAX];
	size_t n = intel_formats(formats, ARRAY_LEN(formats));
	SCOPED_MEM char *folder = intel_folder_path(c->hub, "");
	struct buf b = { 0 };

	p->f = *f;
	p->error = error;
	p->folder = folder;
	p->n_tlp = intel_view_tlps(c, f->tlp, p->tlp);
	for (size_t i = 0; i < n; i++)
		p->formats[p->n_formats++] =
			(struct intel_option){ formats[i], format_text(c, formats[i]),
					       strcmp(formats[i], f->format) == 0 };
	every_options(c, p);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_intel_feed_form(&t, p);
	return call_page(c, status, f->id ? "intel.form.edit" : "intel.form.new", NULL, "/intel",
			 &b);
}

int intel_feed_web_new(struct call *c)
{
	const struct intel_feed f = { .name = "",
				      .role = FEED_BAD,
				      .way = WAY_UPLOAD,
				      .place = "",
				      .source = "",
				      .licence = "",
				      .format = "",
				      .tlp = TLP_CLEAR,
				      .confidence = 80,
				      .every_s = 24 * S_PER_HOUR,
				      .enabled = true };

	return form_page(c, 200, &f, NULL);
}

static struct intel_feed from_form(struct call *c)
{
	struct form f = form_of(c);
	struct intel_feed x = {
		.name = form_text(&f, "name", false, 200),
		.role = form_text(&f, "role", false, 10),
		.way = form_text(&f, "way", false, 10),
		.place = form_text(&f, "place", false, PLACE_CHARS),
		.source = form_text(&f, "source", false, 1000),
		.licence = form_text(&f, "licence", false, 1000),
		.format = form_text(&f, "format", false, 20),
		.tlp = form_text(&f, "tlp", false, 20),
		.confidence = form_int(&f, "confidence", false, 0, 100),
		.every_s = form_int(&f, "every", false, 0, INTEL_EVERY_MAX_S),
		.enabled = form_text(&f, "enabled", false, 1)[0] != '\0',
	};

	if (x.every_s == 0)
		x.every_s = 24 * S_PER_HOUR;
	if (!intel_format_ok(x.format))
		x.format = "";
	return x;
}

static int save(struct call *c, struct intel_feed *f)
{
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? intel_feed_set(t, c->user, f, c->now_us, &c->err) : c->err.code;

	if (r >= 0)
		r = txn_commit(&t, &c->err);
	txn_rollback(&t);
	if ((r == -EINVAL || r == -EEXIST || r == -ELIMIT) && !c->wants_json)
		return form_page(c, 400, f, arena_strdup(c->arena, c->err.text));
	if (r < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "intel.form.done", "/intel/feeds/%lld", (long long)f->id);
}

int intel_feed_web_add(struct call *c)
{
	struct intel_feed f = from_form(c);

	return save(c, &f);
}

static int was_of(struct call *c, struct intel_feed *out)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	return t ? intel_store_feed(t, id, c->arena, out, &c->err) : c->err.code;
}

int intel_feed_web_edit(struct call *c)
{
	struct intel_feed f;
	int r = was_of(c, &f);

	return r < 0 ? r : form_page(c, 200, &f, NULL);
}

int intel_feed_web_save(struct call *c)
{
	struct intel_feed was, f;
	int r = was_of(c, &was);

	if (r < 0)
		return r;
	f = from_form(c);
	f.id = was.id;
	f.role = was.role;
	f.way = was.way;
	if (strcmp(f.way, WAY_HAND) == 0 || strcmp(f.way, WAY_BUILT_IN) == 0)
		f.name = was.name;
	return save(c, &f);
}

/* --- its verbs --- */

int intel_feed_web_empty(struct call *c)
{
	struct intel_feed f;
	int r = was_of(c, &f);

	if (r < 0 || (r = intel_empty(c->hub, c->user, f.id, &c->err)) < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "intel.feed.emptied", "/intel/feeds/%lld", (long long)f.id);
}

int intel_feed_web_remove(struct call *c)
{
	struct intel_feed f;
	int r = was_of(c, &f);

	if (r < 0 || (r = intel_may_edit(c->user, &c->err)) < 0)
		return r;
	if (strcmp(f.way, WAY_HAND) != 0 && strcmp(f.way, WAY_BUILT_IN) != 0 &&
	    (r = intel_empty(c->hub, c->user, f.id, &c->err)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? intel_feed_remove(t, c->user, f.id, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	return r < 0 ? r : call_done(c, "intel.feed.removed", "/intel");
}

int intel_feed_web_fetch(struct call *c)
{
	struct intel_feed f;
	int r = was_of(c, &f);

	if (r < 0 || (r = intel_may_edit(c->user, &c->err)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? intel_store_due_now(t, f.id, c->now_us, &c->err) : c->err.code;
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	intel_wake(c->hub);
	return call_done(c, "intel.feed.fetching", "/intel/feeds/%lld", (long long)f.id);
}
