/* SPDX-License-Identifier: Apache-2.0 */
/* Duties of a case on both databases: clocks from answers, a corrected time of knowing, reports
 * made in time and late, warnings as the clock goes on, the nine items, forms. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/cases/cases_move.h"
#include "hub/duties/duties_mail.h"
#include "hub/hub_calendar.h"
#include "hub/test_hub.h"

#define CASE "IW-2026-000001"

struct ready {
	struct test_hub *th;
	int64_t company, desk, case_id;
	struct user u;
	struct duty_facts f;
};

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };
	struct err e = { 0 };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.u = test_hub_user(th, r.desk);
	const struct case_new n = { .company_id = r.company,
				    .kind = "ransomware",
				    .title = "ファイルが開けない",
				    .source = "phone",
				    .severity = 3,
				    .words = "英語の文が出ています",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &r.case_id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	r.f = (struct duty_facts){ .known_us = TEST_HUB_NOW, .sector = "none", .people = -1 };
	for (int i = 0; i < FACT_COUNT; i++)
		r.f.given[i] = "no";
	r.f.given[FACT_PERSONAL] = "yes";
	r.f.given[FACT_MALICIOUS] = "yes";
	return r;
}

static int set(const struct ready *r, int64_t version)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = duties_facts_set(t, &r->u, CASE, &r->f, version, clock_utc_us(r->th->hub->clock),
				   &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

/* A state of "absent" when there is none. */
static struct case_duty duty(const struct ready *r, struct arena *a, const char *rule)
{
	struct case_duty *list, none = { .state = "absent" };
	size_t n;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(duties_of(t, &r->u.scope, r->case_id, a, &list, &n, &e), 0);
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i].rule_id, rule) == 0)
			return list[i];
	return none;
}

static int made(const struct ready *r, const char *rule, int64_t version)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct err e = { 0 };
	struct case_duty d = duty(r, a, rule);
	const struct duty_made n = { .id = d.id,
				     .version = version ? version : d.version,
				     .made_to = "個人情報保護委員会",
				     .receipt = "第 12 号",
				     .note = "" };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = duties_made(t, &r->u, CASE, &n, clock_utc_us(r->th->hub->clock), &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static int64_t day_of(int64_t us)
{
	return (calendar_day(us, 0) - calendar_day(TEST_HUB_NOW, 0)) / US_PER_DAY;
}

static int64_t audits(struct test_hub *th, const char *action)
{
	int64_t n = -1;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(db_one_int(t, &scope_system,
				    "SELECT count(*) FROM audit WHERE action = $1 @global",
				    DB_ARGS(DB_TEXT(action)), &n, &e),
			 0);
	return n;
}

static void answers_start_clocks(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_duty d;

	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "まだ確かめていません"));
	assert_int_equal(set(&r, 0), 0);
	d = duty(&r, a, "appi_prelim");
	assert_string_equal(d.state, DUTY_OPEN);
	assert_int_equal(day_of(d.due_us), 4);
	assert_int_equal(day_of(d.warn_us), 2);
	assert_string_equal(duty(&r, a, "appi_final_60").state, DUTY_OPEN);
	assert_string_equal(duty(&r, a, "appi_final").state, "absent");
	assert_string_equal(duty(&r, a, "police").state, DUTY_OPEN);
	assert_int_equal(set(&r, 0), -ECONFLICT); /* somebody answered meanwhile */

	r.f.given[FACT_MALICIOUS] = "no";
	r.f.people = 5000;
	assert_int_equal(set(&r, 1), 0);
	assert_string_equal(duty(&r, a, "appi_final_60").state, DUTY_WITHDRAWN);
	assert_string_equal(duty(&r, a, "appi_final").state, DUTY_OPEN);
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_OPEN);
	struct test_answer page = test_hub_get(th, r.desk, "/cases/" CASE "/duties");
	assert_int_equal(page.status, 200);
	assert_non_null(strstr(page.body, "1,000 人を超える"));
	assert_non_null(strstr(page.body, "あと 4 日"));
}

static void a_corrected_time_counts_anew(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);

	assert_int_equal(set(&r, 0), 0);
	assert_int_equal(made(&r, "police", 0), 0);
	r.f.known_us = TEST_HUB_NOW - 6 * US_PER_DAY; /* somebody knew a week before */
	assert_int_equal(set(&r, 1), 0);
	struct case_duty d = duty(&r, a, "appi_prelim");
	assert_int_equal(day_of(d.due_us), -2);
	assert_int_equal(audits(th, "duty.known"), 1);
	assert_int_equal(audits(th, "duty.facts"), 2);
	assert_string_equal(duty(&r, a, "police").state, DUTY_MADE);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "2 日超過"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "計算し直しました"));
	r.f.known_us = TEST_HUB_NOW + US_PER_DAY;
	assert_int_equal(set(&r, 2), -EINVAL);
}

