/* SPDX-License-Identifier: Apache-2.0 */
/* Watch on both databases: findings fold into alerts, mutes, telling the company, roll-ups, and
 * what another organisation sees of it: nothing. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/test_hub.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_store.h"
#include "hub/watch/watch_fold.h"
#include "hub/watch/watch_mail.h"
#include "hub/watch/watch_mute.h"
#include "hub/watch/watch_notice.h"
#include "hub/watch/watch_rollup.h"
#include "hub/watch/watch_store.h"

#define PHONE_MAC "d2:5e:77:3a:91:04"

struct made { /* a finding for one call */
	const char *detector, *story, *peer;
	int severity;
	int64_t at_us;
	double baseline_days; /* 0 = does not say */
	int64_t taken_back;   /* by this mute; 0 = it is not */
};

/* Hands one finding to the fold as the ingest writer does. */
static void find(struct test_hub *th, int64_t company_id, const struct made *m)
{
	char *peers[] = { (char *)(uintptr_t)m->peer };
	char *addresses[] = { (char *)(uintptr_t) "192.168.10.143" };
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	Otasuke__Wire__Finding f = OTASUKE__WIRE__FINDING__INIT;
	struct err e = { 0 };

	d.mac = (char *)(uintptr_t)PHONE_MAC;
	d.hostname = (char *)(uintptr_t) "Galaxy-A54";
	d.addresses = addresses;
	d.n_addresses = 1;
	f.detector = (char *)(uintptr_t)m->detector;
	f.story = (char *)(uintptr_t)m->story;
	f.severity = (Otasuke__Wire__Severity)m->severity;
	f.confidence = 0.9;
	f.device = &d;
	f.peers = peers;
	f.n_peers = 1;
	f.first_us = m->at_us - US_PER_MIN;
	f.last_us = m->at_us;
	f.count = 6;
	Otasuke__Wire__Evidence young = OTASUKE__WIRE__EVIDENCE__INIT, *evidence[] = { &young };
	young.name = (char *)(uintptr_t) "baseline_days";
	young.has_number = true;
	young.number = m->baseline_days;
	if (m->taken_back) {
		young.name = (char *)(uintptr_t) "story_mute";
		young.number = (double)m->taken_back;
	}
	f.evidence = evidence;
	f.n_evidence = m->baseline_days > 0 || m->taken_back;
	const struct fleet_finding ff = { .sequence = 1, .finding = &f };
	const struct fleet_batch b = { .company_id = company_id,
				       .sensor_id = 1,
				       .received_us = clock_utc_us(th->hub->clock),
				       .findings = &ff,
				       .n_findings = 1 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_non_null(t);
	assert_int_equal(watch_fold_take(th->hub->watch, t, &b, &e), 0);
	assert_int_equal(watch_fold_finish(th->hub->watch, t, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	watch_fold_done(th->hub->watch, true);
}

static const struct made botnet = { "known_bad",
				    "known_bad 203.0.113.66",
				    "203.0.113.66:8443",
				    SEVERITY_CRITICAL,
				    TEST_HUB_NOW,
				    0,
				    0 };

/* Alerts that S sees; STATE as in struct alert_filter. */
static size_t list(struct test_hub *th, const struct scope *s, const char *state, struct arena *a,
		   struct watch_alert **out)
{
	const struct alert_filter f = { .state = state };
	struct err e = { 0 };
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_non_null(t);
	assert_int_equal(watch_store_list(t, s, &f, a, out, &n, &e), 0);
	return n;
}

static void one_alert_a_story(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	int64_t company = test_hub_company(th, "みなと製作所");
	struct made later = botnet;

	for (int i = 0; i < 5; i++) {
		later.at_us += US_PER_MIN;
		find(th, company, &later);
	}
	later.story = "known_bad 198.51.100.9";
	find(th, company, &later);
	assert_int_equal(list(th, &scope_system, NULL, a, &w), 2);
	assert_int_equal(w[0].findings + w[1].findings, 6);
	assert_string_equal(w[0].device_name, "Galaxy-A54");
	assert_string_equal(w[0].state, ALERT_NEW);
}

static void severity_only_rises(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	int64_t company = test_hub_company(th, "みなと製作所");
	struct made m = botnet;

	m.severity = SEVERITY_LOW;
	find(th, company, &m);
	m.severity = SEVERITY_HIGH;
	find(th, company, &m);
	m.severity = SEVERITY_INFO;
	find(th, company, &m);
	assert_int_equal(list(th, &scope_system, NULL, a, &w), 1);
	assert_int_equal(w[0].severity, SEVERITY_HIGH);
}

static void an_ended_alert_makes_room_for_a_new_one(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所");
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));

	find(th, company, &botnet);
	assert_int_equal(list(th, &desk.scope, NULL, a, &w), 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_alert_close(t, &desk, w[0].id, "", TEST_HUB_NOW, &e), -EINVAL);
	assert_int_equal(watch_alert_close(t, &desk, w[0].id, "点検でした", TEST_HUB_NOW, &e), 0);
	assert_int_equal(watch_alert_close(t, &desk, w[0].id, "また", TEST_HUB_NOW, &e),
			 -ECONFLICT);
	assert_int_equal(txn_commit(&t, &e), 0);
	find(th, company, &botnet);
	assert_int_equal(list(th, &desk.scope, NULL, a, &w), 1);
	assert_int_equal(list(th, &desk.scope, "", a, &w), 2);
}

static void taken_by_one_person(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所");
	struct user one =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "one"));
	struct user two =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "two"));
	int64_t insurer = test_hub_org(th, "insurer", "保険会社");
	struct user clerk = test_hub_user(th, test_hub_person(th, insurer, ROLE_INSURER, "clerk"));

	test_hub_relate(th, company, insurer, "insurer");
	find(th, company, &botnet);
	assert_int_equal(list(th, &one.scope, NULL, a, &w), 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_alert_accept(t, &clerk, w[0].id, TEST_HUB_NOW, &e), -EDENIED);
	assert_int_equal(watch_alert_accept(t, &one, w[0].id, TEST_HUB_NOW, &e), 0);
	assert_int_equal(watch_alert_accept(t, &one, w[0].id, TEST_HUB_NOW, &e), 0);
	assert_int_equal(watch_alert_accept(t, &two, w[0].id, TEST_HUB_NOW, &e), -ECONFLICT);
}

