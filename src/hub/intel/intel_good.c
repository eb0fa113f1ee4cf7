/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of known-good things: kept as they came, read when a bundle is packed. One of them is the
 * program's own. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/intel/intel_good.h"
#include "hub/intel/intel_import.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"
#include "wire/indicator/indicator_read.h"

struct good_import {
	struct txn *t; /* NULL: only looking */
	const struct intel_feed *feed;
	struct intel_report *report;
	struct arena *arena;
	const char *file;
};

static void on_bad(void *arg, const struct indicator_bad_line *b)
{
	struct good_import *g = arg;
	const struct intel_bad_at at = { b->why, b->line, b->text };

	intel_report_bad(g->report, g->arena, g->file, &at);
}

static int take_file(void *arg, const struct intel_file *f, struct err *e)
{
	struct good_import *g = arg;
	const struct indicator_reader to = { .arg = g, .bad = on_bad };
	struct known_good *good = known_good_new();

	g->file = f->name;
	int r = known_good_read(f->p, f->n, good, &to, e);
	const struct intel_good_file row = { f->name, f->p, f->n, (int64_t)known_good_count(good) };
	known_good_free(good);
	if (r < 0)
		return err_context(e, "%s", f->name);
	g->report->n_new += row.entries;
	return g->t ? intel_store_good_put(g->t, g->feed->id, &row, e) : 0;
}

int intel_import_good(const struct intel_job *j, struct arena *a, struct intel_report *out,
		      struct err *e)
{
	struct good_import g = { .feed = j->feed, .report = out, .arena = a };
	SCOPED_TXN struct txn *t = txn_begin(j->hub->db, j->dry_run ? TXN_READ : TXN_WRITE, e);
	int r = t ? 0 : e->code;

	if (r >= 0 && !j->dry_run) {
		g.t = t;
		r = intel_store_good_clear(t, j->feed->id, e);
	}
	if (r >= 0)
		r = intel_input_each(j->in, take_file, &g, e);
	if (r >= 0)
		r = intel_report_check(out, e);
	out->n_gone = j->feed->indicators; /* the whole list takes the place of the old one */
	if (r < 0 || j->dry_run)
		return r;
	if ((r = intel_store_counted(t, j->feed->id, out->n_new, e)) < 0 ||
	    (r = intel_store_mark_set(t, "changed", clock_utc_us(j->hub->clock), e)) < 0 ||
	    (r = accounts_audit(t, j->user, "intel.feed.import", "feed", j->feed->id, 0,
				arena_printf(a, "{\"new\":%" PRId64 "}", out->n_new), e)) < 0)
		return r;
	return txn_commit(&t, e);
}

/* --- what is known to be good --- */

static int load_file(void *arg, const struct intel_good_file *f, struct err *e)
{
	const struct indicator_reader to = { 0 };
	int r = known_good_read(f->p, f->n, arg, &to, e);

	return r < 0 ? err_context(e, "%s", f->name) : 0;
}

static enum known_good_way way_of(const char *word)
{
	if (strcmp(word, "below") == 0)
		return KNOWN_GOOD_BELOW;
	return strcmp(word, "net") == 0 ? KNOWN_GOOD_NET : KNOWN_GOOD_SAME;
}

static int load_own(struct txn *t, struct known_good *good, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed f;
	int64_t id;
	int r = intel_store_feed_of_way(t, WAY_BUILT_IN, &id, e);

	if (r < 0 || (r = intel_store_feed(t, id, a, &f, e)) < 0)
		return r == -ENOENT ? 0 : r;
	for (size_t i = 0; f.enabled && i < intel_good_table_n; i++)
		(void)known_good_add(good, way_of(intel_good_table[i].way),
				     str_of(intel_good_table[i].value)); /* test_intel reads all */
	return 0;
}

int intel_good_load(struct txn *t, struct known_good **out, struct err *e)
{
	struct known_good *good = known_good_new();
	int r = load_own(t, good, e);

	if (r >= 0)
		r = intel_store_good_each(t, 0, load_file, good, e);
	if (r < 0) {
		known_good_free(good);
		return r;
	}
	known_good_ready(good);
	*out = good;
	return 0;
}
