/* SPDX-License-Identifier: Apache-2.0 */
/* Databases for tests. On PostgreSQL each gets a schema of its own. OTASUKE_TEST_PG should name a
 * role that is no superuser: row-level security does not hold for those. */
#include "store/test_db.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "store/db_pool.h"

struct test_db {
	struct db *db;
	char *url;
	char *name; /* of the schema on PostgreSQL, NULL on SQLite */
};

static void die(const char *what, const struct err *e)
{
	(void)fprintf(stderr, "test database: %s: %s\n", what, e->text);
	abort();
}

/* Runs statements in the database of OTASUKE_TEST_PG; % stands for NAME. */
static void admin(const char *format, const char *name)
{
	struct err e = { 0 };
	struct db *db;
	SCOPED_BUF struct buf sql;

	buf_init(&sql, 0);
	for (const char *p = format; *p; p++)
		if (*p == '%')
			buf_adds(&sql, name);
		else
			buf_addc(&sql, *p);
	if (db_open(getenv("OTASUKE_TEST_PG"), NULL, &db, &e) < 0)
		die("OTASUKE_TEST_PG", &e);
	struct txn *t = txn_begin(db, TXN_WRITE, &e);
	if (!t || db->driver->script(t->conn->impl, sql.p, &e) < 0 || txn_commit(&t, &e) < 0)
		die(sql.p, &e);
	db_close(db);
}

static char *url_with_schema(const char *name)
{
	const char *base = getenv("OTASUKE_TEST_PG");
	struct buf url;

	buf_init(&url, 0);
	buf_printf(&url, "%s%coptions=-c%%20search_path%%3D%s", base, strchr(base, '?') ? '&' : '?',
		   name);
	return buf_take(&url);
}

static char *schema_new(void)
{
	static atomic_int serial;
	struct buf name;

	buf_init(&name, 0);
	buf_printf(&name, "test_%d_%d", (int)getpid(), atomic_fetch_add(&serial, 1));
	char *n = buf_take(&name);
	admin("CREATE SCHEMA %", n);
	return n;
}

struct test_db *test_db_new(const struct test_db_setup *setup, bool postgres)
{
	struct db_options options = { .readers = 2, .scope_select = setup->scope_select };
	struct err e = { 0 };

	if (postgres && !getenv("OTASUKE_TEST_PG"))
		return NULL;
	struct test_db *t = mem_new(sizeof(*t));
	if (postgres)
		t->name = schema_new();
	t->url = postgres ? url_with_schema(t->name) : mem_strdup("sqlite::memory:");
	if (db_open(t->url, &options, &t->db, &e) < 0)
		die(t->url, &e);
	if (setup->n_schemas > 0 &&
	    db_migrate(t->db, setup->schemas, setup->n_schemas, NULL, &e) < 0)
		die("migration", &e);
	return t;
}

struct db *test_db_get(struct test_db *t)
{
	return t->db;
}

const char *test_db_url(const struct test_db *t)
{
	return t->url;
}

void test_db_free(struct test_db *t)
{
	if (!t)
		return;
	db_close(t->db);
	if (t->name)
		admin("DROP SCHEMA % CASCADE", t->name);
	free(t->name);
	free(t->url);
	free(t);
}

static bool wanted(const char *driver)
{
	const char *only = getenv("OTASUKE_TEST_DRIVER");

	return !only || !*only || strcmp(only, driver) == 0;
}

bool test_db_skip(void)
{
	if (wanted("sqlite") || getenv("OTASUKE_TEST_PG"))
		return false;
	(void)printf("SKIPPED: PostgreSQL: OTASUKE_TEST_PG is not set; tools/pg-run sets it\n");
	return true;
}

void test_db_each(const struct test_db_setup *setup, test_db_fn fn, void *arg)
{
	static const char *const names[] = { "sqlite", "postgresql" };

	for (int i = 0; i < 2; i++) {
		if (!wanted(names[i]))
			continue;
		struct test_db *t = test_db_new(setup, i == 1);
		if (!t) {
			(void)printf("on PostgreSQL: SKIPPED, OTASUKE_TEST_PG is not set\n");
			continue;
		}
		fn(t->db, arg);
		test_db_free(t);
	}
}
