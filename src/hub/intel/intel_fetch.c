/* SPDX-License-Identifier: Apache-2.0 */
/* New editions of lists: from an address, from a folder of the server, from a person. What came of
 * each attempt is kept with the feed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"
#include "net/fetch.h"

#define RETRY_US (15 * US_PER_MIN)

static int attempt_store(struct hub *h, const struct intel_feed *f, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? intel_store_attempt(t, f, e) : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

/* What an attempt came to: R and WHY, or the report. */
static int attempt_end(struct hub *h, struct intel_feed *f, int r, const struct intel_report *rep,
		       const struct err *why, struct err *e)
{
	int64_t every_us = f->every_s * US_PER_SEC;

	f->tried_us = clock_utc_us(h->clock);
	f->error_code = r < 0 ? r : 0;
	f->error = r < 0 ? why->text : "";
	f->due_us = f->tried_us + (r < 0 && every_us > RETRY_US ? RETRY_US : every_us);
	if (r >= 0)
		f->imported_us = f->tried_us;
	if (r >= 0 && rep)
		f->bad_lines = rep->n_bad;
	return attempt_store(h, f, e);
}

/* One list being fetched. */
struct turn {
	struct hub *hub;
	const struct user *user;
	struct intel_feed *feed;
	struct arena *arena;
	struct intel_report *report;
	bool fresh; /* it was read in */
};

/* Imports unless it is what was imported last. */
static int edition(struct turn *n, const struct intel_input *in, struct err *e)
{
	const struct intel_job job = { n->hub, n->user, n->feed, in, false };
	char digest[65];
	int r = intel_input_digest(in, digest, e);

	if (r < 0 || strcmp(digest, n->feed->digest) == 0)
		return r;
	if ((r = intel_import(&job, n->arena, n->report, e)) < 0)
		return r;
	n->fresh = true;
	n->feed->digest = arena_strdup(n->arena, digest);
	return 0;
}

static int from_url(struct turn *n, struct err *e)
{
	struct intel_feed *f = n->feed;
	const struct fetch_conf conf = {
		.url = f->place,
		.etag = f->etag,
		.modified = f->modified,
		.bytes_max = (size_t)intel_conf.fetch_bytes_max,
		.ca_file = intel_conf.ca_file[0] ? intel_conf.ca_file : NULL,
		.private_addresses = intel_conf.private_addresses,
	};
	__attribute__((cleanup(fetch_answer_done))) struct fetch_answer got = { 0 };
	int r = fetch_get(&conf, &got, e);

	if (r < 0 || got.unchanged)
		return r;
	const struct intel_file file = { f->name, got.body.p ? got.body.p : "", got.body.n };
	const struct intel_input in = { .file = &file };
	if ((r = edition(n, &in, e)) < 0)
		return r;
	f->etag = arena_strdup(n->arena, got.etag);
	f->modified = arena_strdup(n->arena, got.modified);
	return 0;
}

static int from_folder(struct turn *n, struct err *e)
{
	SCOPED_MEM char *path = intel_folder_path(n->hub, n->feed->place);
	const struct intel_input in = { .folder = path };

	return edition(n, &in, e);
}

static int fetch_feed(struct hub *h, const struct user *u, struct intel_feed *f, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct intel_report *rep = mem_new(sizeof(*rep));
	struct err why = { 0 };
	struct turn n = { h, u, f, a, rep, false };
	int r = strcmp(f->way, WAY_URL) == 0 ? from_url(&n, &why) : from_folder(&n, &why);

	if (r < 0)
		log_warn("list %s: %s", f->name, why.text);
	return attempt_end(h, f, r, n.fresh ? rep : NULL, &why, e);
}

int intel_work_fetch(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct user u = accounts_system_user(clock_utc_us(h->clock));
	struct intel_feed *due;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? intel_store_due(t, clock_utc_us(h->clock), a, &due, &n, e) : e->code;

	txn_rollback(&t);
	for (size_t i = 0; r >= 0 && i < n; i++)
		r = fetch_feed(h, &u, &due[i], e);
	return r;
}

int intel_work_sent(struct hub *h, const struct user *u, const struct intel_feed *f,
		    const struct intel_file *file, struct arena *a, struct intel_report *out,
		    struct err *e)
{
	const struct intel_input in = { .file = file };
	struct intel_feed after = *f;
	const struct intel_job job = { h, u, f, &in, false };
	int r = intel_import(&job, a, out, e);

	return r < 0 ? r : attempt_end(h, &after, 0, out, NULL, e);
}
