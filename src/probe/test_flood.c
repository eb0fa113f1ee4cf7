/* SPDX-License-Identifier: Apache-2.0 */
/* A flood of made-up connections and a scan of very many addresses: the tables keep their limit,
 * what is given up is counted, and connections that were there before live on. */
#include <string.h>

#include "probe/dissect/dissect.h"
#include "probe/flow/flow.h"
#include "probe/test_world.h"

enum { PACKETS = 60000, MEMORY = 1 << 20, PER_SECOND = 20000 };

static const struct end pc = { 1, "192.0.2.10", 50000 }, web = { 9, "203.0.113.66", 443 },
			router = { 9, "192.0.2.1", 0 };

/* The SYN in W->b from or to address N, with a source port of its own. */
static void number(struct world *w, size_t at, uint32_t n)
{
	uint32_t a = 0x0b000000 + n * 2654435761u % 0x30000000; /* 11.0.0.0 on: each once */

	for (int i = 0; i < 4; i++)
		w->b.p[at + (size_t)i] = (char)(a >> (24 - 8 * i));
	w->b.p[34] = (char)(4 + n % 200);
	w->b.p[35] = (char)(n / 200);
}

static void home(struct world *w)
{
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_arp(&w->b, 2, router, "192.0.2.10");
	world_put(w, 0.1);
}

/* AT: where in the frame the address that changes lies. Between its packets, a connection speaks.
 */
static void storm(struct world *w, struct end from, struct end to, size_t at)
{
	world_open(w, 1, pc, web);
	for (uint32_t i = 0; i < PACKETS; i++) {
		double t = 2 + (double)i / PER_SECOND;
		make_tcp(&w->b, from, to, TCP_SYN, 1, "");
		number(w, at, i);
		world_put(w, t);
		if (i % 1000 == 0) {
			make_tcp(&w->b, pc, web, TCP_ACK, 2 + i, "");
			world_put(w, t);
		}
	}
}

static void assert_held(const struct probe_stats *s, int64_t workers)
{
	uint64_t most = MEMORY / sizeof(struct flow);

	/* Another packet of the connection would be another flow if it had been given up. */
	assert_int_equal(s->flows, PACKETS + 1);
	assert_true(s->flows_dropped >= PACKETS - most);
	assert_true(s->flows_dropped < PACKETS);
	assert_int_equal(s->packets, 2 + 2 + PACKETS + PACKETS / 1000);
	assert_int_equal(s->packets_bad, 0);
	assert_true(s->worker_waits == 0 || workers > 1);
}

static void a_flood_leaves_what_was_open(void **state)
{
	(void)state;
	struct world *w = world_new();
	w->config.flow_memory_bytes = MEMORY;
	home(w);
	storm(w, (struct end){ 9, "11.0.0.0", 1 }, (struct end){ 1, pc.ip, 445 }, 26);
	for (int64_t n = 1; n <= 2; n++) {
		w->config.workers = n;
		struct probe_stats s = world_run(w);
		assert_held(&s, n);
		assert_true(s.devices <= 2); /* nobody who only claims an address becomes one */
	}
	world_free(w);
}

static void a_scan_of_many_leaves_what_was_open_and_is_found(void **state)
{
	(void)state;
	struct world *w = world_new();
	w->config.flow_memory_bytes = MEMORY;
	home(w);
	storm(w, pc, (struct end){ 9, "11.0.0.0", 23 }, 30);
	for (int64_t n = 1; n <= 2; n++) {
		w->n = 0;
		w->config.workers = n;
		struct probe_stats s = world_run(w);
		assert_held(&s, n);
		const struct seen *f = world_find(w, "scan");
		assert_non_null(f);
		assert_true(f->severity >= SEVERITY_HIGH);
		assert_string_equal(f->device, "192.0.2.10");
		assert_true(w->n < FOUND_MAX); /* one story, not one a target */
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_flood_leaves_what_was_open),
		cmocka_unit_test(a_scan_of_many_leaves_what_was_open_and_is_found),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
