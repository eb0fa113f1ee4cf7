/* SPDX-License-Identifier: Apache-2.0 */
/* TCP, UDP, ICMP and ICMPv6 headers. */
#include "probe/dissect/dissect.h"

enum {
	TCP_HEADER = 20,
	UDP_HEADER = 8,
	ICMP_ECHO_REPLY = 0,
	ICMP_UNREACHABLE = 3,
	ICMP_ECHO = 8,
	ICMPV6_UNREACHABLE = 1,
	ICMPV6_ECHO = 128,
	ICMPV6_ECHO_REPLY = 129,
	NDP_FIRST = 134, /* router advertisement */
	NDP_LAST = 136,  /* neighbour advertisement */
};

/* RFC 9293, 3.1. */
static void on_tcp(const struct rd *r, uint32_t wire, struct dissected *d)
{
	const uint8_t *h = r->p;

	if (r->n < TCP_HEADER) {
		d->bad = true;
		d->proto = 0; /* no ports: not a flow we could follow */
		return;
	}
	d->sport = (uint16_t)(h[0] << 8 | h[1]);
	d->dport = (uint16_t)(h[2] << 8 | h[3]);
	d->tcp_seq = (uint32_t)h[4] << 24 | (uint32_t)h[5] << 16 | (uint32_t)h[6] << 8 | h[7];
	d->tcp_flags = h[13];
	uint32_t header = (uint32_t)(h[12] >> 4) * 4;
	if (header < TCP_HEADER || header > wire) {
		d->bad = true;
		return;
	}
	d->payload_wire = wire - header;
	if (r->n <= header)
		return; /* the options were cut off by the capture */
	d->payload = rd_of(h + header, r->n - header);
}

/* RFC 768. */
static void on_udp(const struct rd *r, uint32_t wire, struct dissected *d)
{
	const uint8_t *h = r->p;

	if (r->n < UDP_HEADER) {
		d->bad = true;
		d->proto = 0;
		return;
	}
	uint32_t len = (uint32_t)h[4] << 8 | h[5];
	d->sport = (uint16_t)(h[0] << 8 | h[1]);
	d->dport = (uint16_t)(h[2] << 8 | h[3]);
	if (len < UDP_HEADER || len > wire)
		len = wire < UDP_HEADER ? UDP_HEADER : wire;
	d->payload_wire = len - UDP_HEADER;
	size_t n = r->n - UDP_HEADER;
	d->payload = rd_of(h + UDP_HEADER, n < d->payload_wire ? n : d->payload_wire);
}

/* The packet that an ICMP error quotes: only its addresses and ports. */
static void quoted(struct rd r, struct dissected *d)
{
	struct dissected q = { 0 };

	if (r.n == 0)
		return;
	bool v6 = r.p[0] >> 4 == 6;
	const uint8_t *h = rd_bytes(&r, v6 ? 40 : 20);
	if (!h)
		return;
	q.src = v6 ? addr_v6(h + 8) : addr_v4(h + 12);
	q.dst = v6 ? addr_v6(h + 24) : addr_v4(h + 16);
	uint8_t proto = v6 ? h[6] : h[9];
	if (!v6)
		rd_skip(&r, (size_t)(h[0] & 15) * 4 > 20 ? (size_t)(h[0] & 15) * 4 - 20 : 0);
	uint16_t sport = rd_be16(&r), dport = rd_be16(&r);
	if (r.bad || (proto != PROTO_TCP && proto != PROTO_UDP))
		return;
	d->unreached = (struct unreached){
		.src = q.src, .dst = q.dst, .sport = sport, .dport = dport, .proto = proto
	};
}

static void on_icmp(struct rd r, uint32_t wire, struct dissected *d)
{
	d->icmp_type = rd_u8(&r);
	d->icmp_code = rd_u8(&r);
	rd_skip(&r, 2);
	if (r.bad) {
		d->bad = true;
		return;
	}
	d->payload_wire = wire > 8 ? wire - 8 : 0;
	if (d->proto == PROTO_ICMPV6 && d->icmp_type >= NDP_FIRST && d->icmp_type <= NDP_LAST) {
		dissect_ndp(r, d);
		return;
	}
	uint16_t id = rd_be16(&r);
	rd_skip(&r, 2);
	bool v4 = d->proto == PROTO_ICMP;
	if (d->icmp_type == (v4 ? ICMP_ECHO : ICMPV6_ECHO))
		d->sport = id;
	if (d->icmp_type == (v4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY))
		d->dport = id;
	if (d->icmp_type == (v4 ? ICMP_UNREACHABLE : ICMPV6_UNREACHABLE))
		quoted(r, d);
	if (!r.bad)
		d->payload = r;
}

void dissect_transport(struct rd *r, uint32_t wire, struct dissected *d)
{
	switch (d->proto) {
	case PROTO_TCP:
		on_tcp(r, wire, d);
		break;
	case PROTO_UDP:
		on_udp(r, wire, d);
		break;
	case PROTO_ICMP:
	case PROTO_ICMPV6:
		on_icmp(*r, wire, d);
		break;
	default:
		break;
	}
}
