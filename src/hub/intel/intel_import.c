/* SPDX-License-Identifier: Apache-2.0 */
/* Imports are read twice: first to see what would become of them, then to write. Memory holds the
 * fingerprints of the list and one file; the database gets it in turns, so that what sensors send
 * is stored in between. A second import of the same changes nothing, so one that was cut short is
 * simply made again. */
#include "hub/intel/intel_import.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_set.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"
#include "wire/indicator/known_good.h"

enum { LOCK_WAIT_S = 10 };

struct import {
	struct hub *hub;
	const struct user *user;
	const struct intel_feed *feed;
	const char *file; /* being read */
	struct arena *arena;
	struct intel_report *report;
	struct intel_set *set;
	struct known_good *good; /* NULL: not looked at */
	int64_t now_us;
	/* while writing */
	struct txn *txn;
	struct arena *row_arena;
	struct intel_row rows[INTEL_ROWS_AT_ONCE];
	size_t n_rows, n_turn;
	struct err *e;
	int failed;
};

/* --- looking --- */

static const char *shown(struct arena *a, struct str text)
{
	char *out = arena_alloc(a, INTEL_BAD_CHARS * 4 + 1);
	bool fine = utf8_valid(text.p, text.n);

	(void)str_copy(out, INTEL_BAD_CHARS * 2, text); /* cut is fine */
	for (char *p = out; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f || (!fine && (unsigned char)*p >= 0x80))
			*p = '?';
	return out;
}

void intel_report_bad(struct intel_report *rep, struct arena *a, const char *file,
		      const struct intel_bad_at *at)
{
	struct intel_bad *b = &rep->bad[at->why];

	rep->n_bad++;
	b->n++;
	if (b->n_first < INTEL_BAD_SHOWN)
		b->first[b->n_first++] = (struct intel_bad_line){ arena_strdup(a, file),
								  shown(a, at->text), at->line };
}

static void on_bad(void *arg, enum indicator_bad why, long line, struct str text)
{
	struct import *im = arg;
	const struct intel_bad_at at = { why, line, text };

	intel_report_bad(im->report, im->arena, im->file, &at);
}

static void look(void *arg, const struct indicator *i)
{
	struct import *im = arg;
	struct intel_report *rep = im->report;
	enum intel_seen seen = intel_set_see(im->set, i->kind, i->value);

	if (seen == SEEN_TWICE) {
		rep->n_twice++;
		return;
	}
	rep->n_new += seen == SEEN_NEW;
	rep->n_known += seen == SEEN_KNOWN;
	if (im->good)
		rep->n_held += known_good_check(im->good, i) == KNOWN_GOOD_LEAVE;
}

static int look_file(void *arg, const struct intel_file *f, struct err *e)
{
	struct import *im = arg;
	const struct intel_hear hear = { look, on_bad, im, im->now_us };

	im->file = f->name;
	return intel_read_bad(im->feed->format, f, &hear, e);
}

static int remember(void *arg, const struct intel_row *row, struct err *e)
{
	(void)e;
	intel_set_put(arg, row->kind, row->value, row->id);
	return 0;
}

static int others(struct txn *t, const struct intel_feed *f, int64_t *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed *all;
	size_t n;
	int r = intel_store_feeds(t, FEED_BAD, a, &all, &n, e);

	*out = 0;
	for (size_t i = 0; r >= 0 && i < n; i++)
		*out += all[i].id != f->id ? all[i].indicators : 0;
	return r;
}

int intel_report_check(const struct intel_report *rep, struct err *e)
{
	if (rep->n_new + rep->n_known > 0)
		return 0;
	return err_set(e, -EFORMAT, "nothing usable, %ld lines not understood: nothing was changed",
		       (long)rep->n_bad);
}

