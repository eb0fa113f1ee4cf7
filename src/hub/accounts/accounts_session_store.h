/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on sessions and on the buckets that slow guessing down. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_SESSION_STORE_H
#define HUB_ACCOUNTS_ACCOUNTS_SESSION_STORE_H

#include "hub/accounts/accounts_login.h"

int accounts_session_store_add(struct txn *t, const struct scope *s, const char *token_hash,
			       const struct session_row *row, int64_t *id_out, struct err *e);
/* With the person it belongs to; -ENOENT. */
int accounts_session_store_find(struct txn *t, const struct scope *s, const char *token_hash,
				int64_t now_us, struct accounts_session *out, struct err *e);
/* The person of a row whose columns 1 and 10 to 15 are person, organisation, roles, name, language,
 * the company that the organisation is, the organisation's name. */
void accounts_session_store_user(const struct rows *r, int64_t now_us, struct user *u);
int accounts_session_store_alive(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
				 struct err *e); /* 1, 0 or negative */
int accounts_session_store_seen(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
				int64_t expires_us, struct err *e);
int accounts_session_store_mfa(struct txn *t, const struct scope *s, int64_t id,
			       enum session_mfa mfa, const char *token_hash, struct err *e);
int accounts_session_store_list(struct txn *t, const struct scope *s, int64_t person_id,
				int64_t now_us, struct arena *a, struct session_row **out,
				size_t *n_out, struct err *e);
/* One session of a person, or all but KEEP_ID when ID is 0. The number that ended. */
int64_t accounts_session_store_remove(struct txn *t, const struct scope *s, int64_t person_id,
				      int64_t id, int64_t keep_id, struct err *e);
int accounts_session_store_expire(struct txn *t, const struct scope *s, int64_t now_us,
				  struct err *e);

/* Takes one token out of a bucket that holds BURST and wins one back every REFILL_US: 1, or 0 when
 * it is empty. */
struct bucket {
	const char *name;
	int64_t burst, refill_us;
};
int accounts_bucket_store_take(struct txn *t, const struct scope *s, const struct bucket *b,
			       int64_t now_us, struct err *e);
int accounts_bucket_store_fill(struct txn *t, const struct scope *s, const char *name,
			       struct err *e);
int accounts_bucket_store_expire(struct txn *t, const struct scope *s, int64_t before_us,
				 struct err *e);

#endif
