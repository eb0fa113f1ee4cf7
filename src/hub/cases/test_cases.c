/* SPDX-License-Identifier: Apache-2.0 */
/* Cases on both databases: from a call to the lesson, paper sheets, consents, numbers, who may
 * what, and the statistics that come of it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/cases/cases_store.h"
#include "hub/members/members.h"
#include "hub/test_hub.h"

struct ready { /* a region with one company and a desk operator */
	struct test_hub *th;
	int64_t company, desk;
	struct user u;
};

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.u = test_hub_user(th, r.desk);
	return r;
}

static struct case_new call_from(const struct ready *r)
{
	return (struct case_new){ .company_id = r->company,
				  .kind = "malware_suspected",
				  .title = "画面に警告が出て動かない",
				  .source = "phone",
				  .severity = 2,
				  .words = "朝から画面に警告が出て動きません",
				  .contact_name = "佐藤",
				  .contact_phone = "" };
}

static int64_t open_case(const struct ready *r, const struct case_new *n)
{
	struct err e = { 0 };
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_open(t, r->th->hub, &r->u, n, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return id;
}

static struct incident get(const struct ready *r, const char *number, struct arena *a)
{
	struct incident i;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_get(t, &r->u.scope, number, a, &i, &e), 0);
	return i;
}

static int act(const struct ready *r, const char *number, const char *channel, int64_t started_us)
{
	const struct case_action_new n = { .channel = channel,
					   .body = "対応した",
					   .started_us = started_us,
					   .minutes = 20,
					   .cost_yen = 3000 };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_act(t, &r->u, number, &n, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static int set_kind(const struct ready *r, const char *kind)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_kind(t, r->th->hub, &r->u, "IW-2026-000001", kind, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static void turns_out_to_be_another_kind(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);

	open_case(&r, &n);
	assert_int_equal(set_kind(&r, "no_such_kind"), -EINVAL);
	assert_int_equal(set_kind(&r, "ransomware"), 0);
	assert_string_equal(get(&r, "IW-2026-000001", a).kind, "ransomware");
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/IW-2026-000001").body,
			       "種類を「ファイルが暗号化された"));
}

