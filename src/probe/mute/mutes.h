/* SPDX-License-Identifier: Apache-2.0 */
/* The mutes that are in force on this sensor, and how often each has kept something quiet. */
#ifndef PROBE_MUTE_MUTES_H
#define PROBE_MUTE_MUTES_H

#include "wire/mute.h"

struct mutes;

struct mutes *mutes_new(void);
void mutes_free(struct mutes *m); /* NULL is fine */

/* Replaces the list, at most MUTES_MAX of it; a mute that stays keeps its count. */
void mutes_set(struct mutes *m, const struct mute *list, size_t n, int64_t now_us);
/* Counts of an earlier run. */
void mutes_hits_set(struct mutes *m, const struct mute_hits *hits, size_t n);
/* Those that were hit at least once. Returns their number, at most MUTES_MAX. */
size_t mutes_hits(const struct mutes *m, struct mute_hits out[MUTES_MAX]);

/* The first that fits and has not ended: its id, 0 = none. */
int64_t mutes_find(const struct mutes *m, const struct mute_subject *s, int64_t now_us);
bool mutes_in_force(const struct mutes *m, int64_t id, int64_t now_us);
void mutes_hit(struct mutes *m, int64_t id, int64_t now_us);
/* True when one has ended since the last time. */
bool mutes_tick(struct mutes *m, int64_t now_us);

#endif
