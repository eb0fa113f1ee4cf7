/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on items and blobs. */
#ifndef HUB_FLEET_FLEET_ITEM_STORE_H
#define HUB_FLEET_FLEET_ITEM_STORE_H

#include "base/buf.h"
#include "hub/fleet/fleet.h"

/* An item as a row; texts and bytes in the arena. */
struct item_row {
	int64_t sensor_id, company_id, sequence;
	const char *kind, *replace_key, *blob, *state, *reason;
	int64_t blob_size, made_us, expires_us, delivered_us, done_us;
	const void *body;
	size_t body_n;
};

/* Numbers it, supersedes what waits under its replace key, adds it. -ENOENT: no such sensor. */
int fleet_item_store_add(struct txn *t, const struct scope *s, const struct item_row *i,
			 struct err *e);
/* The sensors of a company that are not revoked. */
int fleet_item_store_sensors(struct txn *t, const struct scope *s, int64_t company_id,
			     struct arena *a, int64_t **out, size_t *n_out, struct err *e);
/* What waits for a sensor behind a number, oldest first, at most LIMIT. */
int fleet_item_store_waiting(struct txn *t, int64_t sensor_id, uint64_t after, int64_t now_us,
			     size_t limit, struct arena *a, struct item_row **out, size_t *n_out,
			     struct err *e);
/* 1 = was waiting, 0 = was not. */
int fleet_item_store_delivered(struct txn *t, int64_t sensor_id, uint64_t sequence, int64_t now_us,
			       struct err *e);
/* What the sensor says became of it; 1 = news, 0 = known or no such item. KIND_OUT in the arena. */
int fleet_item_store_done(struct txn *t, const struct item_row *i, struct arena *a,
			  const char **kind_out, struct err *e);
/* The newest of a sensor first, without their bodies. */
int fleet_item_store_list(struct txn *t, const struct scope *s, int64_t sensor_id, size_t limit,
			  struct arena *a, struct item_row **out, size_t *n_out, struct err *e);

/* 1 = is there; 0 = not. */
int fleet_blob_store_find(struct txn *t, const char *sha256, int64_t *size_out, struct err *e);
int fleet_blob_store_add(struct txn *t, const char *sha256, int64_t size, int64_t now_us,
			 struct err *e);
int fleet_blob_store_part(struct txn *t, const char *sha256, int64_t at, const void *p, size_t n,
			  struct err *e);
/* Keeps a blob that comes again from being forgotten before it is named. */
int fleet_blob_store_touch(struct txn *t, const char *sha256, int64_t now_us, struct err *e);
/* The bytes from OFFSET to the end of their part into OUT; 0 bytes: an item of this sensor names no
 * such blob, or OFFSET is behind its end. */
int fleet_blob_store_read(struct txn *t, int64_t sensor_id, const char *sha256, uint64_t offset,
			  struct buf *out, struct err *e);

/* Marks what has expired, forgets what is over since BEFORE_US, and blobs that no newest item names
 * and that are older than BLOB_BEFORE_US. */
int fleet_item_store_forget(struct txn *t, int64_t now_us, int64_t before_us,
			    int64_t blob_before_us, struct err *e);

int fleet_item_store_key_set(struct txn *t, int64_t sensor_id, int64_t company_id,
			     const char *key_hex, struct err *e);
/* How many sensors that are not revoked check by another key than this. */
int fleet_item_store_other_keys(struct txn *t, const char *key_hex, int64_t *out, struct err *e);

#endif
