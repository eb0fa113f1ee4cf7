/* SPDX-License-Identifier: Apache-2.0 */
/* Every SQL statement on the tables of exports.sql. */
#ifndef HUB_EXPORTS_EXPORTS_STORE_H
#define HUB_EXPORTS_EXPORTS_STORE_H

#include "hub/exports/exports.h"
#include "hub/hub_import.h"

struct export_log_row {
	int64_t company_id, incident_id; /* 0 = several */
	const char *kind, *to, *purpose;
	int64_t cases, hidden, person_id, org_id, at_us;
	bool named;
};
int exports_store_log(struct txn *t, const struct scope *s, const struct export_log_row *r,
		      struct err *e);

struct import_key {
	const char *system, *source, *source_ref;
	int64_t company_id, incident_id, person_id, at_us;
};
int exports_store_key_add(struct txn *t, const struct scope *s, const struct import_key *k,
			  struct err *e);
/* The case that came in under this key: 1 and *OUT, or 0. */
int exports_store_key_find(struct txn *t, const struct scope *s, const struct import_key *k,
			   int64_t *out, struct err *e);
/* The company that SOURCE of SYSTEM calls CUSTOMER: 1 and *OUT, or 0. */
int exports_store_customer(struct txn *t, const struct scope *s, const struct import_key *k,
			   const char *customer, int64_t *out, struct err *e);
int exports_store_customer_set(struct txn *t, const struct scope *s, const struct import_key *k,
			       const char *customer, struct err *e);

int exports_store_draft_add(struct txn *t, const struct hub_import_draft *d, struct err *e);
int exports_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			    struct arena *a, struct hub_import_draft *out, struct err *e);
int exports_store_draft_expire(struct txn *t, int64_t before_us, struct err *e);

#endif
