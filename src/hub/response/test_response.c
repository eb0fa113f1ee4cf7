/* SPDX-License-Identifier: Apache-2.0 */
/* Remote response on both databases: consents and what ends with them, orders from the click to the
 * sensor's last report, by a sensor that is played here; steps and screens. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_ingest_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/response/response_order.h"
#include "hub/response/response_screen.h"
#include "hub/response/response_store.h"
#include "hub/test_hub.h"

#define NO     "IW-2026-000001"
#define MAC    "02:00:5e:10:00:07"
#define ROUTER "02:00:5e:10:00:01"

struct ready { /* a company with a sensor, two devices and a case; two operators */
	struct test_hub *th;
	struct hub *h;
	int64_t company, desk, other, sensor, incident;
	struct user u, v;
};

static struct txn *begin(const struct ready *r)
{
	struct err e = { 0 };
	struct txn *t = txn_begin(r->h->db, TXN_WRITE, &e);

	if (!t)
		fail_msg("%s", e.text);
	return t;
}

static void commit(struct txn **t)
{
	struct err e = { 0 };

	if (txn_commit(t, &e) < 0)
		fail_msg("%s", e.text);
}

static int64_t now(const struct ready *r)
{
	return clock_utc_us(r->h->clock);
}

static void device(struct txn *t, const struct ready *r, const char *mac, const char *name,
		   const char *address, bool gateway)
{
	Otasuke__Wire__Device d = OTASUKE__WIRE__DEVICE__INIT;
	char *addresses[] = { (char *)(uintptr_t)address };
	const struct ingest_from from = { .company_id = r->company,
					  .sensor_id = r->sensor,
					  .received_us = TEST_HUB_NOW };
	struct err e = { 0 };
	int64_t id;

	d.mac = (char *)(uintptr_t)mac;
	d.hostname = (char *)(uintptr_t)name;
	d.addresses = addresses;
	d.n_addresses = 1;
	d.is_gateway = gateway;
	d.first_seen_us = d.last_seen_us = TEST_HUB_NOW;
	if (fleet_ingest_store_device(t, &from, &d, &id, &e) < 0)
		fail_msg("%s", e.text);
}

/* Whether traffic goes through it, as its heartbeat would say. */
static void inline_box(const struct ready *r, bool on)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = begin(r);

	assert_int_equal(db_change(t, &scope_system,
				   "UPDATE sensor SET inline_box = $2 WHERE id = $1"
				   " AND @scope(company_id)",
				   DB_ARGS(DB_INT(r->sensor), DB_INT(on ? 1 : 0)), &e),
			 1);
	commit(&t);
}

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th,
			   .h = th->hub,
			   .company = test_hub_company(th, "みなと製作所") };
	struct fleet_sensor x = { .company_id = r.company,
				  .name = "本社",
				  .cert_sha256 = "none",
				  .version = "",
				  .hardware = "",
				  .enrolled_us = TEST_HUB_NOW };
	struct case_new n = { .company_id = r.company,
			      .kind = "malware_suspected",
			      .title = "画面に警告が出る",
			      .source = "phone",
			      .severity = 2,
			      .words = "x",
			      .contact_name = "佐藤",
			      .contact_phone = "" };
	struct err e = { 0 };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.other = test_hub_person(th, th->consortium_id, ROLE_TECHNICIAN, "other");
	r.u = test_hub_user(th, r.desk);
	r.v = test_hub_user(th, r.other);
	SCOPED_TXN struct txn *t = begin(&r);
	if (fleet_store_add(t, &scope_system, &x, &r.sensor, &e) < 0 ||
	    cases_open(t, r.h, &r.u, &n, TEST_HUB_NOW, &r.incident, &e) < 0)
		fail_msg("%s", e.text);
	device(t, &r, MAC, "keiri-03", "192.0.2.7", false);
	device(t, &r, ROUTER, "router", "192.0.2.1", true);
	commit(&t);
	inline_box(&r, true);
	return r;
}

