/* SPDX-License-Identifier: Apache-2.0 */
/* Values go in and come out the same on both databases; results are read as documented. */
#include "base/test.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/rows.h"
#include "store/stmt_cache.h"
#include "store/test_db.h"

static const struct db_schema schemas[] = {
	{ "test", "-- step 1: every type\n"
		  "CREATE TABLE v (id @id, n BIGINT, x DOUBLE PRECISION, t TEXT, b @blob);\n" },
};
static const struct test_db_setup setup = { .schemas = schemas, .n_schemas = 1 };

static const char insert[] =
	"INSERT INTO v (n, x, t, b) VALUES ($1, $2, $3, $4) RETURNING id @global";

static struct txn *begin(struct db *db, enum txn_mode mode)
{
	struct err e = { 0 };
	struct txn *t = txn_begin(db, mode, &e);

	if (!t)
		fail_msg("begin: %s", e.text);
	return t;
}

static int64_t one(struct txn *t, const char *sql, const struct dbv *args, size_t n)
{
	struct err e = { 0 };
	int64_t out = -1;

	if (db_one_int(t, &scope_system, sql, args, n, &out, &e) < 0)
		fail_msg("%s: %s", sql, e.text);
	return out;
}

static struct rows *query(struct txn *t, const char *sql, const struct dbv *args, size_t n)
{
	struct err e = { 0 };
	struct rows *r = db_query(t, &scope_system, sql, args, n, &e);

	if (!r)
		fail_msg("%s: %s", sql, e.text);
	return r;
}

static void round_trip(struct db *db, void *arg)
{
	static const unsigned char bytes[] = { 0, 1, 0xff, 0, '\'', '\\' };
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);
	size_t n;

	(void)arg;
	assert_int_equal(one(t, insert,
			     DB_ARGS(DB_INT(INT64_MIN), DB_DOUBLE(0.1), DB_TEXT("京都の'会社\\"),
				     DB_BLOB(bytes, sizeof(bytes)))),
			 1);
	assert_int_equal(one(t, insert,
			     DB_ARGS(DB_INT(INT64_MAX), DB_INT(3), DB_TEXT(""), DB_BLOB(NULL, 0))),
			 2);
	assert_int_equal(one(t, insert, DB_ARGS(DB_NULL, DB_NULL, DB_TEXT(NULL), DB_NULL)), 3);
	SCOPED_ROWS struct rows *r =
		query(t, "SELECT n, x, t, b FROM v ORDER BY id @global", DB_NO_ARGS);
	assert_int_equal(rows_next(r, NULL), 1);
	assert_true(rows_int(r, 0) == INT64_MIN);
	assert_true(rows_double(r, 1) == 0.1);
	assert_string_equal(rows_text(r, 2), "京都の'会社\\");
	assert_memory_equal(rows_blob(r, 3, &n), bytes, sizeof(bytes));
	assert_int_equal(n, sizeof(bytes));
	assert_int_equal(rows_next(r, NULL), 1);
	assert_true(rows_int(r, 0) == INT64_MAX);
	assert_int_equal(rows_int(r, 1), 3);
	assert_false(rows_is_null(r, 2));
	assert_string_equal(rows_text(r, 2), "");
	(void)rows_blob(r, 3, &n);
	assert_false(rows_is_null(r, 3));
	assert_int_equal(n, 0);
	assert_int_equal(rows_next(r, NULL), 1);
	for (int i = 0; i < 5; i++)
		assert_true(rows_is_null(r, i));
	assert_string_equal(rows_text(r, 2), "");
	assert_int_equal(rows_int(r, 0), 0);
	assert_int_equal(rows_next(r, NULL), 0);
	assert_int_equal(rows_next(r, NULL), 0);
}

static void test_values_round_trip(void **state)
{
	(void)state;
	test_db_each(&setup, round_trip, NULL);
}

static void numbers(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);

	(void)arg;
	for (int64_t i = 1; i <= 4; i++)
		(void)one(t, insert,
			  DB_ARGS(DB_INT(i * INT64_C(1000000000000)), DB_NULL, DB_NULL, DB_NULL));
	SCOPED_ROWS struct rows *r = query(
		t,
		"SELECT count(*), sum(n), coalesce(sum(x), 0), avg(n), max(n), n FROM v, "
		"(SELECT 7 AS seven) s WHERE n > $1 - 1000 AND ($2 IS NULL OR t = $2) GROUP BY n "
		"HAVING count(*) >= $3 ORDER BY n LIMIT $4 @global",
		DB_ARGS(DB_INT(INT64_C(2000000000000)), DB_NULL, DB_INT(1), DB_INT(1)));
	assert_int_equal(rows_next(r, NULL), 1);
	assert_int_equal(rows_int(r, 0), 1);
	assert_int_equal(rows_int(r, 1), INT64_C(2000000000000));
	assert_int_equal(rows_int(r, 2), 0);
	assert_int_equal(rows_int(r, 3), INT64_C(2000000000000));
	assert_true(rows_double(r, 3) > 1.9e12);
	assert_int_equal(rows_int(r, 4), INT64_C(2000000000000));
	assert_int_equal(one(t, "SELECT 2 > 1 @global", DB_NO_ARGS), 1);
	assert_int_equal(one(t, "SELECT 2 < 1 @global", DB_NO_ARGS), 0);
	assert_int_equal(one(t, "SELECT 7 / 2 @global", DB_NO_ARGS), 3);
	assert_int_equal(one(t, "SELECT CAST($1 AS BIGINT) + $1 @global", DB_ARGS(DB_INT(4))), 8);
	assert_int_equal(one(t, "SELECT sum(n) FROM v WHERE id < 0 @global", DB_NO_ARGS), 0);
	assert_int_equal(one(t, "SELECT count(*) FROM v WHERE 'Ab' LIKE 'ab' @global", DB_NO_ARGS),
			 0);
}

