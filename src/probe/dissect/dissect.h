/* SPDX-License-Identifier: Apache-2.0 */
/* One packet taken apart, from the link layer down to TCP, UDP, ICMP, ARP and NDP. */
#ifndef PROBE_DISSECT_DISSECT_H
#define PROBE_DISSECT_DISSECT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "probe/capture/capture.h"
#include "probe/dissect/addr.h"

enum dissect_kind {
	DISSECT_OTHER, /* nothing we follow */
	DISSECT_ARP,
	DISSECT_IP,
};

enum {
	PROTO_ICMP = 1,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_ICMPV6 = 58,
};

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };

/* ARP, or what NDP says in the same words. */
struct neighbour {
	enum { NEIGHBOUR_NONE, NEIGHBOUR_ASK, NEIGHBOUR_TELL } op;
	struct mac mac;     /* of the sender as it says itself; zero = says none */
	struct addr sender; /* zero: it looks whether TARGET is free (probe, DAD) */
	struct addr target;
	struct cidr prefix; /* from a router's advertisement; bits 0 = none */
	bool router;
	uint16_t lifetime_s; /* a router's advertisement: how long it is one; else 0 */
};

/* The tuple inside an ICMP error: who was not reached. */
struct unreached {
	uint8_t proto; /* 0 = none */
	uint16_t sport, dport;
	struct addr src, dst;
};

struct dissected {
	enum dissect_kind kind;
	bool bad; /* truncated or malformed: what is set is what could be read */
	bool cut; /* the capture holds less than the wire did */
	bool has_mac;
	bool fragment; /* not the first one: no ports */
	uint8_t proto; /* of the innermost IP packet */
	uint8_t ttl;
	uint8_t tcp_flags;
	uint8_t icmp_type, icmp_code;
	uint8_t tunnels; /* IP headers around the innermost */
	struct mac src_mac, dst_mac;
	uint16_t vlan;
	uint16_t sport, dport; /* ICMP echo: its identifier at the asking side */
	struct addr src, dst;
	uint32_t tcp_seq;
	uint32_t flow_hash; /* of flow_ahead; 0 = it was not asked */
	uint32_t wire_len;
	uint32_t payload_wire; /* bytes behind TCP or UDP, as the IP header says */
	int64_t ts_us;
	struct rd l3;      /* the innermost IP packet, as far as captured */
	struct rd payload; /* behind TCP, UDP or ICMP */
	/* Rare, and so cleared only as far as their first field: op and proto. */
	struct neighbour neighbour;
	struct unreached unreached;
};

void dissect(const struct packet *p, struct dissected *out);

/* For the layers themselves. Readers are handed on by their address: they stay in one place, and
 * are not copied from layer to layer. */
void dissect_ip(struct rd *r, struct dissected *d);
void dissect_transport(struct rd *r, uint32_t wire, struct dissected *d);
void dissect_arp(struct rd r, struct dissected *d);
void dissect_ndp(struct rd r, struct dissected *d); /* behind the four bytes of ICMPv6 */

#endif
