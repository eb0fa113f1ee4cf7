/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the indicator list. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "base/test.h"
#include "probe/detect/indicators.h"

struct heard {
	int n;
	char first[512];
};

static void hear(void *arg, const char *text)
{
	struct heard *h = arg;

	if (h->n++ == 0)
		(void)str_copy(h->first, sizeof(h->first), str_of(text)); /* cut is fine */
}

static struct indicators *load(const char *text, struct heard *h)
{
	struct indicators *s = indicators_new();

	*h = (struct heard){ 0 };
	indicators_parse(s, "list.csv", text, strlen(text), hear, h);
	return s;
}

static bool addr_listed(const struct indicators *s, const char *ip, struct indicator *out)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(ip), &a), 0);
	return indicators_addr(s, &a, out);
}

static void domains_match_with_their_children(void **state)
{
	(void)state;
	struct heard h;
	struct indicator out;
	struct indicators *s = load("type,value,description\n"
				    "domain,*.Bad.Example.,\"a botnet, really\"\r\n"
				    "# a remark\n\n"
				    "domain,evil.invalid\n",
				    &h);
	assert_int_equal(h.n, 0);
	assert_int_equal(indicators_count(s), 2);
	assert_true(indicators_domain(s, "bad.example", &out));
	assert_string_equal(out.description, "a botnet, really");
	assert_true(indicators_domain(s, "a.b.bad.example", &out));
	assert_string_equal(out.value, "bad.example");
	assert_false(indicators_domain(s, "notbad.example", &out));
	assert_false(indicators_domain(s, "example", &out));
	assert_false(indicators_domain(s, "", &out));
	assert_true(indicators_domain(s, "evil.invalid", &out));
	assert_string_equal(out.description, "");
	indicators_free(s);
}

static void addresses_networks_and_fingerprints(void **state)
{
	(void)state;
	struct heard h;
	struct indicator out;
	struct indicators *s = load("ip,203.0.113.66\n"
				    "ip,2001:db8::66\n"
				    "cidr,198.51.100.0/25\n"
				    "ja3,51c64c77e60f3980eea90869b68c58a8\n",
				    &h);
	assert_int_equal(h.n, 0);
	assert_true(addr_listed(s, "203.0.113.66", &out));
	assert_string_equal(out.type, "ip");
	assert_false(addr_listed(s, "203.0.113.67", &out));
	assert_true(addr_listed(s, "2001:db8::66", &out));
	assert_true(addr_listed(s, "198.51.100.77", &out));
	assert_string_equal(out.value, "198.51.100.0/25");
	assert_false(addr_listed(s, "198.51.100.177", &out));
	assert_true(indicators_ja3(s, "51C64C77e60f3980eea90869b68c58a8", &out));
	assert_false(indicators_ja3(s, "", &out));
	indicators_free(s);
}

static void bad_lines_are_told_with_their_number(void **state)
{
	(void)state;
	struct heard h;
	struct indicators *s = load("domain,good.example\n"
				    "ip,203.0.113.999\n"
				    "cidr,0.0.0.0/0\n"
				    "domain,localhost\n"
				    "domain,a..b\n"
				    "ja3,123\n"
				    "host,x.example\n"
				    "just words\n"
				    "ip,192.0.2.0/24\n",
				    &h);
	assert_int_equal(indicators_count(s), 1);
	assert_int_equal(indicators_bad(s), 8);
	assert_int_equal(h.n, 8);
	assert_string_equal(h.first, "list.csv line 2: \"203.0.113.999\" is not an address");
	indicators_free(s);
}

static void many_bad_lines_are_told_a_few_times(void **state)
{
	(void)state;
	char text[3000] = "";
	struct heard h;
	for (int i = 0; i < 500; i++)
		(void)strncat(text, "bad\n", sizeof(text) - strlen(text) - 1);
	struct indicators *s = load(text, &h);
	assert_int_equal(indicators_bad(s), 500);
	assert_true(h.n < 30);
	indicators_free(s);
}

static void a_hundred_thousand_names_are_small(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	struct indicator out;
	struct indicators *s = indicators_new();
	buf_init(&b, 0);
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "domain,host-%d.malware.example,botnet %d\n", i, i % 50);
	indicators_parse(s, "big", b.p, b.n, NULL, NULL);
	assert_int_equal(indicators_count(s), 100000);
	assert_true(indicators_bytes(s) <= 5 * 1024 * 1024);
	assert_true(indicators_domain(s, "x.host-99999.malware.example", &out));
	assert_false(indicators_domain(s, "host-100000.malware.example", &out));
	indicators_parse(s, "small", "ip,192.0.2.1\n", 13, NULL, NULL); /* replaces */
	assert_int_equal(indicators_count(s), 1);
	indicators_free(s);
}

static void an_absent_file_leaves_the_old_list(void **state)
{
	(void)state;
	struct heard h;
	struct err e = { 0 };
	struct indicators *s = load("ip,203.0.113.66\n", &h);
	assert_int_equal(indicators_load(s, "/nonexistent/list", hear, &h, &e), -ENOENT);
	assert_int_equal(indicators_count(s), 1);
	indicators_free(s);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(domains_match_with_their_children),
		cmocka_unit_test(addresses_networks_and_fingerprints),
		cmocka_unit_test(bad_lines_are_told_with_their_number),
		cmocka_unit_test(many_bad_lines_are_told_a_few_times),
		cmocka_unit_test(a_hundred_thousand_names_are_small),
		cmocka_unit_test(an_absent_file_leaves_the_old_list),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
