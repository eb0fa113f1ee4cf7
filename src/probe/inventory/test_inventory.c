/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the inventory: whose address is whose, what is home, who came back. */
#include <string.h>

#include "base/clock.h"
#include "base/test.h"
#include "probe/inventory/inventory.h"
#include "probe/test_packets.h"

struct world {
	struct inventory *v;
	struct buf b;
	int64_t now_us;
};

static void world_init(struct world *w, size_t max)
{
	struct home home;

	assert_int_equal(home_init(&home, "", NULL), 0);
	*w = (struct world){ .v = inventory_new(max, &home), .now_us = 1000 * US_PER_SEC };
	buf_init(&w->b, 0);
}

static void world_done(struct world *w)
{
	inventory_free(w->v);
	buf_done(&w->b);
}

static uint32_t see(struct world *w)
{
	struct packet p = packet_of(&w->b, w->now_us);
	struct dissected d;

	dissect(&p, &d);
	if (d.neighbour.op)
		inventory_neighbour(w->v, &d);
	return inventory_sender(w->v, &d);
}

static uint32_t udp_from(struct world *w, uint8_t mac, const char *ip)
{
	make_udp(&w->b, (struct end){ mac, ip, 5000 }, (struct end){ 9, "203.0.113.1", 80 }, "x",
		 1);
	return see(w);
}

static uint32_t dhcp_from(struct world *w, uint8_t mac, const char *name)
{
	struct dhcp_message m;
	make_dhcp(&w->b, mac, DHCP_DISCOVER, name);
	uint32_t i = see(w);
	assert_int_equal(dhcp_parse((const uint8_t *)w->b.p + 42, w->b.n - 42, &m), 0);
	inventory_dhcp(w->v, &m, i, w->now_us);
	return i;
}

static enum home_side side(struct world *w, const char *ip)
{
	struct addr a;

	assert_int_equal(addr_parse(str_of(ip), &a), 0);
	return home_side_of(inventory_home(w->v), &a);
}

static void home_is_learned_from_the_link(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 10);
	assert_int_equal(side(&w, "198.51.100.5"), HOME_UNKNOWN);
	make_arp(&w.b, 1, (struct end){ 1, "198.51.100.10", 0 }, "198.51.100.1");
	(void)see(&w);
	assert_int_equal(side(&w, "198.51.100.5"), HOME_INSIDE);
	assert_int_equal(side(&w, "192.168.1.1"), HOME_OUTSIDE); /* whatever it looks like */
	assert_int_equal(side(&w, "2001:db8::1"), HOME_UNKNOWN);
	assert_int_equal(side(&w, "fe80::1"), HOME_INSIDE);
	world_done(&w);
}

static void home_may_be_told(void **state)
{
	(void)state;
	struct home h;
	struct err e = { 0 };
	struct addr a;
	assert_int_equal(home_init(&h, "192.0.2.0/24, 2001:db8::/48", &e), 0);
	assert_int_equal(addr_parse(STR("198.51.100.10"), &a), 0);
	home_learn(&h, &a, 24);
	assert_int_equal(home_side_of(&h, &a), HOME_OUTSIDE);
	assert_true(home_init(&h, "192.0.2.0/24,office", &e) < 0);
	assert_non_null(strstr(e.text, "\"office\""));
}

static void many_senders_behind_one_mac_make_a_gateway(void **state)
{
	(void)state;
	struct world w;
	char ip[32];
	uint32_t gateway = 0;
	world_init(&w, 10);
	uint32_t own = udp_from(&w, 1, "192.0.2.10");
	for (int i = 1; i < 9; i++) {
		(void)snprintf(ip, sizeof(ip), "203.0.113.%d", i);
		gateway = udp_from(&w, 2, ip);
	}
	assert_true(inventory_device(w.v, gateway)->gateway);
	assert_int_equal(inventory_device(w.v, gateway)->n_addr, 0);
	assert_false(inventory_device(w.v, own)->gateway);
	assert_int_equal(inventory_count(w.v), 2);
	world_done(&w);
}

static void a_new_address_replaces_the_owner(void **state)
{
	(void)state;
	struct world w;
	struct addr a;
	world_init(&w, 10);
	make_arp(&w.b, 2, (struct end){ 1, "192.0.2.7", 0 }, "192.0.2.1");
	uint32_t first = see(&w);
	make_arp(&w.b, 2, (struct end){ 2, "192.0.2.7", 0 }, "192.0.2.1");
	uint32_t second = see(&w);
	assert_int_equal(addr_parse(STR("192.0.2.7"), &a), 0);
	assert_int_equal(inventory_owner(w.v, &a), second);
	assert_int_equal(inventory_device(w.v, first)->n_addr, 0);
	world_done(&w);
}

