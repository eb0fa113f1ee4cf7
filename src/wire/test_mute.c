/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes: what fits and what does not, how they are written, bad input. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/mute.h"

static struct mute with_peer(const char *text)
{
	struct mute m = { .id = 1 };
	struct err e;

	if (mute_peer_set(&m, text, &e) < 0)
		fail_msg("%s", e.text);
	return m;
}

static bool fits_peers(const struct mute *m, const char *one, const char *two)
{
	const char *peers[] = { one, two };
	struct mute_subject s = {
		.detector = "beacon", .mac = "", .peers = peers, .n_peers = two ? 2 : 1
	};

	return mute_fits(m, &s);
}

static void a_peer_fits_with_its_network_and_port(void **state)
{
	(void)state;
	struct mute m = with_peer("192.0.2.7");
	assert_true(fits_peers(&m, "192.0.2.7:443", NULL));
	assert_true(fits_peers(&m, "192.0.2.7", NULL));
	assert_false(fits_peers(&m, "192.0.2.70:443", NULL));
	assert_false(fits_peers(&m, "[2001:db8::1]:443", NULL));
	m = with_peer("192.0.2.0/23");
	assert_true(fits_peers(&m, "192.0.3.255:1", NULL));
	assert_false(fits_peers(&m, "192.0.4.0:1", NULL));
	m = with_peer("2001:db8::/33");
	assert_true(fits_peers(&m, "[2001:db8:7fff::1]:443", NULL));
	assert_true(fits_peers(&m, "2001:db8::1", NULL));
	assert_false(fits_peers(&m, "[2001:db8:8000::1]:443", NULL));
	m = with_peer("192.0.2.7:443");
	assert_int_equal(m.port, 443);
	assert_true(fits_peers(&m, "192.0.2.7:443", NULL));
	assert_false(fits_peers(&m, "192.0.2.7:80", NULL));
	assert_false(fits_peers(&m, "192.0.2.7", NULL));
	m = with_peer("*:25");
	assert_true(fits_peers(&m, "198.51.100.1:25", "[2001:db8::1]:25"));
	assert_false(fits_peers(&m, "198.51.100.1:26", NULL));
}

/* What concerns somebody else as well is never hidden. */
static void all_peers_and_names_must_fit(void **state)
{
	const char *names[] = { "a.example.com", "EXAMPLE.com", "example.org" };
	struct mute_subject s = { .detector = "dga", .mac = "", .names = names, .n_names = 2 };
	struct mute m = with_peer("192.0.2.7");

	(void)state;
	assert_false(fits_peers(&m, "192.0.2.7:443", "192.0.2.8:443"));
	m = (struct mute){ .id = 1 };
	assert_int_equal(mute_name_set(&m, "*.Example.com.", NULL), 0);
	assert_string_equal(m.name, "example.com");
	assert_true(mute_fits(&m, &s));
	s.n_names = 3;
	assert_false(mute_fits(&m, &s));
	s.n_names = 2;
	s.more_names = true;
	assert_false(mute_fits(&m, &s));
	s.n_names = 0;
	s.more_names = false;
	assert_false(mute_fits(&m, &s)); /* it has no name at all */
	names[0] = "badexample.com";
	s.n_names = 1;
	assert_false(mute_fits(&m, &s));
}

static void detector_and_device_narrow(void **state)
{
	struct mute_subject s = { .detector = "beacon", .mac = "02:00:00:00:00:01" };
	struct mute m = { .id = 1, .detector = "beacon" };

	(void)state;
	assert_true(mute_fits(&m, &s));
	m = (struct mute){ .id = 1, .detector = "beacon", .mac = "02:00:00:00:00:02" };
	assert_false(mute_fits(&m, &s));
	m = (struct mute){ .id = 1, .mac = "02:00:00:00:00:01" };
	assert_true(mute_fits(&m, &s));
	m = (struct mute){ .id = 1 };
	assert_true(mute_is_empty(&m));
	assert_false(mute_fits(&m, &s));
}

static void bad_words_are_refused(void **state)
{
	static const char *const peers[] = { "192.0.2",      "192.0.2.7/33",  "192.0.2.7/0",
					     "::/129",       "192.0.2.7:x",   "192.0.2.7:70000",
					     "[2001:db8::1", "host.example",  "*",
					     "*/8:25",       "192.0.2.7/24/8" };
	static const char *const names[] = { "a b", ".", "..", "a..b", "名前", "a/b" };
	struct mute m = { .id = 1, .port = 7 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(peers); i++) {
		if (mute_peer_set(&m, peers[i], &e) != -EINVAL)
			fail_msg("%s was taken", peers[i]);
		assert_non_null(strstr(e.text, "192.0.2.0/24"));
	}
	assert_int_equal(m.port, 7); /* untouched */
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (mute_name_set(&m, names[i], &e) != -EINVAL)
			fail_msg("%s was taken", names[i]);
	assert_string_equal(m.name, "");
}

static void what_is_written_is_what_was_read(void **state)
{
	static const char *const texts[][2] = { { "192.0.2.7", "192.0.2.7" },
						{ "192.0.2.7/24", "192.0.2.0/24" },
						{ "2001:DB8::1/32", "2001:db8::/32" },
						{ "::1", "::1" },
						{ "::/1", "::/1" },
						{ "[2001:db8::1]:443", "2001:db8::1" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct mute m = with_peer(texts[i][0]);
		char out[MUTE_PEER_MAX];

		mute_peer_format(&m, out);
		assert_string_equal(out, texts[i][1]);
	}
}

static void a_list_comes_out_as_it_went_in(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct mute one = with_peer("192.0.2.0/24");
	struct mute list[] = { one, { .id = 9, .detector = "scan", .mac = "02:00:00:00:00:01" } };
	SCOPED_BUF struct buf b = { 0 };
	struct mute *got;
	size_t n;
	struct err e;

	(void)state;
	list[0].port = 8080;
	list[0].until_us = 77;
	list[1].port = 53;
	assert_int_equal(mute_name_set(&list[1], "example.com", &e), 0);
	assert_int_equal(mutes_encode(list, 2, &b, &e), 0);
	assert_int_equal(mutes_decode(b.p, b.n, a, &got, &n, &e), 0);
	assert_int_equal(n, 2);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(got[i].id, list[i].id);
		assert_int_equal(got[i].until_us, list[i].until_us);
		assert_int_equal(got[i].port, list[i].port);
		assert_int_equal(got[i].bits, list[i].bits);
		assert_memory_equal(got[i].peer, list[i].peer, 16);
		assert_string_equal(got[i].detector, list[i].detector);
		assert_string_equal(got[i].mac, list[i].mac);
		assert_string_equal(got[i].name, list[i].name);
	}
	assert_int_equal(mutes_decode("", 0, a, &got, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(mutes_decode("\xff", 1, a, &got, &n, &e), -EFORMAT);
	SCOPED_MEM struct mute *many = mem_array(MUTES_MAX + 1, sizeof(*many));
	assert_int_equal(mutes_encode(many, MUTES_MAX + 1, &b, &e), -ELIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_fits_with_its_network_and_port),
		cmocka_unit_test(all_peers_and_names_must_fit),
		cmocka_unit_test(detector_and_device_narrow),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(what_is_written_is_what_was_read),
		cmocka_unit_test(a_list_comes_out_as_it_went_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