static int turn(const struct ready *r, int64_t id, const char *was, const char *state,
		const char *why)
{
	const struct case_device to = { .state = state, .why = why };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_device_state(t, &r->u, "IW-2026-000001", id, was, &to, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static void a_device_turns_once_for_two_people(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_device *d;
	size_t count;
	struct err e = { 0 };
	int64_t id = open_case(&r, &n), states = 0;

	assert_int_equal(test_hub_post(th, r.desk, "/cases/IW-2026-000001/devices",
				       "name=pc&state=suspected")
				 .status,
			 303);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(cases_store_devices(t, &r.u.scope, id, a, &d, &count, &e), 0);
	assert_int_equal(count, 1);
	txn_rollback(&t);
	assert_int_equal(turn(&r, d->id, "suspected", "broken", "x"), -EINVAL);
	assert_int_equal(turn(&r, d->id + 1, "suspected", "clean", "x"), -ENOENT);
	assert_int_equal(turn(&r, d->id, "suspected", "contained", "線を抜いた"), 0);
	assert_int_equal(turn(&r, d->id, "suspected", "clean", "x"), -ECONFLICT);
	t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(db_one_int(t, &r.u.scope,
				    "SELECT count(*) FROM incident_device_state"
				    " WHERE @scope(company_id)",
				    DB_NO_ARGS, &states, &e),
			 0);
	assert_int_equal(states, 2);
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/cases/IW-2026-000001").body, "切り離し済み"));
}

static void from_call_to_lesson(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct err e = { 0 };

	open_case(&r, &n);
	assert_int_equal(act(&r, "IW-2026-000001", CASE_PHONE, 0), 0);
	assert_int_equal(act(&r, "IW-2026-000001", CASE_VISIT, 0), 0);
	assert_int_equal(act(&r, "IW-2026-000001", CASE_REMOTE, 0), 0);
	struct incident i = get(&r, "IW-2026-000001", a);
	assert_string_equal(i.state, CASE_OPEN);
	assert_int_equal(i.minutes, 60);
	assert_int_equal(i.cost_yen, 9000);
	assert_int_equal(i.n_phone, 1);
	assert_int_equal(i.n_remote, 1);
	assert_int_equal(i.n_visit, 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_state(t, &r.u, i.number, CASE_CONTAINED, TEST_HUB_NOW, &e), 0);
	assert_int_equal(
		cases_close(t, &r.u, i.number, &(struct case_end){ "", "x", 0 }, TEST_HUB_NOW, &e),
		-EINVAL);
	assert_int_equal(cases_close(t, &r.u, i.number, &(struct case_end){ "原因", "教訓", 0 },
				     TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(act(&r, i.number, CASE_PHONE, 0), -ECONFLICT);
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_note(t, &r.u, i.number, "あとで分かったこと",
				    TEST_HUB_NOW - US_PER_DAY, TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(cases_reopen(t, &r.u, i.number, "再発", TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_string_equal(get(&r, i.number, a).state, CASE_OPEN);
}

static int64_t counted(const struct ready *r, const char *state, const char *kind)
{
	const struct case_filter f = { .state = state, .kind = kind };
	int64_t n = -1;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_store_count(t, &r->u.scope, &f, &n, &e), 0);
	return n;
}

/* What is kept beside the incidents says the same as counting them. */
static void the_tally_follows_the_states(struct test_hub *th)
{
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct err e = { 0 };

	for (int i = 0; i < 3; i++)
		open_case(&r, &n);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_state(t, &r.u, "IW-2026-000001", CASE_RECOVERED, TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000001",
				     &(struct case_end){ "原因", "教訓", 0 }, TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000002",
				     &(struct case_end){ "原因", "教訓", 0 }, TEST_HUB_NOW, &e),
			 0);
	assert_int_equal(cases_reopen(t, &r.u, "IW-2026-000002", "再発", TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	static const char *const states[] = { NULL, "", CASE_OPEN, CASE_RECOVERED, CASE_CLOSED };
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		assert_int_equal(counted(&r, states[i], NULL), counted(&r, states[i], n.kind));
	assert_int_equal(counted(&r, NULL, NULL), 2);
	assert_int_equal(counted(&r, CASE_CLOSED, NULL), 1);
}

static void the_story_is_in_order_and_whole(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_entry *story;
	struct err e = { 0 };
	size_t n_story;
	int64_t id = open_case(&r, &n);

	assert_int_equal(act(&r, "IW-2026-000001", CASE_REMOTE, TEST_HUB_NOW - US_PER_HOUR), 0);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(cases_store_entries(t, &r.u.scope, id, a, &story, &n_story, &e), 0);
	assert_int_equal(n_story, 2);
	assert_string_equal(story[0].kind, CASE_REMOTE); /* happened before it was taken up */
	assert_int_equal(story[0].minutes, 20);
	assert_int_equal(story[0].recorded_us, TEST_HUB_NOW);
	assert_string_equal(story[1].body, "朝から画面に警告が出て動きません");
	assert_int_equal(story[1].minutes, -1);
}

static void numbers_run_by_region_and_year(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);

	open_case(&r, &n);
	open_case(&r, &n);
	n.source = "paper";
	n.opened_us = TEST_HUB_NOW - 330 * US_PER_DAY; /* a sheet from last year */
	open_case(&r, &n);
	assert_int_equal(get(&r, "IW-2026-000002", a).opened_us, TEST_HUB_NOW);
	struct incident paper = get(&r, "IW-2025-000001", a);
	assert_int_equal(paper.opened_us, TEST_HUB_NOW - 330 * US_PER_DAY);
	assert_int_equal(paper.recorded_us, TEST_HUB_NOW);
}

static void a_paper_sheet_ends_when_it_ended(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_end end = { "原因", "教訓", TEST_HUB_NOW - 3 * US_PER_DAY };
	struct err e = { 0 };

	n.source = "paper";
	n.opened_us = TEST_HUB_NOW - 2 * US_PER_DAY;
	open_case(&r, &n);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000001", &end, TEST_HUB_NOW, &e), -EINVAL);
	end.closed_us = TEST_HUB_NOW + US_PER_DAY;
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000001", &end, TEST_HUB_NOW, &e), -EINVAL);
	end.closed_us = TEST_HUB_NOW - US_PER_DAY;
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000001", &end, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	struct incident i = get(&r, "IW-2026-000001", a);
	assert_int_equal(i.closed_us, TEST_HUB_NOW - US_PER_DAY);
	assert_int_equal(i.changed_us, TEST_HUB_NOW);
}

static void what_is_wrong_is_said(struct test_hub *th)
{
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct err e = { 0 };
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	n.kind = "weather";
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), -EINVAL);
	n = call_from(&r);
	n.title = "";
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), -EINVAL);
	n = call_from(&r);
	n.opened_us = TEST_HUB_NOW + US_PER_DAY;
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), -EINVAL);
	n = call_from(&r);
	n.company_id = 999;
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), -ENOENT);
	n = call_from(&r);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &id, &e), 0);
	struct case_action_new bad = { .channel = "pigeon", .body = "x" };
	assert_int_equal(cases_act(t, &r.u, "IW-2026-000001", &bad, TEST_HUB_NOW, &e), -EINVAL);
	bad = (struct case_action_new){ .channel = CASE_PHONE, .body = "x", .minutes = -1 };
	assert_int_equal(cases_act(t, &r.u, "IW-2026-000001", &bad, TEST_HUB_NOW, &e), -EINVAL);
	bad = (struct case_action_new){ .channel = CASE_PHONE, .body = "" };
	assert_int_equal(cases_act(t, &r.u, "IW-2026-000001", &bad, TEST_HUB_NOW, &e), -EINVAL);
}

