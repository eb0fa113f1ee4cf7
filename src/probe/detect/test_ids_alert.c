/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the detector ids_alert, and what known_bad hears from other programs. */
#include <string.h>

#include "probe/story/story.h"
#include "probe/test_world.h"

#define EVE(type, when, src, dst, more)                                                            \
	"{\"timestamp\":\"2023-11-14T22:" when ".000000+0000\",\"event_type\":\"" type "\","       \
	"\"src_ip\":\"" src "\",\"src_port\":50001,\"dest_ip\":\"" dst "\",\"dest_port\":443,"     \
	"\"proto\":\"TCP\"," more "}\n"
#define SIGNATURE(id, category)                                                                    \
	"\"alert\":{\"action\":\"blocked\",\"signature_id\":" id ",\"signature\":\"A test\","      \
	"\"category\":\"" category "\",\"severity\":1}"
#define TROJAN "A Network Trojan was detected"
#define TRY    "Attempted Administrator Privilege Gain"

static char home[] = "192.0.2.0/24";

static struct world *hear(const char *lines)
{
	struct world *w = world_new();

	w->config.home = home;
	w->told = lines;
	world_hear(w);
	return w;
}

static void a_trojan_is_a_finding_about_the_device_inside(void **state)
{
	(void)state;
	struct world *w =
		hear(EVE("alert", "15:00", "192.0.2.10", "203.0.113.7", SIGNATURE("7", TROJAN)));
	const struct seen *f = world_find(w, "ids_alert");
	assert_non_null(f);
	assert_string_equal(f->device, "192.0.2.10");
	assert_string_equal(f->peer, "203.0.113.7:443");
	assert_int_equal(f->severity, SEVERITY_HIGH);
	assert_string_equal(f->story, "ids_alert/192.0.2.10/Suricata/7");
	world_free(w);
	w = hear(EVE("alert", "15:00", "203.0.113.7", "192.0.2.10", SIGNATURE("7", TROJAN)));
	f = world_find(w, "ids_alert");
	assert_non_null(f); /* the answer of the server matched: still about ours */
	assert_string_equal(f->device, "192.0.2.10");
	assert_int_equal(f->severity, SEVERITY_HIGH);
	world_free(w);
}

static void knocking_from_outside_is_no_finding(void **state)
{
	(void)state;
	struct world *w =
		hear(EVE("alert", "15:00", "203.0.113.7", "192.0.2.10", SIGNATURE("7", TRY)));
	assert_null(world_find(w, "ids_alert"));
	world_free(w);
	w = hear(EVE("alert", "15:00", "192.0.2.11", "192.0.2.10", SIGNATURE("7", TRY)));
	const struct seen *f = world_find(w, "ids_alert");
	assert_non_null(f); /* the same inside is one of ours that attacks */
	assert_string_equal(f->device, "192.0.2.11");
	assert_int_equal(f->severity, SEVERITY_LOW);
	world_free(w);
}

static void strangers_among_themselves_are_counted_only(void **state)
{
	struct world *w = world_new();

	(void)state;
	w->config.home = home;
	w->told = EVE("alert", "15:00", "198.51.100.1", "203.0.113.7", SIGNATURE("7", TROJAN));
	struct probe_stats s = world_hear(w);
	assert_int_equal(w->n, 0);
	assert_int_equal(s.records, 1);
	assert_int_equal(s.records_elsewhere, 1);
	world_free(w);
}

static void repeats_update_one_story_and_two_signs_make_another(void **state)
{
	(void)state;
	struct world *w = hear(
		EVE("alert", "15:00", "192.0.2.10", "203.0.113.7", SIGNATURE("7", TROJAN)) EVE(
			"alert", "15:30", "192.0.2.10", "203.0.113.7", SIGNATURE("7", TROJAN))
			EVE("alert", "17:00", "192.0.2.10", "203.0.113.8", SIGNATURE("7", TROJAN))
				EVE("alert", "18:00", "192.0.2.10", "203.0.113.7",
				    SIGNATURE("8", TRY)));
	int stories = 0;
	for (int i = 0; i < w->n; i++)
		stories += strcmp(w->found[i].story, "ids_alert/192.0.2.10/Suricata/7") == 0;
	assert_true(stories >= 2);
	assert_int_equal(world_find(w, "host_story")->severity, SEVERITY_HIGH);
	world_free(w);
}

