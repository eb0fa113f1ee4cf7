/* SPDX-License-Identifier: Apache-2.0 */
/* DHCP and DHCPv6 messages. Only what the inventory and the home network are learned from. */
#include "probe/dissect/dhcp.h"

#include <stdio.h>

#include "base/err.h"
#include "base/rd.h"

enum {
	DHCP_COOKIE = 0x63825363,
	OPTION_PAD = 0,
	OPTION_MASK = 1,
	OPTION_ROUTER = 3,
	OPTION_DNS = 6,
	OPTION_HOSTNAME = 12,
	OPTION_REQUESTED = 50,
	OPTION_TYPE = 53,
	OPTION_PARAMETERS = 55,
	OPTION_CLASS = 60,
	OPTION_CLIENT_ID = 61,
	OPTION_FQDN = 81,
	OPTION_END = 255,
	OPTIONS_MAX = 128,
	OPTION6_CLIENT_ID = 1,
	OPTION6_ORO = 6,
	OPTION6_DNS = 23, /* RFC 3646 */
	OPTION6_FQDN = 39,
	DHCP6_RELAY_FORWARD = 12,
};

/* Printable ASCII passes; anything else becomes a question mark. */
static void text_copy(char *out, size_t size, struct rd r)
{
	size_t n = 0;

	while (r.n > 0 && n + 1 < size) {
		uint8_t c = rd_u8(&r);
		if (c == 0)
			break;
		out[n++] = c >= 32 && c < 127 ? (char)c : '?';
	}
	out[n] = 0;
}

static void list_add(char *out, size_t size, unsigned v)
{
	size_t n = strlen(out);

	if (n + 7 < size)
		(void)snprintf(out + n, size - n, "%s%u", n ? "," : "", v); /* fits */
}

static uint8_t mask_bits(struct rd r)
{
	uint32_t m = rd_be32(&r);
	uint8_t bits = 0;

	if (r.bad)
		return 0;
	while (m & 0x80000000u) {
		bits++;
		m <<= 1;
	}
	return m ? 0 : bits;
}

/* A name in labels (RFC 1035, 3.1) without compression. */
static void labels_copy(char *out, size_t size, struct rd r)
{
	size_t n = 0;

	out[0] = 0;
	for (;;) {
		uint8_t len = rd_u8(&r);
		struct rd label = rd_sub(&r, len);
		if (len == 0 || len > 63 || label.bad || n + len + 2 > size)
			return;
		if (n > 0)
			out[n++] = '.';
		text_copy(out + n, size - n, label);
		n += strlen(out + n);
	}
}

/* RFC 4702, 2: flags, two result codes, the name as text or (flag 4) in labels. */
static void on_fqdn(struct rd o, struct dhcp_message *m)
{
	uint8_t flags = rd_u8(&o);

	rd_skip(&o, 2);
	if (o.bad || m->hostname[0])
		return;
	if (flags & 4)
		labels_copy(m->hostname, sizeof(m->hostname), o);
	else
		text_copy(m->hostname, sizeof(m->hostname), o);
}

static void on_option(uint8_t code, struct rd o, struct dhcp_message *m)
{
	switch (code) {
	case OPTION_MASK:
		m->prefix_bits = mask_bits(o);
		break;
	case OPTION_ROUTER:
		if (o.n >= 4)
			m->router = addr_v4(o.p);
		break;
	case OPTION_DNS:
		for (m->n_dns = 0; o.n >= 4 && m->n_dns < DHCP_DNS_MAX; m->n_dns++)
			m->dns[m->n_dns] = addr_v4(rd_bytes(&o, 4));
		break;
	case OPTION_HOSTNAME:
		text_copy(m->hostname, sizeof(m->hostname), o);
		break;
	case OPTION_REQUESTED:
		if (o.n == 4)
			m->requested = addr_v4(o.p);
		break;
	case OPTION_TYPE:
		m->type = rd_u8(&o);
		break;
	case OPTION_PARAMETERS:
		m->fingerprint[0] = 0;
		while (o.n > 0)
			list_add(m->fingerprint, sizeof(m->fingerprint), rd_u8(&o));
		break;
	case OPTION_CLASS:
		text_copy(m->class, sizeof(m->class), o);
		break;
	case OPTION_CLIENT_ID:
		if (o.n == 7 && o.p[0] == 1 && mac_is_zero(&m->mac))
			memcpy(m->mac.b, o.p + 1, 6);
		break;
	case OPTION_FQDN:
		on_fqdn(o, m);
		break;
	default:
		break;
	}
}

