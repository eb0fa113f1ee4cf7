/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on organisations, people and memberships. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_STORE_H
#define HUB_ACCOUNTS_ACCOUNTS_STORE_H

#include "hub/accounts/accounts.h"

int accounts_store_org_add(struct txn *t, const struct scope *s, const struct accounts_org *o,
			   int64_t now_us, int64_t *id_out, struct err *e);
int accounts_store_org_get(struct txn *t, const struct scope *s, int64_t id,
			   struct accounts_org *out, struct err *e);
/* By kind and name; -ENOENT. */
int accounts_store_org_find(struct txn *t, const struct scope *s, const char *kind,
			    const char *name, int64_t *id_out, struct err *e);
int accounts_store_org_list(struct txn *t, const struct scope *s, const char *kind, struct arena *a,
			    struct accounts_org **out, size_t *n_out, struct err *e);
int accounts_store_org_set(struct txn *t, const struct scope *s, const struct accounts_org *o,
			   struct err *e);

int accounts_store_org_link(struct txn *t, const struct scope *s, int64_t org_id,
			    int64_t company_id, struct err *e);

/* What only logging in needs to know of a person. */
struct accounts_secret {
	int64_t person_id;
	char password[128];
	int64_t password_until_us; /* > 0: a one-time password, to be changed, good until then */
	char totp_secret[40];
	bool totp_on;
	bool active; /* the person's and the organisation's */
	unsigned roles;
};

int accounts_store_person_add(struct txn *t, const struct scope *s, const struct accounts_person *p,
			      const struct accounts_secret *x, int64_t now_us, int64_t *id_out,
			      struct err *e);
int accounts_store_person_get(struct txn *t, const struct scope *s, int64_t id,
			      struct accounts_person *out, struct err *e);
int accounts_store_person_list(struct txn *t, const struct scope *s,
			       const struct accounts_person_filter *f, struct arena *a,
			       struct accounts_person **out, size_t *n_out, struct err *e);
int accounts_store_person_set(struct txn *t, const struct scope *s, const struct accounts_person *p,
			      struct err *e);
int accounts_store_roles_set(struct txn *t, const struct scope *s, int64_t person_id,
			     unsigned roles, struct err *e);
int accounts_store_lang_set(struct txn *t, const struct scope *s, int64_t person_id, enum lang lang,
			    struct err *e);
/* How many active people have one of ROLES, PERSON_ID left out. */
int accounts_store_count_roles(struct txn *t, const struct scope *s, unsigned roles,
			       int64_t person_id, int64_t *out, struct err *e);

int accounts_store_secret_find(struct txn *t, const struct scope *s, const char *login,
			       struct accounts_secret *out, struct err *e); /* -ENOENT */
int accounts_store_secret_get(struct txn *t, const struct scope *s, int64_t person_id,
			      struct accounts_secret *out, struct err *e);
int accounts_store_password_set(struct txn *t, const struct scope *s, int64_t person_id,
				const char *hash, int64_t until_us, struct err *e);
int accounts_store_totp_set(struct txn *t, const struct scope *s, int64_t person_id,
			    const char *secret, bool on, struct err *e);
/* Notes that STEP was used: -EEXIST when it or a later one was already. */
int accounts_store_totp_step(struct txn *t, const struct scope *s, int64_t person_id, int64_t step,
			     struct err *e);
int accounts_store_recovery_set(struct txn *t, const struct scope *s, int64_t person_id,
				const char *const *hashes, size_t n, struct err *e);
/* -ENOENT when there is no such unused code. */
int accounts_store_recovery_use(struct txn *t, const struct scope *s, int64_t person_id,
				const char *hash, int64_t now_us, struct err *e);
int accounts_store_recovery_left(struct txn *t, const struct scope *s, int64_t person_id,
				 int64_t *out, struct err *e);

#endif