static int look_all(struct import *im, const struct intel_input *in, struct err *e)
{
	const struct intel_report *rep = im->report;
	int64_t elsewhere;
	SCOPED_TXN struct txn *t = txn_begin(im->hub->db, TXN_READ, e);
	int r = t ? intel_list_each(t, im->feed->id, false, remember, im->set, e) : e->code;

	if (r < 0 || (r = others(t, im->feed, &elsewhere, e)) < 0 ||
	    (r = intel_good_load(t, &im->good, e)) < 0)
		return r;
	txn_rollback(&t);
	if ((r = intel_input_each(in, look_file, im, e)) < 0)
		return r;
	im->report->n_gone = (int64_t)intel_set_gone(im->set);
	if ((r = intel_report_check(rep, e)) < 0)
		return r;
	if (elsewhere + rep->n_new + rep->n_known > intel_conf.indicators_max)
		return err_set(e, -ELIMIT, "all lists together hold %ld indicators at most",
			       (long)intel_conf.indicators_max);
	return 0;
}

/* --- writing --- */

static int begin(struct import *im, struct err *e)
{
	if (!im->txn)
		im->txn = txn_begin(im->hub->db, TXN_WRITE, e);
	return im->txn ? 0 : e->code;
}

static int flush(struct import *im, struct err *e)
{
	int r = begin(im, e);

	if (r >= 0)
		r = intel_list_add(im->txn, im->feed->id, im->rows, im->n_rows, im->now_us, e);
	im->n_turn += im->n_rows;
	im->n_rows = 0;
	arena_reset(im->row_arena);
	if (r >= 0 && im->n_turn >= INTEL_ROWS_A_TURN) {
		im->n_turn = 0;
		r = txn_commit(&im->txn, e);
	}
	return r;
}

static void write_one(void *arg, const struct indicator *i)
{
	struct import *im = arg;

	if (im->failed < 0 || !intel_set_take(im->set, i->kind, i->value))
		return;
	im->rows[im->n_rows++] = (struct intel_row){
		.kind = i->kind,
		.value = arena_strndup(im->row_arena, i->value, i->n),
		.label = arena_strdup(im->row_arena, i->label),
	};
	if (im->n_rows == INTEL_ROWS_AT_ONCE)
		im->failed = flush(im, im->e);
}

static void skip_bad(void *arg, enum indicator_bad why, long line, struct str text)
{
	(void)arg;
	(void)why;
	(void)line;
	(void)text;
}

static int write_file(void *arg, const struct intel_file *f, struct err *e)
{
	struct import *im = arg;
	const struct intel_hear hear = { write_one, skip_bad, im, im->now_us };

	im->e = e;
	int r = intel_read_bad(im->feed->format, f, &hear, e);
	return r < 0 ? r : im->failed;
}

static int remove_gone(struct import *im, struct err *e)
{
	int64_t ids[INTEL_ROWS_AT_ONCE];
	size_t pos = 0, n;
	int r = 0;

	while (r >= 0 && (n = intel_set_gone_next(im->set, &pos, ids, INTEL_ROWS_AT_ONCE)) > 0) {
		if ((r = begin(im, e)) >= 0)
			r = intel_list_remove(im->txn, ids, n, e);
		im->n_turn += n;
		if (r >= 0 && im->n_turn >= INTEL_ROWS_A_TURN) {
			im->n_turn = 0;
			r = txn_commit(&im->txn, e);
		}
	}
	return r;
}

/* The first turn says what is going to be done. */
static int write_head(struct import *im, struct err *e)
{
	const struct intel_report *rep = im->report;
	int r = begin(im, e);

	if (r >= 0)
		r = intel_store_mark_set(im->txn, "changed", im->now_us, e);
	return r < 0 ? r
		     : accounts_audit(
			       im->txn, im->user, "intel.feed.import", "feed", im->feed->id, 0,
			       arena_printf(im->arena, "{\"new\":%" PRId64 ",\"gone\":%" PRId64 "}",
					    rep->n_new, rep->n_gone),
			       e);
}

