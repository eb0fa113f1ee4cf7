/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of SMB messages that are joined from segments. */
#include "probe/dissect/smb_stream.h"

#include <string.h>

#include "base/test.h"

enum { MESSAGE = 100, LARGE = 9000 };

struct heard {
	int n;
	size_t bytes;
	uint8_t last; /* the mark of the newest message */
};

static void on_message(void *arg, struct rd message)
{
	struct heard *h = arg;

	assert_memory_equal(message.p,
			    "\xfe"
			    "SMB",
			    4);
	h->n++;
	h->bytes = message.n;
	h->last = message.p[4];
}

/* A frame with a message of N bytes that bears MARK. */
static size_t frame(uint8_t *out, size_t n, uint8_t mark)
{
	memset(out, 0, 4 + n);
	out[2] = (uint8_t)(n >> 8);
	out[3] = (uint8_t)n;
	memcpy(out + 4,
	       "\xfe"
	       "SMB",
	       4);
	out[8] = mark;
	return 4 + n;
}

static void feed(struct smb_stream *s, uint32_t seq, const uint8_t *p, size_t n, struct heard *h)
{
	smb_stream_feed(s, seq, rd_of(p, n), (uint32_t)n, on_message, h);
}

static void messages_may_begin_anywhere(void **state)
{
	(void)state;
	uint8_t b[1024];
	size_t n = frame(b, MESSAGE, 1);
	n += frame(b + n, MESSAGE, 2);
	n += frame(b + n, MESSAGE, 3);
	for (size_t step = MESSAGE; step < n; step++) { /* the first segment begins a message */
		struct smb_stream s = { 0 };
		struct heard h = { 0 };
		feed(&s, 5000, b, step, &h);
		for (size_t at = step; at < n; at += 7)
			feed(&s, (uint32_t)(5000 + at), b + at, n - at < 7 ? n - at : 7, &h);
		assert_int_equal(h.n, 3);
		assert_int_equal(h.last, 3);
		assert_int_equal(h.bytes, MESSAGE);
		smb_stream_done(&s);
	}
}

static void of_a_large_one_the_beginning_is_kept(void **state)
{
	(void)state;
	uint8_t b[LARGE + 512];
	struct smb_stream s = { 0 };
	struct heard h = { 0 };
	size_t large = frame(b, LARGE, 1), n = large + frame(b + large, MESSAGE, 2);
	for (size_t at = 0; at < n; at += 1000)
		feed(&s, (uint32_t)at, b + at, n - at < 1000 ? n - at : 1000, &h);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.last, 2);
	smb_stream_done(&s);
}

static void what_is_sent_again_counts_once(void **state)
{
	(void)state;
	uint8_t b[512];
	struct smb_stream s = { 0 };
	struct heard h = { 0 };
	size_t n = frame(b, MESSAGE, 1);
	n += frame(b + n, MESSAGE, 2);
	feed(&s, 0xfffffff0, b, 150, &h);
	feed(&s, 0xfffffff0, b, 150, &h);
	feed(&s, 0xfffffff0 + 100, b + 100, n - 100, &h);
	assert_int_equal(h.n, 2);
	smb_stream_done(&s);
}

static void after_a_loss_it_finds_the_next(void **state)
{
	(void)state;
	uint8_t b[LARGE + 512];
	struct smb_stream s = { 0 };
	struct heard h = { 0 };
	size_t large = frame(b, LARGE, 1), n = frame(b + large, MESSAGE, 2);
	feed(&s, 0, b, 3000, &h); /* what is lost behind it would have been stepped over */
	feed(&s, (uint32_t)large, b + large, n, &h);
	assert_int_equal(h.last, 2);
	feed(&s, (uint32_t)(large + n), b, 20, &h); /* half a head, then a hole */
	feed(&s, (uint32_t)(large + n) + 500, b + 500, 300, &h);
	assert_false(s.synced);
	feed(&s, 90000, b + large, n, &h);
	assert_int_equal(h.n, 3);
	/* The capture holds less than the wire did. */
	smb_stream_feed(&s, 90000 + (uint32_t)n, rd_of(b, 64), (uint32_t)large, on_message, &h);
	assert_false(s.synced);
	smb_stream_done(&s);
}

static void what_is_no_message_is_left_alone(void **state)
{
	(void)state;
	static const uint8_t junk[200] = { 0x47, 0x45, 0x54 };
	uint8_t b[512];
	struct smb_stream s = { 0 };
	struct heard h = { 0 };
	feed(&s, 0, junk, sizeof(junk), &h);
	assert_false(s.synced);
	size_t n = frame(b, MESSAGE, 1);
	feed(&s, 0, b, n, &h);
	feed(&s, (uint32_t)n, junk, sizeof(junk), &h);
	assert_false(s.synced);
	assert_int_equal(h.n, 1);
	smb_stream_done(&s);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(messages_may_begin_anywhere),
		cmocka_unit_test(of_a_large_one_the_beginning_is_kept),
		cmocka_unit_test(what_is_sent_again_counts_once),
		cmocka_unit_test(after_a_loss_it_finds_the_next),
		cmocka_unit_test(what_is_no_message_is_left_alone),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
