/* SPDX-License-Identifier: Apache-2.0 */
/* The worker: fetches what is due, packs what changed, hands it to sensors. One thread of its own,
 * for a large list must not hold up mails and roll-ups. Private to this feature. */
#ifndef HUB_INTEL_INTEL_WORK_H
#define HUB_INTEL_INTEL_WORK_H

#include <pthread.h>

#include "hub/intel/intel_import.h"
#include "net/tmpl.h"

struct intel {
	struct hub *hub;
	pthread_mutex_t import; /* one import at a time: guards nothing but memory */
	pthread_mutex_t lock;   /* guards what follows */
	pthread_cond_t wake;
	bool stop, awake, running;
	pthread_t thread;
};

int intel_work_open(struct hub *h, struct err *e);
void intel_work_close(struct hub *h);

/* The steps of the worker, for its thread and for tests. */
int intel_work_fetch(struct hub *h, struct err *e);
/* Packs when something changed and the last bundle is old enough, or at once when NOW. */
int intel_work_pack(struct hub *h, bool now, struct err *e);
/* Gives every sensor what it has not been given yet. */
int intel_work_send(struct hub *h, struct err *e);

/* Imports what a person sent, and keeps with the feed how it went. */
int intel_work_sent(struct hub *h, const struct user *u, const struct intel_feed *f,
		    const struct intel_file *file, struct arena *a, struct intel_report *out,
		    struct err *e);

/* --- bundles in the database (intel_bundle_store.c) --- */

struct intel_bundle {
	int64_t id, bytes, indicators, held, made_us;
	const char *blob, *digest;
	int64_t kinds[INDICATOR_KINDS]; /* [0] is unused */
};
/* The newest; ID is 0 when there is none yet. */
int intel_bundle_newest(struct txn *t, struct arena *a, struct intel_bundle *out, struct err *e);
int intel_bundle_add(struct txn *t, struct intel_bundle *b, struct err *e);
/* Its bytes are not kept any more: the next one is made even when nothing changed. */
int intel_bundle_lost(struct txn *t, int64_t id, struct err *e);
/* Forgets bundles older than the newest KEEP. */
int intel_bundle_forget(struct txn *t, int64_t keep, struct err *e);

struct intel_held {
	int64_t feed_id;
	struct intel_key key;
	const char *why, *feed, *way;
};
int intel_bundle_held_clear(struct txn *t, struct err *e);
int intel_bundle_held_add(struct txn *t, const struct intel_held *h, struct err *e);
int intel_bundle_held_list(struct txn *t, int64_t limit, struct arena *a, struct intel_held **out,
			   size_t *n_out, struct err *e);
/* Why the newest bundle leaves KEY out: OUT is "" when it does not. */
int intel_bundle_held(struct txn *t, const struct intel_key *key, struct arena *a, const char **out,
		      struct err *e);

struct intel_sensor { /* and the newest thing it was given */
	int64_t sensor_id, company_id, bundle_id, sent_us, expires_us, done_us;
	const char *digest, *name, *company_name, *state, *reason;
};
int intel_bundle_sensors(struct txn *t, const struct scope *s, struct arena *a,
			 struct intel_sensor **out, size_t *n_out, struct err *e);
int intel_bundle_sent(struct txn *t, const struct intel_sensor *x, struct err *e);

#endif
