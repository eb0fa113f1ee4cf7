/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the dissectors: links, tunnels, fragments, neighbours, damage. */
#include <arpa/inet.h>
#include <string.h>

#include "base/test.h"
#include "probe/dissect/dissect.h"
#include "probe/test_packets.h"

static const struct end pc = { 1, "192.0.2.10", 49152 }, web = { 2, "198.51.100.7", 443 };

static struct dissected take(const struct buf *b, uint16_t link)
{
	struct packet p = packet_of(b, 5);
	struct dissected d;

	p.link = link;
	dissect(&p, &d);
	return d;
}

static void assert_addr(const struct addr *a, const char *text)
{
	char out[ADDR_TEXT_MAX];

	assert_string_equal(addr_format(a, out), text);
}

static void assert_pc_to_web(const struct dissected *d)
{
	assert_int_equal(d->kind, DISSECT_IP);
	assert_false(d->bad);
	assert_int_equal(d->proto, PROTO_TCP);
	assert_int_equal(d->sport, 49152);
	assert_int_equal(d->dport, 443);
	assert_int_equal(d->payload_wire, 5);
	assert_int_equal(d->payload.n, 5);
	assert_addr(&d->src, "192.0.2.10");
	assert_addr(&d->dst, "198.51.100.7");
}

/* Puts N bytes into B at AT. */
static void insert(struct buf *b, size_t at, const void *p, size_t n)
{
	SCOPED_BUF struct buf tail;

	buf_init(&tail, 0);
	buf_add(&tail, b->p + at, b->n - at);
	b->n = at;
	buf_add(b, p, n);
	buf_add(b, tail.p, tail.n);
}

static void plain_and_tagged(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_tcp(&b, pc, web, TCP_ACK, 7, "hello");
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_pc_to_web(&d);
	assert_int_equal(d.src_mac.b[5], 1);
	assert_int_equal(d.tcp_seq, 7);
	insert(&b, 12, "\x88\xa8\x00\x05\x81\x00\x00\x2a", 8);
	d = take(&b, LINK_ETHERNET);
	assert_pc_to_web(&d);
	assert_int_equal(d.vlan, 42);
}

static void padding_of_short_frames_is_no_payload(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_tcp(&b, pc, web, TCP_ACK, 7, "");
	buf_add(&b, "\0\0\0\0\0\0", 6);
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_int_equal(d.payload.n, 0);
	assert_int_equal(d.payload_wire, 0);
}

static void other_links(void **state)
{
	(void)state;
	static const struct {
		uint16_t link;
		size_t n;
		const char *head;
	} links[] = {
		{ LINK_RAW, 0, "" },
		{ LINK_IPV4, 0, "" },
		{ LINK_PPP, 4, "\xff\x03\x00\x21" },
		{ LINK_PPP, 1, "\x21" },
		{ LINK_PPP_ETHER, 8, "\x11\x00\x00\x01\x00\x2f\x00\x21" },
		{ LINK_SLL, 16, "\0\0\0\x01\0\x06\x02\0\0\0\0\x01\0\0\x08\0" },
		{ LINK_SLL2, 20, "\x08\0\0\0\0\0\0\x03\0\x01\0\x06\x02\0\0\0\0\x01\0\0" },
	};
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		SCOPED_BUF struct buf b;
		buf_init(&b, 0);
		make_tcp(&b, pc, web, TCP_ACK, 7, "hello");
		buf_drop(&b, 14);
		insert(&b, 0, links[i].head, links[i].n);
		struct dissected d = take(&b, links[i].link);
		assert_pc_to_web(&d);
		bool cooked = links[i].link == LINK_SLL || links[i].link == LINK_SLL2;
		assert_int_equal(d.has_mac, cooked);
	}
}

static void add_ipv6(struct buf *b, uint8_t next, size_t payload)
{
	uint8_t a[32];

	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", a), 1);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::2", a + 16), 1);
	buf_be32(b, 0x60000000);
	buf_be16(b, (uint16_t)payload);
	buf_addc(b, (char)next);
	buf_addc(b, (char)255);
	buf_add(b, a, sizeof(a));
}

static void ds_lite_shows_the_inner_packet(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b, in;
	buf_init(&b, 0);
	buf_init(&in, 0);
	make_tcp(&in, pc, web, TCP_ACK, 7, "hello");
	make_ether(&b, 1, 2, 0x86dd);
	add_ipv6(&b, 4, in.n - 14);
	buf_add(&b, in.p + 14, in.n - 14);
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_pc_to_web(&d);
	assert_int_equal(d.tunnels, 1);
}

static void six_in_four_and_extension_headers(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_ether(&b, 1, 2, 0x0800);
	make_ipv4(&b, "192.0.2.1", "192.0.2.2", 41, 40 + 8 + 8 + 12);
	add_ipv6(&b, 0, 8 + 8 + 12);
	buf_add(&b, "\x3c\x00\x01\x04\0\0\0\0\x11\x00\x01\x04\0\0\0\0", 16);
	buf_add(&b, "\x10\x00\x00\x35\x00\x0c\x00\x00four", 12);
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_false(d.bad);
	assert_int_equal(d.proto, PROTO_UDP);
	assert_int_equal(d.dport, 53);
	assert_int_equal(d.payload.n, 4);
	assert_addr(&d.src, "2001:db8::1");
}

