/* SPDX-License-Identifier: Apache-2.0 */
/* The company's own pages on both databases: the light, a question and its answer, consents, names
 * of devices, who looked; and nothing of notes, of other parties or of another company. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/cases/cases.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_store.h"
#include "hub/members/members.h"
#include "hub/portal/portal.h"
#include "hub/test_hub.h"
#include "hub/threads/threads.h"

#define NUMBER "IW-2026-000001"

struct ready {
	struct test_hub *th;
	int64_t company, other, desk, own, stranger, incident, device;
	struct user u;
};

static int64_t person_of(struct test_hub *th, int64_t company, const char *login)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(members_company_get(t, &scope_system, company, a, &c, &e), 0);
	txn_rollback(&t);
	return test_hub_person(th, c.org_id, ROLE_COMPANY, login);
}

static void device_make(struct ready *r)
{
	struct fleet_sensor x = { .company_id = r->company,
				  .name = "本社",
				  .cert_sha256 = "none",
				  .version = "",
				  .hardware = "",
				  .enrolled_us = TEST_HUB_NOW };
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	struct ingest_from from = { .company_id = r->company, .received_us = TEST_HUB_NOW };
	struct err e = { 0 };

	d.mac = (char *)(uintptr_t) "02:00:5e:00:53:01";
	d.hostname = (char *)(uintptr_t) "Galaxy-A54";
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	if (!t || fleet_store_add(t, &scope_system, &x, &from.sensor_id, &e) < 0 ||
	    fleet_ingest_store_device(t, &from, &d, &r->device, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
}

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th,
			   .company = test_hub_company(th, "みなと製作所"),
			   .other = test_hub_company(th, "さくら食堂") };
	const struct case_new n = { .company_id = r.company,
				    .kind = "malware_suspected",
				    .title = "画面に警告が出て動かない",
				    .source = "phone",
				    .severity = 3,
				    .words = "警告が出ます",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	struct err e = { 0 };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.own = person_of(th, r.company, "boss");
	r.stranger = person_of(th, r.other, "cook");
	r.u = test_hub_user(th, r.desk);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	if (!t || cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &r.incident, &e) < 0 ||
	    cases_note(t, &r.u, NUMBER, "社長は怒りっぽい", 0, TEST_HUB_NOW, &e) < 0 ||
	    txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	device_make(&r);
	return r;
}

static void one_light_says_how_things_stand(void **state)
{
	static const struct {
		struct portal_state s;
		const char *light, *key;
	} rows[] = {
		{ { "green", 0, 0, 0, 0 }, "green", "portal.light.good" },
		{ { "grey", 0, 0, 0, 0 }, "grey", "portal.light.none" },
		{ { "amber", 0, 0, 0, 0 }, "amber", "portal.light.sensor_check" },
		{ { "red", 0, 0, 0, 0 }, "red", "portal.light.sensor_off" },
		{ { "green", 1, 0, 0, 0 }, "amber", "portal.light.checking" },
		{ { "grey", 0, 0, 1, 0 }, "amber", "portal.light.checking" },
		{ { "green", 1, 1, 0, 0 }, "red", "portal.light.danger" },
		{ { "red", 0, 0, 1, 1 }, "red", "portal.light.danger" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		assert_string_equal(portal_light_of(&rows[i].s).light, rows[i].light);
		assert_string_equal(portal_light_of(&rows[i].s).word_key, rows[i].key);
	}
}

static void the_first_page_is_theirs_alone(struct test_hub *th)
{
	static const char *const pages[] = { "/",
					     "/portal",
					     ("/portal/cases/" NUMBER),
					     "/portal/ask",
					     "/portal/devices",
					     "/portal/seen",
					     "/portal/seen.csv",
					     "/portal/emergency" };
	struct ready r = ready(th);

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		struct test_answer a = test_hub_get(th, r.own, pages[i]);
		assert_int_equal(a.status, 200);
		assert_null(strstr(a.body, "怒りっぽい")); /* a note of the region's people */
		a = test_hub_json(th, r.own, pages[i]);
		assert_null(strstr(a.body, "怒りっぽい"));
		a = test_hub_get(th, r.stranger, pages[i]);
		assert_int_equal(a.status, i == 2 ? 404 : 200);
		assert_null(strstr(a.body, "みなと"));
		if (i != 2) /* the address that was asked for comes back */
			assert_null(strstr(a.body, NUMBER));
		assert_null(strstr(a.body, "Galaxy"));
		if (i > 0)
			assert_int_equal(test_hub_get(th, r.desk, pages[i]).status, 403);
	}
	const char *page = test_hub_get(th, r.own, "/").body;
	assert_non_null(strstr(page, "light-red"));
	assert_non_null(strstr(page, "画面に警告が出て動かない"));
	assert_non_null(strstr(test_hub_json(th, r.own, "/portal").body, "\"light\":\"red\""));
	assert_non_null(strstr(test_hub_get(th, r.stranger, "/").body, "light-grey"));
}

