/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the beacon's score. */
#include "base/clock.h"
#include "base/test.h"
#include "probe/detect/beacon_score.h"

static struct beacon_score score(const double *at_s, size_t n, const uint32_t *sent, double now_s)
{
	int64_t start[BEACON_SERIES_MAX];
	struct beacon_score out;
	for (size_t i = 0; i < n; i++)
		start[i] = (int64_t)(at_s[i] * 1e6);
	struct beacon_series s = { .start = start,
				   .n = n,
				   .sent = sent,
				   .m = sent ? n : 0,
				   .first_us = start[0],
				   .now_us = (int64_t)(now_s * 1e6) };
	struct thresholds t;
	thresholds_init(&t);
	beacon_score(&s, &t, &out);
	return out;
}

static void a_clockwork_scores_high(void **state)
{
	(void)state;
	double at[16];
	uint32_t sent[16];
	for (int i = 0; i < 16; i++) {
		at[i] = 100 + 60.4 * i + (i % 3) * 0.1;
		sent[i] = 310;
	}
	struct beacon_score s = score(at, 16, sent, 1010);
	assert_true(s.total > 0.9);
	assert_true(s.interval_s > 60 && s.interval_s < 61);
	assert_true(s.mad_s < 0.3);
}

static void few_say_nothing(void **state)
{
	(void)state;
	const double at[] = { 0, 60, 120, 180, 240 };
	assert_true(score(at, 5, NULL, 240).total == 0);
}

static void a_person_scores_low(void **state)
{
	(void)state;
	const double at[] = { 0, 2, 5, 9, 130, 131.5, 135, 700, 704, 1900, 1903, 1910 };
	const uint32_t sent[] = { 500, 1200, 90, 4000, 800, 77, 1500, 2500, 60, 900, 3000, 410 };
	assert_true(score(at, 12, sent, 2000).total < 0.5);
}

static void one_that_fell_silent_scores_less(void **state)
{
	(void)state;
	double at[20];
	uint32_t sent[20];
	for (int i = 0; i < 20; i++) {
		at[i] = 30 * i;
		sent[i] = 100;
	}
	assert_true(score(at, 20, sent, 30 * 200).total < score(at, 20, sent, 600).total - 0.15);
}

static void jitter_is_tolerated(void **state)
{
	(void)state;
	static const double jitter[] = { 0, 1.2, -1.5, 0.7, -0.4, 1.9, -1.1, 0.3 };
	double at[32];
	uint32_t sent[32];
	for (int i = 0; i < 32; i++) {
		at[i] = 20 * i + jitter[i % 8] * 1.5;
		sent[i] = 200;
	}
	assert_true(score(at, 32, sent, 640).total > 0.8);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_clockwork_scores_high),
		cmocka_unit_test(few_say_nothing),
		cmocka_unit_test(a_person_scores_low),
		cmocka_unit_test(one_that_fell_silent_scores_less),
		cmocka_unit_test(jitter_is_tolerated),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
