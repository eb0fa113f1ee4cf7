/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on table seen. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_SEEN_STORE_H
#define HUB_ACCOUNTS_ACCOUNTS_SEEN_STORE_H

#include "hub/accounts/accounts_seen.h"

struct seen_held {
	int64_t company_id, person_id, org_id, entity_id;
	int64_t hour_us, first_us, last_us, times;
	char entity[16], label[96];
};
int accounts_seen_store_put(struct txn *t, const struct scope *s, const struct seen_held *x,
			    struct err *e);
int accounts_seen_store_list(struct txn *t, const struct scope *s,
			     const struct accounts_seen_filter *f, struct arena *a,
			     struct accounts_seen_row **out, size_t *n_out, struct err *e);
int accounts_seen_store_orgs(struct txn *t, const struct scope *s, int64_t company_id,
			     int64_t from_us, struct arena *a, struct accounts_seen_org **out,
			     size_t *n_out, struct err *e);
/* Forgets whole hours that began before. */
int accounts_seen_store_expire(struct txn *t, const struct scope *s, int64_t before_us,
			       struct err *e);

#endif