static void a_question_and_its_answer(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer a = test_hub_post(th, r.own, "/portal/ask", "body=");
	char thread[64], path[96];

	assert_int_equal(a.status, 400);
	/* something new: a case of its own, with the words in the thread */
	a = test_hub_post(
		th, r.own, "/portal/ask",
		"case=&body=%E5%8D%B0%E5%88%B7%E3%81%A7%E3%81%8D%E3%81%BE%E3%81%9B%E3%82%93");
	assert_int_equal(a.status, 303);
	(void)snprintf(thread, sizeof(thread), "%s", a.location);
	assert_non_null(strstr(test_hub_get(th, r.own, thread).body, "印刷できません"));
	const char *json = test_hub_json(th, r.desk, "/cases").body;
	assert_non_null(strstr(json, "IW-2026-000002"));
	assert_non_null(strstr(json, "印刷できません"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/IW-2026-000002").body,
			       "決まっていません")); /* it waits for somebody to take it */
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "お返事が必要です"));
	assert_non_null(strstr(test_hub_get(th, r.own, "/").body, "窓口がお返事を用意しています"));
	(void)snprintf(path, sizeof(path), "%s/messages", thread);
	a = test_hub_post(th, r.desk, path, "direction=out&channel=portal&body=paper");
	assert_int_equal(a.status, 303);
	assert_non_null(strstr(test_hub_get(th, r.own, "/").body, "読んでください"));
	assert_non_null(strstr(test_hub_get(th, r.own, thread).body, "paper"));
	assert_null(strstr(test_hub_get(th, r.own, "/").body, "読んでください"));
	/* about a case that is there: no other is opened */
	a = test_hub_post(th, r.own, "/portal/ask", "case=" NUMBER "&body=still+bad");
	assert_int_equal(a.status, 303);
	assert_null(strstr(test_hub_json(th, r.desk, "/cases").body, "IW-2026-000003"));
	/* somebody else's case */
	a = test_hub_post(th, r.stranger, "/portal/ask", "case=" NUMBER "&body=x");
	assert_int_equal(a.status, 404);
	assert_int_equal(test_hub_get(th, r.stranger, thread).status, 404);
	assert_int_equal(test_hub_post(th, r.desk, "/portal/ask", "body=x").status, 403);
}

static int64_t valid_consents(const struct ready *r)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent *list;
	struct err e = { 0 };
	int64_t valid = 0;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_store_consents(t, &r->u.scope, r->incident, a, &list, &n, &e), 0);
	for (size_t i = 0; i < n; i++)
		if (cases_consent_state(&list[i], TEST_HUB_NOW) == CONSENT_VALID)
			valid = list[i].id;
	return valid;
}

static void consents_are_given_and_taken_back(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer a;
	char path[64];

	a = test_hub_post(th, r.own, "/portal/cases/" NUMBER "/consents", "until=day");
	assert_int_equal(a.status, 400);
	a = test_hub_post(th, r.stranger, "/portal/cases/" NUMBER "/consents", "use_visit=1");
	assert_int_equal(a.status, 404);
	a = test_hub_post(th, r.own, "/portal/cases/" NUMBER "/consents",
			  "use_visit=1&use_isolate=1&until=week");
	assert_int_equal(a.status, 303);
	int64_t id = valid_consents(&r);
	assert_true(id > 0);
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/cases/" NUMBER).body, "取り消す"));
	(void)snprintf(path, sizeof(path), "/portal/consents/%lld/revoke", (long long)id);
	assert_int_equal(test_hub_post(th, r.stranger, path, "").status, 404);
	assert_int_equal(test_hub_post(th, r.own, path, "").status, 303);
	assert_int_equal(valid_consents(&r), 0);
	assert_non_null(
		strstr(test_hub_get(th, r.own, "/portal/cases/" NUMBER).body, "取り消し済み"));
}

