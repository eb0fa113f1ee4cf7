/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the store know of a database, its connections and a transaction. Private to
 * this folder. */
#ifndef STORE_DB_POOL_H
#define STORE_DB_POOL_H

#include <pthread.h>

#include "store/driver.h"
#include "store/stmt_cache.h"

struct txn {
	struct db *db;
	struct db_conn *conn;
	enum txn_mode mode;
	struct err failed; /* code 0 = none; afterwards the transaction only rolls back */
	struct rows *open; /* results that are still read */
};

/* How many companies an organisation sees: see scope_wide.c. */
struct scope_measure {
	int64_t org_id;
	int uses_left;
	bool wide;
};
enum { SCOPE_MEASURES = 64 };

struct db_conn {
	struct driver_conn *impl;
	struct stmt_cache cache;
	struct txn txn;
	struct scope scope; /* what the database was told; valid when SCOPED */
	bool scoped;
	struct scope_measure measures[SCOPE_MEASURES];
	bool busy;       /* guarded by db.lock */
	pthread_t owner; /* guarded by db.lock; valid when BUSY */
};

/* A thread in the queue for a connection: those that came first go first. */
struct db_waiter {
	pthread_cond_t turn;
	pthread_t who;
	struct db_conn *got; /* handed over, busy and WHO's */
	struct db_waiter *next;
};

struct db {
	const struct driver *driver;
	struct driver_db *impl;
	char *scope_select;
	char *measure_sql; /* NULL without scope_select */
	pthread_mutex_t lock;
	struct db_waiter *waiting[2]; /* guarded by lock; by enum txn_mode */
	size_t n_conns;
	struct db_conn conns[]; /* the first one writes */
};

/* A free connection, waiting for one: NULL and -EAGAIN after STORE_WAIT_MS, -EDEADLK when this
 * thread holds the writer already. */
struct db_conn *db_pool_take(struct db *db, enum txn_mode mode, struct err *e);
void db_pool_give(struct db *db, struct db_conn *c);

/* The transaction can only roll back from here; returns E's code. */
int txn_fail(struct txn *t, const struct err *e);

/* Lets go of every open result of T: rows.c. */
void rows_detach_all(struct txn *t);

/* Whether S sees so many companies that it is asked row by row. */
bool scope_wide(struct txn *t, const struct scope *s);
int scope_wide_sql(const char *select, char **out, struct err *e); /* db.measure_sql */

/* Row-level security for every table with a company_id (PostgreSQL): rls.c. */
int rls_apply(struct db *db, struct err *e);

#endif
