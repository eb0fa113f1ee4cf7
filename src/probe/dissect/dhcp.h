/* SPDX-License-Identifier: Apache-2.0 */
/* Readers of DHCP (RFC 2131, 2132) and DHCPv6 (RFC 8415): what tells devices apart. */
#ifndef PROBE_DISSECT_DHCP_H
#define PROBE_DISSECT_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/dissect/addr.h"

enum {
	DHCP_TEXT_MAX = 64,         /* host name, vendor class */
	DHCP_FINGERPRINT_MAX = 200, /* "1,3,6,15,..." */
	DHCP_DNS_MAX = 4,           /* name servers kept */
	DHCP_DISCOVER = 1,
	DHCP_REQUEST = 3,
	DHCP_ACK = 5,
	DHCP_INFORM = 8,
};

struct dhcp_message {
	bool reply; /* from a server */
	uint8_t type;
	struct mac mac;        /* of the client */
	struct addr addr;      /* given by the server, or in use by the client; zero = none */
	struct addr requested; /* option 50 */
	struct addr router;    /* option 3 */
	uint8_t prefix_bits;   /* option 1; 0 = none */
	uint8_t n_dns;
	struct addr dns[DHCP_DNS_MAX]; /* option 6 */
	char hostname[DHCP_TEXT_MAX];  /* option 12, or the name of option 81 */
	char class[DHCP_TEXT_MAX];     /* option 60 */
	char fingerprint[DHCP_FINGERPRINT_MAX];
};

struct dhcp6_message {
	uint8_t type;
	uint8_t n_dns;
	struct addr dns[DHCP_DNS_MAX];          /* option 23 */
	struct mac mac;                         /* from the DUID; zero = not in it */
	char hostname[DHCP_TEXT_MAX];           /* option 39 */
	char fingerprint[DHCP_FINGERPRINT_MAX]; /* option 6 */
};

/* 0 or -EFORMAT; what was read before the damage stays in OUT. */
int dhcp_parse(const uint8_t *p, size_t n, struct dhcp_message *out);
int dhcp6_parse(const uint8_t *p, size_t n, struct dhcp6_message *out);

#endif
