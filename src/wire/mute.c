/* SPDX-License-Identifier: Apache-2.0 */
/* Reading, matching and packing mutes. */
#include "wire/mute.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "wire/frame.h"

enum { V4_BITS = 96, ALL_BITS = 128, PORT_MAX = 65535 };

static const uint8_t v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* An address without brackets and port; V4_OUT may be NULL. */
static bool address_read(struct str text, uint8_t out[16], bool *v4_out)
{
	char copy[INET6_ADDRSTRLEN];
	bool v4;

	if (!str_copy(copy, sizeof(copy), text))
		return false;
	v4 = !memchr(text.p, ':', text.n);
	memcpy(out, v4_prefix, sizeof(v4_prefix));
	if (inet_pton(v4 ? AF_INET : AF_INET6, copy, v4 ? out + 12 : out) != 1)
		return false;
	*v4_out = v4;
	return true;
}

/* "address:port", "[v6]:port", "address": what is in front and the port, 0 when there is none. */
static bool peer_split(struct str text, struct str *address_out, uint16_t *port_out)
{
	const char *colon = NULL;
	int64_t port = 0;

	if (text.n > 0 && text.p[0] == '[') {
		const char *end = memchr(text.p, ']', text.n);
		if (!end)
			return false;
		*address_out = (struct str){ text.p + 1, (size_t)(end - text.p) - 1 };
		if (end + 1 < text.p + text.n)
			colon = end + 1;
		if (colon && *colon != ':')
			return false;
	} else {
		colon = memchr(text.p, ':', text.n);
		if (colon && memchr(colon + 1, ':', text.n - (size_t)(colon + 1 - text.p)))
			colon = NULL; /* IPv6 without brackets */
		*address_out = (struct str){ text.p, colon ? (size_t)(colon - text.p) : text.n };
	}
	if (colon) {
		size_t at = (size_t)(colon + 1 - text.p);
		if (str_i64((struct str){ colon + 1, text.n - at }, 0, PORT_MAX, &port) < 0)
			return false;
	}
	*port_out = (uint16_t)port;
	return true;
}

/* BITS as people count them, made those of 128; host bits are cleared. */
static bool network_set(struct mute *m, struct str address, struct str bits)
{
	int64_t n = 0;
	bool v4;

	if (!address_read(address, m->peer, &v4))
		return false;
	if (bits.p && str_i64(bits, 1, v4 ? 32 : ALL_BITS, &n) < 0)
		return false;
	m->bits = (uint8_t)(!bits.p ? ALL_BITS : n + (v4 ? V4_BITS : 0));
	for (unsigned i = m->bits; i < ALL_BITS; i++)
		m->peer[i / 8] &= (uint8_t) ~(0x80U >> i % 8);
	m->has_peer = true;
	return true;
}

int mute_peer_set(struct mute *m, const char *text, struct err *e)
{
	struct str address, bits = { NULL, 0 };
	struct str whole = str_trim(str_of(text));
	struct mute read = *m;

	read.has_peer = false;
	if (whole.n == 0) {
		*m = read;
		return 0;
	}
	bool good = peer_split(whole, &address, &read.port);
	const char *slash = good ? memchr(address.p, '/', address.n) : NULL;
	if (slash) {
		bits = (struct str){ slash + 1, address.n - (size_t)(slash + 1 - address.p) };
		address.n = (size_t)(slash - address.p);
	}
	if (good && str_eq(address, STR("*")) && read.port != 0 && !slash) {
		*m = read;
		return 0;
	}
	if (!good || !network_set(&read, address, bits))
		return err_set(
			e, -EINVAL,
			"\"%.60s\" is no address: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::1",
			text);
	if (read.port == 0)
		read.port = m->port;
	*m = read;
	return 0;
}

void mute_peer_format(const struct mute *m, char *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	bool v4 = memcmp(m->peer, v4_prefix, sizeof(v4_prefix)) == 0 && m->bits >= V4_BITS;

	out[0] = '\0';
	if (!m->has_peer)
		return;
	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? m->peer + 12 : m->peer, text,
			sizeof(text)); /* large enough */
	(void)snprintf(out, MUTE_PEER_MAX, m->bits == ALL_BITS ? "%s" : "%s/%d", text,
		       v4 ? m->bits - V4_BITS : m->bits); /* fits */
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

int mute_name_set(struct mute *m, const char *text, struct err *e)
{
	struct str t = str_trim(str_of(text));
	char name[MUTE_NAME_MAX] = "";

	if (str_starts(t, STR("*.")))
		t = (struct str){ t.p + 2, t.n - 2 };
	while (t.n > 0 && t.p[t.n - 1] == '.')
		t.n--;
	bool good = str_copy(name, sizeof(name), t);
	for (char *p = name; good && *p; p++) {
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p - 'A' + 'a');
		good = name_char(*p) && !(*p == '.' && p[1] == '.');
	}
	if (!good || name[0] == '.' || (!name[0] && str_trim(str_of(text)).n > 0))
		return err_set(e, -EINVAL, "\"%.60s\" is no domain name: write example.com", text);
	memcpy(m->name, name, sizeof(name));
	return 0;
}

