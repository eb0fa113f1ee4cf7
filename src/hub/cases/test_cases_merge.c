/* SPDX-License-Identifier: Apache-2.0 */
/* Merging and splitting on both databases: numbers lead on, sums and statistics stay right, a merge
 * can be taken back, and what must not be merged is not. */
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "hub/cases/cases_move.h"
#include "hub/cases/cases_store.h"
#include "hub/test_hub.h"

#define A "IW-2026-000001"
#define B "IW-2026-000002"
#define C "IW-2026-000003"

struct ready { /* a company with three cases; the first two have an action each */
	struct test_hub *th;
	int64_t company, desk;
	struct user u;
};

static int64_t open_case(const struct ready *r, int64_t company, int severity)
{
	const struct case_new n = { .company_id = company,
				    .kind = "malware_suspected",
				    .title = "画面に警告が出る",
				    .source = "phone",
				    .severity = severity,
				    .words = "はじめの言葉",
				    .contact_name = "佐藤",
				    .contact_phone = "" };
	struct err e = { 0 };
	int64_t id = 0;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_open(t, r->th->hub, &r->u, &n, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return id;
}

/* Writes: an action, a device, an indicator, a consent. */
static void work(const struct ready *r, const char *number, const char *channel)
{
	const struct case_action_new n = {
		.channel = channel, .body = "対応した", .minutes = 20, .cost_yen = 3000
	};
	const struct case_device d = {
		.name = "PC", .mac = "02:00:00:00:00:01", .address = "", .state = "suspected"
	};
	const struct case_indicator i = { .type = "domain", .value = "bad.example", .note = "" };
	const struct case_consent k = { .what = "visit", .given_by = "佐藤", .how = "call" };
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(cases_act(t, &r->u, number, &n, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_device(t, &r->u, number, &d, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_indicator(t, &r->u, number, &i, TEST_HUB_NOW, &e), 0);
	assert_int_equal(cases_consent(t, &r->u, number, &k, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static struct ready ready(struct test_hub *th)
{
	struct ready r = { .th = th, .company = test_hub_company(th, "みなと製作所") };

	r.desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	r.u = test_hub_user(th, r.desk);
	open_case(&r, r.company, 1);
	open_case(&r, r.company, 3);
	open_case(&r, r.company, 2);
	work(&r, A, CASE_PHONE);
	work(&r, B, CASE_VISIT);
	return r;
}

static int merge_at(const struct ready *r, const char *from, const char *into, int64_t now_us)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_merge(t, r->th->hub, &r->u, from, into, "同じ電話", now_us, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static int merge(const struct ready *r, const char *from, const char *into)
{
	return merge_at(r, from, into, TEST_HUB_NOW);
}

static int undo_at(const struct ready *r, const char *from, int64_t now_us)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);
	int ret = cases_merge_undo(t, r->th->hub, &r->u, from, now_us, &e);

	return ret < 0 ? ret : txn_commit(&t, &e);
}

static struct incident get(const struct ready *r, const char *number, struct arena *a)
{
	struct incident i;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_get(t, &r->u.scope, number, a, &i, &e), 0);
	return i;
}

/* The case itself, whatever it was merged into. */
static struct incident exact(const struct ready *r, const char *number, struct arena *a)
{
	struct incident i;
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_store_get(t, &r->u.scope, number, a, &i, &e), 0);
	return i;
}

static size_t story(const struct ready *r, int64_t id, struct arena *a, struct case_entry **out)
{
	struct err e = { 0 };
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_READ, &e);

	assert_int_equal(cases_store_entries(t, &r->u.scope, id, a, out, &n, &e), 0);
	return n;
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

static void the_number_leads_to_the_whole(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_entry *e;

	assert_int_equal(merge(&r, B, A), 0);
	assert_string_equal(get(&r, B, a).number, A);
	struct incident whole = get(&r, A, a);
	assert_int_equal(whole.minutes, 40);
	assert_int_equal(whole.cost_yen, 6000);
	assert_int_equal(whole.n_phone, 1);
	assert_int_equal(whole.n_visit, 1);
	assert_int_equal(whole.severity, 3);
	struct incident part = exact(&r, B, a);
	assert_string_equal(part.state, CASE_MERGED);
	assert_int_equal(part.minutes, 0);
	assert_int_equal(part.n_visit, 0);
	/* each line of the story says where it was written */
	size_t n = story(&r, whole.id, a, &e), from_b = 0;
	for (size_t i = 0; i < n; i++)
		from_b += strcmp(e[i].origin, B) == 0;
	assert_int_equal(from_b, 4); /* opened, action, device, consent */
	assert_int_equal(n, 4 + 4 + 1);
	assert_int_equal(story(&r, part.id, a, &e), 1); /* where it went */
	/* what people do with the old number, they do with the whole */
	work(&r, B, CASE_REMOTE);
	assert_int_equal(get(&r, A, a).n_remote, 1);
	struct test_answer p = test_hub_get(th, r.desk, "/cases/" B);
	assert_int_equal(p.status, 303);
	assert_string_equal(p.location, "/cases/" A);
	p = test_hub_get(th, r.desk, "/cases/" A);
	assert_int_equal(p.status, 200);
	assert_non_null(strstr(p.body, B));
}

static void set_severity(const struct ready *r, const char *number, int severity)
{
	struct err e = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(r->th->hub->db, TXN_WRITE, &e);

	assert_int_equal(db_run(t, &scope_system,
				"@global UPDATE incident SET severity = $1 WHERE number = $2",
				DB_ARGS(DB_INT(severity), DB_TEXT(number)), &e),
			 0);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static void what_a_merge_raised_comes_back(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);

	assert_int_equal(merge(&r, B, A), 0);
	assert_int_equal(get(&r, A, a).severity, 3);
	assert_int_equal(merge(&r, "IW-2026-000003", A), 0);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), 0);
	assert_int_equal(get(&r, A, a).severity, 2); /* the other part still says so */
	assert_int_equal(undo_at(&r, "IW-2026-000003", TEST_HUB_NOW), 0);
	/* the third found it at 3 already: nothing to give back; what people set stays */
	assert_int_equal(get(&r, A, a).severity, 2);
	set_severity(&r, A, 1);
	assert_int_equal(merge(&r, B, A), 0);
	set_severity(&r, A, 4);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), 0);
	assert_int_equal(get(&r, A, a).severity, 4);
	assert_int_equal(get(&r, B, a).severity, 3);
}

