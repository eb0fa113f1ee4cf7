/* SPDX-License-Identifier: Apache-2.0 */
/* What only PostgreSQL has: row-level security, and a server that may go away. */
#include "base/test.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "store/test_db.h"

static const struct db_schema schemas[] = {
	{ "test", "-- step 1: companies and who may see them\n"
		  "CREATE TABLE relation (id @id, org_id BIGINT NOT NULL, company_id BIGINT NOT "
		  "NULL, valid_to BIGINT NOT NULL);\n"
		  "CREATE TABLE alert (id @id, company_id BIGINT, text TEXT NOT NULL);\n"
		  "INSERT INTO relation (org_id, company_id, valid_to) VALUES (10, 1, 1000), "
		  "(20, 2, 1000);\n"
		  "INSERT INTO alert (company_id, text) VALUES (1, 'one'), (2, 'two'), (NULL, "
		  "'nobody');\n" },
};
static const struct test_db_setup setup = {
	.schemas = schemas,
	.n_schemas = 1,
	.scope_select = "SELECT company_id FROM relation WHERE org_id = ?org AND ?now < valid_to",
};

static const struct scope ten = { .kind = SCOPE_ORG, .org_id = 10, .now_us = 5 };
static const struct scope ten_late = { .kind = SCOPE_ORG, .org_id = 10, .now_us = 1000 };

/* The mistake: a statement on companies' rows that says it concerns nobody. */
static const char wrong[] = "SELECT count(*) FROM alert @global";

static int64_t count(struct txn *t, const struct scope *s, const char *sql)
{
	struct err e = { 0 };
	int64_t n = -1;

	if (db_one_int(t, s, sql, DB_NO_ARGS, &n, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	return n;
}

static void second_fence(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);

	(void)arg;
	assert_int_equal(count(t, &scope_system, wrong), 3);
	assert_int_equal(count(t, &ten, wrong), 1);
	assert_int_equal(count(t, &ten, "SELECT count(*) FROM alert WHERE company_id = 2 @global"),
			 0);
	assert_int_equal(count(t, &ten_late, wrong), 0);
	assert_int_equal(count(t, &scope_none, wrong), 0);
	assert_int_equal(count(t, &ten, "SELECT count(*) FROM relation @global"), 1);
	assert_int_equal(count(t, &ten, "SELECT count(*) FROM alert WHERE @scope(company_id)"), 1);
	assert_int_equal(count(t, &scope_system, wrong), 3);
}

static void test_wrong_global_shows_nothing_of_others(void **state)
{
	(void)state;
	test_db_each(&setup, second_fence, NULL);
}

static int64_t exec_alone(struct db *db, const struct scope *s, const char *sql)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);

	return db_exec(t, s, sql, DB_NO_ARGS, NULL);
}

static void writes(struct db *db, void *arg)
{
	(void)arg;
	assert_int_equal(exec_alone(db, &ten, "UPDATE alert SET text = 'x' @global"), 1);
	assert_int_equal(exec_alone(db, &ten, "DELETE FROM alert @global"), 1);
	assert_int_equal(exec_alone(db, &ten,
				    "INSERT INTO alert (company_id, text) VALUES (1, 'a') @global"),
			 1);
	assert_int_equal(exec_alone(db, &ten,
				    "INSERT INTO alert (company_id, text) VALUES (2, 'a') @global"),
			 -EDENIED);
	assert_int_equal(exec_alone(db, &ten, "UPDATE alert SET company_id = 2 @global"), -EDENIED);
	assert_int_equal(exec_alone(db, &ten,
				    "INSERT INTO alert (company_id, text) VALUES (NULL, 'a') "
				    "@global"),
			 1);
	assert_int_equal(exec_alone(db, &scope_none, "DELETE FROM alert @global"), 0);
}

static void test_wrong_global_changes_nothing_of_others(void **state)
{
	(void)state;
	test_db_each(&setup, writes, NULL);
}

static void new_tables(struct db *db, void *arg)
{
	const struct db_schema more[] = {
		schemas[0],
		{ "more", "-- step 1: a later table\nCREATE TABLE note (id @id, company_id "
			  "BIGINT);\nINSERT INTO note (company_id) VALUES (1), (2);\n" },
	};
	struct err e = { 0 };

	(void)arg;
	if (db_migrate(db, more, 2, NULL, &e) < 0)
		fail_msg("%s", e.text);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	assert_int_equal(count(t, &ten, "SELECT count(*) FROM note @global"), 1);
	assert_int_equal(count(t, &scope_system, "SELECT count(*) FROM note @global"), 2);
}