static void test_numbers_are_numbers(void **state)
{
	(void)state;
	test_db_each(&setup, numbers, NULL);
}

/* The same statement with NULL first, then with a value, then NULL again. */
static void null_first(struct db *db, void *arg)
{
	static const char by_text[] =
		"SELECT count(*) FROM v WHERE coalesce(t, '') = coalesce($1, '') AND "
		"(n = $2 OR $2 IS NULL) @global";
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);

	(void)arg;
	(void)one(t, insert, DB_ARGS(DB_NULL, DB_NULL, DB_NULL, DB_NULL));
	(void)one(t, insert, DB_ARGS(DB_INT(5), DB_DOUBLE(1), DB_TEXT("five"), DB_BLOB("x", 1)));
	(void)one(t, insert, DB_ARGS(DB_NULL, DB_NULL, DB_NULL, DB_NULL));
	assert_int_equal(one(t, by_text, DB_ARGS(DB_NULL, DB_NULL)), 2);
	assert_int_equal(one(t, by_text, DB_ARGS(DB_TEXT("five"), DB_INT(5))), 1);
	assert_int_equal(one(t, by_text, DB_ARGS(DB_NULL, DB_NULL)), 2);
	assert_int_equal(
		one(t, "SELECT count(*) FROM v WHERE n = $1 @global", DB_ARGS(db_int_or_null(0))),
		0);
}

static void test_a_parameter_may_be_null_at_first(void **state)
{
	(void)state;
	test_db_each(&setup, null_first, NULL);
}

static void fill(struct txn *t, int64_t n)
{
	for (int64_t i = 1; i <= n; i++)
		assert_int_equal(db_exec(t, &scope_system,
					 "INSERT INTO v (n, t) VALUES ($1, $2) @global",
					 DB_ARGS(DB_INT(i), DB_TEXT("text")), NULL),
				 1);
}

static void nested(struct db *db, void *arg)
{
	static const char all[] = "SELECT n FROM v WHERE n > $1 ORDER BY n @global";
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);
	int64_t outer = 0, inner = 0;

	(void)arg;
	fill(t, 30);
	SCOPED_ROWS struct rows *r = query(t, all, DB_ARGS(DB_INT(0)));
	while (rows_next(r, NULL) > 0) {
		assert_int_equal(rows_int(r, 0), ++outer);
		struct rows *in = query(t, all, DB_ARGS(DB_INT(20)));
		while (rows_next(in, NULL) > 0)
			inner++;
		rows_close(&in);
		assert_int_equal(one(t, "SELECT count(*) FROM v WHERE n = $1 @global",
				     DB_ARGS(DB_INT(outer))),
				 1);
		assert_int_equal(rows_int(r, 0), outer);
	}
	assert_int_equal(outer, 30);
	assert_int_equal(inner, 300);
}

static void test_statements_run_while_a_result_is_read(void **state)
{
	(void)state;
	test_db_each(&setup, nested, NULL);
}

static void closed_early(struct db *db, void *arg)
{
	struct txn *t = begin(db, TXN_WRITE);
	struct err e = { 0 };

	(void)arg;
	fill(t, 1000);
	struct rows *r = query(t, "SELECT n FROM v @global", DB_NO_ARGS);
	assert_int_equal(rows_next(r, NULL), 1);
	rows_close(&r);
	assert_null(r);
	rows_close(&r);
	r = query(t, "SELECT n FROM v @global", DB_NO_ARGS);
	assert_int_equal(rows_next(r, NULL), 1);
	assert_int_equal(txn_commit(&t, &e), 0);
	assert_null(t);
	assert_int_equal(rows_next(r, &e), -ECLOSED);
	assert_string_equal(rows_text(r, 0), "");
	assert_true(rows_is_null(r, 0));
	rows_close(&r);
}

static void test_a_result_outlives_its_transaction_empty(void **state)
{
	(void)state;
	test_db_each(&setup, closed_early, NULL);
}