static void consents_are_given_and_revoked(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_consent *list, found;
	struct err e = { 0 };
	size_t count;
	int64_t id = open_case(&r, &n);
	const struct case_consent k = { .what = "remote_access",
					.given_by = "佐藤",
					.how = "call" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_store_consents(t, &r.u.scope, id, a, &list, &count, &e), 0);
	assert_int_equal(count, 1);
	assert_int_equal(list[0].revoked_us, 0);
	assert_string_equal(list[0].until, "case"); /* who says nothing agrees for this case */
	assert_int_equal(
		cases_consent_find(t, &r.u.scope, id, "remote_access", TEST_HUB_NOW, a, &found, &e),
		1);
	assert_int_equal(
		cases_consent_find(t, &r.u.scope, id, "capture", TEST_HUB_NOW, a, &found, &e), 0);
	assert_int_equal(
		cases_consent_revoke(t, &r.u, "IW-2026-000001", list[0].id, TEST_HUB_NOW + 1, &e),
		0);
	assert_int_equal(
		cases_consent_revoke(t, &r.u, "IW-2026-000001", list[0].id, TEST_HUB_NOW + 2, &e),
		-ENOENT);
	assert_int_equal(cases_consent_find(t, &r.u.scope, id, "remote_access", TEST_HUB_NOW + 2, a,
					    &found, &e),
			 0);
}

/* For several things, until a day ends, and never beyond its case. */
static void consents_end(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_consent k = { .what = "capture isolate",
				  .given_by = "佐藤",
				  .role = "総務部長",
				  .how = "call",
				  .until = "day" };
	const struct case_end end = { .cause = "x", .lesson = "y" };
	struct case_consent found;
	struct case_entry *story;
	struct err e = { 0 };
	size_t count;
	int64_t id = open_case(&r, &n), now = TEST_HUB_NOW;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, now, &e), 0);
	assert_int_equal(cases_consent_find(t, &r.u.scope, id, "isolate", now + US_PER_DAY - 1, a,
					    &found, &e),
			 1);
	assert_string_equal(found.role, "総務部長");
	assert_int_equal(
		cases_consent_find(t, &r.u.scope, id, "isolate", now + US_PER_DAY, a, &found, &e),
		0);
	assert_int_equal(cases_store_entries(t, &r.u.scope, id, a, &story, &count, &e), 0);
	assert_string_equal(cases_entry_text(th->hub, LANG_JA, &story[count - 1], a),
			    "佐藤 さんが同意しました: 通信の記録、機器の隔離");
	k.what = "capture everything";
	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, now, &e), -EINVAL);
	k.what = "";
	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, now, &e), -EINVAL);
	k.what = "capture";
	k.until = "sometime";
	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, now, &e), -EINVAL);
	k.until = "case";
	assert_int_equal(cases_consent(t, &r.u, "IW-2026-000001", &k, now, &e), 0);
	now += 30 * US_PER_DAY;
	assert_int_equal(cases_consent_find(t, &r.u.scope, id, "capture", now, a, &found, &e), 1);
	assert_int_equal(cases_close(t, &r.u, "IW-2026-000001", &end, now, &e), 0);
	assert_int_equal(cases_consent_find(t, &r.u.scope, id, "capture", now + 1, a, &found, &e),
			 0);
	assert_int_equal(cases_reopen(t, &r.u, "IW-2026-000001", "again", now + 2, &e), 0);
	assert_int_equal(cases_consent_find(t, &r.u.scope, id, "capture", now + 3, a, &found, &e),
			 0);
}

