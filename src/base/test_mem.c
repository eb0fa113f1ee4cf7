/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/mem.h and base/arena.h. */
#include "base/mem.h"

#include <fcntl.h>
#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/test.h"

static void new_memory_is_zero(void **state)
{
	(void)state;
	SCOPED_MEM unsigned char *p = mem_new(64);
	for (int i = 0; i < 64; i++)
		assert_int_equal(p[i], 0);
	SCOPED_MEM char *nothing = mem_new(0);
	assert_non_null(nothing);
}

static void copies_and_null(void **state)
{
	(void)state;
	SCOPED_MEM char *a = mem_strdup("abc");
	SCOPED_MEM char *b = mem_strndup("abcdef", 3);
	SCOPED_MEM char *c = mem_dup("abc", 4);
	assert_string_equal(a, b);
	assert_string_equal(a, c);
	assert_null(mem_strdup(NULL));
}

static void sizes_do_not_overflow(void **state)
{
	(void)state;
	size_t out = 7;
	assert_true(size_add(1, 2, &out));
	assert_int_equal(out, 3);
	assert_false(size_add(SIZE_MAX, 1, &out));
	assert_false(size_mul(SIZE_MAX / 2, 3, &out));
	assert_int_equal(out, 3);
	assert_true(size_mul(6, 7, &out));
	assert_int_equal(out, 42);
}

static void cleanup_closes_descriptors(void **state)
{
	(void)state;
	int kept;
	{
		SCOPED_FD int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(fd >= 0);
		kept = fd;
	}
	assert_int_equal(fcntl(kept, F_GETFD), -1);
}

static void arena_gives_zeroed_aligned_pieces(void **state)
{
	(void)state;
	SCOPED_ARENA struct arena *a = arena_new(128);
	for (size_t n = 0; n < 300; n += 7) {
		unsigned char *p = arena_alloc(a, n);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(p[i], 0);
			p[i] = 0xff;
		}
	}
}

static void arena_arrays_grow_by_one(void **state)
{
	(void)state;
	SCOPED_ARENA struct arena *a = arena_new(128);
	int *list = NULL;
	for (size_t n = 0; n < 100; n++) {
		list = arena_grow(a, list, n, sizeof(*list));
		list[n] = (int)n;
	}
	for (int i = 0; i < 100; i++)
		assert_int_equal(list[i], i);
}

static void arena_is_zero_again_after_reset(void **state)
{
	(void)state;
	SCOPED_ARENA struct arena *a = arena_new(128);
	for (int round = 0; round < 4; round++) {
		for (int i = 0; i < 20; i++) {
			unsigned char *p = arena_array(a, 4, 5);
			for (int k = 0; k < 20; k++)
				assert_int_equal(p[k], 0);
			memset(p, 0xee, 20);
		}
		memset(arena_alloc(a, 5000), 0xee, 5000);
		arena_reset(a);
	}
}

static void arena_text(void **state)
{
	(void)state;
	SCOPED_ARENA struct arena *a = arena_new(0);
	assert_string_equal(arena_strdup(a, "abc"), "abc");
	assert_string_equal(arena_strndup(a, "abcdef", 2), "ab");
	assert_string_equal(arena_printf(a, "%s-%d", "case", 7), "case-7");
	assert_null(arena_strdup(a, NULL));
	arena_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_memory_is_zero),
		cmocka_unit_test(copies_and_null),
		cmocka_unit_test(sizes_do_not_overflow),
		cmocka_unit_test(cleanup_closes_descriptors),
		cmocka_unit_test(arena_gives_zeroed_aligned_pieces),
		cmocka_unit_test(arena_arrays_grow_by_one),
		cmocka_unit_test(arena_is_zero_again_after_reset),
		cmocka_unit_test(arena_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