static void counts(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);
	struct err e = { 0 };
	int64_t out = 77;

	(void)arg;
	fill(t, 3);
	assert_int_equal(db_exec(t, &scope_system, "UPDATE v SET n = n + 1 WHERE n > $1 @global",
				 DB_ARGS(DB_INT(1)), NULL),
			 2);
	assert_int_equal(db_run(t, &scope_system, "UPDATE v SET n = n + 1 WHERE n > $1 @global",
				DB_ARGS(DB_INT(1)), NULL),
			 0);
	assert_int_equal(db_change(t, &scope_system, "UPDATE v SET n = n + 1 WHERE n > $1 @global",
				   DB_ARGS(DB_INT(1)), NULL),
			 1);
	assert_int_equal(
		db_exec(t, &scope_system, "DELETE FROM v WHERE n = 99 @global", DB_NO_ARGS, NULL),
		0);
	assert_int_equal(
		db_change(t, &scope_system, "DELETE FROM v WHERE n = 99 @global", DB_NO_ARGS, NULL),
		0);
	assert_int_equal(db_exec(t, &scope_system, "SELECT * FROM v @global", DB_NO_ARGS, NULL), 0);
	assert_int_equal(
		db_exec(t, &scope_system, "CREATE TABLE w (n BIGINT) @global", DB_NO_ARGS, NULL),
		0);
	assert_int_equal(db_exec(t, &scope_system,
				 "INSERT INTO v (id, n) VALUES (1, 1) ON CONFLICT DO NOTHING "
				 "@global",
				 DB_NO_ARGS, NULL),
			 0);
	assert_int_equal(db_one_int(t, &scope_system, "SELECT n FROM v WHERE n = 99 @global",
				    DB_NO_ARGS, &out, &e),
			 -ENOENT);
	assert_int_equal(out, 77);
	assert_int_equal(one(t, "SELECT count(*) FROM v @global", DB_NO_ARGS), 3);
}

static void test_exec_counts_what_changed(void **state)
{
	(void)state;
	test_db_each(&setup, counts, NULL);
}

struct named {
	int64_t n;
	const char *text;
};

static void named_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct named *)row = (struct named){ rows_int(r, 0), rows_keep(r, 1, a) };
}

static void structs(struct db *db, void *arg)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_TXN struct txn *t = begin(db, TXN_WRITE);
	struct named untouched = { .n = 7 }, one_row, *list = &untouched;
	struct err e = { 0 };
	size_t n = 9;

	(void)arg;
	fill(t, 20);
	assert_int_equal(
		rows_get(query(t, "SELECT n, t FROM v ORDER BY n DESC @global", DB_NO_ARGS),
			 named_read, a, &one_row, &e),
		0);
	assert_int_equal(one_row.n, 20);
	assert_string_equal(one_row.text, "text");
	assert_int_equal(rows_get(query(t, "SELECT n, t FROM v WHERE n = 99 @global", DB_NO_ARGS),
				  named_read, a, &untouched, &e),
			 -ENOENT);
	assert_int_equal(untouched.n, 7);
	struct named **out = &list;
	assert_int_equal(rows_list(query(t, "SELECT n, t FROM v ORDER BY n @global", DB_NO_ARGS),
				   named_read, a, ROWS_OUT(out, &n), &e),
			 0);
	assert_int_equal(n, 20);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(list[i].n, i + 1);
	list = &untouched;
	struct rows *none = db_query(t, &scope_system, "SELECT nothing @global", DB_NO_ARGS, &e);
	assert_null(none);
	assert_int_equal(rows_list(none, named_read, a, ROWS_OUT(out, &n), &e), -EINVAL);
	assert_ptr_equal(list, &untouched);
	assert_int_equal(n, 20);
	assert_int_equal(rows_get(NULL, named_read, a, &untouched, NULL), -EIO);
}

static void test_rows_become_structs(void **state)
{
	(void)state;
	test_db_each(&setup, structs, NULL);
}

/* More statements than are kept, then all of them again. */
static void many_statements(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = begin(db, TXN_READ);
	SCOPED_BUF struct buf sql;

	(void)arg;
	buf_init(&sql, 0);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < STMT_CACHE_MAX + 50; i++) {
			buf_clear(&sql);
			buf_printf(&sql, "SELECT %d + $1 @global", i);
			assert_int_equal(one(t, sql.p, DB_ARGS(DB_INT(1))), i + 1);
		}
	}
}

static void test_more_statements_than_are_kept(void **state)
{
	(void)state;
	test_db_each(&setup, many_statements, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_round_trip),
		cmocka_unit_test(test_numbers_are_numbers),
		cmocka_unit_test(test_a_parameter_may_be_null_at_first),
		cmocka_unit_test(test_statements_run_while_a_result_is_read),
		cmocka_unit_test(test_a_result_outlives_its_transaction_empty),
		cmocka_unit_test(test_exec_counts_what_changed),
		cmocka_unit_test(test_rows_become_structs),
		cmocka_unit_test(test_more_statements_than_are_kept),
	};

	if (test_db_skip())
		return TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
