/* SPDX-License-Identifier: Apache-2.0 */
/* Who is where on the link: ARP (RFC 826, 5227) and NDP (RFC 4861). */
#include "probe/dissect/dissect.h"

enum {
	ARP_ETHERNET = 1,
	ARP_IPV4 = 0x0800,
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
	NDP_ROUTER_ADVERT = 134,
	NDP_SOLICIT = 135,
	NDP_ADVERT = 136,
	OPTION_SOURCE_MAC = 1,
	OPTION_TARGET_MAC = 2,
	OPTION_PREFIX = 3,
	OPTIONS_MAX = 16,
};

void dissect_arp(struct rd r, struct dissected *d)
{
	uint16_t hardware = rd_be16(&r), protocol = rd_be16(&r);
	uint8_t hlen = rd_u8(&r), plen = rd_u8(&r);
	uint16_t op = rd_be16(&r);
	const uint8_t *p = rd_bytes(&r, 20);

	if (!p) {
		d->bad = true;
		return;
	}
	if (hardware != ARP_ETHERNET || protocol != ARP_IPV4 || hlen != 6 || plen != 4)
		return;
	if (op != ARP_REQUEST && op != ARP_REPLY)
		return;
	d->kind = DISSECT_ARP;
	struct neighbour *n = &d->neighbour;
	*n = (struct neighbour){ 0 };
	n->op = op == ARP_REQUEST ? NEIGHBOUR_ASK : NEIGHBOUR_TELL;
	memcpy(n->mac.b, p, 6);
	n->sender = addr_v4(p + 6);
	n->target = addr_v4(p + 16);
	d->src = n->sender;
	d->dst = n->target;
}

static void on_prefix(struct rd o, struct neighbour *n)
{
	uint8_t bits = rd_u8(&o), flags = rd_u8(&o);

	rd_skip(&o, 12);
	const uint8_t *p = rd_bytes(&o, 16);
	if (!p || bits == 0 || bits > 128 || !(flags & 0x80)) /* only what is on the link */
		return;
	n->prefix = (struct cidr){ .addr = addr_v6(p), .bits = bits };
}

static void on_options(struct rd r, struct neighbour *n)
{
	for (int i = 0; i < OPTIONS_MAX && r.n >= 8; i++) {
		uint8_t type = rd_u8(&r);
		size_t len = (size_t)rd_u8(&r) * 8;
		if (len < 8)
			return;
		struct rd o = rd_sub(&r, len - 2);
		if (o.bad)
			return;
		if (type == OPTION_PREFIX)
			on_prefix(o, n);
		if (type == OPTION_SOURCE_MAC || type == OPTION_TARGET_MAC)
			memcpy(n->mac.b, o.p, 6);
	}
}

void dissect_ndp(struct rd r, struct dissected *d)
{
	struct neighbour *n = &d->neighbour;
	uint32_t flags = rd_be32(&r);

	*n = (struct neighbour){ 0 };
	if (d->icmp_type == NDP_ROUTER_ADVERT) {
		rd_skip(&r, 8);
		n->sender = d->src;
		n->router = true;
		n->lifetime_s = (uint16_t)flags; /* behind hop limit and flags */
		n->op = NEIGHBOUR_TELL;
	} else {
		const uint8_t *p = rd_bytes(&r, 16);
		if (p)
			n->target = addr_v6(p);
		n->op = d->icmp_type == NDP_SOLICIT ? NEIGHBOUR_ASK : NEIGHBOUR_TELL;
		n->sender = d->icmp_type == NDP_SOLICIT ? d->src : n->target;
		n->router = d->icmp_type == NDP_ADVERT && (flags & 0x80000000u);
	}
	if (r.bad || d->ttl != 255) { /* RFC 4861, 6.1 and 7.1: came from the link itself */
		n->op = NEIGHBOUR_NONE;
		d->bad |= r.bad;
		return;
	}
	on_options(r, n);
}
