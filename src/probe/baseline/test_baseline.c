/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the baseline: what it learns, keeps, forgets, and how it takes a damaged file. */
#include "probe/baseline/baseline.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/test.h"

#define T0 (INT64_C(1700006400) * US_PER_SEC) /* a midnight, UTC */

struct told {
	int n;
	char text[512];
};

static void on_problem(void *arg, const char *text)
{
	struct told *t = arg;

	t->n++;
	(void)str_copy(t->text, sizeof(t->text), str_of(text)); /* cut is fine */
}

static struct baseline *usual(const char *path, struct told *t)
{
	struct baseline_conf c = {
		.learning_us = 7 * US_PER_DAY, .path = path, .problem = on_problem, .arg = t
	};

	return baseline_new(&c);
}

static struct device device(uint8_t last)
{
	return (struct device){ .has_mac = true, .mac = { { 2, 0, 0, 0, 0, last } }, .vendor = "" };
}

/* Each hour from NOW on for HOURS. */
static int64_t pass(struct baseline *b, int64_t now_us, int hours)
{
	for (int i = 0; i < hours; i++)
		baseline_advance(b, now_us += US_PER_HOUR);
	return now_us;
}

static uint64_t place(const struct baseline *b, const char *name)
{
	struct addr none = { { 0 } };

	return baseline_place(b, name, &none, 443);
}

static void it_is_young_for_its_learning_time(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	baseline_advance(b, T0);
	assert_true(baseline_young(b));
	int64_t now = pass(b, T0, 7 * 24 - 1);
	assert_true(baseline_young(b));
	pass(b, now, 1);
	assert_false(baseline_young(b));
	assert_float_equal(baseline_days(b), 7, 0.001);
	assert_false(baseline_young(NULL));
	baseline_free(b);
}

static void a_pause_is_not_watching(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	baseline_advance(b, T0);
	baseline_advance(b, T0 + 30 * US_PER_DAY);
	assert_true(baseline_young(b));
	baseline_advance(b, T0); /* a clock that was set back */
	assert_true(baseline_days(b) < 1);
	baseline_free(b);
}

static void who_comes_after_learning_is_a_newcomer(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device old = device(1), fresh = device(2);
	baseline_advance(b, T0);
	baseline_device(b, &old);
	assert_false(baseline_newcomer(b, &old));
	pass(b, T0, 8 * 24);
	assert_false(baseline_newcomer(b, &old));
	assert_true(baseline_newcomer(b, &fresh));
	baseline_free(b);
}

static void a_phone_with_another_random_mac_is_none(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	char print[] = "1,3,6,15";
	struct device phone = device(1), again = device(2);
	(void)str_copy(phone.hostname, sizeof(phone.hostname), STR("kino-phone"));
	(void)str_copy(again.hostname, sizeof(again.hostname), STR("kino-phone"));
	phone.fingerprint = again.fingerprint = print;
	baseline_advance(b, T0);
	baseline_device(b, &phone);
	pass(b, T0, 8 * 24);
	assert_false(baseline_newcomer(b, &again));
	baseline_free(b);
}

static void usual_places_are_counted_by_days(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1), other = device(2);
	int64_t now = T0;
	baseline_advance(b, T0);
	for (int day = 0; day < 5; day++) {
		for (int i = 0; i < 3; i++)
			baseline_call(b, &d, place(b, "mail.example.co.jp"));
		now = pass(b, now, 24);
	}
	assert_int_equal(baseline_usual(b, &d, place(b, "www.example.co.jp")), 5);
	assert_int_equal(baseline_usual(b, &other, place(b, "www.example.co.jp")), 0);
	assert_int_equal(baseline_usual(b, &d, place(b, "example.net")), 0);
	baseline_free(b);
}

static void the_rarest_place_gives_way(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1);
	char name[64];
	baseline_advance(b, T0);
	baseline_call(b, &d, place(b, "daily.example"));
	baseline_advance(b, T0 + US_PER_DAY);
	baseline_call(b, &d, place(b, "daily.example"));
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "once%d.example", i);
		baseline_call(b, &d, place(b, name));
	}
	assert_int_equal(baseline_usual(b, &d, place(b, "daily.example")), 2);
	assert_int_equal(baseline_usual(b, &d, place(b, "once999.example")), 1);
	baseline_free(b);
}