static void on_header(struct rd *r, struct dhcp_message *m)
{
	m->reply = rd_u8(r) == 2;
	uint8_t hardware = rd_u8(r), hlen = rd_u8(r);
	rd_skip(r, 9);
	const uint8_t *addrs = rd_bytes(r, 16);
	const uint8_t *mac = rd_bytes(r, 16);
	rd_skip(r, 192);
	if (r->bad)
		return;
	if (hardware == 1 && hlen == 6)
		memcpy(m->mac.b, mac, 6);
	m->addr = addr_v4(addrs + 4); /* yours, from the server */
	if (addr_is_zero(&m->addr))
		m->addr = addr_v4(addrs); /* the client's own */
}

int dhcp_parse(const uint8_t *p, size_t n, struct dhcp_message *out)
{
	struct rd r = rd_of(p, n);

	*out = (struct dhcp_message){ 0 };
	on_header(&r, out);
	if (rd_be32(&r) != DHCP_COOKIE || r.bad)
		return -EFORMAT;
	for (int i = 0; i < OPTIONS_MAX && r.n > 0; i++) {
		uint8_t code = rd_u8(&r);
		if (code == OPTION_PAD) {
			i--; /* bounded by the bytes that are there */
			continue;
		}
		if (code == OPTION_END)
			return 0;
		uint8_t len = rd_u8(&r);
		struct rd o = rd_sub(&r, len);
		if (r.bad)
			return -EFORMAT;
		on_option(code, o, out);
	}
	return 0;
}

/* RFC 8415, 11: DUID-LLT and DUID-LL of Ethernet end in the MAC. */
static void on_duid(struct rd o, struct dhcp6_message *m)
{
	uint16_t type = rd_be16(&o), hardware = rd_be16(&o);

	if (type == 1)
		rd_skip(&o, 4);
	if ((type == 1 || type == 3) && hardware == 1 && !o.bad && o.n == 6)
		memcpy(m->mac.b, o.p, 6);
}

static void on_option6(uint16_t code, struct rd o, struct dhcp6_message *m)
{
	switch (code) {
	case OPTION6_CLIENT_ID:
		on_duid(o, m);
		break;
	case OPTION6_FQDN:
		rd_skip(&o, 1);
		labels_copy(m->hostname, sizeof(m->hostname), o);
		break;
	case OPTION6_ORO:
		m->fingerprint[0] = 0;
		while (o.n >= 2)
			list_add(m->fingerprint, sizeof(m->fingerprint), rd_be16(&o));
		break;
	case OPTION6_DNS:
		for (m->n_dns = 0; o.n >= 16 && m->n_dns < DHCP_DNS_MAX; m->n_dns++)
			m->dns[m->n_dns] = addr_v6(rd_bytes(&o, 16));
		break;
	default:
		break;
	}
}

int dhcp6_parse(const uint8_t *p, size_t n, struct dhcp6_message *out)
{
	struct rd r = rd_of(p, n);

	*out = (struct dhcp6_message){ 0 };
	out->type = rd_u8(&r);
	rd_skip(&r, 3);
	if (r.bad || out->type >= DHCP6_RELAY_FORWARD)
		return -EFORMAT;
	for (int i = 0; i < OPTIONS_MAX && r.n > 0; i++) {
		uint16_t code = rd_be16(&r), len = rd_be16(&r);
		struct rd o = rd_sub(&r, len);
		if (r.bad)
			return -EFORMAT;
		on_option6(code, o, out);
	}
	return 0;
}
