/* SPDX-License-Identifier: Apache-2.0 */
/* The enforcer's rules with a kernel that only notes: what is held back and until when, what never
 * is, what is told, what a restart keeps; and the spans and messages that a kernel is given. */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "net/crypto.h"
#include "sensor/enforcer/enforcer.h"
#include "sensor/enforcer/nft.h"
#include "sensor/identity.h"
#include "sensor/inbox.h"
#include "sensor/sensor_conf.h"

#define NOW  INT64_C(1795395600000000)
#define HOUR US_PER_HOUR

static const char pc[] = "02:00:5e:10:00:01", gateway[] = "02:00:5e:10:00:fe";

struct bed {
	char dir[TEST_DIR_MAX], state[80], root[80];
	struct clock_fake clock;
	uint8_t public_key[CRYPTO_PUBLIC], secret[CRYPTO_SECRET];
	struct inbox inbox;
	struct enforcer *enforcer;
	struct holds kernel; /* what it was told last */
	int writes, fails;
	uint64_t sequence;
	int64_t id;
};

static int on_write(void *arg, const struct holds *h, int64_t now_us, struct err *e)
{
	struct bed *b = arg;

	(void)now_us;
	if (b->fails)
		return err_set(e, b->fails, "nftables refuses");
	b->kernel = *h;
	b->writes++;
	return 0;
}

static void text_file(const char *dir, const char *name, const char *text)
{
	char path[200];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write(path, 0644, text, strlen(text), NULL), 0);
}

static void bed_open(struct bed *b)
{
	struct enforcer_conf c = { .state_dir = b->state,
				   .clock = &b->clock.clock,
				   .protect_named = "198.51.100.0/24",
				   .root = b->root,
				   .write = on_write,
				   .arg = b };
	struct err e;

	if (enforcer_open(&c, &b->enforcer, &e) < 0)
		fail_msg("%s", e.text);
}

