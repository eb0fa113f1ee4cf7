/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: kinds, text, networks. */
#include "probe/dissect/addr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>

bool addr_is_zero(const struct addr *a)
{
	static const uint8_t zero[16];

	return memcmp(a->b, zero, 16) == 0 || (addr_is_v4(a) && memcmp(a->b + 12, zero, 4) == 0);
}

bool addr_is_multicast(const struct addr *a)
{
	static const uint8_t ones[4] = { 255, 255, 255, 255 };

	if (!addr_is_v4(a))
		return a->b[0] == 0xff;
	return (a->b[12] & 0xf0) == 0xe0 || memcmp(a->b + 12, ones, 4) == 0;
}

bool addr_is_link_local(const struct addr *a)
{
	if (addr_is_v4(a))
		return a->b[12] == 169 && a->b[13] == 254;
	return a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool addr_is_loopback(const struct addr *a)
{
	static const uint8_t one[16] = { [15] = 1 };

	return addr_is_v4(a) ? a->b[12] == 127 : memcmp(a->b, one, 16) == 0;
}

bool addr_is_private(const struct addr *a)
{
	if (!addr_is_v4(a))
		return (a->b[0] & 0xfe) == 0xfc;
	return a->b[12] == 10 || (a->b[12] == 172 && (a->b[13] & 0xf0) == 16) ||
	       (a->b[12] == 192 && a->b[13] == 168);
}

bool addr_in(const struct addr *a, const struct cidr *net)
{
	size_t whole = net->bits / 8, rest = net->bits % 8;

	if (memcmp(a->b, net->addr.b, whole) != 0)
		return false;
	return rest == 0 || (uint8_t)((a->b[whole] ^ net->addr.b[whole]) >> (8 - rest)) == 0;
}

int addr_parse(struct str s, struct addr *out)
{
	char text[ADDR_TEXT_MAX];
	uint8_t b[16];

	if (s.n == 0 || s.n >= sizeof(text))
		return -EINVAL;
	memcpy(text, s.p, s.n);
	text[s.n] = 0;
	if (strlen(text) != s.n)
		return -EINVAL;
	if (inet_pton(AF_INET, text, b) == 1)
		*out = addr_v4(b);
	else if (inet_pton(AF_INET6, text, b) == 1)
		*out = addr_v6(b);
	else
		return -EINVAL;
	return 0;
}

int cidr_parse(struct str s, struct cidr *out)
{
	struct str head;
	struct addr a;
	int64_t bits = 128;

	if (!str_cut(&s, '/', &head) || addr_parse(head, &a) < 0)
		return -EINVAL;
	if (s.n > 0) {
		int64_t most = addr_is_v4(&a) ? 32 : 128;
		if (str_i64(s, 0, most, &bits) < 0)
			return -EINVAL;
		bits += 128 - most;
	}
	for (size_t i = 0; i < 16; i++) {
		int64_t keep = bits - (int64_t)i * 8;
		if (keep <= 0)
			a.b[i] = 0;
		else if (keep < 8)
			a.b[i] = (uint8_t)(a.b[i] & (0xff << (8 - keep)));
	}
	*out = (struct cidr){ .addr = a, .bits = (uint8_t)bits };
	return 0;
}

char *addr_format(const struct addr *a, char *out)
{
	bool v4 = addr_is_v4(a);

	/* Cannot fail: the buffer is large enough for both. */
	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? a->b + 12 : a->b, out, ADDR_TEXT_MAX);
	return out;
}

char *addr_port_format(const struct addr *a, uint16_t port, char *out)
{
	char text[ADDR_TEXT_MAX];

	if (port == 0)
		return addr_format(a, out);
	addr_format(a, text);
	if (addr_is_v4(a))
		(void)snprintf(out, ADDR_TEXT_MAX, "%.15s:%u", text, port);
	else
		(void)snprintf(out, ADDR_TEXT_MAX, "[%.45s]:%u", text, port);
	return out;
}

bool mac_is_zero(const struct mac *m)
{
	static const struct mac zero;

	return mac_eq(m, &zero);
}

bool mac_is_group(const struct mac *m)
{
	return m->b[0] & 1;
}

bool mac_is_random(const struct mac *m)
{
	return (m->b[0] & 3) == 2;
}

char *mac_format(const struct mac *m, char *out)
{
	(void)snprintf(out, MAC_TEXT_MAX, "%02x:%02x:%02x:%02x:%02x:%02x", m->b[0], m->b[1],
		       m->b[2], m->b[3], m->b[4], m->b[5]);
	return out;
}
