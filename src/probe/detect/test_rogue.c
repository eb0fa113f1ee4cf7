/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of rogue_dns, rogue_router, and of rogue_dhcp where names are concerned. */
#include <stdio.h>
#include <string.h>

#include "probe/detect/test_bench.h"
#include "probe/test_world.h"

static void answer(struct bench *b, void *state, const char *server, uint8_t client,
		   const char *name, const char *ip)
{
	char to[32];
	(void)snprintf(to, sizeof(to), "192.0.2.%d", client);
	(void)bench_device(b, client, to);
	struct dissected d = { .kind = DISSECT_IP,
			       .src = bench_address(server),
			       .dst = bench_address(to),
			       .ts_us = b->env.now_us };
	struct dns_message m = { .response = true, .answers = 1, .n_answers = 1 };

	(void)str_copy(m.name, sizeof(m.name), str_of(name));
	m.answer[0] = (struct dns_answer){ .type = DNS_A, .addr = bench_address(ip) };
	detector_rogue_dns.dns(state, &d, &m);
}

static const char *const shops[] = { "www.alpha.example",    "www.bravo.test",
				     "bank.charlie.example", "mail.delta.invalid",
				     "www.echo.example",     "pay.foxtrot.test" };

enum { SHOPS = 6 };

/* What the usual server says of each, and what another at OTHER does. */
static int said(const char *other, const char *const *here, const char *const *there)
{
	struct bench b;
	bench_open(&b);
	void *g = detector_rogue_dns.open(&b.env);
	for (int i = 0; i < SHOPS; i++) {
		answer(&b, g, "192.0.2.1", 11, shops[i], here[i]);
		answer(&b, g, other, 12, shops[i], there[i]);
	}
	detector_rogue_dns.close(g);
	int n = b.findings ? (int)b.severity : -1;
	if (b.findings)
		assert_non_null(strstr(b.reason, other));
	bench_close(&b);
	return n;
}

static void one_that_leads_all_to_one_place_lies(void **state)
{
	static const char *const own[] = { "198.18.1.1", "198.51.100.2", "203.0.113.3",
					   "100.64.0.4", "198.19.0.5",   "100.65.0.6" };
	static const char *const lie[] = { "203.0.113.99", "203.0.113.99", "203.0.113.99",
					   "203.0.113.99", "203.0.113.99", "203.0.113.99" };
	static const char *const near[] = { "198.18.7.1", "198.51.9.2", "203.0.9.3",
					    "100.64.9.4", "198.19.9.5", "100.65.9.6" };
	static const char *const shared[] = { "100.66.0.1", "100.66.0.2", "100.66.0.3",
					      "100.66.0.4", "100.66.0.5", "100.66.0.6" };
	(void)state;
	assert_int_equal(said("203.0.113.53", own, lie), SEVERITY_MEDIUM);
	assert_int_equal(said("192.0.2.66", own, lie), SEVERITY_MEDIUM);
	assert_int_equal(said("203.0.113.53", own, near), -1);   /* answers by place */
	assert_int_equal(said("203.0.113.53", own, shared), -1); /* a content network */
	assert_int_equal(said("203.0.113.53", shared, lie), -1); /* two content networks */
	assert_int_equal(said("203.0.113.53", lie, lie), -1);    /* they agree */
}

static struct dissected heard_from(struct bench *b, uint8_t mac, const char *ip)
{
	return (struct dissected){ .kind = DISSECT_IP,
				   .has_mac = true,
				   .src_mac = { { 2, 0, 0, 0, 0, mac } },
				   .src = bench_address(ip),
				   .ts_us = b->env.now_us };
}

static void advertise(struct bench *b, void *state, uint8_t mac, const char *prefix)
{
	struct dissected d = heard_from(b, mac, "fe80::1");

	d.src.b[15] = mac;
	d.neighbour =
		(struct neighbour){ .op = NEIGHBOUR_TELL, .router = true, .lifetime_s = 1800 };
	assert_int_equal(cidr_parse(str_of(prefix), &d.neighbour.prefix), 0);
	b->env.now_us += US_PER_MIN;
	detector_rogue_router.neighbour(state, &d);
}

