/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detectors that keep a network in order: icmp_tunnel, arp_spoof, rogue_dhcp, upload,
 * cleartext, old_software, mail_out, mining. */
#include <stdio.h>
#include <string.h>

#include "probe/detect/detect.h"
#include "probe/detect/test_bench.h"
#include "probe/test_world.h"

enum { ASK = 1, TELL = 2 };

static const struct end pc = { 1, "192.0.2.10", 50001 }, router = { 9, "192.0.2.1", 0 },
			far = { 9, "203.0.113.7", 21 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, ASK, pc, "192.0.2.1");
	world_put(w, 0);
	return w;
}

static void ping(struct world *w, double at, size_t size)
{
	char data[256] = { 0 };

	make_ether(&w->b, pc.mac, far.mac, 0x0800);
	make_ipv4(&w->b, pc.ip, far.ip, 1, 8 + size);
	buf_be32(&w->b, 0x08000000);
	buf_be32(&w->b, 0x00070001);
	buf_add(&w->b, data, size);
	world_put(w, at);
}

static void pings_of_many_sizes_are_a_tunnel(void **state)
{
	(void)state;
	struct world *w = office();
	for (int i = 0; i < 100; i++)
		ping(w, 1 + i * 0.1, 60 + (size_t)i % 8 * 24);
	world_run(w);
	const struct seen *f = world_find(w, "icmp_tunnel");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->peer, "203.0.113.7");
	world_free(w);
}

static void pings_that_only_ask_are_not(void **state)
{
	(void)state;
	struct world *w = office();
	for (int i = 0; i < 2000; i++)
		ping(w, 1 + i, 56);
	world_run(w);
	assert_null(world_find(w, "icmp_tunnel"));
	world_free(w);
}

static int quarrel(int times)
{
	struct world *w = office();
	struct end thief = { 7, router.ip, 0 };
	for (int i = 0; i < times; i++) {
		make_arp(&w->b, TELL, router, pc.ip);
		world_put(w, 1 + 2 * i);
		make_arp(&w->b, TELL, thief, pc.ip);
		world_put(w, 2 + 2 * i);
	}
	world_run(w);
	const struct seen *f = world_find(w, "arp_spoof");
	int severity = f ? (int)f->severity : -1;
	if (f)
		assert_string_equal(f->mac, "02:00:00:00:00:07");
	world_free(w);
	return severity;
}

static void an_address_that_goes_back_and_forth_is_told(void **state)
{
	(void)state;
	assert_int_equal(quarrel(5), SEVERITY_LOW);
	assert_int_equal(quarrel(1), -1); /* a new lease */
}

static void password(struct end to, enum severity expected)
{
	struct world *w = office();
	world_talk(w, 1, pc, to, "PASS secret\r\n", "230 ok\r\n");
	world_run(w);
	const struct seen *f = world_find(w, "cleartext");
	assert_non_null(f);
	assert_int_equal(f->severity, expected);
	assert_null(strstr(f->story, "secret"));
	assert_null(world_find(w, "host_story"));
	world_free(w);
}

static void readable_passwords_are_put_in_order(void **state)
{
	(void)state;
	password(far, SEVERITY_LOW);
	password((struct end){ 2, "192.0.2.20", 21 }, SEVERITY_INFO);
}

static void old_windows_is_information(void **state)
{
	(void)state;
	struct world *w = office();
	struct end web = { 9, "203.0.113.7", 80 };
	world_talk(w, 1, pc, web,
		   "GET / HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n"
		   "User-Agent: Mozilla/5.0 (Windows NT 6.1)\r\n\r\n",
		   "ok");
	world_run(w);
	assert_int_equal(w->n, 1);
	assert_string_equal(w->found[0].detector, "old_software");
	assert_int_equal(w->found[0].severity, SEVERITY_INFO);
	world_free(w);
}

