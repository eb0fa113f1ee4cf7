/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes: what shall stay quiet, until when, and why. Rules and statements. */
#ifndef HUB_WATCH_WATCH_MUTE_H
#define HUB_WATCH_WATCH_MUTE_H

#include "hub/watch/watch.h"

struct watch_mute {
	int64_t id, company_id;
	const char *detector, *device_mac, *peer, *name; /* "" = any */
	int64_t until_us;
	const char *reason;
	int64_t made_by, made_us, ended_us, hits;
	const char *made_name, *company_name, *device_name;
};

/* What a finding offers to be matched: lists are one entry a line. */
struct mute_subject {
	const char *detector, *device_mac, *peers, *names;
};

/* A mute names at least one of detector, device, peer or name, and each that it names fits: the
 * peer with or without its port, the name with its sub-domains. */
bool watch_mute_fits(const struct watch_mute *m, const struct mute_subject *s);

/* The mutes of a company that are in force. */
int watch_mutes_active(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		       struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e);
/* COMPANY_ID 0 = all that S sees; newest first; ended ones too when ALL. */
int watch_mutes(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e);

/* What it would have kept quiet in the last 30 days. */
struct mute_preview {
	int64_t alerts, findings;
	struct watch_alert *first; /* up to 10, newest first */
	size_t n_first;
};
int watch_mute_preview(struct txn *t, const struct scope *s, const struct watch_mute *m,
		       int64_t now_us, struct arena *a, struct mute_preview *out, struct err *e);

/* Adds it and quietens the open alerts that it fits. -EINVAL when it names nothing, has no reason
 * or does not end within a year. */
int watch_mute_add(struct txn *t, const struct user *u, const struct watch_mute *m, int64_t now_us,
		   int64_t *id_out, struct err *e);
/* Ends it now; its alerts become new again. */
int watch_mute_end(struct txn *t, const struct user *u, int64_t id, int64_t now_us, struct err *e);

int watch_mute_hit(struct txn *t, const struct scope *s, int64_t id, int64_t findings,
		   struct err *e);

#endif
