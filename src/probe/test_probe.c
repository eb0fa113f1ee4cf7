/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the whole pipeline, on small captures made here. */
#include "probe/test_world.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "probe/dissect/dissect.h"

static const struct end pc = { 1, "192.0.2.10", 0 }, router = { 9, "192.0.2.1", 0 },
			bot = { 9, "203.0.113.66", 8081 }, dns = { 9, "192.0.2.1", 53 };

static void call(struct world *w, double at, struct end from, struct end to)
{
	world_talk(w, at, from, to, "GET / HTTP/1.1\r\n\r\n", "ok");
}

static void a_beacon_is_found(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	for (int i = 0; i < 15; i++) {
		struct end from = pc;
		from.port = (uint16_t)(50000 + i);
		call(w, 5 + 60.0 * i, from, bot);
	}
	struct probe_stats s = world_run(w);
	const struct seen *f = world_find(w, "beacon");
	assert_non_null(f);
	assert_true(f->severity >= SEVERITY_MEDIUM);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->mac, "02:00:00:00:00:01");
	assert_string_equal(f->peer, "203.0.113.66:8081");
	assert_int_equal(f->count, 15);
	assert_true(w->n < 16); /* told at growing intervals, not each time; the story too */
	assert_int_equal(s.flows, 15);
	assert_int_equal(s.packets, 76);
	world_free(w);
}

static void a_sweep_of_hosts_is_found(void **state)
{
	(void)state;
	struct world *w = world_new();
	char ip[32];
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	for (int i = 1; i < 60; i++) {
		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		make_tcp(&w->b, (struct end){ 1, pc.ip, (uint16_t)(40000 + i) },
			 (struct end){ 9, ip, 23 }, TCP_SYN, 1, "");
		world_put(w, i * 0.1);
	}
	world_run(w);
	const struct seen *f = world_find(w, "scan");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->device, "192.0.2.10");
	assert_non_null(strstr(f->story, "/hosts"));
	assert_int_equal(f->count, 59);
	assert_int_equal(w->failed, 59);
	world_free(w);
}

static void a_scan_from_outside_is_about_its_target(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	for (uint16_t i = 1; i < 40; i++) {
		struct end to = { 1, pc.ip, i }, from = { 9, "203.0.113.5", 4444 };
		make_tcp(&w->b, from, to, TCP_SYN, 1, "");
		world_put(w, i * 0.1);
		make_tcp(&w->b, to, from, TCP_RST | TCP_ACK, 1, "");
		world_put(w, i * 0.1 + 0.01);
	}
	world_run(w);
	const struct seen *f = world_find(w, "scan");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "203.0.113.5");
	world_free(w);
}

static void an_indicator_is_found_by_name_and_address(void **state)
{
	(void)state;
	struct world *w = world_new();
	char list[TEST_DIR_MAX + 8];
	(void)snprintf(list, sizeof(list), "%s/l", w->dir);
	const char text[] = "domain,botnet.example,drill\nip,203.0.113.66\n";
	assert_int_equal(file_write(list, 0600, text, strlen(text), NULL), 0);
	w->config.indicators = list;
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	struct end from = { 1, pc.ip, 5353 + 1000 };
	make_dns_query(&w->b, from, dns, "c2.botnet.example");
	world_put(w, 1);
	make_dns_answer(&w->b, dns, from, "c2.botnet.example", "203.0.113.66");
	world_put(w, 1.1);
	call(w, 2, (struct end){ 1, pc.ip, 50000 }, bot);
	struct probe_stats s = world_run(w);
	const struct seen *f = world_find(w, "known_bad");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_string_equal(f->name, "c2.botnet.example");
	assert_string_equal(w->found[0].detector, "known_bad");
	assert_non_null(strstr(w->found[0].story, "botnet.example"));
	assert_int_equal(s.indicators, 2);
	world_free(w);
}

static void a_newcomer_is_information(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_dhcp(&w->b, 5, 1, "kino-phone");
	world_put(w, 60);
	make_arp(&w->b, 1, router, "192.0.2.10");
	world_put(w, 120);
	world_run(w);
	assert_int_equal(w->n, 1);
	const struct seen *f = world_find(w, "new_device");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_INFO);
	assert_string_equal(f->mac, "02:00:00:00:00:05");
	world_free(w);
}

static int newcomers(const struct world *w)
{
	int n = 0;

	for (int i = 0; i < w->n; i++)
		n += strcmp(w->found[i].detector, "new_device") == 0;
	return n;
}

