/* SPDX-License-Identifier: Apache-2.0 */
/* Items as the probe takes them: it believes the hub's signature and nothing else, so that an
 * uplink in foreign hands can hold items back but neither make, change, repeat nor readdress one.
 */
#ifndef SENSOR_ITEMS_H
#define SENSOR_ITEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"
#include "wire/item.h"
#include "wire/record.h"

/* What is to be done. BLOB_PATH: a copy that is the probe's own and was checked; it stays until
 * another item of this kind has been applied. NULL for kinds that want none. */
struct item_news {
	const void *body;
	size_t body_n;
	const char *blob_path;
	bool again; /* the same as before the probe was started anew */
	const struct item *item;
};
struct item_kind {
	const char *kind;
	bool wants_blob;
	/* Negative: nothing has changed, E goes back to the hub as the reason. */
	int (*apply)(void *arg, const struct item_news *n, struct err *e);
	bool once;      /* it is done, not kept in force: never applied again */
	bool elsewhere; /* another process takes it: it stays in the inbox */
};

struct items;
struct items_conf {
	const char *state_dir;
	const struct clock *clock;
	const struct item_kind *kinds;
	size_t n_kinds;
	void *arg;  /* of apply and refused */
	bool aside; /* blobs are copied on another thread, and items_run applies them later */
	const char *folder; /* where what is remembered lies; NULL = SENSOR_ITEMS */
	bool alone;         /* items of other kinds are left to another process */
	/* One of a kind that is done once was not applied: ITEM when the hub has signed it, else
	 * NULL; WHY is a word of wire/order.h, "" when apply() said no. May be NULL. */
	void (*refused)(void *arg, uint64_t sequence, const struct item *i, const char *why,
			const struct err *e);
};

/* Applies again what was applied before, as far as it is still this hub's. */
int items_open(const struct items_conf *c, struct items **out, struct err *e);
void items_close(struct items *x); /* NULL is fine */
/* Looks into the inbox; cheap when nothing has changed there. 1 = there is something to tell the
 * hub, 0 = not; negative: E says what is wrong, it is tried again later. */
int items_run(struct items *x, struct err *e);
/* For one heartbeat: the newest outcomes, each told several times because heartbeats may be lost.
 * Texts live until items_run. Returns their number. */
size_t items_results(struct items *x, struct item_result out[HEARTBEAT_ITEMS_MAX]);

#endif
