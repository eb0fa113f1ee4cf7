/* SPDX-License-Identifier: Apache-2.0 */
/* Builds packets and capture files for the probe's tests. Checksums are left at zero. */
#include "probe/test_packets.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/test.h"

static void add_mac(struct buf *b, uint8_t last)
{
	uint8_t mac[6] = { 2, 0, 0, 0, 0, last };

	if (last == 0xff)
		memset(mac, 0xff, sizeof(mac));
	buf_add(b, mac, sizeof(mac));
}

static void add_ip(struct buf *b, const char *ip)
{
	uint8_t a[4];

	assert_int_equal(inet_pton(AF_INET, ip, a), 1);
	buf_add(b, a, sizeof(a));
}

void make_ether(struct buf *b, uint8_t from, uint8_t to, uint16_t type)
{
	buf_clear(b);
	add_mac(b, to);
	add_mac(b, from);
	buf_be16(b, type);
}

void make_ipv4(struct buf *b, const char *from, const char *to, uint8_t proto, size_t payload)
{
	buf_be16(b, 0x4500);
	buf_be16(b, (uint16_t)(20 + payload));
	buf_be32(b, 0x00014000);
	buf_addc(b, 64);
	buf_addc(b, (char)proto);
	buf_be16(b, 0);
	add_ip(b, from);
	add_ip(b, to);
}

void make_tcp_bytes(struct buf *b, struct end from, struct end to, uint8_t flags, uint32_t seq,
		    struct rd payload)
{
	make_ether(b, from.mac, to.mac, 0x0800);
	make_ipv4(b, from.ip, to.ip, 6, 20 + payload.n);
	buf_be16(b, from.port);
	buf_be16(b, to.port);
	buf_be32(b, seq);
	buf_be32(b, 1);
	buf_addc(b, 0x50);
	buf_addc(b, (char)flags);
	buf_be16(b, 64000);
	buf_be32(b, 0);
	buf_add(b, payload.p, payload.n);
}

void make_tcp(struct buf *b, struct end from, struct end to, uint8_t flags, uint32_t seq,
	      const char *payload)
{
	make_tcp_bytes(b, from, to, flags, seq, rd_of(payload, strlen(payload)));
}

void make_udp(struct buf *b, struct end from, struct end to, const void *payload, size_t n)
{
	make_ether(b, from.mac, to.mac, 0x0800);
	make_ipv4(b, from.ip, to.ip, 17, 8 + n);
	buf_be16(b, from.port);
	buf_be16(b, to.port);
	buf_be16(b, (uint16_t)(8 + n));
	buf_be16(b, 0);
	buf_add(b, payload, n);
}

void make_ping(struct buf *b, struct end from, struct end to, uint16_t id, bool reply)
{
	make_ether(b, from.mac, to.mac, 0x0800);
	make_ipv4(b, from.ip, to.ip, 1, 8);
	buf_be16(b, reply ? 0 : 0x0800);
	buf_be16(b, 0);
	buf_be16(b, id);
	buf_be16(b, 1);
}

void make_arp(struct buf *b, int op, struct end from, const char *asked)
{
	make_ether(b, from.mac, 0xff, 0x0806);
	buf_be32(b, 0x00010800);
	buf_be16(b, 0x0604);
	buf_be16(b, (uint16_t)op);
	add_mac(b, from.mac);
	add_ip(b, from.ip);
	add_mac(b, 0);
	add_ip(b, asked);
}

void make_name(struct buf *b, const char *name)
{
	struct str s = str_of(name), label;

	while (str_cut(&s, '.', &label)) {
		buf_addc(b, (char)label.n);
		buf_add(b, label.p, label.n);
	}
	buf_addc(b, 0);
}

static void add_question(struct buf *m, uint16_t flags, uint16_t answers, const char *name)
{
	buf_be16(m, 0x1234);
	buf_be16(m, flags);
	buf_be16(m, 1);
	buf_be16(m, answers);
	buf_be32(m, 0);
	make_name(m, name);
	buf_be16(m, 1);
	buf_be16(m, 1);
}

void make_dns_query(struct buf *b, struct end from, struct end to, const char *name)
{
	SCOPED_BUF struct buf m;

	buf_init(&m, 0);
	add_question(&m, 0x0100, 0, name);
	make_udp(b, from, to, m.p, m.n);
}

void make_dns_answer(struct buf *b, struct end from, struct end to, const char *name,
		     const char *ip)
{
	SCOPED_BUF struct buf m;

	buf_init(&m, 0);
	add_question(&m, 0x8180, 1, name);
	buf_be16(&m, 0xc00c);
	buf_be32(&m, 0x00010001);
	buf_be32(&m, 60);
	buf_be16(&m, 4);
	add_ip(&m, ip);
	make_udp(b, from, to, m.p, m.n);
}

void make_dhcp(struct buf *b, uint8_t mac, int type, const char *hostname)
{
	static const char zero[208];
	SCOPED_BUF struct buf m;

	buf_init(&m, 0);
	buf_be32(&m, 0x01010600);
	buf_be32(&m, 0x1234);
	buf_add(&m, zero, 20);
	add_mac(&m, mac);
	buf_add(&m, zero, 10 + 192);
	buf_be32(&m, 0x63825363);
	buf_add(&m, (uint8_t[]){ 53, 1, (uint8_t)type, 55, 3, 1, 3, 6, 12 }, 9);
	buf_addc(&m, (char)strlen(hostname));
	buf_adds(&m, hostname);
	buf_addc(&m, (char)255);
	make_udp(b, (struct end){ mac, "0.0.0.0", 68 }, (struct end){ 0xff, "255.255.255.255", 67 },
		 m.p, m.n);
}

struct packet packet_of(const struct buf *b, int64_t ts_us)
{
	return (struct packet){
		.p = (const uint8_t *)b->p,
		.len = (uint32_t)b->n,
		.wire_len = (uint32_t)b->n,
		.ts_us = ts_us,
		.link = LINK_ETHERNET,
	};
}

static void add32(struct buf *b, uint32_t v)
{
	buf_add(b, &v, sizeof(v));
}

void pcap_start(struct buf *file, uint32_t link)
{
	buf_clear(file);
	add32(file, 0xa1b2c3d4);
	add32(file, 0x00040002);
	add32(file, 0);
	add32(file, 0);
	add32(file, 65535);
	add32(file, link);
}

void pcap_add(struct buf *file, int64_t ts_us, const struct buf *packet)
{
	add32(file, (uint32_t)(ts_us / US_PER_SEC));
	add32(file, (uint32_t)(ts_us % US_PER_SEC));
	add32(file, (uint32_t)packet->n);
	add32(file, (uint32_t)packet->n);
	buf_add(file, packet->p, packet->n);
}

void pcap_write(const struct buf *file, const char *path)
{
	assert_int_equal(file_write(path, 0600, file->p, file->n, NULL), 0);
}
