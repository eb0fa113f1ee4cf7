/* SPDX-License-Identifier: Apache-2.0 */
/* Orders read, checked and packed. Reports: record_order.c. */
#include "wire/order.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "wire/frame.h"

enum { V4_BITS = 96, ALL_BITS = 128, PORT_MAX = 65535, TCP = 6, UDP = 17 };

static const uint8_t v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

static const char *const type_names[ORDER_TYPES] = {
	[ORDER_LIST_DEVICES] = "list_devices", /* no text */
	[ORDER_TEST] = "test",
	[ORDER_CAPTURE] = "capture",
	[ORDER_ISOLATE] = "isolate",
	[ORDER_RELEASE] = "release",
	[ORDER_BLOCK] = "block",
	[ORDER_UNBLOCK] = "unblock",
	[ORDER_CANCEL] = "cancel",
};

const char *order_type_name(enum order_type t)
{
	return t > 0 && t < ORDER_TYPES ? type_names[t] : "";
}

enum order_type order_type_find(const char *name)
{
	for (size_t i = 1; i < ORDER_TYPES; i++)
		if (strcmp(type_names[i], name) == 0)
			return (enum order_type)i;
	return 0;
}

const char *order_state_name(enum order_state s)
{
	static const char *const names[ORDER_STATES] = {
		[ORDER_ACCEPTED] = "accepted", [ORDER_REFUSED] = "refused",
		[ORDER_RUNNING] = "running",   [ORDER_DONE] = "done",
		[ORDER_FAILED] = "failed",     [ORDER_EXPIRED] = "expired",
		[ORDER_UNDONE] = "undone",
	};

	return s > 0 && s < ORDER_STATES ? names[s] : "";
}

static bool for_enforcer(enum order_type t)
{
	return t == ORDER_ISOLATE || t == ORDER_RELEASE || t == ORDER_BLOCK || t == ORDER_UNBLOCK;
}

const char *order_kind(enum order_type t)
{
	return for_enforcer(t) ? ORDER_KIND_ENFORCER : ORDER_KIND_PROBE;
}

/* --- addresses --- */

static void mask(uint8_t address[16], unsigned bits)
{
	for (unsigned i = bits; i < ALL_BITS; i++)
		address[i / 8] &= (uint8_t) ~(0x80U >> i % 8);
}

int order_network_set(struct order_network *n, const char *text, struct err *e)
{
	struct order_network read = { .set = true, .bits = ALL_BITS };
	struct str all = str_trim(str_of(text)), rest = all, address = { all.p, 0 };
	char copy[INET6_ADDRSTRLEN];
	int64_t bits = 0;
	bool slash = memchr(all.p, '/', all.n) != NULL;

	(void)str_cut(&rest, '/', &address); /* all of it when there is no slash */
	bool v4 = !memchr(address.p, ':', address.n);
	memcpy(read.address, v4_prefix, sizeof(v4_prefix));
	bool good = str_copy(copy, sizeof(copy), address) &&
		    inet_pton(v4 ? AF_INET : AF_INET6, copy,
			      v4 ? read.address + V4_BITS / 8 : read.address) == 1;
	if (good && slash) {
		good = str_i64(rest, 1, v4 ? 32 : ALL_BITS, &bits) >= 0;
		read.bits = (uint8_t)(bits + (v4 ? V4_BITS : 0));
	}
	if (!good)
		return err_set(
			e, -EINVAL,
			"\"%.60s\" is no address: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::1",
			text);
	mask(read.address, read.bits);
	*n = read;
	return 0;
}

bool order_network_is_v4(const struct order_network *n)
{
	return n->bits >= V4_BITS && memcmp(n->address, v4_prefix, sizeof(v4_prefix)) == 0;
}

void order_network_format(const struct order_network *n, char out[ORDER_NETWORK_MAX])
{
	char text[INET6_ADDRSTRLEN] = "";
	bool v4 = order_network_is_v4(n);

	out[0] = '\0';
	if (!n->set)
		return;
	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? n->address + V4_BITS / 8 : n->address, text,
			sizeof(text)); /* large enough */
	(void)snprintf(out, ORDER_NETWORK_MAX, n->bits == ALL_BITS ? "%s" : "%s/%d", text,
		       v4 ? n->bits - V4_BITS : n->bits); /* fits */
}

int order_mac_set(struct order *o, const char *text, struct err *e)
{
	char mac[ORDER_MAC_MAX] = "";
	bool good = strlen(text) == sizeof(mac) - 1;

	for (size_t i = 0; good && i < sizeof(mac) - 1; i++) {
		bool digit = strchr("0123456789abcdefABCDEF", text[i]) != NULL;
		bool mark = text[i] == text[2] && (text[i] == ':' || text[i] == '-');

		good = i % 3 == 2 ? mark : digit;
		mac[i] = (char)(i % 3 == 2 ? ':' : tolower((unsigned char)text[i]));
	}
	if (!good)
		return err_set(e, -EINVAL, "\"%.60s\" is no MAC address: write 02:00:5e:10:00:01",
			       text);
	memcpy(o->mac, mac, sizeof(o->mac));
	return 0;
}

/* --- what an order must say --- */

static bool one_address(const struct order_network *n)
{
	return n->set && n->bits == ALL_BITS;
}

/* A MAC that is no device: group addresses and all zeros. */
static bool mac_is_device(const char *mac)
{
	unsigned first = 0;

	return mac[0] && strcmp(mac, "00:00:00:00:00:00") != 0 && sscanf(mac, "%2x", &first) == 1 &&
	       (first & 1) == 0;
}

