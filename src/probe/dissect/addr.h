/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of hosts and networks: IPv4 is held as IPv4-mapped IPv6, so that one kind is enough. */
#ifndef PROBE_DISSECT_ADDR_H
#define PROBE_DISSECT_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/str.h"

struct addr {
	uint8_t b[16];
};

struct mac {
	uint8_t b[6];
};

/* Network: the first BITS of ADDR (IPv4: 96 more than one writes). */
struct cidr {
	struct addr addr;
	uint8_t bits;
};

enum { ADDR_TEXT_MAX = 56, MAC_TEXT_MAX = 18 }; /* with brackets and port */

static inline struct addr addr_v4(const uint8_t *p)
{
	struct addr a = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff } };

	memcpy(a.b + 12, p, 4);
	return a;
}

static inline struct addr addr_v6(const uint8_t *p)
{
	struct addr a;

	memcpy(a.b, p, 16);
	return a;
}

static inline bool addr_eq(const struct addr *a, const struct addr *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->b, sizeof(x));
	memcpy(y, b->b, sizeof(y));
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

static inline bool mac_eq(const struct mac *a, const struct mac *b)
{
	return memcmp(a->b, b->b, sizeof(a->b)) == 0;
}

static inline bool addr_is_v4(const struct addr *a)
{
	static const uint8_t mark[4] = { 0, 0, 0xff, 0xff };
	uint64_t zero;

	memcpy(&zero, a->b, sizeof(zero));
	return zero == 0 && memcmp(a->b + 8, mark, sizeof(mark)) == 0;
}

bool addr_is_zero(const struct addr *a);       /* 0.0.0.0 or :: */
bool addr_is_multicast(const struct addr *a);  /* 255.255.255.255 too */
bool addr_is_link_local(const struct addr *a); /* fe80::/10, 169.254.0.0/16 */
bool addr_is_loopback(const struct addr *a);
bool addr_is_private(
	const struct addr *a); /* RFC 1918, RFC 4193: of an organisation, here or elsewhere */
bool addr_in(const struct addr *a, const struct cidr *net);

/* 192.0.2.1 or 2001:db8::1: 0 or -EINVAL. */
int addr_parse(struct str s, struct addr *out);
/* The same with /BITS; without it, the address alone. Bits of the host part are cleared. */
int cidr_parse(struct str s, struct cidr *out);

/* OUT needs ADDR_TEXT_MAX bytes; both return OUT. */
char *addr_format(const struct addr *a, char *out);
char *addr_port_format(const struct addr *a, uint16_t port, char *out); /* no port when 0 */

bool mac_is_zero(const struct mac *m);
bool mac_is_group(const struct mac *m);  /* broadcast or multicast */
bool mac_is_random(const struct mac *m); /* locally administered */
char *mac_format(const struct mac *m, char *out);

#endif
