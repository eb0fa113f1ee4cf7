/* SPDX-License-Identifier: Apache-2.0 */
/* The rule of the verdict from an alert. */
#include "hub/watch/watch_intel.h"

#include <errno.h>
#include <string.h>

#include "hub/watch/watch_mute.h"
#include "wire/otasuke.pb-c.h"

#define MUTE_US (30 * US_PER_DAY)

bool watch_intel_key(const struct watch_alert *alert, struct arena *a, struct intel_key *out)
{
	Otasuke__Wire__Finding *f =
		otasuke__wire__finding__unpack(NULL, alert->body_n, alert->body);
	bool found = f && intel_key_of_finding(f, a, out);

	if (f)
		otasuke__wire__finding__free_unpacked(f, NULL);
	return found;
}

/* Quiet at once, where a mute can say it; the sensor's own exceptions hold for good. */
static int quieten(struct txn *t, const struct user *u, const struct watch_alert *alert,
		   const struct intel_key *key, const char *reason, int64_t now_us, struct err *e)
{
	bool name = key->kind == INDICATOR_DOMAIN, peer = key->kind == INDICATOR_IP;
	const struct watch_mute m = { .company_id = alert->company_id,
				      .detector = alert->detector,
				      .device_mac = "",
				      .peer = peer ? key->value : "",
				      .name = name ? key->value : "",
				      .until_us = now_us + MUTE_US,
				      .reason = reason };
	int64_t id;

	if (!name && !peer)
		return 0;
	int r = watch_mute_add(t, u, &m, now_us, &id, e);
	return r == -ELIMIT ? 0 : r; /* it has its number of mutes: the exception is enough */
}

static bool is_open(const struct watch_alert *alert)
{
	return strcmp(alert->state, ALERT_CLOSED) != 0 && strcmp(alert->state, ALERT_CASE) != 0;
}

int watch_intel_wrong(struct txn *t, const struct user *u, const struct watch_wrong *w,
		      int64_t now_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert;
	struct intel_wrong v = { .alert_id = w->alert_id,
				 .region = w->region,
				 .reason = w->reason };
	int64_t id;
	int r = watch_alert_get(t, &u->scope, w->alert_id, a, &alert, e);

	if (r < 0)
		return r;
	if (!watch_intel_key(&alert, a, &v.key))
		return err_set(e, -EINVAL, "this alert is about no entry of a list");
	v.company_id = alert.company_id;
	if ((r = intel_verdict_add(t, u, &v, now_us, &id, e)) < 0 ||
	    (r = quieten(t, u, &alert, &v.key, w->reason, now_us, e)) < 0)
		return r;
	return is_open(&alert) ? watch_alert_close(t, u, alert.id, w->reason, now_us, e) : 0;
}