static void a_report_stops_the_clock(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	char path[100];

	assert_int_equal(set(&r, 0), 0);
	assert_int_equal(made(&r, "appi_prelim", 99), -ECONFLICT);
	assert_int_equal(made(&r, "appi_prelim", 0), 0);
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_MADE);
	assert_string_equal(duty(&r, a, "appi_prelim").receipt, "第 12 号");
	clock_fake_add(&th->clock, 61 * US_PER_DAY);
	r.u.scope.now_us += 61 * US_PER_DAY;
	assert_int_equal(made(&r, "appi_final_60", 0), 0); /* late, and shown so */
	struct test_answer page = test_hub_get(th, r.desk, "/cases/" CASE "/duties");
	assert_non_null(strstr(page.body, "遅れて報告"));
	assert_non_null(strstr(page.body, "報告済み"));
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "期限を過ぎて報告しました"));
	struct case_duty d = duty(&r, a, "appi_prelim");
	(void)snprintf(path, sizeof(path), "/cases/" CASE "/duties/%d/unmade", (int)d.id);
	assert_int_equal(test_hub_post(th, r.desk, path, "version=2").status, 303);
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_OPEN);
	assert_int_equal(test_hub_post(th, r.desk, path, "version=3").status, 409);
}

static void warns_before_it_runs_out(struct test_hub *th)
{
	struct ready r = ready(th);

	assert_int_equal(set(&r, 0), 0);
	test_hub_job(th, "duties");
	assert_int_equal(audits(th, "duty.warn"), 0);
	assert_null(strstr(test_hub_get(th, r.desk, "/").body, "期限が近い届出"));
	clock_fake_add(&th->clock, 2 * US_PER_DAY); /* day 3 */
	test_hub_job(th, "duties");
	assert_true(audits(th, "duty.warn") >= 2); /* preliminary report and police */
	int64_t told = audits(th, "duty.warn");
	test_hub_job(th, "duties"); /* once */
	assert_int_equal(audits(th, "duty.warn"), told);
	assert_int_equal(audits(th, "duty.late"), 0);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "期限が近い届出"));
	clock_fake_add(&th->clock, 3 * US_PER_DAY);
	test_hub_job(th, "duties");
	assert_int_equal(audits(th, "duty.late"), 1);
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/duties").body, "期限を過ぎた届出が 1 件"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/cases/" CASE).body, "1 日超過"));
}

/* --- mails --- */

enum { BOX = 40 };
static struct {
	size_t n;
	char to[BOX][80], subject[BOX][300], body[BOX][2000];
	int answer;
} box;

static int take(struct hub *h, const struct smtp_mail *m, struct err *e)
{
	(void)h;
	if (box.answer < 0)
		return err_set(e, box.answer, "451 later");
	assert_true(box.n < BOX);
	(void)snprintf(box.to[box.n], sizeof(box.to[0]), "%s", m->to);
	(void)snprintf(box.subject[box.n], sizeof(box.subject[0]), "%s", m->subject);
	(void)snprintf(box.body[box.n++], sizeof(box.body[0]), "%s", m->body_text);
	return 0;
}

/* What the job does, with the box for a mail server; how many mails came. */
static size_t mailed(struct test_hub *th)
{
	const size_t was = box.n;
	struct err e = { 0 };

	if (duties_mail_queue(th->hub, &e) < 0 || duties_mail_send(th->hub, take, &e) < 0)
		fail_msg("%s", e.text);
	return box.n - was;
}

static void addressed(struct test_hub *th, int64_t person, const char *mail)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);

	assert_int_equal(db_run(t, &scope_system,
				"UPDATE person SET mail = $2 WHERE id = $1 @global",
				DB_ARGS(DB_INT(person), DB_TEXT(mail)), &e),
			 0);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static size_t about(const char *what, const char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < box.n; i++)
		n += strstr(box.subject[i], what) && strcmp(box.to[i], to) == 0;
	return n;
}

