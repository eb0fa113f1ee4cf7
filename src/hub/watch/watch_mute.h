/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes: what shall stay quiet, until when, and why. Rules and statements. */
#ifndef HUB_WATCH_WATCH_MUTE_H
#define HUB_WATCH_WATCH_MUTE_H

#include "hub/watch/watch.h"
#include "wire/mute.h"

struct watch_mute {
	int64_t id, company_id;
	const char *detector, *device_mac, *peer, *name; /* "" = any; PEER: address or network */
	int64_t port;                                    /* 0 = any */
	int64_t until_us;
	const char *reason;
	int64_t made_by, made_us, ended_us;
	int64_t hits, hit_us; /* at the hub and on sensors; the last time on a sensor, 0 = never */
	const char *made_name, *company_name, *device_name;
	struct mute rule; /* the same as sensors ask it; of what comes from the store */
};

/* Reads PEER, PORT and NAME into RULE and writes them as the store keeps them (in A):
 * "192.0.2.7:443" becomes an address and a port. -EINVAL says what is wrong. */
int watch_mute_read(struct watch_mute *m, struct arena *a, struct err *e);

/* What a finding offers to be matched: lists are one entry a line. */
struct watch_subject {
	const char *detector, *device_mac, *peers, *names;
};
/* As sensors do it: mute_fits in wire/mute.h. */
bool watch_mute_fits(const struct watch_mute *m, const struct watch_subject *s);

/* The mutes of a company that are in force. */
int watch_mutes_active(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		       struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e);
/* COMPANY_ID 0 = all that S sees; newest first; ended ones too when ALL. */
int watch_mutes(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		struct arena *a, struct watch_mute **out, size_t *n_out, struct err *e);

/* What it would have kept quiet in the last 30 days. */
struct mute_preview {
	int64_t alerts, findings;
	struct watch_alert *first; /* up to 20, newest first */
	size_t n_first;
};
int watch_mute_preview(struct txn *t, const struct scope *s, const struct watch_mute *m,
		       int64_t now_us, struct arena *a, struct mute_preview *out, struct err *e);

/* Adds it, quietens the open alerts that it fits, and tells the company's sensors (fleet_items_wake
 * after the commit). -EINVAL when it names nothing, has no reason or does not end within a year,
 * -ELIMIT when the company has MUTES_MAX in force. */
int watch_mute_add(struct txn *t, const struct user *u, const struct watch_mute *m, int64_t now_us,
		   int64_t *id_out, struct err *e);
/* Ends it now; its alerts become new again. */
int watch_mute_end(struct txn *t, const struct user *u, int64_t id, int64_t now_us, struct err *e);

/* What accepting an alert's device or destination would mute: "device" the kind of alert for this
 * device, "destination" everything about the one name or peer that it has. -EINVAL when it has no
 * such thing. Texts in A. */
int watch_mute_of_alert(const struct watch_alert *alert, const char *what, struct arena *a,
			struct watch_mute *out, struct err *e);

/* The mutes in force as an item for one sensor (0 = all) of a company. */
int watch_mutes_post(struct txn *t, const struct scope *s, int64_t company_id, int64_t sensor_id,
		     int64_t now_us, struct err *e);

int watch_mute_hit(struct txn *t, const struct scope *s, int64_t id, int64_t findings,
		   struct err *e);
/* What a sensor says it kept quiet, ever. */
int watch_mute_sensor_hits(struct txn *t, int64_t company_id, int64_t sensor_id,
			   const struct mute_hits *h, struct err *e);

#endif