static void test_later_tables_are_fenced_too(void **state)
{
	(void)state;
	test_db_each(&setup, new_tables, NULL);
}

static int64_t backend(struct txn *t)
{
	return count(t, &scope_system, "SELECT pg_backend_pid() @global");
}

static void kill_backend(struct db *db, int64_t pid)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	int64_t gone = 0;

	assert_int_equal(
		db_one_int(t, &scope_system,
			   "SELECT pg_terminate_backend(CAST($1 AS INTEGER), 5000) @global",
			   DB_ARGS(DB_INT(pid)), &gone, NULL),
		0);
	assert_int_equal(gone, 1);
}

static void killed(struct db *db, void *arg)
{
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	struct err e = { 0 };

	(void)arg;
	assert_int_equal(count(t, &scope_system, wrong), 3);
	kill_backend(db, backend(t));
	/* in the middle of a transaction: an error, and nothing stored */
	assert_int_equal(db_exec(t, &scope_system, "DELETE FROM alert @global", DB_NO_ARGS, &e),
			 -ECLOSED);
	assert_int_equal(txn_commit(&t, &e), -ECLOSED);
	/* the next transaction has a new session, with the same statements */
	t = txn_begin(db, TXN_WRITE, &e);
	assert_non_null(t);
	assert_int_equal(count(t, &scope_system, wrong), 3);
	int64_t pid = backend(t);
	assert_int_equal(txn_commit(&t, &e), 0);
	/* between transactions: nobody notices */
	kill_backend(db, pid);
	t = txn_begin(db, TXN_WRITE, &e);
	assert_non_null(t);
	assert_int_equal(count(t, &ten, wrong), 1);
	kill_backend(db, backend(t));
	assert_int_equal(txn_commit(&t, &e), -ECLOSED);
	t = txn_begin(db, TXN_WRITE, &e);
	assert_int_equal(txn_commit(&t, &e), 0);
}

static void test_a_killed_session_is_replaced(void **state)
{
	(void)state;
	test_db_each(&setup, killed, NULL);
}

/* What is unread is kept in memory when another statement comes, but not without end. */
static void unread(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	struct err e = { 0 };
	int64_t n;

	(void)arg;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system, "SELECT n FROM generate_series(1, 30000) n @global",
			 DB_NO_ARGS, &e);
	assert_non_null(r);
	assert_int_equal(rows_next(r, &e), 1);
	assert_int_equal(db_one_int(t, &scope_system, wrong, DB_NO_ARGS, &n, &e), -ELIMIT);
	assert_non_null(strstr(e.text, "20000"));
}

static void test_unread_rows_have_a_limit(void **state)
{
	(void)state;
	test_db_each(&setup, unread, NULL);
}

static void looks_after(struct db *db, void *arg)
{
	struct err e = { 0 };

	(void)arg;
	assert_true(db_is_postgres(db));
	if (db_check(db, &e) < 0)
		fail_msg("%s", e.text);
	assert_true(db_size_bytes(db) > 0);
	assert_int_equal(db_backup(db, "/nonexistent", &e), -ENOTSUP);
	assert_non_null(strstr(e.text, "pg_dump"));
}

static void test_check_size_backup(void **state)
{
	(void)state;
	test_db_each(&setup, looks_after, NULL);
}

static void test_no_server_is_told(void **state)
{
	struct err e = { 0 };
	struct db *db = NULL;

	(void)state;
	assert_int_equal(db_open("postgresql://x@%2Fnonexistent/x", NULL, &db, &e), -ECLOSED);
	assert_null(db);
	assert_non_null(strstr(e.text, "the database server is gone: "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong_global_shows_nothing_of_others),
		cmocka_unit_test(test_wrong_global_changes_nothing_of_others),
		cmocka_unit_test(test_later_tables_are_fenced_too),
		cmocka_unit_test(test_a_killed_session_is_replaced),
		cmocka_unit_test(test_unread_rows_have_a_limit),
		cmocka_unit_test(test_check_size_backup),
		cmocka_unit_test(test_no_server_is_told),
	};

	if (test_db_skip())
		return TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
