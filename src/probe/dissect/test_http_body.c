/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of bodies that are followed through segments, and of their hashes. */
#include "probe/dissect/http_body.h"

#include <string.h>

#include "base/buf.h"
#include "base/test.h"
#include "probe/dissect/digest.h"

#define SEQ 0xffffff80U /* near the end of the numbers */

struct stream {
	struct http_body body;
	struct buf out;
};

static void on_content(void *arg, struct rd p)
{
	struct stream *s = arg;

	buf_add(&s->out, p.p, p.n);
}

static void start(struct stream *s, bool chunked, bool has_length, uint64_t length)
{
	struct http_message m = { .chunked = chunked, .has_length = has_length, .length = length };

	buf_init(&s->out, 0);
	http_body_start(&s->body, &m, SEQ);
}

static enum body_state feed(struct stream *s, size_t at, const char *text, bool last)
{
	size_t n = strlen(text);

	return http_body_feed(&s->body, SEQ + (uint32_t)at, rd_of(text, n), (uint32_t)n, last,
			      on_content, s);
}

static void came(struct stream *s, const char *text)
{
	assert_int_equal(s->out.n, strlen(text));
	if (s->out.n)
		assert_memory_equal(s->out.p, text, s->out.n);
	http_body_done(&s->body);
	buf_done(&s->out);
}

static void a_length_ends_the_body(void **state)
{
	(void)state;
	struct stream s;
	start(&s, false, true, 6);
	assert_int_equal(feed(&s, 0, "abc", false), BODY_GOING);
	assert_int_equal(feed(&s, 3, "defHTTP/1.1", false), BODY_WHOLE);
	came(&s, "abcdef");
}

static void the_end_of_the_connection_ends_the_body(void **state)
{
	(void)state;
	struct stream s;
	start(&s, false, false, 0);
	assert_int_equal(feed(&s, 0, "abc", false), BODY_GOING);
	assert_int_equal(feed(&s, 6, "", true), BODY_GOING); /* "def" is on its way */
	assert_int_equal(feed(&s, 3, "def", false), BODY_WHOLE);
	came(&s, "abcdef");
	start(&s, false, true, 6);
	assert_int_equal(feed(&s, 0, "abc", true), BODY_LOST); /* less than was said */
	came(&s, "abc");
}

static void chunks_are_taken_apart_wherever_they_are_cut(void **state)
{
	static const char text[] = "4;name=x\r\nabcd\r\n0a\r\n0123456789\r\n0\r\n\r\n";
	(void)state;
	for (size_t step = 1; step < sizeof(text); step++) {
		struct stream s;
		enum body_state last = BODY_GOING;
		start(&s, true, false, 0);
		for (size_t at = 0; at < sizeof(text) - 1 && last == BODY_GOING; at += step) {
			char part[sizeof(text)] = "";
			size_t n = sizeof(text) - 1 - at < step ? sizeof(text) - 1 - at : step;
			memcpy(part, text + at, n);
			last = feed(&s, at, part, false);
		}
		assert_int_equal(last, BODY_WHOLE);
		came(&s, "abcd0123456789");
	}
}

static void order_and_repetition_do_not_matter(void **state)
{
	(void)state;
	struct stream s;
	start(&s, false, true, 9);
	(void)feed(&s, 6, "ghi", false);
	(void)feed(&s, 3, "defg", false); /* overlaps */
	(void)feed(&s, 3, "def", false);
	assert_int_equal(s.body.n_ahead, 2);
	assert_int_equal(feed(&s, 0, "abc", false), BODY_WHOLE);
	assert_int_equal(s.body.n_ahead, 0);
	came(&s, "abcdefghi");
}

static void wrong_chunks_end_it(void **state)
{
	static const char *const wrong[] = { "\r\nabc", "xyz\r\nabc", "ffffffffffffffffff\r\nabc",
					     "-3\r\nabc" };
	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct stream s;
		start(&s, true, false, 0);
		assert_int_equal(feed(&s, 0, wrong[i], false), BODY_LOST);
		came(&s, "");
	}
}

static void what_waits_is_bounded(void **state)
{
	(void)state;
	struct stream s;
	enum body_state last = BODY_GOING;
	size_t n = 0;
	start(&s, false, false, 0);
	while (last == BODY_GOING && n < 1000)
		last = feed(&s, 10 + 4 * n++, "abc", false);
	assert_int_equal(last, BODY_LOST);
	assert_int_equal(n, BODY_AHEAD_MAX + 1);
	came(&s, "");
	start(&s, false, false, 0);
	/* A capture that holds less than the wire did. */
	assert_int_equal(http_body_feed(&s.body, SEQ, rd_of("abc", 3), 9, false, on_content, &s),
			 BODY_LOST);
	came(&s, "");
}

/* FIPS 180-4 and RFC 1321, their own examples. */
static void hashes_are_the_published_ones(void **state)
{
	(void)state;
	struct digest *d = digest_new();
	struct digest_text t;
	assert_non_null(d);
	digest_add(d, "a", 1);
	digest_add(d, "bc", 2);
	digest_end(d, &t);
	assert_string_equal(t.sha256,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_string_equal(t.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_string_equal(t.md5, "900150983cd24fb0d6963f7d28e17f72");
	digest_free(d);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_length_ends_the_body),
		cmocka_unit_test(the_end_of_the_connection_ends_the_body),
		cmocka_unit_test(chunks_are_taken_apart_wherever_they_are_cut),
		cmocka_unit_test(order_and_repetition_do_not_matter),
		cmocka_unit_test(wrong_chunks_end_it),
		cmocka_unit_test(what_waits_is_bounded),
		cmocka_unit_test(hashes_are_the_published_ones),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
