/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on files, items and custody. Facts: evidence_facts_store.h. */
#ifndef HUB_EVIDENCE_EVIDENCE_STORE_H
#define HUB_EVIDENCE_EVIDENCE_STORE_H

#include "hub/evidence/evidence.h"

/* --- bytes; they belong to nobody: items say whose --- */

struct evidence_stored {
	const char *sha256;
	int64_t size_bytes, stored_us, checked_us;
	const char *result, *packets, *packets_note;
};
/* Holds the row until the end of the transaction, so that nobody takes the bytes away meanwhile. */
int evidence_store_blob_add(struct txn *t, const struct evidence_blob *b, const char *packets,
			    int64_t now_us, struct err *e);
int evidence_store_blob_lock(struct txn *t, const char *sha256, struct err *e); /* 1 or 0 */
int evidence_store_blob_remove(struct txn *t, const char *sha256, struct err *e);
int evidence_store_blob_checked(struct txn *t, const char *sha256, const char *result,
				int64_t now_us, struct err *e);
int evidence_store_blob_get(struct txn *t, const char *sha256, struct arena *a,
			    struct evidence_stored *out, struct err *e); /* -ENOENT */
/* The one that was not looked at longest, before BEFORE_US; -ENOENT. */
int evidence_store_blob_due(struct txn *t, int64_t before_us, struct arena *a,
			    struct evidence_stored *out, struct err *e);
/* For backups (struct hub_files). */
int evidence_store_blob_page(struct txn *t, const char *after, struct arena *a,
			     struct hub_file **out, size_t *n_out, struct err *e);
int evidence_store_blob_whose(struct txn *t, const char *sha256, struct arena *a, const char **out,
			      struct err *e);
int evidence_store_blob_sum(struct txn *t, int64_t *bytes_out, int64_t *n_out, struct err *e);
int evidence_store_packets_next(struct txn *t, struct arena *a, struct evidence_stored *out,
				struct err *e); /* -ENOENT */
int evidence_store_packets_set(struct txn *t, const char *sha256, const char *state,
			       const char *note, struct err *e);

/* --- items --- */

struct evidence_row {
	const struct evidence_new *n;
	const struct evidence_blob *b; /* NULL = not a file */
	const char *state, *media, *holder;
	bool dangerous;
	int64_t company_id, person_id, now_us;
};
int evidence_store_item_add(struct txn *t, const struct scope *s, const struct evidence_row *r,
			    int64_t *id_out, struct err *e);
int evidence_store_item_of(struct txn *t, const struct scope *s, int64_t case_id, int64_t no,
			   struct arena *a, struct evidence_item *out, struct err *e); /* -ENOENT */
int evidence_store_items_with(struct txn *t, const char *sha256, struct arena *a,
			      struct evidence_item **out, size_t *n_out, struct err *e); /* kept */
int evidence_store_kept(struct txn *t, const char *sha256, int64_t *n_out, struct err *e);
/* What a line of custody changes; NULL = as it is. 1, or 0 when SEEN is not its n_custody. */
struct evidence_change {
	int64_t id, seq, now_us;
	const char *hash, *state, *holder, *seal, *place, *result;
};
int evidence_store_item_change(struct txn *t, const struct scope *s,
			       const struct evidence_change *c, struct err *e);
int evidence_store_item_tlp(struct txn *t, const struct scope *s, int64_t id, const char *tlp,
			    struct err *e);
int evidence_store_custody_add(struct txn *t, const struct scope *s, int64_t company_id,
			       const struct evidence_custody *k, struct err *e);
/* How many that S sees do not match, and the first one's case. */
int evidence_store_broken(struct txn *t, const struct scope *s, struct arena *a,
			  struct evidence_item **out, size_t *n_out, struct err *e);

#endif