static int check_device(const struct order *o, struct err *e)
{
	if (o->mac[0] && !mac_is_device(o->mac))
		return err_set(e, -EINVAL, "%s is not the address of one device", o->mac);
	if (o->network.set && !one_address(&o->network))
		return err_set(e, -EINVAL, "a device is named by one address, not by a network");
	if (!o->mac[0] && !o->network.set)
		return err_set(e, -EINVAL, "the order names no device");
	return 0;
}

static int check_capture(const struct order *o, struct err *e)
{
	int r = check_device(o, e);

	if (r < 0)
		return r;
	if (o->seconds == 0 || o->seconds > ORDER_SECONDS_MAX)
		return err_set(e, -ELIMIT, "a capture lasts 1 to %d seconds, not %" PRIu32,
			       ORDER_SECONDS_MAX, o->seconds);
	if (o->bytes == 0 || o->bytes > ORDER_BYTES_MAX)
		return err_set(e, -ELIMIT, "a capture has 1 to %d bytes, not %" PRIu64,
			       ORDER_BYTES_MAX, o->bytes);
	return o->consent > 0 ? 0 : err_set(e, -EINVAL, "a capture needs a consent");
}

static int check_isolate(const struct order *o, struct err *e)
{
	if (!o->mac[0]) /* an address can move to another device */
		return err_set(e, -EINVAL, "the order names no MAC address");
	int r = check_device(o, e);
	if (r >= 0 && o->type == ORDER_ISOLATE && o->until_us <= 0)
		r = err_set(e, -EINVAL, "the order does not say until when it holds");
	return r;
}

static int check_block(const struct order *o, struct err *e)
{
	unsigned v4 = order_network_is_v4(&o->network);

	if (!o->network.set)
		return err_set(e, -EINVAL, "the order names no destination");
	if (o->network.bits < (v4 ? V4_BITS + 8U : 16U))
		return err_set(e, -ELIMIT,
			       "a network of more than a /8 (IPv6: /16) is not blocked");
	if (o->protocol != 0 && o->protocol != TCP && o->protocol != UDP)
		return err_set(e, -EINVAL, "protocol %d is neither TCP nor UDP", o->protocol);
	if (o->protocol != 0 && o->port == 0)
		return err_set(e, -EINVAL, "the order names a protocol but no port");
	if (o->type == ORDER_BLOCK && o->until_us <= 0)
		return err_set(e, -EINVAL, "the order does not say until when it holds");
	return 0;
}

int order_check(const struct order *o, struct err *e)
{
	if (o->id <= 0)
		return err_set(e, -EINVAL, "an order has no number");
	switch (o->type) {
	case ORDER_LIST_DEVICES:
	case ORDER_TEST:
		return 0;
	case ORDER_CAPTURE:
		return check_capture(o, e);
	case ORDER_ISOLATE:
	case ORDER_RELEASE:
		return check_isolate(o, e);
	case ORDER_BLOCK:
	case ORDER_UNBLOCK:
		return check_block(o, e);
	case ORDER_CANCEL:
		return o->subject > 0 ? 0 : err_set(e, -EINVAL, "the order names no other order");
	default:
		return err_set(e, -EINVAL, "there is no order of type %d", (int)o->type);
	}
}

/* --- packed --- */

int order_encode(const struct order *o, struct buf *out, struct err *e)
{
	Otasuke__Wire__Order m = OTASUKE__WIRE__ORDER__INIT;
	char network[ORDER_NETWORK_MAX];
	int r = order_check(o, e);

	if (r < 0)
		return r;
	order_network_format(&o->network, network);
	m.id = o->id;
	m.type = (Otasuke__Wire__OrderType)o->type;
	m.mac = (char *)(uintptr_t)o->mac; /* packed, not kept */
	m.network = network;
	m.port = o->port;
	m.protocol = o->protocol;
	m.seconds = o->seconds;
	m.bytes = o->bytes;
	m.until_us = o->until_us;
	m.consent = o->consent;
	m.subject = o->subject;
	m.by = (char *)(uintptr_t)o->by;
	frame_pack(&m.base, out);
	return 0;
}

static int order_read(const Otasuke__Wire__Order *m, struct order *out, struct err *e)
{
	int r = 0;

	*out = (struct order){
		.id = m->id > 0 ? m->id : 0,
		.type = (enum order_type)m->type,
		.port = (uint16_t)m->port,
		.protocol = (uint8_t)m->protocol,
		.seconds = m->seconds,
		.bytes = m->bytes,
		.until_us = m->until_us,
		.consent = m->consent,
		.subject = m->subject,
	};
	(void)str_copy(out->by, sizeof(out->by), str_of(m->by)); /* cut is fine */
	if (m->port > PORT_MAX || m->protocol > UINT8_MAX)
		return err_set(e, -EFORMAT, "the order's port or protocol is none");
	if (m->mac[0])
		r = order_mac_set(out, m->mac, e);
	if (r >= 0 && m->network[0])
		r = order_network_set(&out->network, m->network, e);
	return r < 0 ? r : order_check(out, e);
}

int order_decode(const void *p, size_t n, struct order *out, struct err *e)
{
	ProtobufCMessage *m = NULL;
	struct order o = { 0 };
	int r = frame_unpack(&otasuke__wire__order__descriptor, p, n, &m, e);

	if (r >= 0)
		r = order_read((const Otasuke__Wire__Order *)m, &o, e);
	if (m)
		protobuf_c_message_free_unpacked(m, NULL);
	*out = o;
	return r == -EINVAL ? -EFORMAT : r;
}
