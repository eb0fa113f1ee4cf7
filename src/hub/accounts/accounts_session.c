/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions: what a cookie stands for, how long, and what still has to be done before it opens the
 * pages. The database holds only the hash of the cookie. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_seen_store.h"
#include "hub/accounts/accounts_session_store.h"
#include "net/crypto.h"

enum { SEEN_EVERY_S = 60 };

static void token_hash(const char *token, char out[HASH_TEXT])
{
	uint8_t sum[32];

	crypto_sha256(token, strlen(token), sum);
	crypto_hex(sum, sizeof(sum), out);
}

static int64_t expiry(int64_t created_us, int64_t now_us)
{
	int64_t idle = now_us + accounts_conf.session_idle_ms * 1000;
	int64_t most = created_us + accounts_conf.session_max_ms * 1000;

	return idle < most ? idle : most;
}

int accounts_session_start(struct txn *t, int64_t person_id, const struct login_try *in,
			   enum session_mfa mfa, char token_out[SESSION_TOKEN], int64_t *id_out,
			   struct err *e)
{
	char hash[HASH_TEXT], token[SESSION_TOKEN];
	struct session_row row = { .person_id = person_id,
				   .created_us = in->now_us,
				   .expires_us = expiry(in->now_us, in->now_us),
				   .mfa = mfa };
	int r;

	crypto_token(token, sizeof(token));
	crypto_token(row.csrf, sizeof(row.csrf));
	str_copy(row.address, sizeof(row.address), str_of(in->address));
	str_copy(row.agent, sizeof(row.agent), str_of(in->agent));
	token_hash(token, hash);
	if ((r = accounts_session_store_add(t, &scope_system, hash, &row, id_out, e)) < 0)
		return r;
	memcpy(token_out, token, sizeof(token));
	return 0;
}

/* Keeps a session alive, at most once a minute. */
static int session_touch(struct hub *h, const struct session_row *row, int64_t now_us,
			 struct err *e)
{
	int r;

	if (now_us - row->seen_us < SEEN_EVERY_S * US_PER_SEC)
		return 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_session_store_seen(t, &scope_system, row->id, now_us,
					     expiry(row->created_us, now_us), e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_session_find(struct hub *h, const char *token, int64_t now_us,
			  struct accounts_session *out, struct err *e)
{
	char hash[HASH_TEXT];
	struct accounts_session s;
	int r;

	if (strlen(token) != SESSION_TOKEN - 1)
		return 0;
	token_hash(token, hash);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	r = accounts_session_store_find(t, &scope_system, hash, now_us, &s, e);
	txn_rollback(&t);
	if (r == -ENOENT)
		return 0;
	if (r < 0 || (r = session_touch(h, &s.row, now_us, e)) < 0)
		return r;
	*out = s;
	return 1;
}

bool accounts_session_alive(struct hub *h, int64_t session_id, int64_t now_us)
{
	struct err e = { 0 };

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, &e);
	return t && accounts_session_store_alive(t, &scope_system, session_id, now_us, &e) == 1;
}

enum session_gate accounts_session_gate(const struct accounts_session *s)
{
	bool must = user_is(&s->user, ROLES_CASEWORK | ROLE_ADMIN);

	if (s->totp_on && s->row.mfa != MFA_GIVEN)
		return GATE_CODE;
	if (s->must_change)
		return GATE_PASSWORD;
	if (must && !s->totp_on && s->row.mfa != MFA_LATER)
		return GATE_ENROL;
	return GATE_OPEN;
}

int accounts_session_pass(struct txn *t, int64_t session_id, enum session_mfa mfa,
			  char token_out[SESSION_TOKEN], struct err *e)
{
	char hash[HASH_TEXT], token[SESSION_TOKEN];
	int r;

	crypto_token(token, sizeof(token));
	token_hash(token, hash);
	if ((r = accounts_session_store_mfa(t, &scope_system, session_id, mfa,
					    token_out ? hash : NULL, e)) < 0)
		return r;
	if (token_out)
		memcpy(token_out, token, sizeof(token));
	return 0;
}

int accounts_session_end(struct hub *h, const struct user *u, int64_t session_id, int64_t keep_id,
			 struct err *e)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	int64_t n =
		accounts_session_store_remove(t, &u->scope, u->person_id, session_id, keep_id, e);
	if (n < 0)
		return (int)n;
	if (n == 0 && session_id)
		return err_set(e, -ENOENT, "there is no such session");
	if ((r = accounts_audit(t, u, "session.end", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_logout(struct hub *h, const struct user *u, int64_t session_id, struct err *e)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	int64_t n = accounts_session_store_remove(t, &u->scope, u->person_id, session_id, 0, e);
	if (n < 0)
		return (int)n;
	if ((r = accounts_audit(t, u, "logout", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_tidy(struct hub *h, struct err *e)
{
	int64_t now = clock_utc_us(h->clock);
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_session_store_expire(t, &scope_system, now, e)) < 0 ||
	    (r = accounts_bucket_store_expire(t, &scope_system, now - US_PER_DAY, e)) < 0 ||
	    (r = accounts_seen_store_expire(t, &scope_system,
					    now - accounts_conf.seen_keep_ms * 1000, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
