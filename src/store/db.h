/* SPDX-License-Identifier: Apache-2.0 */
/* One SQL seam over SQLite and PostgreSQL: what features write their *_store.c against.
 *
 * Every statement runs inside a transaction and for a scope: who asks. SQL names the rows that
 * belong to a company with the token @scope(column); the store replaces it by the condition of that
 * scope. A statement without @scope(...) must say why with @global (a table that belongs to nobody)
 * and is refused otherwise, so nobody forgets.
 *
 * Portable SQL: parameters are $1 $2 ... (may repeat, any order); times are int64 microseconds;
 * booleans are stored as BIGINT 0/1 (write `done = 1`, not `done`); LIKE only with lower-cased
 * columns; ON CONFLICT and RETURNING are fine; ORDER BY a column that may be NULL says NULLS FIRST
 * or LAST; no JSON operators, no now(), no ::casts. Tokens: @scope(col), in an INSERT ... SELECT
 * ... WHERE also @scope($1); @global or @global(why), anywhere in the statement; in migrations @id
 * (a primary key column that numbers itself) and @blob (the type for bytes).
 *
 * A statement that failed spoils its transaction (on both databases, as PostgreSQL does): ask first
 * or say ON CONFLICT. On PostgreSQL an organisation's statement cannot touch rows of a company it
 * does not see, whatever the SQL says, and sees no row whose company_id is NULL: what the hub does
 * on its own behalf, it does as scope_system. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct db;   /* a pool: thread-safe */
struct txn;  /* one transaction: one thread */
struct rows; /* a result, read forward */

enum scope_kind {
	SCOPE_NONE,   /* nobody: sees no company at all */
	SCOPE_SYSTEM, /* the hub itself: jobs, ingest, set-up */
	SCOPE_ORG,    /* a person acting for an organisation: the companies related to it now */
};

struct scope {
	enum scope_kind kind;
	int64_t org_id;
	int64_t person_id;
	int64_t now_us; /* relations are dated */
};

extern const struct scope scope_system;
extern const struct scope scope_none;

struct db_options {
	int readers; /* connections beside the writer; 0 = 4 */
	/* A sub-select that gives the company ids which an organisation may see, with ?org and ?now
	 * for the two values; its one column is named company_id: "SELECT company_id FROM relation
	 * WHERE org_id = ?org AND valid_from
	 * <= ?now AND valid_to > ?now" */
	const char *scope_select;
};

/* "sqlite:/path/to/file", "sqlite::memory:" or "postgresql://user@host/db?..." */
int db_open(const char *url, const struct db_options *options, struct db **out, struct err *e);
void db_close(struct db *db); /* NULL is fine */
bool db_is_postgres(const struct db *db);

/* TXN_READ_APART reads, and PostgreSQL plans each statement for its values: for one whose cost
 * depends on them, as a trait that one company met or all did. On SQLite it is TXN_READ. */
enum txn_mode { TXN_READ, TXN_WRITE, TXN_READ_APART };

/* NULL and E on failure. Write transactions run one after another, on both databases; one that
 * waits too long gets -EAGAIN and may be tried again as a whole. A thread has one write transaction
 * at a time (-EDEADLK). A read transaction sees one moment. -ECLOSED: the server is gone. */
struct txn *txn_begin(struct db *db, enum txn_mode mode, struct err *e);
int txn_commit(struct txn **t, struct err *e); /* *T is NULL afterwards */
void txn_rollback(struct txn **t);             /* what was not committed; NULL is fine */
#define SCOPED_TXN __attribute__((cleanup(txn_rollback)))

enum dbv_type { DBV_NULL, DBV_INT, DBV_DOUBLE, DBV_TEXT, DBV_BLOB };

struct dbv {
	enum dbv_type type;
	int64_t i;
	double d;
	const void *p; /* text or bytes; must live until the call returns (db_exec) or the rows are
			  closed (db_query) */
	size_t n;
};

#define DB_INT(v)     ((struct dbv){ .type = DBV_INT, .i = (v) })
#define DB_DOUBLE(v)  ((struct dbv){ .type = DBV_DOUBLE, .d = (v) })
#define DB_BLOB(v, l) ((struct dbv){ .type = DBV_BLOB, .p = (v), .n = (l) })
#define DB_NULL       ((struct dbv){ .type = DBV_NULL })
struct dbv db_text(const char *s); /* NULL becomes SQL NULL */
#define DB_TEXT(s) db_text(s)
struct dbv db_int_or_null(int64_t v); /* 0 becomes SQL NULL: for optional references */

#define DB_ARGS(...)                                                                               \
	(const struct dbv[]){ __VA_ARGS__ },                                                       \
		sizeof((const struct dbv[]){ __VA_ARGS__ }) / sizeof(struct dbv)
#define DB_NO_ARGS NULL, 0

/* NULL and E on failure. Other statements may run while a result is read, but not change the rows
 * that it reads: collect first. The end of the transaction ends its results. */
struct rows *db_query(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		      size_t n_args, struct err *e);
/* 1 = a row, 0 = no more, negative. R is NULL when the query failed: E says why, and so does this.
 */
int rows_next(struct rows *r, struct err *e);
void rows_close(struct rows **r); /* NULL is fine */
#define SCOPED_ROWS __attribute__((cleanup(rows_close)))

bool rows_is_null(const struct rows *r, int col);
int64_t rows_int(const struct rows *r, int col); /* NULL gives 0 */
double rows_double(const struct rows *r, int col);
const char *rows_text(const struct rows *r, int col); /* NULL gives ""; valid until rows_next */
const void *rows_blob(const struct rows *r, int col, size_t *n_out);

/* The number of rows changed, or negative. -EEXIST for a unique or foreign key in the way (-EEXIST
 * names the constraint). */
int64_t db_exec(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		size_t n_args, struct err *e);

/* The same where the number does not matter: 0 (db_run), or 1 when a row was changed and 0 when
 * none was (db_change); negative. */
int db_run(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	   size_t n_args, struct err *e);
int db_change(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	      size_t n_args, struct err *e);

/* The first column of the first row (INSERT ... RETURNING id, SELECT count(*)): 0 and *OUT, -ENOENT
 * when there is no row. */
int db_one_int(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	       size_t n_args, int64_t *out, struct err *e);

/* Migrations: the schemas in order; each is text in steps that begin with a line `-- step N: what
 * it does`. Applied steps are never changed; the store keeps their hash and refuses a changed one.
 * On PostgreSQL, every table with a company_id column gets row-level security that repeats the
 * scope. */
struct db_schema {
	const char *name; /* the feature */
	const char *sql;
};
int db_migrate(struct db *db, const struct db_schema *schemas, size_t n, int *applied_out,
	       struct err *e);

/* Backup while running: a consistent SQLite file at PATH (online backup; on PostgreSQL -ENOTSUP,
 * use pg_dump: text says so). */
int db_backup(struct db *db, const char *path, struct err *e);
int db_check(struct db *db, struct err *e); /* integrity check; text says what is damaged */
int64_t db_size_bytes(struct db *db);
/* What the database wants done now and then, beside those who write; 1 when there was something. A
 * program that never calls it pays for it in some of its commits. */
int db_tend(struct db *db, struct err *e);

#endif