static int64_t agree(const struct ready *r, const char *what, const char *until)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct case_consent k = {
		.what = what, .given_by = "佐藤", .role = "部長", .how = "call", .until = until
	};
	struct case_consent found;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = begin(r);
	const char *use = arena_strndup(a, what, strcspn(what, " "));

	if (cases_consent(t, &r->u, NO, &k, now(r), &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(
		cases_consent_find(t, &r->u.scope, r->incident, use, now(r), a, &found, &e), 1);
	commit(&t);
	return found.id;
}

static struct response_ask ask_for(const char *type)
{
	return (struct response_ask){
		.number = NO,
		.type = type,
		.mac = strcmp(type, "isolate") == 0 || strcmp(type, "capture") == 0 ? MAC : "",
		.network = strcmp(type, "block") == 0 ? "203.0.113.0/24" : "",
		.token = ""
	};
}

static int order_as(const struct ready *r, const struct user *u, const struct response_ask *ask,
		    int64_t *id_out, struct err *e)
{
	SCOPED_TXN struct txn *t = begin(r);
	int got = response_order_make(t, r->h, u, ask, now(r), id_out, e);

	return got < 0 ? got : txn_commit(&t, e);
}

static int64_t order(const struct ready *r, const char *type)
{
	const struct response_ask ask = ask_for(type);
	struct err e = { 0 };
	int64_t id = 0;

	if (order_as(r, &r->u, &ask, &id, &e) < 0)
		fail_msg("%s: %s", type, e.text);
	return id;
}

static struct response_order get(const struct ready *r, int64_t id, struct arena *a)
{
	struct response_order o = { 0 };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->h->db, TXN_READ, &e);

	if (!t || response_store_get(t, &r->u.scope, id, a, &o, &e) < 0)
		fail_msg("%s", e.text);
	return o;
}

/* The sensor says this of an order. */
static void report(const struct ready *r, int64_t id, const struct order_report *p)
{
	const struct fleet_order_report one = { id, p };
	const struct fleet_batch b = { .company_id = r->company,
				       .sensor_id = r->sensor,
				       .received_us = now(r),
				       .orders = &one,
				       .n_orders = 1 };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = begin(r);

	/* what reports has been delivered */
	assert_true(db_run(t, &scope_system,
			   "UPDATE item SET state = 'delivered' WHERE EXISTS (SELECT 1 FROM"
			   " fleet_order f WHERE f.sensor_id = item.sensor_id"
			   " AND f.item = item.sequence AND f.order_id = $1 AND f.type <> 'cancel')"
			   " AND @scope(company_id)",
			   DB_ARGS(DB_INT(id)), &e) >= 0);
	if (response_report_take(r->h->response, t, &b, &e) < 0)
		fail_msg("%s", e.text);
	commit(&t);
	response_report_done(r->h->response, true);
}

static void says(const struct ready *r, int64_t id, uint32_t number, enum order_state state,
		 const char *reason)
{
	report(r, id,
	       &(struct order_report){ .order = id,
				       .item = 1,
				       .number = number,
				       .state = state,
				       .reason = reason,
				       .text = "",
				       .at_us = now(r) });
}

static size_t story(const struct ready *r, struct arena *a, const char **last_out)
{
	struct case_entry *list;
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->h->db, TXN_READ, &e);

	if (!t || cases_store_entries(t, &r->u.scope, r->incident, a, &list, &n, &e) < 0)
		fail_msg("%s", e.text);
	*last_out = "";
	for (size_t i = 0; i < n; i++) /* written last */
		if (i == 0 || list[i].id > list[0].id) {
			list[0].id = list[i].id;
			*last_out = cases_entry_text(r->h, LANG_JA, &list[i], a);
		}
	return n;
}

