/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and whose address is whose. What DHCP and mDNS tell of them: inventory_learn.c. */
#include "probe/inventory/inventory_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	OWNERS_PER_DEVICE = 4,
	OUTSIDE_MAX = 3, /* source addresses that are not its own; with more, it passes on */
};

struct inventory *inventory_new(size_t devices_max, const struct home *home)
{
	struct inventory *v = mem_new(sizeof(*v));

	v->max = devices_max;
	v->home = *home;
	v->by_key = map_new(devices_max);
	v->owner = map_new(devices_max * OWNERS_PER_DEVICE);
	v->oui = oui_new();
	return v;
}

static void device_done(struct device *d)
{
	free(d->fingerprint);
	free(d->class);
	free(d->fingerprint6);
}

void inventory_free(struct inventory *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < v->n; i++)
		device_done(&v->device[i]);
	free(v->device);
	map_free(v->by_key);
	map_free(v->owner);
	oui_free(v->oui);
	free(v);
}

struct home *inventory_home(struct inventory *v)
{
	return &v->home;
}

/* Positions are kept in maps as pointers, one above so that none is NULL. */
static void *position(size_t i)
{
	return (void *)(uintptr_t)(i + 1);
}

static uint32_t position_of(const void *p)
{
	return p ? (uint32_t)((uintptr_t)p - 1) : DEVICE_NONE;
}

static uint32_t device_make(struct inventory *v, const void *key, size_t key_len,
			    const struct dissected *d)
{
	if (v->n == v->max) {
		v->dropped++;
		return DEVICE_NONE;
	}
	if (v->n == v->cap) {
		v->cap = v->cap ? v->cap * 2 : 16;
		v->device = mem_resize(v->device, v->cap, sizeof(*v->device));
	}
	if (map_set(v->by_key, key, key_len, position(v->n)) < 0)
		return DEVICE_NONE;
	struct device *n = &v->device[v->n];
	*n = (struct device){
		.has_mac = d->has_mac,
		.first_us = d->ts_us,
		.last_us = d->ts_us,
		.changed = true,
		.vendor = "",
	};
	if (d->has_mac) {
		n->mac = d->src_mac;
		n->vendor = oui_vendor(v->oui, &n->mac);
	}
	return (uint32_t)v->n++;
}

static bool usable_mac(const struct mac *m)
{
	return !mac_is_group(m) && !mac_is_zero(m);
}

static bool ownable(const struct addr *a)
{
	return !addr_is_zero(a) && !addr_is_multicast(a) && !addr_is_loopback(a);
}

static bool has_addr(const struct device *d, const struct addr *a)
{
	for (size_t i = 0; i < d->n_addr; i++) {
		if (addr_eq(&d->addr[i], a))
			return true;
	}
	return false;
}

/* The newest address stands first among its family's; link-local ones stand last. */
static void addr_add(struct device *d, const struct addr *a)
{
	size_t at = 0;

	if (d->n_addr == DEVICE_ADDRESSES_MAX)
		d->n_addr--;
	if (addr_is_link_local(a))
		at = d->n_addr;
	else if (!addr_is_v4(a))
		while (at < d->n_addr && addr_is_v4(&d->addr[at]))
			at++;
	memmove(&d->addr[at + 1], &d->addr[at], (d->n_addr - at) * sizeof(d->addr[0]));
	d->addr[at] = *a;
	d->n_addr++;
	d->changed = true;
}

static void addr_remove(struct device *d, const struct addr *a)
{
	for (size_t k = 0; k < d->n_addr; k++) {
		if (!addr_eq(&d->addr[k], a))
			continue;
		memmove(&d->addr[k], &d->addr[k + 1], (d->n_addr - k - 1) * sizeof(d->addr[0]));
		d->n_addr--;
		return;
	}
}

void inventory_bind(struct inventory *v, uint32_t i, const struct addr *a)
{
	if (i == DEVICE_NONE || !ownable(a))
		return;
	uint32_t before = inventory_owner(v, a);
	if (before == i)
		return;
	if (before != DEVICE_NONE)
		addr_remove(&v->device[before], a);
	if (map_set(v->owner, a->b, sizeof(a->b), position(i)) < 0)
		v->dropped++;
	if (!has_addr(&v->device[i], a))
		addr_add(&v->device[i], a);
}

void inventory_mark_gateway(struct inventory *v, struct device *d)
{
	if (d->gateway)
		return;
	d->gateway = true;
	d->changed = true;
	/* What it forwarded is not its own; unknown ones come back when it speaks for them. */
	for (size_t k = d->n_addr; k-- > 0;) {
		struct addr a = d->addr[k];
		if (home_side_of(&v->home, &a) == HOME_INSIDE)
			continue;
		(void)map_remove(v->owner, a.b, sizeof(a.b));
		addr_remove(d, &a);
	}
}

/* Device D sent for address A, which is not its own: with several of them it is a gateway. */
static bool passes_on(struct inventory *v, struct device *d, const struct addr *a)
{
	static const uint8_t fixed[16] = "outside";

	d->outside |= UINT64_C(1) << (siphash13(fixed, a->b, sizeof(a->b)) % 64);
	if (__builtin_popcountll(d->outside) > OUTSIDE_MAX)
		inventory_mark_gateway(v, d);
	return d->gateway;
}

