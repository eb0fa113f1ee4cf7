/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of members and fleet: two consortia on one database, each with its desk. */
#ifndef HUB_MEMBERS_TEST_MEMBERS_DB_H
#define HUB_MEMBERS_TEST_MEMBERS_DB_H

#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts_sql.h"
#include "hub/fleet_sql.h"
#include "hub/members/members.h"
#include "hub/members/members_rules.h"
#include "hub/members_sql.h"
#include "hub/search_sql.h"
#include "store/test_db.h"

#define TEST_NOW INT64_C(1795395600000000) /* Mon 2026-11-23 10:00 in Japan */

static const struct db_schema test_schemas[] = { { "accounts", accounts_sql },
						 { "search", search_sql },
						 { "members", members_sql },
						 { "fleet", fleet_sql } };
static const struct test_db_setup test_setup = { .schemas = test_schemas,
						 .n_schemas = ARRAY_LEN(test_schemas),
						 .scope_select = MEMBERS_SCOPE_SELECT };

static inline int64_t test_org(struct db *db, const char *kind, const char *name)
{
	struct user hub = accounts_system_user(TEST_NOW);
	struct accounts_org o = { .active = true };
	struct err e;
	int64_t id;

	str_copy(o.kind, sizeof(o.kind), str_of(kind));
	str_copy(o.name, sizeof(o.name), str_of(name));
	struct txn *t = txn_begin(db, TXN_WRITE, &e);
	assert_non_null(t);
	assert_int_equal(accounts_org_add(t, &hub, &o, &id, &e), 0);
	assert_int_equal(txn_commit(&t, &e), 0);
	return id;
}

static inline struct user test_user(int64_t org_id, unsigned roles)
{
	return (struct user){ .org_id = org_id,
			      .roles = roles,
			      .name = "テスト",
			      .scope = { SCOPE_ORG, org_id, 0, TEST_NOW } };
}

static inline struct company test_company(const char *name)
{
	return (struct company){ .name = name,
				 .kana = "",
				 .corporate_number = "",
				 .external_id = "",
				 .prefecture = 3,
				 .municipality = "盛岡市",
				 .postal_code = "",
				 .address = "",
				 .phone = "",
				 .industry = "E",
				 .note = "" };
}

static inline int64_t test_register(struct db *db, const struct user *u, const char *name)
{
	struct company c = test_company(name);
	struct err e;
	int64_t id = 0;

	if (members_register(db, u, &c, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static inline int64_t test_count(struct db *db, const char *sql)
{
	struct err e;
	int64_t n = -1;
	struct txn *t = txn_begin(db, TXN_READ, &e);

	assert_non_null(t);
	if (db_one_int(t, &scope_system, sql, DB_NO_ARGS, &n, &e) < 0)
		fail_msg("%s", e.text);
	txn_rollback(&t);
	return n;
}

static inline void test_on_both(void **state)
{
	test_db_each(&test_setup, *(test_db_fn *)*state, NULL);
}

/* A row of a list of tests: FN on each database. */
#define ON_BOTH(fn)                                                                                \
	{                                                                                          \
		.name = #fn, .test_func = test_on_both, .initial_state = &(test_db_fn)             \
		{                                                                                  \
			fn                                                                         \
		}                                                                                  \
	}

#endif
