/* SPDX-License-Identifier: Apache-2.0 */
/* What devices tell of themselves: ARP, NDP, DHCP, mDNS, the TTL of their packets. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/inventory/inventory_priv.h"

enum { TTL_MIN = 32, NAMES_SEEN_MAX = 50 };

/* One that has been here longer only says hello again. */
#define JOIN_US (2 * US_PER_MIN)

/* Packets of a phone that changed its MAC may lag behind so long. */
#define BOTH_US US_PER_MIN

static void joins(struct device *d, int64_t now_us)
{
	if (d->joined || now_us - d->first_us > JOIN_US)
		return;
	d->joined = true;
	d->joined_us = now_us;
	d->changed = true;
}

void inventory_neighbour(struct inventory *v, const struct dissected *d)
{
	const struct neighbour *n = &d->neighbour;
	uint32_t i = inventory_sender(v, d);
	bool zero = addr_is_zero(&n->sender);

	if (n->op == NEIGHBOUR_NONE || i == DEVICE_NONE)
		return;
	struct device *dev = &v->device[i];
	/* RFC 5227 probe and announcement, RFC 4862 duplicate address detection. */
	if (zero || (n->op == NEIGHBOUR_ASK && addr_eq(&n->sender, &n->target)))
		joins(dev, d->ts_us);
	if (n->prefix.bits)
		home_learn(&v->home, &n->prefix.addr, n->prefix.bits);
	if (n->router)
		inventory_mark_gateway(v, dev);
	if (!zero && (mac_is_zero(&n->mac) || mac_eq(&n->mac, &dev->mac))) {
		home_learn(&v->home, &n->sender, 0);
		inventory_bind(v, i, &n->sender);
	}
}

static void text_set(struct device *d, char **at, const char *text)
{
	if (!text[0] || (*at && strcmp(*at, text) == 0))
		return;
	free(*at);
	*at = mem_strdup(text);
	d->changed = true;
}

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* Does D look like O under another random MAC? Names alone are too common: phones of one make often
 * have the same. */
static bool alike(const struct device *o, const struct device *d)
{
	if (o->uuid && o->uuid == d->uuid)
		return true;
	if (!d->hostname[0] || !same(o->hostname, d->hostname))
		return false;
	if (d->fingerprint && o->fingerprint)
		return same(o->fingerprint, d->fingerprint);
	return d->by_mdns && o->by_mdns;
}

/* A newcomer with a random MAC that is one we know. */
static void look_for_return(struct inventory *v, struct device *d)
{
	if (d->returned || !d->has_mac || !mac_is_random(&d->mac))
		return;
	for (size_t i = 0; i < v->n; i++) {
		const struct device *o = &v->device[i];
		if (o != d && o->first_us < d->first_us && mac_is_random(&o->mac) && alike(o, d)) {
			d->returned = true;
			d->was = (uint32_t)i;
		}
	}
}

bool inventory_both_here(struct inventory *v, const struct device *d)
{
	const struct device *o = d->returned ? inventory_device(v, d->was) : NULL;

	return o && o->last_us - d->first_us > BOTH_US;
}

void inventory_ssdp(struct inventory *v, uint32_t i, const char *uuid)
{
	static const uint8_t fixed[16] = "uuid";
	struct device *d = inventory_device(v, i);

	if (!d || !uuid[0] || d->gateway)
		return;
	d->uuid = siphash13(fixed, uuid, strlen(uuid));
	look_for_return(v, d);
}

void inventory_hostname(struct inventory *v, uint32_t i, const char *name, bool sure)
{
	struct device *d = inventory_device(v, i);
	struct str s = str_of(name);

	if (!d || s.n == 0 || (d->hostname[0] && !sure))
		return;
	if (str_ends(s, STR(".local")))
		s.n -= strlen(".local");
	if (str_eq(s, str_of(d->hostname)))
		return;
	if (sure && d->names_seen < NAMES_SEEN_MAX)
		d->names_seen++;
	(void)str_copy(d->hostname, sizeof(d->hostname), s); /* cut is fine */
	d->changed = true;
}

static uint32_t position_by_mac(const struct inventory *v, const struct mac *m)
{
	void *p = map_find(v->by_key, m->b, sizeof(m->b));

	return p ? (uint32_t)((uintptr_t)p - 1) : DEVICE_NONE;
}

static void from_server(struct inventory *v, const struct dhcp_message *m)
{
	if (m->type != DHCP_ACK)
		return;
	if (m->prefix_bits)
		home_learn(&v->home, &m->addr, m->prefix_bits);
	uint32_t client = position_by_mac(v, &m->mac);
	inventory_bind(v, client, &m->addr);
	uint32_t i = inventory_owner(v, &m->router);
	if (i != DEVICE_NONE && v->device[i].has_mac)
		inventory_mark_gateway(v, &v->device[i]);
}

void inventory_dhcp(struct inventory *v, const struct dhcp_message *m, uint32_t i, int64_t now_us)
{
	struct device *d = inventory_device(v, i);

	if (m->reply) {
		from_server(v, m);
		return;
	}
	/* A relay passes on for others: then the message is not about the sender. */
	if (!d || !d->has_mac || (!mac_is_zero(&m->mac) && !mac_eq(&m->mac, &d->mac)))
		return;
	/* A request that bears the client's address renews a lease. */
	if (m->type == DHCP_DISCOVER || (m->type == DHCP_REQUEST && addr_is_zero(&m->addr)))
		joins(d, now_us);
	inventory_hostname(v, i, m->hostname, true);
	text_set(d, &d->fingerprint, m->fingerprint);
	text_set(d, &d->class, m->class);
	look_for_return(v, d);
}

void inventory_dhcp6(struct inventory *v, const struct dhcp6_message *m, uint32_t i)
{
	struct device *d = inventory_device(v, i);

	if (!d || m->type == 2 || m->type == 7 || m->type == 10) /* from servers */
		return;
	text_set(d, &d->fingerprint6, m->fingerprint);
	inventory_hostname(v, i, m->hostname, false);
}

void inventory_mdns(struct inventory *v, uint32_t i, const struct dns_message *m)
{
	struct device *d = inventory_device(v, i);

	if (!d || !m->response)
		return;
	for (size_t k = 0; k < m->n_answers; k++) {
		const struct dns_answer *a = &m->answer[k];
		bool address = a->type == DNS_A || a->type == DNS_AAAA;
		if (!address || !str_ends(str_of(a->owner), STR(".local")))
			continue;
		inventory_hostname(v, i, a->owner, false);
		if (!d->by_mdns) {
			d->by_mdns = true;
			look_for_return(v, d);
		}
	}
}

void inventory_syn_ttl(struct inventory *v, uint32_t i, uint8_t ttl)
{
	struct device *d = inventory_device(v, i);

	if (!d || d->gateway || ttl < TTL_MIN)
		return;
	for (size_t k = 0; k < d->n_ttl; k++) {
		if (d->ttl[k] == ttl)
			return;
	}
	if (d->n_ttl < DEVICE_TTLS_MAX) {
		d->ttl[d->n_ttl++] = ttl;
		d->changed |= d->n_ttl > 1;
	}
}