static void a_phone_with_a_new_mac_each_day_is_told_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	for (uint8_t day = 0; day < 7; day++) {
		make_dhcp(&w->b, (uint8_t)(20 + day), 1, "kino-phone");
		world_put(w, 60 + day * 86400.0);
	}
	world_run(w);
	assert_int_equal(newcomers(w), 1);
	world_free(w);
	w = world_new(); /* two phones of one make, both here */
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_dhcp(&w->b, 20, 1, "phone");
	world_put(w, 60);
	make_dhcp(&w->b, 21, 1, "phone");
	world_put(w, 400);
	for (int i = 0; i < 5; i++) {
		call(w, 500 + i, (struct end){ 20, "192.0.2.20", 50000 }, bot);
		call(w, 505 + i, (struct end){ 21, "192.0.2.21", 50000 }, bot);
	}
	world_run(w);
	assert_int_equal(newcomers(w), 2);
	world_free(w);
}

static void five_minutes_make_a_summary(void **state)
{
	(void)state;
	struct world *w = world_new();
	for (int i = 0; i < 6; i++)
		call(w, i * 200.0, (struct end){ 1, pc.ip, (uint16_t)(50000 + i) }, bot);
	struct probe_stats s = world_run(w);
	assert_in_range(w->summaries, 4, 5);
	assert_int_equal(w->summary_bytes, s.bytes);
	assert_true(w->devices >= 1);
	world_free(w);
}

static void the_shift_moves_time(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_dhcp(&w->b, 5, 1, "kino-phone");
	world_put(w, 0);
	w->config.shift_us = 7 * US_PER_HOUR;
	struct probe_stats s = world_run(w);
	int64_t first_us = 0, last_us = 0;
	assert_true(s.first_us == T0 + 7 * US_PER_HOUR);
	assert_int_equal(probe_file_span(w->path, &first_us, &last_us, NULL), 0);
	assert_true(first_us == T0 && last_us == T0);
	world_free(w);
}

/* A PC that is there all the time, from AT on. */
static void office_hours(struct world *w, double at, int minutes)
{
	for (int i = 0; i <= minutes; i++) {
		make_arp(&w->b, 1, pc, "192.0.2.1");
		world_put(w, at + 60.0 * i);
	}
}

static void who_was_here_before_a_restart_is_known_after_it(void **state)
{
	(void)state;
	struct world *w = world_new(), *again = world_new();
	char path[TEST_DIR_MAX + 16];
	(void)snprintf(path, sizeof(path), "%s/usual", w->dir);
	w->config.resident = again->config.resident = true;
	w->config.learning_ms = again->config.learning_ms = INT64_C(3600) * 1000;
	w->config.baseline = again->config.baseline = path;
	office_hours(w, 0, 70);
	world_run(w);
	assert_null(world_find(w, "new_device")); /* all of this was learning */
	office_hours(again, 86400, 5);
	make_dhcp(&again->b, 5, 1, "kino-phone");
	world_put(again, 86400 + 60);
	world_run(again);
	const struct seen *f = world_find(again, "new_device");
	assert_non_null(f);
	assert_string_equal(f->mac, "02:00:00:00:00:05");
	assert_int_equal(again->n, 1);
	assert_int_equal(again->problems, 0);
	world_free(again);
	world_free(w);
}

static void a_damaged_past_is_told_and_learned_anew(void **state)
{
	(void)state;
	struct world *w = world_new();
	char path[TEST_DIR_MAX + 16];
	(void)snprintf(path, sizeof(path), "%s/usual", w->dir);
	assert_int_equal(file_write(path, 0600, "dear reader", 11, NULL), 0);
	w->config.resident = true;
	w->config.baseline = path;
	office_hours(w, 0, 2);
	world_run(w);
	assert_int_equal(w->problems, 1);
	world_free(w);
	w = world_new(); /* gone with its folder: the first start says nothing */
	w->config.baseline = path;
	office_hours(w, 0, 2);
	world_run(w);
	assert_int_equal(w->problems, 1); /* but that it cannot be kept there */
	world_free(w);
}

static void wrong_configuration_is_told(void **state)
{
	(void)state;
	struct probe_config c;
	struct probe_sink sink = { 0 };
	struct probe *p = NULL;
	struct err e = { 0 };
	char home[] = "here", list[] = "/nonexistent";
	probe_config_init(&c);
	c.home = home;
	assert_int_equal(probe_new(&c, &sink, &p, &e), -EINVAL);
	probe_config_init(&c);
	c.indicators = list;
	assert_int_equal(probe_new(&c, &sink, &p, &e), -ENOENT);
	assert_null(p);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_beacon_is_found),
		cmocka_unit_test(a_sweep_of_hosts_is_found),
		cmocka_unit_test(a_scan_from_outside_is_about_its_target),
		cmocka_unit_test(an_indicator_is_found_by_name_and_address),
		cmocka_unit_test(a_newcomer_is_information),
		cmocka_unit_test(a_phone_with_a_new_mac_each_day_is_told_once),
		cmocka_unit_test(five_minutes_make_a_summary),
		cmocka_unit_test(the_shift_moves_time),
		cmocka_unit_test(who_was_here_before_a_restart_is_known_after_it),
		cmocka_unit_test(a_damaged_past_is_told_and_learned_anew),
		cmocka_unit_test(wrong_configuration_is_told),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
