/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of how clues add up. */
#include <math.h>

#include "base/clock.h"
#include "base/test.h"
#include "probe/story/story.h"

static struct clue clue(const char *kind, double weight, int64_t at_us)
{
	return (struct clue){ .kind = kind, .weight = weight, .last_us = at_us };
}

static void kinds_add_up(void **state)
{
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	const struct clue c[] = { clue("download", 50, 0), clue("beacon", 25, 0) };
	double best = 0;
	size_t kinds = 0;
	assert_true(fabs(story_score(&t, c, 2, 0, &best, &kinds) - 75) < 1e-9);
	assert_true(best >= 50 && best < 51);
	assert_int_equal(kinds, 2);
}

static void the_same_kind_again_counts_less_each_time(void **state)
{
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	const struct clue c[] = { clue("odd_call", 40, 0), clue("odd_call", 40, 0),
				  clue("odd_call", 40, 0) };
	double best;
	size_t kinds;
	assert_true(fabs(story_score(&t, c, 3, 0, &best, &kinds) - 70) < 1e-9);
	assert_int_equal(kinds, 1);
}

static void a_clue_halves_in_a_day(void **state)
{
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	const struct clue c[] = { clue("scan", 80, 0) };
	double best;
	size_t kinds;
	assert_true(fabs(story_decay(&t, 80, 24 * US_PER_HOUR) - 40) < 1e-9);
	assert_true(fabs(story_score(&t, c, 1, 48 * US_PER_HOUR, &best, &kinds) - 20) < 1e-9);
	assert_true(story_decay(&t, 80, -5) >= 80); /* a clock a little behind changes nothing */
	(void)story_score(&t, c, 1, 24 * 30 * US_PER_HOUR, &best, &kinds);
	assert_int_equal(kinds, 0);
}

static void the_past_knows_what_had_begun(void **state)
{
	(void)state;
	struct thresholds t;
	thresholds_init(&t);
	struct clue c[] = { clue("download", 50, US_PER_DAY), clue("beacon", 25, 3 * US_PER_DAY) };
	c[1].first_us = 2 * US_PER_DAY;
	assert_true(fabs(story_score_at(&t, c, 2, US_PER_DAY) - 50) < 1e-9);
	assert_true(fabs(story_score_at(&t, c, 2, 2 * US_PER_DAY) - 50) < 1e-9); /* 25 + 25 */
	assert_true(fabs(story_score_at(&t, c, 2, -1) - 0) < 1e-9);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(kinds_add_up),
		cmocka_unit_test(the_same_kind_again_counts_less_each_time),
		cmocka_unit_test(a_clue_halves_in_a_day),
		cmocka_unit_test(the_past_knows_what_had_begun),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
