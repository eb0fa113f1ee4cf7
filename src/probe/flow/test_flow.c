/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of flows: how they begin, fail and end, and that the table keeps its limit. */
#include <string.h>

#include "base/clock.h"
#include "base/test.h"
#include "probe/flow/flow.h"
#include "probe/test_packets.h"

enum { SMALL = 64 * 1024, EVENTS = FLOW_EVENT_END + 1 };

static const struct end pc = { 1, "192.0.2.10", 49152 }, web = { 2, "198.51.100.7", 443 };

struct world {
	struct flow_table *t;
	struct buf b;
	int64_t now_us;
	int count[EVENTS];
	struct flow last; /* as it ended */
};

static void on_event(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct world *w = arg;

	(void)d;
	w->count[ev]++;
	w->last = *f;
	w->last.facts = NULL;
}

static void world_init(struct world *w)
{
	struct flow_listener l = { .arg = w, .event = on_event };

	memset(w, 0, sizeof(*w));
	w->now_us = INT64_C(1700000000) * US_PER_SEC;
	buf_init(&w->b, 0);
	w->t = flow_table_new(SMALL, NULL, &l);
	flow_expire(w->t, w->now_us);
}

static void world_done(struct world *w)
{
	flow_table_free(w->t);
	buf_done(&w->b);
}

static void pass(struct world *w, int64_t us)
{
	w->now_us += us;
	flow_expire(w->t, w->now_us);
}

static void feed(struct world *w)
{
	struct packet p = packet_of(&w->b, w->now_us);
	struct dissected d;
	int dir;

	dissect(&p, &d);
	assert_non_null(flow_update(w->t, &d, &dir));
}

static void tcp(struct world *w, struct end from, struct end to, uint8_t flags, const char *data)
{
	make_tcp(&w->b, from, to, flags, 1, data);
	feed(w);
}

static uint64_t live(const struct world *w)
{
	struct flow_stats s;

	flow_stats_get(w->t, &s);
	return s.live;
}

static void a_connection_from_syn_to_fin(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	tcp(&w, pc, web, TCP_SYN, "");
	tcp(&w, web, pc, TCP_SYN | TCP_ACK, "");
	tcp(&w, pc, web, TCP_ACK, "question");
	tcp(&w, web, pc, TCP_ACK | TCP_FIN, "a longer answer");
	tcp(&w, pc, web, TCP_ACK | TCP_FIN, "");
	assert_int_equal(w.count[FLOW_EVENT_NEW], 1);
	assert_int_equal(w.count[FLOW_EVENT_OPEN], 1);
	assert_int_equal(w.count[FLOW_EVENT_END], 0);
	pass(&w, 10 * US_PER_SEC);
	assert_int_equal(w.count[FLOW_EVENT_END], 1);
	assert_int_equal(w.count[FLOW_EVENT_FAILED], 0);
	assert_int_equal(w.last.side[0].payload, 8);
	assert_int_equal(w.last.side[1].payload, 15);
	assert_int_equal(w.last.side[0].packets, 3);
	assert_int_equal(live(&w), 0);
	world_done(&w);
}

static void silence_is_a_failure_and_retries_are_one_attempt(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	for (int i = 0; i < 3; i++) {
		tcp(&w, pc, web, TCP_SYN, "");
		pass(&w, 3 * US_PER_SEC);
	}
	assert_int_equal(w.count[FLOW_EVENT_NEW], 1);
	assert_int_equal(w.count[FLOW_EVENT_FAILED], 0);
	pass(&w, 30 * US_PER_SEC);
	assert_int_equal(w.count[FLOW_EVENT_FAILED], 1);
	assert_int_equal(w.last.retries, 2);
	assert_false(w.last.refused);
	world_done(&w);
}

static void a_refused_syn_tried_again_is_one_attempt(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	for (int i = 0; i < 3; i++) {
		tcp(&w, pc, web, TCP_SYN, "");
		tcp(&w, web, pc, TCP_RST | TCP_ACK, "");
		pass(&w, 500000);
	}
	assert_int_equal(w.count[FLOW_EVENT_NEW], 1);
	assert_int_equal(w.count[FLOW_EVENT_FAILED], 1);
	assert_true(w.last.refused);
	world_done(&w);
}

