/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of receivers and of what was given up. */
#include "hub/outbox/outbox.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/outbox/outbox_store.h"
#include "net/crypto.h"

enum { SECRET_BYTES = 32 };

static void secret_make(char out[HOOK_SECRET])
{
	uint8_t bytes[SECRET_BYTES];

	crypto_random(bytes, sizeof(bytes));
	memcpy(out, "whsec_", 6);
	crypto_base64(bytes, sizeof(bytes), out + 6);
	crypto_wipe(bytes, sizeof(bytes));
}

static int check(const struct hook *k, struct err *e)
{
	if (!k->name[0])
		return err_set(e, -EINVAL, "please give the receiver a name");
	if (strncmp(k->url, "https://", 8) != 0 || strlen(k->url) > HOOK_URL_CHARS ||
	    strchr(k->url, ' '))
		return err_set(e, -EINVAL, "the address of a receiver begins with https://");
	if (!k->kinds[0])
		return err_set(e, -EINVAL, "please choose what the receiver shall be told of");
	return 0;
}

int outbox_hook_add(struct hub *h, const struct user *u, const struct hook *k, int64_t now_us,
		    int64_t *id_out, char secret_out[HOOK_SECRET], struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct hook fresh = *k, *all;
	struct accounts_org org;
	char secret[HOOK_SECRET];
	size_t n;
	int r;

	if ((r = check(k, e)) < 0)
		return r;
	secret_make(secret);
	fresh.secret = secret;
	fresh.made_us = now_us;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = accounts_org_get(t, &u->scope, k->org_id, &org, e)) < 0 ||
	    (r = outbox_store_hooks(t, a, &all, &n, e)) < 0)
		return r;
	if (n >= HOOKS_MAX)
		return err_set(e, -ELIMIT, "%d receivers are the most", HOOKS_MAX);
	if ((r = outbox_store_hook_add(t, &fresh, u->person_id, id_out, e)) < 0 ||
	    (r = accounts_audit(t, u, "hook.add", "hook", *id_out, 0, NULL, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(secret_out, secret, sizeof(secret));
	return 0;
}

int outbox_hook_set(struct hub *h, const struct user *u, const struct hook *k, struct err *e)
{
	int r;

	if ((r = check(k, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = outbox_store_hook_set(t, k, e)) < 0 ||
	    (r = accounts_audit(t, u, "hook.change", "hook", k->id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int outbox_hook_secret(struct hub *h, const struct user *u, int64_t id,
		       char secret_out[HOOK_SECRET], struct err *e)
{
	char secret[HOOK_SECRET];
	int r;

	secret_make(secret);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = outbox_store_hook_secret(t, id, secret, e)) < 0 ||
	    (r = accounts_audit(t, u, "hook.secret", "hook", id, 0, NULL, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(secret_out, secret, sizeof(secret));
	return 0;
}

static int move(struct hub *h, const struct user *u, const struct outbox_move *m,
		const char *action, struct err *e)
{
	int r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);

	if (!t)
		return e->code;
	int64_t n = outbox_store_move(t, &u->scope, m, e);
	if (n < 0)
		return (int)n;
	if (n == 0 && m->id)
		return err_set(e, -ENOENT, "there is no such delivery");
	if ((r = outbox_store_hooks_due(t, e)) < 0 ||
	    (r = accounts_audit(t, u, action, "delivery", m->id, 0, NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int outbox_again(struct hub *h, const struct user *u, int64_t id, int64_t now_us, struct err *e)
{
	const struct outbox_move m = { .id = id, .now_us = now_us, .to = OUTBOX_QUEUED };

	return move(h, u, &m, "delivery.again", e);
}

int outbox_drop(struct hub *h, const struct user *u, int64_t id, int64_t now_us, struct err *e)
{
	const struct outbox_move m = { .id = id, .now_us = now_us, .to = OUTBOX_DROPPED };

	return move(h, u, &m, "delivery.drop", e);
}
