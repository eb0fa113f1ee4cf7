/* SPDX-License-Identifier: Apache-2.0 */
/* For tests: an empty, migrated database of their own, on SQLite in memory and on PostgreSQL where
 * OTASUKE_TEST_PG names a cluster. Not part of a program; in meson.build: 'more': test_db_src. */
#ifndef STORE_TEST_DB_H
#define STORE_TEST_DB_H

#include "store/db.h"

struct test_db_setup {
	const struct db_schema *schemas; /* may be empty: then nothing is migrated */
	size_t n_schemas;
	const char *scope_select; /* may be NULL: then an organisation sees nothing */
};

typedef void (*test_db_fn)(struct db *db, void *arg);

/* Runs FN on SQLite, then on PostgreSQL, each with a fresh database that is gone afterwards.
 * Without OTASUKE_TEST_PG the second half prints "SKIPPED: <test> on PostgreSQL".
 * OTASUKE_TEST_DRIVER=sqlite or =postgresql runs one half alone. Anything that cannot be set up
 * ends the test program. */
void test_db_each(const struct test_db_setup *setup, test_db_fn fn, void *arg);

/* True, with the reason on standard output, when this program should test PostgreSQL alone and
 * there is none: `if (test_db_skip()) return TEST_SKIPPED;` in main. */
bool test_db_skip(void);

/* The same by hand, for fixtures that open the database themselves or keep it. */
struct test_db;
struct test_db *test_db_new(const struct test_db_setup *setup,
			    bool postgres); /* NULL: no cluster */
struct db *test_db_get(struct test_db *t);
/* Another connection to the same data (PostgreSQL; on SQLite a database of its own). */
const char *test_db_url(const struct test_db *t);
void test_db_free(struct test_db *t); /* NULL is fine */

#endif
