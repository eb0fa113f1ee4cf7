/* SPDX-License-Identifier: Apache-2.0 */
/* Threads on both databases: each side sees its own and nothing else, whose turn it is, who read
 * what, what the story says, and the mail that carries number and token. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/cases/cases.h"
#include "hub/members/members.h"
#include "hub/test_hub.h"
#include "hub/threads/threads_mail.h"
#include "hub/threads/threads_store.h"

struct ready {
	struct test_hub *th;
	int64_t company, desk, own, clerk, insurer, tech, incident;
	struct user u, boss, claims, it;
};

#define NUMBER "IW-2026-000001"

static struct ready ready(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };
	struct company c;
	struct err e = { 0 };
	int64_t it = test_hub_org(th, "it_company", "盛岡システム");
	const struct case_new n = { .company_id = r.company,
				    .kind = "malware_suspected",
				    .title = "画面に警告が出て動かない",
				    .source = "phone",
				    .severity = 2,
				    .words = "警告が出ます",
				    .contact_name = "佐藤",
				    .contact_phone = "" };

	r.insurer = test_hub_org(th, "insurer", "北東北損保");
	test_hub_relate(th, r.company, r.insurer, "insurer");
	test_hub_relate(th, r.company, it, "it");
	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.clerk = test_hub_person(th, r.insurer, ROLE_INSURER, "clerk");
	r.tech = test_hub_person(th, it, ROLE_TECHNICIAN, "tech");
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(members_company_get(t, &scope_system, r.company, a, &c, &e), 0);
	txn_rollback(&t);
	r.own = test_hub_person(th, c.org_id, ROLE_COMPANY, "boss");
	r.u = test_hub_user(th, r.desk);
	r.boss = test_hub_user(th, r.own);
	r.claims = test_hub_user(th, r.clerk);
	r.it = test_hub_user(th, r.tech);
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &r.incident, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return r;
}

static struct thread_new to(const struct ready *r, const char *kind, const char *org)
{
	return (struct thread_new){ .incident_id = r->incident,
				    .kind = kind,
				    .org_name = org,
				    .person_name = "",
				    .phone = "",
				    .mail = "",
				    .reference = "",
				    .purpose = "目的",
				    .told = "伝えたこと" };
}

static int64_t opened(const struct ready *r, const struct thread_new *n)
{
	struct err e = { 0 };
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	if (threads_open(t, &r->u, n, TEST_HUB_NOW, &id, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static int post(const struct ready *r, const struct user *u, int64_t id,
		const struct thread_post *p)
{
	struct err e = { 0 };
	int64_t message, now = clock_utc_us(r->th->hub->clock);
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = threads_post(t, u, id, p, now, &message, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static struct thread got(const struct ready *r, int64_t id, struct arena *a)
{
	struct thread th;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	if (threads_get(t, &r->u, id, a, &th, &e) < 0)
		fail_msg("%s", e.text);
	return th;
}

static size_t listed(const struct ready *r, const struct user *u, enum threads_which which)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct threads_query q = { .which = which,
					 .id = which == THREADS_OF_CASE ? r->incident
					       : which == THREADS_OWN   ? r->company
									: 0,
					 .now_us = clock_utc_us(r->th->hub->clock) };
	struct thread *rows;
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	if (threads_list(t, u, &q, a, &rows, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static const char *path(char out[64], const char *fmt, int64_t id)
{
	(void)snprintf(out, 64, fmt, (long long)id);
	return out;
}

static const struct thread_post called = { .direction = THREAD_OUT,
					   .channel = "phone",
					   .body = "内緒のことば" };

static void each_side_sees_its_own(struct test_hub *th)
{
	struct ready r = ready(th);
	struct thread_new police = to(&r, "police", "県警"), isp = to(&r, "isp", "回線会社"),
			  claim = to(&r, "insurer", "北東北損保"),
			  shown = to(&r, "host", "サーバー会社"),
			  own = to(&r, "company", "みなと製作所");
	int64_t id[5];
	char p[64];

	claim.org_id = r.insurer;
	shown.roles = ROLE_COMPANY;
	const struct thread_new *all[] = { &police, &isp, &claim, &shown, &own };
	for (size_t i = 0; i < 5; i++) {
		id[i] = opened(&r, all[i]);
		assert_int_equal(post(&r, &r.u, id[i], &called), 0);
	}
	assert_int_equal(listed(&r, &r.u, THREADS_OF_CASE), 5);
	assert_int_equal(listed(&r, &r.it, THREADS_OF_CASE), 2);   /* isp, the company's */
	assert_int_equal(listed(&r, &r.boss, THREADS_OF_CASE), 2); /* its own, the shown one */
	assert_int_equal(listed(&r, &r.claims, THREADS_OF_CASE), 1);
	const int boss[] = { 404, 404, 404, 200, 200 }, clerk[] = { 404, 404, 200, 404, 404 },
		  tech[] = { 404, 200, 404, 404, 200 };
	for (size_t i = 0; i < 5; i++) {
		path(p, "/threads/%lld", id[i]);
		assert_int_equal(test_hub_get(th, r.desk, p).status, 200);
		assert_int_equal(test_hub_get(th, r.own, p).status, boss[i]);
		assert_int_equal(test_hub_json(th, r.own, p).status, boss[i]);
		assert_int_equal(test_hub_get(th, r.clerk, p).status, clerk[i]);
		assert_int_equal(test_hub_json(th, r.clerk, p).status, clerk[i]);
		assert_int_equal(test_hub_get(th, r.tech, p).status, tech[i]);
		path(p, "/threads/%lld/messages", id[i]);
		int want = i == 3 ? 403 : i == 4 ? 303 : 404; /* reading is not writing */
		assert_int_equal(test_hub_post(th, r.own, p, "body=x").status, want);
		assert_int_equal(test_hub_post(th, r.clerk, p, "body=x").status,
				 i == 2 ? 303 : 404);
	}
	/* what they were told is the desk's own note */
	assert_null(strstr(test_hub_get(th, r.own, path(p, "/threads/%lld", id[3])).body,
			   "伝えたこと"));
	assert_null(strstr(test_hub_get(th, r.clerk, path(p, "/threads/%lld", id[2])).body,
			   "伝えたこと"));
	/* the story names a party only to who may know of it, and never repeats the words */
	const char *page = test_hub_get(th, r.own, "/cases/" NUMBER).body;
	assert_null(strstr(page, "県警"));
	assert_null(strstr(page, "回線会社"));
	assert_null(strstr(page, "北東北損保 に連絡"));
	assert_non_null(strstr(page, "サーバー会社 に連絡しました"));
	page = test_hub_get(th, r.desk, "/cases/" NUMBER).body;
	assert_non_null(strstr(page, "県警 に連絡しました"));
	assert_null(strstr(page, "内緒のことば"));
	/* nor does the list of who looked at what */
	test_hub_job(th, "accounts.seen");
	page = test_hub_json(th, r.own, "/portal/seen").body;
	const char *first = strstr(page, "\"what\":\"thread\"");
	size_t known = 0;
	for (; first; first = strstr(first + 1, "\"what\":\"thread\""))
		known++;
	assert_int_equal(known, 5); /* its own two: desk and company both, the IT company one */
	/* nor does the search */
	test_hub_job(th, "search");
	assert_null(
		strstr(test_hub_get(th, r.own, "/search?q=%E7%9C%8C%E8%AD%A6").body, "/threads/"));
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/search?q=%E7%9C%8C%E8%AD%A6").body, "/threads/"));
}