bool mute_is_empty(const struct mute *m)
{
	return !m->detector[0] && !m->mac[0] && !m->has_peer && m->port == 0 && !m->name[0];
}

/* --- matching --- */

static bool within(const struct mute *m, const uint8_t a[16])
{
	size_t whole = m->bits / 8;
	unsigned rest = m->bits % 8;

	if (memcmp(m->peer, a, whole) != 0)
		return false;
	return rest == 0 || ((m->peer[whole] ^ a[whole]) & (0xff00U >> rest) & 0xff) == 0;
}

static bool peer_fits(const struct mute *m, const char *peer)
{
	uint8_t address[16];
	struct str text;
	uint16_t port;
	bool v4;

	if (!peer_split(str_of(peer), &text, &port))
		return false;
	if (m->port != 0 && port != m->port)
		return false;
	return !m->has_peer || (address_read(text, address, &v4) && within(m, address));
}

static bool name_fits(const struct mute *m, const char *name)
{
	struct str wanted = str_of(m->name), got = str_of(name);

	if (str_eq_nocase(wanted, got))
		return true;
	if (got.n <= wanted.n + 1 || got.p[got.n - wanted.n - 1] != '.')
		return false;
	return str_eq_nocase(wanted, (struct str){ got.p + got.n - wanted.n, wanted.n });
}

bool mute_fits(const struct mute *m, const struct mute_subject *s)
{
	bool peers = m->has_peer || m->port != 0, names = m->name[0] != '\0';

	if (mute_is_empty(m))
		return false;
	if (m->detector[0] && strcmp(m->detector, s->detector) != 0)
		return false;
	if (m->mac[0] && strcmp(m->mac, s->mac) != 0)
		return false;
	if (peers && (s->n_peers == 0 || s->more_peers))
		return false;
	if (names && (s->n_names == 0 || s->more_names))
		return false;
	for (size_t i = 0; peers && i < s->n_peers; i++)
		if (!peer_fits(m, s->peers[i]))
			return false;
	for (size_t i = 0; names && i < s->n_names; i++)
		if (!name_fits(m, s->names[i]))
			return false;
	return true;
}

/* --- packed --- */

int mutes_encode(const struct mute *list, size_t n, struct buf *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	Otasuke__Wire__MuteList m = OTASUKE__WIRE__MUTE_LIST__INIT;

	if (n > MUTES_MAX)
		return err_set(e, -ELIMIT, "%zu mutes are in force, the limit is %d", n, MUTES_MAX);
	m.n_mutes = n;
	m.mutes = arena_array(a, n, sizeof(*m.mutes));
	for (size_t i = 0; i < n; i++) {
		Otasuke__Wire__Mute *x = arena_alloc(a, sizeof(*x));
		char *peer = arena_alloc(a, MUTE_PEER_MAX);

		otasuke__wire__mute__init(x);
		mute_peer_format(&list[i], peer);
		x->id = list[i].id;
		x->until_us = list[i].until_us;
		x->port = list[i].port;
		x->peer = peer;
		x->detector = (char *)(uintptr_t)list[i].detector; /* packed, not kept */
		x->mac = (char *)(uintptr_t)list[i].mac;
		x->name = (char *)(uintptr_t)list[i].name;
		m.mutes[i] = x;
	}
	frame_pack(&m.base, out);
	return 0;
}

static int mute_unpack(const Otasuke__Wire__Mute *x, struct mute *out, struct err *e)
{
	struct mute m = { .id = x->id, .until_us = x->until_us };
	int r;

	if (x->port > PORT_MAX || !str_copy(m.detector, sizeof(m.detector), str_of(x->detector)) ||
	    !str_copy(m.mac, sizeof(m.mac), str_of(x->mac)))
		return err_set(e, -EFORMAT, "a mute of the list cannot be read");
	if ((r = mute_peer_set(&m, x->peer, e)) < 0 || (r = mute_name_set(&m, x->name, e)) < 0)
		return r;
	if (x->port != 0)
		m.port = (uint16_t)x->port;
	*out = m;
	return 0;
}

int mutes_decode(const void *p, size_t n, struct arena *a, struct mute **out, size_t *n_out,
		 struct err *e)
{
	ProtobufCMessage *packed = NULL;
	int r = frame_unpack(&otasuke__wire__mute_list__descriptor, p, n, &packed, e);

	if (r < 0)
		return r;
	const Otasuke__Wire__MuteList *m = (const Otasuke__Wire__MuteList *)packed;
	struct mute *list = NULL;
	if (m->n_mutes > MUTES_MAX)
		r = err_set(e, -ELIMIT, "%zu mutes are in force, the limit is %d", m->n_mutes,
			    MUTES_MAX);
	else
		list = arena_array(a, m->n_mutes + 1, sizeof(*list));
	for (size_t i = 0; r >= 0 && i < m->n_mutes; i++)
		r = mute_unpack(m->mutes[i], &list[i], e);
	if (r >= 0) {
		*out = list;
		*n_out = m->n_mutes;
	}
	protobuf_c_message_free_unpacked(packed, NULL);
	return r < 0 ? (r == -EINVAL ? -EFORMAT : r) : 0;
}
