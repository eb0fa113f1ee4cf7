/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: a program asks in a person's name, with that person's roles and sight, until a day. */
#ifndef HUB_ACCOUNTS_ACCOUNTS_TOKEN_H
#define HUB_ACCOUNTS_ACCOUNTS_TOKEN_H

#include "hub/accounts/accounts.h"

enum {
	TOKEN_TEXT = 48, /* "ots_", 43 characters, NUL */
	TOKEN_NAME_CHARS = 80,
	TOKEN_DAYS_MAX = 366,
	TOKENS_MAX = 20, /* alive, of one person */
};

struct api_token {
	int64_t id, person_id, created_us, expires_us, used_us, ended_us;
	bool reads; /* may look, never change */
	const char *name, *used_from;
};

/* Makes one, shown this once. -EINVAL (name, days), -ELIMIT. */
struct token_new {
	const char *name;
	int64_t days;
	bool reads;
};
int accounts_token_make(struct hub *h, const struct user *u, const struct token_new *n,
			int64_t now_us, char token_out[TOKEN_TEXT], struct err *e);
/* Takes back one of U's own. -ENOENT. */
int accounts_token_end(struct hub *h, const struct user *u, int64_t id, int64_t now_us,
		       struct err *e);
/* All of a person, within T: who lost a password may have lost these too. */
int accounts_tokens_end(struct txn *t, int64_t person_id, int64_t now_us, struct err *e);
/* U's own, the newest first, ended ones too. */
int accounts_tokens(struct txn *t, const struct user *u, struct arena *a, struct api_token **out,
		    size_t *n_out, struct err *e);

/* Who asks with "Authorization: Bearer TOKEN": 1, 0 when it is none of ours or has ended. */
struct token_try {
	const char *token, *address;
	int64_t now_us;
};
int accounts_token_find(struct hub *h, const struct token_try *in, struct api_token *out,
			struct user *user_out, struct err *e);

#endif
