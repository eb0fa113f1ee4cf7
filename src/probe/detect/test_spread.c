/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of fan_out and mail_leak, and of tasks made from afar. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "probe/detect/test_bench.h"
#include "probe/test_world.h"

static void session(struct bench *b, void *state, int host, uint64_t bytes)
{
	char ip[32];
	(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 20 + host);
	struct flow f = bench_flow(b, bench_device(b, 1, "192.0.2.10"), "192.0.2.10", ip, 3389);

	f.side[0].payload = 5000;
	f.side[1].payload = bytes;
	detector_fan_out.flow(state, &f, FLOW_EVENT_END, NULL);
}

static int sessions(int hosts, int64_t gap_us, uint64_t bytes)
{
	struct bench b;
	bench_open(&b);
	void *o = detector_fan_out.open(&b.env);
	for (int i = 0; i < hosts; i++) {
		session(&b, o, i, bytes);
		session(&b, o, i, bytes); /* the same again */
		b.env.now_us += gap_us;
	}
	detector_fan_out.close(o);
	int severity = b.findings ? (int)b.severity : -1;
	bench_close(&b);
	return severity;
}

static void sessions_on_several_computers_are_told(void **state)
{
	(void)state;
	assert_int_equal(sessions(5, 5 * US_PER_MIN, 400000), SEVERITY_MEDIUM);
	assert_int_equal(sessions(12, 5 * US_PER_MIN, 400000), SEVERITY_HIGH);
}

static void one_or_two_or_refused_ones_are_not(void **state)
{
	(void)state;
	assert_int_equal(sessions(2, US_PER_MIN, 400000), -1);
	assert_int_equal(sessions(12, US_PER_MIN, 3000), -1); /* nothing was shown */
	assert_int_equal(sessions(8, 3 * US_PER_HOUR, 400000),
			 -1); /* one after the other, all day */
}

static void mail(struct bench *b, void *state, uint8_t device, const char *server, double mb)
{
	char ip[32];
	(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 10 + device);
	struct flow f = bench_flow(b, bench_device(b, device, ip), ip, server, 587);

	f.side[0].payload = (uint64_t)(mb * 1e6);
	f.side[1].payload = 2000;
	detector_mail_leak.flow(state, &f, FLOW_EVENT_END, NULL);
}

static void far_more_mail_than_ever_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *m = detector_mail_leak.open(&b.env);
	mail(&b, m, 1, "203.0.113.25", 200); /* without a past, nothing is much */
	detector_mail_leak.close(m);
	m = detector_mail_leak.open(&b.env);
	for (int i = 0; i < 30; i++) {
		mail(&b, m, 1, "203.0.113.25", 3);
		b.env.now_us += US_PER_HOUR;
	}
	assert_int_equal(b.findings, 0);
	for (int i = 0; i < 4; i++)
		mail(&b, m, 1, "203.0.113.25", 20);
	assert_int_equal(b.findings, 1);
	assert_non_null(strstr(b.reason, "60 MB"));
	detector_mail_leak.close(m);
	bench_close(&b);
}

static void a_server_of_ones_own_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *m = detector_mail_leak.open(&b.env);
	for (uint8_t i = 1; i <= 4; i++)
		mail(&b, m, i, "203.0.113.25", 30); /* the server of the house */
	assert_int_equal(b.findings, 0);
	mail(&b, m, 2, "198.51.100.9", 1); /* a private mail */
	assert_int_equal(b.findings, 0);
	mail(&b, m, 2, "198.51.100.9", 25);
	assert_int_equal(b.findings, 1);
	assert_int_equal(b.severity, SEVERITY_MEDIUM);
	detector_mail_leak.close(m);
	m = detector_mail_leak.open(&b.env); /* where each has its own, none is strange */
	for (uint8_t i = 1; i <= 4; i++) {
		char server[32];
		(void)snprintf(server, sizeof(server), "203.0.113.%d", 30 + i);
		mail(&b, m, i, server, 40);
	}
	assert_int_equal(b.findings, 1);
	detector_mail_leak.close(m);
	bench_close(&b);
}

/* DCE/RPC over TCP: the task scheduler is opened, and asked for OPERATION. */
static const struct seen *scheduler(struct world *w, uint8_t operation)
{
	static const struct end pc = { 1, "192.0.2.10", 50001 },
				server = { 2, "192.0.2.20", 49670 };
	static const char bind[] =
		"\5\0\x0b\3\x10\0\0\0\x48\0\0\0\1\0\0\0" /* head */
		"\0\0\0\0\0\0\0\0\1\0\0\0"               /* one context */
		"\0\0\1\0\x49\x59\xd3\x86\xc9\x83\x44\x40\xb4\x24\xdb\x36\x32\x31"
		"\xfd\x0c";
	char call[24] = { 5, 0, 0, 3, 0x10, 0, 0, 0, 0x18 };

	call[22] = (char)operation;
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_arp(&w->b, 1, server, "192.0.2.1");
	world_put(w, 0.1);
	world_open(w, 1, pc, server);
	world_send(w, 2, pc, server, rd_of(bind, sizeof(bind) - 1));
	world_send(w, 3, pc, server, rd_of(call, sizeof(call)));
	world_run(w);
	return world_find(w, "lateral");
}

static void a_task_made_from_afar_is_told(void **state)
{
	(void)state;
	struct world *w = world_new();
	const struct seen *f = scheduler(w, 1);
	assert_non_null(f);
	assert_non_null(strstr(f->reasons, "a scheduled task was made"));
	world_free(w);
	w = world_new();
	f = scheduler(w, 7); /* they are only listed */
	assert_non_null(f);
	assert_null(strstr(f->reasons, "was made"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(sessions_on_several_computers_are_told),
		cmocka_unit_test(one_or_two_or_refused_ones_are_not),
		cmocka_unit_test(far_more_mail_than_ever_is_told),
		cmocka_unit_test(a_server_of_ones_own_is_told),
		cmocka_unit_test(a_task_made_from_afar_is_told),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
