/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detectors of habits: keepalive, tor. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "probe/test_world.h"

static const struct end pc = { 1, "192.0.2.10", 50001 }, bot = { 9, "203.0.113.66", 4782 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	return w;
}

/* TIMES signs of life, one each GAP seconds and every second one LATE seconds late, EXTRA bytes
 * each time. */
static const struct seen *line(struct world *w, struct end to, int times, double gap, double late,
			       size_t extra)
{
	static const char bytes[1400] = "\x17 still here";

	world_open(w, 1, pc, to);
	for (int i = 0; i < times; i++) {
		double at = 5 + gap * i + late * (i % 2);
		world_send(w, at, pc, to, rd_of(bytes, 20));
		world_send(w, at + 0.1, to, pc, rd_of(bytes, 20));
		for (size_t k = 0; k * 1400 < extra; k++)
			world_send(w, at + 0.2 + 0.01 * (double)k, to, pc, rd_of(bytes, 1400));
	}
	world_run(w);
	return world_find(w, "keepalive");
}

static void a_line_held_open_to_a_bare_address_is_told(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = line(w, bot, 40, 30, 0, 0);
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "203.0.113.66:4782");
	world_free(w);
}

static void a_messenger_is_not(void **state)
{
	(void)state;
	struct world *w = office(); /* a name, and the port of push services */
	struct end push = { 9, "203.0.113.70", 5228 };
	world_look_up(w, 0.5, (struct end){ 1, pc.ip, 5000 }, "push.mail.example", push.ip);
	assert_null(line(w, push, 60, 30, 0, 0));
	assert_null(world_find(w, "host_story"));
	world_free(w);
	w = office(); /* it is used */
	assert_null(line(w, bot, 40, 30, 0, 20000));
	world_free(w);
	w = office(); /* somebody types */
	assert_null(line(w, bot, 40, 30, 24, 0));
	world_free(w);
	w = office(); /* too little to say */
	assert_null(line(w, bot, 8, 30, 0, 0));
	world_free(w);
}

static void the_whole_office_may_hold_it(void **state)
{
	(void)state;
	struct world *w = office();
	char ip[32];
	for (uint8_t i = 2; i < 6; i++) {
		(void)snprintf(ip, sizeof(ip), "192.0.2.%d", 10 + i);
		struct end from = { i, ip, 50001 };
		make_arp(&w->b, 1, from, "192.0.2.1");
		world_put(w, 0.1 * i);
		world_open(w, 0.5, from, bot);
		world_send(w, 10, from, bot, rd_of("here", 4));
	}
	assert_null(line(w, bot, 40, 30, 0, 0));
	world_free(w);
}

static void add16(struct buf *b, size_t n)
{
	buf_be16(b, (uint16_t)n);
}

/* RFC 8446, 4.1.2: a hello with a server's name and nothing else to speak of. */
static void hello(struct buf *b, const char *name)
{
	static const char zero[33];
	size_t n = strlen(name), extension = 9 + n, body = 2 + 32 + 1 + 4 + 2 + 2 + extension;

	buf_clear(b);
	buf_be16(b, 0x1603);
	buf_addc(b, 1);
	add16(b, body + 4);
	buf_addc(b, 1);
	buf_addc(b, 0);
	add16(b, body);
	buf_be16(b, 0x0303);
	buf_add(b, zero, 33);
	buf_be32(b, 0x0002c02f);
	buf_be16(b, 0x0100);
	add16(b, extension);
	buf_be16(b, 0);
	add16(b, n + 5);
	add16(b, n + 3);
	buf_addc(b, 0);
	add16(b, n);
	buf_adds(b, name);
}

static void relay(struct world *w, int i, const char *name)
{
	SCOPED_BUF struct buf b;
	char ip[32];
	(void)snprintf(ip, sizeof(ip), "203.0.113.%d", 100 + i);
	struct end from = { 1, pc.ip, (uint16_t)(50100 + i) }, to = { 9, ip, 443 };

	buf_init(&b, 0);
	hello(&b, name);
	world_open(w, 1 + i, from, to);
	world_send(w, 1.1 + i, from, to, rd_of(b.p, b.n));
}

static void names_drawn_for_each_relay_are_tor(void **state)
{
	(void)state;
	struct world *w = office();
	relay(w, 1, "www.xkqzvwtrplm.com");
	world_run(w);
	assert_null(world_find(w, "tor")); /* one says nothing */
	world_free(w);
	w = office();
	relay(w, 1, "www.xkqzvwtrplm.com");
	relay(w, 2, "www.qhdtwrksvbnm5.com");
	relay(w, 3, "www.bq7xkzzt4ghwp.net");
	world_run(w);
	const struct seen *f = world_find(w, "tor");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->name, "www.xkqzvwtrplm.com");
	assert_string_equal(f->peer, "203.0.113.101:443");
	world_free(w);
}

static void names_that_were_looked_up_or_chosen_are_not(void **state)
{
	(void)state;
	struct world *w = office();
	world_look_up(w, 0.5, (struct end){ 1, pc.ip, 5000 }, "www.xkqzvwtrplm.com",
		      "203.0.113.101");
	relay(w, 5, "www.qhdtwrksvbnm5.com");
	relay(w, 1, "www.xkqzvwtrplm.com");
	relay(w, 2, "www.thunderbolt.com");
	relay(w, 3, "mail.qhdtwrksvbnm5.com");
	relay(w, 4, "www.strengthen.net");
	world_run(w);
	assert_null(world_find(w, "tor"));
	world_free(w);
}

static void the_directory_of_tor_is_known(void **state)
{
	(void)state;
	struct world *w = office();
	struct end authority = { 9, "203.0.113.9", 9030 };
	world_talk(w, 1, pc, authority,
		   "GET /tor/status-vote/current/consensus-microdesc.z HTTP/1.0\r\n\r\n",
		   "HTTP/1.0 200 OK\r\n\r\n");
	world_run(w);
	assert_non_null(world_find(w, "tor"));
	world_free(w);
	w = office();
	world_talk(w, 1, pc, authority, "GET /torrents/tor/keys/ HTTP/1.0\r\n\r\n", "");
	world_run(w);
	assert_null(world_find(w, "tor"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_line_held_open_to_a_bare_address_is_told),
		cmocka_unit_test(a_messenger_is_not),
		cmocka_unit_test(the_whole_office_may_hold_it),
		cmocka_unit_test(names_drawn_for_each_relay_are_tor),
		cmocka_unit_test(names_that_were_looked_up_or_chosen_are_not),
		cmocka_unit_test(the_directory_of_tor_is_known),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
