/* SPDX-License-Identifier: Apache-2.0 */
/* Who else met it, on both databases: what findings leave behind, whom to call, who may know; ties,
 * tags, similar cases, and work on many rows at once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/related/related_seen.h"
#include "hub/related/related_store.h"
#include "hub/test_hub.h"

#define A "IW-2026-000001"
#define B "IW-2026-000002"

struct ready { /* two companies that met bad.example; the first one has a case that names it */
	struct test_hub *th;
	int64_t first, second, desk;
	struct user u;
};

static void findings(struct test_hub *th, int64_t company, const char *name, int64_t at_us)
{
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	Otasuke__Wire__Finding f = OTASUKE__WIRE__FINDING__INIT;
	char peer[] = "198.18.0.1:443", inside[] = "192.168.1.9:445", host[100];
	char *peers[] = { peer, inside }, *names[] = { host };
	struct err e = { 0 };

	(void)snprintf(host, sizeof(host), "%s", name);
	d.mac = (char[]){ "02:00:00:00:00:07" };
	d.vendor = (char[]){ "Example" };
	d.dhcp_fingerprint = (char[]){ "1,3,6,15" };
	f.detector = (char[]){ "beacon" };
	f.story = host;
	f.severity = OTASUKE__WIRE__SEVERITY__HIGH;
	f.device = &d;
	f.peers = peers;
	f.n_peers = 2;
	f.names = names;
	f.n_names = 1;
	f.first_us = at_us - US_PER_MIN;
	f.last_us = at_us;
	const struct fleet_finding one = { 1, &f, 0 };
	const struct fleet_batch batch = { .company_id = company,
					   .sensor_id = 1,
					   .received_us = clock_utc_us(th->hub->clock),
					   .findings = &one,
					   .n_findings = 1 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(related_seen_take(th->hub->related, t, &batch, &e), 0);
	assert_int_equal(related_seen_finish(th->hub->related, t, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	related_seen_done(th->hub->related, true);
}

static void open_case(const struct ready *r, int64_t company, const char *indicator)
{
	const struct case_new n = { .company_id = company,
				    .kind = "malware_suspected",
				    .title = "画面に警告が出る",
				    .source = "phone",
				    .severity = 2,
				    .words = "QWERTY秘密",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	const struct case_indicator i = { .type = "domain", .value = indicator, .note = "" };
	SCOPED_ARENA struct arena *a = arena_new(0);
	const char *number;
	struct err e = { 0 };
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_open(t, r->th->hub, &r->u, &n, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(cases_store_number(t, &r->u.scope, id, a, &number, &e), 0);
	if (indicator)
		assert_int_equal(cases_indicator(t, &r->u, number, &i, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th,
			   .first = test_hub_company(th, "ひみつ製作所"),
			   .second = test_hub_company(th, "となり商店") };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.u = test_hub_user(th, r.desk);
	open_case(&r, r.first, "BAD.example.");
	return r;
}

static void the_other_company_is_one_to_call(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	test_hub_job(th, "who-else");
	p = test_hub_get(th, r.desk, "/cases/" A);
	assert_null(strstr(p.body, "となり商店"));
	/* seen after the case was opened: the job hears of it */
	findings(th, r.first, "bad.example", TEST_HUB_NOW);
	findings(th, r.second, "Bad.Example", TEST_HUB_NOW);
	test_hub_job(th, "who-else");
	p = test_hub_get(th, r.desk, "/cases/" A);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "となり商店"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "となり商店"));
	p = test_hub_json(th, r.desk, "/related/seen?kind=domain&value=no+name");
	assert_int_equal(p.status, 400);
	p = test_hub_json(th, r.desk, "/related/seen?kind=domain&value=bad%5B.%5Dexample");
	assert_non_null(strstr(p.body, "となり商店"));
	assert_non_null(strstr(p.body, "ひみつ製作所"));
	p = test_hub_json(th, r.desk, "/related/seen?kind=address&value=198.18.0.1");
	assert_int_equal(p.status, 200);
	p = test_hub_json(th, r.desk, "/related/seen?kind=address&value=192.168.1.9");
	assert_null(strstr(p.body, "となり商店")); /* what is inside is nobody else's */
}

static void the_call_says_nothing_of_the_first(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;
	char path[100];
	int64_t org = test_hub_org(th, "insurer", "保険会社");
	int64_t clerk = test_hub_person(th, org, ROLE_INSURER, "clerk");

	test_hub_relate(th, r.second, org, "insurer");
	findings(th, r.second, "bad.example", TEST_HUB_NOW);
	test_hub_job(th, "who-else");
	(void)snprintf(path, sizeof(path), "/cases/" A "/calls/%lld", (long long)r.second);
	p = test_hub_post(th, r.desk, path, "");
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/" B);
	assert_int_equal(test_hub_post(th, r.desk, path, "").status, 409); /* done is done */
	p = test_hub_get(th, r.desk, "/cases/" B);
	assert_non_null(strstr(p.body, A)); /* staff see the tie */
	/* who sees only the second company learns nothing of the first */
	p = test_hub_get(th, clerk, "/cases/" B);
	assert_int_equal(p.status, 200);
	assert_null(strstr(p.body, A));
	assert_null(strstr(p.body, "ひみつ"));
	assert_null(strstr(p.body, "QWERTY"));
	assert_int_equal(
		test_hub_get(th, clerk, "/related/seen?kind=domain&value=bad.example").status, 403);
	assert_int_equal(test_hub_post(th, clerk, path, "").status, 403);
	/* nor does who sees both, but is not of the consortium */
	test_hub_relate(th, r.first, org, "insurer");
	p = test_hub_get(th, clerk, "/cases/" B);
	assert_null(strstr(p.body, A));
	p = test_hub_get(th, clerk, "/cases/" A);
	assert_int_equal(p.status, 200);
	assert_null(strstr(p.body, "となり商店"));
}

static void not_needed_has_a_reason(struct test_hub *th)
{
	struct ready r = ready(th);
	char path[100];

	findings(th, r.second, "bad.example", TEST_HUB_NOW);
	test_hub_job(th, "who-else");
	(void)snprintf(path, sizeof(path), "/cases/" A "/calls/%lld/not-needed",
		       (long long)r.second);
	assert_int_equal(test_hub_post(th, r.desk, path, "why=").status, 400);
	assert_int_equal(test_hub_post(th, r.desk, path, "why=known").status, 303);
	test_hub_job(th, "who-else-all");
	assert_null(strstr(test_hub_get(th, r.desk, "/").body, "となり商店"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" A "/calls/9999", "").status, 404);
}

static int64_t value(struct test_hub *th, const char *sql)
{
	struct err e = { 0 };
	int64_t n = -1;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(db_one_int(t, &scope_system, sql, DB_NO_ARGS, &n, &e), 0);
	return n;
}

static void a_pair_is_one_row_and_days_are_counted(struct test_hub *th)
{
	struct ready r = ready(th);
	const char *const count = "@global SELECT count(*) FROM sighting";

	findings(th, r.second, "bad.example", TEST_HUB_NOW);
	int64_t rows = value(th, count);
	assert_int_equal(rows, 4); /* name, address, whom the detector named, device */
	findings(th, r.second, "bad.example", TEST_HUB_NOW);
	assert_int_equal(value(th, count), rows);
	assert_int_equal(value(th, "@global SELECT max(days) FROM sighting"), 1);
	clock_fake_add(&th->clock, US_PER_DAY);
	findings(th, r.second, "bad.example", TEST_HUB_NOW + US_PER_DAY);
	assert_int_equal(value(th, "@global SELECT min(days) FROM sighting"), 2);
	/* a clock that is ahead shows nothing of the future */
	findings(th, r.second, "other.example", TEST_HUB_NOW + 400 * US_PER_DAY);
	assert_true(value(th, "@global SELECT max(last_us) FROM sighting") <=
		    TEST_HUB_NOW + US_PER_DAY);
	clock_fake_add(&th->clock, 95 * US_PER_DAY);
	test_hub_job(th, "sightings-forget");
	assert_int_equal(value(th, count), 0);
}

static void what_all_have_met_is_nothing_to_call_about(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;
	char name[40];

	for (int i = 0; i <= SEEN_COMMON; i++) {
		(void)snprintf(name, sizeof(name), "会社 %d", i);
		findings(th, test_hub_company(th, name), "bad.example", TEST_HUB_NOW);
	}
	test_hub_job(th, "who-else");
	assert_int_equal(value(th, "@global SELECT count(*) FROM who_else"), 0);
	p = test_hub_json(th, r.desk, "/related/seen?kind=domain&value=bad.example");
	assert_non_null(strstr(p.body, "会社 50"));
}

static void ties_and_tags(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	open_case(&r, r.second, NULL);
	open_case(&r, r.first, NULL);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" A "/ties", "other=" A "&kind=related").status,
		400);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" A "/ties", "other=" B "&kind=friends").status,
		400);
	p = test_hub_post(th, r.desk, "/cases/" A "/ties", "other=" B "&kind=caused_by&note=n");
	assert_int_equal(p.status, 303);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" A "/ties", "other=" B "&kind=caused_by&note=n")
			.status,
		400);
	p = test_hub_json(th, r.desk, "/cases/" B "/related");
	assert_non_null(strstr(p.body, "\"kind\":\"caused_by\",\"reverse\":true"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" A "/tags", "tag=spring").status, 303);
	p = test_hub_json(th, r.desk, "/cases/" A "/related");
	assert_non_null(strstr(p.body, "\"tags\":[\"spring\"]"));
	/* tags go along with a merge, and ties stay with the number */
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" A "/merge", "into=IW-2026-000003").status, 303);
	p = test_hub_json(th, r.desk, "/cases/IW-2026-000003/related");
	assert_non_null(strstr(p.body, "\"tags\":[\"spring\"]"));
	assert_non_null(strstr(p.body, "\"parts\":[{\"number\":\"" A "\""));
	/* the whole shows what its part is tied to, and may untie it; the other end leads on */
	assert_non_null(strstr(p.body, "\"kind\":\"caused_by\",\"reverse\":false,\"number\":\"" B));
	p = test_hub_json(th, r.desk, "/cases/" B "/related");
	assert_non_null(strstr(p.body, "\"kind\":\"caused_by\",\"reverse\":true"));
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" A "/unmerge", "").status, 303);
	p = test_hub_json(th, r.desk, "/cases/IW-2026-000003/related");
	assert_null(strstr(p.body, "caused_by"));
	p = test_hub_json(th, r.desk, "/cases/" A "/related");
	assert_non_null(strstr(p.body, "\"kind\":\"caused_by\""));
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/" A "/merge", "into=IW-2026-000003").status, 303);
	assert_int_equal(
		test_hub_post(th, r.desk, "/cases/IW-2026-000003/ties/1/remove", "").status, 303);
	assert_int_equal(value(th, "@global SELECT count(*) FROM case_tie"), 0);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" A "/unmerge", "").status, 303);
	assert_int_equal(test_hub_get(th, r.desk, "/cases/" A "/related").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/related/seen").status, 200);
}

static void similar_cases_say_why(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	open_case(&r, r.second, "bad.example");
	open_case(&r, r.first, NULL);
	test_hub_job(th, "who-else");
	test_hub_job(th, "search");
	p = test_hub_json(th, r.desk, "/cases/" A "/related");
	const char *same = strstr(p.body, "\"similar\":[{\"number\":\"" B "\"");
	assert_non_null(same);
	assert_non_null(strstr(same, "bad.example"));
	assert_non_null(strstr(same, "IW-2026-000003"));
}

static void many_at_once(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;
	int64_t other = test_hub_org(th, "it_company", "よその会社");
	int64_t spy = test_hub_person(th, other, ROLE_TECHNICIAN, "spy");

	open_case(&r, r.first, NULL);
	open_case(&r, r.first, NULL);
	p = test_hub_post(th, r.desk, "/cases/bulk",
			  "n=" A "&n=" B "&n=IW-2026-000003&do=severity&severity=4");
	assert_int_equal(p.status, 303);
	assert_int_equal(value(th, "@global SELECT count(*) FROM incident WHERE severity = 4"), 3);
	assert_int_equal(
		value(th, "@global SELECT count(*) FROM audit WHERE action = 'incident.edit'"), 3);
	p = test_hub_post(th, r.desk, "/cases/bulk", "n=" B "&do=close&cause=c&lesson=l");
	assert_int_equal(p.status, 303);
	/* one is closed: said so, the others hold */
	p = test_hub_post(th, r.desk, "/cases/bulk",
			  "n=" A "&n=" B "&n=IW-2026-999999&do=state&state=contained");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, B));
	assert_non_null(strstr(p.body, "IW-2026-999999"));
	assert_int_equal(
		value(th, "@global SELECT count(*) FROM incident WHERE state = 'contained'"), 1);
	p = test_hub_post(th, r.desk, "/cases/bulk", "n=" A "&do=merge&other=IW-2026-000003");
	assert_int_equal(p.status, 303);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/bulk", "do=take").status, 400);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/bulk", "n=" A "&do=dance").status, 400);
	/* foreign rows are rows that nobody has */
	p = test_hub_post(th, spy, "/cases/bulk", "n=IW-2026-000003&do=tag&tag=mine");
	assert_int_equal(p.status, 200);
	assert_null(strstr(p.body, "ひみつ"));
	assert_int_equal(value(th, "@global SELECT count(*) FROM case_tag"), 0);
	p = test_hub_get(th, r.desk, "/cases");
	assert_non_null(strstr(p.body, "form=\"bulk\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_other_company_is_one_to_call),
		ON_BOTH(the_call_says_nothing_of_the_first),
		ON_BOTH(not_needed_has_a_reason),
		ON_BOTH(a_pair_is_one_row_and_days_are_counted),
		ON_BOTH(what_all_have_met_is_nothing_to_call_about),
		ON_BOTH(ties_and_tags),
		ON_BOTH(similar_cases_say_why),
		ON_BOTH(many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
