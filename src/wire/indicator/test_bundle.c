/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of bundles: what is listed is found, nothing else is, files are checked. */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/test.h"
#include "wire/indicator/bundle.h"
#include "wire/indicator/known_good.h"

struct line {
	enum indicator_kind kind;
	const char *value, *label;
};

static enum bundle_added add(struct bundle_writer *w, unsigned feed, enum indicator_kind kind,
			     const char *value, const char *label)
{
	struct indicator i = { 0 };

	assert_int_equal(indicator_set(&i, kind, str_of(value)), INDICATOR_OK);
	indicator_label(&i, str_of(label));
	return bundle_writer_add(w, feed, &i);
}

static struct bundle *pack(const struct line *lines, size_t n)
{
	struct bundle_writer *w = bundle_writer_new(0);
	unsigned feed = bundle_writer_feed(w, STR("Feed A"));

	for (size_t i = 0; i < n; i++)
		assert_int_equal(add(w, feed, lines[i].kind, lines[i].value, lines[i].label),
				 BUNDLE_ADDED);
	struct bundle *b = bundle_writer_finish(w, 1234567);
	bundle_writer_free(w);
	return b;
}

static bool domain(const struct bundle *b, const char *name, struct bundle_hit *out)
{
	return bundle_domain(b, str_of(name), out);
}

static bool addr(const struct bundle *b, const char *text, struct bundle_hit *out)
{
	uint8_t a[16] = { [10] = 0xff, [11] = 0xff };

	if (inet_pton(AF_INET, text, a + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, a), 1);
	return bundle_addr(b, a, out);
}

static void names_match_with_their_children(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ INDICATOR_DOMAIN, "bad.example", "a botnet" },
		{ INDICATOR_DOMAIN, "deep.under.other.example", "" },
	};
	struct bundle_hit hit;
	struct bundle *b = pack(lines, ARRAY_LEN(lines));
	assert_true(domain(b, "bad.example", &hit));
	assert_string_equal(hit.label, "a botnet");
	assert_string_equal(hit.feed, "Feed A");
	assert_int_equal(hit.kind, INDICATOR_DOMAIN);
	assert_false(hit.info_only);
	assert_true(domain(b, "a.b.c.bad.example.", &hit));
	assert_int_equal(hit.skip, 6);
	assert_true(domain(b, "x.deep.under.other.example", &hit));
	assert_string_equal(hit.label, "");
	assert_false(domain(b, "under.other.example", &hit));
	assert_false(domain(b, "notbad.example", &hit));
	assert_false(domain(b, "example", &hit));
	assert_false(domain(b, "", &hit));
	assert_false(domain(b, ".", &hit));
	assert_false(domain(b, "bad.example..", &hit));
	bundle_free(b);
}

static void networks_hold_their_edges(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ INDICATOR_CIDR, "198.51.100.64/26", "net" },
		{ INDICATOR_CIDR, "100.64.0.0/10", "wide" },
		{ INDICATOR_CIDR, "203.0.113.128/31", "pair" },
		{ INDICATOR_IP, "203.0.113.66", "one" },
		{ INDICATOR_CIDR, "2001:db8:1::/48", "six" },
		{ INDICATOR_IP, "2001:db8::66", "six one" },
	};
	struct bundle_hit hit;
	struct bundle *b = pack(lines, ARRAY_LEN(lines));
	assert_true(addr(b, "198.51.100.64", &hit));
	assert_int_equal(hit.kind, INDICATOR_CIDR);
	assert_int_equal(hit.bits, 96 + 26);
	assert_true(addr(b, "198.51.100.127", &hit));
	assert_false(addr(b, "198.51.100.63", &hit));
	assert_false(addr(b, "198.51.100.128", &hit));
	assert_true(addr(b, "100.64.0.0", &hit));
	assert_true(addr(b, "100.127.255.255", &hit));
	assert_string_equal(hit.label, "wide");
	assert_false(addr(b, "100.128.0.0", &hit));
	assert_false(addr(b, "100.63.255.255", &hit));
	assert_true(addr(b, "203.0.113.129", &hit));
	assert_false(addr(b, "203.0.113.130", &hit));
	assert_true(addr(b, "203.0.113.66", &hit));
	assert_int_equal(hit.kind, INDICATOR_IP);
	assert_true(addr(b, "2001:db8:1:ffff::1", &hit));
	assert_false(addr(b, "2001:db8:2::1", &hit));
	assert_true(addr(b, "2001:db8::66", &hit));
	assert_false(addr(b, "2001:db8::67", &hit));
	bundle_free(b);
}

