/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of tls_frame.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/tls_frame.h"

struct seen {
	struct buf text; /* "type:length:first byte " of each frame */
	int refuse_at;   /* the frame that is refused; 0 = none */
	int n;
};

static int see(void *arg, uint8_t type, const uint8_t *p, size_t n)
{
	struct seen *s = arg;

	if (++s->n == s->refuse_at)
		return -EDENIED;
	buf_printf(&s->text, "%u:%zu:%c ", type, n, n ? p[0] : '-');
	return 0;
}

static void three_frames(struct buf *out)
{
	SCOPED_MEM char *big = mem_new(900);

	memset(big, 'b', 900);
	tls_frame_encode(out, 1, "a", 1);
	tls_frame_encode(out, 2, NULL, 0);
	tls_frame_encode(out, 3, big, 900);
}

static void frames_come_whole_however_they_are_cut(void **state)
{
	(void)state;
	SCOPED_BUF struct buf wire = { 0 };

	three_frames(&wire);
	for (size_t step = 1; step <= wire.n; step++) {
		struct tls_frames f = { .frame_max = 905 };
		struct seen s = { 0 };
		for (size_t at = 0; at < wire.n; at += step) {
			size_t n = wire.n - at < step ? wire.n - at : step;
			SCOPED_MEM uint8_t *exact = mem_dup(wire.p + at, n);
			assert_int_equal(tls_frames_add(&f, exact, n, see, &s), 0);
		}
		assert_string_equal(s.text.p, "1:1:a 2:0:- 3:900:b ");
		buf_done(&s.text);
		tls_frames_done(&f);
	}
}

static void a_frame_beyond_the_limit_is_refused_by_its_head(void **state)
{
	(void)state;
	static const uint8_t head[] = { 0, 0, 4, 0 };

	for (size_t step = 1; step <= 4; step++) {
		struct tls_frames f = { .frame_max = 1027 };
		struct seen s = { 0 };
		int r = 0;
		for (size_t at = 0; at < 4 && r == 0; at += step)
			r = tls_frames_add(&f, head + at, 4 - at < step ? 4 - at : step, see, &s);
		assert_int_equal(r, -ELIMIT);
		tls_frames_done(&f);
	}
}

static void a_frame_without_a_type_is_no_frame(void **state)
{
	(void)state;
	struct tls_frames f = { .frame_max = 100 };
	struct seen s = { 0 };

	assert_int_equal(tls_frames_add(&f, (const uint8_t *)"\0\0\0\0x", 5, see, &s), -EFORMAT);
	assert_int_equal(s.n, 0);
	tls_frames_done(&f);
}

static void a_refusal_stops(void **state)
{
	(void)state;
	SCOPED_BUF struct buf wire = { 0 };
	struct tls_frames f = { .frame_max = 905 };
	struct seen s = { .refuse_at = 2 };

	three_frames(&wire);
	assert_int_equal(tls_frames_add(&f, (uint8_t *)wire.p, wire.n, see, &s), -EDENIED);
	assert_int_equal(s.n, 2);
	buf_done(&s.text);
	tls_frames_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_whole_however_they_are_cut),
		cmocka_unit_test(a_frame_beyond_the_limit_is_refused_by_its_head),
		cmocka_unit_test(a_frame_without_a_type_is_no_frame),
		cmocka_unit_test(a_refusal_stops),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