static void it_counts_once(struct test_hub *th)
{
	struct ready r = ready(th);
	static const char *const states[] = { NULL, "", CASE_OPEN, CASE_CLOSED };

	assert_int_equal(counted(&r, NULL, NULL), 3);
	assert_int_equal(merge(&r, B, A), 0);
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		assert_int_equal(counted(&r, states[i], NULL),
				 counted(&r, states[i], "malware_suspected"));
	assert_int_equal(counted(&r, NULL, NULL), 2);
	struct test_answer p = test_hub_json(th, r.desk, "/reports");
	assert_non_null(strstr(p.body, "\"incidents\":2"));
	p = test_hub_json(th, r.desk, "/cases");
	assert_null(strstr(p.body, B));
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), 0);
	assert_int_equal(counted(&r, NULL, NULL), 3);
	p = test_hub_json(th, r.desk, "/reports");
	assert_non_null(strstr(p.body, "\"incidents\":3"));
}

static void undone_it_is_as_before(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_device *d;
	struct case_indicator *i;
	struct err e = { 0 };
	size_t n;

	assert_int_equal(merge(&r, B, A), 0);
	work(&r, A, CASE_REMOTE); /* written since: stays */
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW + CASE_UNDO_DAYS * US_PER_DAY + 1),
			 -ECONFLICT);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), 0);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), -ECONFLICT);
	struct incident part = get(&r, B, a), whole = get(&r, A, a);
	assert_string_equal(part.number, B);
	assert_string_equal(part.state, CASE_OPEN);
	assert_int_equal(part.minutes, 20);
	assert_int_equal(part.n_visit, 1);
	assert_int_equal(whole.minutes, 40);
	assert_int_equal(whole.n_visit, 0);
	assert_int_equal(whole.n_remote, 1);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);
	assert_int_equal(cases_store_devices(t, &r.u.scope, part.id, a, &d, &n, &e), 0);
	assert_int_equal(n, 1); /* both had it: neither lost it */
	assert_string_equal(d[0].origin, "");
	assert_int_equal(cases_store_devices(t, &r.u.scope, whole.id, a, &d, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(cases_store_indicators(t, &r.u.scope, part.id, a, &i, &n, &e), 0);
	assert_int_equal(n, 1);
}

static void chains_lead_on_and_circles_are_refused(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);

	assert_int_equal(merge(&r, A, A), -EINVAL);
	assert_int_equal(merge(&r, B, A), 0);
	assert_int_equal(merge(&r, A, B), -ECONFLICT);
	assert_int_equal(merge(&r, B, C), -ECONFLICT);
	assert_int_equal(merge(&r, A, C), 0);
	assert_string_equal(get(&r, B, a).number, C);
	assert_int_equal(get(&r, C, a).minutes, 40);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), -ECONFLICT); /* the later one first */
	assert_int_equal(undo_at(&r, A, TEST_HUB_NOW), 0);
	assert_int_equal(undo_at(&r, B, TEST_HUB_NOW), 0);
	assert_int_equal(get(&r, A, a).minutes, 20);
	assert_int_equal(get(&r, B, a).minutes, 20);
	assert_int_equal(get(&r, C, a).minutes, 0);
	assert_int_equal(merge(&r, B, "IW-2026-999999"), -ENOENT);
}

