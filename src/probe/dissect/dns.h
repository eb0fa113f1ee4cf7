/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of DNS messages (RFC 1035), also mDNS and LLMNR; NetBIOS names (RFC 1002) share the form.
 */
#ifndef PROBE_DISSECT_DNS_H
#define PROBE_DISSECT_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/dissect/addr.h"

enum {
	DNS_NAME_MAX = 256,   /* with NUL; lower case, no final dot, odd bytes as '?' */
	DNS_ANSWERS_MAX = 24, /* kept; further ones are counted only */
	DNS_A = 1,
	DNS_CNAME = 5,
	DNS_PTR = 12,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_SRV = 33,
	DNS_RCODE_OK = 0,
	DNS_RCODE_SERVFAIL = 2,
	DNS_RCODE_NXDOMAIN = 3,
};

struct dns_answer {
	uint16_t type;
	uint16_t len; /* of the data */
	uint32_t ttl_s;
	struct addr addr;         /* A, AAAA */
	char owner[DNS_NAME_MAX]; /* mDNS only, else "" */
};

struct dns_message {
	uint16_t id;
	bool response;
	uint8_t opcode, rcode;
	uint16_t questions, answers; /* as the header counts them */
	uint16_t type;               /* of the first question */
	char name[DNS_NAME_MAX];     /* of the first question; "" = none */
	size_t n_answers;            /* kept */
	struct dns_answer answer[DNS_ANSWERS_MAX];
};

/* OWNERS: read the owner names of answers too (mDNS). 0 or -EFORMAT; what was read before the
 * damage stays in OUT. */
int dns_parse(const uint8_t *p, size_t n, bool owners, struct dns_message *out);

/* The machine's name that a NetBIOS message on port 137 registers, trimmed: false = none. */
bool nbns_name(const uint8_t *p, size_t n, char out[16]);

#endif