static int set_up(void **state)
{
	struct bed *b = mem_new(sizeof(*b));
	char key[] = "k", cert[] = "c", ca[] = "a", path[120];
	struct identity id = { .key_pem = key,
			       .cert_pem = cert,
			       .ca_pem = ca,
			       .sensor = "12",
			       .hub_host = "127.0.0.1",
			       .hub_port = 1,
			       .has_item_key = true };
	uint8_t seed[CRYPTO_SEED] = { 7 };
	struct err e;

	assert_int_equal(crypto_start(&e), 0);
	test_dir_new(b->dir);
	(void)snprintf(b->state, sizeof(b->state), "%s/state", b->dir);
	(void)snprintf(b->root, sizeof(b->root), "%s/root", b->dir);
	(void)snprintf(path, sizeof(path), "%s/proc", b->root);
	assert_int_equal(mkdir(b->state, 0755), 0);
	assert_int_equal(mkdir(b->root, 0755), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/proc/net", b->root);
	assert_int_equal(mkdir(path, 0755), 0);
	text_file(path, "route",
		  "Iface Destination Gateway Flags\n"
		  "br0\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\n");
	text_file(path, "arp",
		  "IP address HW type Flags HW address Mask Device\n"
		  "10.0.0.1 0x1 0x2 02:00:5e:10:00:fe * br0\n");
	text_file(path, "fib_trie", "  |-- 10.0.0.2\n     /32 host LOCAL\n");
	crypto_key_pair(seed, b->public_key, b->secret);
	memcpy(id.item_key, b->public_key, sizeof(id.item_key));
	assert_int_equal(identity_set(b->state, &id, &e), 0);
	(void)snprintf(path, sizeof(path), "%s/inbox", b->state);
	assert_int_equal(inbox_open(path, &b->inbox, &e), 0);
	clock_fake_init(&b->clock, NOW);
	b->sequence = NOW;
	bed_open(b);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bed *b = *state;

	enforcer_close(b->enforcer);
	test_dir_free(b->dir);
	free(b);
	return 0;
}

/* As the hub gives it; returns the order's number. */
static int64_t give(struct bed *b, struct order o, int64_t made_us, int64_t expires_us)
{
	SCOPED_BUF struct buf body = { 0 };
	SCOPED_BUF struct buf text = { 0 };
	SCOPED_BUF struct buf packed = { 0 };
	uint8_t signature[CRYPTO_SIGNATURE];
	struct item i = { .sensor = "12",
			  .sequence = ++b->sequence,
			  .kind = ORDER_KIND_ENFORCER,
			  .replace_key = "",
			  .made_us = made_us,
			  .expires_us = expires_us };
	uint64_t sequence;
	struct err e;

	o.id = ++b->id;
	if (order_encode(&o, &body, &e) < 0)
		fail_msg("%s", e.text);
	i.body = body.p;
	i.body_n = body.n;
	item_signed_bytes(&i, &text);
	crypto_key_sign(b->secret, text.p, text.n, signature);
	i.signature = signature;
	assert_int_equal(item_encode(&i, &packed, &e), 0);
	assert_int_equal(inbox_add(&b->inbox, (const uint8_t *)packed.p, packed.n, &sequence, &e),
			 0);
	return o.id;
}

static int64_t order_now(struct bed *b, struct order o)
{
	int64_t now = clock_utc_us(&b->clock.clock), id = give(b, o, now, now + HOUR);
	struct err e = { 0 };

	(void)enforcer_run(b->enforcer, &e);
	return id;
}

static struct order isolate(const char *mac, int64_t until_us)
{
	struct order o = { .type = ORDER_ISOLATE, .until_us = until_us };

	memcpy(o.mac, mac, ORDER_MAC_MAX);
	return o;
}

static struct order block(const char *network, int64_t until_us)
{
	struct order o = { .type = ORDER_BLOCK, .until_us = until_us };

	assert_int_equal(order_network_set(&o.network, network, NULL), 0);
	return o;
}

/* The newest report on an order. */
static const char *said(struct bed *b, int64_t id)
{
	static char out[100];
	char dir[120];
	SCOPED_MEM struct journal *j = mem_new(sizeof(*j));

	(void)snprintf(dir, sizeof(dir), "%s/enforcer", b->state);
	assert_int_equal(journal_load(dir, j, NULL), 0);
	out[0] = '\0';
	for (size_t i = 0; i < j->n; i++)
		if (j->list[i].order == id)
			(void)snprintf(out, sizeof(out), "%s %s",
				       order_state_name(j->list[i].state), j->list[i].reason);
	return out;
}

static void what_is_ordered_holds_until_its_time_or_a_release(void **state)
{
	struct bed *b = *state;
	struct err e = { 0 };

	int64_t one = order_now(b, isolate(pc, NOW + HOUR));
	int64_t two = order_now(b, block("203.0.113.0/24", NOW + 2 * HOUR));
	assert_int_equal(b->kernel.n, 2);
	assert_string_equal(said(b, one), "done ");
	struct order release = isolate(pc, 0);
	release.type = ORDER_RELEASE;
	int64_t three = order_now(b, release);
	assert_int_equal(b->kernel.n, 1);
	assert_string_equal(said(b, one), "undone ");
	assert_string_equal(said(b, three), "done ");
	assert_string_equal(said(b, order_now(b, release)), "refused nothing");
	clock_fake_add(&b->clock, 2 * HOUR);
	assert_int_equal(enforcer_run(b->enforcer, &e), 0);
	assert_int_equal(b->kernel.n, 0);
	assert_string_equal(said(b, two), "expired ");
}

static void a_restart_keeps_what_is_left(void **state)
{
	struct bed *b = *state;

	int64_t short_one = order_now(b, block("203.0.113.9", NOW + HOUR));
	(void)order_now(b, isolate(pc, NOW + 3 * HOUR));
	enforcer_close(b->enforcer);
	clock_fake_add(&b->clock, 2 * HOUR);
	memset(&b->kernel, 0, sizeof(b->kernel));
	bed_open(b);
	assert_int_equal(b->kernel.n, 1);
	assert_string_equal(b->kernel.list[0].mac, pc);
	assert_int_equal(b->kernel.list[0].until_us, NOW + 3 * HOUR);
	assert_string_equal(said(b, short_one), "expired ");
}

static void gateway_and_box_and_what_is_named_are_never_held_back(void **state)
{
	struct bed *b = *state;
	static const char *const networks[] = { "10.0.0.2", "10.0.0.0/24", "10.0.0.1",
						"198.51.100.7" };

	assert_string_equal(said(b, order_now(b, isolate(gateway, NOW + HOUR))),
			    "refused protected");
	for (size_t i = 0; i < ARRAY_LEN(networks); i++)
		assert_string_equal(said(b, order_now(b, block(networks[i], NOW + HOUR))),
				    "refused protected");
	assert_int_equal(b->kernel.n, 0);
}

static void orders_of_another_time_are_refused_and_both_clocks_named(void **state)
{
	struct bed *b = *state;
	SCOPED_BUF struct buf text = { 0 };
	char path[120];
	struct err e = { 0 };

	int64_t late = give(b, isolate(pc, NOW + 9 * HOUR), NOW - 2 * HOUR, NOW - HOUR);
	int64_t early = give(b, isolate(pc, NOW + 9 * HOUR), NOW + HOUR, NOW + 2 * HOUR);
	(void)enforcer_run(b->enforcer, &e);
	assert_string_equal(said(b, late), "refused late");
	assert_string_equal(said(b, early), "refused clock");
	(void)snprintf(path, sizeof(path), "%s/enforcer/reports", b->state);
	assert_int_equal(file_read(path, 10000, &text, NULL), 0);
	assert_non_null(strstr(text.p, "2026-11-23T02:00:00")); /* the hub's */
	assert_non_null(strstr(text.p, "2026-11-23T01:00:00")); /* ours */
	assert_string_equal(said(b, order_now(b, isolate(pc, NOW))), "refused late");
	assert_string_equal(said(b, order_now(b, isolate(pc, NOW + 367 * US_PER_DAY))),
			    "refused format");
	assert_int_equal(b->kernel.n, 0);
}

static void there_is_a_limit(void **state)
{
	struct bed *b = *state;
	char network[40];
	int64_t id = 0;

	for (int i = 0; i <= HOLDS_MAX; i++) {
		(void)snprintf(network, sizeof(network), "203.0.%d.%d", i / 200, i % 200);
		id = give(b, block(network, NOW + HOUR), NOW, NOW + HOUR);
	}
	struct err e = { 0 };
	(void)enforcer_run(b->enforcer, &e);
	assert_string_equal(said(b, id), "refused limit");
	assert_int_equal(b->kernel.n, HOLDS_MAX);
	/* the same once more replaces, and needs no room */
	int64_t again = order_now(b, block("203.0.0.5", NOW + 2 * HOUR));
	assert_string_equal(said(b, again), "done ");
}

static void a_kernel_that_says_no_is_said(void **state)
{
	struct bed *b = *state;
	struct err e = { 0 };

	b->fails = -EPERM;
	int64_t id = give(b, isolate(pc, NOW + HOUR), NOW, NOW + HOUR);
	assert_int_equal(enforcer_run(b->enforcer, &e), -EPERM);
	assert_string_equal(said(b, id), "failed system");
}

/* --- spans --- */

static void add(struct holds *h, const char *network, uint16_t port, uint8_t protocol,
		int64_t until)
{
	struct hold x = {
		.type = ORDER_BLOCK, .port = port, .protocol = protocol, .until_us = until
	};
	struct hold old;

	assert_int_equal(order_network_set(&x.network, network, NULL), 0);
	assert_int_equal(holds_add(h, &x, &old, NULL), 0);
}

static bool covers(const struct hold_span *s, const char *address)
{
	struct order_network n = { 0 };

	assert_int_equal(order_network_set(&n, address, NULL), 0);
	return s->v4 == order_network_is_v4(&n) && memcmp(s->first, n.address, 16) <= 0 &&
	       memcmp(n.address, s->last, 16) <= 0;
}

/* Until when ADDRESS is blocked for PORT; fails when two spans cover it. */
static int64_t until_of(const struct hold_span *list, size_t n, const char *address, uint16_t port,
			uint8_t protocol)
{
	int64_t until = 0;

	for (size_t i = 0; i < n; i++) {
		if (list[i].port != port || list[i].protocol != protocol ||
		    !covers(&list[i], address))
			continue;
		assert_int_equal(until, 0);
		until = list[i].until_us;
	}
	return until;
}

static void blocks_that_overlap_become_spans_that_do_not(void **state)
{
	SCOPED_MEM struct hold_span *s = mem_array(HOLD_SPANS_MAX, sizeof(*s));
	struct holds h = { 0 };

	(void)state;
	add(&h, "203.0.113.0/24", 0, 0, 10);
	add(&h, "203.0.113.128/25", 0, 0, 30);
	add(&h, "203.0.113.200", 0, 0, 20);
	add(&h, "255.255.255.0/24", 0, 0, 5);
	add(&h, "2001:db8::/32", 0, 0, 40);
	add(&h, "ffff:ffff:ffff::/48", 0, 0, 41);
	add(&h, "203.0.113.0/24", 443, 6, 50);
	add(&h, "203.0.113.7", 443, 0, 60); /* both protocols */
	size_t n = hold_spans(&h, s);
	assert_int_equal(until_of(s, n, "203.0.113.1", 0, 0), 10);
	assert_int_equal(until_of(s, n, "203.0.113.128", 0, 0), 30);
	assert_int_equal(until_of(s, n, "203.0.113.200", 0, 0), 30);
	assert_int_equal(until_of(s, n, "203.0.114.0", 0, 0), 0);
	assert_int_equal(until_of(s, n, "255.255.255.255", 0, 0), 5);
	assert_int_equal(until_of(s, n, "2001:db8:ffff::", 0, 0), 40);
	assert_int_equal(until_of(s, n, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 0, 0), 41);
	assert_int_equal(until_of(s, n, "203.0.113.9", 443, 6), 50);
	assert_int_equal(until_of(s, n, "203.0.113.9", 443, 17), 0);
	assert_int_equal(until_of(s, n, "203.0.113.7", 443, 6), 60);
	assert_int_equal(until_of(s, n, "203.0.113.7", 443, 17), 60);
}

/* As many as there may be, each cutting another: within bounds, and within a message's length. */
static void the_largest_batch_fits(void **state)
{
	struct holds h = { 0 };
	SCOPED_BUF struct buf b = { 0 };
	size_t messages = 0;
	char network[64];

	(void)state;
	for (int i = 0; i < HOLDS_MAX; i++) {
		(void)snprintf(network, sizeof(network), "2001:db8:%x::/%d", i, i % 2 ? 64 : 48);
		add(&h, network, (uint16_t)(i % 3 ? 443 : 0), 0, NOW + i);
	}
	nft_encode(&h, NOW, 1, &b, &messages);
	assert_true(messages >= 2 + 5);
	for (size_t at = 0, n = 0; at < b.n; n++) {
		uint32_t length;

		memcpy(&length, b.p + at, sizeof(length));
		assert_true(length >= 16 && length % 4 == 0 && at + length <= b.n);
		at += length;
		assert_true(n < messages);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define IN_BED(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
		IN_BED(what_is_ordered_holds_until_its_time_or_a_release),
		IN_BED(a_restart_keeps_what_is_left),
		IN_BED(gateway_and_box_and_what_is_named_are_never_held_back),
		IN_BED(orders_of_another_time_are_refused_and_both_clocks_named),
		IN_BED(there_is_a_limit),
		IN_BED(a_kernel_that_says_no_is_said),
		cmocka_unit_test(blocks_that_overlap_become_spans_that_do_not),
		cmocka_unit_test(the_largest_batch_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
