/* SPDX-License-Identifier: Apache-2.0 */
/* Search: finds what people of the hub have written, by any part of a word, Japanese too.
 *
 * A feature declares what of it can be found (search_source, hub.h) and marks what it changed; a
 * job reads it again within a second or two. How it is indexed: search_gram.h, search_post.h. */
#ifndef HUB_SEARCH_SEARCH_H
#define HUB_SEARCH_SEARCH_H

#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature search_feature;

/* REF_ID of KIND was made or changed in this transaction. */
int search_mark(struct txn *t, const char *kind, int64_t ref_id, int64_t now_us, struct err *e);

/* Who said that KIND can be found; NULL = nobody. */
const struct search_source *search_source_find(const struct hub *h, const char *kind);

/* The newest of KIND that hold every word of Q and that U may see: their ref ids, up to MAX. */
int search_refs(struct txn *t, const struct user *u, const char *kind, const char *q, int64_t *out,
		size_t max, size_t *n_out, struct err *e);

/* Indexes what is due, a batch a transaction, until nothing is or UNTIL_NS (monotonic; 0 = no end).
 */
int search_run(struct hub *h, int64_t until_ns, struct err *e);

#endif
