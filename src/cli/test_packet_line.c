/* SPDX-License-Identifier: Apache-2.0 */
/* One packet in one line: names, hosts, paths, and what is no text. */
#include <string.h>

#include "base/buf.h"
#include "base/test.h"
#include "cli/packet_line.h"
#include "probe/dissect/tls_hello.h"

static struct packet_line line(const struct dissected *d)
{
	struct packet_line l;

	packet_line_make(d, &l);
	return l;
}

static struct dissected ip(uint8_t proto, uint16_t dport, const void *p, size_t n)
{
	const uint8_t from[4] = { 192, 0, 2, 7 }, to[4] = { 198, 51, 100, 9 };

	return (struct dissected){ .kind = DISSECT_IP,
				   .proto = proto,
				   .sport = 50000,
				   .dport = dport,
				   .src = addr_v4(from),
				   .dst = addr_v4(to),
				   .payload = rd_of(p, n) };
}

static void a_request_shows_host_and_path(void **state)
{
	static const char text[] = "GET /a/b.html?x=1 HTTP/1.1\r\nHost: shop.example\r\n\r\n";
	const struct dissected d = ip(PROTO_TCP, 80, text, sizeof(text) - 1);
	(void)state;

	assert_string_equal(line(&d).protocol, "HTTP");
	assert_string_equal(line(&d).what, "GET shop.example/a/b.html?x=1");
	assert_string_equal(line(&d).from, "192.0.2.7:50000");
	assert_string_equal(line(&d).to, "198.51.100.9:80");
}

static void foreign_bytes_are_no_text(void **state)
{
	static const char text[] = "GET /\x1b[2J\xe2\x80\xae HTTP/1.1\r\nHost: a\x01"
				   "b\r\n\r\n";
	const struct dissected d = ip(PROTO_TCP, 80, text, sizeof(text) - 1);
	const struct packet_line l = line(&d);
	(void)state;

	for (const char *p = l.what; *p; p++)
		assert_true(*p >= ' ' && *p < 0x7f);
}

static void a_question_shows_its_name(void **state)
{
	static const char text[] = "\x00\x01\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"
				   "\x03www\x07"
				   "example\x00\x00\x01\x00\x01";
	const struct dissected d = ip(PROTO_UDP, 53, text, sizeof(text) - 1);
	(void)state;

	assert_string_equal(line(&d).protocol, "DNS");
	assert_string_equal(line(&d).what, "www.example A");
}

static void hello(struct buf *b, const char *name)
{
	size_t n = strlen(name);

	buf_add(b, "\x16\x03\x01\x00\x00\x01\x00\x00\x00\x03\x03", 11);
	for (int i = 0; i < 32; i++)
		buf_addc(b, 'r');
	buf_addc(b, 0); /* session */
	buf_be16(b, 2); /* cipher suites */
	buf_be16(b, 0x1301);
	buf_addc(b, 1); /* compression */
	buf_addc(b, 0);
	buf_be16(b, (uint16_t)(n + 9 + 6)); /* extensions */
	buf_be16(b, 23);                    /* one that is none of ours */
	buf_be16(b, 2);
	buf_be16(b, 0);
	buf_be16(b, 0);
	buf_be16(b, (uint16_t)(n + 5));
	buf_be16(b, (uint16_t)(n + 3));
	buf_addc(b, 0);
	buf_be16(b, (uint16_t)n);
	buf_adds(b, name);
}

static void a_hello_shows_its_name(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	(void)state;

	hello(&b, "bank.example");
	const struct dissected d = ip(PROTO_TCP, 443, b.p, b.n);
	assert_string_equal(line(&d).protocol, "TLS");
	assert_string_equal(line(&d).what, "bank.example");
}

static void a_hello_that_is_cut_is_read_as_far_as_it_goes(void **state)
{
	SCOPED_BUF struct buf b = { 0 };
	char name[TLS_NAME_MAX];
	(void)state;

	hello(&b, "bank.example");
	for (size_t n = 0; n <= b.n; n++) {
		bool is = tls_hello_parse(rd_of(b.p, n), name);
		assert_int_equal(is, n >= 6);
		assert_true(strncmp(name, "bank.example", strlen(name)) == 0);
	}
}

static void the_rest_is_named_by_its_protocol(void **state)
{
	struct dissected d = ip(PROTO_TCP, 4444, "", 0);
	(void)state;

	d.tcp_flags = TCP_SYN;
	assert_string_equal(line(&d).protocol, "TCP");
	assert_string_equal(line(&d).what, "SYN");
	d.proto = PROTO_ICMP;
	assert_string_equal(line(&d).protocol, "ICMP");
	assert_string_equal(line(&d).to, "198.51.100.9");
	d.kind = DISSECT_OTHER;
	assert_string_equal(line(&d).protocol, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_shows_host_and_path),
		cmocka_unit_test(foreign_bytes_are_no_text),
		cmocka_unit_test(a_question_shows_its_name),
		cmocka_unit_test(a_hello_shows_its_name),
		cmocka_unit_test(a_hello_that_is_cut_is_read_as_far_as_it_goes),
		cmocka_unit_test(the_rest_is_named_by_its_protocol),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
