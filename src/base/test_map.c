/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/map.h. */
#include "base/map.h"

#include <string.h>

#include "base/err.h"
#include "base/test.h"

static int values[4096];

static void set_find_remove(void **state)
{
	(void)state;
	struct map *m = map_new(100);
	assert_null(map_find(m, "a", 1));
	assert_int_equal(map_set(m, "a", 1, &values[0]), 0);
	assert_int_equal(map_set(m, "", 0, &values[1]), 0);
	assert_ptr_equal(map_find(m, "a", 1), &values[0]);
	assert_ptr_equal(map_find(m, "", 0), &values[1]);
	assert_int_equal(map_set(m, "a", 1, &values[2]), 0);
	assert_int_equal(map_count(m), 2);
	assert_ptr_equal(map_remove(m, "a", 1), &values[2]);
	assert_null(map_remove(m, "a", 1));
	assert_int_equal(map_count(m), 1);
	map_free(m);
	map_free(NULL);
}

static void long_keys_are_copied(void **state)
{
	(void)state;
	struct map *m = map_new(100);
	char key[200];
	memset(key, 'k', sizeof(key));
	for (size_t n = 30; n < sizeof(key); n += 5)
		assert_int_equal(map_set(m, key, n, &values[n]), 0);
	char other[200];
	memset(other, 'k', sizeof(other));
	memset(key, 0, sizeof(key));
	for (size_t n = 30; n < sizeof(key); n += 5)
		assert_ptr_equal(map_find(m, other, n), &values[n]);
	assert_ptr_equal(map_remove(m, other, 100), &values[100]);
	map_free(m);
}

static void limit_bites(void **state)
{
	(void)state;
	struct map *m = map_new(3);
	for (int i = 0; i < 3; i++)
		assert_int_equal(map_set(m, &i, sizeof(i), &values[i]), 0);
	int i = 3;
	assert_int_equal(map_set(m, &i, sizeof(i), &values[i]), -ELIMIT);
	i = 1;
	assert_int_equal(map_set(m, &i, sizeof(i), &values[9]), 0); /* replacing is fine */
	assert_ptr_equal(map_remove(m, &i, sizeof(i)), &values[9]);
	i = 3;
	assert_int_equal(map_set(m, &i, sizeof(i), &values[i]), 0);
	map_free(m);
}

/* Against a plain array, with many removals, so that runs and holes are met. */
static void agrees_with_an_array(void **state)
{
	(void)state;
	enum { KEYS = 512 };
	void *expected[KEYS] = { NULL };
	struct map *m = map_new(KEYS);
	uint32_t random = 1;
	size_t count = 0;
	for (int step = 0; step < 20000; step++) {
		random = random * 1664525 + 1013904223;
		uint32_t key = random >> 8 & (KEYS - 1);
		if (random >> 31) {
			count += expected[key] == NULL;
			expected[key] = &values[step % 4096];
			assert_int_equal(map_set(m, &key, sizeof(key), expected[key]), 0);
		} else {
			count -= expected[key] != NULL;
			assert_ptr_equal(map_remove(m, &key, sizeof(key)), expected[key]);
			expected[key] = NULL;
		}
		assert_int_equal(map_count(m), count);
	}
	for (uint32_t key = 0; key < KEYS; key++)
		assert_ptr_equal(map_find(m, &key, sizeof(key)), expected[key]);
	map_free(m);
}

static void removing_while_walking(void **state)
{
	(void)state;
	struct map *m = map_new(1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(map_set(m, &i, sizeof(i), &values[i]), 0);
	size_t pos = 0, n, seen = 0;
	const void *key;
	void *value;
	while (map_next(m, &pos, &key, &n, &value)) {
		int i;
		assert_int_equal(n, sizeof(i));
		memcpy(&i, key, sizeof(i));
		assert_int_equal(i, seen); /* in the order of insertion */
		assert_ptr_equal(value, &values[i]);
		if (i % 3 == 0)
			assert_ptr_equal(map_remove(m, key, n), value);
		seen++;
	}
	assert_int_equal(seen, 1000);
	assert_int_equal(map_count(m), 666);
	map_free(m);
}

/* Values of an independent implementation with an all-zero key. */
static void siphash_values(void **state)
{
	(void)state;
	const uint8_t zero[16] = { 0 };
	assert_true(siphash13(zero, "a", 1) == UINT64_C(0x407448d2b89b1813));
	assert_true(siphash13(zero, "otasuke", 7) == UINT64_C(0x5ecbf35b549ea097));
	assert_true(siphash13(zero, "otasuke!", 8) == UINT64_C(0xaefe16b3ecf562ac));
	assert_true(siphash13(zero, "0123456789abcdef-", 17) == UINT64_C(0x56d880c74b9af5bc));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_find_remove),
		cmocka_unit_test(long_keys_are_copied),
		cmocka_unit_test(limit_bites),
		cmocka_unit_test(agrees_with_an_array),
		cmocka_unit_test(removing_while_walking),
		cmocka_unit_test(siphash_values),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
