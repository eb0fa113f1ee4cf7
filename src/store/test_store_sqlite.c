/* SPDX-License-Identifier: Apache-2.0 */
/* What only SQLite has: a file, its backup, and what may happen to files. */
#include "base/test.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/db_pool.h"

static const struct db_schema schemas[] = {
	{ "test", "-- step 1: a table\nCREATE TABLE v (id @id, t TEXT NOT NULL);\n"
		  "CREATE INDEX v_t ON v (t);\n" },
};

struct place {
	char dir[TEST_DIR_MAX];
	char path[TEST_DIR_MAX + 8];
	char url[TEST_DIR_MAX + 16];
	char copy[TEST_DIR_MAX + 8];
};

static void place_new(struct place *p)
{
	test_dir_new(p->dir);
	(void)snprintf(p->path, sizeof(p->path), "%s/db", p->dir);
	(void)snprintf(p->url, sizeof(p->url), "sqlite:%s", p->path);
	(void)snprintf(p->copy, sizeof(p->copy), "%s/copy", p->dir);
}

static struct db *open_at(const char *path)
{
	char url[TEST_DIR_MAX + 32];
	struct err e = { 0 };
	struct db *db;

	(void)snprintf(url, sizeof(url), "sqlite:%s", path);
	if (db_open(url, NULL, &db, &e) < 0 || db_migrate(db, schemas, 1, NULL, &e) < 0)
		fail_msg("%s", e.text);
	return db;
}

static int insert(struct db *db, int n)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	char text[256];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = 0;
	for (int i = 0; t && i < n; i++) {
		struct err e = { 0 };
		int64_t r = db_exec(t, &scope_system, "INSERT INTO v (t) VALUES ($1) @global",
				    DB_ARGS(DB_TEXT(text)), &e);
		if (r < 0)
			return (int)r;
	}
	return t ? txn_commit(&t, NULL) : -EAGAIN;
}

static int64_t count(struct db *db)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_READ, NULL);
	int64_t n = -1;

	(void)db_one_int(t, &scope_system, "SELECT count(*) FROM v @global", DB_NO_ARGS, &n, NULL);
	return n;
}

