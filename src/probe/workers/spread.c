/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and ports of the usual packet by hand; everything else is taken apart in full. */
#include "probe/workers/spread.h"

#include <string.h>

enum {
	ETHER_HEADER = 14,
	VLAN_TAG = 4,
	VLANS_MAX = 4, /* as deep as dissect looks */
	IPV4_HEADER = 20,
};

static uint64_t load64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static uint32_t load32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* Adding is blind to the direction. */
static uint8_t worker_of(const struct spread *s, uint64_t sum, uint32_t ports, uint8_t proto)
{
	uint64_t h = (sum + ((uint64_t)ports << 40) + proto) * (s->secret | 1);

	h ^= h >> 32;
	h *= UINT64_C(0x9e3779b97f4a7c15);
	return (uint8_t)((h >> 32) * s->workers >> 32);
}

static uint64_t addr_sum(const struct addr *a)
{
	return addr_is_v4(a) ? load32(a->b + 12) : load64(a->b) + load64(a->b + 8);
}

static uint8_t by_tuple(const struct spread *s, const struct addr *a, const struct addr *b,
			uint32_t ports, uint8_t proto)
{
	return worker_of(s, addr_sum(a) + addr_sum(b), ports, proto);
}

static bool has_ports(uint8_t proto)
{
	return proto == PROTO_TCP || proto == PROTO_UDP;
}

static struct spread_to in_full(const struct spread *s, const struct packet *p)
{
	struct spread_to out = { .also = SPREAD_NOBODY };
	struct dissected d;

	dissect(p, &d);
	if (d.kind != DISSECT_IP || d.neighbour.op || d.fragment)
		return out;
	uint32_t ports = has_ports(d.proto) ? (uint32_t)d.sport + d.dport : 0;
	out.to = by_tuple(s, &d.src, &d.dst, ports, d.proto);
	const struct unreached *u = &d.unreached;
	if (u->proto)
		out.also = by_tuple(s, &u->src, &u->dst, (uint32_t)u->sport + u->dport, u->proto);
	return out;
}

/* The IPv4 header of an Ethernet frame that bears whole TCP or UDP ports; NULL = look closer. */
static const uint8_t *plain_ipv4(const struct packet *p)
{
	const uint8_t *at = p->p + ETHER_HEADER - 2, *end = p->p + p->len;

	if (p->link != LINK_ETHERNET || p->len < ETHER_HEADER)
		return NULL;
	for (int i = 0; i < VLANS_MAX && at[0] == 0x81 && at[1] == 0; i++) {
		at += VLAN_TAG;
		if (end - at < 2)
			return NULL;
	}
	if (at[0] != 8 || at[1] != 0)
		return NULL;
	at += 2;
	/* Without options, whole, not a fragment, behind it a whole TCP header's worth of bytes. */
	if (end - at < IPV4_HEADER + 20 || at[0] != 0x45 || (at[6] & 0x3f) || at[7] ||
	    !has_ports(at[9]) || (at[2] == 0 && at[3] < IPV4_HEADER + 8) ||
	    (at[9] == PROTO_TCP && at[2] == 0 && at[3] < IPV4_HEADER + 20))
		return NULL;
	return at;
}

struct spread_to spread_packet(const struct spread *s, const struct packet *p)
{
	const uint8_t *h = plain_ipv4(p);

	if (!h)
		return in_full(s, p);
	uint32_t ports = ((uint32_t)h[20] << 8 | h[21]) + ((uint32_t)h[22] << 8 | h[23]);
	uint64_t sum = (uint64_t)load32(h + 12) + load32(h + 16);
	return (struct spread_to){ worker_of(s, sum, ports, h[9]), SPREAD_NOBODY };
}
