/* SPDX-License-Identifier: Apache-2.0 */
/* Lists on both databases: editions, what is held back, bundles and who gets them, hits and
 * verdicts, and what roles see. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_store.h"
#include "hub/intel/intel_good.h"
#include "hub/intel/intel_hit.h"
#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_set.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"
#include "hub/test_hub.h"
#include "wire/indicator/known_good.h"

struct world {
	struct test_hub *th;
	struct arena *arena;
	int64_t admin, company, sensor;
	struct user u;
};

static struct world world_make(struct test_hub *th)
{
	struct world w = { .th = th, .arena = arena_new(0) };

	w.admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN | ROLE_DESK, "admin");
	w.company = test_hub_company(th, "みなと製作所");
	w.u = test_hub_user(th, w.admin);
	return w;
}

static struct intel_feed feed_make(struct world *w, const char *name, const char *role)
{
	struct intel_feed f = { .name = name,
				.role = role,
				.way = WAY_UPLOAD,
				.place = "",
				.source = "",
				.licence = "",
				.format = "",
				.tlp = TLP_GREEN,
				.confidence = 80,
				.every_s = 3600,
				.enabled = true };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_WRITE, &e);

	if (!t || intel_feed_set(t, &w->u, &f, TEST_HUB_NOW, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	return f;
}

static int try_import(struct world *w, const struct intel_feed *f, const char *text, bool dry_run,
		      struct intel_report *out, struct err *e)
{
	const struct intel_file file = { "list.txt", text, strlen(text) };
	const struct intel_input in = { .file = &file };
	const struct intel_job job = { w->th->hub, &w->u, f, &in, dry_run };

	return intel_import(&job, w->arena, out, e);
}

static struct intel_report import(struct world *w, const struct intel_feed *f, const char *text)
{
	struct intel_report rep;
	struct err e = { 0 };

	if (try_import(w, f, text, false, &rep, &e) < 0)
		fail_msg("%s", e.text);
	return rep;
}

static int64_t count(struct world *w, int64_t feed_id)
{
	int64_t n = -1;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, &e);

	if (!t || intel_list_count(t, feed_id, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static struct intel_bundle pack(struct world *w)
{
	struct intel_bundle b = { 0 };
	struct err e = { 0 };

	if (intel_work_pack(w->th->hub, true, &e) < 0)
		fail_msg("%s", e.text);
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, &e);
	if (!t || intel_bundle_newest(t, w->arena, &b, &e) < 0)
		fail_msg("%s", e.text);
	return b;
}

static const char *held(struct world *w, enum indicator_kind kind, const char *value)
{
	const struct intel_key key = { kind, value };
	const char *why = NULL;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, &e);

	if (!t || intel_bundle_held(t, &key, w->arena, &why, &e) < 0)
		fail_msg("%s", e.text);
	return why;
}

/* --- editions --- */

static void an_edition_is_compared_with_the_last(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "甲", FEED_BAD);
	struct intel_report rep;
	struct err e = { 0 };

	assert_int_equal(try_import(&w, &f, "a.example\nb.example\n192.0.2.1\n", true, &rep, &e),
			 0);
	assert_int_equal(rep.n_new, 3);
	assert_int_equal(count(&w, f.id), 0); /* it was only a look */
	rep = import(&w, &f, "a.example\nb.example\n192.0.2.1\nA.EXAMPLE.\n");
	assert_int_equal(rep.n_new, 3);
	assert_int_equal(rep.n_twice, 1);
	rep = import(&w, &f, "a.example\nb.example\n192.0.2.1\n");
	assert_int_equal(rep.n_new, 0);
	assert_int_equal(rep.n_known, 3);
	assert_int_equal(rep.n_gone, 0);
	rep = import(&w, &f, "b.example\nc.example\n");
	assert_int_equal(rep.n_new, 1);
	assert_int_equal(rep.n_known, 1);
	assert_int_equal(rep.n_gone, 2);
	assert_int_equal(count(&w, f.id), 2);
	arena_free(w.arena);
}