static int64_t count(const struct ready *r, const char *sql)
{
	struct err e = { 0 };
	int64_t n = -1;
	SCOPED_TXN struct txn *t = txn_begin(r->h->db, TXN_READ, &e);

	if (!t || db_one_int(t, &scope_system, sql, DB_NO_ARGS, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static void clicked_to_done(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct response_ask ask = ask_for("isolate");
	struct err e = { 0 };
	const char *last;
	int64_t id = 0, again = 0;

	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -ECONFLICT); /* nobody agreed */
	agree(&r, "capture isolate", "week");
	ask.token = "a-form";
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), 0);
	assert_int_equal(order_as(&r, &r.u, &ask, &again, &e), 0); /* a double click */
	assert_int_equal(id, again);
	assert_int_equal(count(&r, "SELECT count(*) FROM item WHERE @scope(company_id)"), 1);
	assert_int_equal(order_as(&r, &r.v, &ask, &again, &e), -EINVAL); /* not theirs */
	struct response_order o = get(&r, id, a);
	assert_string_equal(o.state, "waiting");
	assert_int_equal(o.until_us, TEST_HUB_NOW + 4 * US_PER_HOUR);
	assert_string_equal(o.target, "keiri-03");

	/* two at once: the second hears of the first */
	ask.token = "another-form";
	assert_int_equal(order_as(&r, &r.v, &ask, &again, &e), -ECONFLICT);
	assert_non_null(strstr(e.text, "desk"));

	clock_fake_add(&th->clock, US_PER_SEC);
	const struct fleet_sent sent = {
		.company_id = r.company, .sensor_id = r.sensor, .order_id = id, .at_us = now(&r)
	};
	SCOPED_TXN struct txn *t = begin(&r);
	assert_true(response_report_sent(r.h->response, t, &sent, &e) >= 0);
	commit(&t);
	assert_string_equal(get(&r, id, a).state, "sent");
	clock_fake_add(&th->clock, US_PER_SEC);
	says(&r, id, 1, ORDER_ACCEPTED, "");
	assert_string_equal(get(&r, id, a).state, "running");
	clock_fake_add(&th->clock, US_PER_SEC);
	says(&r, id, 2, ORDER_DONE, "");
	o = get(&r, id, a);
	assert_string_equal(o.state, "done");
	assert_true(o.in_effect);
	const size_t lines = story(&r, a, &last);
	assert_string_equal(last, "desk の指示で「keiri-03」を隔離しました（同意: 佐藤）。指示 "
				  "10:00:00、受領 10:00:02、完了 10:00:03");
	says(&r, id, 2, ORDER_DONE, ""); /* told again */
	assert_int_equal(story(&r, a, &last), lines);

	/* one click lets it go */
	t = begin(&r);
	assert_int_equal(response_order_end(t, r.h, &r.v, id, RESPONSE_WHY_DESK, now(&r), &e), 0);
	assert_int_equal(response_order_end(t, r.h, &r.v, id, RESPONSE_WHY_DESK, now(&r), &e), 0);
	commit(&t);
	assert_int_equal(count(&r, "SELECT count(*) FROM sensor_order WHERE type = 'release'"
				   " AND @scope(company_id)"),
			 1);
	says(&r, id + 1, 1, ORDER_DONE, "");
	assert_false(get(&r, id, a).in_effect);
	assert_int_equal(get(&r, id, a).ended_us, now(&r));
	says(&r, id, 3, ORDER_UNDONE, "");
	assert_int_equal(count(&r, "SELECT count(*) FROM sensor_order WHERE in_effect = 1"
				   " AND @scope(company_id)"),
			 0);
	t = begin(&r);
	assert_int_equal(response_order_end(t, r.h, &r.v, id, RESPONSE_WHY_DESK, now(&r), &e),
			 -ECONFLICT);
}