static void a_new_place_is_one_of_the_last_week(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1);
	baseline_advance(b, T0);
	baseline_call(b, &d, place(b, "old.example"));
	assert_false(baseline_place_new(b, place(b, "never.example"))); /* nobody knows yet */
	int64_t now = pass(b, T0, 8 * 24);
	assert_true(baseline_place_new(b, place(b, "never.example")));
	assert_false(baseline_place_new(b, place(b, "old.example")));
	baseline_call(b, &d, place(b, "never.example"));
	now = pass(b, now, 6 * 24);
	assert_true(baseline_place_new(b, place(b, "never.example")));
	pass(b, now, 2 * 24);
	assert_false(baseline_place_new(b, place(b, "never.example")));
	baseline_free(b);
}

static void a_place_of_many_for_long_is_common(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	baseline_advance(b, T0);
	for (uint8_t i = 1; i <= 8; i++) {
		struct device d = device(i);
		baseline_device(b, &d);
		if (i <= 4)
			baseline_call(b, &d, place(b, "books.example"));
	}
	struct device one = device(1);
	baseline_call(b, &one, place(b, "lonely.example"));
	assert_false(baseline_place_common(b, place(b, "books.example"))); /* young */
	pass(b, T0, 8 * 24);
	assert_true(baseline_place_common(b, place(b, "books.example")));
	assert_false(baseline_place_common(b, place(b, "lonely.example")));
	baseline_free(b);
}

static void an_hour_without_any_past_is_odd(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1);
	int64_t now = T0;
	baseline_advance(b, T0);
	baseline_device(b, &d);
	for (int h = 0; h < 15 * 24; h++) { /* at work from 9 to 17 */
		now = pass(b, now, 1);
		int hour = (int)(now / US_PER_HOUR % 24);
		if (hour >= 9 && hour <= 17)
			baseline_device(b, &d);
	}
	now = pass(b, now, 3);
	baseline_device(b, &d); /* now, at three: that does not make it usual */
	assert_true(baseline_odd_hour(b, &d));
	pass(b, now, 8);
	assert_false(baseline_odd_hour(b, &d));
	struct device fresh = device(2);
	baseline_device(b, &fresh);
	assert_false(baseline_odd_hour(b, &fresh)); /* of a new one nothing is known */
	baseline_free(b);
}

static void what_was_sent_fades_after_four_weeks(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1);
	baseline_advance(b, T0);
	baseline_sent(b, &d, 5000);
	baseline_sent(b, &d, 70);
	assert_int_equal(baseline_past(b, &d).most_bytes, 5000);
	assert_int_equal(baseline_past(b, &d).hours, 2);
	int64_t now = pass(b, T0, 20 * 24);
	baseline_sent(b, &d, 80);
	assert_int_equal(baseline_past(b, &d).most_bytes, 5000);
	pass(b, now, 14 * 24);
	baseline_sent(b, &d, 90);
	assert_int_equal(baseline_past(b, &d).most_bytes, 90);
	assert_int_equal(baseline_past(b, &d).hours, 2);
	baseline_free(b);
}

static void long_absence_makes_a_newcomer_again(void **state)
{
	(void)state;
	struct baseline *b = usual("", NULL);
	struct device d = device(1);
	baseline_advance(b, T0);
	baseline_device(b, &d);
	pass(b, T0, 95 * 24);
	baseline_device(b, &d);
	assert_true(baseline_newcomer(b, &d));
	baseline_free(b);
}

static void the_table_of_devices_is_bounded(void **state)
{
	(void)state;
	struct baseline_conf c = { .learning_us = US_PER_DAY, .devices_max = 16 };
	struct baseline *b = baseline_new(&c);
	baseline_advance(b, T0);
	for (uint8_t i = 0; i < 100; i++) {
		struct device d = device(i);
		baseline_device(b, &d);
	}
	assert_int_equal(baseline_forgotten(b), 84);
	baseline_free(b);
}