static void foreign_organisation_sees_nothing(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t other = test_hub_org(th, "it_company", "よその会社");
	struct user spy = test_hub_user(th, test_hub_person(th, other, ROLE_TECHNICIAN, "spy"));

	find(th, company, &botnet);
	assert_int_equal(list(th, &scope_system, NULL, a, &w), 1);
	int64_t id = w[0].id;
	assert_int_equal(list(th, &spy.scope, "", a, &w), 0);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_alert_accept(t, &spy, id, TEST_HUB_NOW, &e), -ENOENT);
	assert_int_equal(watch_alert_close(t, &spy, id, "見えない", TEST_HUB_NOW, &e), -ENOENT);
	const struct watch_mute m = { .company_id = company,
				      .detector = "known_bad",
				      .device_mac = "",
				      .peer = "",
				      .name = "",
				      .until_us = TEST_HUB_NOW + US_PER_DAY,
				      .reason = "x" };
	assert_int_equal(watch_mute_add(t, &spy, &m, TEST_HUB_NOW, &id, &e), -ENOENT);
}

/* --- mutes --- */

static bool fits(const struct watch_mute *given, const struct watch_subject *s)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_mute m = *given;
	struct err e;

	if (watch_mute_read(&m, a, &e) < 0)
		fail_msg("%s", e.text);
	return watch_mute_fits(&m, s);
}

static void what_a_mute_fits(void **state)
{
	const struct watch_subject s = { "beacon", PHONE_MAC, "203.0.113.66:8443",
					 "cdn.example\nimg.cdn.example" };
	const struct watch_subject two = { "beacon", PHONE_MAC,
					   "203.0.113.66:8443\n[2001:db8::1]:443", "" };
	const struct watch_mute none = { .detector = "", .device_mac = "", .peer = "", .name = "" };
	struct watch_mute m = none;

	(void)state;
	assert_false(fits(&m, &s)); /* names nothing: would silence everything */
	m.detector = "beacon";
	assert_true(fits(&m, &s));
	m.device_mac = "00:00:00:00:00:01";
	assert_false(fits(&m, &s));
	m = none;
	m.peer = "203.0.113.66";
	assert_true(fits(&m, &s));
	assert_false(fits(&m, &two)); /* it concerns another one too */
	m.peer = "203.0.113.0/24";
	assert_true(fits(&m, &s));
	m.peer = "203.0.113.6"; /* a prefix is another address */
	assert_false(fits(&m, &s));
	m.peer = "203.0.113.66:80";
	assert_false(fits(&m, &s));
	m = none;
	m.port = 8443;
	assert_true(fits(&m, &s));
	assert_false(fits(&m, &two));
	m = none;
	m.name = "CDN.example";
	assert_true(fits(&m, &s));
	assert_false(fits(&m, &two)); /* it has no name */
	m.name = "img.cdn.example";
	assert_false(fits(&m, &s));
	m.name = "dn.example"; /* part of a label is another name */
	assert_false(fits(&m, &s));
}