static void others_see_and_change_nothing(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct incident i;
	struct err e = { 0 };
	int64_t other = test_hub_org(th, "it_company", "よその会社");
	int64_t spy_id = test_hub_person(th, other, ROLE_TECHNICIAN, "spy");
	struct user spy = test_hub_user(th, spy_id);
	int64_t insurer = test_hub_org(th, "insurer", "保険会社");
	struct user clerk = test_hub_user(th, test_hub_person(th, insurer, ROLE_INSURER, "clerk"));

	open_case(&r, &n);
	test_hub_relate(th, r.company, insurer, "insurer");
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_get(t, &spy.scope, "IW-2026-000001", a, &i, &e), -ENOENT);
	assert_int_equal(cases_take(t, &spy, "IW-2026-000001", TEST_HUB_NOW, &e), -ENOENT);
	assert_int_equal(cases_open(t, th->hub, &spy, &n, TEST_HUB_NOW, &(int64_t){ 0 }, &e),
			 -ENOENT);
	assert_int_equal(cases_get(t, &clerk.scope, "IW-2026-000001", a, &i, &e), 0);
	assert_int_equal(cases_take(t, &clerk, "IW-2026-000001", TEST_HUB_NOW, &e), -EDENIED);
	txn_rollback(&t);
	assert_int_equal(test_hub_get(th, spy_id, "/cases/IW-2026-000001").status, 404);
	assert_int_equal(test_hub_get(th, spy_id, "/cases/IW-2026-000001/sheet").status, 404);
	assert_null(strstr(test_hub_get(th, spy_id, "/cases").body, "みなと"));
	assert_null(strstr(test_hub_get(th, spy_id, "/cases/new/companies?q=%E3%81%BF").body,
			   "みなと"));
	assert_int_equal(test_hub_post(th, spy_id, "/cases/IW-2026-000001/notes", "body=x").status,
			 404);
}

static int64_t company_person(const struct ready *r, const char *login)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(members_company_get(t, &scope_system, r->company, a, &c, &e), 0);
	txn_rollback(&t);
	return test_hub_person(r->th, c.org_id, ROLE_COMPANY, login);
}

/* A note is for the region's own people, as is a line that says for whom it is: the company reads
 * neither, nor finds its case by their words. */