/* TEST_HUB_NOW is Monday 23 November 2026 10:00 in Japan (a holiday): day 5 is Friday 27th. */
static struct ready with_mail(struct test_hub *th)
{
	struct ready r = ready(th);
	int64_t other = test_hub_person(th, th->consortium_id, ROLE_DESK, "second");

	memset(&box, 0, sizeof(box));
	free(th->hub->conf.smtp_url);
	th->hub->conf.smtp_url = mem_strdup("smtp://127.0.0.1:1");
	addressed(th, r.desk, "owner@desk.example");
	addressed(th, other, "second@desk.example");
	assert_int_equal(set(&r, 0), 0);
	return r;
}

static void each_threshold_is_mailed_once(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = with_mail(th);

	assert_int_equal(mailed(th), 0);
	clock_fake_add(&th->clock, 3 * US_PER_DAY); /* Thursday: half and the day before at once */
	assert_true(mailed(th) >= 2);
	assert_int_equal(about("速報", "owner@desk.example"), 1);
	assert_int_equal(about("速報", "second@desk.example"), 1);
	assert_non_null(strstr(box.subject[0], CASE));
	for (size_t i = 0; i < box.n; i++)
		if (strstr(box.subject[i], "速報")) {
			assert_non_null(strstr(box.subject[i], "2026年11月27日（金）まで"));
			assert_non_null(strstr(box.body[i], "みなと製作所"));
			assert_non_null(strstr(box.body[i], "/cases/" CASE "/duties"));
			assert_non_null(strstr(box.body[i], "前の開庁日"));
			assert_null(strstr(box.body[i], "{"));
		}
	assert_int_equal(mailed(th), 0); /* the job comes each minute, the hub starts again */
	clock_fake_add(&th->clock, US_PER_DAY);
	assert_int_equal(mailed(th), 2); /* the day itself */
	assert_int_equal(about("速報", "owner@desk.example"), 2);
	assert_int_equal(made(&r, "appi_prelim", 0), 0);
	clock_fake_add(&th->clock, 3 * US_PER_DAY);
	(void)mailed(th); /* it was made: nobody is told that it is late */
	assert_int_equal(about("速報", "owner@desk.example"), 2);
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_MADE);
}

static void what_is_done_meanwhile_is_not_mailed(struct test_hub *th)
{
	struct ready r = with_mail(th);
	struct err e = { 0 };

	clock_fake_add(&th->clock, 4 * US_PER_DAY);
	assert_int_equal(duties_mail_queue(th->hub, &e), 0);
	assert_int_equal(made(&r, "appi_prelim", 0), 0); /* between queue and mail server */
	r.f.given[FACT_MALICIOUS] = "no";                /* the police is not told of it */
	assert_int_equal(set(&r, 1), 0);
	assert_int_equal(duties_mail_send(th->hub, take, &e), 0);
	assert_int_equal(about("速報", "owner@desk.example"), 0);
	assert_int_equal(about("警察", "owner@desk.example"), 0);
}

static void a_mail_server_that_is_down_loses_nothing(struct test_hub *th)
{
	struct ready r = with_mail(th);

	(void)r;
	clock_fake_add(&th->clock, 4 * US_PER_DAY);
	box.answer = -EAGAIN;
	assert_int_equal(mailed(th), 0);
	box.answer = 0;
	assert_int_equal(mailed(th), 0); /* not at once */
	clock_fake_add(&th->clock, 2 * US_PER_MIN);
	(void)mailed(th);
	assert_int_equal(about("速報", "owner@desk.example"), 1);
	box.answer = -EPERM; /* an address that does not exist */
	clock_fake_add(&th->clock, US_PER_DAY);
	(void)mailed(th);
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/").body, "メールを 2 通送れませんでした"));
}

static void a_corrected_clock_warns_anew(struct test_hub *th)
{
	struct ready r = with_mail(th);

	clock_fake_add(&th->clock, 4 * US_PER_DAY);
	(void)mailed(th);
	assert_int_equal(about("速報", "owner@desk.example"), 1);
	assert_int_equal(set(&r, 1), 0); /* answered again, the same: nothing new */
	(void)mailed(th);
	assert_int_equal(about("速報", "owner@desk.example"), 1);
	r.f.known_us -= US_PER_DAY; /* it was due yesterday */
	assert_int_equal(set(&r, 2), 0);
	(void)mailed(th);
	assert_int_equal(about("速報", "owner@desk.example"), 2);
	assert_non_null(strstr(box.body[box.n - 1], "期限を過ぎました"));
}