static void what_may_not_be_ordered(struct test_hub *th)
{
	struct ready r = ready(th);
	struct response_ask ask = ask_for("isolate");
	int64_t insurer = test_hub_org(th, ORG_INSURER, "保険会社");
	int64_t elsewhere = test_hub_org(th, ORG_IT_COMPANY, "よその会社");
	struct err e = { 0 };
	int64_t id;

	test_hub_relate(th, r.company, insurer, "insurer");
	struct user clerk = test_hub_user(th, test_hub_person(th, insurer, ROLE_INSURER, "clerk"));
	struct user spy = test_hub_user(th, test_hub_person(th, elsewhere, ROLE_TECHNICIAN, "spy"));
	agree(&r, "isolate block capture", "week");
	assert_int_equal(order_as(&r, &clerk, &ask, &id, &e), -EDENIED);
	assert_int_equal(order_as(&r, &spy, &ask, &id, &e), -ENOENT);
	ask.mac = ROUTER;
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask.mac = "02:00:5e:99:99:99";
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -ENOENT);
	ask.mac = "";
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask = ask_for("isolate");
	ask.hours = 3;
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask = ask_for("block");
	ask.network = "192.0.2.0/24"; /* holds the router */
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask.network = "everything";
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask = ask_for("capture");
	ask.seconds = 3600;
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask = ask_for("release");
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -EINVAL);
	ask = ask_for("isolate");
	inline_box(&r, false);
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -ECONFLICT);
	assert_non_null(strstr(e.text, "本社"));
	assert_true(order(&r, "capture") > 0); /* that it can */
	assert_true(order(&r, "test") > 0);    /* nobody needs to agree to that */
	SCOPED_TXN struct txn *t = begin(&r);
	assert_true(fleet_store_revoke(t, &scope_system, r.sensor, "stolen", now(&r), &e) >= 0);
	commit(&t);
	ask = ask_for("capture");
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -ECONFLICT);
	assert_int_equal(test_hub_post(th, r.desk, "/cases/" NO "/orders", "type=test").status,
			 409);
}

static void consent_taken_back(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct err e = { 0 };
	const char *last;
	int64_t agreed = agree(&r, "capture isolate block", "week");
	const int64_t capture = order(&r, "capture"), block = order(&r, "block");
	const int64_t isolate = order(&r, "isolate");

	says(&r, capture, 1, ORDER_ACCEPTED, "");
	says(&r, isolate, 1, ORDER_DONE, "");
	/* the device stays where it is unless they say otherwise */
	SCOPED_TXN struct txn *t = begin(&r);
	if (response_consent_revoke(t, r.h, &r.u, agreed, false, now(&r), &e) < 0)
		fail_msg("%s", e.text);
	commit(&t);
	assert_string_equal(get(&r, block, a).state, "cancelled");
	assert_string_equal(get(&r, block, a).reason, "consent_revoked");
	assert_true(get(&r, isolate, a).in_effect);
	assert_true(get(&r, isolate, a).consent_revoked_us > 0);
	says(&r, capture, 2, ORDER_FAILED, ORDER_WHY_CANCELLED);
	assert_string_equal(get(&r, capture, a).state, "cancelled");
	assert_string_equal(get(&r, capture, a).reason, "consent_revoked");
	(void)story(&r, a, &last);
	assert_non_null(strstr(last, "同意が取り消された"));
	assert_int_equal(count(&r, "SELECT count(*) FROM item WHERE kind = 'order' AND"
				   " state = 'waiting' AND @scope(company_id)"),
			 1); /* what cancels the capture */

	/* again, and let it go */
	says(&r, isolate, 2, ORDER_UNDONE, "");
	agreed = agree(&r, "isolate", "week");
	const int64_t second = order(&r, "isolate");
	says(&r, second, 1, ORDER_DONE, "");
	t = begin(&r);
	if (response_consent_revoke(t, r.h, &r.u, agreed, true, now(&r), &e) < 0)
		fail_msg("%s", e.text);
	commit(&t);
	says(&r, second + 1, 1, ORDER_DONE, "");
	assert_false(get(&r, second, a).in_effect);

	/* withdrawn while it was on its way: it comes back as done, and is taken back */
	agreed = agree(&r, "isolate", "week");
	const int64_t third = order(&r, "isolate");
	t = begin(&r);
	assert_true(response_consent_revoke(t, r.h, &r.u, agreed, true, now(&r), &e) >= 0);
	commit(&t);
	assert_string_equal(get(&r, third, a).state, "cancelled");
	says(&r, third, 1, ORDER_DONE, "");
	assert_true(get(&r, third, a).in_effect);
	assert_string_equal(get(&r, third + 1, a).type, "release");
}