static void urls_and_hashes(void **state)
{
	(void)state;
	static const struct line lines[] = {
		{ INDICATOR_URL, "http://bad.example/gate.php", "gate" },
		{ INDICATOR_URL, "http://bad.example/x?id=1", "one query" },
		{ INDICATOR_JA3, "51c64c77e60f3980eea90869b68c58a8", "" },
		{ INDICATOR_FILE, "44d88612fea8a8f36de82e1278abb02f", "test file" },
	};
	struct bundle_hit hit;
	uint8_t ja3[16];
	size_t n;
	struct bundle *b = pack(lines, ARRAY_LEN(lines));
	assert_true(bundle_url(b, STR("Bad.Example:80"), STR("/gate.php?x=2"), &hit));
	assert_string_equal(hit.label, "gate");
	assert_true(bundle_url(b, STR("bad.example"), STR("/x?id=1"), &hit));
	assert_false(bundle_url(b, STR("bad.example"), STR("/x"), &hit));
	assert_false(bundle_url(b, STR("bad.example"), STR("/x?id=2"), &hit));
	assert_false(bundle_url(b, STR("other.example"), STR("/gate.php"), &hit));
	assert_int_equal(str_hex(str_of(lines[2].value), ja3, sizeof(ja3), &n), 0);
	assert_true(bundle_hash(b, INDICATOR_JA3, ja3, n, &hit));
	assert_false(bundle_hash(b, INDICATOR_FILE, ja3, n, &hit));
	assert_false(bundle_hash(b, INDICATOR_CERT, ja3, n, &hit));
	bundle_free(b);
}

static void twice_is_once(void **state)
{
	(void)state;
	struct bundle_hit hit;
	struct bundle_stats s;
	struct bundle_writer *w = bundle_writer_new(0);
	unsigned a = bundle_writer_feed(w, STR("A")), c = bundle_writer_feed(w, STR("B"));
	assert_int_equal(bundle_writer_feed(w, STR("A")), a);
	assert_int_equal(add(w, a, INDICATOR_IP, "192.0.2.1", "first"), BUNDLE_ADDED);
	assert_int_equal(add(w, c, INDICATOR_CIDR, "192.0.2.1/32", "second"), BUNDLE_TWICE);
	struct bundle *b = bundle_writer_finish(w, 77);
	bundle_writer_free(w);
	assert_true(addr(b, "192.0.2.1", &hit));
	assert_string_equal(hit.label, "first");
	assert_string_equal(hit.feed, "A");
	bundle_stats_get(b, &s);
	assert_int_equal(s.count[0], 1);
	assert_int_equal(s.count[INDICATOR_IP], 1);
	assert_int_equal(s.made_us, 77);
	bundle_free(b);
}

static struct known_good *good_things(void)
{
	struct known_good *g = known_good_new();

	assert_int_equal(known_good_add(g, KNOWN_GOOD_SAME, STR("search.example")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_BELOW, STR("cloud.example")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_SAME, STR("www.shop.example")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_NET, STR("203.0.113.0/24")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_SAME, STR("192.0.2.53")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_PART, STR("update-cdn")), 0);
	assert_int_equal(known_good_add(g, KNOWN_GOOD_PART, STR("ab")), INDICATOR_TOO_WIDE);
	assert_int_equal(
		known_good_add(g, KNOWN_GOOD_SAME, STR("d41d8cd98f00b204e9800998ecf8427e")), 0);
	known_good_ready(g);
	return g;
}

