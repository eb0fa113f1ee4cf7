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

/* One IP header: what lies behind it. */
struct inner {
	struct rd r;
	uint32_t wire; /* bytes behind the header as the header says */
	uint8_t proto;
};

/* RFC 791, 3.1. */
static bool on_ipv4(struct rd r, struct dissected *d, struct inner *in)
{
	struct rd whole = r;
	const uint8_t *h = rd_bytes(&r, IPV4_HEADER);

	if (!h)
		return false;
	uint32_t header = (uint32_t)(h[0] & 15) * 4, total = (uint32_t)h[2] << 8 | h[3];
	uint32_t offset = (uint32_t)((h[6] & 0x1f) << 8 | h[7]);
	if (total == 0) /* segmentation offload leaves it to the card */
		total = (uint32_t)whole.n;
	if (header < IPV4_HEADER || header > total)
		return false;
	d->src = addr_v4(h + 12);
	d->dst = addr_v4(h + 16);
	d->ttl = h[8];
	d->kind = DISSECT_IP;
	d->fragment = offset != 0;
	if (whole.n > total) /* padding of short Ethernet frames */
		whole.n = total;
	d->l3 = whole;
	rd_skip(&whole, header);
	*in = (struct inner){ .r = whole, .wire = total - header, .proto = h[9] };
	return !whole.bad;
}

/* Steps over one extension header (RFC 8200, 4); false when NEXT is none. */
static bool skip_extension(struct inner *in, struct dissected *d)
{
	struct rd before = in->r;
	uint8_t next, units;

	switch (in->proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_DSTOPTS:
	case PROTO_MOBILITY:
		next = rd_u8(&in->r);
		units = rd_u8(&in->r);
		rd_skip(&in->r, (size_t)units * 8 + 6);
		break;
	case PROTO_AH: /* RFC 4302, 2.2: counts in words of four */
		next = rd_u8(&in->r);
		units = rd_u8(&in->r);
		rd_skip(&in->r, (size_t)units * 4 + 6);
		break;
	case PROTO_FRAGMENT:
		next = rd_u8(&in->r);
		rd_skip(&in->r, 1);
		d->fragment = (rd_be16(&in->r) & 0xfff8) != 0;
		rd_skip(&in->r, 4);
		break;
	default:
		return false;
	}
	uint32_t used = (uint32_t)(before.n - in->r.n);
	in->wire = in->wire > used ? in->wire - used : 0;
	in->proto = next;
	return !in->r.bad && !d->fragment;
}

/* RFC 8200, 3. */
static bool on_ipv6(struct rd r, struct dissected *d, struct inner *in)
{
	struct rd whole = r;
	const uint8_t *h = rd_bytes(&r, IPV6_HEADER);

	if (!h)
		return false;
	uint32_t len = (uint32_t)h[4] << 8 | h[5];
	if (len == 0)
		len = (uint32_t)r.n;
	d->src = addr_v6(h + 8);
	d->dst = addr_v6(h + 24);
	d->ttl = h[7];
	d->kind = DISSECT_IP;
	d->fragment = false;
	if (r.n > len) {
		whole.n -= r.n - len;
		r.n = len;
	}
	d->l3 = whole;
	*in = (struct inner){ .r = r, .wire = len, .proto = h[6] };
	for (int i = 0; i < EXTENSIONS_MAX; i++) {
		if (!skip_extension(in, d))
			break;
	}
	return !in->r.bad;
}

void dissect_ip(struct rd r, struct dissected *d)
{
	for (int depth = 0; depth <= TUNNEL_DEPTH_MAX; depth++) {
		struct inner in = { 0 };
		if (r.n == 0)
			break;
		bool ok = r.p[0] >> 4 == 4   ? on_ipv4(r, d, &in)
			  : r.p[0] >> 4 == 6 ? on_ipv6(r, d, &in)
					     : false;
		d->proto = in.proto;
		if (!ok)
			break;
		if (d->fragment)
			return;
		if (in.proto != PROTO_IPV4 && in.proto != PROTO_IPV6) {
			dissect_transport(in.r, in.wire, d);
			return;
		}
		d->tunnels++;
		r = in.r;
	}
	d->bad = true;
}
