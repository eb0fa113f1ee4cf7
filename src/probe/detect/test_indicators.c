/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the indicator list. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
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

/* A list in a file of its own, read. */
static struct indicators *load(const char *text, struct heard *h)
{
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct indicators *s = indicators_new();

	*h = (struct heard){ 0 };
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/list.csv", dir);
	assert_int_equal(file_write(path, 0600, text, strlen(text), NULL), 0);
	assert_int_equal(indicators_load(s, path, hear, h, NULL), 0);
	test_dir_free(dir);
	return s;
}

static bool addr_listed(const struct indicators *s, const char *ip, struct indicator_hit *out)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(ip), &a), 0);
	return indicators_addr(s, &a, out);
}

static void what_was_judged_wrong_is_not_told(void **state)
{
	static const char said[] = "bundle 7\nexcept domain shop.example\nexcept ip 192.0.2.7\n"
				   "except url site.example/path?q\nexcept colour red\nexcept\n";
	struct heard h;
	struct indicator_hit out;
	struct indicators *s = load("type,value\ndomain,shop.example\ndomain,bad.example\n"
				    "ip,192.0.2.7\nip,192.0.2.8\nurl,site.example/path?q\n",
				    &h);

	(void)state;
	assert_true(indicators_domain(s, "www.shop.example", &out));
	assert_int_equal(indicators_except(s, said, strlen(said)), 2);
	assert_false(indicators_domain(s, "shop.example", &out));
	assert_false(indicators_domain(s, "www.shop.example", &out));
	assert_true(indicators_domain(s, "bad.example", &out));
	assert_false(addr_listed(s, "192.0.2.7", &out));
	assert_true(addr_listed(s, "192.0.2.8", &out));
	assert_false(indicators_url(s, STR("site.example"), STR("/path?q"), &out));
	assert_int_equal(indicators_except(s, "bundle 8\n", 9), 0); /* taken back */
	assert_true(indicators_domain(s, "shop.example", &out));
	indicators_free(s);
}

static void domains_match_with_their_children(void **state)
{
	(void)state;
	struct heard h;
	struct indicator_hit out;
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
	struct indicator_hit out;
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
				    "mutex,x.example\n"
				    "just words\n"
				    "ip,192.0.2.0/33\n",
				    &h);
	assert_int_equal(indicators_count(s), 1);
	assert_int_equal(indicators_bad(s), 8);
	assert_int_equal(h.n, 8);
	assert_non_null(strstr(h.first, "list.csv line 2: \"203.0.113.999\" is not an address"));
	indicators_free(s);
}

static void many_bad_lines_are_told_a_few_times(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	struct heard h;
	buf_init(&b, 0);
	for (int i = 0; i < 500; i++)
		buf_adds(&b, "domain,bad\n");
	struct indicators *s = load(b.p, &h);
	assert_int_equal(indicators_bad(s), 500);
	assert_true(h.n < 30);
	indicators_free(s);
}

static void a_hundred_thousand_names_are_small(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	struct indicator_hit out;
	struct heard h;
	buf_init(&b, 0);
	for (int i = 0; i < 100000; i++)
		buf_printf(&b, "domain,host-%d.malware.example,botnet %d\n", i, i % 50);
	struct indicators *s = load(b.p, &h);
	assert_int_equal(indicators_count(s), 100000);
	assert_true(indicators_bytes(s) <= 2 * 1024 * 1024);
	assert_true(indicators_domain(s, "x.host-99999.malware.example", &out));
	assert_string_equal(out.description, "botnet 49");
	assert_string_equal(out.feed, "list.csv");
	assert_false(indicators_domain(s, "host-100000.malware.example", &out));
	indicators_free(s);
}