static void known_good_things_are_not_accused(void **state)
{
	(void)state;
	static const struct {
		enum indicator_kind kind;
		const char *value;
		enum bundle_added added;
	} rows[] = {
		{ INDICATOR_DOMAIN, "search.example", BUNDLE_GOOD },
		{ INDICATOR_DOMAIN, "evil.search.example", BUNDLE_ADDED },
		{ INDICATOR_DOMAIN, "cloud.example", BUNDLE_GOOD },
		{ INDICATOR_DOMAIN, "tenant.cloud.example", BUNDLE_INFO_ONLY },
		{ INDICATOR_DOMAIN, "shop.example", BUNDLE_GOOD }, /* would match www too */
		{ INDICATOR_DOMAIN, "eu.update-cdn.example", BUNDLE_INFO_ONLY },
		{ INDICATOR_IP, "203.0.113.7", BUNDLE_INFO_ONLY },
		{ INDICATOR_IP, "192.0.2.53", BUNDLE_GOOD },
		{ INDICATOR_CIDR, "203.0.113.0/24", BUNDLE_GOOD },
		{ INDICATOR_CIDR, "203.0.112.0/20", BUNDLE_GOOD },
		{ INDICATOR_CIDR, "203.0.113.128/25", BUNDLE_INFO_ONLY },
		{ INDICATOR_IP, "203.0.114.1", BUNDLE_ADDED },
		{ INDICATOR_URL, "http://search.example/", BUNDLE_GOOD },
		{ INDICATOR_URL, "http://search.example/malware.bin", BUNDLE_ADDED },
		{ INDICATOR_FILE, "d41d8cd98f00b204e9800998ecf8427e", BUNDLE_GOOD },
		{ INDICATOR_FILE, "44d88612fea8a8f36de82e1278abb02f", BUNDLE_ADDED },
	};
	struct bundle_hit hit;
	struct bundle_stats s;
	struct known_good *g = good_things();
	struct bundle_writer *w = bundle_writer_new(0);
	bundle_writer_good(w, g);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		enum bundle_added got = add(w, 0, rows[i].kind, rows[i].value, "");
		if (got != rows[i].added)
			fail_msg("%s: %d", rows[i].value, got);
	}
	struct bundle *b = bundle_writer_finish(w, 0);
	bundle_writer_free(w);
	known_good_free(g);
	assert_false(domain(b, "search.example", &hit));
	assert_true(domain(b, "x.tenant.cloud.example", &hit));
	assert_true(hit.info_only);
	bundle_stats_get(b, &s);
	assert_int_equal(s.info_only, 4);
	bundle_free(b);
}

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

static struct bundle *many(size_t n)
{
	struct bundle_writer *w = bundle_writer_new(0);
	char text[64];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(text, sizeof(text), "h%zu.d%zu.example", i, i % 977);
		assert_int_equal(add(w, 0, INDICATOR_DOMAIN, text, i % 2 ? "odd" : "even"),
				 BUNDLE_ADDED);
	}
	struct bundle *b = bundle_writer_finish(w, 0);
	bundle_writer_free(w);
	return b;
}

static void all_are_found_and_a_million_others_are_not(void **state)
{
	(void)state;
	enum { N = 100000 };
	struct bundle_hit hit;
	struct bundle_stats s;
	struct bundle *b = many(N);
	uint64_t x = 88172645463325252ull;
	char text[64];
	size_t hits = 0;
	bundle_stats_get(b, &s);
	assert_int_equal(s.count[0], N);
	assert_true(s.bytes < N * 20);
	for (size_t i = 0; i < N; i++) {
		(void)snprintf(text, sizeof(text), "h%zu.d%zu.example", i, i % 977);
		assert_true(domain(b, text, &hit));
		assert_string_equal(hit.label, i % 2 ? "odd" : "even");
	}
	for (size_t i = 0; i < 1000000; i++) {
		(void)snprintf(text, sizeof(text), "r%llx.example", (unsigned long long)next(&x));
		hits += domain(b, text, &hit);
	}
	assert_int_equal(hits, 0);
	bundle_free(b);
}

