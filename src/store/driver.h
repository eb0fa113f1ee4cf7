/* SPDX-License-Identifier: Apache-2.0 */
/* What a database must be able to do for the store: one const table of functions a database, chosen
 * by the URL. Private to this folder. */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include "store/db.h"

struct driver_db;   /* one database */
struct driver_conn; /* one connection: one thread at a time */
struct driver_stmt; /* one prepared statement of a connection: one run at a time */

enum { STORE_WAIT_MS = 10000 }; /* how long a transaction waits for its turn */

/* The values of one run: the caller's, then those that the scope adds. */
struct binds {
	const struct dbv *args;
	size_t n_args;
	struct dbv scope[2];
	size_t n_scope;
};

struct driver {
	bool postgres;

	int (*db_open)(const char *where, struct driver_db **out, struct err *e);
	void (*db_settle)(struct driver_db *d); /* every connection is open */
	void (*db_close)(struct driver_db *d);

	int (*conn_open)(struct driver_db *d, bool writer, struct driver_conn **out, struct err *e);
	void (*conn_close)(struct driver_conn *c); /* its statements are gone by then */

	int (*begin)(struct driver_conn *c, enum txn_mode mode, struct err *e);
	int (*commit)(struct driver_conn *c, struct err *e);
	void (*rollback)(struct driver_conn *c);
	/* Tells the database who asks, for this transaction; NULL where it does not care. */
	int (*scope)(struct driver_conn *c, const struct scope *s, struct err *e);
	int (*script)(struct driver_conn *c, const char *sql, struct err *e); /* many statements */

	int (*prepare)(struct driver_conn *c, const char *sql, size_t n_params,
		       struct driver_stmt **out, struct err *e);
	void (*stmt_close)(struct driver_stmt *s);
	int64_t (*exec)(struct driver_stmt *s, const struct binds *b, struct err *e);
	int (*start)(struct driver_stmt *s, const struct binds *b, struct err *e);
	int (*next)(struct driver_stmt *s, struct err *e); /* as rows_next */
	void (*reset)(struct driver_stmt *s);

	/* Columns of the current row; an index out of range reads as NULL. */
	bool (*is_null)(const struct driver_stmt *s, int col);
	int64_t (*as_int)(const struct driver_stmt *s, int col);
	double (*as_double)(const struct driver_stmt *s, int col);
	const char *(*as_text)(const struct driver_stmt *s, int col); /* NULL for NULL */
	const void *(*as_bytes)(const struct driver_stmt *s, int col, size_t *n_out);

	int (*backup)(struct driver_conn *c, const char *path, struct err *e);
	int (*check)(struct driver_conn *c, struct err *e);
	int64_t (*size_bytes)(struct driver_conn *c);
	int (*tend)(struct driver_conn *c, struct err *e); /* NULL: there is nothing to do */
};

extern const struct driver driver_sqlite;
extern const struct driver driver_pg;

#endif
