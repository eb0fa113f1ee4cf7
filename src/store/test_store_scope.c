/* SPDX-License-Identifier: Apache-2.0 */
/* The scope: who sees which rows, and what SQL is refused. */
#include "base/test.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "store/scope_sql.h"
#include "store/stmt_cache.h"
#include "store/test_db.h"

static const char select_visible[] =
	"SELECT company_id FROM relation WHERE org_id = ?org AND valid_from <= ?now AND ?now < "
	"valid_to";

static const struct db_schema schemas[] = {
	{ "test", "-- step 1: companies and who may see them\n"
		  "CREATE TABLE relation (id @id, org_id BIGINT NOT NULL, company_id BIGINT NOT "
		  "NULL, valid_from BIGINT NOT NULL, valid_to BIGINT NOT NULL);\n"
		  "CREATE TABLE alert (id @id, company_id BIGINT, text TEXT NOT NULL);\n" },
};

static const struct test_db_setup setup = { .schemas = schemas,
					    .n_schemas = 1,
					    .scope_select = select_visible };

static struct scope org(int64_t id, int64_t now_us)
{
	return (struct scope){ .kind = SCOPE_ORG, .org_id = id, .person_id = 1, .now_us = now_us };
}

static void must_exec(struct txn *t, const char *sql)
{
	struct err e = { 0 };

	if (db_exec(t, &scope_system, sql, DB_NO_ARGS, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
}

/* Company 1 belongs to organisation 10 from 100 to 200, company 2 to organisation 20 for ever. */
static void fill(struct db *db)
{
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);

	assert_non_null(t);
	must_exec(t, "INSERT INTO relation (org_id, company_id, valid_from, valid_to) "
		     "VALUES (10, 1, 100, 200), (20, 2, 0, 1000000) @global");
	must_exec(t, "INSERT INTO alert (company_id, text) "
		     "VALUES (1, 'one'), (2, 'two'), (NULL, 'nobody''s') @global");
	assert_int_equal(txn_commit(&t, NULL), 0);
}

static int64_t count(struct db *db, const struct scope *s, const char *sql)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	struct err e = { 0 };
	int64_t n = -1;

	assert_non_null(t);
	if (db_one_int(t, s, sql, DB_NO_ARGS, &n, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	return n;
}

static void sees(struct db *db, void *arg)
{
	static const char sql[] = "SELECT count(*) FROM alert WHERE @scope(company_id)";
	struct scope ten = org(10, 150), ten_late = org(10, 200), twenty = org(20, 150);

	(void)arg;
	fill(db);
	assert_int_equal(count(db, &scope_system, sql), 3);
	assert_int_equal(count(db, &scope_none, sql), 0);
	assert_int_equal(count(db, &ten, sql), 1);
	assert_int_equal(count(db, &ten_late, sql), 0);
	assert_int_equal(count(db, &twenty, sql), 1);
	assert_int_equal(count(db, &twenty,
			       "SELECT count(*) FROM alert a WHERE @scope(a.company_id) AND "
			       "a.text = '@scope(x) ''$7' OR /* $9 @foo ' */ @scope(a.company_id)"),
			 1);
}

/* Organisation 30 sees the companies 1000 to 1099; companies 2000 to 2099 are somebody else's. */
static void fill_many(struct db *db)
{
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);

	assert_non_null(t);
	for (int i = 0; i < 200; i++) {
		int64_t company = (i < 100 ? 1000 : 1900) + i;

		assert_int_equal(
			db_exec(t, &scope_system,
				"INSERT INTO relation (org_id, company_id, valid_from, valid_to)"
				" VALUES ($1, $2, 0, 1000000) @global",
				DB_ARGS(DB_INT(i < 100 ? 30 : 40), DB_INT(company)), NULL),
			1);
		assert_int_equal(db_exec(t, &scope_system,
					 "INSERT INTO alert (company_id, text) VALUES ($1, 'x')"
					 " @global",
					 DB_ARGS(DB_INT(company)), NULL),
				 1);
	}
	assert_int_equal(txn_commit(&t, NULL), 0);
}

static void sees_many(struct db *db, void *arg)
{
	static const char bare[] = "SELECT count(*) FROM alert WHERE @scope(company_id)";
	static const char other[] = "SELECT count(*) FROM alert a WHERE @scope(a.company_id)"
				    " AND a.company_id >= 2000";
	struct scope thirty = org(30, 150);

	(void)arg;
	fill_many(db);
	assert_int_equal(count(db, &thirty, bare), 100);
	assert_int_equal(count(db, &thirty, other), 0);
	assert_int_equal(count(db, &thirty,
			       "SELECT count(*) FROM alert a JOIN relation r ON"
			       " r.company_id = a.company_id WHERE @scope(a.company_id)"),
			 100);
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	assert_int_equal(db_exec(t, &thirty, "UPDATE alert SET text = 'y' WHERE @scope(company_id)",
				 DB_NO_ARGS, NULL),
			 100);
	assert_int_equal(db_exec(t, &thirty,
				 "INSERT INTO alert (company_id, text) SELECT $1, 'z'"
				 " WHERE @scope($1)",
				 DB_ARGS(DB_INT(2000)), NULL),
			 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
}

static void test_scope_of_many_companies(void **state)
{
	(void)state;
	test_db_each(&setup, sees_many, NULL);
}

static void test_scope_decides_what_is_seen(void **state)
{
	(void)state;
	test_db_each(&setup, sees, NULL);
}

static void changes_own_only(struct db *db, void *arg)
{
	struct scope ten = org(10, 150);
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);

	(void)arg;
	assert_int_equal(txn_commit(&t, NULL), 0);
	fill(db);
	t = txn_begin(db, TXN_WRITE, NULL);
	assert_int_equal(db_exec(t, &ten,
				 "UPDATE alert SET text = $2 WHERE id > $1 AND "
				 "@scope(company_id)",
				 DB_ARGS(DB_INT(0), DB_TEXT("changed")), NULL),
			 1);
	assert_int_equal(db_exec(t, &scope_none, "DELETE FROM alert WHERE @scope(company_id)",
				 DB_NO_ARGS, NULL),
			 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	assert_int_equal(count(db, &scope_system,
			       "SELECT count(*) FROM alert WHERE text = 'changed' @global"),
			 1);
}

static void inserts_own_only(struct db *db, void *arg)
{
	static const char sql[] = "INSERT INTO alert (company_id, text) SELECT $1, $2 WHERE "
				  "@scope($1)";
	struct scope ten = org(10, 150);

	(void)arg;
	fill(db);
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	assert_int_equal(db_exec(t, &ten, sql, DB_ARGS(DB_INT(1), DB_TEXT("new")), NULL), 1);
	assert_int_equal(db_exec(t, &ten, sql, DB_ARGS(DB_INT(2), DB_TEXT("new")), NULL), 0);
	assert_int_equal(db_exec(t, &scope_none, sql, DB_ARGS(DB_INT(1), DB_NULL), NULL), 0);
	assert_int_equal(db_exec(t, &scope_system, sql, DB_ARGS(DB_INT(2), DB_TEXT("new")), NULL),
			 1);
	assert_int_equal(db_exec(t, &scope_system,
				 "INSERT INTO alert (text) SELECT $1 WHERE @scope($2)",
				 DB_ARGS(DB_TEXT("nobody's"), DB_NULL), NULL),
			 1);
	assert_int_equal(txn_commit(&t, NULL), 0);
}

static void test_scope_limits_inserts(void **state)
{
	(void)state;
	test_db_each(&setup, inserts_own_only, NULL);
}

static void test_scope_limits_changes(void **state)
{
	(void)state;
	test_db_each(&setup, changes_own_only, NULL);
}

static void refuse(struct db *db, const char *sql, const char *word)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	struct err e = { 0 };

	assert_null(db_query(t, &scope_system, sql, DB_NO_ARGS, &e));
	assert_int_equal(e.code, -EINVAL);
	if (!strstr(e.text, word))
		fail_msg("%s: '%s' lacks '%s'", sql, e.text, word);
}

static void refuses(struct db *db, void *arg)
{
	(void)arg;
	refuse(db, "SELECT 1 FROM alert", "@scope(company column) or @global");
	refuse(db, "SELECT '@global' FROM alert -- @global", "@scope(company column) or @global");
	refuse(db, "SELECT 1 WHERE @scope()", "one column");
	refuse(db, "SELECT 1 WHERE @scope(1 OR 1=1)", "one column");
	refuse(db, "SELECT 1 WHERE @scope($1 OR 1=1)", "one column");
	refuse(db, "SELECT 1 @global @nonsense", "@nonsense");
	refuse(db, "SELECT ? @global", "neither a token");
	refuse(db, "SELECT x::text @global", "CAST");
	refuse(db, "SELECT $0 @global", "parameter");
	refuse(db, "SELECT 1; SELECT 2 @global", "one statement");
	refuse(db, "SELECT 'open @global", "quote");
	refuse(db, "SELECT 1 /* @global", "comment");
	refuse(db, "SELECT $1 @global", "1 parameters, 0 values");
	refuse(db, "SELECT nonsense FROM alert @global", "nonsense");
}

static void test_unsafe_sql_is_refused(void **state)
{
	(void)state;
	test_db_each(&setup, refuses, NULL);
}

static void expands_to(const char *sql, int how, bool postgres, const char *expected)
{
	struct scope_sql x;
	struct err e = { 0 };

	if (scope_sql_expand(sql, how, "SELECT c FROM r WHERE o = ?org AND t < ?now", postgres, &x,
			     &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	assert_string_equal(x.text, expected);
	free(x.text);
}

static void test_expansion(void **state)
{
	(void)state;
	expands_to("SELECT $2, $1 WHERE @scope( a.c );", SCOPE_ORG, true,
		   "SELECT $2, $1 WHERE (a.c IN (SELECT c FROM r WHERE o = $3 AND t < $4))");
	expands_to("SELECT $2, $1 WHERE @scope(c)", SCOPE_ORG, false,
		   "SELECT ?2, ?1 WHERE (c IN (SELECT c FROM r WHERE o = ?3 AND t < ?4))");
	expands_to("SELECT '$1 @x' @global(list of the (fixed) prefectures)", SCOPE_ORG, false,
		   "SELECT '$1 @x'  ");
	expands_to("INSERT INTO v (c) SELECT $1 WHERE @scope($2)", SCOPE_ORG, false,
		   "INSERT INTO v (c) SELECT ?1 WHERE (?2 IN (SELECT c FROM r WHERE o = ?3 AND t < "
		   "?4))");
	expands_to("SELECT $1 WHERE @scope(company_id)", SCOPE_AS_WIDE, false,
		   "SELECT ?1 WHERE (EXISTS (SELECT 1 FROM (SELECT company_id AS otasuke_seen FROM"
		   " (SELECT c FROM r WHERE o = ?2 AND t < ?3) few) many WHERE otasuke_seen ="
		   " company_id))");
	expands_to("INSERT INTO v (c) SELECT $1 WHERE @scope( $1 )", SCOPE_SYSTEM, true,
		   "INSERT INTO v (c) SELECT $1 WHERE (1=1)");
	expands_to("SELECT 1 -- why\nWHERE @scope(c)", SCOPE_SYSTEM, false, "SELECT 1 WHERE (1=1)");
	expands_to("SELECT 1 WHERE @scope(c)", SCOPE_NONE, true, "SELECT 1 WHERE (1=0)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expansion),
		cmocka_unit_test(test_unsafe_sql_is_refused),
		cmocka_unit_test(test_scope_decides_what_is_seen),
		cmocka_unit_test(test_scope_of_many_companies),
		cmocka_unit_test(test_scope_limits_changes),
		cmocka_unit_test(test_scope_limits_inserts),
	};

	if (test_db_skip())
		return TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