static void nine_items(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer page;

	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/duties/items",
				       "item=overview&state=known&body=abc&version=0")
				 .status,
			 303);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/duties/items",
				       "item=publication&state=none&body=&version=0")
				 .status,
			 303);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/duties/items",
				       "item=overview&state=known&body=other&version=0")
				 .status,
			 409);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/duties/items",
				       "item=cause&state=known&body=&version=0")
				 .status,
			 400);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" CASE "/duties/items",
				       "item=none&state=known&body=x&version=0")
				 .status,
			 400);
	page = test_hub_json(th, r.desk, "/cases/" CASE "/duties");
	assert_non_null(strstr(page.body, "\"items_known\":2"));
	assert_non_null(strstr(page.body, "\"text\":\"abc\""));
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/cases/" CASE "/report/nine").body, "abc"));
}

static void forms_are_filled(struct test_hub *th)
{
	static const char *const forms[] = { "nine", "ransomware", "ddos", "ipa", "jpcert" };
	struct ready r = ready(th);
	struct test_answer page;
	char path[80];

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		(void)snprintf(path, sizeof(path), "/cases/" CASE "/report/%s", forms[i]);
		assert_int_equal(test_hub_get(th, r.desk, path).status, 200);
	}
	page = test_hub_get(th, r.desk, "/cases/" CASE "/report/ransomware");
	assert_non_null(strstr(page.body, "みなと製作所"));
	assert_non_null(strstr(page.body, "英語の文が出ています"));
	assert_non_null(strstr(page.body, "未記入"));
	page = test_hub_json(th, r.desk, "/cases/" CASE "/report/ransomware");
	assert_non_null(strstr(page.body, "\"id\":\"extension\""));
	assert_non_null(strstr(page.body, "\"value\":\"英語の文が出ています\""));
	assert_non_null(strstr(page.body, "\"blank\":true"));
	page = test_hub_get(th, r.desk, "/cases/" CASE "/report/jpcert/csv");
	assert_non_null(strstr(page.type, "text/csv"));
	assert_int_equal(test_hub_get(th, r.desk, "/cases/" CASE "/report/none").status, 404);
}

static void who_may(struct test_hub *th)
{
	struct ready r = ready(th);

	r.u.roles = ROLE_INSURER;
	assert_int_equal(set(&r, 0), -EDENIED);
	r.u.roles = ROLE_COMPANY;
	assert_int_equal(set(&r, 0), -EDENIED);
	r.u.roles = ROLE_ANALYST;
	assert_int_equal(set(&r, 0), 0);
	r.f.given[FACT_PERSONAL] = "perhaps";
	assert_int_equal(set(&r, 1), -EINVAL);
}

static void go_along_when_cases_are_merged(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct err e = { 0 };
	struct duty_facts_row facts;
	const int64_t first = r.case_id;
	const struct case_new n = { .company_id = r.company,
				    .kind = "data_leak",
				    .title = "同じ件",
				    .source = "phone",
				    .severity = 2,
				    .words = "",
				    .contact_name = "",
				    .contact_phone = "" };

	assert_int_equal(set(&r, 0), 0);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_open(t, th->hub, &r.u, &n, TEST_HUB_NOW, &r.case_id, &e), 0);
	assert_int_equal(
		cases_merge(t, th->hub, &r.u, CASE, "IW-2026-000002", "", TEST_HUB_NOW, &e), 0);
	assert_int_equal(duties_store_facts(t, &r.u.scope, r.case_id, a, &facts, &e), 0);
	assert_string_equal(facts.f.given[FACT_PERSONAL], "yes");
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_OPEN);
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_merge_undo(t, th->hub, &r.u, CASE, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_string_equal(duty(&r, a, "appi_prelim").state, "absent");
	r.case_id = first;
	assert_string_equal(duty(&r, a, "appi_prelim").state, DUTY_OPEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(answers_start_clocks),
		ON_BOTH(a_corrected_time_counts_anew),
		ON_BOTH(a_report_stops_the_clock),
		ON_BOTH(warns_before_it_runs_out),
		ON_BOTH(each_threshold_is_mailed_once),
		ON_BOTH(what_is_done_meanwhile_is_not_mailed),
		ON_BOTH(a_mail_server_that_is_down_loses_nothing),
		ON_BOTH(a_corrected_clock_warns_anew),
		ON_BOTH(nine_items),
		ON_BOTH(forms_are_filled),
		ON_BOTH(who_may),
		ON_BOTH(go_along_when_cases_are_merged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