static void newcomers_announce_themselves(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 10);
	uint32_t phone = dhcp_from(&w, 5, "kino-phone");
	const struct device *d = inventory_device(w.v, phone);
	assert_true(d->joined);
	assert_string_equal(d->hostname, "kino-phone");
	assert_string_equal(d->fingerprint, "1,3,6");
	uint32_t old = udp_from(&w, 6, "192.0.2.6");
	w.now_us += 600 * US_PER_SEC;
	assert_int_equal(dhcp_from(&w, 6, "old-pc"), old);
	assert_false(inventory_device(w.v, old)->joined);
	world_done(&w);
}

static void a_random_mac_that_comes_back_is_known(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 10);
	(void)dhcp_from(&w, 5, "kino-phone");
	w.now_us += 86400 * US_PER_SEC;
	uint32_t again = dhcp_from(&w, 6, "kino-phone");
	uint32_t other = dhcp_from(&w, 7, "mori-phone");
	assert_true(inventory_device(w.v, again)->returned);
	assert_false(inventory_device(w.v, other)->returned);
	world_done(&w);
}

/* Device MAC says by mDNS that it is NAME. */
static uint32_t mdns_from(struct world *w, uint8_t mac, const char *name)
{
	struct dns_message m = { .response = true, .n_answers = 1 };
	uint32_t i = udp_from(w, mac, "192.0.2.30");

	m.answer[0].type = DNS_A;
	(void)str_copy(m.answer[0].owner, sizeof(m.answer[0].owner), str_of(name));
	inventory_mdns(w->v, i, &m);
	return i;
}

static void it_is_known_by_what_it_announces_too(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 20);
	(void)mdns_from(&w, 5, "kinos-tablet.local");
	uint32_t cast = udp_from(&w, 6, "192.0.2.31");
	inventory_ssdp(w.v, cast, "2f402f80-da50-11e1");
	w.now_us += 86400 * US_PER_SEC;
	uint32_t again = mdns_from(&w, 7, "kinos-tablet.local");
	uint32_t other = mdns_from(&w, 8, "moris-tablet.local");
	uint32_t cast_again = udp_from(&w, 10, "192.0.2.31");
	inventory_ssdp(w.v, cast_again, "2f402f80-da50-11e1");
	assert_true(inventory_device(w.v, again)->returned);
	assert_false(inventory_device(w.v, other)->returned);
	assert_true(inventory_device(w.v, cast_again)->returned);
	assert_int_equal(inventory_device(w.v, cast_again)->was, cast);
	world_done(&w);
}

static void two_of_one_name_that_both_speak_are_two(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 10);
	uint32_t first = dhcp_from(&w, 5, "phone");
	w.now_us += 600 * US_PER_SEC;
	uint32_t second = dhcp_from(&w, 6, "phone");
	const struct device *d = inventory_device(w.v, second);
	assert_true(d->returned && d->was == first);
	assert_false(inventory_both_here(w.v, d));
	w.now_us += 300 * US_PER_SEC;
	(void)udp_from(&w, 5, "192.0.2.10");
	assert_true(inventory_both_here(w.v, inventory_device(w.v, second)));
	world_done(&w);
}

static void several_behind_one_mac_are_noticed(void **state)
{
	(void)state;
	struct world w;
	struct device_texts texts;
	struct device_info info;
	world_init(&w, 10);
	uint32_t i = udp_from(&w, 1, "192.0.2.10");
	inventory_syn_ttl(w.v, i, 64);
	inventory_syn_ttl(w.v, i, 127);
	inventory_syn_ttl(w.v, i, 64);
	inventory_describe(inventory_device(w.v, i), NULL, &texts, &info);
	assert_int_equal(info.devices_behind, 2);
	assert_string_equal(info.mac, "02:00:00:00:00:01");
	assert_true(info.random_mac);
	assert_string_equal(info.addresses[0], "192.0.2.10");
	world_done(&w);
}

static void the_limit_holds(void **state)
{
	(void)state;
	struct world w;
	world_init(&w, 3);
	for (uint8_t i = 1; i < 9; i++)
		(void)udp_from(&w, i, "192.0.2.10");
	assert_int_equal(inventory_count(w.v), 3);
	assert_int_equal(inventory_dropped(w.v), 5);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(home_is_learned_from_the_link),
		cmocka_unit_test(home_may_be_told),
		cmocka_unit_test(many_senders_behind_one_mac_make_a_gateway),
		cmocka_unit_test(a_new_address_replaces_the_owner),
		cmocka_unit_test(newcomers_announce_themselves),
		cmocka_unit_test(a_random_mac_that_comes_back_is_known),
		cmocka_unit_test(it_is_known_by_what_it_announces_too),
		cmocka_unit_test(two_of_one_name_that_both_speak_are_two),
		cmocka_unit_test(several_behind_one_mac_are_noticed),
		cmocka_unit_test(the_limit_holds),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
