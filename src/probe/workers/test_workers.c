/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of several workers: whatever their number, the findings and sums are those of one thread;
 * every packet of a flow meets the same worker; nothing hangs when it is ended early. */
#include <string.h>

#include "base/mem.h"
#include "probe/dissect/dissect.h"
#include "probe/test_world.h"

enum { PACKETS = 12000, HOSTS = 12, LARGE = 15000 };

struct told {
	struct buf text;
	unsigned findings;
};

static void on_finding(void *arg, const struct finding *f)
{
	struct told *t = arg;

	t->findings++;
	buf_printf(&t->text, "%s %s %d %.4f %lld %lld %llu", f->detector, f->story, f->severity,
		   f->confidence, (long long)f->first_us, (long long)f->last_us,
		   (unsigned long long)f->count);
	for (size_t i = 0; i < f->n_peers; i++)
		buf_printf(&t->text, " %s", f->peers[i]);
	for (size_t i = 0; i < f->n_reasons; i++)
		buf_printf(&t->text, " | %s", f->reasons[i]);
	buf_addc(&t->text, '\n');
}

static void on_summary(void *arg, const struct interval *s)
{
	struct told *t = arg;

	buf_printf(&t->text, "summary %lld %llu %llu", (long long)s->start_us,
		   (unsigned long long)s->packets, (unsigned long long)s->bytes);
	for (size_t i = 0; i < s->n_traffic; i++) {
		const struct traffic *d = &s->traffic[i];
		buf_printf(&t->text, " %s %llu/%llu/%llu/%llu/%llu/%llu", d->mac,
			   (unsigned long long)d->bytes_in, (unsigned long long)d->bytes_out,
			   (unsigned long long)d->packets, (unsigned long long)d->flows,
			   (unsigned long long)d->flows_failed, (unsigned long long)d->dns_queries);
	}
	buf_addc(&t->text, '\n');
}

static struct probe_stats run(struct world *w, int64_t workers, struct told *t)
{
	struct probe_sink sink = { .arg = t, .finding = on_finding, .summary = on_summary };
	struct probe_stats s;
	struct probe *p = NULL;
	struct err e = { 0 };

	*t = (struct told){ 0 };
	buf_init(&t->text, 0);
	w->config.workers = workers;
	pcap_write(&w->file, w->path);
	assert_int_equal(probe_new(&w->config, &sink, &p, &e), 0);
	for (int file = 0; file < 2; file++) { /* a file may follow another */
		assert_int_equal(probe_open_file(p, w->path, &e), 0);
		while (probe_step(p, 0, &e) > 0)
			;
	}
	probe_finish(p);
	probe_stats_get(p, &s);
	probe_free(p);
	return s;
}

static uint32_t roll(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

static void make_unreached(struct buf *b, struct end from, struct end to)
{
	make_ether(b, to.mac, from.mac, 0x0800);
	make_ipv4(b, to.ip, from.ip, 1, 36);
	buf_add(b, "\x03\x03\0\0\0\0\0\0", 8);
	make_ipv4(b, from.ip, to.ip, 17, 8);
	buf_be16(b, from.port);
	buf_be16(b, to.port);
	buf_be32(b, 0x00080000);
}

/* One packet, or a few that belong together, of what a network sees. */
static void something(struct world *w, double at, uint32_t *seed)
{
	static const struct end dns = { 99, "192.0.2.1", 53 };
	char ip[32], far[32], name[64];
	uint8_t host = (uint8_t)(1 + roll(seed, HOSTS));
	(void)snprintf(ip, sizeof(ip), "192.0.2.%u", 10 + host);
	(void)snprintf(far, sizeof(far), "203.0.%u.%u", roll(seed, 3), roll(seed, 200));
	(void)snprintf(name, sizeof(name), "h%u.example", roll(seed, 500));
	uint16_t port = (uint16_t)(1024 + roll(seed, 60000));
	struct end from = { host, ip, port };
	struct end to = { 99, far, (uint16_t)(roll(seed, 2) ? 80 : 8000 + roll(seed, 9)) };

	switch (roll(seed, 8)) {
	case 0:
		make_arp(&w->b, 1, from, "192.0.2.1");
		break;
	case 1:
		make_dns_query(&w->b, from, dns, name);
		world_put(w, at);
		make_dns_answer(&w->b, dns, from, name, far);
		break;
	case 2:
		world_talk(w, at, from, to, "GET /a HTTP/1.1\r\nHost: x.example\r\n\r\n",
			   "HTTP/1.1 200 OK\r\n\r\nhello");
		return;
	case 3: /* nobody answers */
		make_tcp(&w->b, from, (struct end){ 99, far, 23 }, TCP_SYN, 1, "");
		break;
	case 4:
		make_udp(&w->b, from, (struct end){ 99, far, 7000 }, "x", 1);
		world_put(w, at);
		make_unreached(&w->b, from, (struct end){ 99, far, 7000 });
		break;
	case 5:
		make_ping(&w->b, from, to, port, false);
		world_put(w, at);
		make_ping(&w->b, to, from, port, true);
		break;
	default: /* a password is tried */
		world_talk(w, at, from, (struct end){ 99, "203.0.113.9", 21 }, "PASS x\r\n",
			   "530 no\r\n");
		return;
	}
	world_put(w, at);
}

static struct world *busy_network(void)
{
	struct world *w = world_new();
	uint32_t seed = 7;
	double at = 0;

	for (int i = 0; i < PACKETS / 3; i++) {
		at += roll(&seed, 100) / 50.0;
		something(w, at, &seed);
		if (i % 500 == 499)
			at += 300 + roll(&seed, 4000); /* a pause: flows end in it */
		if (i == PACKETS / 4)
			at -= 7200; /* the clock is set back */
	}
	return w;
}

/* Says which line differs, not only that one does. */
static void assert_same_lines(const char *a, const char *b)
{
	while (*a || *b) {
		size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");
		if (n != m || memcmp(a, b, n) != 0)
			fail_msg("more: %.*s\none:  %.*s", (int)n, a, (int)m, b);
		a += n + (a[n] != 0);
		b += m + (b[m] != 0);
	}
}

static void any_number_finds_the_same(void **state)
{
	(void)state;
	struct world *w = busy_network();
	struct told one, more;
	struct probe_stats a = run(w, 1, &one);
	assert_true(one.findings > 20);
	for (int n = 1; n <= 5; n++) {
		struct probe_stats b = run(w, n, &more);
		assert_same_lines(more.text.p, one.text.p);
		assert_int_equal(b.packets, a.packets);
		assert_int_equal(b.bytes, a.bytes);
		assert_int_equal(b.flows, a.flows);
		assert_int_equal(b.devices, a.devices);
		assert_int_equal(b.findings, a.findings);
		assert_int_equal(b.first_us, a.first_us);
		assert_int_equal(b.last_us, a.last_us);
		assert_int_equal(b.flows_live, 0);
		buf_done(&more.text);
	}
	buf_done(&one.text);
	world_free(w);
}

/* More bytes than the windows hold, and more flows that end at once than there is room to tell. */
static struct world *large_network(void)
{
	static uint8_t bytes[1200];
	struct world *w = world_new();

	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < LARGE; i++) {
			char far[32];
			(void)snprintf(far, sizeof(far), "203.0.%u.%u", i / 250, i % 250);
			struct end from = { 1, "192.0.2.11", (uint16_t)(1024 + i) };
			make_udp(&w->b, from, (struct end){ 99, far, 7000 }, bytes, sizeof(bytes));
			world_put(w, round * 4000 + i * 0.0001);
		}
	}
	return w;
}

