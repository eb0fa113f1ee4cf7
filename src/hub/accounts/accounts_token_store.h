/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on tokens of programs. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_TOKEN_STORE_H
#define HUB_ACCOUNTS_ACCOUNTS_TOKEN_STORE_H

#include "hub/accounts/accounts_token.h"

int accounts_token_store_add(struct txn *t, const struct scope *s, const char *hash,
			     const struct api_token *k, int64_t *id_out, struct err *e);
/* With who it belongs to; used_from is not read. -ENOENT. */
int accounts_token_store_find(struct txn *t, const struct scope *s, const char *hash,
			      int64_t now_us, struct api_token *out, struct user *user_out,
			      struct err *e);
int accounts_token_store_used(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			      const char *from, struct err *e);
int accounts_token_store_alive(struct txn *t, const struct scope *s, int64_t person_id,
			       int64_t now_us, int64_t *n_out, struct err *e);
/* One of a person, or all when ID is 0: how many ended. */
int64_t accounts_token_store_end(struct txn *t, const struct scope *s, int64_t person_id,
				 int64_t id, int64_t now_us, struct err *e);
int accounts_token_store_list(struct txn *t, const struct scope *s, int64_t person_id,
			      struct arena *a, struct api_token **out, size_t *n_out,
			      struct err *e);

#endif