static void a_mute_works_back_and_runs_out(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert *w;
	struct mute_preview preview;
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所"), id;
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	const struct watch_mute m = { .company_id = company,
				      .detector = "known_bad",
				      .device_mac = PHONE_MAC,
				      .peer = "",
				      .name = "",
				      .until_us = TEST_HUB_NOW + US_PER_DAY,
				      .reason = "点検" };

	find(th, company, &botnet);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_mute_preview(t, &desk.scope, &m, TEST_HUB_NOW, a, &preview, &e), 0);
	assert_int_equal(preview.alerts, 1);
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(list(th, &desk.scope, NULL, a, &w), 0);
	find(th, company, &botnet);
	assert_int_equal(list(th, &desk.scope, ALERT_MUTED, a, &w), 1);
	assert_int_equal(w[0].findings, 2);
	clock_fake_add(&th->clock, 2 * US_PER_DAY);
	find(th, company, &botnet);
	assert_int_equal(list(th, &desk.scope, NULL, a, &w), 1);
	assert_string_equal(w[0].state, ALERT_NEW);
}

/* A mute of another peer than those that the story names, as the sensor tells it. */
static void a_story_that_a_mute_lets_fall_is_muted(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t company = test_hub_company(th, "みなと製作所"), id = 0;
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	const struct watch_mute m = { .company_id = company,
				      .detector = "known_bad",
				      .device_mac = PHONE_MAC,
				      .peer = "198.51.100.7",
				      .name = "",
				      .until_us = TEST_HUB_NOW + US_PER_DAY,
				      .reason = "our own test server" };
	struct made story = { "host_story",
			      "host_story/signs",
			      "203.0.113.66:8443",
			      SEVERITY_HIGH,
			      TEST_HUB_NOW,
			      0,
			      0 };
	struct watch_alert *found;
	struct err e = { 0 };

	find(th, company, &story);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	story.severity = SEVERITY_INFO;
	story.taken_back = id + 1; /* of nobody, or another company's */
	find(th, company, &story);
	assert_int_equal(list(th, &desk.scope, ALERT_MUTED, a, &found), 0);
	story.taken_back = id;
	find(th, company, &story);
	assert_int_equal(list(th, &desk.scope, ALERT_MUTED, a, &found), 1);
	assert_int_equal(found[0].mute_id, id);
	story.severity = SEVERITY_HIGH; /* something new: it convinces again */
	story.taken_back = 0;
	find(th, company, &story);
	assert_int_equal(list(th, &desk.scope, ALERT_NEW, a, &found), 1);
}

static void a_mute_needs_scope_reason_and_end(struct test_hub *th)
{
	struct err e = { 0 };
	int64_t id;
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	struct watch_mute m = { .company_id = test_hub_company(th, "みなと製作所"),
				.detector = "",
				.device_mac = "",
				.peer = "",
				.name = "",
				.until_us = TEST_HUB_NOW + US_PER_DAY,
				.reason = "点検" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), -EINVAL);
	m.detector = "scan";
	m.reason = "";
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), -EINVAL);
	m.reason = "点検";
	m.until_us = TEST_HUB_NOW + 500 * US_PER_DAY;
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), -EINVAL);
	m.until_us = TEST_HUB_NOW + US_PER_DAY;
	m.peer = "192.0.2.0/33";
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), -EINVAL);
	assert_non_null(strstr(e.text, "192.0.2.0/33"));
	m.peer = "";
	m.name = "not a name";
	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), -EINVAL);
}

/* The items that wait for the company's sensor, of kind "mutes". */
static int64_t mutes_posted(struct test_hub *th, const char *state)
{
	struct err e = { 0 };
	int64_t n;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(db_one_int(t, &scope_system,
				    "@global SELECT count(*) FROM item WHERE kind = 'mutes'"
				    " AND state = $1",
				    DB_ARGS(DB_TEXT(state)), &n, &e),
			 0);
	return n;
}