static void assert_same_with_two(struct world *w)
{
	struct told one, two;
	struct probe_stats a = run(w, 1, &one), b = run(w, 2, &two);

	assert_same_lines(two.text.p, one.text.p);
	assert_int_equal(b.packets, a.packets);
	assert_int_equal(b.bytes, a.bytes);
	assert_int_equal(b.flows, a.flows);
	assert_int_equal(b.records_bad, a.records_bad);
	buf_done(&one.text);
	buf_done(&two.text);
}

static void what_does_not_fit_at_once_waits(void **state)
{
	(void)state;
	struct world *w = large_network();
	assert_same_with_two(w);
	world_free(w);
}

static void a_long_damage_is_stepped_over(void **state)
{
	(void)state;
	struct world *w = large_network();
	memset(w->file.p + w->file.n / 2, 0xff, 5 << 20);
	assert_same_with_two(w);
	world_free(w);
}

static void a_cut_file_is_told_and_what_was_read_counts(void **state)
{
	(void)state;
	struct world *w = busy_network();
	w->file.n -= 10;
	w->config.workers = 2;
	struct probe_stats s = world_run(w);
	assert_int_equal(w->problems, 1);
	assert_int_equal(s.records_bad, 1);
	assert_true(s.packets > PACKETS / 3);
	world_free(w);
}

static void it_may_be_ended_at_any_time(void **state)
{
	(void)state;
	struct world *w = busy_network();
	struct probe_sink nobody = { 0 };
	struct err e = { 0 };
	w->config.workers = 3;
	pcap_write(&w->file, w->path);
	for (int steps = 0; steps < 8; steps++) {
		struct probe *p = NULL;
		assert_int_equal(probe_new(&w->config, &nobody, &p, &e), 0);
		assert_int_equal(probe_open_file(p, w->path, &e), 0);
		for (int i = 0; i < steps; i++)
			assert_true(probe_step(p, 0, &e) >= 0);
		if (steps % 2)
			probe_finish(p);
		probe_free(p);
	}
	world_free(w);
}

static void a_missing_file_is_an_error(void **state)
{
	(void)state;
	struct world *w = world_new();
	struct probe_sink nobody = { 0 };
	struct probe *p = NULL;
	struct err e = { 0 };
	w->config.workers = 2;
	assert_int_equal(probe_new(&w->config, &nobody, &p, &e), 0);
	assert_true(probe_open_file(p, "/nowhere/x.pcap", &e) < 0);
	pcap_write(&w->file, w->path); /* no packet in it */
	assert_int_equal(probe_open_file(p, w->path, &e), 0);
	while (probe_step(p, 0, &e) > 0)
		;
	probe_finish(p);
	probe_free(p);
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(any_number_finds_the_same),
		cmocka_unit_test(what_does_not_fit_at_once_waits),
		cmocka_unit_test(a_long_damage_is_stepped_over),
		cmocka_unit_test(a_cut_file_is_told_and_what_was_read_counts),
		cmocka_unit_test(it_may_be_ended_at_any_time),
		cmocka_unit_test(a_missing_file_is_an_error),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