static void a_bad_line_is_stepped_over_and_told(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "乙", FEED_BAD);
	struct intel_report rep =
		import(&w, &f,
		       "type,value\ndomain,a.example\ndomain,no name\nip,300.1.2.3\n"
		       "ip,127.0.0.1\ndomain,b.example\n");

	assert_int_equal(rep.n_new, 2);
	assert_int_equal(rep.n_bad, 3);
	assert_int_equal(rep.bad[INDICATOR_NOT_DOMAIN].n, 1);
	assert_int_equal(rep.bad[INDICATOR_NOT_DOMAIN].first[0].line, 3);
	assert_non_null(strstr(rep.bad[INDICATOR_NOT_DOMAIN].first[0].text, "no name"));
	assert_int_equal(rep.bad[INDICATOR_NOBODY].n, 1);
	arena_free(w.arena);
}

static void nothing_usable_changes_nothing(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "丙", FEED_BAD);
	struct intel_report rep;
	struct err e = { 0 };

	(void)import(&w, &f, "a.example\nb.example\n");
	assert_int_equal(try_import(&w, &f, "<html>\n<p>gone for lunch</p>\n", false, &rep, &e),
			 -EFORMAT);
	assert_int_equal(count(&w, f.id), 2);
	intel_conf.indicators_max = 3;
	assert_int_equal(
		try_import(&w, &f, "a.example\nb.example\nc.example\nd.example\n", false, &rep, &e),
		-ELIMIT);
	assert_non_null(strstr(e.text, "3"));
	assert_int_equal(count(&w, f.id), 2);
	arena_free(w.arena);
}

/* More rows than a statement and a turn take, so that all paths of writing are gone. */
static void large_editions_come_in_turns(struct test_hub *th)
{
	enum { MANY = 2 * INTEL_ROWS_A_TURN + INTEL_ROWS_AT_ONCE + 7 };
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "丁", FEED_BAD);
	SCOPED_BUF struct buf text = { 0 };

	for (int i = 0; i < MANY; i++)
		buf_printf(&text, "h%d.example\n", i);
	struct intel_report rep = import(&w, &f, text.p);
	assert_int_equal(rep.n_new, MANY);
	assert_int_equal(count(&w, f.id), MANY);
	rep = import(&w, &f, "h1.example\nother.example\n");
	assert_int_equal(rep.n_gone, MANY - 1);
	assert_int_equal(count(&w, f.id), 2);
	arena_free(w.arena);
}

/* --- bundles --- */

static void known_good_things_are_held_back(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "戊", FEED_BAD);
	const struct intel_feed good = feed_make(&w, "己", FEED_GOOD);

	(void)import(&w, &f, "bad.example\ngoogle.com\nshop.example\n8.8.8.8\n");
	struct intel_bundle b = pack(&w);
	assert_int_equal(b.id, 1);
	assert_int_equal(b.indicators, 2);
	assert_int_equal(b.held, 2);
	assert_int_equal(b.kinds[INDICATOR_DOMAIN], 2);
	assert_string_equal(held(&w, INDICATOR_DOMAIN, "google.com"), HELD_GOOD);
	assert_string_equal(held(&w, INDICATOR_IP, "8.8.8.8"), HELD_GOOD);
	struct intel_report rep = import(&w, &good,
					 "{\"name\":\"ours\",\"type\":\"hostname\",\"version\":1,"
					 "\"description\":\"x\",\"list\":[\"shop.example\"]}");
	assert_int_equal(rep.n_new, 1);
	clock_fake_add(&th->clock, US_PER_MIN);
	b = pack(&w);
	assert_int_equal(b.id, 2);
	assert_int_equal(b.indicators, 1);
	assert_string_equal(held(&w, INDICATOR_DOMAIN, "shop.example"), HELD_GOOD);
	assert_string_equal(held(&w, INDICATOR_DOMAIN, "bad.example"), "");
	arena_free(w.arena);
}

