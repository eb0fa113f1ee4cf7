/* SPDX-License-Identifier: Apache-2.0 */
/* Transactions: what is stored, what is not, and what two threads see of one another. */
#include "base/test.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "store/db_pool.h"
#include "store/test_db.h"

static const struct db_schema schemas[] = {
	{ "test", "-- step 1: a counter and something that refers to it\n"
		  "CREATE TABLE counter (id @id, name TEXT NOT NULL UNIQUE, n BIGINT NOT NULL "
		  "CHECK (n >= 0));\n"
		  "CREATE TABLE child (id @id, counter_id BIGINT NOT NULL REFERENCES "
		  "counter(id));\n"
		  "INSERT INTO counter (id, name, n) VALUES (1, 'one', 0);\n" },
};
static const struct test_db_setup setup = { .schemas = schemas, .n_schemas = 1 };

static const char read_n[] = "SELECT n FROM counter WHERE id = 1 @global";
static const char write_n[] = "UPDATE counter SET n = $1 WHERE id = 1 @global";

static int64_t get(struct txn *t)
{
	struct err e = { 0 };
	int64_t n;

	if (db_one_int(t, &scope_system, read_n, DB_NO_ARGS, &n, &e) < 0)
		fail_msg("%s", e.text);
	return n;
}

static int64_t get_now(struct db *db)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);

	return get(t);
}

static void set(struct txn *t, int64_t n)
{
	assert_int_equal(db_exec(t, &scope_system, write_n, DB_ARGS(DB_INT(n)), NULL), 1);
}

static void set_and_leave(struct db *db)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);

	set(t, 5);
	assert_int_equal(get(t), 5);
}

static void stored_or_not(struct db *db, void *arg)
{
	(void)arg;
	set_and_leave(db);
	assert_int_equal(get_now(db), 0);
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	set(t, 6);
	assert_int_equal(get_now(db), 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	assert_null(t);
	txn_rollback(&t);
	assert_int_equal(get_now(db), 6);
}

static void test_only_a_commit_stores(void **state)
{
	(void)state;
	test_db_each(&setup, stored_or_not, NULL);
}

static void one_moment(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *reader = txn_begin(db, TXN_READ, NULL);

	(void)arg;
	assert_int_equal(get(reader), 0);
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	set(t, 9);
	assert_int_equal(get(reader), 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	assert_int_equal(get(reader), 0);
	assert_int_equal(get_now(db), 9);
}

static void test_a_reader_sees_one_moment_while_others_write(void **state)
{
	(void)state;
	test_db_each(&setup, one_moment, NULL);
}

static void fails_with(struct db *db, int code, const char *sql, const char *word)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	struct err e = { 0 };

	set(t, 3);
	assert_int_equal(db_exec(t, &scope_system, sql, DB_NO_ARGS, &e), code);
	if (!strstr(e.text, word))
		fail_msg("'%s' lacks '%s'", e.text, word);
	/* spoilt: nothing runs any more, nothing is stored */
	assert_int_equal(db_exec(t, &scope_system, write_n, DB_ARGS(DB_INT(4)), &e), code);
	assert_non_null(strstr(e.text, word));
	assert_int_equal(txn_commit(&t, &e), code);
	assert_int_equal(get_now(db), 0);
}

static void failures(struct db *db, void *arg)
{
	(void)arg;
	fails_with(db, -EEXIST, "INSERT INTO counter (name, n) VALUES ('one', 1) @global",
		   "counter");
	fails_with(db, -EEXIST, "INSERT INTO counter (id, name, n) VALUES (1, 'x', 1) @global",
		   "counter");
	fails_with(db, -EEXIST, "INSERT INTO child (counter_id) VALUES (77) @global", "");
	fails_with(db, -EINVAL, "INSERT INTO counter (name, n) VALUES ('x', -1) @global",
		   "refuses the value");
	fails_with(db, -EINVAL, "INSERT INTO counter (name, n) VALUES (NULL, 1) @global",
		   "refuses the value");
	fails_with(db, -EINVAL, "DELETE FROM nowhere @global", "nowhere");
}

static void test_a_failed_statement_spoils_its_transaction(void **state)
{
	(void)state;
	test_db_each(&setup, failures, NULL);
}

static void read_only(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	struct err e = { 0 };

	(void)arg;
	assert_int_equal(db_exec(t, &scope_system, write_n, DB_ARGS(DB_INT(1)), &e), -EROFS);
}

static void test_a_reader_cannot_write(void **state)
{
	(void)state;
	test_db_each(&setup, read_only, NULL);
}

static void twice(struct db *db, void *arg)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	struct err e = { 0 };

	(void)arg;
	assert_null(txn_begin(db, TXN_WRITE, &e));
	assert_int_equal(e.code, -EDEADLK);
	assert_non_null(t);
}

static void test_a_thread_writes_once_at_a_time(void **state)
{
	(void)state;
	test_db_each(&setup, twice, NULL);
}

enum { ROUNDS = 100, WRITERS = 3 };

struct worker {
	struct db *db;
	int failed;
	int64_t last;
};

