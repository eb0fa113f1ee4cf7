/* SPDX-License-Identifier: Apache-2.0 */
/* Statements on table mute. */
#ifndef HUB_WATCH_WATCH_MUTE_STORE_H
#define HUB_WATCH_WATCH_MUTE_STORE_H

#include "hub/watch/watch_mute.h"

int watch_mute_store_add(struct txn *t, const struct scope *s, const struct watch_mute *m,
			 int64_t person_id, int64_t now_us, int64_t *id_out, struct err *e);
int watch_mute_store_company(struct txn *t, const struct scope *s, int64_t id, int64_t *out,
			     struct err *e);
/* Ends it, and its alerts are new again. */
int watch_mute_store_end(struct txn *t, const struct scope *s, int64_t id, int64_t person_id,
			 int64_t now_us, struct err *e);
/* COMPANY_ID 0 = all; ACTIVE_AT 0 = ended ones too, newest first, at most 1000. */
int watch_mute_store_list(struct txn *t, const struct scope *s, int64_t company_id,
			  int64_t active_at_us, struct arena *a, struct watch_mute **out,
			  size_t *n_out, struct err *e);
int watch_mute_store_sensor_hits(struct txn *t, int64_t company_id, int64_t sensor_id,
				 const struct mute_hits *h, struct err *e);
int watch_mute_store_hit(struct txn *t, const struct scope *s, int64_t id, int64_t findings,
			 struct err *e);

#endif
