/* SPDX-License-Identifier: Apache-2.0 */
/* Imports on both databases: past cases from files as Excel writes them, half of them wrong; alerts
 * of TheHive and DFIR-IRIS. */
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/exports/exports_alert.h"
#include "hub/exports/exports_history.h"
#include "hub/members/members_rules.h"
#include "hub/cases/cases.h"
#include "hub/test_hub.h"

struct ready {
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

static struct history_report import(const struct ready *r, struct str file, bool dry_run,
				    struct arena *a)
{
	struct history_report rep = { 0 };
	const struct history_file f = { file.p, file.n };
	struct err e = { 0 };

	if (exports_history(r->th->hub, &r->u, &f, dry_run, a, &rep, &e) < 0)
		fail_msg("%s", e.text);
	return rep;
}

static int64_t cases_in(const struct ready *r)
{
	const struct case_filter any = { .state = "" };
	int64_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, NULL);

	assert_int_equal(cases_store_count(t, &r->u.scope, &any, &n, NULL), 0);
	return n;
}

static const char sample[] = "管理番号,受付日時,終了日時,会社,種類,件名,内容,電話分数,遠隔分数,"
			     "訪問分数,費用,原因,教訓,備考\r\n"
			     "A-1,令和8年3月1日,2026/3/2 "
			     "17:00,みなと製作所,ランサムウェア,表が開けない,朝から開けません,"
			     "20分,60,１２０,\"49,250円\",添付ファイル,控えを取る,x\r\n"
			     "A-2,2026/4/1 9:30,,みなと製作所,,相談,,15,,,,,,\r\n"
			     "A-3,4月1日,,みなと製作所,,日付が違う,,,,,,,,\r\n"
			     "A-4,2026/4/1,,知らない会社,,会社が違う,,,,,,,,\r\n"
			     "A-5,2026/4/1,2026/3/1,みなと製作所,,終わりが先,,,,,,,,\r\n"
			     "A-6,2026/4/1,,みなと製作所,宇宙人,種類が違う,,,,,,,,\r\n"
			     "A-7,2026/4/1,,みなと製作所,,数が違う,,たくさん,,,,,,\r\n"
			     "A-8,2026/4/1,,みなと製作所,,,,,,,,,,\r\n"
			     "\r\n"
			     "=A-9,2026/4/1,,みなと製作所,,\"二行\n件名\",,,,,,,,\r\n";

static void good_rows_come_in_and_wrong_ones_say_why(struct test_hub *th)
{
	static const struct {
		long line;
		const char *column;
	} wrong[] = { { 4, "受付日時" }, { 5, "会社" },     { 6, "終了日時" },
		      { 7, "種類" },     { 8, "電話分数" }, { 9, "件名" } };
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct history_report rep = import(&r, STR(sample), true, a);
	size_t k = 0;

	assert_int_equal(rep.n_error, 6);
	assert_int_equal(rep.n_new, 3);
	assert_string_equal(rep.unknown, "備考");
	assert_int_equal(cases_in(&r), 0); /* only looked at */
	for (size_t i = 0; i < rep.n_rows; i++)
		if (rep.rows[i].state == HISTORY_ERROR) {
			assert_int_equal(rep.rows[i].line, wrong[k].line);
			assert_string_equal(rep.rows[i].column, wrong[k++].column);
			assert_true(rep.rows[i].text[0]);
		}
	rep = import(&r, STR(sample), false, a);
	assert_int_equal(cases_in(&r), 3);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, NULL);
	struct incident i;
	assert_int_equal(cases_get(t, &r.u.scope, rep.rows[0].number, a, &i, NULL), 0);
	assert_string_equal(i.state, CASE_CLOSED);
	assert_string_equal(i.kind, "ransomware");
	assert_int_equal(i.minutes, 200);
	assert_int_equal(i.cost_yen, 49250);
	assert_int_equal(i.n_visit, 1);
	assert_string_equal(i.cause, "添付ファイル");
	assert_int_equal(i.opened_us, INT64_C(1772290800000000)); /* 1 March 2026 in Japan */
}

static void twice_changes_nothing_and_nothing_is_lost(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf refused = { 0 };

	(void)import(&r, STR(sample), false, a);
	struct history_report rep = import(&r, STR(sample), false, a);
	assert_int_equal(rep.n_same, 3);
	assert_int_equal(rep.n_new, 0);
	assert_int_equal(cases_in(&r), 3);
	exports_history_refused_csv(&rep, th->hub->text, LANG_JA, &refused);
	assert_non_null(strstr(refused.p, "知らない会社"));
	assert_null(strstr(refused.p, "表が開けない"));
	/* what is mended in it comes in */
	char *at = strstr(refused.p, "4月1日");
	assert_non_null(at);
	SCOPED_BUF struct buf mended = { 0 };
	buf_add(&mended, refused.p, (size_t)(at - refused.p));
	buf_adds(&mended, "2026/4/1");
	buf_adds(&mended, at + strlen("4月1日"));
	rep = import(&r, (struct str){ mended.p, mended.n }, false, a);
	assert_int_equal(rep.n_new, 1);
	assert_int_equal(rep.n_error, 5);
}