static void hashes_and_urls(void **state)
{
	(void)state;
	static const uint8_t sha1[20] = { 0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b,
					  0x0d, 0x32, 0x55, 0xbf, 0xef, 0x95, 0x60,
					  0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09 };
	struct heard h;
	struct indicator_hit out;
	struct indicators *s = load("cert,da39a3ee5e6b4b0d3255bfef95601890afd80709,a C2\n"
				    "md5,44d88612fea8a8f36de82e1278abb02f\n"
				    "url,http://bad.example/gate.php\n",
				    &h);
	assert_true(indicators_cert_sha1(s, sha1, &out));
	assert_string_equal(out.value, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
	assert_string_equal(out.type, "cert");
	assert_true(indicators_has_files(s));
	assert_true(indicators_file_hash(s, "44d88612fea8a8f36de82e1278abb02f", &out));
	assert_false(indicators_file_hash(s, "", &out));
	assert_false(indicators_file_hash(s, "44d88612fea8a8f36de82e1278abb02e", &out));
	assert_true(indicators_url(s, STR("bad.example"), STR("/gate.php?x"), &out));
	assert_string_equal(out.type, "url");
	indicators_free(s);
	s = load("ja3,44d88612fea8a8f36de82e1278abb02f\n", &h);
	assert_false(indicators_has_files(s)); /* none is worth hashing */
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
	assert_true(e.text[0] != 0);
	indicators_free(s);
}

/* Writes the bundle of the list TEXT to PATH, in place of what is there. */
static void publish(const char *path, const char *text)
{
	struct bundle_writer *w = bundle_writer_new(0);
	struct str all = str_of(text), line;
	struct indicator i = { 0 };
	size_t n;

	while (str_cut(&all, '\n', &line)) {
		assert_int_equal(indicator_guess(&i, line), 0);
		(void)bundle_writer_add(w, bundle_writer_feed(w, STR("Feed")), &i);
	}
	struct bundle *b = bundle_writer_finish(w, 1);
	const void *p = bundle_bytes(b, &n);
	assert_int_equal(file_write(path, 0600, p, n, NULL), 0);
	bundle_free(b);
	bundle_writer_free(w);
}

/* The thread has its own pace: asks on until it has delivered, and for what in the meantime. */
static void wait_for_swap(struct indicators *s, struct heard *h, const char *meanwhile)
{
	struct indicator_hit out;

	for (int i = 0; i < 20000; i++) {
		if (indicators_load_poll(s, hear, h) || h->n > 0)
			return;
		assert_true(indicators_domain(s, meanwhile, &out));
		(void)usleep(500);
	}
	fail_msg("nothing came");
}

static void a_new_bundle_takes_over_while_the_old_one_answers(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct heard h = { 0 };
	struct indicator_hit out;
	struct err e = { 0 };
	struct indicators *s = indicators_new();
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/bundle", dir);
	publish(path, "old.example\n");
	assert_int_equal(indicators_load(s, path, hear, &h, &e), 0);
	assert_true(indicators_domain(s, "x.old.example", &out));
	assert_string_equal(out.feed, "Feed");
	publish(path, "new.example\n198.51.100.0/24\n");
	assert_int_equal(indicators_load_begin(s, path, &e), 0);
	assert_int_equal(indicators_load_begin(s, path, &e), -EBUSY);
	wait_for_swap(s, &h, "old.example");
	assert_true(indicators_domain(s, "new.example", &out));
	assert_false(indicators_domain(s, "old.example", &out));
	assert_int_equal(indicators_count(s), 2);
	assert_int_equal(file_write(path, 0600, "OTSKIND1 rubbish", 16, NULL), 0);
	assert_int_equal(indicators_load_begin(s, path, &e), 0);
	wait_for_swap(s, &h, "new.example");
	assert_int_equal(h.n, 1);
	assert_non_null(strstr(h.first, "this is no bundle of indicators"));
	assert_true(indicators_domain(s, "new.example", &out));
	assert_int_equal(indicators_load_begin(s, path, &e), 0); /* freed while it runs */
	indicators_free(s);
	test_dir_free(dir);
}

static void the_own_list_stays_beside_what_comes(void **state)
{
	struct heard h;
	struct indicator_hit out;
	struct indicators *s = load("type,value\ndomain,own.example\n", &h);
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct err e = { 0 };

	(void)state;
	indicators_keep(s);
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/bundle", dir);
	publish(path, "hub.example\n");
	assert_int_equal(indicators_map(s, path, &e), 0);
	assert_true(indicators_domain(s, "own.example", &out));
	assert_true(indicators_domain(s, "hub.example", &out));
	assert_int_equal(indicators_count(s), 2);
	publish(path, "later.example\n");
	assert_int_equal(indicators_map(s, path, &e), 0);
	assert_true(indicators_domain(s, "own.example", &out));
	assert_false(indicators_domain(s, "hub.example", &out));
	indicators_free(s);
	test_dir_free(dir);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(the_own_list_stays_beside_what_comes),
		cmocka_unit_test(what_was_judged_wrong_is_not_told),
		cmocka_unit_test(domains_match_with_their_children),
		cmocka_unit_test(addresses_networks_and_fingerprints),
		cmocka_unit_test(bad_lines_are_told_with_their_number),
		cmocka_unit_test(many_bad_lines_are_told_a_few_times),
		cmocka_unit_test(a_hundred_thousand_names_are_small),
		cmocka_unit_test(hashes_and_urls),
		cmocka_unit_test(an_absent_file_leaves_the_old_list),
		cmocka_unit_test(a_new_bundle_takes_over_while_the_old_one_answers),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