static void closed_and_foreign_cases(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	const struct case_end end = { "原因", "教訓", 0 };
	struct err e = { 0 };
	int64_t other = test_hub_company(th, "よその会社");
	int64_t insurer = test_hub_org(th, "insurer", "保険会社");
	struct user clerk = test_hub_user(th, test_hub_person(th, insurer, ROLE_INSURER, "clerk"));

	test_hub_relate(th, r.company, insurer, "insurer");

	open_case(&r, other, 2); /* 000004 */
	assert_int_equal(merge(&r, "IW-2026-000004", A), -ECONFLICT);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_merge(t, th->hub, &clerk, B, A, "", TEST_HUB_NOW, &e), -EDENIED);
	assert_int_equal(cases_close(t, &r.u, A, &end, TEST_HUB_NOW, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_int_equal(merge(&r, B, A), -ECONFLICT); /* open work does not disappear */
	assert_int_equal(merge(&r, A, B), 0);
	assert_int_equal(counted(&r, CASE_CLOSED, NULL), 0);
	assert_int_equal(undo_at(&r, A, TEST_HUB_NOW), 0);
	assert_string_equal(get(&r, A, a).state, CASE_CLOSED);
	assert_int_equal(counted(&r, CASE_CLOSED, NULL), 1);
}

struct racer {
	const struct ready *r;
	const char *from, *into;
	int result;
};

static void *race(void *arg)
{
	struct racer *x = arg;

	x->result = merge(x->r, x->from, x->into);
	return NULL;
}

static void of_two_merges_at_once_one_holds(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct racer x[2] = { { &r, B, A, 1 }, { &r, A, B, 1 } };
	pthread_t thread[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, race, &x[i]), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	assert_int_equal((x[0].result == 0) + (x[1].result == 0), 1);
	assert_int_equal((x[0].result == -ECONFLICT) + (x[1].result == -ECONFLICT), 1);
	const char *whole = x[0].result == 0 ? A : B;
	assert_string_equal(get(&r, A, a).number, whole);
	assert_string_equal(get(&r, B, a).number, whole);
	assert_int_equal(get(&r, A, a).minutes, 40);
}

static void a_part_becomes_a_case(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct ready r = ready(th);
	struct case_entry *n;
	struct case_device *d;
	struct err e = { 0 };
	int64_t chosen[2] = { 0 }, id, id_a = get(&r, A, a).id;
	size_t n_n = story(&r, id_a, a, &n), n_d;

	for (size_t i = 0; i < n_n; i++)
		if (strcmp(n[i].kind, "phone") == 0 && n[i].minutes >= 0)
			chosen[0] = n[i].id;
		else if (strcmp(n[i].kind, "consent") == 0)
			chosen[1] = n[i].id;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_store_devices(t, &r.u.scope, id_a, a, &d, &n_d, &e), 0);
	const struct case_split s = { .title = "別の件",
				      .kind = "ransomware",
				      .severity = 4,
				      .entries = chosen,
				      .n_entries = 2,
				      .devices = &d[0].id,
				      .n_devices = 1 };
	struct case_split none = s;
	none.n_entries = none.n_devices = 0;
	assert_int_equal(cases_split(t, th->hub, &r.u, A, &none, TEST_HUB_NOW, &id, &e), -EINVAL);
	assert_int_equal(cases_split(t, th->hub, &r.u, A, &s, TEST_HUB_NOW, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	struct incident part = get(&r, "IW-2026-000004", a), rest = get(&r, A, a);
	assert_int_equal(part.id, id);
	assert_int_equal(part.minutes, 20);
	assert_int_equal(part.n_phone, 1);
	assert_int_equal(rest.minutes, 0);
	assert_int_equal(rest.n_phone, 0);
	n_n = story(&r, part.id, a, &n);
	assert_int_equal(n_n, 3);
	for (size_t i = 0; i < n_n; i++)
		assert_string_equal(n[i].origin,
				    n[i].text_key[0] && strcmp(n[i].kind, "state") == 0 ? "" : A);
	/* chosen again, it is not there any more; and a foreign entry never was */
	t = txn_begin(th->hub->db, TXN_WRITE, &e);
	assert_int_equal(cases_split(t, th->hub, &r.u, A, &s, TEST_HUB_NOW, &id, &e), -ECONFLICT);
	txn_rollback(&t);
	/* and together again */
	assert_int_equal(merge(&r, "IW-2026-000004", A), 0);
	assert_int_equal(get(&r, A, a).minutes, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(the_number_leads_to_the_whole),
		ON_BOTH(what_a_merge_raised_comes_back),
		ON_BOTH(it_counts_once),
		ON_BOTH(undone_it_is_as_before),
		ON_BOTH(chains_lead_on_and_circles_are_refused),
		ON_BOTH(closed_and_foreign_cases),
		ON_BOTH(of_two_merges_at_once_one_holds),
		ON_BOTH(a_part_becomes_a_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
