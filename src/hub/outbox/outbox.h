/* SPDX-License-Identifier: Apache-2.0 */
/* Outbox: programs of others hear what happens here, once it is certain and until it has arrived.
 *
 * What happens is read from the audit log, which each change writes in its own transaction, and
 * from the list of alerts; so nothing is told that did not happen, and nothing is forgotten when
 * the hub stops in between. A delivery is tried again with growing pauses; after three days it is
 * set aside where people see it. An event carries what happened to what and where to read more,
 * never the content: reading is done with a token, whose rights are checked then. */
#ifndef HUB_OUTBOX_OUTBOX_H
#define HUB_OUTBOX_OUTBOX_H

#include "hub/hub.h"

extern const struct hub_feature outbox_feature;

enum {
	HOOK_NAME_CHARS = 80,
	HOOK_URL_CHARS = 500,
	HOOKS_MAX = 100,
	HOOK_SECRET = 64, /* "whsec_", base64 of 32 bytes, NUL */
};

#define OUTBOX_QUEUED  "queued"
#define OUTBOX_SENT    "sent"
#define OUTBOX_DEAD    "dead"    /* given up: a person decides */
#define OUTBOX_DROPPED "dropped" /* a person decided that it is not needed */

struct hook {
	int64_t id, org_id, made_us, fails, next_try_us, ok_us;
	const char *name, *url, *secret, *kinds, *error, *org_name;
	bool active;
	int64_t waiting, dead; /* deliveries; only when listed */
};

struct delivery {
	int64_t id, hook_id, company_id, made_us, tries, tried_us;
	const char *event, *kind, *body, *state, *error;
	const char *hook_name, *company_name; /* only when listed */
};

/* Groups of events that a hook may want: beginnings of event names; texts are "outbox.kind.NAME"
 * with the point left out. NULL-terminated. */
extern const char *const outbox_kinds[];

/* --- rules; all by an administrator --- */

/* The secret is new: shown once. -EINVAL, -ELIMIT, -ENOENT (organisation). */
int outbox_hook_add(struct hub *h, const struct user *u, const struct hook *k, int64_t now_us,
		    int64_t *id_out, char secret_out[HOOK_SECRET], struct err *e);
/* Name, address, kinds, active. Switching on forgets the failures. */
int outbox_hook_set(struct hub *h, const struct user *u, const struct hook *k, struct err *e);
int outbox_hook_secret(struct hub *h, const struct user *u, int64_t id,
		       char secret_out[HOOK_SECRET], struct err *e);
/* Of one that was given up: tries again, or drops it. -ENOENT. ID 0 = all of them. */
int outbox_again(struct hub *h, const struct user *u, int64_t id, int64_t now_us, struct err *e);
int outbox_drop(struct hub *h, const struct user *u, int64_t id, int64_t now_us, struct err *e);

/* --- the work, for its job, its thread and tests --- */

/* Reads what happened since, and queues it for who wants it. */
int outbox_feed(struct hub *h, struct err *e);

/* How a body is sent: 0, or negative and *STATUS_OUT as fetch_post() has it. */
typedef int (*outbox_post)(const struct hook *k, const struct delivery *d, int64_t now_us,
			   int *status_out, struct err *e);
int outbox_post_https(const struct hook *k, const struct delivery *d, int64_t now_us,
		      int *status_out, struct err *e);
/* Sends what is due by POST, one receiver after the other, until nothing is. */
int outbox_send(struct hub *h, outbox_post post, struct err *e);
/* webhook-signature (Standard Webhooks 1.0.0): "v1," and base64 of the HMAC-SHA256 of
 * "EVENT.SECONDS.BODY" under the secret. */
void outbox_sign(const char *secret, const struct delivery *d, int64_t at_s, struct buf *out);

int outbox_open(struct hub *h, struct err *e);
void outbox_close(struct hub *h);

#endif