static void labels_end_before_they_grow_too_large(void **state)
{
	(void)state;
	struct bundle_writer *w = bundle_writer_new(0);
	unsigned feed = bundle_writer_feed(w, STR("chatty"));
	struct bundle_stats s;
	struct bundle_hit hit;
	char value[64], label[INDICATOR_LABEL_MAX];
	for (int i = 0; i < 90000; i++) {
		(void)snprintf(value, sizeof(value), "h%d.example", i);
		(void)snprintf(label, sizeof(label), "%0110d", i);
		assert_int_equal(add(w, feed, INDICATOR_DOMAIN, value, label), BUNDLE_ADDED);
	}
	struct bundle *b = bundle_writer_finish(w, 0);
	bundle_writer_free(w);
	bundle_stats_get(b, &s);
	assert_true(s.bytes < 8 * 1024 * 1024 + 90000 * 20);
	assert_true(domain(b, "h89999.example", &hit));
	assert_string_equal(hit.label, "");
	assert_string_equal(hit.feed, "chatty");
	bundle_free(b);
}

static void save(const struct bundle *b, const char *path)
{
	size_t n;
	const void *p = bundle_bytes(b, &n);

	assert_int_equal(file_write(path, 0600, p, n, NULL), 0);
}

static void files_are_mapped_and_replaced(void **state)
{
	(void)state;
	static const struct line old_lines[] = { { INDICATOR_IP, "192.0.2.1", "old" } };
	static const struct line new_lines[] = { { INDICATOR_IP, "192.0.2.2", "new" } };
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct bundle_hit hit;
	struct bundle *a = NULL, *c = NULL, *made = pack(old_lines, 1);
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/b", dir);
	save(made, path);
	bundle_free(made);
	assert_int_equal(bundle_open(path, &a, NULL), 0);
	made = pack(new_lines, 1);
	save(made, path);
	bundle_free(made);
	assert_true(addr(a, "192.0.2.1", &hit)); /* still the old one */
	assert_int_equal(bundle_open(path, &c, NULL), 0);
	assert_true(addr(c, "192.0.2.2", &hit));
	assert_ptr_equal(bundle_ref(a), a);
	bundle_free(a);
	assert_string_equal(hit.label, "new");
	assert_true(addr(a, "192.0.2.1", &hit));
	bundle_free(a);
	bundle_free(c);
	test_dir_free(dir);
}

static void damaged_files_are_refused(void **state)
{
	(void)state;
	static const struct line lines[] = { { INDICATOR_IP, "192.0.2.1", "old" } };
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct bundle *b = pack(lines, 1), *out = NULL;
	struct err e = { 0 };
	size_t n;
	const uint8_t *p = bundle_bytes(b, &n);
	SCOPED_MEM uint8_t *copy = mem_dup(p, n);
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/b", dir);
	for (size_t at = 0; at < n; at += at < 600 ? 1 : 97) {
		copy[at] ^= 0x40;
		assert_int_equal(bundle_over(copy, n, &out, &e), -EFORMAT);
		if (at % 101 == 0) {
			assert_int_equal(file_write(path, 0600, copy, n, NULL), 0);
			assert_int_equal(bundle_open(path, &out, &e), -EFORMAT);
		}
		copy[at] ^= 0x40;
	}
	for (size_t cut = 0; cut < n; cut += 101)
		assert_int_equal(bundle_over(copy, cut, &out, &e), -EFORMAT);
	assert_int_equal(bundle_open("/nonexistent/b", &out, &e), -ENOENT);
	assert_null(out);
	bundle_free(b);
	test_dir_free(dir);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(names_match_with_their_children),
		cmocka_unit_test(networks_hold_their_edges),
		cmocka_unit_test(urls_and_hashes),
		cmocka_unit_test(twice_is_once),
		cmocka_unit_test(known_good_things_are_not_accused),
		cmocka_unit_test(all_are_found_and_a_million_others_are_not),
		cmocka_unit_test(labels_end_before_they_grow_too_large),
		cmocka_unit_test(files_are_mapped_and_replaced),
		cmocka_unit_test(damaged_files_are_refused),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
