/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in with a password: slow for guessers, silent about what was wrong. The second factor is
 * in accounts_totp.c, sessions are in accounts_session.c. */
#include "hub/accounts/accounts_login.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_session_store.h"
#include "hub/accounts/accounts_store.h"
#include "net/crypto.h"

/* Verified when there is no such person, so that the answer takes as long. */
#define NOBODY                                                                                     \
	"$argon2id$v=19$m=19456,t=2,p=1$b3Rhc3VrZS1ub2JvZHkhIQ$"                                   \
	"JDEXkIYLIHBXDFhDEEkLkzxRWPVkZ4VZ3jIUZkT6RmM"

struct accounts_conf accounts_conf;

enum { BUCKET_NAME = 128 };

/* An IPv6 customer has a whole /64 to try from: one bucket for it. */
static void address_bucket(const char *address, char out[BUCKET_NAME])
{
	int colons = 0;
	size_t n = 0;

	while (address[n] && colons < 4 && n < 60)
		if (address[n++] == ':')
			colons++;
	snprintf(out, BUCKET_NAME, "address:%.*s", (int)n, address);
}

static void login_fold(const char *in, char out[LOGIN_MAX + 1])
{
	size_t n = 0;

	for (; in[n] && n < LOGIN_MAX; n++)
		out[n] = (char)(in[n] >= 'A' && in[n] <= 'Z' ? in[n] + 32 : in[n]);
	out[n] = '\0';
}

/* Takes one try for the name and one for the address: 0 or -EBUSY. */
static int login_slow_down(struct hub *h, const struct login_try *in, const char *login,
			   struct err *e)
{
	char by_login[BUCKET_NAME], by_address[BUCKET_NAME];
	int a, b, r;

	snprintf(by_login, sizeof(by_login), "login:%s", login);
	address_bucket(in->address, by_address);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	a = accounts_bucket_store_take(t, &scope_system,
				       &(struct bucket){ by_login, accounts_conf.login_burst,
							 accounts_conf.login_refill_ms * 1000 },
				       in->now_us, e);
	if (a < 0)
		return a;
	b = accounts_bucket_store_take(t, &scope_system,
				       &(struct bucket){ by_address, accounts_conf.address_burst,
							 accounts_conf.address_refill_ms * 1000 },
				       in->now_us, e);
	if (b < 0)
		return b;
	if ((r = txn_commit(&t, e)) < 0)
		return r;
	return a && b ? 0 : err_set(e, -EBUSY, "too many tries, please wait a minute");
}

static int secret_find(struct hub *h, const char *login, struct accounts_secret *out, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	return accounts_store_secret_find(t, &scope_system, login, out, e);
}

static struct user user_of_secret(const struct accounts_secret *x, int64_t now_us)
{
	return (struct user){ .person_id = x->person_id, .scope = { .now_us = now_us } };
}

static int login_refused(struct hub *h, const struct login_try *in, const struct accounts_secret *x,
			 struct err *e)
{
	struct user u = user_of_secret(x, in->now_us);
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_audit(t, &u, "login.refused", "person", x->person_id, 0, NULL, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	return err_set(e, -EDENIED, "login name or password is wrong");
}

static int login_granted(struct hub *h, const struct login_try *in, const char *login,
			 const struct accounts_secret *x, char token_out[SESSION_TOKEN],
			 struct err *e)
{
	char by_login[BUCKET_NAME];
	struct user u = user_of_secret(x, in->now_us);
	int64_t id;
	int r;

