/* SPDX-License-Identifier: Apache-2.0 */
/* Counts findings for the lists that name their indicator, in the transaction that stores them. */
#include "hub/intel/intel_hit.h"

#include "hub/intel/intel_hit_store.h"

int intel_hit_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int r = 0;

	(void)arg;
	for (size_t i = 0; r >= 0 && i < b->n_findings; i++) {
		const Otasuke__Wire__Finding *f = b->findings[i].finding;
		struct intel_met m = { .company_id = b->company_id,
				       .first_us = f->first_us,
				       .last_us = f->last_us,
				       .device_mac =
					       f->device && f->device->mac ? f->device->mac : "" };
		if (intel_key_of_finding(f, a, &m.key))
			r = intel_hit_store_add(t, &m, e);
	}
	return r;
}

int intel_hit_enrolled(void *arg, struct txn *t, int64_t company_id, int64_t sensor_id,
		       struct err *e)
{
	(void)t;
	(void)company_id;
	(void)sensor_id;
	(void)e;
	intel_wake(arg); /* the worker finds the sensor once it is committed */
	return 0;
}