static void a_bundle_is_made_when_something_changed(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "庚", FEED_BAD);
	struct err e = { 0 };

	assert_int_equal(pack(&w).id, 0); /* nothing to tell yet */
	(void)import(&w, &f, "bad.example\n");
	clock_fake_add(&th->clock, US_PER_MIN);
	assert_int_equal(intel_work_pack(th->hub, false, &e), 0); /* ten minutes are not over */
	assert_int_equal(count(&w, f.id), 1);
	clock_fake_add(&th->clock, 10 * US_PER_MIN);
	assert_int_equal(intel_work_pack(th->hub, false, &e), 0);
	assert_int_equal(pack(&w).id, 1);
	(void)import(&w, &f, "bad.example\n"); /* the same once more */
	clock_fake_add(&th->clock, 20 * US_PER_MIN);
	assert_int_equal(pack(&w).id, 1);
	(void)import(&w, &f, "worse.example\n");
	clock_fake_add(&th->clock, 20 * US_PER_MIN);
	struct intel_bundle b = pack(&w);
	assert_int_equal(b.id, 2);
	assert_int_equal(b.indicators, 1); /* what left the list left the bundle */
	arena_free(w.arena);
}

static void red_stays_here(struct test_hub *th)
{
	struct world w = world_make(th);
	struct intel_feed f = feed_make(&w, "辛", FEED_BAD);
	struct intel_own_entry own = { "", "hxxp://own[.]example/x", "", TLP_RED };
	struct indicator made;
	struct err e = { 0 };

	(void)import(&w, &f, "bad.example\n");
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	f.tlp = TLP_STRICT;
	if (!t || intel_feed_set(t, &w.u, &f, TEST_HUB_NOW, &e) < 0 ||
	    intel_own_add(t, &w.u, &own, TEST_HUB_NOW, &made, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(made.value, "own.example/x");
	assert_int_equal(intel_own_add(t, &w.u, &own, TEST_HUB_NOW, &made, &e), -EEXIST);
	own = (struct intel_own_entry){ "", "other.example", "", TLP_AMBER };
	assert_int_equal(intel_own_add(t, &w.u, &own, TEST_HUB_NOW, &made, &e), 0);
	own.value = "?";
	assert_int_equal(intel_own_add(t, &w.u, &own, TEST_HUB_NOW, &made, &e), -EINVAL);
	assert_int_equal(txn_commit(&t, &e), 0);
	struct intel_bundle b = pack(&w);
	assert_int_equal(b.indicators, 1); /* other.example */
	arena_free(w.arena);
}

/* --- sensors --- */

static void sensor_make(struct world *w)
{
	struct fleet_sensor x = { .company_id = w->company,
				  .name = "本社",
				  .cert_sha256 = "none",
				  .version = "",
				  .hardware = "",
				  .enrolled_us = TEST_HUB_NOW };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_WRITE, &e);

	if (!t || fleet_store_add(t, &scope_system, &x, &w->sensor, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

/* What waits for the sensor: the body of the newest item; "" = nothing. */
static const char *waiting(struct world *w, int64_t *n_out)
{
	struct err e = { 0 };
	const char *body = "";
	int got;
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, &e);
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "@global SELECT body FROM item WHERE kind = 'indicators'"
			 " AND sensor_id = $1 ORDER BY sequence",
			 DB_ARGS(DB_INT(w->sensor)), &e);

	*n_out = 0;
	while ((got = rows_next(r, &e)) > 0) {
		size_t n;
		const void *p = rows_blob(r, 0, &n);
		body = arena_strndup(w->arena, p, n);
		(*n_out)++;
	}
	assert_int_equal(got, 0);
	return body;
}

static void hand_out(struct world *w)
{
	struct err e = { 0 };

	if (intel_work_send(w->th->hub, &e) < 0)
		fail_msg("%s", e.text);
}

static int64_t verdict(struct world *w, const char *value, bool region)
{
	const struct intel_wrong wrong = { .company_id = w->company,
					   .alert_id = 1,
					   .key = { INDICATOR_DOMAIN, value },
					   .region = region,
					   .reason = "取引先のサイトでした" };
	struct err e = { 0 };
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_WRITE, &e);
	int r = t ? intel_verdict_add(t, &w->u, &wrong, clock_utc_us(w->th->hub->clock), &id, &e)
		  : e.code;

	if (r < 0)
		return r;
	assert_int_equal(txn_commit(&t, &e), 0);
	return id;
}

static void a_verdict_reaches_the_sensor_at_once(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "壬", FEED_BAD);
	struct err e = { 0 };
	int64_t n, id;

	sensor_make(&w);
	(void)import(&w, &f, "bad.example\nshop.example\n");
	hand_out(&w);
	assert_string_equal(waiting(&w, &n), ""); /* no bundle yet */
	(void)pack(&w);
	hand_out(&w);
	assert_string_equal(waiting(&w, &n), "bundle 1\n");
	hand_out(&w);
	(void)waiting(&w, &n);
	assert_int_equal(n, 1); /* once is enough */
	clock_fake_add(&th->clock, US_PER_MIN);
	assert_true((id = verdict(&w, "shop.example", false)) > 0);
	assert_int_equal(verdict(&w, "shop.example", false), -EEXIST);
	hand_out(&w);
	assert_string_equal(waiting(&w, &n), "bundle 1\nexcept domain shop.example\n");
	assert_true(verdict(&w, "bad.example", true) > 0);
	hand_out(&w);
	assert_string_equal(waiting(&w, &n),
			    "bundle 1\nexcept domain bad.example\nexcept domain shop.example\n");
	clock_fake_add(&th->clock, US_PER_MIN);
	struct intel_bundle b = pack(&w); /* the region's verdict is in the bundle now */
	assert_int_equal(b.indicators, 1);
	assert_string_equal(held(&w, INDICATOR_DOMAIN, "bad.example"), HELD_WRONG);
	hand_out(&w);
	assert_string_equal(waiting(&w, &n), "bundle 2\nexcept domain shop.example\n");
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(intel_verdict_end(t, &w.u, id, TEST_HUB_NOW, &e), 0);
	assert_int_equal(intel_verdict_end(t, &w.u, id, TEST_HUB_NOW, &e), -ECONFLICT);
	assert_int_equal(txn_commit(&t, &e), 0);
	hand_out(&w);
	assert_string_equal(waiting(&w, &n), "bundle 2\n");
	arena_free(w.arena);
}