static void the_company_reads_no_notes(struct test_hub *th)
{
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	int64_t own = company_person(&r, "own"), id = open_case(&r, &n);
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	const struct case_told secret = { .case_id = id,
					  .action = "thing.tell",
					  .kind = "mail",
					  .body = "警察への相談",
					  .roles = ROLE_DESK },
			       open = { .case_id = id,
					.action = "thing.tell",
					.kind = "mail",
					.body = "お知らせの文" };

	assert_int_equal(
		cases_note(t, &r.u, "IW-2026-000001", "社長は怒りっぽい", 0, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_tell(t, &r.u, &secret, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_tell(t, &r.u, &open, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	test_hub_job(th, "search");
	const char *page = test_hub_get(th, own, "/cases/IW-2026-000001").body;
	assert_non_null(strstr(page, "お知らせの文"));
	assert_null(strstr(page, "怒りっぽい"));
	assert_null(strstr(page, "警察への相談"));
	page = test_hub_get(th, r.desk, "/cases/IW-2026-000001").body;
	assert_non_null(strstr(page, "怒りっぽい"));
	assert_non_null(strstr(page, "警察への相談"));
	page = test_hub_get(th, own, "/search?q=%E6%80%92%E3%82%8A").body; /* 怒り */
	assert_null(strstr(page, "IW-2026-000001"));
	page = test_hub_get(th, r.desk, "/search?q=%E6%80%92%E3%82%8A").body;
	assert_non_null(strstr(page, "IW-2026-000001"));
}

static void a_call_through_the_pages(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	p = test_hub_part(th, r.desk, "/cases/new/companies?q=%E3%81%BF%E3%81%AA%E3%81%A8");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "みなと製作所"));
	/* the words alone make the title; the one company that fits is taken */
	p = test_hub_post(th, r.desk, "/cases",
			  "q=%E3%81%BF%E3%81%AA%E3%81%A8&words=slow+PC&kind=general_it&severity=2");
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/IW-2026-000001");
	p = test_hub_get(th, r.desk, "/cases/IW-2026-000001");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "slow PC"));
	p = test_hub_post(th, r.desk, "/cases", "q=nobody&words=x&kind=general_it&severity=2");
	assert_int_equal(p.status, 400);
	assert_non_null(strstr(p.body, "nobody")); /* what was typed is kept */
	p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/actions",
			  "channel=visit&body=went&minutes=60&cost=8000");
	assert_int_equal(p.status, 303);
	p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/actions",
			  "channel=visit&body=&minutes=60&cost=8000");
	assert_int_equal(p.status, 400);
	/* a time that cannot be read is said, not taken for now; what was typed comes back */
	p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/notes", "body=remember&happened=noon");
	assert_int_equal(p.status, 400);
	assert_non_null(strstr(p.body, ">remember</textarea>"));
	p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/close", "cause=why&lesson=");
	assert_int_equal(p.status, 400);
	assert_non_null(strstr(p.body, ">why</textarea>"));
	p = test_hub_get(th, r.desk, "/search?q=iw-2026-000001");
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/IW-2026-000001");
	test_hub_job(th, "search");
	p = test_hub_get(th, r.desk, "/search?q=slow");
	assert_non_null(strstr(p.body, "/cases/IW-2026-000001"));
	p = test_hub_get(th, r.desk, "/search?q=%E3%81%BF%E3%81%AA%E3%81%A8");
	assert_non_null(strstr(p.body, "/members/"));
	assert_int_equal(test_hub_get(th, r.desk, "/search").status, 200);
	p = test_hub_json(th, r.desk, "/reports");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "\"incidents\":1"));
	assert_non_null(strstr(p.body, "\"visit\":1"));
	assert_int_equal(test_hub_get(th, r.desk, "/cases/IW-2026-000001/sheet").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/reports").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/reports.csv").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/cases.csv").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/cases?q=slow&kind=general_it").status, 200);
}

