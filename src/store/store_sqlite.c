/* SPDX-License-Identifier: Apache-2.0 */
/* The store on SQLite: WAL, one writer, readers beside it. The only file that knows sqlite3.h. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/driver.h"

enum {
	WRITER_CACHE_KIB = 48 * 1024,
	READER_CACHE_KIB = 4 * 1024,
	TEND_PAGES = 2000,        /* of the log: then they are worth being brought home */
	CHECKPOINT_PAGES = 16000, /* nobody did: a commit has to */
	WAL_KEEP_BYTES = 64 * 1024 * 1024,
	VALUE_BYTES_MAX = 64 * 1024 * 1024,
};

struct driver_db {
	char *path;
	char *memory_dir; /* "sqlite::memory:": where the file lies until everybody has it open */
	bool memory;
	atomic_int log_pages; /* after the last commit */
};

struct driver_conn {
	sqlite3 *db;
	struct driver_db *of;
	bool tidy; /* brings the planner's statistics up to date when it closes */
};

struct driver_stmt {
	sqlite3_stmt *st;
	sqlite3 *db;
	int first; /* what the first step gave, for the first `next` */
	bool started;
};

struct code_row {
	int sqlite; /* primary code */
	int code;
	const char *format;
};

static const struct code_row codes[] = {
	{ SQLITE_BUSY, -EAGAIN, "the database is busy: %s" },
	{ SQLITE_LOCKED, -EAGAIN, "the database is busy: %s" },
	{ SQLITE_FULL, -ENOSPC, "no room left for the database: %s" },
	{ SQLITE_IOERR, -EIO, "the database file cannot be read or written: %s" },
	{ SQLITE_CANTOPEN, -EIO, "the database file cannot be opened: %s" },
	{ SQLITE_CORRUPT, -EFORMAT, "the database file is damaged: %s" },
	{ SQLITE_NOTADB, -EFORMAT, "the database file is damaged: %s" },
	{ SQLITE_READONLY, -EROFS, "the database cannot be written here: %s" },
	{ SQLITE_TOOBIG, -E2BIG, "too large for the database: %s" },
	{ SQLITE_CONSTRAINT, -EINVAL, "the database refuses the value: %s" },
};

static bool is_duplicate(int extended)
{
	return extended == SQLITE_CONSTRAINT_UNIQUE || extended == SQLITE_CONSTRAINT_PRIMARYKEY ||
	       extended == SQLITE_CONSTRAINT_ROWID || extended == SQLITE_CONSTRAINT_FOREIGNKEY;
}

static int fail(sqlite3 *db, struct err *e)
{
	int extended = sqlite3_extended_errcode(db);
	const char *text = sqlite3_errmsg(db);

	if (is_duplicate(extended))
		return err_set(e, -EEXIST, "another record is in the way: %s", text);
	if (extended == SQLITE_IOERR_WRITE && sqlite3_system_errno(db) == ENOSPC)
		return err_set(e, -ENOSPC, "no room left for the database: %s", text);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (codes[i].sqlite == (extended & 0xff))
			return err_set(e, codes[i].code, codes[i].format, text);
	return err_set(e, -EINVAL, "SQL: %s", text);
}

static int run(sqlite3 *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : fail(db, e);
}

/* The database holds secrets: created for its owner alone; -wal and -shm inherit that. */
static int create_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0) {
		int code = -errno;
		return err_set(e, code, "the database %s: %s", path, err_text(code));
	}
	close(fd);
	return 0;
}

/* An in-memory database is a file without a name, so that readers and the writer meet as they do on
 * a disk; SQLite's own shared memory databases lock whole tables. */
static int memory_open(struct driver_db *d, struct err *e)
{
	const char *tmp = getenv("TMPDIR");
	char dir[PATH_MAX], path[PATH_MAX + 8];

	if (access("/dev/shm", W_OK) == 0)
		tmp = "/dev/shm";
	if (snprintf(dir, sizeof(dir), "%s/otasuke-db-XXXXXX", tmp ? tmp : "/tmp") >=
	    (int)sizeof(dir))
		return err_set(e, -EINVAL, "the folder for temporary files has too long a name");
	if (!mkdtemp(dir)) {
		int code = -errno;
		return err_set(e, code, "a temporary folder: %s", err_text(code));
	}
	(void)snprintf(path, sizeof(path), "%s/db", dir); /* fits by its size */
	d->memory = true;
	d->memory_dir = mem_strdup(dir);
	d->path = mem_strdup(path);
	return 0;
}

static void sqlite_db_settle(struct driver_db *d)
{
	if (d->memory_dir)
		(void)dir_remove_all(d->memory_dir, NULL); /* only names; best effort */
	free(d->memory_dir);
	d->memory_dir = NULL;
}