static void the_company_takes_it_back(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct accounts_org *orgs;
	struct err e = { 0 };
	char path[100];
	size_t n;
	const int64_t agreed = agree(&r, "isolate", "week"), isolate = order(&r, "isolate");

	says(&r, isolate, 1, ORDER_DONE, "");
	SCOPED_TXN struct txn *t = txn_begin(r.h->db, TXN_READ, &e);
	assert_int_equal(accounts_org_list(t, &scope_system, ORG_COMPANY, a, &orgs, &n, &e), 0);
	txn_rollback(&t);
	const int64_t person = test_hub_person(th, orgs[0].id, ROLE_COMPANY, "minato");
	(void)snprintf(path, sizeof(path), "/members/%lld", (long long)r.company);
	struct test_answer page = test_hub_get(th, person, path);
	assert_non_null(strstr(page.body, "keiri-03")); /* what is cut off is said */
	assert_non_null(strstr(page.body, "/consents/"));
	assert_null(strstr(page.body, "/orders/"));
	assert_int_equal(test_hub_post(th, person, "/cases/" NO "/orders", "type=test").status,
			 403);
	(void)snprintf(path, sizeof(path), "/cases/" NO "/consents/%lld/revoke", (long long)agreed);
	assert_int_equal(test_hub_post(th, person, path, "release=1").status, 303);
	assert_string_equal(get(&r, isolate + 1, a).type, "release");
	assert_int_equal(test_hub_post(th, person, path, "release=1").status, 404);
}

static void consents_expire(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct response_ask ask = ask_for("isolate");
	struct err e = { 0 };
	int64_t id;

	agree(&r, "isolate", "day");
	ask.hours = 24;
	clock_fake_add(&th->clock, US_PER_HOUR);
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), 0);
	/* never longer than they agreed to */
	assert_int_equal(get(&r, id, a).until_us, TEST_HUB_NOW + US_PER_DAY);
	says(&r, id, 1, ORDER_DONE, "");
	clock_fake_add(&th->clock, US_PER_DAY);
	assert_int_equal(order_as(&r, &r.u, &ask, &id, &e), -ECONFLICT);
	assert_non_null(
		strstr(test_hub_get(th, r.desk, "/cases/" NO "/consents").body, "期限切れ"));
	test_hub_job(th, "orders"); /* its own kernel let it go, though it never said so */
	assert_int_equal(count(&r, "SELECT count(*) FROM sensor_order WHERE in_effect = 1"
				   " AND @scope(company_id)"),
			 0);
}

static void sensor_is_away(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	const char *last;

	agree(&r, "capture", "week");
	struct test_answer p = test_hub_get(
		th, r.desk, "/cases/" NO "/orders/new?type=capture&mac=02:00:5e:10:00:07");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "つながっていません"));
	assert_non_null(strstr(p.body, "電話で対応してください"));
	const int64_t id = order(&r, "capture");
	clock_fake_add(&th->clock, 29 * US_PER_MIN);
	test_hub_job(th, "orders");
	assert_string_equal(get(&r, id, a).state, "waiting");
	clock_fake_add(&th->clock, 2 * US_PER_MIN);
	test_hub_job(th, "orders");
	assert_string_equal(get(&r, id, a).state, "expired");
	(void)story(&r, a, &last);
	assert_non_null(strstr(last, "期限が切れました"));
	assert_non_null(strstr(test_hub_get(th, r.desk, "/").body, "orders-urgent"));
	says(&r, id, 1, ORDER_DONE, ""); /* it had begun in time after all */
	assert_string_equal(get(&r, id, a).state, "done");
	assert_null(strstr(test_hub_get(th, r.desk, "/").body, "orders-urgent"));
}

