/* SPDX-License-Identifier: Apache-2.0 */
/* The link layers: Ethernet with VLAN tags, PPPoE, PPP, Linux cooked, raw IP. */
#include "probe/dissect/dissect.h"

enum {
	ETHER_IPV4 = 0x0800,
	ETHER_ARP = 0x0806,
	ETHER_VLAN = 0x8100,
	ETHER_QINQ = 0x88a8,
	ETHER_QINQ_OLD = 0x9100,
	ETHER_IPV6 = 0x86dd,
	ETHER_PPPOE_SESSION = 0x8864,
	PPP_IPV4 = 0x0021,
	PPP_IPV6 = 0x0057,
	ETHERNET_HEADER = 14,
	VLAN_DEPTH_MAX = 4,
	ARPHRD_ETHERNET = 1,
};

static void on_ppp(struct rd *r, struct dissected *d)
{
	uint16_t proto = rd_u8(r);

	/* RFC 1661, 2: an odd first byte is the whole of a compressed protocol field. */
	if (!(proto & 1))
		proto = (uint16_t)(proto << 8 | rd_u8(r));
	if (proto == PPP_IPV4 || proto == PPP_IPV6)
		dissect_ip(r, d);
	d->bad |= r->bad;
}

static void on_ppp_hdlc(struct rd *r, struct dissected *d)
{
	if (r->n >= 2 && r->p[0] == 0xff && r->p[1] == 0x03)
		rd_skip(r, 2);
	on_ppp(r, d);
}

/* RFC 2516, 4. */
static void on_pppoe(struct rd *r, struct dissected *d)
{
	uint8_t version = rd_u8(r), code = rd_u8(r);

	rd_skip(r, 4);
	if (r->bad || version != 0x11) {
		d->bad = true;
		return;
	}
	if (code == 0)
		on_ppp(r, d);
}

static void on_ethertype(uint16_t type, struct rd *r, struct dissected *d)
{
	for (int i = 0; i < VLAN_DEPTH_MAX; i++) {
		if (type != ETHER_VLAN && type != ETHER_QINQ && type != ETHER_QINQ_OLD)
			break;
		d->vlan = rd_be16(r) & 0xfff;
		type = rd_be16(r);
	}
	d->bad |= r->bad;
	switch (type) {
	case ETHER_IPV4:
	case ETHER_IPV6:
		dissect_ip(r, d);
		break;
	case ETHER_ARP:
		dissect_arp(*r, d);
		break;
	case ETHER_PPPOE_SESSION:
		on_pppoe(r, d);
		break;
	default:
		break;
	}
}

static void on_ethernet(struct rd *r, struct dissected *d)
{
	const uint8_t *h = rd_bytes(r, ETHERNET_HEADER);

	if (!h) {
		d->bad = true;
		return;
	}
	memcpy(d->dst_mac.b, h, 6);
	memcpy(d->src_mac.b, h + 6, 6);
	d->has_mac = true;
	on_ethertype((uint16_t)(h[12] << 8 | h[13]), r, d);
}

/* The sender's address of a cooked header: LEN bytes of an 8-byte field. */
static void cooked_mac(uint16_t arphrd, uint16_t len, struct rd *r, struct dissected *d)
{
	const uint8_t *p = rd_bytes(r, 8);

	if (!p || arphrd != ARPHRD_ETHERNET || len != 6)
		return;
	memcpy(d->src_mac.b, p, 6);
	d->has_mac = true;
}

static void on_cooked(struct rd *r, struct dissected *d)
{
	rd_skip(r, 2);
	uint16_t arphrd = rd_be16(r), len = rd_be16(r);
	cooked_mac(arphrd, len, r, d);
	uint16_t type = rd_be16(r);
	on_ethertype(type, r, d);
}

static void on_cooked2(struct rd *r, struct dissected *d)
{
	uint16_t type = rd_be16(r);
	rd_skip(r, 6);
	uint16_t arphrd = rd_be16(r);
	rd_skip(r, 1);
	uint8_t len = rd_u8(r);
	cooked_mac(arphrd, len, r, d);
	on_ethertype(type, r, d);
}

void dissect(const struct packet *p, struct dissected *d)
{
	struct rd r = rd_of(p->p, p->len);

	memset(d, 0, offsetof(struct dissected, neighbour));
	d->neighbour.op = NEIGHBOUR_NONE;
	d->unreached.proto = 0;
	d->wire_len = p->wire_len;
	d->ts_us = p->ts_us;
	d->cut = p->len < p->wire_len;
	switch (p->link) {
	case LINK_ETHERNET:
		on_ethernet(&r, d);
		break;
	case LINK_RAW:
	case LINK_RAW_OLD:
	case LINK_RAW_OPENBSD:
	case LINK_IPV4:
	case LINK_IPV6:
		dissect_ip(&r, d);
		break;
	case LINK_SLL:
		on_cooked(&r, d);
		break;
	case LINK_SLL2:
		on_cooked2(&r, d);
		break;
	case LINK_PPP:
	case LINK_PPP_HDLC:
		on_ppp_hdlc(&r, d);
		break;
	case LINK_PPP_ETHER:
		on_pppoe(&r, d);
		break;
	default:
		break;
	}
}