static void sqlite_db_close(struct driver_db *d)
{
	sqlite_db_settle(d);
	free(d->path);
	free(d);
}

static int sqlite_db_open(const char *where, struct driver_db **out, struct err *e)
{
	struct driver_db *d = mem_new(sizeof(*d));
	int r = 0;

	if (strcmp(where, ":memory:") == 0)
		r = memory_open(d, e);
	else if (!*where)
		r = err_set(e, -EINVAL, "a database is sqlite:PATH, and PATH is missing");
	else
		d->path = mem_strdup(where);
	if (r == 0)
		r = create_file(d->path, e);
	if (r < 0) {
		sqlite_db_close(d);
		return r;
	}
	*out = d;
	return 0;
}

static int one_int(sqlite3 *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *st;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		return fail(db, e);
	if (sqlite3_step(st) != SQLITE_ROW) {
		int r = fail(db, e);
		sqlite3_finalize(st);
		return r;
	}
	*out = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return 0;
}

/* Settings that make SQLite behave as PostgreSQL does, and as a server's database should. */
static int set_up(const struct driver_db *d, struct driver_conn *c, bool writer, struct err *e)
{
	char sql[512];
	int64_t tables;
	int r;

	sqlite3_busy_timeout(c->db, STORE_WAIT_MS);
	sqlite3_extended_result_codes(c->db, 1);
	sqlite3_limit(c->db, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	sqlite3_db_config(c->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	(void)snprintf(sql, sizeof(sql),
		       "%s PRAGMA synchronous=%s; PRAGMA foreign_keys=ON; PRAGMA cache_size=-%d;"
		       "PRAGMA case_sensitive_like=ON; PRAGMA mmap_size=0;"
		       "PRAGMA journal_size_limit=%d; %s",
		       writer ? "PRAGMA journal_mode=WAL;" : "", d->memory ? "OFF" : "FULL",
		       writer ? WRITER_CACHE_KIB : READER_CACHE_KIB, WAL_KEEP_BYTES,
		       writer ? "" : "PRAGMA query_only=ON;"); /* fits: constants */
	if ((r = run(c->db, sql, e)) < 0)
		return r;
	/* Reading opens the WAL, which a file without a name needs now. */
	return one_int(c->db, "SELECT count(*) FROM sqlite_master", &tables, e);
}

static int bring_home(sqlite3 *db)
{
	return sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* After each commit, in place of SQLite's own: pages of the log go into the file beside the
 * writer, not while somebody waits for a commit. */
static int log_grew(void *arg, sqlite3 *db, const char *name, int pages)
{
	struct driver_db *d = arg;

	(void)name;
	atomic_store(&d->log_pages, pages);
	if (pages >= CHECKPOINT_PAGES)
		(void)bring_home(db); /* as SQLite does: the next commit tries again */
	return SQLITE_OK;
}

static int sqlite_tend(struct driver_conn *c, struct err *e)
{
	int r;

	if (atomic_load(&c->of->log_pages) < TEND_PAGES)
		return 0;
	atomic_store(&c->of->log_pages, 0);
	r = bring_home(c->db);
	/* another one is at it, or a reader still needs the log: the next time */
	return r == SQLITE_OK || r == SQLITE_BUSY || r == SQLITE_LOCKED ? 1 : fail(c->db, e);
}

static void sqlite_conn_close(struct driver_conn *c)
{
	if (c->tidy)
		(void)run(c->db, "PRAGMA analysis_limit=400; PRAGMA optimize", NULL); /* a help */
	sqlite3_close_v2(c->db);
	free(c);
}

static int sqlite_conn_open(struct driver_db *d, bool writer, struct driver_conn **out,
			    struct err *e)
{
	struct driver_conn *c = mem_new(sizeof(*c));
	int r;

	c->of = d;
	r = sqlite3_open_v2(d->path, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	r = r == SQLITE_OK ? set_up(d, c, writer, e) : fail(c->db, e);
	if (r < 0) {
		(void)err_context(e, "%s", d->path);
		sqlite_conn_close(c);
		return r;
	}
	if (writer)
		sqlite3_wal_hook(c->db, log_grew, d);
	c->tidy = writer && !d->memory;
	*out = c;
	return 0;
}

static int sqlite_begin(struct driver_conn *c, enum txn_mode mode, struct err *e)
{
	return run(c->db, mode == TXN_WRITE ? "BEGIN IMMEDIATE" : "BEGIN", e);
}

static int sqlite_commit(struct driver_conn *c, struct err *e)
{
	return run(c->db, "COMMIT", e);
}

static void sqlite_rollback(struct driver_conn *c)
{
	if (!sqlite3_get_autocommit(c->db))
		(void)run(c->db, "ROLLBACK", NULL); /* nothing more can be done */
}

static int sqlite_script(struct driver_conn *c, const char *sql, struct err *e)
{
	return run(c->db, sql, e);
}

static int sqlite_prepare(struct driver_conn *c, const char *sql, size_t n_params,
			  struct driver_stmt **out, struct err *e)
{
	sqlite3_stmt *st;

	(void)n_params;
	if (sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
		return fail(c->db, e);
	if (!st)
		return err_set(e, -EINVAL, "SQL: an empty statement");
	struct driver_stmt *s = mem_new(sizeof(*s));
	*s = (struct driver_stmt){ .st = st, .db = c->db };
	*out = s;
	return 0;
}

static void sqlite_stmt_close(struct driver_stmt *s)
{
	sqlite3_finalize(s->st);
	free(s);
}

static int bind_one(sqlite3_stmt *st, int at, const struct dbv *v)
{
	switch (v->type) {
	case DBV_NULL:
		return sqlite3_bind_null(st, at);
	case DBV_INT:
		return sqlite3_bind_int64(st, at, v->i);
	case DBV_DOUBLE:
		return sqlite3_bind_double(st, at, v->d);
	case DBV_TEXT:
		return sqlite3_bind_text64(st, at, v->p, v->n, SQLITE_STATIC, SQLITE_UTF8);
	case DBV_BLOB:
		if (v->n == 0)
			return sqlite3_bind_zeroblob(st, at, 0); /* P may be NULL */
		return sqlite3_bind_blob64(st, at, v->p, v->n, SQLITE_STATIC);
	}
	return SQLITE_MISUSE;
}

static int bind_all(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	int at = 0, last = sqlite3_bind_parameter_count(s->st);

	for (size_t i = 0; i < b->n_args && at < last; i++)
		if (bind_one(s->st, ++at, &b->args[i]) != SQLITE_OK)
			return fail(s->db, e);
	for (size_t i = 0; i < b->n_scope && at < last; i++)
		if (bind_one(s->st, ++at, &b->scope[i]) != SQLITE_OK)
			return fail(s->db, e);
	return 0;
}

static int64_t sqlite_run(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	int64_t before = sqlite3_total_changes64(s->db);
	int r, got;

	if ((r = bind_all(s, b, e)) < 0)
		return r;
	while ((got = sqlite3_step(s->st)) == SQLITE_ROW)
		;
	if (got != SQLITE_DONE)
		return fail(s->db, e);
	return sqlite3_total_changes64(s->db) == before ? 0 : sqlite3_changes64(s->db);
}

/* The first step is done here, so that errors and effects come when the query is made, as they do
 * on a server. */
static int sqlite_start(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	int r;

	if ((r = bind_all(s, b, e)) < 0)
		return r;
	s->first = sqlite3_step(s->st);
	s->started = true;
	return s->first == SQLITE_ROW || s->first == SQLITE_DONE ? 0 : fail(s->db, e);
}

static void sqlite_reset(struct driver_stmt *s)
{
	sqlite3_reset(s->st); /* gives the error of the last step again */
	s->started = false;
}

static int sqlite_next(struct driver_stmt *s, struct err *e)
{
	int got = s->started ? s->first : sqlite3_step(s->st);

	s->started = false;
	if (got == SQLITE_ROW)
		return 1;
	if (got != SQLITE_DONE)
		return fail(s->db, e);
	sqlite_reset(s);
	return 0;
}

static bool sqlite_is_null(const struct driver_stmt *s, int col)
{
	return sqlite3_column_type(s->st, col) == SQLITE_NULL;
}

static int64_t sqlite_as_int(const struct driver_stmt *s, int col)
{
	return sqlite3_column_int64(s->st, col);
}

static double sqlite_as_double(const struct driver_stmt *s, int col)
{
	return sqlite3_column_double(s->st, col);
}

static const char *sqlite_as_text(const struct driver_stmt *s, int col)
{
	return (const char *)sqlite3_column_text(s->st, col);
}

static const void *sqlite_as_bytes(const struct driver_stmt *s, int col, size_t *n_out)
{
	const void *p = sqlite3_column_blob(s->st, col);

	*n_out = (size_t)sqlite3_column_bytes(s->st, col);
	return p;
}

/* Every line that PRAGMA gives but "ok" is damage; the first is told. */
static int check_pragma(sqlite3 *db, const char *pragma, struct err *e)
{
	sqlite3_stmt *st;
	int r = 0, got;

	if (sqlite3_prepare_v2(db, pragma, -1, &st, NULL) != SQLITE_OK)
		return fail(db, e);
	while ((got = sqlite3_step(st)) == SQLITE_ROW && r == 0) {
		const char *text = (const char *)sqlite3_column_text(st, 0);
		if (sqlite3_column_count(st) > 1)
			r = err_set(e, -EFORMAT,
				    "the database is damaged: row %" PRId64
				    " of table %s refers to a missing row of %s",
				    (int64_t)sqlite3_column_int64(st, 1), text ? text : "?",
				    (const char *)sqlite3_column_text(st, 2));
		else if (text && strcmp(text, "ok") != 0)
			r = err_set(e, -EFORMAT, "the database is damaged: %s", text);
	}
	if (r == 0 && got != SQLITE_DONE)
		r = fail(db, e);
	sqlite3_finalize(st);
	return r;
}

static int sqlite_check(struct driver_conn *c, struct err *e)
{
	int r = check_pragma(c->db, "PRAGMA quick_check(1)", e);

	return r < 0 ? r : check_pragma(c->db, "PRAGMA foreign_key_check", e);
}

static int64_t sqlite_size_bytes(struct driver_conn *c)
{
	int64_t pages, page_bytes;

	if (one_int(c->db, "PRAGMA page_count", &pages, NULL) < 0 ||
	    one_int(c->db, "PRAGMA page_size", &page_bytes, NULL) < 0)
		return -EIO;
	return pages * page_bytes;
}

/* Copies everything in one go: a reader's snapshot, the writer goes on beside it. */
static int copy_to(struct driver_conn *c, sqlite3 *to, struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", c->db, "main");
	int r;

	if (!b)
		return fail(to, e);
	(void)sqlite3_backup_step(b, -1); /* finish gives its error again */
	if (sqlite3_backup_finish(b) != SQLITE_OK)
		return fail(to, e);
	/* The copy must stand alone, without a WAL beside it. */
	if ((r = run(to, "PRAGMA journal_mode=DELETE", e)) < 0)
		return r;
	if ((r = check_pragma(to, "PRAGMA integrity_check(1)", e)) < 0)
		return r;
	return check_pragma(to, "PRAGMA foreign_key_check", e);
}

static int sync_file(const char *path, struct err *e)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && fsync(fd) == 0)
		return 0;
	int code = -errno;
	return err_set(e, code, "%s: %s", path, err_text(code));
}

static int put_in_place(const char *tmp, const char *path, struct err *e)
{
	SCOPED_MEM char *dir = mem_strdup(path);
	char *slash = strrchr(dir, '/');
	int r = sync_file(tmp, e);

	if (r < 0)
		return r;
	if (rename(tmp, path) < 0) {
		r = -errno;
		return err_set(e, r, "%s: %s", path, err_text(r));
	}
	if (slash)
		slash[slash == dir ? 1 : 0] = 0;
	return dir_sync(slash ? dir : ".", e);
}

static int sqlite_backup(struct driver_conn *c, const char *path, struct err *e)
{
	SCOPED_BUF struct buf tmp;
	sqlite3 *to = NULL;
	int r;

	buf_init(&tmp, PATH_MAX);
	buf_printf(&tmp, "%s.tmp", path);
	if ((r = file_remove(tmp.p, e)) < 0 || (r = create_file(tmp.p, e)) < 0)
		return r;
	if (sqlite3_open_v2(tmp.p, &to, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		r = fail(to, e);
	else
		r = copy_to(c, to, e);
	sqlite3_close(to);
	if (r == 0)
		r = put_in_place(tmp.p, path, e);
	if (r < 0) {
		(void)err_context(e, "backup to %s", path);
		(void)file_remove(tmp.p, NULL); /* best effort */
	}
	return r;
}

const struct driver driver_sqlite = {
	.db_open = sqlite_db_open,
	.db_settle = sqlite_db_settle,
	.db_close = sqlite_db_close,
	.conn_open = sqlite_conn_open,
	.conn_close = sqlite_conn_close,
	.begin = sqlite_begin,
	.commit = sqlite_commit,
	.rollback = sqlite_rollback,
	.script = sqlite_script,
	.prepare = sqlite_prepare,
	.stmt_close = sqlite_stmt_close,
	.exec = sqlite_run,
	.start = sqlite_start,
	.next = sqlite_next,
	.reset = sqlite_reset,
	.is_null = sqlite_is_null,
	.as_int = sqlite_as_int,
	.as_double = sqlite_as_double,
	.as_text = sqlite_as_text,
	.as_bytes = sqlite_as_bytes,
	.backup = sqlite_backup,
	.check = sqlite_check,
	.size_bytes = sqlite_size_bytes,
	.tend = sqlite_tend,
};