static void a_file_must_be_chosen(struct test_hub *th)
{
	struct ready r = ready(th);

	assert_int_equal(
		test_hub_post(th, r.own, "/portal/cases/" NUMBER "/files", "note=x").status, 400);
	assert_int_equal(
		test_hub_post(th, r.stranger, "/portal/cases/" NUMBER "/files", "note=x").status,
		404);
	assert_int_equal(
		test_hub_post(th, r.desk, "/portal/cases/" NUMBER "/files", "note=x").status, 403);
}

static void devices_get_names(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer a;
	char path[64], list[64];

	(void)snprintf(path, sizeof(path), "/portal/devices/%lld", (long long)r.device);
	(void)snprintf(list, sizeof(list), "/members/%lld/devices", (long long)r.company);
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/devices").body, "Galaxy-A54"));
	a = test_hub_post(th, r.own, path, "name=boss+phone&kind=smartphone&ours=yes");
	assert_int_equal(a.status, 303);
	assert_non_null(strstr(test_hub_json(th, r.own, "/portal/devices").body, "boss phone"));
	a = test_hub_json(th, r.desk, list);
	assert_non_null(strstr(a.body, "\"name\":\"boss phone\""));
	assert_non_null(strstr(a.body, "\"kind\":\"smartphone\""));
	assert_int_equal(test_hub_post(th, r.own, path, "name=x&kind=spaceship").status, 400);
	assert_int_equal(test_hub_post(th, r.stranger, path, "name=x&ours=yes").status, 404);
	a = test_hub_post(th, r.own, path, "name=&kind=&ours=no");
	assert_int_equal(a.status, 303);
	assert_non_null(strstr(test_hub_get(th, r.desk, list).body, "心当たり"));
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/ask?device=Galaxy-A54").body,
			       "Galaxy-A54"));
}

static void who_looked_is_told(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer a;

	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/seen").body, "見ていません"));
	assert_int_equal(test_hub_get(th, r.desk, "/cases/" NUMBER).status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/cases.csv").status, 200);
	assert_int_equal(test_hub_get(th, r.stranger, "/cases/" NUMBER).status, 404);
	test_hub_job(th, "accounts.seen");
	a = test_hub_get(th, r.own, "/portal/seen");
	assert_non_null(strstr(a.body, "インシデント " NUMBER " を見ました"));
	assert_non_null(strstr(a.body, "cases.csv"));
	assert_non_null(strstr(a.body, "desk"));
	assert_null(strstr(a.body, "cook"));
	a = test_hub_get(th, r.own, "/portal/seen?what=export");
	assert_null(strstr(a.body, "インシデント " NUMBER " を見ました"));
	assert_non_null(strstr(a.body, "cases.csv"));
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/seen.csv").body, NUMBER));
	assert_non_null(strstr(test_hub_json(th, r.own, "/portal/seen").body, "\"what\":\"case\""));
	assert_null(strstr(test_hub_json(th, r.stranger, "/portal/seen").body, NUMBER));
}

/* What leaves as a file is told with where it went, to the company alone. */
static void who_took_files_is_told(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer a;

	assert_null(strstr(test_hub_get(th, r.own, "/portal/seen").body, "警察署"));
	a = test_hub_post(th, r.desk, "/cases/" NUMBER "/export",
			  "kind=stix&to=%E8%AD%A6%E5%AF%9F%E7%BD%B2&purpose=report");
	assert_int_equal(a.status, 200);
	a = test_hub_get(th, r.own, "/portal/seen");
	assert_non_null(strstr(a.body, "警察署"));
	assert_non_null(strstr(a.body, "会社や人の名前は含みません"));
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/seen?what=export").body, "警察署"));
	assert_null(strstr(test_hub_get(th, r.own, "/portal/seen?what=case").body, "警察署"));
	a = test_hub_json(th, r.own, "/portal/seen");
	assert_non_null(strstr(a.body, "\"kind\":\"stix\""));
	assert_null(strstr(test_hub_json(th, r.stranger, "/portal/seen").body, NUMBER));
}

/* The desk asks for something; the number that the page gives it. */
static void asks(const struct ready *r, const char *form)
{
	struct test_answer p = test_hub_post(r->th, r->desk, "/cases/" NUMBER "/asks", form);

	if (p.status != 303)
		fail_msg("%d: %s", p.status, p.body);
}

static int64_t consents_of(const struct ready *r)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_consent *list;
	struct err e = { 0 };
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_store_consents(t, &r->u.scope, r->incident, a, &list, &n, &e), 0);
	return (int64_t)n;
}