/* An IP packet from address A came out of device I. */
static void source_seen(struct inventory *v, uint32_t i, const struct addr *a)
{
	struct device *d = &v->device[i];

	if (!ownable(a) || has_addr(d, a))
		return;
	switch (home_side_of(&v->home, a)) {
	case HOME_OUTSIDE:
		(void)passes_on(v, d, a);
		break;
	case HOME_INSIDE: /* a router between two home networks owns none of what it passes on */
		if (!d->gateway && inventory_owner(v, a) == DEVICE_NONE)
			inventory_bind(v, i, a);
		break;
	case HOME_UNKNOWN:
		if (!d->gateway && !passes_on(v, d, a))
			inventory_bind(v, i, a);
		break;
	}
}

static uint32_t by_address(struct inventory *v, const struct dissected *d)
{
	uint32_t i = inventory_owner(v, &d->src);

	if (i != DEVICE_NONE || !ownable(&d->src) ||
	    home_side_of(&v->home, &d->src) == HOME_OUTSIDE)
		return i;
	i = device_make(v, d->src.b, sizeof(d->src.b), d);
	inventory_bind(v, i, &d->src);
	return i;
}

uint32_t inventory_sender(struct inventory *v, const struct dissected *d)
{
	uint32_t i;

	if (!d->has_mac) {
		i = d->kind == DISSECT_IP ? by_address(v, d) : DEVICE_NONE;
	} else if (!usable_mac(&d->src_mac)) {
		return DEVICE_NONE;
	} else {
		i = position_of(map_find(v->by_key, d->src_mac.b, sizeof(d->src_mac.b)));
		if (i == DEVICE_NONE)
			i = device_make(v, d->src_mac.b, sizeof(d->src_mac.b), d);
		if (i != DEVICE_NONE && d->kind == DISSECT_IP)
			source_seen(v, i, &d->src);
	}
	if (i != DEVICE_NONE && d->ts_us > v->device[i].last_us)
		v->device[i].last_us = d->ts_us;
	return i;
}

uint32_t inventory_receiver(struct inventory *v, const struct dissected *d)
{
	if (!d->has_mac || mac_is_zero(&d->dst_mac)) /* cooked captures lack it */
		return inventory_owner(v, &d->dst);
	if (mac_is_group(&d->dst_mac))
		return DEVICE_NONE;
	return position_of(map_find(v->by_key, d->dst_mac.b, sizeof(d->dst_mac.b)));
}

uint32_t inventory_owner(const struct inventory *v, const struct addr *a)
{
	return position_of(map_find(v->owner, a->b, sizeof(a->b)));
}

bool inventory_speaks_for(const struct inventory *v, uint32_t i, const struct addr *a)
{
	return i < v->n && (addr_is_zero(a) || has_addr(&v->device[i], a));
}

bool inventory_inside(const struct inventory *v, const struct addr *a, uint32_t device)
{
	enum home_side side = home_side_of(&v->home, a);

	if (side != HOME_UNKNOWN)
		return side == HOME_INSIDE;
	return device != DEVICE_NONE && !v->device[device].gateway;
}

size_t inventory_count(const struct inventory *v)
{
	return v->n;
}

struct device *inventory_device(struct inventory *v, uint32_t i)
{
	return i < v->n ? &v->device[i] : NULL;
}

uint64_t inventory_dropped(const struct inventory *v)
{
	return v->dropped;
}

static uint32_t devices_behind(const struct device *d)
{
	uint32_t n = d->n_ttl > d->names_seen ? d->n_ttl : d->names_seen;

	return d->gateway || n == 0 ? 1 : n;
}

void inventory_describe(const struct device *d, const struct addr *show, struct device_texts *texts,
			struct device_info *out)
{
	size_t n = 0;

	texts->mac[0] = 0;
	if (d && d->has_mac)
		mac_format(&d->mac, texts->mac);
	if (show)
		texts->list[n++] = addr_format(show, texts->addr[0]);
	for (size_t i = 0; d && i < d->n_addr && n < DEVICE_ADDRESSES_MAX; i++) {
		if (!show || !addr_eq(show, &d->addr[i])) {
			texts->list[n] = addr_format(&d->addr[i], texts->addr[n]);
			n++;
		}
	}
	*out = (struct device_info){
		.mac = texts->mac,
		.addresses = texts->list,
		.n_addresses = n,
		.hostname = d ? d->hostname : "",
		.vendor = d ? d->vendor : "",
		.dhcp_fingerprint = d && d->fingerprint ? d->fingerprint : "",
		.dhcp_class = d && d->class ? d->class : "",
		.dhcp6_fingerprint = d && d->fingerprint6 ? d->fingerprint6 : "",
	};
	if (!d)
		return;
	out->random_mac = d->has_mac && mac_is_random(&d->mac);
	out->is_gateway = d->gateway;
	out->first_seen_us = d->first_us;
	out->last_seen_us = d->last_us;
	out->devices_behind = devices_behind(d);
}
