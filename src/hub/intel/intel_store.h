/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on feeds and on the marks of the worker. Private to this feature. */
#ifndef HUB_INTEL_INTEL_STORE_H
#define HUB_INTEL_INTEL_STORE_H

#include "hub/intel/intel_rules.h"

int intel_store_feed(struct txn *t, int64_t id, struct arena *a, struct intel_feed *out,
		     struct err *e);
/* By role and name; ROLE "" = all. */
int intel_store_feeds(struct txn *t, const char *role, struct arena *a, struct intel_feed **out,
		      size_t *n_out, struct err *e);
/* Those whose turn it is, the longest due first. */
int intel_store_due(struct txn *t, int64_t now_us, struct arena *a, struct intel_feed **out,
		    size_t *n_out, struct err *e);
int intel_store_feed_add(struct txn *t, const struct intel_feed *f, int64_t person_id,
			 int64_t *id_out, struct err *e);
int intel_store_feed_change(struct txn *t, const struct intel_feed *f, struct err *e);
int intel_store_feed_remove(struct txn *t, int64_t id, struct err *e);
int intel_store_feed_of_way(struct txn *t, const char *way, int64_t *id_out, struct err *e);

/* What an attempt came to: F's tried_us, due_us, etag, modified, digest, error, error_code,
 * bad_lines, imported_us. */
int intel_store_attempt(struct txn *t, const struct intel_feed *f, struct err *e);
int intel_store_due_now(struct txn *t, int64_t id, int64_t now_us, struct err *e);
int intel_store_counted(struct txn *t, int64_t id, int64_t indicators, struct err *e);

/* When NAME was last marked; 0 = never. */
int intel_store_mark_get(struct txn *t, const char *name, int64_t *at_us_out, struct err *e);
int intel_store_mark_set(struct txn *t, const char *name, int64_t at_us, struct err *e);

struct intel_draft {
	const char *token, *file_name;
	int64_t feed_id, person_id, created_us;
	const void *p;
	size_t n;
};
int intel_store_draft_add(struct txn *t, const struct intel_draft *d, struct err *e);
/* -ENOENT when it is not this person's or too old. */
int intel_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			  struct arena *a, struct intel_draft *out, struct err *e);
int intel_store_draft_remove(struct txn *t, const char *token, struct err *e);
int intel_store_draft_expire(struct txn *t, int64_t before_us, struct err *e);

/* Files of known-good things. */
struct intel_good_file {
	const char *name;
	const void *p;
	size_t n;
	int64_t entries;
};
int intel_store_good_put(struct txn *t, int64_t feed_id, const struct intel_good_file *f,
			 struct err *e);
int intel_store_good_clear(struct txn *t, int64_t feed_id, struct err *e);
/* Calls FN for each file of the enabled feeds (FEED_ID 0) or of one feed. */
typedef int (*intel_good_fn)(void *arg, const struct intel_good_file *f, struct err *e);
int intel_store_good_each(struct txn *t, int64_t feed_id, intel_good_fn fn, void *arg,
			  struct err *e);

#endif
