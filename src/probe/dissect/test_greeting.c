/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of greetings: what is plain, and that it is read as libndpi reads it. */
#include "probe/dissect/greeting.h"

#include <string.h>

#include "base/buf.h"
#include "base/test.h"
#include "probe/dissect/dpi.h"
#include "probe/test_packets.h"

enum { ETHERNET = 14, HEADS = 40, IP_AND_TCP = ETHERNET + HEADS };

static const struct end pc = { 1, "192.0.2.10", 49152 }, web = { 2, "198.51.100.7", 443 },
			plain_web = { 2, "198.51.100.7", 80 };

static void be16(struct buf *b, size_t v)
{
	const uint8_t c[] = { (uint8_t)(v >> 8), (uint8_t)v };

	buf_add(b, c, sizeof(c));
}

/* NAME "" = none. GREASE lies in suites, extensions and groups. */
static void make_hello(struct buf *b, const char *name, uint16_t version)
{
	static const uint8_t suites[] = { 0x2a, 0x2a, 0x13, 0x01, 0xc0, 0x2b, 0x00, 0x2f },
			     some[] = { 0x1a, 0x1a, 0,    0, 0,  23, 0,  0, 0,  10, 0, 8, 0,
					6,    0xfa, 0xfa, 0, 29, 0,  23, 0, 11, 0,  2, 1, 0 },
			     random[32] = { 7, 7, 7 };
	size_t n = strlen(name), named = n ? n + 9 : 0, extensions = named + sizeof(some);
	size_t body = 2 + 32 + 1 + 2 + sizeof(suites) + 2 + 2 + extensions;

	buf_add(b, "\x16\x03\x01", 3);
	be16(b, body + 4);
	buf_add(b, "\x01\x00", 2);
	be16(b, body);
	be16(b, version);
	buf_add(b, random, sizeof(random));
	buf_add(b, "\x00", 1);
	be16(b, sizeof(suites));
	buf_add(b, suites, sizeof(suites));
	buf_add(b, "\x01\x00", 2);
	be16(b, extensions);
	if (n) {
		be16(b, 0);
		be16(b, n + 5);
		be16(b, n + 3);
		buf_add(b, "\x00", 1);
		be16(b, n);
		buf_add(b, name, n);
	}
	buf_add(b, some, sizeof(some));
}

static struct rd all_of(const struct buf *b)
{
	return rd_of(b->p, b->n);
}

/* What the flow of one packet is found to be; with STREAM, read here as far as it can be. */
static struct dpi_facts facts_of(struct end to, struct rd stream, bool here)
{
	struct buf b;
	struct err e = { 0 };
	struct dpi *d = dpi_new(&e);
	struct dpi_flow *f = dpi_flow_new(d);
	struct dpi_facts facts;

	buf_init(&b, 0);
	make_tcp_bytes(&b, pc, to, 0x18, 1000, stream);
	struct rd packet = rd_of(b.p + ETHERNET, b.n - ETHERNET),
		  behind = rd_of(b.p + IP_AND_TCP, b.n - IP_AND_TCP);
	(void)dpi_packet(d, f, packet, here ? behind : (struct rd){ 0 }, 1000000);
	dpi_conclude(d, f, &facts);
	dpi_flow_free(f);
	dpi_free(d);
	buf_done(&b);
	return facts;
}

static void a_hello_is_read_as_libndpi_reads_it(void **state)
{
	static const char *const names[] = { "Example.TEST", "www.example.org", "a_b.example" };
	static const uint16_t versions[] = { 0x0301, 0x0302, 0x0303 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buf b;
		struct greeting g;
		buf_init(&b, 0);
		make_hello(&b, names[i], versions[i]);
		assert_true(greeting_tls(all_of(&b), &g));
		struct dpi_facts theirs = facts_of(web, all_of(&b), false),
				 ours = facts_of(web, all_of(&b), true);
		assert_true(ours.tls && theirs.tls);
		assert_string_equal(ours.name, theirs.name);
		assert_string_equal(ours.ja3, theirs.ja3);
		assert_string_equal(ours.ja3, g.ja3);
		assert_int_equal(ours.tls_old, theirs.tls_old);
		buf_done(&b);
	}
}

