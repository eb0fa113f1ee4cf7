/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of tokens. A token opens what its person may see and do, but never one's own account: what
 * leaks with a script must not become a new password. That is held in hub_auth.c. */
#include "hub/accounts/accounts_token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_token_store.h"
#include "net/crypto.h"

enum { USED_EVERY_S = 60 };
#define TOKEN_PREFIX "ots_" /* so that a leaked one is known for what it is */

static void hash_of(const char *token, char out[HASH_TEXT])
{
	uint8_t sum[32];

	crypto_sha256(token, strlen(token), sum);
	crypto_hex(sum, sizeof(sum), out);
}

static int check(struct txn *t, const struct user *u, const struct token_new *n, int64_t now_us,
		 struct err *e)
{
	int64_t alive;
	int r;

	if (!n->name[0] || utf8_count(n->name, strlen(n->name)) > TOKEN_NAME_CHARS)
		return err_set(e, -EINVAL,
			       "please say in up to %d characters what the token is for",
			       TOKEN_NAME_CHARS);
	if (n->days < 1 || n->days > TOKEN_DAYS_MAX)
		return err_set(e, -EINVAL, "a token lives from 1 to %d days", TOKEN_DAYS_MAX);
	if ((r = accounts_token_store_alive(t, &u->scope, u->person_id, now_us, &alive, e)) < 0)
		return r;
	if (alive >= TOKENS_MAX)
		return err_set(e, -ELIMIT,
			       "%d tokens are the most at a time: please take one back first",
			       TOKENS_MAX);
	return 0;
}

int accounts_token_make(struct hub *h, const struct user *u, const struct token_new *n,
			int64_t now_us, char token_out[TOKEN_TEXT], struct err *e)
{
	const struct api_token k = { .person_id = u->person_id,
				     .name = n->name,
				     .reads = n->reads,
				     .created_us = now_us,
				     .expires_us = now_us + n->days * US_PER_DAY };
	char token[TOKEN_TEXT] = TOKEN_PREFIX, hash[HASH_TEXT];
	int64_t id;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = check(t, u, n, now_us, e)) < 0)
		return r;
	crypto_token(token + strlen(TOKEN_PREFIX), TOKEN_TEXT - strlen(TOKEN_PREFIX));
	hash_of(token, hash);
	if ((r = accounts_token_store_add(t, &u->scope, hash, &k, &id, e)) < 0 ||
	    (r = accounts_audit(t, u, "token.make", "token", id, 0, NULL, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(token_out, token, sizeof(token));
	return 0;
}

int accounts_token_end(struct hub *h, const struct user *u, int64_t id, int64_t now_us,
		       struct err *e)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	int64_t n = accounts_token_store_end(t, &u->scope, u->person_id, id, now_us, e);
	if (n < 0)
		return (int)n;
	if (n == 0 || id == 0)
		return err_set(e, -ENOENT, "there is no such token");
	if ((r = accounts_audit(t, u, "token.end", "token", id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_tokens_end(struct txn *t, int64_t person_id, int64_t now_us, struct err *e)
{
	int64_t n = accounts_token_store_end(t, &scope_system, person_id, 0, now_us, e);

	return n < 0 ? (int)n : 0;
}

int accounts_tokens(struct txn *t, const struct user *u, struct arena *a, struct api_token **out,
		    size_t *n_out, struct err *e)
{
	return accounts_token_store_list(t, &u->scope, u->person_id, a, out, n_out, e);
}

/* At most once a minute: a program may ask a hundred times a second. */
static int touch(struct hub *h, const struct api_token *k, const struct token_try *in,
		 struct err *e)
{
	int r;

	if (in->now_us - k->used_us < USED_EVERY_S * US_PER_SEC)
		return 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_token_store_used(t, &scope_system, k->id, in->now_us, in->address, e)) <
	    0)
		return r;
	return txn_commit(&t, e);
}

int accounts_token_find(struct hub *h, const struct token_try *in, struct api_token *out,
			struct user *user_out, struct err *e)
{
	struct api_token k;
	struct user u;
	char hash[HASH_TEXT];
	int r;

	if (strlen(in->token) != TOKEN_TEXT - 1)
		return 0;
	hash_of(in->token, hash);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	r = accounts_token_store_find(t, &scope_system, hash, in->now_us, &k, &u, e);
	txn_rollback(&t);
	if (r == -ENOENT)
		return 0;
	if (r < 0 || (r = touch(h, &k, in, e)) < 0)
		return r;
	*out = k;
	*user_out = u;
	return 1;
}