static void test_the_file_belongs_to_its_owner_alone(void **state)
{
	struct place p;
	struct stat st;

	(void)state;
	place_new(&p);
	struct db *db = open_at(p.path);
	assert_int_equal(insert(db, 1), 0);
	assert_int_equal(stat(p.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	char wal[TEST_DIR_MAX + 16];
	(void)snprintf(wal, sizeof(wal), "%s-wal", p.path);
	assert_int_equal(stat(wal, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(db_size_bytes(db) >= 8192);
	assert_false(db_is_postgres(db));
	db_close(db);
	assert_false(file_exists(wal));
	db = open_at(p.path);
	assert_int_equal(count(db), 1);
	db_close(db);
	test_dir_free(p.dir);
}

/* The file grows when pages come home from the log; a commit alone does not do it. */
static void test_the_log_is_brought_home_beside_writers(void **state)
{
	struct place p;
	struct stat before, after;
	struct err e = { 0 };

	(void)state;
	place_new(&p);
	struct db *db = open_at(p.path);
	assert_int_equal(db_tend(db, &e), 0);
	assert_int_equal(stat(p.path, &before), 0);
	for (int i = 0; i < 30; i++)
		assert_int_equal(insert(db, 1500), 0);
	assert_int_equal(stat(p.path, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, NULL);
	assert_int_equal(db_tend(db, &e), 1);
	txn_rollback(&t);
	assert_int_equal(stat(p.path, &after), 0);
	assert_true(after.st_size > before.st_size);
	assert_int_equal(db_tend(db, &e), 0);
	db_close(db);
	test_dir_free(p.dir);
}

struct writer {
	struct db *db;
	atomic_bool stop;
	int failed, rows;
};

static void *write_on(void *arg)
{
	struct writer *w = arg;

	while (!atomic_load(&w->stop)) {
		if (insert(w->db, 10) < 0)
			w->failed++;
		w->rows += 10;
	}
	return NULL;
}

static void test_backup_while_writing(void **state)
{
	struct place p;
	struct err e = { 0 };
	struct stat st;
	pthread_t id;

	(void)state;
	place_new(&p);
	struct writer w = { .db = open_at(p.path) };
	assert_int_equal(insert(w.db, 3000), 0);
	assert_int_equal(pthread_create(&id, NULL, write_on, &w), 0);
	for (int i = 0; i < 3; i++)
		if (db_backup(w.db, p.copy, &e) < 0)
			fail_msg("%s", e.text);
	atomic_store(&w.stop, true);
	pthread_join(id, NULL);
	assert_int_equal(w.failed, 0);
	assert_int_equal(count(w.db), 3000 + w.rows);
	assert_int_equal(db_check(w.db, &e), 0);
	db_close(w.db);
	assert_int_equal(stat(p.copy, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	struct db *copy = open_at(p.copy);
	assert_true(count(copy) >= 3000);
	assert_int_equal(count(copy) % 10, 0);
	db_close(copy);
	test_dir_free(p.dir);
}

static void test_backup_that_cannot_be_written(void **state)
{
	struct place p;
	struct err e = { 0 };

	(void)state;
	place_new(&p);
	struct db *db = open_at(p.path);
	assert_int_equal(db_backup(db, "/nonexistent/copy", &e), -ENOENT);
	assert_non_null(strstr(e.text, "/nonexistent/copy"));
	assert_int_equal(dir_make(p.copy, 0700, NULL), 0);
	assert_true(db_backup(db, p.copy, &e) < 0); /* a folder is in the way */
	(void)strcat(p.copy, ".tmp");
	assert_false(file_exists(p.copy));
	db_close(db);
	test_dir_free(p.dir);
}

static void overwrite(const char *path, off_t from, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	SCOPED_MEM char *junk = mem_new(n);

	assert_true(fd >= 0);
	memset(junk, 0x5a, n);
	assert_int_equal(pwrite(fd, junk, n, from), (ssize_t)n);
	close(fd);
}

static void test_damage_is_told(void **state)
{
	struct place p;
	struct err e = { 0 };
	struct db *db;

	(void)state;
	place_new(&p);
	db = open_at(p.path);
	assert_int_equal(insert(db, 1000), 0);
	db_close(db);
	overwrite(p.path, 4096 * 20, 4096 * 10);
	assert_int_equal(db_open(p.url, NULL, &db, &e), 0);
	assert_int_equal(db_check(db, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "damaged"));
	assert_int_equal(db_backup(db, p.copy, &e), -EFORMAT);
	assert_false(file_exists(p.copy));
	db_close(db);
	overwrite(p.path, 0, 4096);
	db = NULL;
	assert_int_equal(db_open(p.url, NULL, &db, &e), -EFORMAT);
	assert_non_null(strstr(e.text, p.path));
	assert_null(db);
	test_dir_free(p.dir);
}

static void test_bad_urls(void **state)
{
	static const char *const urls[] = {
		"",        "mysql://x", "sqlite:", "/var/lib/x", "sqlite:/nonexistent/folder/db",
		"sqlite:/"
	};
	struct db *db = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(urls); i++) {
		struct err e = { 0 };
		assert_true(db_open(urls[i], NULL, &db, &e) < 0);
		assert_true(strlen(e.text) > 10);
		assert_null(db);
	}
}

static void test_a_full_disk(void **state)
{
	struct place p;
	struct err e = { 0 };

	(void)state;
	place_new(&p);
	struct db *db = open_at(p.path);
	struct db_conn *c = db_pool_take(db, TXN_WRITE, NULL);
	assert_int_equal(db->driver->script(c->impl, "PRAGMA max_page_count=40", &e), 0);
	db_pool_give(db, c);
	assert_int_equal(insert(db, 20), 0);
	assert_int_equal(insert(db, 5000), -ENOSPC);
	assert_int_equal(count(db), 20);
	assert_int_equal(insert(db, 1), 0);
	db_close(db);
	test_dir_free(p.dir);
}

static void test_memory_leaves_no_file(void **state)
{
	struct db *one, *two;

	(void)state;
	one = open_at(":memory:");
	two = open_at(":memory:");
	assert_int_equal(insert(one, 3000), 0);
	assert_int_equal(count(one), 3000);
	assert_int_equal(count(two), 0);
	db_close(one);
	db_close(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_file_belongs_to_its_owner_alone),
		cmocka_unit_test(test_the_log_is_brought_home_beside_writers),
		cmocka_unit_test(test_backup_while_writing),
		cmocka_unit_test(test_backup_that_cannot_be_written),
		cmocka_unit_test(test_damage_is_told),
		cmocka_unit_test(test_bad_urls),
		cmocka_unit_test(test_a_full_disk),
		cmocka_unit_test(test_memory_leaves_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
