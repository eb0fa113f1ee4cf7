/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in: passwords, second factor, sessions. For hub_auth.c and the pages of this feature. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_LOGIN_H
#define HUB_ACCOUNTS_ACCOUNTS_LOGIN_H

#include "hub/accounts/accounts.h"

enum {
	SESSION_TOKEN = 44, /* bytes with NUL */
	LOGIN_MAX = 64,
	PASSWORD_MIN = 10,
	PASSWORD_MAX = 200, /* characters and bytes; longer ones are refused before hashing */
	RECOVERY_CODES = 10,
	RECOVERY_CHARS = 15,
	RECOVERY_TEXT = 24,
	HASH_TEXT = 65, /* SHA-256 in hex */
};

enum session_mfa { MFA_NONE, MFA_GIVEN, MFA_LATER };

/* What stands between a session and the pages: in this order. */
enum session_gate {
	GATE_OPEN,
	GATE_CODE,     /* has a second factor and has not given it */
	GATE_PASSWORD, /* signed in with a one-time password */
	GATE_ENROL,    /* must set up a second factor */
};

struct session_row {
	int64_t id, person_id, created_us, seen_us, expires_us;
	enum session_mfa mfa;
	char csrf[SESSION_TOKEN];
	char address[64], agent[256];
};

struct accounts_session {
	struct session_row row;
	bool must_change, totp_on;
	struct user user;
};

/* Rows of configuration of this feature. */
struct accounts_conf {
	int64_t session_idle_ms, session_max_ms;
	int64_t login_burst, login_refill_ms;     /* tries for one login name */
	int64_t address_burst, address_refill_ms; /* tries from one address */
	int64_t password_once_ms;                 /* how long a one-time password is good */
	int64_t seen_keep_ms;                     /* how long it is kept who looked at what */
};
extern struct accounts_conf accounts_conf; /* set once before the server starts */

struct login_try {
	const char *login, *password, *address, *agent;
	int64_t now_us;
};

/* 0 and the token of a new session; -EDENIED when name or password are wrong (no telling which),
 * -EBUSY when there were too many tries. */
int accounts_login(struct hub *h, const struct login_try *in, char token_out[SESSION_TOKEN],
		   struct err *e);

/* The session of a cookie: 1, 0 when there is none or it has ended, negative. */
int accounts_session_find(struct hub *h, const char *token, int64_t now_us,
			  struct accounts_session *out, struct err *e);
/* Whether a session may still be served: its person, organisation and time. */
bool accounts_session_alive(struct hub *h, int64_t session_id, int64_t now_us);
enum session_gate accounts_session_gate(const struct accounts_session *s);

/* Second factor of the session: a code of six digits or a recovery code. The session gets a new
 * token. -EDENIED, -EBUSY. */
int accounts_totp_give(struct hub *h, const struct accounts_session *s, const char *code,
		       int64_t now_us, char token_out[SESSION_TOKEN], struct err *e);
/* The demonstration lets one put it off: -EDENIED elsewhere. */
int accounts_totp_later(struct hub *h, const struct accounts_session *s, int64_t now_us,
			struct err *e);
/* The secret being set up, made when there is none. -EEXIST when the factor is on already. */
int accounts_totp_secret(struct hub *h, int64_t person_id, char secret_out[40], struct err *e);
/* Switches it on with a first code and gives recovery codes, shown once. -EDENIED. */
int accounts_totp_on(struct hub *h, const struct user *u, int64_t session_id, const char *code,
		     char codes_out[RECOVERY_CODES][RECOVERY_TEXT], struct err *e);
/* Off again: the password is asked for once more. -EDENIED, -EBUSY. */
int accounts_totp_off(struct hub *h, const struct user *u, const char *password, struct err *e);

/* -EINVAL too short, long or the login name; -EDENIED when OLD is wrong (NULL: a one-time password
 * was just given); -EEXIST when it is the old one. Ends the person's other sessions. */
int accounts_password_change(struct hub *h, const struct user *u, int64_t session_id,
			     const char *old, const char *new_password, struct err *e);

int accounts_logout(struct hub *h, const struct user *u, int64_t session_id, struct err *e);
/* Ends one session of U, or (SESSION_ID 0) all but KEEP_ID. -ENOENT. */
int accounts_session_end(struct hub *h, const struct user *u, int64_t session_id, int64_t keep_id,
			 struct err *e);
int accounts_lang_set(struct hub *h, const struct user *u, enum lang lang, struct err *e);

/* A session without a password: for tests and the first sign-in that --init offers. */
int accounts_session_start(struct txn *t, int64_t person_id, const struct login_try *in,
			   enum session_mfa mfa, char token_out[SESSION_TOKEN], int64_t *id_out,
			   struct err *e);

/* Moves a session on; a TOKEN_OUT that is not NULL gets a new token, the old one is void. */
int accounts_session_pass(struct txn *t, int64_t session_id, enum session_mfa mfa,
			  char token_out[SESSION_TOKEN], struct err *e);

/* Counts a guess at "password" or "totp" of a person: 0 or -EBUSY. */
int accounts_guess(struct hub *h, const char *what, int64_t person_id, int64_t now_us,
		   struct err *e);

/* The job of this feature: ended sessions and old buckets go. */
int accounts_tidy(struct hub *h, struct err *e);

#endif