static void whose_turn_it_is(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct thread_new isp = to(&r, "isp", "回線会社");
	int64_t id = opened(&r, &isp), own;
	const struct thread_post asked = { .direction = THREAD_OUT,
					   .channel = "phone",
					   .body = "調べてください",
					   .due_us = TEST_HUB_NOW + 2 * US_PER_DAY };
	const struct thread_post answered = { .direction = THREAD_IN,
					      .channel = "phone",
					      .body = "調べました" };
	struct err e = { 0 };

	assert_int_equal(post(&r, &r.u, id, &asked), 0);
	assert_string_equal(got(&r, id, a).waiting, THREAD_THEM);
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 0);
	clock_fake_add(&th->clock, 3 * US_PER_DAY);
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 1);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "回線会社"));
	assert_int_equal(post(&r, &r.u, id, &answered), 0);
	assert_string_equal(got(&r, id, a).waiting, "");
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 0);
	/* the company asks: it is our turn at once; our answer ends it */
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(threads_of_own(t, &r.boss, r.incident, TEST_HUB_NOW, &own, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(post(&r, &r.boss, own,
			      &(struct thread_post){ .direction = THREAD_OUT,
						     .channel = "phone",
						     .body = "だいじょうぶですか",
						     .due_us = 1 }),
			 0);
	assert_string_equal(got(&r, own, a).waiting, THREAD_US);
	assert_int_equal(got(&r, own, a).unread, 1);
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 1);
	assert_int_equal(post(&r, &r.u, own, &called), 0);
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 0);
	/* one thread with the company, whoever opens it */
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(threads_of_own(t, &r.u, r.incident, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(id, own);
}

static void who_read_it(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct thread_new n = to(&r, "company", "");
	int64_t own = opened(&r, &n);
	struct thread_seen *seen;
	struct err e = { 0 };
	size_t n_seen = 0;
	char p[64];

	assert_int_equal(post(&r, &r.u, own, &called), 0);
	path(p, "/threads/%lld", own);
	assert_int_equal(test_hub_json(th, r.own, p).status, 200); /* an API call reads nothing */
	assert_null(strstr(test_hub_get(th, r.desk, p).body, "読んだ人"));
	assert_non_null(strstr(test_hub_get(th, r.own, p).body, "内緒のことば"));
	assert_int_equal(test_hub_get(th, r.own, p).status, 200);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(threads_seen(t, &r.u, own, a, &seen, &n_seen, &e), 0);
	assert_int_equal(n_seen, 1);
	assert_int_equal(seen[0].seen_us, TEST_HUB_NOW);
	txn_rollback(&t);
	assert_non_null(strstr(test_hub_get(th, r.desk, p).body, "読んだ人"));
}

static void what_is_wrong_is_said(struct test_hub *th)
{
	struct ready r = ready(th);
	struct thread_new n = to(&r, "isp", "回線会社");
	int64_t id = opened(&r, &n), other = 0;
	int64_t stranger = test_hub_org(th, "insurer", "よその損保");
	struct thread_post p = called;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	n.org_name = "";
	assert_int_equal(threads_open(t, &r.u, &n, TEST_HUB_NOW, &other, &e), -EINVAL);
	n = to(&r, "aunt", "x");
	assert_int_equal(threads_open(t, &r.u, &n, TEST_HUB_NOW, &other, &e), -EINVAL);
	n = to(&r, "isp", "x");
	n.mail = "nobody at all";
	assert_int_equal(threads_open(t, &r.u, &n, TEST_HUB_NOW, &other, &e), -EINVAL);
	n.mail = "";
	n.org_id = stranger;
	assert_int_equal(threads_open(t, &r.u, &n, TEST_HUB_NOW, &other, &e), -EINVAL);
	n.org_id = 0;
	assert_int_equal(threads_open(t, &r.claims, &n, TEST_HUB_NOW, &other, &e), -EDENIED);
	assert_int_equal(threads_open(t, &r.boss, &n, TEST_HUB_NOW, &other, &e), -EDENIED);
	txn_rollback(&t);
	p.body = "";
	assert_int_equal(post(&r, &r.u, id, &p), -EINVAL);
	p = called;
	p.happened_us = TEST_HUB_NOW + US_PER_HOUR;
	assert_int_equal(post(&r, &r.u, id, &p), -EINVAL);
	p = called;
	p.due_us = TEST_HUB_NOW - US_PER_HOUR;
	assert_int_equal(post(&r, &r.u, id, &p), -EINVAL);
	p = called;
	p.send = true; /* without an address */
	assert_int_equal(post(&r, &r.u, id, &p), -EINVAL);
}

static void mail_carries_number_and_token(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct thread_new n = to(&r, "isp", "回線会社");
	struct thread_message *list;
	struct err e = { 0 };
	size_t n_list = 0;

	n.mail = "abuse@isp.example";
	int64_t id = opened(&r, &n);
	const struct thread_post p = { .direction = THREAD_OUT,
				       .channel = "mail",
				       .subject = "件名",
				       .body = "本文",
				       .send = true };
	assert_int_equal(post(&r, &r.u, id, &p), 0);
	struct thread t0 = got(&r, id, a);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(threads_messages(t, &r.u, id, a, &list, &n_list, &e), 0);
	txn_rollback(&t);
	assert_int_equal(n_list, 1);
	assert_string_equal(list[0].state, "queued");
	const char *subject = threads_mail_subject(&t0, &list[0], a);
	assert_ptr_equal(strstr(subject, "[" NUMBER "/"), subject);
	assert_non_null(strstr(subject, t0.token));
	assert_non_null(strstr(subject, "] 件名"));
	assert_non_null(strstr(threads_mail_id(&t0, &list[0], "desk@hub.example", a), t0.token));
	/* mail is switched off here: it comes back to the first page instead of staying unseen */
	test_hub_job(th, "threads");
	assert_string_equal(got(&r, id, a).waiting, THREAD_US);
	assert_int_equal(listed(&r, &r.u, THREADS_DUE), 1);
	char at[64];
	assert_non_null(strstr(test_hub_get(th, r.desk, path(at, "/threads/%lld", id)).body,
			       "メールを送れませんでした"));
}

static void a_draft_holds_the_facts(struct test_hub *th)
{
	static const char *const kinds[] = { "isp",    "police", "insurer", "consortium",
					     "vendor", "bank",   "host",    "other" };
	struct ready r = ready(th);
	char p[64];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct thread_new n = to(&r, kinds[i], "相手の会社");
		int64_t id = opened(&r, &n);
		const char *page =
			test_hub_get(th, r.desk, path(p, "/threads/%lld?draft=ja", id)).body;

		assert_non_null(strstr(page, "相手の会社"));
		/* another consortium is not told the company's name */
		const char *text = strstr(page, "name=\"body\"");
		assert_non_null(text);
		bool named = strstr(text, "みなと製作所") != NULL;
		assert_int_equal(named, strcmp(kinds[i], "consortium") != 0);
		assert_non_null(
			strstr(test_hub_get(th, r.desk, path(p, "/threads/%lld?draft=en", id)).body,
			       "Cyber help desk"));
		(void)snprintf(p, sizeof(p), "/cases/%s/threads/new", NUMBER);
		assert_int_equal(test_hub_get(th, r.desk, p).status, 200);
	}
}

