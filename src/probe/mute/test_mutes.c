/* SPDX-License-Identifier: Apache-2.0 */
/* Mutes on the sensor: the list with its counts and ends, findings that are not told, stories that
 * fall and come back. */
#include "probe/mute/mutes.h"
#include "probe/test_world.h"

static const struct end pc = { 1, "192.0.2.10", 50001 }, web = { 9, "203.0.113.7", 80 },
			tls = { 9, "203.0.113.8", 443 }, dns = { 9, "192.0.2.1", 53 };

static struct mute peer_mute(int64_t id, const char *peer, int64_t until_us)
{
	struct mute m = { .id = id, .until_us = until_us };

	assert_int_equal(mute_peer_set(&m, peer, NULL), 0);
	return m;
}

static void a_mute_holds_until_its_end_and_keeps_its_count(void **state)
{
	const char *peers[] = { "203.0.113.8:443" };
	const struct mute_subject s = {
		.detector = "beacon", .mac = "", .peers = peers, .n_peers = 1
	};
	const struct mute list[] = { peer_mute(7, "203.0.113.8", T0 + 100),
				     peer_mute(8, "203.0.113.0/24", T0 + 200) };
	struct mute_hits hits[MUTES_MAX];
	struct mutes *m = mutes_new();

	(void)state;
	assert_int_equal(mutes_find(m, &s, T0), 0);
	mutes_set(m, list, 2, T0);
	assert_int_equal(mutes_find(m, &s, T0), 7);
	mutes_hit(m, 7, T0 + 1);
	mutes_hit(m, 99, T0 + 1); /* there is none */
	assert_false(mutes_tick(m, T0 + 99));
	assert_true(mutes_tick(m, T0 + 100));
	assert_false(mutes_tick(m, T0 + 101));
	assert_int_equal(mutes_find(m, &s, T0 + 100), 8);
	assert_true(mutes_in_force(m, 8, T0 + 100));
	assert_false(mutes_in_force(m, 7, T0 + 100));
	mutes_set(m, list, 1, T0 + 100); /* what stays keeps its count */
	assert_int_equal(mutes_hits(m, hits), 1);
	assert_int_equal(hits[0].mute, 7);
	assert_int_equal(hits[0].hits, 1);
	assert_int_equal(hits[0].last_us, T0 + 1);
	const struct mute_hits earlier = { 7, 41, T0 - 5 };
	mutes_hits_set(m, &earlier, 1);
	assert_int_equal(mutes_hits(m, hits), 1);
	assert_int_equal(hits[0].hits, 41);
	assert_int_equal(mutes_find(m, &s, T0 + 100), 0);
	mutes_free(m);
}

/* Two things speak against the computer: a false browser at TLS, and a program that is dressed up.
 */
static struct world *infected(const struct mute *list, size_t n)
{
	struct world *w = world_new();

	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 0);
	make_dns_answer(&w->b, dns, (struct end){ 1, pc.ip, 5000 }, "www.shop.example", web.ip);
	world_put(w, 1);
	world_talk(
		w, 2, pc, tls,
		"GET / HTTP/1.1\r\nHost: 203.0.113.8\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0)"
		" Gecko/20100101 Firefox/99.0\r\n\r\n",
		"ok");
	world_talk(w, 3, (struct end){ 1, pc.ip, 50002 }, web,
		   "GET /a.jpg HTTP/1.1\r\nHost: www.shop.example\r\n\r\n",
		   "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\nMZ");
	make_arp(&w->b, 1, pc, "192.0.2.1");
	world_put(w, 900); /* until then all of it was looked at */
	w->mutes = list;
	w->n_mutes = n;
	return w;
}

static void what_is_muted_is_not_told_and_makes_no_story(void **state)
{
	const struct mute m = peer_mute(7, "203.0.113.8", INT64_MAX);
	struct world *w = infected(&m, 1);

	(void)state;
	world_run(w);
	assert_null(world_find(w, "odd_call"));
	assert_non_null(world_find(w, "download")); /* it concerns another one */
	assert_null(world_find(w, "host_story"));   /* one thing alone is no story */
	assert_int_equal(w->hits, 1);
	world_free(w);
}

static void without_the_mute_it_is_a_story(void **state)
{
	struct mute m = peer_mute(7, "198.51.100.8", INT64_MAX); /* of somebody else */
	struct world *w = infected(&m, 1);

	(void)state;
	world_run(w);
	assert_non_null(world_find(w, "odd_call"));
	const struct seen *f = world_find(w, "host_story");
	assert_non_null(f); /* which says that what is usual is not known yet, as odd_call did */
	assert_non_null(strstr(f->reasons, "what is usual here is not known"));
	assert_non_null(strstr(f->evidence, "baseline_days"));
	assert_int_equal(w->hits, 0);
	world_free(w);
	m = peer_mute(7, "203.0.113.8", T0 - 1); /* ended before */
	w = infected(&m, 1);
	world_run(w);
	assert_non_null(world_find(w, "host_story"));
	world_free(w);
}

/* What was heard while it was muted counts again, without being heard once more. */
static void when_a_mute_ends_the_past_counts_again(void **state)
{
	const struct mute m = peer_mute(7, "203.0.113.0/29", INT64_MAX);
	struct world *w = infected(&m, 1);

	(void)state;
	world_run(w);
	assert_null(world_find(w, "host_story"));
	assert_null(world_find(w, "download"));
	world_free(w);
	w = infected(&m, 1);
	w->unmute = true;
	world_run(w);
	const struct seen *f = world_find(w, "host_story");
	assert_non_null(f);
	assert_non_null(strstr(f->reasons, "odd_call"));
	world_free(w);
}

static void a_story_that_falls_is_taken_back(void **state)
{
	struct mute m = peer_mute(7, "203.0.113.8", INT64_MAX);
	struct world *w = infected(&m, 1);

	(void)state;
	w->late = true;
	world_run(w);
	const struct seen *f = world_find(w, "host_story");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_INFO);
	assert_non_null(strstr(f->reasons, "is muted or accepted: "));
	assert_null(strstr(f->reasons, "odd_call"));
	world_free(w);
	m = peer_mute(7, "203.0.113.99", INT64_MAX); /* of somebody else */
	w = infected(&m, 1);
	w->late = true;
	world_run(w);
	assert_true(world_find(w, "host_story")->severity >= SEVERITY_MEDIUM);
	world_free(w);
}

static void a_device_may_be_muted_for_one_kind(void **state)
{
	struct mute m = {
		.id = 7, .until_us = INT64_MAX, .detector = "download", .mac = "02:00:00:00:00:01"
	};
	struct world *w = infected(&m, 1);

	(void)state;
	world_run(w);
	assert_null(world_find(w, "download"));
	assert_non_null(world_find(w, "odd_call"));
	assert_null(world_find(w, "host_story"));
	world_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mute_holds_until_its_end_and_keeps_its_count),
		cmocka_unit_test(what_is_muted_is_not_told_and_makes_no_story),
		cmocka_unit_test(without_the_mute_it_is_a_story),
		cmocka_unit_test(when_a_mute_ends_the_past_counts_again),
		cmocka_unit_test(a_story_that_falls_is_taken_back),
		cmocka_unit_test(a_device_may_be_muted_for_one_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