static void a_thousand_rows_half_of_them_wrong(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };

	buf_adds(&b, "\xEF\xBB\xBFopened,closed,company,kind,title,phone_minutes\n");
	for (int i = 0; i < 1300; i++)
		buf_printf(&b, "%s,,みなと製作所,ransomware,件名 %d,%d\n",
			   i % 2 ? "2025-02-30" : "2025-02-03", i, i % 60);
	struct history_report rep = import(&r, (struct str){ b.p, b.n }, false, a);
	assert_int_equal(rep.n_new, 650);
	assert_int_equal(rep.n_error, 650);
	assert_string_equal(rep.charset, "UTF-8");
	assert_int_equal(cases_in(&r), 650);
	rep = import(&r, (struct str){ b.p, b.n }, false, a); /* known by what they say */
	assert_int_equal(rep.n_same, 650);
}

/* Cells behind the last heading belong to nothing. */
static void rows_longer_than_the_first(struct test_hub *th)
{
	static const char file[] =
		"opened,company,title\n2026-01-01,みなと製作所,x,1,2,3,4,5,6,7\n";
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);

	assert_int_equal(import(&r, STR(file), false, a).n_new, 1);
}

static void shift_jis_of_excel(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	iconv_t cd = iconv_open("CP932", "UTF-8");
	char out[2 * sizeof(sample)], *to = out, *from = (char *)(uintptr_t)sample;
	size_t n_from = sizeof(sample) - 1, n_to = sizeof(out);

	assert_true(iconv(cd, &from, &n_from, &to, &n_to) != (size_t)-1);
	iconv_close(cd);
	struct history_report rep = import(&r, (struct str){ out, sizeof(out) - n_to }, false, a);
	assert_string_equal(rep.charset, "CP932");
	assert_int_equal(rep.n_new, 3);
}

static void what_is_no_such_file(struct test_hub *th)
{
	static const char *const files[] = { "", "a,b\n1,2\n", "opened,opened,company,title\n",
					     "受付日時,会社\n2026/1/1,みなと製作所\n" };
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct history_report rep;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		const struct history_file f = { files[i], strlen(files[i]) };
		assert_int_equal(exports_history(th->hub, &r.u, &f, true, a, &rep, &e), -EINVAL);
	}
}

/* --- alerts --- */

static struct test_answer post(const struct ready *r, const char *path, const char *json)
{
	SCOPED_BUF struct buf b = { 0 };

	buf_printf(&b,
		   "POST %s HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\nX-CSRF-Token: %s\r\n"
		   "Content-Type: application/json\r\nAccept: application/json\r\n"
		   "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
		   path, test_hub_cookie(r->th, r->desk), test_hub_csrf(r->th, r->desk),
		   strlen(json), json);
	return test_hub_raw(r->th, b.p);
}

static const char hive[] =
	"{\"type\":\"phishing\",\"source\":\"mail-gw\",\"sourceRef\":\"m-17\",\"title\":\"偽の"
	"請求書 \\ud83d\\udea8\",\"description\":\"3 "
	"人に届いた\",\"severity\":3,\"date\":1795392000000,"
	"\"tags\":[\"a\",\"company:みなと製作所\"],\"tlp\":2,\"pap\":2,\"observables\":["
	"{\"dataType\":\"domain\",\"data\":\"bad[.]example\",\"tlp\":4,\"message\":\"送り主\"},"
	"{\"dataType\":\"ip\",\"data\":\"203.0.113.9\"},"
	"{\"dataType\":\"hostname\",\"data\":\"PC-07\"},"
	"{\"dataType\":\"registry\",\"data\":\"HKLM\\\\Software\\\\x\"}]}";
static const char iris[] =
	"{\"alert_title\":\"EDR: "
	"不審な実行\",\"alert_description\":\"powershell\",\"alert_severity_id\":5,"
	"\"alert_source\":\"EDR\",\"alert_source_ref\":\"e-1\",\"alert_customer_id\":7,"
	"\"alert_source_event_time\":\"2026-11-23T00:30:00\",\"alert_iocs\":[{\"ioc_value\":"
	"\"https://bad.example/x\",\"ioc_tlp_id\":1}],\"alert_assets\":[{\"asset_name\":\"PC-08\","
	"\"asset_ip\":\"192.0.2.8\"}]}";