static int edit(const struct ready *r, int64_t version, const char *title, int64_t happened_us)
{
	const struct case_edit n = {
		.version = version, .title = title, .severity = -1, .happened_us = happened_us
	};
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_edit(t, &r->u, "IW-2026-000001", &n, TEST_HUB_NOW, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static void of_two_who_mend_the_second_is_told(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_was *was;
	struct err e = { 0 };
	size_t n_was;
	int64_t id = open_case(&r, &n), version = get(&r, "IW-2026-000001", a).version;

	assert_int_equal(edit(&r, version, "一人目の題", TEST_HUB_NOW - US_PER_HOUR), 0);
	assert_int_equal(edit(&r, version, "二人目の題", 0), -ECONFLICT);
	assert_string_equal(get(&r, "IW-2026-000001", a).title, "一人目の題");
	assert_int_equal(get(&r, "IW-2026-000001", a).happened_us, TEST_HUB_NOW - US_PER_HOUR);
	/* the same through the page: both texts are there, and saving again is a decision */
	char form[200];
	(void)snprintf(form, sizeof(form), "version=%lld&title=second", (long long)version);
	struct test_answer p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/edit", form);
	assert_int_equal(p.status, 409);
	assert_non_null(strstr(p.body, "一人目の題"));
	assert_non_null(strstr(p.body, "second"));
	/* what the second left as it was is no wish to have it back */
	(void)snprintf(form, sizeof(form),
		       "version=%lld&title=0&was_title=0&contact_name=b&was_contact_name=a",
		       (long long)version);
	p = test_hub_post(th, r.desk, "/cases/IW-2026-000001/edit", form);
	assert_int_equal(p.status, 409);
	assert_non_null(strstr(p.body, "name=\"title\" value=\"一人目の題\""));
	assert_non_null(strstr(p.body, "name=\"contact_name\" value=\"b\""));
	(void)snprintf(form, sizeof(form), "version=%lld&title=second", (long long)version + 1);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/IW-2026-000001/edit", form).status, 303);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(cases_was(t, &r.u.scope, id, a, &was, &n_was, &e), 0);
	assert_int_equal(n_was, 3);
	assert_string_equal(was[0].old_text, n.title);
	assert_string_equal(was[1].field, "happened");
	assert_string_equal(was[2].old_text, "一人目の題");
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/IW-2026-000001/edit", "version=9&title=").status,
		409);
}

static void a_corrected_line_keeps_the_old_one(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct case_entry *story;
	struct err e = { 0 };
	size_t n_story;
	int64_t id = open_case(&r, &n);
	char path[100];

	assert_int_equal(act(&r, "IW-2026-000001", CASE_VISIT, TEST_HUB_NOW - US_PER_HOUR), 0);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(cases_store_entries(t, &r.u.scope, id, a, &story, &n_story, &e), 0);
	txn_rollback(&t);
	(void)snprintf(path, sizeof(path), "/cases/IW-2026-000001/entries/%lld",
		       (long long)story[0].id);
	const char *form = "old=%E5%AF%BE%E5%BF%9C%E3%81%97%E3%81%9F&body=really&minutes=50&cost=1";
	assert_int_equal(test_hub_get(th, r.desk, path).status, 200);
	assert_int_equal(test_hub_post(th, r.desk, path, form).status, 303);
	assert_int_equal(get(&r, "IW-2026-000001", a).minutes, 50);
	assert_int_equal(get(&r, "IW-2026-000001", a).cost_yen, 1);
	struct test_answer p = test_hub_get(th, r.desk, "/cases/IW-2026-000001");
	assert_non_null(strstr(p.body, "really"));
	assert_non_null(strstr(p.body, "<del>対応した</del>"));
	assert_non_null(strstr(p.body, "<del>20</del>"));
	/* who saw the old one is told */
	p = test_hub_post(th, r.desk, path, form);
	assert_int_equal(p.status, 409);
	assert_non_null(strstr(p.body, "really"));
	assert_int_equal(get(&r, "IW-2026-000001", a).minutes, 50);
	assert_int_equal(test_hub_get(th, r.desk, "/cases/IW-2026-000001/entries/999").status, 404);
}

static void late_facts_show_both_times(struct test_hub *th)
{
	struct ready r = ready(th);
	struct case_new n = call_from(&r);
	struct test_answer p;

	open_case(&r, &n);
	p = test_hub_get(th, r.desk, "/cases/IW-2026-000001");
	assert_null(strstr(p.body, "あとから記録"));
	assert_int_equal(act(&r, "IW-2026-000001", CASE_VISIT, TEST_HUB_NOW - 11 * US_PER_MIN), 0);
	p = test_hub_get(th, r.desk, "/cases/IW-2026-000001");
	assert_non_null(strstr(p.body, "あとから記録"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(from_call_to_lesson),
		ON_BOTH(turns_out_to_be_another_kind),
		ON_BOTH(a_device_turns_once_for_two_people),
		ON_BOTH(the_tally_follows_the_states),
		ON_BOTH(the_story_is_in_order_and_whole),
		ON_BOTH(numbers_run_by_region_and_year),
		ON_BOTH(a_paper_sheet_ends_when_it_ended),
		ON_BOTH(what_is_wrong_is_said),
		ON_BOTH(of_two_who_mend_the_second_is_told),
		ON_BOTH(a_corrected_line_keeps_the_old_one),
		ON_BOTH(late_facts_show_both_times),
		ON_BOTH(consents_are_given_and_revoked),
		ON_BOTH(consents_end),
		ON_BOTH(others_see_and_change_nothing),
		ON_BOTH(the_company_reads_no_notes),
		ON_BOTH(a_call_through_the_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
