/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: two network cards quarrel about one address, so that one of them hears what is meant
 * for the other. An address that changes hands once is a new lease; one that goes back and forth
 * is not. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum { CLAIMS_MAX = 4096 }; /* addresses */

struct claim {
	struct addr addr;
	struct mac mac, before;
	uint64_t flips;
	int64_t first_us, last_us; /* of the flips */
	struct telling telling;
};

struct arp_spoof {
	struct detect_env *env;
	struct ring *claims;
};

static void *arp_spoof_open(struct detect_env *env)
{
	struct arp_spoof *s = mem_new(sizeof(*s));

	s->env = env;
	s->claims = ring_new(env, CLAIMS_MAX, sizeof(struct addr), sizeof(struct claim));
	return s;
}

static void arp_spoof_close(void *state)
{
	struct arp_spoof *s = state;

	ring_free(s->claims);
	free(s);
}

static struct claim *claim_of(struct arp_spoof *s, const struct addr *a, const struct mac *m)
{
	bool fresh;
	struct claim *c = ring_get(s->claims, a->b, &fresh);

	if (fresh)
		*c = (struct claim){ .addr = *a, .mac = *m };
	return c;
}

/* The one of the two that came later is named: the first to hold the address is its owner. */
static const struct mac *stranger(const struct claim *c)
{
	return c->flips % 2 ? &c->mac : &c->before;
}

static uint32_t device_of(const struct arp_spoof *s, const struct mac *m)
{
	size_t n = inventory_count(s->env->inventory);

	for (uint32_t i = 0; i < n; i++) { /* rare: only when a finding is told */
		const struct device *d = inventory_device(s->env->inventory, i);
		if (d->has_mac && mac_eq(&d->mac, m))
			return i;
	}
	return DEVICE_NONE;
}

static bool is_gateway(const struct arp_spoof *s, const struct mac *m)
{
	const struct device *d = inventory_device(s->env->inventory, device_of(s, m));

	return d && d->gateway;
}

static void tell(struct arp_spoof *s, struct claim *c)
{
	struct report r;
	char a[MAC_TEXT_MAX], b[MAC_TEXT_MAX], text[ADDR_TEXT_MAX];

	c->telling.due = true;
	if (c->flips < s->env->thresholds->arp_spoof.changes_min)
		return;
	bool gateway = is_gateway(s, &c->mac) || is_gateway(s, &c->before);
	enum severity severity = gateway ? SEVERITY_HIGH : SEVERITY_LOW;
	if (!telling_due(&c->telling, severity, s->env->now_us))
		return;
	report_init(&r, detector_arp_spoof.name, device_of(s, stranger(c)), NULL);
	r.severity = severity;
	r.confidence = gateway ? 0.8 : 0.5;
	r.first_us = c->first_us;
	r.last_us = c->last_us;
	r.count = c->flips;
	report_peer(&r, &c->addr, 0);
	report_reason(&r, "%s and %s both say that %s is theirs; it changed hands %llu times",
		      mac_format(&c->mac, a), mac_format(&c->before, b),
		      addr_format(&c->addr, text), (unsigned long long)c->flips);
	if (gateway)
		report_reason(&r, "one of them is the way to the Internet");
	report_number(&r, "changes", (double)c->flips);
	report_story(&r, s->env, "%s", text);
	detect_report(s->env, &c->telling, &r);
}

static void arp_spoof_neighbour(void *state, const struct dissected *d)
{
	struct arp_spoof *s = state;
	const struct neighbour *n = &d->neighbour;

	if (d->kind != DISSECT_ARP || addr_is_zero(&n->sender) || mac_is_zero(&n->mac) ||
	    mac_is_group(&n->mac) || addr_is_link_local(&n->sender))
		return;
	struct claim *c = claim_of(s, &n->sender, &n->mac);
	if (mac_eq(&c->mac, &n->mac))
		return;
	/* A third card begins a new quarrel. */
	bool back = mac_eq(&c->before, &n->mac);
	if (!back || d->ts_us - c->last_us > s->env->thresholds->arp_spoof.rest_us) {
		c->flips = 0;
		c->first_us = d->ts_us;
	}
	c->before = c->mac;
	c->mac = n->mac;
	c->flips++;
	c->last_us = d->ts_us;
	tell(s, c);
}

const struct detector detector_arp_spoof = {
	.name = "arp_spoof",
	.open = arp_spoof_open,
	.close = arp_spoof_close,
	.neighbour = arp_spoof_neighbour,
};