static void mail_to_many_servers_is_told(void **state)
{
	(void)state;
	struct world *w = office();
	char ip[32];
	for (int i = 1; i <= 12; i++) {
		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		world_talk(w, i, (struct end){ 1, pc.ip, (uint16_t)(40000 + i) },
			   (struct end){ 9, ip, 25 }, "EHLO a\r\n", "220 b\r\n");
	}
	world_run(w);
	const struct seen *f = world_find(w, "mail_out");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	world_free(w);
}

static void a_mail_server_may_call_many(void **state)
{
	(void)state;
	struct world *w = office();
	char ip[32];
	for (int i = 1; i <= 40; i++) {
		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		struct end far_off = { 9, ip, (uint16_t)(i == 1 ? 40000 : 25) };
		struct end own = { 1, pc.ip, (uint16_t)(i == 1 ? 25 : 40000 + i) };
		world_talk(w, i, i == 1 ? far_off : own, i == 1 ? own : far_off, "EHLO a\r\n",
			   "220 b\r\n");
	}
	world_run(w);
	assert_null(world_find(w, "mail_out"));
	world_free(w);
}

static void miners_are_known_by_their_words(void **state)
{
	(void)state;
	struct world *w = office();
	struct end pool = { 9, "203.0.113.9", 3333 };
	world_talk(w, 1, pc, pool, "{\"id\":1,\"method\":\"mining.subscribe\",\"params\":[]}\n",
		   "{}");
	world_run(w);
	const struct seen *f = world_find(w, "mining");
	assert_non_null(f);
	assert_string_equal(f->peer, "203.0.113.9:3333");
	world_free(w);
}

static void miners_by_http_are_known_too(void **state)
{
	(void)state;
	const char post[] = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n";
	const char ask[] = "{\"method\": \"getwork\", \"params\": [], \"id\":0}";
	const char other[] = "{\"method\": \"getBalance\", \"params\": [], \"id\":0}";
	char text[300];
	struct end pool = { 9, "203.0.113.9", 8332 };
	struct world *w = office();
	(void)snprintf(text, sizeof(text), "%s%s", post, ask);
	world_talk(w, 1, pc, pool, text, "{}");
	world_run(w);
	assert_non_null(world_find(w, "mining"));
	world_free(w);
	w = office();
	(void)snprintf(text, sizeof(text), "%s%s", post, other);
	world_talk(w, 1, pc, pool, text, "{}");
	world_run(w);
	assert_null(world_find(w, "mining"));
	world_free(w);
}

static int lease(const char *class, const char *list)
{
	struct bench b;
	bench_open(&b);
	void *o = detector_old_software.open(&b.env);
	struct dissected d = { .kind = DISSECT_IP,
			       .has_mac = true,
			       .src_mac = { { 2, 0, 0, 0, 0, 1 } },
			       .ts_us = b.env.now_us };
	struct dhcp_message m = { .type = DHCP_REQUEST };

	(void)bench_device(&b, 1, pc.ip);
	(void)str_copy(m.class, sizeof(m.class), str_of(class));
	(void)str_copy(m.fingerprint, sizeof(m.fingerprint), str_of(list));
	detector_old_software.dhcp(o, &d, &m);
	int n = b.findings;
	detector_old_software.close(o);
	bench_close(&b);
	return n;
}

static void old_windows_is_known_by_its_lease(void **state)
{
	(void)state;
	assert_int_equal(lease("MSFT 5.0", "1,15,3,6,44,46,47,31,33,121,249,43"), 1);
	assert_int_equal(lease("MSFT 5.0", "1,3,6,15,31,33,43,44,46,47,119,121,249,252"), 0);
	assert_int_equal(lease("android-dhcp-13", "1,3,6,15,26,28,51,58,59,43"), 0);
}

