/* SPDX-License-Identifier: Apache-2.0 */
/* Sightings: which company met which trait, noted as findings are stored. Private to this feature.
 */
#ifndef HUB_RELATED_RELATED_SEEN_H
#define HUB_RELATED_RELATED_SEEN_H

#include "hub/fleet/fleet.h"
#include "hub/related/related_trait.h"

enum {
	SEEN_DAYS = 90,
	SEEN_COMMON = 50, /* companies; what more have met is nothing to call about */
};

struct related; /* hub->related */
int related_seen_start(struct hub *h, struct err *e);
void related_seen_stop(struct hub *h);
const uint8_t *related_secret(const struct hub *h);

/* For struct fleet_consumer; ARG is struct related. */
int related_seen_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e);
int related_seen_finish(void *arg, struct txn *t, struct err *e);
void related_seen_done(void *arg, bool committed);

/* Traits of open cases: when another company meets one, the job hears of it. TRAITS is sorted and
 * taken over (heap). */
void related_seen_watch(struct hub *h, int64_t *traits, size_t n);
/* Watched traits that a company met since the last call; the rest follows with the next call. */
size_t related_seen_news(struct hub *h, int64_t *out, size_t max);

#endif
