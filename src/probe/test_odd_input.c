/* SPDX-License-Identifier: Apache-2.0 */
/* What must come out when packets are not as they should be: counted, followed as far as they can
 * be, and never more found than there is. Each with one worker and with two. */
#include <string.h>

#include "base/mem.h"
#include "probe/dissect/dissect.h"
#include "probe/test_world.h"

static const struct end pc = { 1, "192.0.2.10", 50000 }, web = { 9, "203.0.113.66", 8081 };

static struct probe_stats run(struct world *w, int64_t workers)
{
	w->n = w->problems = w->summaries = 0;
	w->summary_bytes = w->failed = 0;
	w->config.workers = workers;
	return world_run(w);
}

/* The packet in W->b, of which the capture kept KEPT bytes. */
static void put_snapped(struct world *w, double at_s, size_t kept)
{
	uint32_t whole = (uint32_t)w->b.n;

	w->b.n = kept < w->b.n ? kept : w->b.n;
	world_put(w, at_s);
	memcpy(w->file.p + w->file.n - w->b.n - 4, &whole, sizeof(whole));
}

static void tag(struct buf *b, uint16_t type)
{
	struct buf c;

	buf_init(&c, 0);
	buf_add(&c, b->p, 12);
	buf_be16(&c, type);
	buf_be16(&c, 7);
	buf_add(&c, b->p + 12, b->n - 12);
	buf_clear(b);
	buf_add(b, c.p, c.n);
	buf_done(&c);
}

static void fragments_belong_to_the_flow_of_the_first(void **state)
{
	(void)state;
	struct world *w = world_new();
	char bytes[1200] = { 0 };
	make_udp(&w->b, pc, web, bytes, sizeof(bytes));
	w->b.p[20] = 0x20; /* more fragments */
	world_put(w, 0);
	for (int i = 1; i <= 3; i++) {
		make_udp(&w->b, pc, web, bytes, sizeof(bytes));
		w->b.p[20] = i == 3 ? 0 : 0x20;
		w->b.p[21] = (char)(i * 151);
		world_put(w, 0.001 * i);
	}
	make_tcp(&w->b, pc, web, TCP_SYN, 1, "");
	w->b.p[21] = 1; /* a header that begins behind the first bytes: an old way past filters */
	w->b.p[20] = 0;
	world_put(w, 1);
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 5);
		assert_int_equal(s.packets_bad, 0);
		assert_int_equal(s.flows, 1);
		assert_int_equal(s.bytes, 4 * (14 + 20 + 8 + 1200) + 54);
		assert_int_equal(w->n, 0);
	}
	world_free(w);
}

static void tags_are_stepped_over_down_to_the_fourth(void **state)
{
	(void)state;
	struct world *w = world_new();
	for (int depth = 0; depth <= 6; depth++) {
		struct end from = pc; /* a flow each, so that both directions show it */
		from.port = (uint16_t)(40000 + depth);
		for (int back = 0; back < 2; back++) {
			make_tcp(&w->b, back ? web : from, back ? from : web,
				 back ? TCP_SYN | TCP_ACK : TCP_SYN, 1, "");
			for (int i = 0; i < depth; i++)
				tag(&w->b, i % 2 ? 0x88a8 : 0x8100);
			world_put(w, depth + 0.1 * back);
		}
	}
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 14);
		assert_int_equal(s.packets_bad, 0);
		assert_int_equal(s.flows, 5); /* without tags, and with one to four */
		assert_int_equal(w->failed, 0);
	}
	world_free(w);
}

/* Fifteen regular calls, each of which APART seconds after the one before. */
static void calls(struct world *w, double from_s, double apart, size_t snap)
{
	for (int i = 0; i < 15; i++) {
		struct end from = pc;
		double at = from_s + apart * i;
		from.port = (uint16_t)(50000 + i);
		make_tcp(&w->b, from, web, TCP_SYN, 1, "");
		put_snapped(w, at, snap);
		make_tcp(&w->b, web, from, TCP_SYN | TCP_ACK, 1, "");
		put_snapped(w, at + 0.01, snap);
		make_tcp(&w->b, from, web, TCP_ACK | TCP_PSH, 2, "GET / HTTP/1.1\r\n\r\n");
		put_snapped(w, at + 0.02, snap);
		make_tcp(&w->b, web, from, TCP_ACK | TCP_FIN, 2, "ok");
		put_snapped(w, at + 0.05, snap);
		make_tcp(&w->b, from, web, TCP_ACK | TCP_FIN, 3, "");
		put_snapped(w, at + 0.06, snap);
	}
}

static void someone_home(struct world *w)
{
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
}

static void a_beacon_shows_in_headers_alone(void **state)
{
	(void)state;
	struct world *w = world_new();
	someone_home(w);
	calls(w, 5, 60, 54); /* Ethernet, IP and TCP without a byte behind */
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 76);
		assert_int_equal(s.packets_bad, 0);
		assert_int_equal(s.flows, 15);
		assert_true(s.bytes > 76 * 54); /* as on the wire */
		assert_non_null(world_find(w, "beacon"));
		assert_int_equal(world_find(w, "beacon")->count, 15);
	}
	world_free(w);
}

static void half_headers_are_bad_and_nothing_else(void **state)
{
	(void)state;
	struct world *w = world_new();
	make_tcp(&w->b, pc, web, TCP_SYN, 1, "x");
	size_t whole = w->b.n;
	for (size_t kept = 1; kept < 54; kept++) {
		make_tcp(&w->b, pc, web, TCP_SYN, 1, "x");
		put_snapped(w, 0.1 * (double)kept, kept);
	}
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 53);
		assert_true(s.packets_bad >= 39); /* from where the type says IP */
		assert_int_equal(s.flows, 0);
		assert_int_equal(s.bytes, 53 * whole);
	}
	world_free(w);
}

