/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the indicators themselves, a million of them: written and read in bulk. Private to this
 * feature. */
#ifndef HUB_INTEL_INTEL_LIST_STORE_H
#define HUB_INTEL_INTEL_LIST_STORE_H

#include "hub/intel/intel_rules.h"

enum { INTEL_ROWS_AT_ONCE = 200 };

struct intel_row { /* texts are the caller's */
	int64_t id;
	enum indicator_kind kind;
	const char *value, *label;
};

/* Up to INTEL_ROWS_AT_ONCE rows; what is there already stays. */
int intel_list_add(struct txn *t, int64_t feed_id, const struct intel_row *rows, size_t n,
		   int64_t now_us, struct err *e);
int intel_list_remove(struct txn *t, const int64_t *ids, size_t n, struct err *e);
int intel_list_count(struct txn *t, int64_t feed_id, int64_t *out, struct err *e);
/* Up to LIMIT ids of a feed, to remove them. */
int intel_list_ids(struct txn *t, int64_t feed_id, int64_t *ids, size_t limit, size_t *n_out,
		   struct err *e);

/* Every row of a feed in the order it came; texts live for the call. What must not leave by its own
 * TLP is left out when LEAVING. */
typedef int (*intel_row_fn)(void *arg, const struct intel_row *row, struct err *e);
int intel_list_each(struct txn *t, int64_t feed_id, bool leaving, intel_row_fn fn, void *arg,
		    struct err *e);

/* A row of the own list with its TLP; 1 when it was added, 0 when it stood there. */
int intel_list_own_add(struct txn *t, int64_t feed_id, const struct indicator *i, const char *tlp,
		       int64_t now_us, struct err *e);
int intel_list_own_remove(struct txn *t, int64_t feed_id, const struct intel_key *key,
			  struct err *e);

/* The feeds that name KEY, the oldest first. */
int intel_list_sources(struct txn *t, const struct intel_key *key, struct arena *a,
		       struct intel_source **out, size_t *n_out, struct err *e);

/* The newest of a feed (0 = all): for looking at. */
struct intel_listed {
	int64_t id, feed_id, since_us;
	enum indicator_kind kind;
	const char *value, *label, *tlp, *feed, *way;
};
struct intel_list_filter {
	int64_t feed_id;   /* 0 = all */
	const char *value; /* "" = all; else this value, or what begins with it when PREFIX */
	bool prefix;
	int64_t limit;
};
int intel_list_find(struct txn *t, const struct intel_list_filter *f, struct arena *a,
		    struct intel_listed **out, size_t *n_out, struct err *e);
/* How many of each kind a feed has; OUT: INDICATOR_KINDS, [0] is the sum. */
int intel_list_kinds(struct txn *t, int64_t feed_id, int64_t *out, struct err *e);

#endif