static void the_indicator_list_is_asked_about_what_others_saw(void **state)
{
	(void)state;
	struct world *w = world_new();
	char list[TEST_DIR_MAX + 8];
	(void)snprintf(list, sizeof(list), "%s/list", w->dir);
	assert_int_equal(file_write(list, 0600, "domain,bad.example\nip,203.0.113.9\n", 34, NULL),
			 0);
	w->config.home = home;
	w->config.indicators = list;
	w->told = EVE("dns", "15:00", "192.0.2.10", "192.0.2.1",
		      "\"dns\":{\"type\":\"query\",\"rrname\":\"c2.bad.example\"}")
		EVE("flow", "15:01", "192.0.2.11", "203.0.113.9",
		    "\"flow\":{\"pkts_toserver\":3,\"pkts_toclient\":4,\"bytes_toserver\":300,"
		    "\"bytes_toclient\":400,\"state\":\"closed\"}");
	world_hear(w);
	assert_int_equal(w->n, 2);
	assert_string_equal(w->found[0].detector, "known_bad");
	assert_string_equal(w->found[0].device, "192.0.2.10");
	assert_string_equal(w->found[0].name, "c2.bad.example");
	assert_int_equal(w->found[0].severity, SEVERITY_HIGH);
	assert_string_equal(w->found[1].device, "192.0.2.11");
	assert_string_equal(w->found[1].peer, "203.0.113.9:443");
	assert_int_equal(w->found[1].severity, SEVERITY_CRITICAL);
	world_free(w);
}

/* The same connection, seen by us and told by another program. */
static void what_we_saw_is_not_counted_twice(void **state)
{
	static const struct end pc = { 1, "192.0.2.10", 50001 }, bad = { 9, "203.0.113.9", 443 };
	struct world *w = world_new();
	char list[TEST_DIR_MAX + 8];

	(void)state;
	(void)snprintf(list, sizeof(list), "%s/list", w->dir);
	assert_int_equal(file_write(list, 0600, "ip,203.0.113.9\n", 15, NULL), 0);
	w->config.home = home;
	w->config.indicators = list;
	world_talk(w, 1700, pc, bad, "a", "b"); /* 22:41:40 */
	w->before =
		EVE("alert", "13:20", "192.0.2.99", "203.0.113.1", SIGNATURE("1", "Misc activity"));
	w->told = EVE("flow", "41:40", "192.0.2.10", "203.0.113.9",
		      "\"flow\":{\"pkts_toclient\":4,\"bytes_toserver\":9999,\"state\":\"closed\"}")
		EVE("alert", "41:41", "192.0.2.10", "203.0.113.9", SIGNATURE("7", TROJAN));
	world_run(w);
	assert_int_equal(world_find(w, "known_bad")->count, 1);
	assert_non_null(world_find(w, "ids_alert"));
	assert_null(world_find(w, "host_story")); /* one thing, told by two */
	world_free(w);
}

static void an_echo_adds_what_it_weighs_beyond(void **state)
{
	struct thresholds t;
	struct clue c[2] = {
		{ .kind = "beacon", .weight = 50, .n_peers = 1, .peer = { "203.0.113.9:443" } },
		{ .kind = "ids_alert",
		  .weight = 80,
		  .echo = true,
		  .n_peers = 1,
		  .peer = { "203.0.113.9:443" } },
	};
	double best;
	size_t kinds;

	(void)state;
	thresholds_init(&t);
	assert_float_equal(story_score(&t, c, 2, 0, &best, &kinds), 80, 0.01);
	assert_float_equal(best, 80, 0.01);
	c[1].echo = false;
	assert_float_equal(story_score(&t, c, 2, 0, &best, &kinds), 130, 0.01);
	c[1].echo = true;
	(void)snprintf(c[1].peer[0], sizeof(c[1].peer[0]), "203.0.113.10:443");
	assert_float_equal(story_score(&t, c, 2, 0, &best, &kinds), 130, 0.01);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_trojan_is_a_finding_about_the_device_inside),
		cmocka_unit_test(knocking_from_outside_is_no_finding),
		cmocka_unit_test(strangers_among_themselves_are_counted_only),
		cmocka_unit_test(repeats_update_one_story_and_two_signs_make_another),
		cmocka_unit_test(the_indicator_list_is_asked_about_what_others_saw),
		cmocka_unit_test(what_we_saw_is_not_counted_twice),
		cmocka_unit_test(an_echo_adds_what_it_weighs_beyond),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