/* Reads, then writes what it concluded: an update between the two would be lost. */
static void *count_up(void *arg)
{
	struct worker *w = arg;

	for (int i = 0; i < ROUNDS; i++) {
		SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, NULL);
		int64_t n = 0;
		if (!t || db_one_int(t, &scope_system, read_n, DB_NO_ARGS, &n, NULL) < 0 ||
		    db_exec(t, &scope_system, write_n, DB_ARGS(DB_INT(n + 1)), NULL) != 1 ||
		    txn_commit(&t, NULL) < 0)
			w->failed++;
	}
	return NULL;
}

static void *watch(void *arg)
{
	struct worker *w = arg;

	while (w->last < (int64_t)ROUNDS * WRITERS && w->failed == 0) {
		SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_READ, NULL);
		int64_t n = 0;
		if (!t || db_one_int(t, &scope_system, read_n, DB_NO_ARGS, &n, NULL) < 0 ||
		    n < w->last)
			w->failed++;
		w->last = n;
	}
	return NULL;
}

static void threads(struct db *db, void *arg)
{
	struct worker workers[WRITERS + 1];
	pthread_t ids[WRITERS + 1];

	(void)arg;
	for (int i = 0; i <= WRITERS; i++) {
		workers[i] = (struct worker){ .db = db };
		assert_int_equal(
			pthread_create(&ids[i], NULL, i < WRITERS ? count_up : watch, &workers[i]),
			0);
	}
	for (int i = 0; i <= WRITERS; i++) {
		pthread_join(ids[i], NULL);
		assert_int_equal(workers[i].failed, 0);
	}
	assert_int_equal(get_now(db), (int64_t)ROUNDS * WRITERS);
}

static void test_writers_do_not_lose_one_anothers_updates(void **state)
{
	(void)state;
	test_db_each(&setup, threads, NULL);
}

static void *count_one(void *arg)
{
	struct worker *w = arg;
	SCOPED_TXN struct txn *t = txn_begin(w->db, TXN_WRITE, NULL);

	w->failed = !t || db_exec(t, &scope_system, write_n, DB_ARGS(DB_INT(1)), NULL) != 1 ||
		    txn_commit(&t, NULL) < 0;
	return NULL;
}

static void until_somebody_waits(struct db *db)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	bool waits = false;

	while (!waits) {
		nanosleep(&pause, NULL);
		pthread_mutex_lock(&db->lock);
		waits = db->waiting[TXN_WRITE] != NULL;
		pthread_mutex_unlock(&db->lock);
	}
}

static void in_turn(struct db *db, void *arg)
{
	struct worker w = { .db = db };
	struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	pthread_t id;

	(void)arg;
	assert_int_equal(pthread_create(&id, NULL, count_one, &w), 0);
	until_somebody_waits(db);
	assert_int_equal(txn_commit(&t, NULL), 0);
	t = txn_begin(db, TXN_WRITE, NULL);
	assert_int_equal(get(t), 1);
	txn_rollback(&t);
	pthread_join(id, NULL);
	assert_int_equal(w.failed, 0);
}

static void test_who_waits_writes_before_who_comes_again(void **state)
{
	(void)state;
	test_db_each(&setup, in_turn, NULL);
}

/* Two pools on one database stand for two processes. */
static void across(bool postgres)
{
	char dir[TEST_DIR_MAX], url[TEST_DIR_MAX + 16];
	struct test_db *own = postgres ? test_db_new(&setup, true) : NULL;
	struct worker workers[2] = { 0 };
	struct err e = { 0 };
	pthread_t ids[2];

	if (postgres && !own)
		return;
	test_dir_new(dir);
	(void)snprintf(url, sizeof(url), "sqlite:%s/db", dir);
	for (int i = 0; i < 2; i++)
		if (db_open(own ? test_db_url(own) : url, NULL, &workers[i].db, &e) < 0 ||
		    db_migrate(workers[i].db, schemas, 1, NULL, &e) < 0)
			fail_msg("%s", e.text);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&ids[i], NULL, count_up, &workers[i]), 0);
	for (int i = 0; i < 2; i++) {
		pthread_join(ids[i], NULL);
		assert_int_equal(workers[i].failed, 0);
	}
	assert_int_equal(get_now(workers[0].db), 2 * ROUNDS);
	db_close(workers[0].db);
	db_close(workers[1].db);
	test_db_free(own);
	test_dir_free(dir);
}

static void test_processes_take_turns(void **state)
{
	const char *only = getenv("OTASUKE_TEST_DRIVER");

	(void)state;
	if (!only || strcmp(only, "sqlite") == 0)
		across(false);
	if (!only || strcmp(only, "postgresql") == 0)
		across(true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_a_commit_stores),
		cmocka_unit_test(test_a_reader_sees_one_moment_while_others_write),
		cmocka_unit_test(test_a_failed_statement_spoils_its_transaction),
		cmocka_unit_test(test_a_reader_cannot_write),
		cmocka_unit_test(test_a_thread_writes_once_at_a_time),
		cmocka_unit_test(test_writers_do_not_lose_one_anothers_updates),
		cmocka_unit_test(test_who_waits_writes_before_who_comes_again),
		cmocka_unit_test(test_processes_take_turns),
	};

	if (test_db_skip())
		return TEST_SKIPPED;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