static void a_port_used_again_is_a_new_flow(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	for (int i = 0; i < 2; i++) {
		tcp(&w, pc, web, TCP_SYN, "");
		tcp(&w, web, pc, TCP_SYN | TCP_ACK, "");
		tcp(&w, web, pc, TCP_RST, "");
	}
	assert_int_equal(w.count[FLOW_EVENT_NEW], 2);
	assert_int_equal(w.count[FLOW_EVENT_END], 1);
	world_done(&w);
}

static void the_syn_answer_alone_names_the_right_speaker(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	tcp(&w, web, pc, TCP_SYN | TCP_ACK, "");
	assert_int_equal(w.last.key.sport, pc.port);
	assert_int_equal(w.last.key.dport, web.port);
	world_done(&w);
}

static void an_open_flow_lives_as_long_as_it_speaks(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	tcp(&w, pc, web, TCP_SYN, "");
	tcp(&w, web, pc, TCP_SYN | TCP_ACK, "");
	for (int i = 0; i < 20; i++) {
		pass(&w, 3000 * US_PER_SEC);
		tcp(&w, pc, web, TCP_ACK, "alive");
	}
	assert_int_equal(w.count[FLOW_EVENT_END], 0);
	pass(&w, 3700 * US_PER_SEC);
	assert_int_equal(w.count[FLOW_EVENT_END], 1);
	world_done(&w);
}

static void a_flood_stays_within_the_limit(void **state)
{
	(void)state;
	struct world w;
	struct flow_stats s;
	world_init(&w);
	tcp(&w, pc, web, TCP_SYN, "");
	tcp(&w, web, pc, TCP_SYN | TCP_ACK, "");
	for (uint16_t i = 1; i < 60000; i++) {
		tcp(&w, (struct end){ 3, "203.0.113.9", i }, pc, TCP_SYN, "");
		if (i % 100 == 0)
			pass(&w, 10000);
	}
	flow_stats_get(w.t, &s);
	assert_true(s.live < SMALL / sizeof(struct flow));
	assert_int_equal(s.flows, s.live + (uint64_t)w.count[FLOW_EVENT_END]);
	assert_true(s.dropped > 0);
	tcp(&w, pc, web, TCP_ACK, "still known");
	assert_int_equal(w.count[FLOW_EVENT_OPEN], 1);
	flow_stats_get(w.t, &s);
	assert_int_equal(s.flows, 60000);
	flow_end_all(w.t);
	assert_int_equal(live(&w), 0);
	world_done(&w);
}

static void a_clock_set_back_ends_what_is_there(void **state)
{
	(void)state;
	struct world w;
	world_init(&w);
	tcp(&w, pc, web, TCP_SYN, "");
	pass(&w, -3600 * US_PER_SEC);
	assert_int_equal(w.count[FLOW_EVENT_END], 1);
	pass(&w, INT64_C(1000000) * US_PER_SEC);
	tcp(&w, pc, web, TCP_SYN, "");
	pass(&w, 25 * US_PER_SEC);
	assert_int_equal(w.count[FLOW_EVENT_END], 2);
	world_done(&w);
}

static void udp_opens_with_an_answer_and_fails_when_unreached(void **state)
{
	(void)state;
	struct world w;
	struct dissected d = { .unreached = { .proto = PROTO_UDP } };
	world_init(&w);
	make_udp(&w.b, pc, web, "a", 1);
	feed(&w);
	make_udp(&w.b, web, pc, "b", 1);
	feed(&w);
	assert_int_equal(w.count[FLOW_EVENT_OPEN], 1);
	struct end other = { 2, "198.51.100.8", 9999 };
	make_udp(&w.b, pc, other, "a", 1);
	feed(&w);
	d.unreached.src = w.last.key.src;
	d.unreached.dst = w.last.key.dst;
	d.unreached.sport = pc.port;
	d.unreached.dport = 9999;
	flow_unreached(w.t, &d);
	assert_int_equal(w.count[FLOW_EVENT_FAILED], 1);
	world_done(&w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(a_connection_from_syn_to_fin),
		cmocka_unit_test(silence_is_a_failure_and_retries_are_one_attempt),
		cmocka_unit_test(a_refused_syn_tried_again_is_one_attempt),
		cmocka_unit_test(a_port_used_again_is_a_new_flow),
		cmocka_unit_test(the_syn_answer_alone_names_the_right_speaker),
		cmocka_unit_test(an_open_flow_lives_as_long_as_it_speaks),
		cmocka_unit_test(a_flood_stays_within_the_limit),
		cmocka_unit_test(a_clock_set_back_ends_what_is_there),
		cmocka_unit_test(udp_opens_with_an_answer_and_fails_when_unreached),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