static void it_survives_a_restart(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct told t = { 0 };
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/usual", dir);
	struct baseline *b = usual(path, &t);
	struct device d = device(1), late = device(2);
	baseline_advance(b, T0);
	baseline_device(b, &d);
	baseline_call(b, &d, place(b, "bank.example"));
	baseline_sent(b, &d, 4711);
	int64_t now = pass(b, T0, 4 * 24);
	baseline_save(b);
	baseline_free(b);

	b = usual(path, &t);
	assert_int_equal(t.n, 0);
	baseline_advance(b, now + 3 * US_PER_DAY); /* off for three days: not watched */
	assert_float_equal(baseline_days(b), 4, 0.001);
	assert_int_equal(baseline_usual(b, &d, place(b, "bank.example")), 1);
	assert_int_equal(baseline_past(b, &d).most_bytes, 4711);
	pass(b, now + 3 * US_PER_DAY, 4 * 24);
	assert_false(baseline_young(b));
	assert_false(baseline_newcomer(b, &d));
	assert_true(baseline_newcomer(b, &late));
	baseline_free(b);
	test_dir_free(dir);
}

static void each_hour_is_saved(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	struct told t = { 0 };
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/usual", dir);
	struct baseline *b = usual(path, &t);
	baseline_advance(b, T0);
	assert_false(file_exists(path));
	pass(b, T0, 1);
	assert_true(file_exists(path));
	baseline_free(b);
	(void)snprintf(path, sizeof(path), "%s/no/such/folder", dir);
	b = usual(path, &t);
	baseline_advance(b, T0);
	pass(b, T0, 5);
	assert_int_equal(t.n, 1); /* once, not each hour */
	assert_non_null(strstr(t.text, path));
	baseline_free(b);
	test_dir_free(dir);
}

static void a_damaged_file_is_told_and_begun_anew(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 16];
	SCOPED_BUF struct buf good;
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/usual", dir);
	struct told t = { 0 };
	struct baseline *b = usual(path, &t);
	struct device d = device(1);
	buf_init(&good, 0);
	baseline_advance(b, T0);
	baseline_device(b, &d);
	baseline_call(b, &d, place(b, "bank.example"));
	pass(b, T0, 9 * 24);
	baseline_encode(b, &good);
	baseline_free(b);
	for (size_t i = 0; i <= good.n; i += i < 80 ? 1 : 37) {
		struct buf bad;
		buf_init(&bad, 0);
		buf_add(&bad, good.p, i); /* cut off, then one byte changed */
		if (i < good.n && i % 2) {
			buf_add(&bad, good.p + i, good.n - i);
			bad.p[i] = (char)(bad.p[i] ^ 0x40);
		}
		assert_int_equal(file_write(path, 0600, bad.p ? bad.p : "", bad.n, NULL), 0);
		t = (struct told){ 0 };
		b = usual(path, &t);
		assert_int_equal(t.n, i < good.n);
		assert_true(i == good.n || strstr(t.text, "learned anew"));
		baseline_advance(b, T0 + 9 * US_PER_DAY);
		assert_int_equal(baseline_young(b), i < good.n);
		baseline_free(b);
		buf_done(&bad);
	}
	test_dir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_young_for_its_learning_time),
		cmocka_unit_test(a_pause_is_not_watching),
		cmocka_unit_test(who_comes_after_learning_is_a_newcomer),
		cmocka_unit_test(a_phone_with_another_random_mac_is_none),
		cmocka_unit_test(usual_places_are_counted_by_days),
		cmocka_unit_test(the_rarest_place_gives_way),
		cmocka_unit_test(a_new_place_is_one_of_the_last_week),
		cmocka_unit_test(a_place_of_many_for_long_is_common),
		cmocka_unit_test(an_hour_without_any_past_is_odd),
		cmocka_unit_test(what_was_sent_fades_after_four_weeks),
		cmocka_unit_test(long_absence_makes_a_newcomer_again),
		cmocka_unit_test(the_table_of_devices_is_bounded),
		cmocka_unit_test(it_survives_a_restart),
		cmocka_unit_test(each_hour_is_saved),
		cmocka_unit_test(a_damaged_file_is_told_and_begun_anew),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