static void hive_becomes_a_case_once(struct test_hub *th)
{
	struct ready r = ready(th);
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct case_indicator *list;
	struct case_device *devices;
	struct incident i;
	size_t n;

	struct test_answer x = post(&r, "/api/import/thehive", hive);
	if (x.status != 200)
		fail_msg("%d %s", x.status, x.body);
	assert_non_null(strstr(x.body, "\"created\":true"));
	x = post(&r, "/api/import/thehive", hive);
	assert_non_null(strstr(x.body, "\"created\":false"));
	assert_non_null(strstr(x.body, "IW-2026-000001"));
	assert_int_equal(cases_in(&r), 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, NULL);
	assert_int_equal(cases_get(t, &r.u.scope, "IW-2026-000001", a, &i, NULL), 0);
	assert_string_equal(i.kind, "suspicious_mail");
	assert_string_equal(i.title, "偽の請求書 🚨");
	assert_int_equal(i.severity, 3);
	assert_int_equal(i.happened_us, INT64_C(1795392000000000));
	assert_int_equal(cases_store_indicators(t, &r.u.scope, i.id, a, &list, &n, NULL), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].tlp, "red"); /* never more open than it came */
	assert_int_equal(cases_store_devices(t, &r.u.scope, i.id, a, &devices, &n, NULL), 0);
	assert_int_equal(n, 1);
	assert_string_equal(devices[0].name, "PC-07");
}

static void iris_customers_are_learnt(struct test_hub *th)
{
	struct ready r = ready(th);
	char path[80], second[1024];

	assert_int_equal(post(&r, "/api/import/iris", iris).status, 400); /* who is 7? */
	(void)snprintf(path, sizeof(path), "/api/import/iris?company=%lld", (long long)r.company);
	assert_int_equal(post(&r, path, iris).status, 200);
	(void)snprintf(second, sizeof(second), "%s", iris);
	memcpy(strstr(second, "e-1"), "e-2", 3);
	struct test_answer x = post(&r, "/api/import/iris", second);
	assert_int_equal(x.status, 200);
	assert_non_null(strstr(x.body, "\"created\":true"));
	assert_int_equal(cases_in(&r), 2);
}

/* What an id of theirs means depends on their installation: the graver meaning holds. */
static void severities_of_iris(struct test_hub *th)
{
	static const struct {
		const char *said;
		int severity;
	} rows[] = { { "\"alert_severity_id\":1", 2 },
		     { "\"alert_severity_id\":3", 1 },
		     { "\"alert_severity_id\":4", 2 },
		     { "\"alert_severity_id\":5", 3 },
		     { "\"alert_severity_id\":6", 4 },
		     { "\"alert_severity_id\":99", 2 },
		     { "\"alert_severity_id\":6,\"severity\":{\"severity_name\":\"Low\"}", 1 },
		     { "\"alert_severity\":{\"severity_name\":\"Informational\"}", 0 } };
	SCOPED_ARENA struct arena *a = arena_new(0);

	(void)th;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const char *json = arena_printf(a,
						"{\"alert_title\":\"x\",\"alert_source\":\"y\","
						"\"alert_source_ref\":\"z\",%s}",
						rows[i].said);
		struct outside_alert x;
		struct err e = { 0 };
		assert_int_equal(outside_iris(str_of(json), a, &x, &e), 0);
		if (x.severity != rows[i].severity)
			fail_msg("%s: %d", rows[i].said, x.severity);
	}
}

static void nonsense_is_refused(struct test_hub *th)
{
	static const char *const bodies[] = {
		"",
		"[]",
		"{",
		"{\"title\":\"x\"}",
		"{\"title\":1,\"source\":\"\",\"sourceRef\":\"x\"}",
		"{\"title\":\"x\",\"source\":\"x\",\"sourceRef\":\"x\"} trailing",
		"{\"title\":\"x\",\"source\":\"x\",\"sourceRef\":\"x\"}", /* of whom? */
	};
	struct ready r = ready(th);

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct test_answer x = post(&r, "/api/import/thehive", bodies[i]);
		if (x.status != 400)
			fail_msg("%d for %s", x.status, bodies[i]);
	}
	assert_int_equal(cases_in(&r), 0);
}

static void the_pages(struct test_hub *th)
{
	struct ready r = ready(th);

	assert_int_equal(test_hub_get(th, r.desk, "/cases/history").status, 200);
	struct test_answer x = post(&r, "/cases/history?dry_run=1",
				    "opened,company,title\n2026-01-01,みなと製作所,x\n,,\n?,?,?\n");
	assert_int_equal(x.status, 200);
	assert_non_null(strstr(x.body, "\"new\":1"));
	assert_non_null(strstr(x.body, "\"errors\":1"));
	assert_int_equal(cases_in(&r), 0);
	assert_int_equal(test_hub_get(th, r.desk, "/cases/history/refused?token=x").status, 404);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(good_rows_come_in_and_wrong_ones_say_why),
		ON_BOTH(twice_changes_nothing_and_nothing_is_lost),
		ON_BOTH(a_thousand_rows_half_of_them_wrong),
		ON_BOTH(rows_longer_than_the_first),
		ON_BOTH(shift_jis_of_excel),
		ON_BOTH(what_is_no_such_file),
		ON_BOTH(hive_becomes_a_case_once),
		ON_BOTH(iris_customers_are_learnt),
		ON_BOTH(severities_of_iris),
		ON_BOTH(nonsense_is_refused),
		ON_BOTH(the_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