static int64_t sensor_of(struct test_hub *th, int64_t company)
{
	struct err e = { 0 };
	int64_t id;
	struct fleet_sensor s = { .company_id = company,
				  .name = "本社",
				  .cert_sha256 = "c",
				  .version = "1",
				  .hardware = "" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	if (fleet_store_add(t, &scope_system, &s, &id, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static void sensors_hear_of_every_change_and_their_hits_count(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所"), id;
	int64_t other = test_hub_company(th, "あおば食品");
	int64_t sensor = sensor_of(th, company);
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	struct watch_mute m = { .company_id = company,
				.detector = "",
				.device_mac = "",
				.peer = "192.0.2.0/24",
				.port = 443,
				.name = "",
				.until_us = TEST_HUB_NOW + US_PER_DAY,
				.reason = "点検" };
	struct watch_mute *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(watch_mute_add(t, &desk, &m, TEST_HUB_NOW, &id, &e), 0);
	struct mute_hits hits = { id, 7, TEST_HUB_NOW };
	assert_int_equal(watch_mute_sensor_hits(t, company, sensor, &hits, &e), 0);
	hits.hits = 5; /* a sensor that lost its count */
	assert_int_equal(watch_mute_sensor_hits(t, company, sensor, &hits, &e), 0);
	hits.hits = 100; /* of another company's */
	assert_int_equal(watch_mute_sensor_hits(t, other, sensor + 1, &hits, &e), 0);
	assert_int_equal(watch_mute_hit(t, &scope_system, id, 2, &e), 0);
	assert_int_equal(watch_mutes(t, &desk.scope, company, TEST_HUB_NOW, a, &list, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].hits, 9);
	assert_int_equal(list[0].hit_us, TEST_HUB_NOW);
	assert_string_equal(list[0].peer, "192.0.2.0/24");
	assert_int_equal(list[0].port, 443);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(mutes_posted(th, "waiting"), 1);
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_mute_end(t, &desk, id, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(mutes_posted(th, "superseded"), 1);
	t = txn_begin(th->hub->db, TXN_READ, &e);
	struct item_row *items;
	assert_int_equal(fleet_item_store_waiting(t, sensor, 0, TEST_HUB_NOW, 9, a, &items, &n, &e),
			 0);
	assert_int_equal(n, 1);
	struct mute *rules;
	assert_int_equal(mutes_decode(items[0].body, items[0].body_n, a, &rules, &n, &e), 0);
	assert_int_equal(n, 0); /* ended: the sensor has none */
}

static void what_is_ours_is_a_mute(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_alert alert = { .company_id = 1,
				     .detector = "new_device",
				     .device_mac = PHONE_MAC,
				     .peers = "192.0.2.7:443",
				     .names = "" };
	struct watch_mute m;
	struct err e = { 0 };

	(void)th;
	assert_int_equal(watch_mute_of_alert(&alert, "device", a, &m, &e), 0);
	assert_string_equal(m.detector, "new_device");
	assert_string_equal(m.device_mac, PHONE_MAC);
	assert_int_equal(watch_mute_of_alert(&alert, "destination", a, &m, &e), 0);
	assert_string_equal(m.peer, "192.0.2.7");
	assert_int_equal(m.rule.port, 0);
	assert_string_equal(m.device_mac, "");
	alert.names = "a.example";
	assert_int_equal(watch_mute_of_alert(&alert, "destination", a, &m, &e), 0);
	assert_string_equal(m.name, "a.example");
	assert_string_equal(m.peer, "");
	alert.names = "a.example\nb.example"; /* which of them? */
	alert.peers = "";
	assert_int_equal(watch_mute_of_alert(&alert, "destination", a, &m, &e), -EINVAL);
	alert.device_mac = "";
	assert_int_equal(watch_mute_of_alert(&alert, "device", a, &m, &e), -EINVAL);
	assert_int_equal(watch_mute_of_alert(&alert, "world", a, &m, &e), -EINVAL);
}

/* --- telling the company --- */

static size_t calls(struct test_hub *th, struct arena *a, struct watch_notice **out)
{
	struct err e = { 0 };
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(
		watch_notice_calls(t, &scope_system, clock_utc_us(th->hub->clock), a, out, &n, &e),
		0);
	return n;
}

static void without_contacts_it_is_a_call(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_notice *n;
	struct err e = { 0 };
	struct user desk =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));

	find(th, test_hub_company(th, "みなと製作所"), &botnet);
	assert_int_equal(calls(th, a, &n), 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_notice_called(t, &desk, n[0].id, "perhaps", TEST_HUB_NOW, &e),
			 -EINVAL);
	assert_int_equal(watch_notice_called(t, &desk, n[0].id, "not_reached", TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(calls(th, a, &n), 0); /* in a quarter of an hour */
	clock_fake_add(&th->clock, 16 * US_PER_MIN);
	assert_int_equal(calls(th, a, &n), 1);
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(watch_notice_called(t, &desk, n[0].id, "reached", TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(calls(th, a, &n), 0);
}

static void small_things_are_not_told(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_notice *n;
	struct made m = botnet;

	m.severity = SEVERITY_LOW;
	find(th, test_hub_company(th, "みなと製作所"), &m);
	assert_int_equal(calls(th, a, &n), 0);
	m.severity = SEVERITY_CRITICAL; /* it became serious */
	find(th, 1, &m);
	assert_int_equal(calls(th, a, &n), 1);
}

static void one_call_for_one_device(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct watch_notice *n;
	int64_t company = test_hub_company(th, "みなと製作所");
	const struct made beacon = { "beacon",
				     "beacon 203.0.113.66",
				     "203.0.113.66:8443",
				     SEVERITY_HIGH,
				     TEST_HUB_NOW,
				     0,
				     0 };

	find(th, company, &botnet);
	find(th, company, &beacon);
	assert_int_equal(calls(th, a, &n), 1);
	assert_string_equal(n[0].contact_name, n[0].company_name); /* nobody else is named */
}

static void the_mail_speaks_plainly(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf subject = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	struct watch_alert *w;

	find(th, test_hub_company(th, "みなと製作所"), &botnet);
	assert_int_equal(list(th, &scope_system, NULL, a, &w), 1);
	const struct watch_notice n = { .contact_name = "佐藤 健",
					.company_name = "みなと製作所",
					.lang = LANG_JA };
	watch_mail_compose(th->hub, &n, &w[0], "TOKEN", &subject, &body);
	assert_non_null(strstr(body.p, "佐藤 健 様"));
	assert_non_null(strstr(body.p, "/r/TOKEN"));
	assert_non_null(strstr(body.p, "Galaxy-A54"));
	assert_null(strstr(body.p, "{0}"));
	assert_null(strstr(body.p, "card."));
	assert_null(strstr(subject.p, "watch."));
}

/* --- roll-ups --- */

static void traffic_row(struct test_hub *th, int64_t company, int64_t seq, int64_t start_us)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(
		db_exec(t, &scope_system,
			"INSERT INTO traffic (sensor_id, sequence, mac, address, company_id,"
			" start_us, length_us, bytes_in, bytes_out, packets, flows, flows_failed,"
			" dns_queries, dns_nxdomain, peers)"
			" SELECT 1, $1, 'm', 'a', $2, $3, 300000000, 10, 20, 1, 2, 0, 0, 0, 3"
			" WHERE @scope($2)",
			DB_ARGS(DB_INT(seq), DB_INT(company), DB_INT(start_us)), &e),
		1);
	assert_int_equal(watch_rollup_late(t, start_us, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static int64_t out_bytes(struct test_hub *th, int64_t company, enum watch_step step)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct watch_traffic_query q = {
		.company_id = company, .to_us = INT64_MAX, .mac = "", .step = step
	};
	struct watch_traffic *rows;
	struct err e = { 0 };
	size_t n;
	int64_t sum = 0;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(watch_traffic(t, &scope_system, &q, a, &rows, &n, &e), 0);
	for (size_t i = 0; i < n; i++)
		sum += rows[i].bytes_out;
	return sum;
}

static void traffic_rolls_up_once_and_late_data_counts(struct test_hub *th)
{
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所");

	traffic_row(th, company, 1, TEST_HUB_NOW - 3 * US_PER_HOUR);
	traffic_row(th, company, 2, TEST_HUB_NOW - US_PER_HOUR);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(out_bytes(th, company, WATCH_HOURS), 40);
	assert_int_equal(out_bytes(th, company, WATCH_DAYS), 40);
	traffic_row(th, company, 3, TEST_HUB_NOW - 2 * US_PER_DAY); /* weeks offline */
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(out_bytes(th, company, WATCH_HOURS), 60);
	assert_int_equal(out_bytes(th, company, WATCH_DAYS), 60);
}

static void the_store_does_not_grow_without_end(struct test_hub *th)
{
	struct err e = { 0 };
	int64_t company = test_hub_company(th, "みなと製作所");

	traffic_row(th, company, 1, TEST_HUB_NOW - US_PER_HOUR);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	clock_fake_add(&th->clock, 15 * US_PER_DAY);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(out_bytes(th, company, WATCH_FIVE_MINUTES), 0);
	assert_int_equal(out_bytes(th, company, WATCH_HOURS), 20);
	clock_fake_add(&th->clock, 90 * US_PER_DAY);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(out_bytes(th, company, WATCH_HOURS), 0);
	assert_int_equal(out_bytes(th, company, WATCH_DAYS), 20);
	clock_fake_add(&th->clock, 731 * US_PER_DAY);
	assert_int_equal(watch_rollup_run(th->hub, &e), 0);
	assert_int_equal(out_bytes(th, company, WATCH_DAYS), 0);
}

/* --- pages --- */

static void pages_show_it_to_whom_it_concerns(struct test_hub *th)
{
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	int64_t other = test_hub_org(th, "it_company", "よその会社");
	int64_t spy = test_hub_person(th, other, ROLE_TECHNICIAN, "spy");

	find(th, company, &botnet);
	struct test_answer a = test_hub_get(th, desk, "/alerts");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "Galaxy-A54"));
	assert_non_null(strstr(a.body, "みなと製作所"));
	a = test_hub_get(th, desk, "/alerts/1");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "203.0.113.66:8443"));
	a = test_hub_get(th, spy, "/alerts");
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body, "みなと製作所"));
	assert_int_equal(test_hub_get(th, spy, "/alerts/1").status, 404);
	assert_int_equal(test_hub_post(th, spy, "/alerts/1/accept", "").status, 404);
	assert_int_equal(test_hub_post(th, desk, "/alerts/1/accept", "").status, 303);
	assert_int_equal(test_hub_get(th, desk, "/alerts/1/mute").status, 200);
	assert_int_equal(test_hub_post(th, desk, "/alerts/1/close", "why=").status, 400);
	assert_int_equal(test_hub_get(th, 0, "/r/nothing").status, 404);
}

static void a_young_baseline_is_said_in_words(struct test_hub *th)
{
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	struct made calls = {
		"beacon", "beacon/x", "203.0.113.66:8443", SEVERITY_HIGH, TEST_HUB_NOW, 2.6, 0
	};

	find(th, company, &botnet); /* first: an update may use up a number */
	find(th, company, &calls);
	struct test_answer a = test_hub_get(th, desk, "/alerts/2");
	assert_non_null(strstr(a.body, "まだ 3 日です"));
	calls.baseline_days = 0.2;
	find(th, company, &calls);
	a = test_hub_get(th, desk, "/alerts/2");
	assert_non_null(strstr(a.body, "まだ 1 日たっていません"));
	a = test_hub_get(th, desk, "/alerts/1");
	assert_int_equal(a.status, 200);
	assert_null(strstr(a.body, "普段の様子"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_young_baseline_is_said_in_words),
		ON_BOTH(one_alert_a_story),
		ON_BOTH(severity_only_rises),
		ON_BOTH(an_ended_alert_makes_room_for_a_new_one),
		ON_BOTH(taken_by_one_person),
		ON_BOTH(foreign_organisation_sees_nothing),
		cmocka_unit_test(what_a_mute_fits),
		ON_BOTH(a_mute_works_back_and_runs_out),
		ON_BOTH(a_story_that_a_mute_lets_fall_is_muted),
		ON_BOTH(a_mute_needs_scope_reason_and_end),
		ON_BOTH(sensors_hear_of_every_change_and_their_hits_count),
		ON_BOTH(what_is_ours_is_a_mute),
		ON_BOTH(without_contacts_it_is_a_call),
		ON_BOTH(small_things_are_not_told),
		ON_BOTH(one_call_for_one_device),
		ON_BOTH(the_mail_speaks_plainly),
		ON_BOTH(traffic_rolls_up_once_and_late_data_counts),
		ON_BOTH(the_store_does_not_grow_without_end),
		ON_BOTH(pages_show_it_to_whom_it_concerns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