	snprintf(by_login, sizeof(by_login), "login:%s", login);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_bucket_store_fill(t, &scope_system, by_login, e)) < 0 ||
	    (r = accounts_session_start(t, x->person_id, in, MFA_NONE, token_out, &id, e)) < 0 ||
	    (r = accounts_audit(t, &u, "login", "person", x->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_login(struct hub *h, const struct login_try *in, char token_out[SESSION_TOKEN],
		   struct err *e)
{
	struct accounts_secret x = { .person_id = 0 };
	char login[LOGIN_MAX + 1];
	int r;

	login_fold(in->login, login);
	if ((r = login_slow_down(h, in, login, e)) < 0)
		return r;
	r = secret_find(h, login, &x, e);
	if (r < 0 && r != -ENOENT)
		return r;
	bool known = r == 0;
	bool fits = strlen(in->password) <= PASSWORD_MAX &&
		    crypto_password_ok(known ? x.password : NOBODY, in->password);
	bool late = x.password_until_us != 0 && x.password_until_us < in->now_us;
	if (!known || !fits || !x.active || late)
		return login_refused(h, in, &x, e);
	return login_granted(h, in, login, &x, token_out, e);
}

static int password_check(const struct accounts_secret *x, const char *login, const char *old,
			  const char *new_password, struct err *e)
{
	size_t n = strlen(new_password);

	if (utf8_count(new_password, n) < PASSWORD_MIN)
		return err_set(e, -EINVAL, "a password needs at least %d characters", PASSWORD_MIN);
	if (n > PASSWORD_MAX)
		return err_set(e, -EINVAL, "a password has at most %d characters", PASSWORD_MAX);
	if (strcasecmp(new_password, login) == 0)
		return err_set(e, -EINVAL, "the password must not be the login name");
	if (old && !crypto_password_ok(x->password, old))
		return err_set(e, -EDENIED, "the old password is wrong");
	if (crypto_password_ok(x->password, new_password))
		return err_set(e, -EEXIST, "the new password is the old one");
	return 0;
}

/* Tries that need the password once more are counted too. */
int accounts_guess(struct hub *h, const char *what, int64_t person_id, int64_t now_us,
		   struct err *e)
{
	char name[BUCKET_NAME];
	int got, r;

	snprintf(name, sizeof(name), "%s:%lld", what, (long long)person_id);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	got = accounts_bucket_store_take(t, &scope_system,
					 &(struct bucket){ name, accounts_conf.login_burst,
							   accounts_conf.login_refill_ms * 1000 },
					 now_us, e);
	if (got < 0)
		return got;
	if ((r = txn_commit(&t, e)) < 0)
		return r;
	return got ? 0 : err_set(e, -EBUSY, "too many tries, please wait a minute");
}

static int password_load(struct hub *h, const struct user *u, struct accounts_secret *x,
			 struct accounts_person *p, struct err *e)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_secret_get(t, &scope_system, u->person_id, x, e)) < 0)
		return r;
	return accounts_store_person_get(t, &scope_system, u->person_id, p, e);
}

int accounts_password_change(struct hub *h, const struct user *u, int64_t session_id,
			     const char *old, const char *new_password, struct err *e)
{
	struct accounts_secret x;
	struct accounts_person p;
	char hash[128];
	int r;

	if ((r = accounts_guess(h, "password", u->person_id, u->scope.now_us, e)) < 0 ||
	    (r = password_load(h, u, &x, &p, e)) < 0)
		return r;
	if (!old && x.password_until_us == 0)
		return err_set(e, -EDENIED, "the old password is wrong");
	if ((r = password_check(&x, p.login, old, new_password, e)) < 0 ||
	    (r = crypto_password_hash(new_password, hash, e)) < 0)
		return r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_password_set(t, &u->scope, u->person_id, hash, 0, e)) < 0)
		return r;
	int64_t n = accounts_session_store_remove(t, &u->scope, u->person_id, 0, session_id, e);
	if (n < 0)
		return (int)n;
	if ((r = accounts_audit(t, u, "password.change", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_lang_set(struct hub *h, const struct user *u, enum lang lang, struct err *e)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_lang_set(t, &u->scope, u->person_id, lang, e)) < 0 ||
	    (r = accounts_audit(t, u, "person.lang", "person", u->person_id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