static void old_smb_is_information(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *o = detector_old_software.open(&b.env);
	struct flow f = bench_flow(&b, bench_device(&b, 1, pc.ip), pc.ip, "192.0.2.20", 445);
	struct smb_message hello = { .version = 1, .command = SMB1_NEGOTIATE };
	struct smb_message tree = { .version = 1, .command = SMB1_TREE };
	detector_old_software.smb(o, &f, 0, &hello); /* newer ones say hello like this too */
	assert_int_equal(b.findings, 0);
	detector_old_software.smb(o, &f, 0, &tree);
	assert_int_equal(b.findings, 1);
	assert_int_equal(b.severity, SEVERITY_INFO);
	struct flow tls =
		bench_flow(&b, bench_device(&b, 2, "192.0.2.12"), "192.0.2.12", far.ip, 443);
	detector_old_software.flow(o, &tls, FLOW_EVENT_FACTS, NULL);
	assert_int_equal(b.findings, 1);
	tls.tls_old = true;
	detector_old_software.flow(o, &tls, FLOW_EVENT_FACTS, NULL);
	assert_int_equal(b.findings, 2);
	detector_old_software.close(o);
	bench_close(&b);
}

static void send_out(struct bench *b, void *state, uint32_t device, uint64_t bytes)
{
	struct flow f = bench_flow(b, device, pc.ip, far.ip, 443);

	f.side[0].payload = bytes;
	detector_upload.flow(state, &f, FLOW_EVENT_END, NULL);
}

static void far_more_than_ever_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	uint32_t device = bench_device(&b, 1, pc.ip);
	void *u = detector_upload.open(&b.env);
	send_out(&b, u, device, UINT64_C(2) << 30); /* without a past, nothing is much */
	assert_int_equal(b.findings, 0);
	detector_upload.close(u);
	struct baseline_conf conf = { .learning_us = US_PER_DAY };
	b.env.baseline = baseline_new(&conf);
	u = detector_upload.open(&b.env);
	for (int i = 0; i < 30; i++) {
		b.env.now_us += US_PER_HOUR;
		baseline_advance(b.env.baseline, b.env.now_us);
		send_out(&b, u, device, 20 << 20);
	}
	assert_int_equal(b.findings, 0);
	b.env.now_us += US_PER_HOUR;
	send_out(&b, u, device, UINT64_C(1) << 30);
	assert_int_equal(b.findings, 1);
	detector_upload.close(u);
	baseline_free(b.env.baseline);
	bench_close(&b);
}

static void offer(struct bench *b, void *state, uint8_t mac, const char *way)
{
	struct dissected d = { .kind = DISSECT_IP,
			       .has_mac = true,
			       .src_mac = { { 2, 0, 0, 0, 0, mac } },
			       .ts_us = b->env.now_us };
	struct dhcp_message m = { .reply = true, .type = DHCP_ACK, .router = bench_address(way) };

	d.src = bench_address("192.0.2.2");
	d.src.b[15] = mac;
	detector_rogue_dhcp.dhcp(state, &d, &m);
}

static void a_second_way_out_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *g = detector_rogue_dhcp.open(&b.env);
	offer(&b, g, 9, "192.0.2.1");
	offer(&b, g, 8, "192.0.2.1"); /* a pair for safety */
	assert_int_equal(b.findings, 0);
	offer(&b, g, 7, "192.0.2.77");
	assert_int_equal(b.findings, 1);
	assert_non_null(strstr(b.reason, "192.0.2.77"));
	detector_rogue_dhcp.close(g);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(pings_of_many_sizes_are_a_tunnel),
		cmocka_unit_test(pings_that_only_ask_are_not),
		cmocka_unit_test(an_address_that_goes_back_and_forth_is_told),
		cmocka_unit_test(readable_passwords_are_put_in_order),
		cmocka_unit_test(old_windows_is_information),
		cmocka_unit_test(mail_to_many_servers_is_told),
		cmocka_unit_test(a_mail_server_may_call_many),
		cmocka_unit_test(miners_are_known_by_their_words),
		cmocka_unit_test(far_more_than_ever_is_told),
		cmocka_unit_test(a_second_way_out_is_told),
		cmocka_unit_test(miners_by_http_are_known_too),
		cmocka_unit_test(old_windows_is_known_by_its_lease),
		cmocka_unit_test(old_smb_is_information),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