static void clocks_differ(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	const char *last;
	char path[64];

	agree(&r, "isolate", "week");
	const int64_t id = order(&r, "isolate");
	report(&r, id,
	       &(struct order_report){ .order = id,
				       .item = 1,
				       .number = 1,
				       .state = ORDER_REFUSED,
				       .reason = ORDER_WHY_CLOCK,
				       .text = "the order is of 10:00, it is 09:00 here",
				       .at_us = TEST_HUB_NOW - US_PER_HOUR });
	assert_string_equal(get(&r, id, a).state, "refused");
	(void)story(&r, a, &last);
	assert_non_null(strstr(last, "センサーの時計 09:00:00、こちらの時計 10:00:00"));
	(void)snprintf(path, sizeof(path), "/orders/%lld", (long long)id);
	struct test_answer p = test_hub_get(th, r.desk, path);
	assert_non_null(strstr(p.body, "2026/11/23 09:00:00"));
	assert_non_null(strstr(p.body, "2026/11/23 10:00:00"));
	p = test_hub_json(th, r.desk, path);
	assert_non_null(strstr(p.body, "\"reason\":\"clock\""));
	/* a reason of a newer sensor is still an answer; another sensor's word counts nothing */
	const int64_t other = order(&r, "test");
	says(&r, other, 1, ORDER_FAILED, "moon_phase");
	(void)snprintf(path, sizeof(path), "/orders/%lld", (long long)other);
	assert_int_equal(test_hub_get(th, r.desk, path).status, 200);
	const int64_t third = order(&r, "test");
	struct ready foreign = r;
	foreign.sensor++;
	says(&foreign, third, 1, ORDER_DONE, "");
	assert_string_equal(get(&r, third, a).state, "waiting");
}

static void a_recording_comes_up(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	const struct order_figure figures[] = { { "packets", 12, NULL },
						{ "interface", 0, "br0" } };
	const uint8_t hash[ORDER_HASH] = { 0xab };
	char path[100];
	struct err e = { 0 };

	agree(&r, "capture", "week");
	const int64_t id = order(&r, "capture");
	report(&r, id,
	       &(struct order_report){ .number = 1,
				       .state = ORDER_DONE,
				       .reason = "",
				       .text = "",
				       .at_us = now(&r),
				       .figures = figures,
				       .n_figures = 2,
				       .file = hash,
				       .file_size = 5 });
	SCOPED_MEM char *up = hub_state_path(r.h, "up.part");
	if (file_write(up, 0600, "a\0\xffpc", 5, &e) < 0)
		fail_msg("%s", e.text);
	const struct fleet_upload u = { .company_id = r.company,
					.sensor_id = r.sensor,
					.order_id = id,
					.path = up,
					.sha256 = "ab",
					.size = 5,
					.received_us = now(&r) };
	struct fleet_upload wrong = u;
	wrong.sensor_id++;
	SCOPED_TXN struct txn *t = begin(&r);
	assert_int_equal(response_report_upload(r.h->response, t, &wrong, &e), 0);
	assert_int_equal(response_report_upload(r.h->response, t, &u, &e), 1);
	commit(&t);
	response_report_done(r.h->response, true);
	(void)file_remove(up, &e);
	(void)snprintf(path, sizeof(path), "/orders/%lld", (long long)id);
	struct test_answer p = test_hub_json(th, r.desk, path);
	assert_non_null(strstr(p.body, "\"figures\":{\"packets\":12,\"interface\":\"br0\"}"));
	p = test_hub_get(th, r.desk, path);
	assert_non_null(strstr(p.body, "br0"));
	assert_int_equal(get(&r, id, a).file_us, now(&r));
	(void)snprintf(path, sizeof(path), "/orders/%lld/file", (long long)id);
	p = test_hub_get(th, r.desk, path);
	assert_int_equal(p.status, 200);
	assert_memory_equal(p.body, "a\0\xffpc", 5);
	assert_int_equal(
		count(&r, "@global SELECT count(*) FROM audit WHERE action = 'order.file'"), 1);
	/* then it is evidence, and taken from there */
	test_hub_job(th, "recordings");
	assert_true(get(&r, id, a).evidence_id > 0);
	p = test_hub_get(th, r.desk, path);
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/" NO "/evidence/1");
	p = test_hub_get(th, r.desk, "/cases/" NO "/evidence/1");
	assert_non_null(strstr(p.body, NO "-"));
	test_hub_job(th, "recordings"); /* once */
	assert_int_equal(count(&r, "SELECT count(*) FROM evidence_item WHERE @scope(company_id)"),
			 1);
}

