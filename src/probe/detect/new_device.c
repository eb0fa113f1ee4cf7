/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device that was not here before. On a live sensor all devices are taken as known
 * while it learns; in a capture only those that announce themselves as newcomers are told. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

/* A newcomer that does not say who it is gets so long to do so. */
#define WAIT_US (10 * US_PER_SEC)
/* In a capture, one that was seen for so long and did not announce itself never will. */
#define SETTLED_US (10 * US_PER_MIN)

struct new_device {
	struct detect_env *env;
	bool *settled; /* nothing will come of it; looked at each second, the devices are not */
	size_t cap;
};

static void *new_device_open(struct detect_env *env)
{
	struct new_device *n = mem_new(sizeof(*n));

	n->env = env;
	return n;
}

static void new_device_close(void *state)
{
	struct new_device *n = state;

	free(n->settled);
	free(n);
}

static void describe(const struct device *d, const char *mac, struct report *r)
{
	report_reason(r, "%s was seen for the first time%s", mac,
		      d->joined ? " and announced itself on the network" : "");
	if (d->hostname[0])
		report_reason(r, "it calls itself %s", d->hostname);
	if (d->vendor[0])
		report_reason(r, "its network card was made by %s", d->vendor);
	if (mac_is_random(&d->mac))
		report_reason(r, "its MAC address is a random one, as phones use");
	report_text(r, "mac", mac);
	report_text(r, "hostname", d->hostname);
	report_text(r, "vendor", d->vendor);
	report_number(r, "random_mac", mac_is_random(&d->mac));
	report_number(r, "addresses", d->n_addr);
	if (d->fingerprint)
		report_text(r, "dhcp_fingerprint", d->fingerprint);
	if (d->class)
		report_text(r, "dhcp_class", d->class);
}

static void tell(struct new_device *n, uint32_t i, struct device *d)
{
	struct telling t = { 0 };
	struct report r;
	char mac[MAC_TEXT_MAX];

	report_init(&r, detector_new_device.name, i, NULL);
	r.severity = SEVERITY_INFO;
	r.confidence = d->joined ? 0.9 : 0.7;
	r.first_us = d->joined ? d->joined_us : d->first_us;
	r.last_us = d->last_us;
	r.count = 1;
	describe(d, mac_format(&d->mac, mac), &r);
	report_baseline(&r, n->env);
	report_story(&r, n->env, "joined");
	d->told = true;
	detect_report(n->env, &t, &r);
}

/* One that matters: present on the link under a MAC of its own, and new. */
static bool newcomer(const struct detect_env *env, const struct device *d)
{
	if (d->told || d->gateway || d->returned || !d->has_mac)
		return false;
	if (!env->resident)
		return d->joined;
	return (d->joined || d->n_addr > 0) && baseline_newcomer(env->baseline, d);
}

static bool settles(const struct detect_env *env, const struct device *d)
{
	/* One that returned is another after all when both speak. */
	if (d->returned)
		return env->now_us - d->first_us > SETTLED_US;
	return d->told || d->gateway || !d->has_mac ||
	       (!env->resident && !d->joined && env->now_us - d->first_us > SETTLED_US);
}

static void look(struct new_device *n, bool last_word)
{
	size_t count = inventory_count(n->env->inventory);

	if (count > n->cap) {
		n->settled = mem_resize(n->settled, count, sizeof(*n->settled));
		memset(n->settled + n->cap, 0, count - n->cap);
		n->cap = count;
	}
	for (size_t i = 0; i < count; i++) {
		if (n->settled[i])
			continue;
		struct device *d = inventory_device(n->env->inventory, (uint32_t)i);
		if (d->returned && inventory_both_here(n->env->inventory, d))
			d->returned = false;
		n->settled[i] = settles(n->env, d);
		if (!newcomer(n->env, d))
			continue;
		int64_t since = d->joined ? d->joined_us : d->first_us;
		bool known = d->hostname[0] && d->n_addr > 0;
		if (last_word || known || n->env->now_us - since >= WAIT_US)
			tell(n, (uint32_t)i, d);
	}
}

static void new_device_tick(void *state)
{
	look(state, false);
}

static void new_device_finish(void *state)
{
	look(state, true);
}

const struct detector detector_new_device = {
	.name = "new_device",
	.open = new_device_open,
	.close = new_device_close,
	.tick = new_device_tick,
	.finish = new_device_finish,
};
