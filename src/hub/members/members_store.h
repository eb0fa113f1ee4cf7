/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on companies and relations. Texts go into the arena handed in; none is NULL. */
#ifndef HUB_MEMBERS_MEMBERS_STORE_H
#define HUB_MEMBERS_MEMBERS_STORE_H

#include "hub/members/members.h"
#include "hub/members/members_rules.h"
#include "hub/hub_import.h"

struct members_filter {
	const char *search; /* folded; "" = all */
	int prefecture;     /* 0 = all */
	const char *industry;
	bool ended; /* those that left, instead of those that are members now */
	int64_t now_us;
	size_t limit, offset;
};

int members_store_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
		      struct company *out, struct err *e);
int members_store_list(struct txn *t, const struct scope *s, const struct members_filter *f,
		       struct arena *a, struct company **out, size_t *n_out, struct err *e);
int members_store_count(struct txn *t, const struct scope *s, const struct members_filter *f,
			int64_t *out, struct err *e);
/* Whom a row of an import means: corporate number, else external id, else name, prefecture and
 * phone. *ID_OUT 0 when nobody. */
int members_store_same(struct txn *t, const struct scope *s, const struct company *c,
		       int64_t *id_out, struct err *e);
/* How many other companies of the whole hub have its corporate or member number. */
int members_store_taken(struct txn *t, const struct company *c, int64_t *n_out, struct err *e);
int members_store_by_phone(struct txn *t, const struct scope *s, const char *e164, int64_t *id_out,
			   int64_t *contact_out, struct err *e);

/* At most two companies with that id, number or folded name; numbers go before names. */
int members_store_named(struct txn *t, const struct scope *s, const char *typed, const char *folded,
			int64_t ids_out[2], size_t *n_out, struct err *e);

int members_store_add(struct txn *t, const struct scope *s, const struct company *c,
		      int64_t *id_out, struct err *e);
int members_store_set(struct txn *t, const struct scope *s, const struct company *c, struct err *e);
int members_store_set_org(struct txn *t, const struct scope *s, int64_t id, int64_t org_id,
			  struct err *e);
int members_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
		      struct err *e);

int members_store_draft_add(struct txn *t, const struct hub_import_draft *d, struct err *e);
/* -ENOENT unless PERSON_ID made it after SINCE_US. */
int members_store_draft_get(struct txn *t, const char *token, int64_t person_id, int64_t since_us,
			    struct arena *a, struct hub_import_draft *out, struct err *e);
int members_store_draft_remove(struct txn *t, const char *token, struct err *e);
int members_store_draft_expire(struct txn *t, int64_t before_us, struct err *e);

#endif
