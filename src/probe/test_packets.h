/* SPDX-License-Identifier: Apache-2.0 */
/* Builds packets and capture files for the probe's tests. */
#ifndef PROBE_TEST_PACKETS_H
#define PROBE_TEST_PACKETS_H

#include <stdint.h>

#include "base/buf.h"
#include "base/rd.h"
#include "probe/capture/capture.h"

/* Ends of a conversation: the last byte of 02:00:00:00:00:xx, and an address in dotted form. */
struct end {
	uint8_t mac;
	const char *ip;
	uint16_t port;
};

/* Each makes a new packet in B. */
void make_tcp(struct buf *b, struct end from, struct end to, uint8_t flags, uint32_t seq,
	      const char *payload);
void make_tcp_bytes(struct buf *b, struct end from, struct end to, uint8_t flags, uint32_t seq,
		    struct rd payload);
void make_udp(struct buf *b, struct end from, struct end to, const void *payload, size_t n);
void make_ping(struct buf *b, struct end from, struct end to, uint16_t id, bool reply);
void make_arp(struct buf *b, int op, struct end from, const char *asked);
void make_dns_query(struct buf *b, struct end from, struct end to, const char *name);
void make_dns_answer(struct buf *b, struct end from, struct end to, const char *name,
		     const char *ip);
void make_dhcp(struct buf *b, uint8_t mac, int type, const char *hostname);

void make_ether(struct buf *b, uint8_t from, uint8_t to, uint16_t type);
void make_ipv4(struct buf *b, const char *from, const char *to, uint8_t proto, size_t payload);
/* A DNS name in labels. */
void make_name(struct buf *b, const char *name);

struct packet packet_of(const struct buf *b, int64_t ts_us); /* Ethernet */

/* Capture files, microseconds, this machine's byte order. */
void pcap_start(struct buf *file, uint32_t link);
void pcap_add(struct buf *file, int64_t ts_us, const struct buf *packet);
void pcap_write(const struct buf *file, const char *path);

#endif