/* --- hits --- */

static void find_bad(struct world *w, const char *kind, const char *value)
{
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	Otasuke__Wire__Finding f = OTASUKE__WIRE__FINDING__INIT;
	Otasuke__Wire__Evidence ev[2] = { OTASUKE__WIRE__EVIDENCE__INIT,
					  OTASUKE__WIRE__EVIDENCE__INIT };
	Otasuke__Wire__Evidence *list[2] = { &ev[0], &ev[1] };
	struct err e = { 0 };

	d.mac = (char *)(uintptr_t) "02:00:5e:00:53:01";
	ev[0].name = (char *)(uintptr_t) "indicator";
	ev[0].text = (char *)(uintptr_t)value;
	ev[1].name = (char *)(uintptr_t) "indicator_type";
	ev[1].text = (char *)(uintptr_t)kind;
	f.detector = (char *)(uintptr_t) "known_bad";
	f.device = &d;
	f.evidence = list;
	f.n_evidence = 2;
	f.first_us = f.last_us = TEST_HUB_NOW;
	const struct fleet_finding ff = { .sequence = 1, .finding = &f };
	const struct fleet_batch b = { .company_id = w->company,
				       .sensor_id = 1,
				       .received_us = TEST_HUB_NOW,
				       .findings = &ff,
				       .n_findings = 1 };
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_WRITE, &e);
	if (!t || intel_hit_take(w->th->hub, t, &b, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static struct intel_score score(struct world *w, const struct scope *s, int64_t feed_id)
{
	struct intel_score *list = NULL;
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(w->th->hub->db, TXN_READ, &e);

	if (!t || intel_hit_store_scores(t, s, w->arena, &list, &n, &e) < 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n; i++)
		if (list[i].feed_id == feed_id)
			return list[i];
	return (struct intel_score){ .feed_id = feed_id };
}

static void hits_judge_a_list(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "癸", FEED_BAD);
	const struct intel_feed other = feed_make(&w, "子", FEED_BAD);
	const int64_t foreign = test_hub_org(th, ORG_CONSORTIUM, "別の地域");
	const struct scope theirs = { SCOPE_ORG, foreign, 1, TEST_HUB_NOW };

	(void)import(&w, &f, "bad.example\nshop.example\n");
	(void)import(&w, &other, "bad.example\n");
	find_bad(&w, "domain", "bad.example");
	find_bad(&w, "domain", "bad.example");
	find_bad(&w, "domain", "shop.example");
	find_bad(&w, "domain", "stranger.example"); /* in no list of ours */
	find_bad(&w, "colour", "bad.example");
	struct intel_score s = score(&w, &w.u.scope, f.id);
	assert_int_equal(s.hits, 2);
	assert_int_equal(s.findings, 3);
	assert_int_equal(s.wrong, 0);
	assert_int_equal(score(&w, &w.u.scope, other.id).hits, 1);
	assert_int_equal(score(&w, &theirs, f.id).hits, 0);
	assert_true(verdict(&w, "shop.example", false) > 0);
	s = score(&w, &w.u.scope, f.id);
	assert_int_equal(s.wrong, 1);
	(void)import(&w, &f, "new.example\n"); /* its past stays */
	assert_int_equal(score(&w, &w.u.scope, f.id).hits, 2);
	arena_free(w.arena);
}

/* --- pages --- */

static void pages_show_it(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "公開リスト", FEED_BAD);
	char path[64];

	(void)import(&w, &f, "bad.example\ngoogle.com\n");
	(void)pack(&w);
	find_bad(&w, "domain", "bad.example");
	struct test_answer a = test_hub_get(th, w.admin, "/intel");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "公開リスト"));
	(void)snprintf(path, sizeof(path), "/intel/feeds/%lld", (long long)f.id);
	a = test_hub_get(th, w.admin, path);
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "bad.example"));
	a = test_hub_get(th, w.admin, "/intel/find?q=hxxp://bad%5B.%5Dexample");
	assert_int_equal(a.status, 200);
	a = test_hub_json(th, w.admin, "/intel/find?q=BAD.example");
	assert_non_null(strstr(a.body, "\"value\":\"bad.example\""));
	a = test_hub_json(th, w.admin, "/intel/find?q=bad");
	assert_non_null(strstr(a.body, "\"value\":\"bad.example\""));
	a = test_hub_get(th, w.admin, "/intel/one?kind=domain&value=bad.example");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "みなと製作所"));
	a = test_hub_get(th, w.admin, "/intel/held");
	assert_non_null(strstr(a.body, "google.com"));
	a = test_hub_post(th, w.admin, "/intel/own", "value=own.example&kind=&tlp=amber&label=x");
	assert_int_equal(a.status, 303);
	a = test_hub_get(th, w.admin, "/intel/one?kind=domain&value=own.example");
	assert_int_equal(a.status, 200);
	a = test_hub_post(th, w.admin, "/intel/own", "value=%20&tlp=amber");
	assert_int_equal(a.status, 400);
	a = test_hub_post(th, w.admin, "/intel/feeds",
			  "name=x&role=bad&way=url&place=http://a.example/&tlp=clear&every=3600");
	assert_int_equal(a.status, 400);
	arena_free(w.arena);
}