static void through_the_pages(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	p = test_hub_get(th, r.desk, "/cases/" NO "/consents/new?what=isolate");
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "同意いただけますか"));
	/* first the consent, then back to what it was asked for */
	p = test_hub_get(th, r.desk, "/cases/" NO "/orders/new?type=isolate&mac=" MAC);
	assert_non_null(strstr(p.body, "consents/new?what=isolate&amp;order=isolate&amp;mac="));
	assert_null(strstr(p.body, "btn-danger"));
	assert_null(strstr(p.body, "role=\"alert\""));
	p = test_hub_post(th, r.desk, "/cases/" NO "/consents", "how=call&until=today&given_by=");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, "/cases/" NO "/consents",
			  "what=isolate&what=remote_access&how=call&until=today&given_by=sato"
			  "&order=isolate&mac=" MAC);
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/" NO "/orders/new?type=isolate&mac=" MAC);
	p = test_hub_get(th, r.desk, "/cases/" NO "/consents");
	assert_non_null(strstr(p.body, "切り離します")); /* the words that were read out */
	p = test_hub_json(th, r.desk, "/cases/" NO "/consents");
	assert_non_null(strstr(p.body, "\"what\":[\"isolate\",\"remote_access\"]"));
	assert_non_null(strstr(p.body, "\"state\":\"valid\""));
	p = test_hub_get(th, r.desk, "/cases/" NO);
	assert_non_null(strstr(p.body, "keiri-03"));
	assert_non_null(strstr(p.body, "value=\"isolate\""));
	p = test_hub_get(th, r.desk, "/cases/" NO "/orders/new?type=isolate&mac=" MAC);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, "インターネットにもほかの機器にもつながらなくなります"));
	p = test_hub_get(th, r.desk, "/cases/" NO "/orders/new?type=nonsense");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, "/cases/" NO "/orders",
			  "type=isolate&mac=" MAC "&hours=8&token=f1");
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/" NO "#remote");
	says(&r, 1, 1, ORDER_DONE, "");
	p = test_hub_get(th, r.desk, "/orders?state=held");
	assert_non_null(strstr(p.body, "隔離中"));
	assert_non_null(strstr(p.body, "/orders/1/end"));
	p = test_hub_json(th, r.desk, "/orders?state=done");
	assert_non_null(strstr(p.body, "\"in_effect\":true"));
	p = test_hub_json(th, r.desk, "/cases/" NO "/orders");
	assert_non_null(strstr(p.body, "\"total\":1"));
	assert_int_equal(test_hub_post(th, r.desk, "/orders/1/end", "").status, 303);
	assert_int_equal(test_hub_post(th, r.desk, "/orders/99/end", "").status, 404);
	assert_int_equal(test_hub_get(th, r.desk, "/orders/99").status, 404);
	assert_int_equal(test_hub_get(th, r.desk, "/orders").status, 200);
	p = test_hub_get(th, r.desk, "/cases/" NO "/orders/new?type=block");
	assert_int_equal(p.status, 200);
	assert_null(strstr(p.body, "role=\"alert\"")); /* nothing was typed yet */
}

