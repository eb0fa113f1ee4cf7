/* SPDX-License-Identifier: Apache-2.0 */
/* Findings that name an indicator, counted for the lists that name it. Private to this feature. */
#ifndef HUB_INTEL_INTEL_HIT_H
#define HUB_INTEL_INTEL_HIT_H

#include "hub/fleet/fleet.h"

/* For struct fleet_consumer; ARG is the hub. */
int intel_hit_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e);
int intel_hit_enrolled(void *arg, struct txn *t, int64_t company_id, int64_t sensor_id,
		       struct err *e);

#endif
