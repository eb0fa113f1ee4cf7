/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device makes itself the way out of the network for IPv6: it advertises itself as a
 * router of another network beside the one that is there, or hands out a server of names by DHCPv6
 * that differs, or that is itself without being a router. Several routers of the same network are
 * ordinary, and so is one that is not the router of IPv4. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"

enum { SOURCES_MAX = 16, ADVERTISE = 2, REPLY = 7 };

struct source {
	struct mac mac;
	struct cidr prefix; /* bits 0: none advertised */
	struct addr dns;    /* zero: none handed out */
	int64_t first_us;
	int64_t router_us, dns_us; /* last heard as such; 0 = never */
	struct telling telling;
};

struct rogue_router {
	struct detect_env *env;
	struct source source[SOURCES_MAX]; /* further ones are not looked at */
	size_t n;
};

static void *rogue_router_open(struct detect_env *env)
{
	struct rogue_router *g = mem_new(sizeof(*g));

	g->env = env;
	return g;
}

static void rogue_router_close(void *state)
{
	free(state);
}

static struct source *source_of(struct rogue_router *g, const struct dissected *d)
{
	for (size_t i = 0; i < g->n; i++) {
		if (mac_eq(&g->source[i].mac, &d->src_mac))
			return &g->source[i];
	}
	if (g->n == SOURCES_MAX || !d->has_mac)
		return NULL;
	struct source *s = &g->source[g->n++];
	*s = (struct source){ .mac = d->src_mac, .first_us = d->ts_us };
	return s;
}

static void tell(struct rogue_router *g, struct source *s, const struct source *other,
		 const struct dissected *d, const char *why)
{
	struct report r;

	s->telling.due = true;
	if (!telling_due(&s->telling, SEVERITY_MEDIUM, g->env->now_us))
		return;
	report_init(&r, detector_rogue_router.name, inventory_sender(g->env->inventory, d),
		    &d->src);
	r.severity = SEVERITY_MEDIUM;
	r.confidence = 0.7;
	r.first_us = s->first_us;
	r.last_us = d->ts_us > s->first_us ? d->ts_us : s->first_us;
	r.count = s->telling.times + 1;
	report_reason(&r, "%s", why);
	if (other) {
		char mac[MAC_TEXT_MAX];
		report_reason(&r, "the one that was here first has the MAC address %s",
			      mac_format(&other->mac, mac));
	}
	if (!addr_is_zero(&s->dns))
		report_peer(&r, &s->dns, 0);
	report_story(&r, g->env, "ipv6");
	detect_report(g->env, &s->telling, &r);
}

static bool alive(const struct rogue_router *g, int64_t heard_us)
{
	return heard_us && g->env->now_us - heard_us <= g->env->thresholds->rogue_router.alive_us;
}

/* Several networks on one wire each have their own; those of a trunk are told by their tags. */
static bool comparable(const struct source *a, const struct source *b)
{
	return a != b && a->first_us < b->first_us;
}

static void rogue_router_neighbour(void *state, const struct dissected *d)
{
	struct rogue_router *g = state;
	const struct neighbour *n = &d->neighbour;

	if (!n->router || n->lifetime_s == 0 || d->vlan != 0)
		return;
	struct source *s = source_of(g, d);
	if (!s)
		return;
	s->router_us = d->ts_us;
	if (n->prefix.bits)
		s->prefix = n->prefix;
	for (size_t i = 0; i < g->n && s->prefix.bits; i++) {
		const struct source *o = &g->source[i];
		if (comparable(o, s) && alive(g, o->router_us) && o->prefix.bits &&
		    !(o->prefix.bits == s->prefix.bits &&
		      addr_eq(&o->prefix.addr, &s->prefix.addr)))
			tell(g, s, o, d,
			     "it advertises itself as a router of another network than the one "
			     "that is there");
	}
}

static void rogue_router_dhcp6(void *state, const struct dissected *d,
			       const struct dhcp6_message *m)
{
	struct rogue_router *g = state;

	if ((m->type != ADVERTISE && m->type != REPLY) || m->n_dns == 0 || d->vlan != 0)
		return;
	struct source *s = source_of(g, d);
	if (!s)
		return;
	s->dns_us = d->ts_us;
	s->dns = m->dns[0];
	if (s->router_us == 0 && addr_eq(&s->dns, &d->src)) {
		tell(g, s, NULL, d,
		     "it has names looked up at itself by DHCPv6, and is not a router");
		return;
	}
	for (size_t i = 0; i < g->n; i++) {
		const struct source *o = &g->source[i];
		if (comparable(o, s) && alive(g, o->dns_us) && !addr_eq(&o->dns, &s->dns))
			tell(g, s, o, d, "it hands out another server of names by DHCPv6");
	}
}

const struct detector detector_rogue_router = {
	.name = "rogue_router",
	.open = rogue_router_open,
	.close = rogue_router_close,
	.neighbour = rogue_router_neighbour,
	.dhcp6 = rogue_router_dhcp6,
};
