/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on orders that sensors were given, their reports and files. Private to this feature. */
#ifndef HUB_FLEET_FLEET_ORDER_STORE_H
#define HUB_FLEET_FLEET_ORDER_STORE_H

#include "base/arena.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "wire/order.h"

/* An order as a row; texts in the arena. */
struct order_row {
	int64_t sensor_id, item, company_id, order_id, made_us, bytes_max;
	const char *type;
	const char *file_sha256, *file_state;
	int64_t file_size, file_us;
};

/* ITEM: the sequence that the sensor's newest item has. -EEXIST, -ENOENT. */
int fleet_order_store_add(struct txn *t, const struct scope *s, const struct order_row *o,
			  struct err *e);
/* The newest of this id that is no cancellation; -ENOENT. */
int fleet_order_store_by_id(struct txn *t, const struct scope *s, int64_t sensor_id,
			    int64_t order_id, struct arena *a, struct order_row *out,
			    struct err *e);
/* By what carried it: 1, 0 = there is none. */
int fleet_order_store_find(struct txn *t, int64_t sensor_id, uint64_t item, struct arena *a,
			   struct order_row *out, struct err *e);
/* 1 = its item was waiting and goes out no more; 0 = not. */
int fleet_order_store_withdraw(struct txn *t, const struct scope *s, const struct order_row *o,
			       int64_t now_us, struct err *e);
/* 1 = news, 0 = known. */
int fleet_order_store_report(struct txn *t, const struct ingest_from *from,
			     const struct order_report *r, struct err *e);

int fleet_order_store_file(struct txn *t, const struct order_row *o, struct err *e);
/* Bytes of files that are coming or here. */
int fleet_order_store_file_bytes(struct txn *t, int64_t *out, struct err *e);
/* Files that nobody took, of before BEFORE_US: at most LIMIT. */
int fleet_order_store_files_old(struct txn *t, int64_t before_us, size_t limit, struct arena *a,
				struct order_row **out, size_t *n_out, struct err *e);
int fleet_order_store_forget(struct txn *t, int64_t before_us, struct err *e);

#endif