static void a_second_network_for_ipv6_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *g = detector_rogue_router.open(&b.env);
	for (int i = 0; i < 3; i++) {
		advertise(&b, g, 9, "2001:db8:1::/64");
		advertise(&b, g, 8, "2001:db8:1::/64"); /* a pair for safety */
	}
	assert_int_equal(b.findings, 0);
	advertise(&b, g, 7, "2001:db8:bad::/64");
	assert_int_equal(b.findings, 1);
	assert_int_equal(b.severity, SEVERITY_MEDIUM);
	detector_rogue_router.close(g);
	g = detector_rogue_router.open(&b.env); /* the provider changed the network in the night */
	advertise(&b, g, 9, "2001:db8:1::/64");
	b.env.now_us += 3 * US_PER_HOUR;
	advertise(&b, g, 5, "2001:db8:2::/64");
	assert_int_equal(b.findings, 1);
	detector_rogue_router.close(g);
	bench_close(&b);
}

static void hand_out(struct bench *b, void *state, uint8_t mac, const char *own, const char *dns)
{
	struct dissected d = heard_from(b, mac, own);
	struct dhcp6_message m = { .type = 7, .n_dns = 1, .dns = { bench_address(dns) } };

	b->env.now_us += US_PER_MIN;
	detector_rogue_router.dhcp6(state, &d, &m);
}

static void a_server_of_names_that_is_itself_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *g = detector_rogue_router.open(&b.env);
	advertise(&b, g, 9, "2001:db8:1::/64");
	hand_out(&b, g, 9, "fe80::9", "fe80::9"); /* the router answers for names too */
	hand_out(&b, g, 8, "fe80::8", "fe80::9"); /* another server that says the same */
	assert_int_equal(b.findings, 0);
	hand_out(&b, g, 7, "fe80::7", "fe80::7");
	assert_int_equal(b.findings, 1);
	hand_out(&b, g, 6, "fe80::6", "2001:db8::53");
	assert_int_equal(b.findings, 2);
	detector_rogue_router.close(g);
	bench_close(&b);
}

static void offer(struct bench *b, void *state, uint8_t mac, const char *dns)
{
	struct dissected d = heard_from(b, mac, "192.0.2.2");
	struct dhcp_message m = { .reply = true, .type = DHCP_ACK, .n_dns = 1 };

	d.src.b[15] = mac;
	m.router = bench_address("192.0.2.1");
	m.dns[0] = bench_address(dns);
	detector_rogue_dhcp.dhcp(state, &d, &m);
}

static void dhcp_that_names_another_server_of_names_is_told(void **state)
{
	(void)state;
	struct bench b;
	bench_open(&b);
	void *g = detector_rogue_dhcp.open(&b.env);
	offer(&b, g, 9, "192.0.2.1");
	offer(&b, g, 8, "192.0.2.1");
	assert_int_equal(b.findings, 0);
	offer(&b, g, 7, "203.0.113.53");
	assert_int_equal(b.findings, 1);
	assert_non_null(strstr(b.reason, "203.0.113.53"));
	detector_rogue_dhcp.close(g);
	bench_close(&b);
}

static void servers_of_names_are_read_from_dhcp6(void **state)
{
	(void)state;
	static const uint8_t reply[] = { 7,    1,    2, 3, 0, 23, 0, 32, /* RFC 3646, 3 */
					 0xfe, 0x80, 0, 0, 0, 0,  0, 0,  0, 0, 0, 0, 0, 0, 0, 7,
					 0xfe, 0x80, 0, 0, 0, 0,  0, 0,  0, 0, 0, 0, 0, 0, 0, 8 };
	struct dhcp6_message m;
	struct addr a = bench_address("fe80::8");
	assert_int_equal(dhcp6_parse(reply, sizeof(reply), &m), 0);
	assert_int_equal(m.n_dns, 2);
	assert_true(addr_eq(&m.dns[1], &a));
	assert_true(dhcp6_parse(reply, sizeof(reply) - 1, &m) < 0);
	assert_int_equal(m.n_dns, 0);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(one_that_leads_all_to_one_place_lies),
		cmocka_unit_test(a_second_network_for_ipv6_is_told),
		cmocka_unit_test(a_server_of_names_that_is_itself_is_told),
		cmocka_unit_test(servers_of_names_are_read_from_dhcp6),
		cmocka_unit_test(dhcp_that_names_another_server_of_names_is_told),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
