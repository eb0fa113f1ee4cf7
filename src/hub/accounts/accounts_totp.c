/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor: codes of an authenticator app (RFC 6238), each good once, and recovery codes
 * for the day the telephone is lost. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_store.h"
#include "net/crypto.h"

static void code_hash(const char *code, char out[HASH_TEXT])
{
	uint8_t sum[32];

	crypto_sha256(code, strlen(code), sum);
	crypto_hex(sum, sizeof(sum), out);
}

/* Digits as typed: blanks fall out, full-width digits are folded. False when it is no code. */
static bool code_clean(const char *typed, char out[7])
{
	size_t n = 0;

	for (const unsigned char *p = (const unsigned char *)typed; *p; p++) {
		int d;
		if (*p == ' ' || *p == '-')
			continue;
		if (p[0] == 0xEF && p[1] == 0xBC && p[2] >= 0x90 && p[2] <= 0x99) {
			d = p[2] - 0x90;
			p += 2;
		} else {
			d = *p - '0';
		}
		if (d < 0 || d > 9 || n == 6)
			return false;
		out[n++] = (char)('0' + d);
	}
	out[n] = '\0';
	return n == 6;
}

/* A code of the app, or failing that a recovery code. -EDENIED when it is neither. */
static int code_use(struct txn *t, const struct accounts_secret *x, const char *typed,
		    int64_t now_us, struct err *e)
{
	char digits[7], code[RECOVERY_TEXT], hash[HASH_TEXT];
	int64_t step;
	int r = -ENOENT;

	if (code_clean(typed, digits)) {
		if (!crypto_totp_ok(x->totp_secret, digits, now_us, &step))
			return err_set(e, -EDENIED, "the code is wrong");
		r = accounts_store_totp_step(t, &scope_system, x->person_id, step, e);
		return r == -EEXIST ? err_set(e, -EDENIED, "this code was used already") : r;
	}
	if (crypto_code_clean(typed, code, sizeof(code))) {
		code_hash(code, hash);
		r = accounts_store_recovery_use(t, &scope_system, x->person_id, hash, now_us, e);
	}
	return r == -ENOENT ? err_set(e, -EDENIED, "the code is wrong") : r;
}

int accounts_totp_give(struct hub *h, const struct accounts_session *s, const char *code,
		       int64_t now_us, char token_out[SESSION_TOKEN], struct err *e)
{
	struct accounts_secret x;
	int64_t id = s->user.person_id;
	int r;

	if ((r = accounts_guess(h, "totp", id, now_us, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_secret_get(t, &scope_system, id, &x, e)) < 0)
		return r;
	if (!x.totp_on)
		return err_set(e, -EDENIED, "the code is wrong");
	if ((r = code_use(t, &x, code, now_us, e)) < 0 ||
	    (r = accounts_session_pass(t, s->row.id, MFA_GIVEN, token_out, e)) < 0 ||
	    (r = accounts_audit(t, &s->user, "login.code", "person", id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_totp_later(struct hub *h, const struct accounts_session *s, int64_t now_us,
			struct err *e)
{
	int64_t id = s->user.person_id;
	int r;

	(void)now_us; /* the user's scope has it */
	if (!h->conf.demo)
		return err_set(e, -EDENIED, "the second factor cannot be put off here");
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_session_pass(t, s->row.id, MFA_LATER, NULL, e)) < 0 ||
	    (r = accounts_audit(t, &s->user, "totp.later", "person", id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_totp_secret(struct hub *h, int64_t person_id, char secret_out[40], struct err *e)
{
	struct accounts_secret x;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_secret_get(t, &scope_system, person_id, &x, e)) < 0)
		return r;
	if (x.totp_on)
		return err_set(e, -EEXIST, "the second factor is on already");
	if (!x.totp_secret[0]) {
		crypto_totp_new(x.totp_secret);
		r = accounts_store_totp_set(t, &scope_system, person_id, x.totp_secret, false, e);
		if (r < 0)
			return r;
	}
	if ((r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(secret_out, x.totp_secret, sizeof(x.totp_secret));
	return 0;
}

static int recovery_new(struct txn *t, const struct user *u,
			char codes[RECOVERY_CODES][RECOVERY_TEXT], struct err *e)
{
	char hashes[RECOVERY_CODES][HASH_TEXT], plain[RECOVERY_TEXT];
	const char *list[RECOVERY_CODES];

	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		crypto_code(codes[i], RECOVERY_CHARS);
		if (!crypto_code_clean(codes[i], plain, sizeof(plain)))
			return err_set(e, -EINVAL, "a recovery code does not check");
		code_hash(plain, hashes[i]);
		list[i] = hashes[i];
	}
	return accounts_store_recovery_set(t, &u->scope, u->person_id, list, RECOVERY_CODES, e);
}

int accounts_totp_on(struct hub *h, const struct user *u, int64_t session_id, const char *code,
		     char codes_out[RECOVERY_CODES][RECOVERY_TEXT], struct err *e)
{
	struct accounts_secret x;
	int r;

	if ((r = accounts_guess(h, "totp", u->person_id, u->scope.now_us, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_secret_get(t, &scope_system, u->person_id, &x, e)) < 0)
		return r;
	if (x.totp_on || !x.totp_secret[0])
		return err_set(e, -EEXIST, "the second factor is on already");
	if ((r = code_use(t, &x, code, u->scope.now_us, e)) < 0 ||
	    (r = accounts_store_totp_set(t, &u->scope, u->person_id, x.totp_secret, true, e)) < 0 ||
	    (r = recovery_new(t, u, codes_out, e)) < 0 ||
	    (r = accounts_session_pass(t, session_id, MFA_GIVEN, NULL, e)) < 0 ||
	    (r = accounts_audit(t, u, "totp.on", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

/* The password once more, outside any write: hashing takes its time. */
static int password_again(struct hub *h, const struct user *u, const char *password, struct err *e)
{
	struct accounts_secret x;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_secret_get(t, &scope_system, u->person_id, &x, e)) < 0)
		return r;
	txn_rollback(&t);
	if (strlen(password) > PASSWORD_MAX || !crypto_password_ok(x.password, password))
		return err_set(e, -EDENIED, "the password is wrong");
	return 0;
}

int accounts_totp_off(struct hub *h, const struct user *u, const char *password, struct err *e)
{
	int r;

	if ((r = accounts_guess(h, "password", u->person_id, u->scope.now_us, e)) < 0 ||
	    (r = password_again(h, u, password, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_totp_set(t, &u->scope, u->person_id, "", false, e)) < 0 ||
	    (r = accounts_store_recovery_set(t, &u->scope, u->person_id, NULL, 0, e)) < 0 ||
	    (r = accounts_audit(t, u, "totp.off", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