static void steps_are_ticked(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct test_answer p = test_hub_json(th, r.desk, "/steps");
	const char *last;

	assert_non_null(strstr(p.body, "\"id\":\"unplug\""));
	assert_int_equal(test_hub_get(th, r.desk, "/steps").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/steps/scan").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/steps/none").status, 404);
	assert_int_equal(test_hub_get(th, r.desk, "/cases/" NO "/steps/unplug").status, 200);
	const size_t before = story(&r, a, &last);
	p = test_hub_post(th, r.desk, "/cases/" NO "/steps/unplug", "minutes=4");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, "/cases/" NO "/steps/unplug",
			  "step=1&step=2&step=2&step=9&minutes=4&note=Wi-Fi");
	assert_int_equal(p.status, 303);
	assert_int_equal(story(&r, a, &last), before + 1);
	p = test_hub_get(th, r.desk, "/cases/" NO);
	assert_non_null(strstr(p.body, "（2 / 4）"));
	assert_int_equal(count(&r, "SELECT minutes FROM incident WHERE @scope(company_id)"), 4);
}

static void screens_are_recorded(struct test_hub *th)
{
	struct ready r = ready(th);
	struct test_answer p;

	p = test_hub_post(th, r.desk, "/cases/" NO "/screens", "tool=meshcentral&device=PC+1");
	assert_int_equal(p.status, 409); /* nobody agreed */
	agree(&r, "remote_access", "today");
	p = test_hub_post(th, r.desk, "/cases/" NO "/screens", "tool=meshcentral&device=PC+1");
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/screens/1");
	p = test_hub_post(th, r.desk, "/cases/" NO "/screens", "tool=meshcentral&device=PC+1");
	assert_string_equal(p.location, "/screens/1"); /* it is open already */
	p = test_hub_post(th, r.desk, "/cases/" NO "/screens", "tool=telnet&device=PC+1");
	assert_int_equal(p.status, 400);
	assert_int_equal(test_hub_get(th, r.desk, "/screens/1").status, 200);
	assert_int_equal(test_hub_get(th, r.desk, "/screens/1/log").status, 404);
	p = test_hub_post(th, r.desk, "/screens/1/end", "minutes=12&did=");
	assert_int_equal(p.status, 400);
	p = test_hub_post(th, r.desk, "/screens/1/end",
			  "minutes=12&did=looked&log=%7B%22events%22%3A%5B%5D%7D");
	assert_int_equal(p.status, 303);
	p = test_hub_post(th, r.desk, "/screens/1/end", "minutes=12&did=looked");
	assert_int_equal(p.status, 409);
	assert_non_null(strstr(test_hub_get(th, r.desk, "/screens/1/log").body, "events"));
	p = test_hub_json(th, r.desk, "/cases/" NO "/screens");
	assert_non_null(strstr(p.body, "\"minutes\":12"));
	assert_int_equal(count(&r, "SELECT n_remote FROM incident WHERE @scope(company_id)"), 1);
}

static void addresses_are_of_the_web(void **state)
{
	char web[] = "https://mesh.example/?node={device}", script[] = "javascript:alert(1)";
	char none[] = "";
	const struct response_conf good = { web, none }, bad = { none, script };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(response_screen_check(&good, &e), 0);
	assert_int_equal(response_screen_check(&bad, &e), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_of_the_web),
		ON_BOTH(clicked_to_done),
		ON_BOTH(what_may_not_be_ordered),
		ON_BOTH(consent_taken_back),
		ON_BOTH(the_company_takes_it_back),
		ON_BOTH(consents_expire),
		ON_BOTH(sensor_is_away),
		ON_BOTH(clocks_differ),
		ON_BOTH(a_recording_comes_up),
		ON_BOTH(through_the_pages),
		ON_BOTH(steps_are_ticked),
		ON_BOTH(screens_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
