/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the audit log. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_AUDIT_STORE_H
#define HUB_ACCOUNTS_ACCOUNTS_AUDIT_STORE_H

#include "hub/accounts/accounts.h"

/* Texts live as long as the rows or the arena they came from. */
struct audit_row {
	int64_t id, at_us, person_id, org_id, entity_id, company_id;
	const char *action, *entity, *detail;
	const char *prev_hash, *hash;
	const char *person_name, *org_name; /* only when listed; "" for the hub itself */
};

/* The end of the chain, locked until T ends: the next row's number and the last row's hash. */
int accounts_audit_store_next(struct txn *t, const struct scope *s, int64_t *id_out,
			      char prev_hash_out[AUDIT_HASH], struct err *e);
int accounts_audit_store_add(struct txn *t, const struct scope *s, const struct audit_row *r,
			     struct err *e);
int accounts_audit_store_head(struct txn *t, const struct scope *s, int64_t *id_out,
			      char hash_out[AUDIT_HASH], struct err *e);
int accounts_audit_store_last(struct txn *t, const struct scope *s, int64_t *at_us_out,
			      struct err *e);
/* All rows in order, for verification. */
struct rows *accounts_audit_store_walk(struct txn *t, const struct scope *s, int64_t after_id,
				       int64_t limit, struct err *e);
void accounts_audit_store_read(const struct rows *rows, struct audit_row *out);

struct audit_filter {
	const char *action, *entity; /* "" = all; ACTION is a beginning */
	int64_t person_id;           /* 0 = all */
	int64_t before_id;           /* 0 = from the newest */
	int64_t limit;
};
int accounts_audit_store_list(struct txn *t, const struct scope *s, const struct audit_filter *f,
			      struct arena *a, struct audit_row **out, size_t *n_out,
			      struct err *e);

#endif
