/* SPDX-License-Identifier: Apache-2.0 */
/* The verdict from an alert, on both databases: it ends the alert, keeps its successors quiet, and
 * takes the entry out of the next bundle when it is meant for everybody. */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/intel/intel.h"
#include "hub/test_hub.h"
#include "hub/watch/watch_fold.h"
#include "hub/watch/watch_intel.h"
#include "hub/watch/watch_store.h"

/* A finding of known_bad; KIND "" = it names no indicator. */
static void find(struct test_hub *th, int64_t company_id, const char *kind, const char *value)
{
	char *names[] = { (char *)(uintptr_t)value };
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
	f.story = (char *)(uintptr_t)value;
	f.severity = OTASUKE__WIRE__SEVERITY__HIGH;
	f.confidence = 0.5; /* packed, it holds zeros */
	f.device = &d;
	f.names = names;
	f.n_names = 1;
	f.evidence = list;
	f.n_evidence = *kind ? 2 : 0;
	f.first_us = f.last_us = clock_utc_us(th->hub->clock);
	const struct fleet_finding ff = { .sequence = 1, .finding = &f };
	const struct fleet_batch b = { .company_id = company_id,
				       .sensor_id = 1,
				       .received_us = f.last_us,
				       .findings = &ff,
				       .n_findings = 1 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	if (!t || watch_fold_take(th->hub->watch, t, &b, &e) < 0 ||
	    watch_fold_finish(th->hub->watch, t, &e) < 0 || txn_commit(&t, &e) < 0)
		fail_msg("%s", e.text);
	watch_fold_done(th->hub->watch, true);
}

static struct watch_alert newest(struct test_hub *th, struct arena *a)
{
	const struct alert_filter all = { .state = "" };
	struct watch_alert *list, last = { .id = 0 };
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	if (!t || watch_store_list(t, &scope_system, &all, a, &list, &n, &e) < 0)
		fail_msg("%s", e.text);
	for (size_t i = 0; i < n; i++)
		if (list[i].id > last.id)
			last = list[i];
	return last;
}

static int wrong(struct test_hub *th, const struct user *u, int64_t alert_id, const char *reason)
{
	const struct watch_wrong w = { .alert_id = alert_id, .reason = reason };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	int r = t ? watch_intel_wrong(t, u, &w, clock_utc_us(th->hub->clock), &e) : e.code;

	return r < 0 ? r : txn_commit(&t, &e);
}

static void a_wrong_entry_ends_its_alert(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	const int64_t company = test_hub_company(th, "みなと製作所");
	const struct user u = test_hub_user(th, desk);
	char path[64];

	find(th, company, "domain", "shop.example");
	struct watch_alert alert = newest(th, a);
	(void)snprintf(path, sizeof(path), "/alerts/%lld", (long long)alert.id);
	struct test_answer page = test_hub_get(th, desk, path);
	assert_non_null(strstr(page.body, "panel-intel"));
	assert_non_null(strstr(page.body, "/wrong"));
	assert_int_equal(wrong(th, &u, alert.id, ""), -EINVAL);
	assert_string_equal(newest(th, a).state, ALERT_NEW);
	assert_int_equal(wrong(th, &u, alert.id, "取引先のお店です"), 0);
	alert = newest(th, a);
	assert_string_equal(alert.state, ALERT_CLOSED);
	assert_string_equal(alert.ended_why, "取引先のお店です");
	assert_int_equal(wrong(th, &u, alert.id, "もう一度"), -EEXIST);
	clock_fake_add(&th->clock, US_PER_MIN);
	find(th, company, "domain", "shop.example"); /* sent before the sensor knew */
	assert_string_equal(newest(th, a).state, ALERT_MUTED);
	page = test_hub_get(th, desk, "/intel/held");
	assert_non_null(strstr(page.body, "取引先のお店です"));
}

static void only_what_a_list_names_can_be_wrong(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	const int64_t company = test_hub_company(th, "みなと製作所");
	const int64_t vendor = test_hub_org(th, ORG_VENDOR, "みまもり社");
	const int64_t analyst = test_hub_person(th, vendor, ROLE_ANALYST, "analyst");
	const struct user u = test_hub_user(th, desk);
	char path[64];

	test_hub_relate(th, company, vendor, "vendor");
	find(th, company, "", "shop.example");
	int64_t id = newest(th, a).id;
	assert_int_equal(wrong(th, &u, id, "x"), -EINVAL);
	(void)snprintf(path, sizeof(path), "/alerts/%lld", (long long)id);
	struct test_answer page = test_hub_get(th, desk, path);
	assert_non_null(strstr(page.body, "/intel/own/new?value=shop.example"));
	page = test_hub_get(th, analyst, path); /* sees the alert, but no lists */
	assert_int_equal(page.status, 200);
	assert_null(strstr(page.body, "panel-intel"));
	(void)snprintf(path, sizeof(path), "/alerts/%lld/wrong", (long long)id);
	assert_int_equal(test_hub_post(th, analyst, path, "for=company&reason=x").status, 403);
	assert_int_equal(test_hub_post(th, desk, path, "for=company&reason=x").status, 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_wrong_entry_ends_its_alert),
		ON_BOTH(only_what_a_list_names_can_be_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
