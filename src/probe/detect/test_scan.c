/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detector scan: outward, inward and inside, many hosts and many ports, pings and ARP;
 * and what looks alike. */
#include <stdio.h>
#include <string.h>

#include "probe/dissect/dissect.h"
#include "probe/test_world.h"

static const struct end pc = { 1, "192.0.2.10", 50001 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_arp(&w->b, 1, (struct end){ 9, "192.0.2.1", 0 }, pc.ip);
	world_put(w, 0.1);
	return w;
}

/* An attempt that is refused. */
static void knock(struct world *w, double at, struct end from, struct end to)
{
	make_tcp(&w->b, from, to, TCP_SYN, 1, "");
	world_put(w, at);
	make_tcp(&w->b, to, from, TCP_RST | TCP_ACK, 1, "");
	world_put(w, at + 0.001);
}

static const struct seen *run(struct world *w)
{
	world_run(w);
	return world_find(w, "scan");
}

static void hosts(struct world *w, const char *net, uint8_t mac, int n, double gap)
{
	char ip[32];

	for (int i = 0; i < n; i++) {
		(void)snprintf(ip, sizeof(ip), "%s.%d", net, 50 + i);
		knock(w, 1 + gap * i, (struct end){ 1, pc.ip, (uint16_t)(40000 + i) },
		      (struct end){ mac, ip, 445 });
	}
}

static void many_hosts_of_the_network_are_told(void **state)
{
	(void)state;
	struct world *w = office();
	hosts(w, "192.0.2", 2, 30, 0.1);
	const struct seen *f = run(w);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->device, pc.ip);
	assert_non_null(strstr(f->story, "/hosts"));
	world_free(w);
}

static void many_hosts_outside_are_worse(void **state)
{
	(void)state;
	struct world *w = office();
	hosts(w, "203.0.113", 9, 30, 0.1);
	const struct seen *f = run(w);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	world_free(w);
}

static void many_ports_of_one_host_are_told(void **state)
{
	(void)state;
	struct world *w = office();
	for (uint16_t i = 0; i < 150; i++)
		knock(w, 1 + i * 0.05, (struct end){ 1, pc.ip, 40000 },
		      (struct end){ 2, "192.0.2.20", (uint16_t)(1 + i) });
	const struct seen *f = run(w);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_non_null(strstr(f->story, "/ports"));
	assert_non_null(strstr(f->reasons, "192.0.2.20"));
	world_free(w);
}

static void one_port_of_all_hosts_from_outside_is_low(void **state)
{
	(void)state;
	struct world *w = office();
	char ip[32];
	for (int i = 0; i < 30; i++) {
		(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 50 + i);
		knock(w, 1 + i * 0.1, (struct end){ 9, "203.0.113.5", 40000 },
		      (struct end){ 2, ip, 3389 });
	}
	const struct seen *f = run(w);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_string_equal(f->peer, "203.0.113.5");
	world_free(w);
}

static const struct seen *pings(struct world *w, int n, int each)
{
	char ip[32];

	for (int i = 0; i < n; i++) {
		(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 50 + i);
		for (int k = 0; k < each; k++) {
			make_ping(&w->b, pc, (struct end){ 2, ip, 0 }, (uint16_t)(i * each + k + 1),
				  false);
			world_put(w, 1 + k * 60 + i * 0.1);
		}
	}
	return run(w);
}

static void who_watches_hosts_is_not_told_for_one_that_is_off(void **state)
{
	struct world *w = office();
	char ip[32];

	(void)state;
	for (int i = 0; i < 15 * 30; i++) {
		int host = i % 15;
		uint16_t id = (uint16_t)(i + 1);
		(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 50 + host);
		make_ping(&w->b, pc, (struct end){ 2, ip, 0 }, id, false);
		world_put(w, 1 + i * 4);
		if (host == 7)
			continue;
		make_ping(&w->b, (struct end){ 2, ip, 0 }, pc, id, true);
		world_put(w, 1.1 + i * 4);
	}
	const struct seen *f = run(w);
	assert_true(!f || f->severity == SEVERITY_INFO);
	world_free(w);
}

static void a_sweep_of_pings_is_told(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = pings(w, 40, 1);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_non_null(strstr(f->story, "/ping"));
	world_free(w);
	w = office();
	assert_null(pings(w, 8, 1));
	world_free(w);
	w = office();
	assert_null(pings(w, 15, 9)); /* somebody watches hosts that he knows */
	world_free(w);
}

static const struct seen *asked(struct world *w, int n, bool known)
{
	char ip[32];

	for (int i = 0; i < n; i++) {
		(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 50 + i);
		if (known) {
			make_arp(&w->b, 2, (struct end){ (uint8_t)(20 + i), ip, 0 }, pc.ip);
			world_put(w, 0.2);
		}
		make_arp(&w->b, 1, pc, ip);
		world_put(w, 1 + i * 0.1);
	}
	return run(w);
}

static void a_sweep_by_arp_is_told(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = asked(w, 60, false);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_LOW);
	assert_non_null(strstr(f->story, "/arp"));
	world_free(w);
	w = office();
	assert_null(asked(w, 60, true)); /* they are all there */
	world_free(w);
	w = office();
	assert_null(asked(w, 20, false));
	world_free(w);
}

static void attempts_that_fail_by_chance_are_not(void **state)
{
	(void)state;
	struct world *w = office();
	hosts(w, "203.0.113", 9, 8, 0.1); /* few */
	assert_null(run(w));
	world_free(w);
	w = office();
	hosts(w, "203.0.113", 9, 30, 700); /* all day */
	assert_null(run(w));
	world_free(w);
	w = office(); /* a page whose servers are down, all of them looked up by name */
	char ip[32], name[32];
	for (int i = 0; i < 30; i++) {
		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", 50 + i);
		(void)snprintf(name, sizeof(name), "img%d.shop.example", i);
		world_look_up(w, 0.5, (struct end){ 1, pc.ip, 5000 }, name, ip);
	}
	hosts(w, "203.0.113", 9, 30, 0.1);
	assert_null(run(w));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(many_hosts_of_the_network_are_told),
		cmocka_unit_test(many_hosts_outside_are_worse),
		cmocka_unit_test(many_ports_of_one_host_are_told),
		cmocka_unit_test(one_port_of_all_hosts_from_outside_is_low),
		cmocka_unit_test(who_watches_hosts_is_not_told_for_one_that_is_off),
		cmocka_unit_test(a_sweep_of_pings_is_told),
		cmocka_unit_test(a_sweep_by_arp_is_told),
		cmocka_unit_test(attempts_that_fail_by_chance_are_not),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
