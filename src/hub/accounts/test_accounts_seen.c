/* SPDX-License-Identifier: Apache-2.0 */
/* Who looked at what: one row a person, thing and hour, read only by who sees the company. */
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/test_hub.h"

static size_t list(struct test_hub *th, const struct scope *s, int64_t company, struct arena *a,
		   struct accounts_seen_row **out)
{
	const struct accounts_seen_filter f = {
		.company_id = company, .entity = "", .to_us = INT64_MAX, .limit = 10000
	};
	struct err e = { 0 };
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	if (!t || accounts_seen_list(t, s, &f, a, out, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static void one_row_a_person_thing_and_hour(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	int64_t other = test_hub_org(th, "it_company", "よその会社");
	struct user spy = test_hub_user(th, test_hub_person(th, other, ROLE_TECHNICIAN, "spy"));
	struct accounts_seen_row *rows;
	char path[64];

	(void)snprintf(path, sizeof(path), "/members/%lld", (long long)company);
	assert_int_equal(test_hub_get(th, desk, path).status, 200);
	assert_int_equal(test_hub_get(th, desk, path).status, 200);
	test_hub_job(th, "accounts.seen");
	assert_int_equal(test_hub_get(th, desk, path).status, 200);
	test_hub_job(th, "accounts.seen");
	assert_int_equal(list(th, &scope_system, company, a, &rows), 1);
	assert_string_equal(rows[0].entity, SEEN_COMPANY);
	assert_int_equal(rows[0].times, 3);
	assert_int_equal(rows[0].person_id, desk);
	assert_string_equal(rows[0].label, "みなと製作所");
	clock_fake_add(&th->clock, US_PER_HOUR);
	assert_int_equal(test_hub_get(th, desk, path).status, 200);
	test_hub_job(th, "accounts.seen");
	assert_int_equal(list(th, &scope_system, company, a, &rows), 2);
	assert_true(rows[0].first_us > rows[1].last_us);
	/* who does not see the company does not see who looked at it, and looking in vain is not
	 * looking */
	assert_int_equal(test_hub_get(th, spy.person_id, path).status, 404);
	test_hub_job(th, "accounts.seen");
	assert_int_equal(list(th, &spy.scope, company, a, &rows), 0);
	assert_int_equal(list(th, &scope_system, company, a, &rows), 2);
}

static void it_is_forgotten_in_time(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	struct accounts_seen_row *rows;
	char path[64];

	(void)snprintf(path, sizeof(path), "/members/%lld", (long long)company);
	assert_int_equal(test_hub_get(th, desk, path).status, 200);
	test_hub_job(th, "accounts.seen");
	clock_fake_add(&th->clock, 399 * US_PER_DAY);
	test_hub_job(th, "accounts.tidy");
	assert_int_equal(list(th, &scope_system, company, a, &rows), 1);
	clock_fake_add(&th->clock, 2 * US_PER_DAY);
	test_hub_job(th, "accounts.tidy");
	assert_int_equal(list(th, &scope_system, company, a, &rows), 0);
}

/* More at once than is held in memory: it is written at once instead of being lost. */
static void nothing_is_lost_when_many_look(struct test_hub *th)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	int64_t company = test_hub_company(th, "みなと製作所");
	struct user u =
		test_hub_user(th, test_hub_person(th, th->consortium_id, ROLE_DESK, "desk"));
	struct call c = { .hub = th->hub, .user = &u, .now_us = TEST_HUB_NOW };
	struct accounts_seen_row *rows;

	for (int64_t i = 1; i <= 5000; i++)
		accounts_saw(&c, &(struct accounts_seen_thing){ SEEN_ALERT, i, company, "x" });
	test_hub_job(th, "accounts.seen");
	assert_int_equal(list(th, &u.scope, company, a, &rows), 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(one_row_a_person_thing_and_hour),
		ON_BOTH(it_is_forgotten_in_time),
		ON_BOTH(nothing_is_lost_when_many_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
