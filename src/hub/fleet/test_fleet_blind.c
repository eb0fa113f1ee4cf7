/* SPDX-License-Identifier: Apache-2.0 */
/* Blind time: what counts as watched, blind and not heard. Minutes stand for microseconds. */
#include "base/mem.h"
#include "base/test.h"
#include "hub/fleet/fleet_blind.h"

static struct blind_result ask(struct blind_query q)
{
	struct blind_result r;

	if (q.ended_us == 0)
		q.ended_us = INT64_MAX;
	q.grace_us = 3;
	blind_run(&q, &r);
	assert_int_equal(r.watched_us + r.blind_us + r.unheard_us, r.due_us);
	return r;
}

static void watched_all_along(void **state)
{
	const struct span w[] = { { 0, 1000 } };
	struct blind_result r = ask((struct blind_query){
		.period = { 100, 1000 }, .now_us = 1001, .watched = w, .n_watched = 1 });

	(void)state;
	assert_int_equal(r.due_us, 900);
	assert_int_equal(r.watched_us, 900);
	assert_int_equal(r.n_gaps, 0);
}

static void a_gap_between_is_blind(void **state)
{
	const struct span w[] = { { 600, 1000 }, { 0, 500 } };
	struct blind_result r = ask((struct blind_query){
		.period = { 0, 2000 }, .now_us = 1000, .watched = w, .n_watched = 2 });

	(void)state;
	assert_int_equal(r.blind_us, 100);
	assert_int_equal(r.n_gaps, 1);
	assert_int_equal(r.gap[0].span.from_us, 500);
	assert_false(r.gap[0].open);
}

static void the_open_end_is_not_heard_but_not_yet_blind(void **state)
{
	const struct span w[] = { { 0, 500 } };
	struct blind_query q = {
		.period = { 0, 2000 }, .now_us = 800, .watched = w, .n_watched = 1
	};
	struct blind_result r = ask(q);

	(void)state;
	assert_int_equal(r.unheard_us, 300);
	assert_int_equal(r.blind_us, 0);
	assert_true(r.gap[0].open);
	q.down = true; /* it said so itself */
	r = ask(q);
	assert_int_equal(r.blind_us, 300);
	assert_true(r.gap[0].open);
}

static void late_data_closes_the_gap_backwards(void **state)
{
	const struct span w[] = { { 0, 500 }, { 200, 800 } };
	struct blind_result r = ask((struct blind_query){
		.period = { 0, 2000 }, .now_us = 800, .watched = w, .n_watched = 2 });

	(void)state;
	assert_int_equal(r.unheard_us, 0);
	assert_int_equal(r.watched_us, 800);
}

static void the_rhythm_of_heartbeats_is_no_gap(void **state)
{
	const struct span w[] = { { 0, 798 } };
	struct blind_result r = ask((struct blind_query){
		.period = { 0, 2000 }, .now_us = 800, .watched = w, .n_watched = 1 });

	(void)state;
	assert_int_equal(r.watched_us, 800);
	assert_int_equal(r.n_gaps, 0);
}

static void only_enrolled_time_counts(void **state)
{
	const struct span w[] = { { 300, 400 } };
	struct blind_result r = ask((struct blind_query){ .period = { 0, 1000 },
							  .enrolled_us = 250,
							  .ended_us = 401,
							  .now_us = 2000,
							  .watched = w,
							  .n_watched = 1 });

	(void)state;
	assert_int_equal(r.due_us, 151);
	assert_int_equal(r.blind_us, 50);
	assert_int_equal(r.watched_us, 101);
	r = ask((struct blind_query){ .period = { 0, 100 }, .enrolled_us = 250, .now_us = 2000 });
	assert_int_equal(r.due_us, 0);
}

static void never_heard_is_not_heard(void **state)
{
	struct blind_result r = ask((struct blind_query){ .period = { 0, 1000 }, .now_us = 700 });

	(void)state;
	assert_int_equal(r.unheard_us, 700);
	assert_int_equal(r.n_gaps, 1);
}

static void a_past_month_is_judged_by_what_came_later(void **state)
{
	const struct span later[] = { { 0, 900 }, { 1200, 1300 } };
	struct blind_query q = {
		.period = { 0, 1000 }, .now_us = 2000, .watched = later, .n_watched = 2
	};
	struct blind_result r = ask(q);

	(void)state;
	assert_int_equal(r.blind_us, 100);
	q.n_watched = 1; /* silent since: the store and forward may still bring it */
	r = ask(q);
	assert_int_equal(r.blind_us, 0);
	assert_int_equal(r.unheard_us, 100);
}

static void many_gaps_are_cut_but_counted(void **state)
{
	struct span w[BLIND_GAPS_MAX + 50];
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(w); i++)
		w[i] = (struct span){ (int64_t)i * 10, (int64_t)i * 10 + 9 };
	struct blind_result r = ask((struct blind_query){ .period = { 0, 1000000 },
							  .now_us = (int64_t)ARRAY_LEN(w) * 10,
							  .watched = w,
							  .n_watched = ARRAY_LEN(w) });
	assert_int_equal(r.n_gaps, BLIND_GAPS_MAX);
	assert_int_equal(r.gaps_left_out, 49);
	assert_int_equal(r.gap[BLIND_GAPS_MAX - 1].span.to_us, (ARRAY_LEN(w) - 1) * 10);
	assert_int_equal(r.blind_us, ARRAY_LEN(w) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(watched_all_along),
		cmocka_unit_test(a_gap_between_is_blind),
		cmocka_unit_test(the_open_end_is_not_heard_but_not_yet_blind),
		cmocka_unit_test(late_data_closes_the_gap_backwards),
		cmocka_unit_test(the_rhythm_of_heartbeats_is_no_gap),
		cmocka_unit_test(only_enrolled_time_counts),
		cmocka_unit_test(never_heard_is_not_heard),
		cmocka_unit_test(a_past_month_is_judged_by_what_came_later),
		cmocka_unit_test(many_gaps_are_cut_but_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
