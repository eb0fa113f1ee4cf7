/* SPDX-License-Identifier: Apache-2.0 */
/* IPv4 and IPv6 headers, and IP inside IP (DS-Lite, MAP-E, 6in4), down to the innermost. */
#include "probe/dissect/dissect.h"

enum {
	PROTO_HOPOPTS = 0,
	PROTO_IPV4 = 4,
	PROTO_IPV6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_NONE = 59,
	PROTO_DSTOPTS = 60,
	PROTO_MOBILITY = 135,
	TUNNEL_DEPTH_MAX = 3,
	EXTENSIONS_MAX = 8,
	IPV4_HEADER = 20,
	IPV6_HEADER = 40,
};

/* RFC 791, 3.1. R goes behind the header; WIRE: bytes behind it as it says. */
static bool on_ipv4(struct rd *r, struct dissected *d, uint32_t *wire)
{
	const uint8_t *h = r->p;
	size_t n = r->n;

	if (n < IPV4_HEADER)
		return false;
	uint32_t header = (uint32_t)(h[0] & 15) * 4, total = (uint32_t)h[2] << 8 | h[3];
	uint32_t offset = (uint32_t)((h[6] & 0x1f) << 8 | h[7]);
	if (total == 0) /* segmentation offload leaves it to the card */
		total = (uint32_t)n;
	if (header < IPV4_HEADER || header > total)
		return false;
	d->src = addr_v4(h + 12);
	d->dst = addr_v4(h + 16);
	d->ttl = h[8];
	d->kind = DISSECT_IP;
	d->fragment = offset != 0;
	d->proto = h[9];
	if (n > total) /* padding of short Ethernet frames */
		n = total;
	d->l3 = rd_of(h, n);
	if (n < header)
		return false;
	r->p = h + header;
	r->n = n - header;
	*wire = total - header;
	return true;
}

/* Steps over one extension header (RFC 8200, 4); false when the next is none. */
static bool skip_extension(struct rd *r, struct dissected *d, uint32_t *wire)
{
	size_t before = r->n;
	uint8_t next, units;

	switch (d->proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
	case PROTO_MOBILITY:
		next = rd_u8(r);
		units = rd_u8(r);
		rd_skip(r, (size_t)units * 8 + 6);
		break;
	case PROTO_AH: /* RFC 4302, 2.2: counts in words of four */
		next = rd_u8(r);
		units = rd_u8(r);
		rd_skip(r, (size_t)units * 4 + 6);
		break;
	case PROTO_FRAGMENT:
		next = rd_u8(r);
		rd_skip(r, 1);
		d->fragment = (rd_be16(r) & 0xfff8) != 0;
		rd_skip(r, 4);
		break;
	default:
		return false;
	}
	uint32_t used = (uint32_t)(before - r->n);
	*wire = *wire > used ? *wire - used : 0;
	d->proto = next;
	return !r->bad && !d->fragment;
}

/* RFC 8200, 3. */
static bool on_ipv6(struct rd *r, struct dissected *d, uint32_t *wire)
{
	const uint8_t *h = r->p;
	size_t n = r->n;

	if (n < IPV6_HEADER)
		return false;
	n -= IPV6_HEADER;
	uint32_t len = (uint32_t)h[4] << 8 | h[5];
	if (len == 0)
		len = (uint32_t)n;
	d->src = addr_v6(h + 8);
	d->dst = addr_v6(h + 24);
	d->ttl = h[7];
	d->kind = DISSECT_IP;
	d->fragment = false;
	d->proto = h[6];
	if (n > len)
		n = len;
	d->l3 = rd_of(h, n + IPV6_HEADER);
	r->p = h + IPV6_HEADER;
	r->n = n;
	*wire = len;
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		if (!skip_extension(r, d, wire))
			break;
	}
	return !r->bad;
}

void dissect_ip(struct rd *r, struct dissected *d)
{
	for (int depth = 0; depth <= TUNNEL_DEPTH_MAX; depth++) {
		uint32_t wire = 0;
		d->proto = 0;
		if (r->n == 0)
			break;
		bool ok = r->p[0] >> 4 == 4   ? on_ipv4(r, d, &wire)
			  : r->p[0] >> 4 == 6 ? on_ipv6(r, d, &wire)
					      : false;
		if (!ok)
			break;
		if (d->fragment)
			return;
		if (d->proto != PROTO_IPV4 && d->proto != PROTO_IPV6) {
			dissect_transport(r, wire, d);
			return;
		}
		d->tunnels++;
	}
	d->bad = true;
}
