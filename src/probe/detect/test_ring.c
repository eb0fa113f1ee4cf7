/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the ring: who gives way when it is full, and that what is forgotten is counted. */
#include <string.h>

#include "base/test.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum { PLACES = 4 };
struct note {
	int worth;
};

static int *get(struct ring *r, char key, bool *fresh)
{
	return &((struct note *)ring_get(r, &key, fresh))->worth;
}

static bool knows(const struct ring *r, char key)
{
	return ring_find(r, &key) != NULL;
}

static void fill(struct ring *r)
{
	bool fresh;

	for (char k = 'a'; k < 'a' + PLACES; k++) {
		int *worth = get(r, k, &fresh);
		assert_true(fresh);
		assert_int_equal(*worth, 0);
		*worth = k == 'c' ? 1 : 9;
	}
}

static void what_is_known_is_found_again(void **state)
{
	struct detect_env env = { 0 };
	struct ring *r = ring_new(&env, PLACES, 1, sizeof(struct note));
	bool fresh;

	(void)state;
	fill(r);
	assert_int_equal(*get(r, 'c', &fresh), 1);
	assert_false(fresh);
	assert_int_equal(ring_count(r), PLACES);
	assert_int_equal(env.forgotten, 0);
	ring_free(r);
}

static void the_oldest_gives_way(void **state)
{
	struct detect_env env = { 0 };
	struct ring *r = ring_new(&env, PLACES, 1, sizeof(struct note));
	bool fresh;

	(void)state;
	fill(r);
	assert_int_equal(*get(r, 'z', &fresh), 0);
	assert_true(fresh);
	assert_false(knows(r, 'a'));
	assert_true(knows(r, 'b'));
	assert_int_equal(ring_count(r), PLACES);
	assert_int_equal(env.forgotten, 1);
	ring_free(r);
}

static bool less(const void *arg, const void *a, const void *b)
{
	(void)arg;
	return ((const struct note *)a)->worth < ((const struct note *)b)->worth;
}

static void or_the_one_of_least_worth(void **state)
{
	struct detect_env env = { 0 };
	struct ring *r = ring_new(&env, PLACES, 1, sizeof(struct note));
	bool fresh;

	(void)state;
	ring_order(r, less, NULL);
	fill(r);
	(void)get(r, 'z', &fresh);
	assert_false(knows(r, 'c'));
	assert_true(knows(r, 'a'));
	ring_free(r);
}

static void an_environment_may_make_it_smaller(void **state)
{
	struct detect_env env = { .ring_max = 2 };
	struct ring *r = ring_new(&env, PLACES, 1, sizeof(struct note));

	(void)state;
	fill(r);
	assert_int_equal(ring_count(r), 2);
	assert_int_equal(env.forgotten, 2);
	assert_true(knows(r, 'd'));
	ring_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_is_found_again),
		cmocka_unit_test(the_oldest_gives_way),
		cmocka_unit_test(or_the_one_of_least_worth),
		cmocka_unit_test(an_environment_may_make_it_smaller),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