/* One yes is the consent; whoever comes later, from elsewhere or too late changes nothing. */
static void the_company_is_asked_and_answers_once(struct test_hub *th)
{
	static const char form[] =
		"what=capture&what=isolate&until=day&hours=24&devices=PC-7"
		"&why=%E9%80%9A%E4%BF%A1%E3%82%92%E8%AA%BF%E3%81%B9%E3%81%BE%E3%81%99";
	struct ready r = ready(th);
	const int64_t second = person_of(th, r.company, "clerk");
	struct test_answer p;

	assert_null(strstr(test_hub_get(th, r.own, "/").body, "/asks/"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/asks", "what=capture").status,
			 400);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" NUMBER "/asks", "what=x&until=day&why=x")
			.status,
		400);
	assert_int_equal(test_hub_post(th, r.own, "/cases/" NUMBER "/asks", form).status, 403);
	asks(&r, form);
	p = test_hub_get(th, r.own, "/");
	assert_non_null(strstr(p.body, "action=\"/asks/1/answer\""));
	assert_non_null(strstr(p.body, "PC-7"));
	assert_non_null(strstr(test_hub_get(th, r.own, "/portal/cases/" NUMBER).body,
			       "action=\"/asks/1/answer\""));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" NUMBER "/consents").body,
			       "/asks/1/withdraw"));
	assert_null(strstr(test_hub_get(th, r.stranger, "/").body, "/asks/"));
	assert_int_equal(test_hub_post(th, r.stranger, "/asks/1/answer", "answer=yes").status, 404);
	assert_int_equal(test_hub_post(th, r.own, "/asks/1/answer", "answer=maybe").status, 400);
	assert_int_equal(consents_of(&r), 0);
	assert_int_equal(test_hub_post(th, r.own, "/asks/1/answer", "answer=yes").status, 303);
	p = test_hub_post(th, second, "/asks/1/answer", "answer=no");
	assert_int_equal(p.status, 409);
	assert_non_null(strstr(p.body, "boss"));
	assert_int_equal(consents_of(&r), 1);
	p = test_hub_json(th, r.desk, "/cases/" NUMBER "/consents");
	assert_non_null(strstr(p.body, "\"how\":\"portal\""));
	assert_non_null(strstr(p.body, "\"state\":\"given\""));
	assert_non_null(strstr(p.body, "\"answered_by\":\"boss\""));
	assert_non_null(strstr(p.body, "PC-7\",\"recorded_by\"")); /* in the words of the record */
}

static void a_question_is_refused_withdrawn_or_lapses(struct test_hub *th)
{
	static const char form[] = "what=visit&until=case&hours=2&why=x";
	struct ready r = ready(th);
	struct test_answer p;

	asks(&r, form);
	assert_int_equal(
		test_hub_post(th, r.own, "/asks/1/answer", "answer=no&said=not+today").status, 303);
	p = test_hub_get(th, r.desk, "/cases/" NUMBER);
	assert_non_null(strstr(p.body, "not today"));
	asks(&r, form);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/asks/2/withdraw", "").status,
			 303);
	assert_int_equal(test_hub_post(th, r.own, "/asks/2/answer", "answer=yes").status, 409);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NUMBER "/asks/2/withdraw", "").status,
			 409);
	asks(&r, form);
	clock_fake_add(&th->clock, 2 * US_PER_HOUR);
	assert_null(strstr(test_hub_get(th, r.own, "/").body, "/asks/3/answer"));
	assert_int_equal(test_hub_post(th, r.own, "/asks/3/answer", "answer=yes").status, 409);
	test_hub_job(th, "asks");
	p = test_hub_json(th, r.desk, "/cases/" NUMBER "/consents");
	assert_non_null(strstr(p.body, "\"state\":\"refused\""));
	assert_non_null(strstr(p.body, "\"state\":\"withdrawn\""));
	assert_non_null(strstr(p.body, "\"state\":\"expired\""));
	assert_int_equal(consents_of(&r), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_light_says_how_things_stand),
		ON_BOTH(the_first_page_is_theirs_alone),
		ON_BOTH(a_question_and_its_answer),
		ON_BOTH(consents_are_given_and_taken_back),
		ON_BOTH(a_file_must_be_chosen),
		ON_BOTH(devices_get_names),
		ON_BOTH(who_looked_is_told),
		ON_BOTH(who_took_files_is_told),
		ON_BOTH(the_company_is_asked_and_answers_once),
		ON_BOTH(a_question_is_refused_withdrawn_or_lapses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
