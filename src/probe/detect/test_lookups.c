/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detectors dga and dns_tunnel, on small captures made here. */
#include <stdio.h>
#include <string.h>

#include "probe/test_world.h"

enum { SERVFAIL = 2, NXDOMAIN = 3, TYPE_A = 1, TYPE_NULL = 10, TYPE_TXT = 16 };

static const struct end pc = { 1, "192.0.2.10", 50001 }, dns = { 9, "192.0.2.1", 53 };

static struct world *office(void)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	return w;
}

static void message(struct world *w, double at, bool answer, int rcode, uint16_t type,
		    const char *name)
{
	SCOPED_BUF struct buf m;

	buf_init(&m, 0);
	buf_be16(&m, 0x1234);
	buf_be16(&m, (uint16_t)(answer ? 0x8180 | rcode : 0x0100));
	buf_be16(&m, 1);
	buf_be16(&m, 0);
	buf_be32(&m, 0);
	make_name(&m, name);
	buf_be16(&m, type);
	buf_be16(&m, 1);
	make_udp(&w->b, answer ? dns : pc, answer ? pc : dns, m.p, m.n);
	world_put(w, at);
}

/* N names made of WORD and a letter or number that changes. */
static const struct seen *ask(struct world *w, int n, int rcode, const char *format)
{
	char name[64];

	for (int i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), format, 'a' + i % 26, 'a' + i / 26);
		message(w, 1 + i, false, 0, TYPE_A, name);
		message(w, 1.5 + i, true, rcode, TYPE_A, name);
	}
	world_run(w);
	return world_find(w, "dga");
}

static void many_drawn_names_are_told(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = ask(w, 12, NXDOMAIN, "xkqzvwtr%c%c.example");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "192.0.2.1:53");
	world_free(w);
}

/* N names of joined words, asked for TIMES each, and OTHERS that exist. */
static struct world *joined(int n, int times, int others)
{
	static const char *const words[] = { "river", "stone", "cloud", "paper", "light",
					     "apple", "table", "glass", "metal", "storm" };
	struct world *w = office();
	char name[64];
	double at = 1;

	message(w, 0.5, false, 0, TYPE_A, "www.shop.example");
	for (int i = 0; i < n * times; i++) {
		int k = i / times;
		for (int o = 0; o < others / (n * times); o++) {
			make_dns_answer(&w->b, dns, pc, "www.shop.example", "203.0.113.7");
			world_put(w, at);
		}
		(void)snprintf(name, sizeof(name), "%s%s.example", words[k % 10],
			       words[k / 10 % 10]);
		message(w, at, false, 0, TYPE_A, name);
		message(w, at + 0.5, true, NXDOMAIN, TYPE_A, name);
		at++;
	}
	world_run(w);
	return w;
}

static void joined_words_are_told_when_hardly_anything_else_is_asked_for(void **state)
{
	(void)state;
	struct world *w = joined(50, 1, 0);
	const struct seen *f = world_find(w, "dga");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_MEDIUM);
	assert_non_null(strstr(f->reasons, "hardly one of them twice"));
	world_free(w);
	w = joined(30, 1, 0); /* too few for names that are words */
	assert_null(world_find(w, "dga"));
	world_free(w);
	w = joined(50, 3, 0); /* a filter blocks what pages ask for again and again */
	assert_null(world_find(w, "dga"));
	world_free(w);
	w = joined(50, 1, 100); /* somebody works, and much of it is missing */
	assert_null(world_find(w, "dga"));
	world_free(w);
}

static void few_names_are_not(void **state)
{
	(void)state;
	struct world *w = office();
	assert_null(ask(w, 9, NXDOMAIN, "xkqzvwtr%c%c.example"));
	world_free(w);
}

static void a_server_that_fails_says_nothing(void **state)
{
	(void)state;
	struct world *w = office();
	assert_null(ask(w, 40, SERVFAIL, "xkqzvwtr%c%c.example"));
	world_free(w);
}

static void one_domain_counts_once(void **state)
{
	(void)state;
	struct world *w = office();
	assert_null(ask(w, 40, NXDOMAIN, "pc-%c%c.xkqzvwtrpl.example"));
	world_free(w);
}

static void words_that_do_not_exist_are_typing_errors(void **state)
{
	(void)state;
	struct world *w = office();
	assert_null(ask(w, 40, NXDOMAIN, "shop%c%ces.example"));
	world_free(w);
}

static const struct seen *carry(struct world *w, int n, uint16_t type, const char *fill)
{
	char name[120];

	for (int i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "%s%d.t.example", fill, i * 7919);
		message(w, 1 + i * 0.1, false, 0, type, name);
	}
	world_run(w);
	return world_find(w, "dns_tunnel");
}

static void names_of_a_strange_kind_are_a_tunnel(void **state)
{
	(void)state;
	struct world *w = office();
	const struct seen *f = carry(w, 60, TYPE_NULL, "paf");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->name, "t.example");
	assert_string_equal(f->peer, "192.0.2.1:53");
	world_free(w);
}

static void long_names_that_ask_for_text_are_a_tunnel(void **state)
{
	(void)state;
	struct world *w = office();
	assert_non_null(carry(w, 150, TYPE_TXT, "0a1b2c3d4e5f60718293a4b5c6d7e8"));
	world_free(w);
}

static void many_short_names_are_a_content_network(void **state)
{
	(void)state;
	struct world *w = office();
	assert_null(carry(w, 900, TYPE_A, "img"));
	world_free(w);
}

static void a_full_table_forgets_and_counts(void **state)
{
	(void)state;
	struct world *w = office();
	char name[64];
	for (int i = 0; i < 2100; i++) {
		(void)snprintf(name, sizeof(name), "www.shop%d.example", i);
		message(w, 1 + i * 0.1, false, 0, TYPE_A, name);
	}
	struct probe_stats s = world_run(w);
	assert_int_equal(s.states_dropped, 2100 - 2048);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(many_drawn_names_are_told),
		cmocka_unit_test(joined_words_are_told_when_hardly_anything_else_is_asked_for),
		cmocka_unit_test(few_names_are_not),
		cmocka_unit_test(a_server_that_fails_says_nothing),
		cmocka_unit_test(one_domain_counts_once),
		cmocka_unit_test(words_that_do_not_exist_are_typing_errors),
		cmocka_unit_test(names_of_a_strange_kind_are_a_tunnel),
		cmocka_unit_test(long_names_that_ask_for_text_are_a_tunnel),
		cmocka_unit_test(many_short_names_are_a_content_network),
		cmocka_unit_test(a_full_table_forgets_and_counts),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