static void nested_without_end_is_bad(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_ether(&b, 1, 2, 0x0800);
	for (int i = 10; i > 0; i--)
		make_ipv4(&b, "192.0.2.1", "192.0.2.2", 4, (size_t)(i - 1) * 20);
	assert_true(take(&b, LINK_ETHERNET).bad);
}

static void later_fragments_have_no_ports(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_tcp(&b, pc, web, TCP_SYN, 7, "hello");
	b.p[14 + 7] = 8;
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_true(d.fragment);
	assert_int_equal(d.sport, 0);
}

static void snapped_packets_keep_their_sizes(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_tcp(&b, pc, web, TCP_ACK, 7, "hello");
	struct packet p = packet_of(&b, 5);
	struct dissected d;
	p.len -= 4;
	dissect(&p, &d);
	assert_true(d.cut);
	assert_int_equal(d.payload_wire, 5);
	assert_int_equal(d.payload.n, 1);
	for (uint32_t n = 0; n < p.wire_len; n++) { /* no length may be read past */
		p.len = n;
		dissect(&p, &d);
	}
}

static void arp_probe_and_reply(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_arp(&b, 1, (struct end){ 3, "0.0.0.0", 0 }, "192.0.2.9");
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_int_equal(d.kind, DISSECT_ARP);
	assert_int_equal(d.neighbour.op, NEIGHBOUR_ASK);
	assert_true(addr_is_zero(&d.neighbour.sender));
	assert_addr(&d.neighbour.target, "192.0.2.9");
	make_arp(&b, 2, (struct end){ 3, "192.0.2.9", 0 }, "192.0.2.1");
	assert_int_equal(take(&b, LINK_ETHERNET).neighbour.op, NEIGHBOUR_TELL);
}

static void router_advertises_its_prefix(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_ether(&b, 1, 2, 0x86dd);
	add_ipv6(&b, 58, 16 + 32);
	buf_add(&b, "\x86\0\0\0\x40\0\x07\x08\0\0\0\0\0\0\0\0", 16);
	buf_add(&b, "\x03\x04\x40\xc0\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	buf_add(&b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_true(d.neighbour.router);
	assert_int_equal(d.neighbour.prefix.bits, 64);
	b.p[14 + 7] = 64; /* not from the link: not believed */
	assert_int_equal(take(&b, LINK_ETHERNET).neighbour.op, NEIGHBOUR_NONE);
}

static void icmp_error_names_who_was_not_reached(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	make_ether(&b, 2, 1, 0x0800);
	make_ipv4(&b, web.ip, pc.ip, 1, 8 + 28);
	buf_add(&b, "\x03\x03\0\0\0\0\0\0", 8);
	make_ipv4(&b, pc.ip, web.ip, 17, 8);
	buf_add(&b, "\xc0\x00\x01\xbb\0\x08\0\0", 8);
	struct dissected d = take(&b, LINK_ETHERNET);
	assert_int_equal(d.unreached.proto, PROTO_UDP);
	assert_int_equal(d.unreached.dport, 443);
	assert_addr(&d.unreached.src, pc.ip);
}

static void addresses_and_networks(void **state)
{
	(void)state;
	char text[ADDR_TEXT_MAX];
	struct cidr net;
	struct addr a;
	assert_int_equal(cidr_parse(STR("192.0.2.130/25"), &net), 0);
	assert_int_equal(addr_parse(STR("192.0.2.255"), &a), 0);
	assert_true(addr_in(&a, &net));
	assert_string_equal(addr_port_format(&a, 80, text), "192.0.2.255:80");
	assert_int_equal(addr_parse(STR("192.0.2.127"), &a), 0);
	assert_false(addr_in(&a, &net));
	assert_int_equal(addr_parse(STR("2001:db8::1"), &a), 0);
	assert_string_equal(addr_port_format(&a, 443, text), "[2001:db8::1]:443");
	const char *bad[] = { "", "192.0.2", "192.0.2.1/33", "::/129", "x/8", "192.0.2.1/ 8" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_true(cidr_parse(str_of(bad[i]), &net) < 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(plain_and_tagged),
		cmocka_unit_test(padding_of_short_frames_is_no_payload),
		cmocka_unit_test(other_links),
		cmocka_unit_test(ds_lite_shows_the_inner_packet),
		cmocka_unit_test(six_in_four_and_extension_headers),
		cmocka_unit_test(nested_without_end_is_bad),
		cmocka_unit_test(later_fragments_have_no_ports),
		cmocka_unit_test(snapped_packets_keep_their_sizes),
		cmocka_unit_test(arp_probe_and_reply),
		cmocka_unit_test(router_advertises_its_prefix),
		cmocka_unit_test(icmp_error_names_who_was_not_reached),
		cmocka_unit_test(addresses_and_networks),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