static int64_t at(int month, int day, int hour)
{
	const struct civil c = { .year = 2026, .month = month, .day = day, .hour = hour };
	return time_from_civil(&c, 540);
}

static void answers_come_on_working_days(void **state)
{
	(void)state;
	assert_int_equal(threads_answer_by(at(11, 24, 10)), at(11, 24, 18)); /* a Tuesday */
	assert_int_equal(threads_answer_by(at(11, 24, 16)), at(11, 25, 12));
	assert_int_equal(threads_answer_by(at(11, 21, 10)), at(11, 24, 12)); /* Saturday; Monday is
										a holiday */
	assert_int_equal(threads_answer_by(at(12, 28, 17)), at(1, 4, 12) + 365 * US_PER_DAY);
}

static void through_the_pages(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;
	char at_url[64];

	p = test_hub_post(th, r.desk, "/cases/" NUMBER "/threads", "kind=isp&org_name=");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, "/cases/" NUMBER "/threads",
			  "kind=isp&org_name=Net&mail=a%40b.example&see_technician=1");
	assert_int_equal(p.status, 303);
	(void)snprintf(at_url, sizeof(at_url), "%s", p.location);
	p = test_hub_get(th, r.desk, at_url);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "name=\"send\""));
	(void)snprintf(at_url + strlen(at_url), 20, "/messages");
	p = test_hub_post(th, r.desk, at_url, "direction=in&channel=phone&body=");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, at_url,
			  "direction=out&channel=phone&body=kept+words&due=yesterday");
	assert_int_equal(p.status, 400);
	assert_non_null(strstr(p.body, ">kept words</textarea>"));
	p = test_hub_post(th, r.desk, at_url, "direction=in&channel=phone&body=hello");
	assert_int_equal(p.status, 303);
	assert_non_null(strstr(test_hub_json(th, r.desk, p.location).body, "\"body\":\"hello\""));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" NUMBER).body, "panel-threads"));
	assert_int_equal(test_hub_get(th, r.desk, "/threads").status, 200);
	assert_non_null(strstr(test_hub_json(th, r.desk, "/threads").body, "\"threads\":[{"));
	p = test_hub_post(th, r.desk, "/cases/" NUMBER "/threads/own", "");
	assert_int_equal(p.status, 303);
	p = test_hub_get(th, r.own, p.location);
	assert_int_equal(p.status, 200);
	assert_null(strstr(p.body, "name=\"direction\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_on_working_days),
		ON_BOTH(each_side_sees_its_own),
		ON_BOTH(whose_turn_it_is),
		ON_BOTH(who_read_it),
		ON_BOTH(what_is_wrong_is_said),
		ON_BOTH(mail_carries_number_and_token),
		ON_BOTH(a_draft_holds_the_facts),
		ON_BOTH(through_the_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