static void jumbo_frames_are_followed(void **state)
{
	(void)state;
	struct world *w = world_new();
	const size_t sizes[] = { 8960, 9216, 65495 };
	uint8_t *bytes = mem_new(65495);
	someone_home(w);
	world_open(w, 1, pc, web);
	for (size_t i = 0; i < 3; i++)
		world_send(w, 2 + (double)i, pc, web, rd_of(bytes, sizes[i]));
	free(bytes);
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 6);
		assert_int_equal(s.packets_bad, 0);
		assert_int_equal(s.flows, 1);
		assert_int_equal(w->summary_bytes, s.bytes);
		assert_int_equal(s.bytes, 42 + 2 * 54 + 3 * 54 + 8960 + 9216 + 65495);
	}
	world_free(w);
}

static void a_clock_that_jumps_makes_no_finding(void **state)
{
	(void)state;
	struct world *w = world_new();
	const double jumps[] = { 0, 86400.0 * 365, 100, -86400.0 * 30, 4000, 3999, 4001 };
	someone_home(w);
	for (int i = 0; i < 7; i++) {
		struct end from = pc;
		from.port = (uint16_t)(50000 + i);
		world_talk(w, 10 + jumps[i], from, web, "hello", "hello");
	}
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.packets, 36);
		assert_int_equal(s.packets_bad, 0);
		assert_int_equal(s.flows, 7);
		assert_int_equal(s.flows_live, 0);
		assert_int_equal(s.first_us, T0 + (int64_t)(10 - 86400.0 * 30) * US_PER_SEC);
		assert_int_equal(w->summary_bytes, s.bytes); /* none is lost, none counted twice */
		assert_null(world_find(w, "beacon"));
		assert_null(world_find(w, "scan"));
	}
	world_free(w);
}

static void order_does_not_matter_within_a_minute(void **state)
{
	(void)state;
	struct world *w = world_new();
	someone_home(w);
	/* Each answer stands before its question, and calls overtake one another. */
	for (int i = 0; i < 15; i++) {
		struct end from = pc;
		int k = i % 3 == 0 ? i + 1 : i % 3 == 1 ? i - 1 : i;
		from.port = (uint16_t)(50000 + k);
		make_tcp(&w->b, web, from, TCP_SYN | TCP_ACK, 1, "");
		world_put(w, 5 + 20.0 * k + 0.01);
		make_tcp(&w->b, from, web, TCP_SYN, 1, "");
		world_put(w, 5 + 20.0 * k);
		make_tcp(&w->b, web, from, TCP_ACK | TCP_FIN, 2, "ok");
		world_put(w, 5 + 20.0 * k + 0.05);
		make_tcp(&w->b, from, web, TCP_ACK | TCP_FIN, 3, "hello");
		world_put(w, 5 + 20.0 * k + 0.02);
	}
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.flows, 15);
		assert_int_equal(w->failed, 0);
		const struct seen *f = world_find(w, "beacon");
		assert_non_null(f);
		assert_int_equal(f->count, 15);
		assert_string_equal(f->device, "192.0.2.10"); /* who asked, not who was first */
	}
	world_free(w);
}

static void segments_that_overlap_are_read_once(void **state)
{
	(void)state;
	struct world *w = world_new();
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
				   "Content-Length: 400\r\n\r\n";
	char body[400] = "MZ";
	struct buf all;
	someone_home(w);
	memcpy(body + 0x3c, "\x80\0\0\0", 4);
	memcpy(body + 0x80, "PE\0\0", 4);
	buf_init(&all, 0);
	buf_add(&all, head, strlen(head));
	buf_add(&all, body, sizeof(body));
	world_open(w, 1, pc, web);
	make_tcp(&w->b, pc, web, TCP_ACK | TCP_PSH, 2,
		 "GET /a.png HTTP/1.1\r\nHost: 203.0.113.66\r\n\r\n");
	world_put(w, 1.1);
	/* From, to: sent again, sent again longer, and partly what was there before. */
	const size_t part[][2] = {
		{ 0, 200 }, { 0, 200 }, { 100, 300 }, { 50, 350 }, { 300, all.n }
	};
	for (size_t i = 0; i < 5; i++) {
		make_tcp_bytes(&w->b, web, pc, TCP_ACK, (uint32_t)(2 + part[i][0]),
			       rd_of(all.p + part[i][0], part[i][1] - part[i][0]));
		world_put(w, 1.2 + 0.01 * (double)i);
	}
	buf_done(&all);
	for (int n = 1; n <= 2; n++) {
		struct probe_stats s = run(w, n);
		assert_int_equal(s.flows, 1);
		const struct seen *f = world_find(w, "download");
		assert_non_null(f);
		assert_int_equal(f->severity, SEVERITY_HIGH);
		assert_int_equal(f->count, 1);
	}
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(fragments_belong_to_the_flow_of_the_first),
		cmocka_unit_test(tags_are_stepped_over_down_to_the_fourth),
		cmocka_unit_test(a_beacon_shows_in_headers_alone),
		cmocka_unit_test(half_headers_are_bad_and_nothing_else),
		cmocka_unit_test(jumbo_frames_are_followed),
		cmocka_unit_test(a_clock_that_jumps_makes_no_finding),
		cmocka_unit_test(order_does_not_matter_within_a_minute),
		cmocka_unit_test(segments_that_overlap_are_read_once),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
