/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the readers of names: DNS, NetBIOS, DHCP, DHCPv6. */
#include <string.h>

#include "base/err.h"
#include "base/test.h"
#include "probe/dissect/dhcp.h"
#include "probe/dissect/dns.h"
#include "probe/dissect/ssdp.h"
#include "probe/test_packets.h"

static struct dns_message m;

static int parse(const struct buf *b, bool owners)
{
	return dns_parse((const uint8_t *)b->p, b->n, owners, &m);
}

static void dns_head(struct buf *b, uint16_t flags, uint16_t questions, uint16_t answers)
{
	buf_clear(b);
	buf_be16(b, 1);
	buf_be16(b, flags);
	buf_be16(b, questions);
	buf_be16(b, answers);
	buf_be32(b, 0);
}

static void all_answers_are_read(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	dns_head(&b, 0x8180, 1, 3);
	make_name(&b, "WWW.Shop.Example");
	buf_be32(&b, 0x00010001);
	buf_be16(&b, 0xc00c); /* a CNAME to cdn.example */
	buf_be32(&b, 0x00050001);
	buf_be32(&b, 60);
	buf_be16(&b, 13);
	make_name(&b, "cdn.example");
	buf_be16(&b, 0xc00c);
	buf_be32(&b, 0x00010001);
	buf_be32(&b, 60);
	buf_be16(&b, 4);
	buf_add(&b, "\xc0\x00\x02\x01", 4);
	buf_be16(&b, 0xc00c);
	buf_be32(&b, 0x001c0001);
	buf_be32(&b, 60);
	buf_be16(&b, 16);
	buf_add(&b, "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
	assert_int_equal(parse(&b, false), 0);
	assert_string_equal(m.name, "www.shop.example");
	assert_int_equal(m.n_answers, 3);
	assert_int_equal(m.answer[1].type, DNS_A);
	assert_int_equal(m.answer[1].addr.b[15], 1);
	assert_int_equal(m.answer[2].type, DNS_AAAA);
	for (; b.n > 0; b.n--) /* no length may be read past */
		(void)parse(&b, true);
}

static void pointers_that_never_end_are_refused(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	dns_head(&b, 0, 1, 0);
	buf_be16(&b, 0xc00c); /* to itself */
	buf_be32(&b, 0x00010001);
	assert_int_equal(parse(&b, false), -EFORMAT);
	dns_head(&b, 0, 1, 0);
	buf_add(&b,
		"\x01"
		"a\xc0\x0c",
		4); /* back to its own start */
	buf_be32(&b, 0x00010001);
	assert_int_equal(parse(&b, false), -EFORMAT);
}

static void odd_bytes_do_not_pass(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	dns_head(&b, 0, 1, 0);
	buf_add(&b, "\x04\x1b[\"x\x03jp\0\x00", 10);
	buf_be32(&b, 0x00010001);
	assert_int_equal(parse(&b, false), 0);
	assert_string_equal(m.name, "?[?x.jp?");
}

static void mdns_owner_names(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	dns_head(&b, 0x8400, 0, 1);
	make_name(&b, "Kinos-Phone.local");
	buf_be32(&b, 0x00018001);
	buf_be32(&b, 120);
	buf_be16(&b, 4);
	buf_add(&b, "\xc0\x00\x02\x05", 4);
	assert_int_equal(parse(&b, true), 0);
	assert_string_equal(m.answer[0].owner, "kinos-phone.local");
}

static void netbios_registration(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	char out[16] = "";
	buf_init(&b, 0);
	dns_head(&b, 0x2910, 1, 0);
	buf_addc(&b, 32);
	const char name[] = "OFFICE-PC1     ";
	for (int i = 0; i < 16; i++) {
		uint8_t c = i < 15 ? (uint8_t)name[i] : 0;
		buf_addc(&b, (char)('A' + (c >> 4)));
		buf_addc(&b, (char)('A' + (c & 15)));
	}
	buf_addc(&b, 0);
	buf_be32(&b, 0x00200001);
	buf_be16(&b, 0xc00c);
	buf_be32(&b, 0x00200001);
	buf_be32(&b, 300);
	buf_be16(&b, 6);
	buf_be16(&b, 0x0000);
	assert_true(nbns_name((const uint8_t *)b.p, b.n, out));
	assert_string_equal(out, "OFFICE-PC1");
	b.p[b.n - 2] = (char)0x80; /* a group's name */
	assert_false(nbns_name((const uint8_t *)b.p, b.n, out));
}

static void dhcp_tells_who_asks(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	struct dhcp_message d;
	buf_init(&b, 0);
	make_dhcp(&b, 7, DHCP_REQUEST, "minato-pc07");
	buf_drop(&b, 14 + 20 + 8);
	assert_int_equal(dhcp_parse((const uint8_t *)b.p, b.n, &d), 0);
	assert_int_equal(d.type, DHCP_REQUEST);
	assert_false(d.reply);
	assert_int_equal(d.mac.b[5], 7);
	assert_string_equal(d.hostname, "minato-pc07");
	assert_string_equal(d.fingerprint, "1,3,6");
	b.n -= 4; /* inside the name */
	assert_int_equal(dhcp_parse((const uint8_t *)b.p, b.n, &d), -EFORMAT);
	assert_int_equal(d.type, DHCP_REQUEST);
}

static void dhcp6_fingerprint_and_name(void **state)
{
	(void)state;
	static const uint8_t p[] = { 1, 0,  0, 1, 0, 1, 0,   10,  0,   3, 0,   1, 2,
				     0, 0,  0, 0, 9, 0, 6,   0,   4,   0, 23,  0, 24,
				     0, 39, 0, 7, 0, 3, 'p', 'c', '9', 1, 'x', 0 };
	struct dhcp6_message d;
	assert_int_equal(dhcp6_parse(p, sizeof(p) - 1, &d), 0);
	assert_int_equal(d.mac.b[5], 9);
	assert_string_equal(d.fingerprint, "23,24");
	assert_string_equal(d.hostname, "pc9.x");
	for (size_t n = 0; n < sizeof(p); n++)
		(void)dhcp6_parse(p, n, &d); /* no length may be read past */
}

static int ssdp(const char *text, struct ssdp_message *out)
{
	return ssdp_parse(rd_of(text, strlen(text)), out);
}

static void announcements_of_ssdp_are_read(void **state)
{
	(void)state;
	struct ssdp_message a = { 0 };
	assert_int_equal(ssdp("NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n"
			      "USN: uuid:2F40-DA50::upnp:rootdevice\r\n\r\n",
			      &a),
			 0);
	assert_true(a.alive);
	assert_string_equal(a.uuid, "2f40-da50");
	assert_int_equal(ssdp("NOTIFY * HTTP/1.1\nnts:ssdp:byebye\nusn:uuid:a b", &a), 0);
	assert_false(a.alive);
	assert_string_equal(a.uuid, "a?b");
	assert_int_equal(ssdp("NOTIFY * HTTP/1.1\r\nUSN: urn:x", &a), 0);
	assert_string_equal(a.uuid, "");
	assert_true(ssdp("M-SEARCH * HTTP/1.1\r\n", &a) < 0);
	assert_true(ssdp("", &a) < 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(all_answers_are_read),
		cmocka_unit_test(pointers_that_never_end_are_refused),
		cmocka_unit_test(odd_bytes_do_not_pass),
		cmocka_unit_test(mdns_owner_names),
		cmocka_unit_test(netbios_registration),
		cmocka_unit_test(dhcp_tells_who_asks),
		cmocka_unit_test(dhcp6_fingerprint_and_name),
		cmocka_unit_test(announcements_of_ssdp_are_read),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