static void roles_hold(struct test_hub *th)
{
	struct world w = world_make(th);
	const struct intel_feed f = feed_make(&w, "丑", FEED_BAD);
	const int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	const int64_t insurer = test_hub_person(th, test_hub_org(th, ORG_INSURER, "たすけあい損保"),
						ROLE_INSURER, "insurer");
	const int64_t vendor = test_hub_person(th, test_hub_org(th, ORG_VENDOR, "みまもり社"),
					       ROLE_ANALYST, "vendor");
	char path[64];

	assert_int_equal(test_hub_get(th, desk, "/intel").status, 200);
	assert_int_equal(test_hub_get(th, insurer, "/intel").status, 403);
	assert_int_equal(test_hub_get(th, vendor, "/intel").status, 403);
	(void)snprintf(path, sizeof(path), "/intel/feeds/%lld/remove", (long long)f.id);
	assert_int_equal(test_hub_post(th, desk, path, "").status, 403);
	assert_int_equal(test_hub_post(th, w.admin, path, "").status, 303);
	(void)snprintf(path, sizeof(path), "/intel/feeds/%lld", (long long)f.id);
	assert_int_equal(test_hub_get(th, w.admin, path).status, 404);
	arena_free(w.arena);
}

/* --- the table and the set --- */

static void every_good_word_is_used(void **state)
{
	struct known_good *g = known_good_new();

	(void)state;
	for (size_t i = 0; i < intel_good_table_n; i++) {
		const struct intel_good_word *w = &intel_good_table[i];
		enum known_good_way way = strcmp(w->way, "below") == 0 ? KNOWN_GOOD_BELOW
					  : strcmp(w->way, "net") == 0 ? KNOWN_GOOD_NET
								       : KNOWN_GOOD_SAME;
		if (known_good_add(g, way, str_of(w->value)) != INDICATOR_OK)
			fail_msg("%s", w->value);
	}
	known_good_free(g);
}