static void ja3_leaves_grease_out(void **state)
{
	struct buf b;
	struct greeting g;

	(void)state;
	buf_init(&b, 0);
	make_hello(&b, "example.test", 0x0303);
	assert_true(greeting_tls(all_of(&b), &g));
	/* MD5 of 771,4865-49195-47,0-23-10-11,29-23,0 */
	assert_string_equal(g.ja3, "902b1e28a788e5f44c21b087686dc5ec");
	buf_done(&b);
}

static void a_hello_that_is_odd_is_left_to_libndpi(void **state)
{
	struct buf b;
	struct greeting g;

	(void)state;
	buf_init(&b, 0);
	make_hello(&b, "", 0x0303);
	assert_false(greeting_tls(all_of(&b), &g)); /* names nobody */
	buf_clear(&b);
	make_hello(&b, "sp ace.test", 0x0303);
	assert_false(greeting_tls(all_of(&b), &g));
	buf_clear(&b);
	make_hello(&b, "example.test", 0x0303);
	for (size_t n = 0; n < b.n; n++) /* cut short */
		assert_false(greeting_tls(rd_of(b.p, n), &g));
	buf_add(&b, "x", 1); /* something behind it */
	assert_false(greeting_tls(all_of(&b), &g));
	buf_done(&b);
}

static void the_bland_hello_is_as_long_and_names_nobody(void **state)
{
	struct buf b;
	struct greeting g;
	uint8_t bland[512];

	(void)state;
	buf_init(&b, 0);
	make_hello(&b, "example.test", 0x0301);
	assert_true(greeting_tls(all_of(&b), &g) && b.n < sizeof(bland));
	greeting_tls_bland(all_of(&b), bland);
	struct dpi_facts f = facts_of(web, rd_of(bland, b.n), false);
	assert_true(f.tls);
	assert_true(f.tls_old); /* its version is kept */
	assert_string_equal(f.name, "");
	assert_memory_equal(bland, b.p, 43);
	buf_done(&b);
}

static bool http(const char *text, struct greeting *g)
{
	return greeting_http(rd_of(text, strlen(text)), g);
}

static void a_request_is_read_as_libndpi_reads_it(void **state)
{
	static const char *const requests[] = {
		"GET / HTTP/1.1\r\nHost: Example.TEST\r\n\r\n",
		"GET /a?b=c HTTP/1.0\r\nUser-Agent: x\r\nhost: example.test:8080\r\n\r\n",
		"HEAD /x HTTP/1.1\r\nHost: 192.0.2.1\r\nAccept: */*\r\n\r\n",
		"POST /x HTTP/1.1\r\nHost: a-b_c.example\r\nContent-Length: 9\r\n\r\n",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct greeting g;
		assert_true(http(requests[i], &g));
		struct dpi_facts theirs =
			facts_of(plain_web, rd_of(requests[i], strlen(requests[i])), false);
		assert_true(theirs.http);
		assert_false(theirs.tls);
		assert_string_equal(g.name, theirs.name);
	}
}

static void a_request_that_is_odd_is_left_to_libndpi(void **state)
{
	static const char *const requests[] = {
		"",
		"GET / HTTP/1.1\r\n\r\n",                                 /* no host */
		"GET / HTTP/1.1\r\nHost: a.test\r\n",                     /* not whole */
		"GET / HTTP/1.1\r\nHost: a.test\r\n\r\nbody",             /* something behind it */
		"GET / HTTP/1.1\nHost: a.test\n\n",                       /* other line ends */
		"GET http://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n",    /* to a proxy */
		"GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n", /* two */
		"GET / HTTP/1.1\r\nHost:a.test\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a b.test\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: :80\r\n\r\n",
		"CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n",
		"GET / RTSP/1.0\r\nHost: a.test\r\n\r\n",
	};
	struct greeting g;

	(void)state;
	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++)
		assert_false(http(requests[i], &g));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hello_is_read_as_libndpi_reads_it),
		cmocka_unit_test(ja3_leaves_grease_out),
		cmocka_unit_test(a_hello_that_is_odd_is_left_to_libndpi),
		cmocka_unit_test(the_bland_hello_is_as_long_and_names_nobody),
		cmocka_unit_test(a_request_is_read_as_libndpi_reads_it),
		cmocka_unit_test(a_request_that_is_odd_is_left_to_libndpi),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
