/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe remembers of items: the highest number applied of each kind, what became of the
 * last ones, and which files of the inbox are dealt with. One text file in the folder items, the
 * probe's to write; the uplink reads it to clear the inbox. */
#ifndef SENSOR_ITEMS_STATE_H
#define SENSOR_ITEMS_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "sensor/identity.h"
#include "sensor/inbox.h"

enum {
	ITEMS_HIGH_MAX = 64,    /* kinds with their replace keys */
	ITEMS_RESULTS_MAX = 16, /* the newest */
	ITEMS_REASON_MAX = 200,
};

struct items_high {
	char kind[ITEM_NAME_MAX + 1], key[ITEM_NAME_MAX + 1];
	uint64_t sequence;
};

struct items_result {
	uint64_t sequence;
	bool applied;
	int64_t at_us;
	char reason[ITEMS_REASON_MAX];
	unsigned told; /* not stored: a restarted probe tells again */
};

struct items_state {
	struct hub_trust trust; /* whose numbers these are */
	struct items_high high[ITEMS_HIGH_MAX];
	size_t n_high;
	struct items_result result[ITEMS_RESULTS_MAX]; /* oldest first */
	size_t n_results;
	struct inbox_done done[INBOX_MAX];
	size_t n_done;
};

/* An absent file is an empty state. -EFORMAT names the line. */
int items_state_load(const char *dir, struct items_state *out, struct err *e);
int items_state_store(const char *dir, const struct items_state *s, struct err *e);
/* Whether the file has changed since *NS (its time of change, 0 at first), which is brought up to
 * date. */
bool items_state_newer(const char *dir, int64_t *ns);

/* 0 = none of this kind and key was applied yet. */
uint64_t items_state_high(const struct items_state *s, const char *kind, const char *key);
/* -ELIMIT when the table is full. */
int items_state_high_set(struct items_state *s, const char *kind, const char *key,
			 uint64_t sequence, struct err *e);
/* The oldest gives way. */
void items_state_result(struct items_state *s, const struct items_result *r);

#endif