static void the_set_tells_new_known_and_gone(void **state)
{
	enum { MANY = 5000 };
	SCOPED_SET struct intel_set *s = intel_set_new();
	int64_t gone[8];
	char value[32];
	size_t pos = 0;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(value, sizeof(value), "h%d.example", i);
		intel_set_put(s, INDICATOR_DOMAIN, value, i + 1);
	}
	for (int i = 3; i < MANY; i++) {
		(void)snprintf(value, sizeof(value), "h%d.example", i);
		assert_int_equal(intel_set_see(s, INDICATOR_DOMAIN, value), SEEN_KNOWN);
	}
	assert_int_equal(intel_set_see(s, INDICATOR_DOMAIN, "h9.example"), SEEN_TWICE);
	assert_int_equal(intel_set_see(s, INDICATOR_URL, "h9.example"), SEEN_NEW);
	assert_int_equal(intel_set_see(s, INDICATOR_URL, "h9.example"), SEEN_TWICE);
	assert_true(intel_set_take(s, INDICATOR_URL, "h9.example"));
	assert_false(intel_set_take(s, INDICATOR_URL, "h9.example"));
	assert_false(intel_set_take(s, INDICATOR_DOMAIN, "h9.example"));
	assert_int_equal(intel_set_gone(s), 3);
	assert_int_equal(intel_set_gone_next(s, &pos, gone, 8), 3);
	assert_int_equal(gone[0] + gone[1] + gone[2], 1 + 2 + 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_good_word_is_used),
		cmocka_unit_test(the_set_tells_new_known_and_gone),
		ON_BOTH(an_edition_is_compared_with_the_last),
		ON_BOTH(a_bad_line_is_stepped_over_and_told),
		ON_BOTH(nothing_usable_changes_nothing),
		ON_BOTH(large_editions_come_in_turns),
		ON_BOTH(known_good_things_are_held_back),
		ON_BOTH(a_bundle_is_made_when_something_changed),
		ON_BOTH(red_stays_here),
		ON_BOTH(a_verdict_reaches_the_sensor_at_once),
		ON_BOTH(hits_judge_a_list),
		ON_BOTH(pages_show_it),
		ON_BOTH(roles_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