static int write_all(struct import *im, const struct intel_input *in, struct err *e)
{
	int64_t count;
	int r = 0;

	if (im->report->n_new + im->report->n_gone > 0) {
		if ((r = write_head(im, e)) >= 0)
			r = intel_input_each(in, write_file, im, e);
		if (r >= 0 && im->n_rows > 0)
			r = flush(im, e);
		if (r >= 0)
			r = remove_gone(im, e);
	}
	if (r >= 0 && (r = begin(im, e)) >= 0)
		r = intel_list_count(im->txn, im->feed->id, &count, e);
	if (r >= 0)
		r = intel_store_counted(im->txn, im->feed->id, count, e);
	if (r >= 0) /* the last turn: no bundle is packed from half a list */
		r = intel_store_mark_set(im->txn, "changed", im->now_us, e);
	return r < 0 ? r : txn_commit(&im->txn, e);
}

static int run(struct import *im, const struct intel_input *in, bool dry_run, struct err *e)
{
	int r = look_all(im, in, e);

	if (r >= 0 && !dry_run)
		r = write_all(im, in, e);
	txn_rollback(&im->txn);
	return r;
}

static int import_bad(const struct intel_job *j, struct arena *a, struct intel_report *out,
		      struct err *e)
{
	SCOPED_MEM struct import *im = mem_new(sizeof(*im));
	SCOPED_SET struct intel_set *set = intel_set_new();
	SCOPED_ARENA struct arena *row_arena = arena_new(0);

	im->hub = j->hub;
	im->user = j->user;
	im->feed = j->feed;
	im->arena = a;
	im->report = out;
	im->set = set;
	im->row_arena = row_arena;
	im->now_us = clock_utc_us(j->hub->clock);
	int r = run(im, j->in, j->dry_run, e);
	known_good_free(im->good);
	return r;
}

/* One at a time: each holds a list and a file in memory. */
static int import_lock(struct hub *h, struct err *e)
{
	struct timespec until;

	(void)clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LOCK_WAIT_S;
	return pthread_mutex_timedlock(&h->intel->import, &until) == 0
		       ? 0
		       : err_set(e, -EAGAIN,
				 "another list is being read in: try again in a minute");
}

int intel_import(const struct intel_job *j, struct arena *a, struct intel_report *out,
		 struct err *e)
{
	int r = import_lock(j->hub, e);

	if (r < 0)
		return r;
	*out = (struct intel_report){ .dry_run = j->dry_run };
	if (strcmp(j->feed->role, FEED_GOOD) == 0)
		r = intel_import_good(j, a, out, e);
	else
		r = import_bad(j, a, out, e);
	pthread_mutex_unlock(&j->hub->intel->import);
	return r;
}

static int may_empty(struct hub *h, const struct user *u, int64_t feed_id, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct intel_feed f;
	int r = intel_may_edit(u, e);
	SCOPED_TXN struct txn *t = r < 0 ? NULL : txn_begin(h->db, TXN_READ, e);

	if (!t || (r = intel_store_feed(t, feed_id, a, &f, e)) < 0)
		return r < 0 ? r : e->code;
	return strcmp(f.way, WAY_HAND) == 0
		       ? err_set(e, -EINVAL, "the region's own list stays; take its entries out")
		       : 0;
}

int intel_empty(struct hub *h, const struct user *u, int64_t feed_id, struct err *e)
{
	int64_t ids[INTEL_ROWS_AT_ONCE];
	size_t n = 1;
	int r = may_empty(h, u, feed_id, e);

	while (r >= 0 && n > 0) {
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		if (!t)
			return e->code;
		for (size_t turn = 0; r >= 0 && n > 0 && turn < INTEL_ROWS_A_TURN; turn += n) {
			r = intel_list_ids(t, feed_id, ids, INTEL_ROWS_AT_ONCE, &n, e);
			if (r >= 0)
				r = intel_list_remove(t, ids, n, e);
		}
		if (r >= 0 && n == 0)
			r = intel_store_good_clear(t, feed_id, e);
		if (r >= 0 && n == 0)
			r = intel_store_counted(t, feed_id, 0, e);
		if (r >= 0 && n == 0)
			r = intel_store_mark_set(t, "changed", clock_utc_us(h->clock), e);
		if (r >= 0 && n == 0)
			r = accounts_audit(t, u, "intel.feed.empty", "feed", feed_id, 0, NULL, e);
		if (r >= 0)
			r = txn_commit(&t, e);
	}
	return r;
}
