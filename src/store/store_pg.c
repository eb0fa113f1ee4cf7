/* SPDX-License-Identifier: Apache-2.0 */
/* The store on PostgreSQL. The only file that knows libpq-fe.h.
 *
 * Parameters go in binary with the types of their values, results come as text. A result is read
 * row by row off the wire; when another statement comes in between, what is left of it is kept in
 * memory first, up to a limit. */
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/driver.h"
#include "store/null_sql.h"
#include "store/pg_binds.h"
#include "store/pg_error.h"

enum { KEPT_ROWS_MAX = 20000, NAME_MAX_BYTES = 32, COMMAND_MAX = 512 };

struct driver_db {
	char *url;
};

struct driver_conn {
	const struct driver_db *db;
	PGconn *pg; /* NULL until the first transaction */
	uint64_t session;
	uint64_t next_name;
	struct driver_stmt *streaming; /* its rows are still on the wire */
};

struct driver_stmt {
	struct driver_conn *conn;
	char *sql;
	char name[NAME_MAX_BYTES];
	uint64_t session; /* in which NAME is prepared; 0 = not yet */
	struct pg_binds binds;

	PGresult **kept; /* rows read ahead, one a result */
	size_t n_kept, at_kept;
	PGresult *first;      /* what the start of the query gave */
	PGresult *row;        /* the current one */
	unsigned char *bytes; /* the last BYTEA column asked for, decoded */
};

/* The first line of libpq's words, without its end. */
static const char *first_line(const char *text, char *out, size_t out_size)
{
	struct str rest = str_of(text), line;

	if (!str_cut(&rest, '\n', &line))
		line = STR("no reason given");
	(void)str_copy(out, out_size, line); /* a cut message is good enough */
	return out;
}

static int fail(const struct driver_conn *c, const PGresult *res, struct err *e)
{
	const char *state = res ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;
	const char *primary = res ? PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	char line[ERR_TEXT_MAX];
	const char *text =
		primary ? primary : first_line(PQerrorMessage(c->pg), line, sizeof(line));

	if (PQstatus(c->pg) != CONNECTION_OK)
		return err_set(e, -ECLOSED, "the database server is gone: %s", text);
	return pg_error(state, text, e);
}

static bool succeeded(const PGresult *res)
{
	ExecStatusType s = PQresultStatus(res);

	return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK || s == PGRES_SINGLE_TUPLE;
}

static int run(struct driver_conn *c, const char *sql, struct err *e)
{
	PGresult *res = PQexec(c->pg, sql);
	int r = succeeded(res) ? 0 : fail(c, res, e);

	PQclear(res);
	return r;
}

static int pg_db_open(const char *where, struct driver_db **out, struct err *e)
{
	struct driver_db *d = mem_new(sizeof(*d));

	(void)e;
	d->url = mem_strdup(where);
	*out = d;
	return 0;
}

static void pg_db_settle(struct driver_db *d)
{
	(void)d;
}

static void pg_db_close(struct driver_db *d)
{
	free(d->url);
	free(d);
}

static void ignore_notice(void *arg, const PGresult *res)
{
	(void)arg;
	(void)res;
}

/* A new session in place of a broken one, or the first. */
static int connect_now(struct driver_conn *c, struct err *e)
{
	static const char *const keys[] = { "connect_timeout", "fallback_application_name",
					    "dbname", NULL };
	const char *const values[] = { "10", "otasuke", c->db->url, NULL };
	char line[ERR_TEXT_MAX], set[COMMAND_MAX];

	PQfinish(c->pg);
	c->pg = PQconnectdbParams(keys, values, 1);
	c->session++;
	c->streaming = NULL;
	if (PQstatus(c->pg) != CONNECTION_OK)
		return err_set(e, -ECLOSED, "the database server is gone: %s",
			       first_line(PQerrorMessage(c->pg), line, sizeof(line)));
	PQsetNoticeReceiver(c->pg, ignore_notice, NULL);
	(void)snprintf(set, sizeof(set),
		       "SET client_encoding='UTF8'; SET bytea_output='hex';"
		       "SET standard_conforming_strings=on; SET lock_timeout=%d",
		       STORE_WAIT_MS); /* fits: constants */
	return run(c, set, e);
}

static void pg_conn_close(struct driver_conn *c)
{
	PQfinish(c->pg);
	free(c);
}

/* Readers connect when they are first used; the writer now, so that a wrong URL is told at once. */
static int pg_conn_open(struct driver_db *d, bool writer, struct driver_conn **out, struct err *e)
{
	struct driver_conn *c = mem_new(sizeof(*c));
	int r;

	c->db = d;
	if (writer && (r = connect_now(c, e)) < 0) {
		pg_conn_close(c);
		return r;
	}
	*out = c;
	return 0;
}

/* Writers queue up on one lock a schema, also those of other processes, so that a rule may read and
 * then write what it concluded, as on SQLite. The lock is taken before anything is read. */
static const char begin_write[] =
	"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
	"SELECT pg_advisory_xact_lock(1869898091, hashtext(coalesce(current_schema(), '')))";
static const char begin_read[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/* For this transaction: from the sixth time on a prepared statement would have one plan for all. */
static const char begin_apart[] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
				  "SET LOCAL plan_cache_mode = force_custom_plan";

static int pg_begin(struct driver_conn *c, enum txn_mode mode, struct err *e)
{
	const char *sql = mode == TXN_WRITE        ? begin_write
			  : mode == TXN_READ_APART ? begin_apart
						   : begin_read;
	int r = -ECLOSED;

	if (c->pg && PQstatus(c->pg) == CONNECTION_OK)
		r = run(c, sql, e);
	if (r != -ECLOSED)
		return r;
	/* Nothing has been done in this transaction yet: a new session is as good. */
	if ((r = connect_now(c, e)) < 0)
		return r;
	return run(c, sql, e);
}

static void clear_rows(struct driver_stmt *s)
{
	for (size_t i = s->at_kept; i < s->n_kept; i++)
		PQclear(s->kept[i]);
	s->n_kept = s->at_kept = 0;
	PQclear(s->row);
	PQclear(s->first);
	s->row = s->first = NULL;
	PQfreemem(s->bytes);
	s->bytes = NULL;
}

/* Reads what is left on the wire: into memory, or away. */
static int drain(struct driver_conn *c, bool keep, struct err *e)
{
	struct driver_stmt *s = c->streaming;
	PGresult *res;
	int r = 0;

	if (!s)
		return 0;
	c->streaming = NULL;
	while ((res = PQgetResult(c->pg))) {
		bool useful = keep && r == 0 && (PQntuples(res) > 0 || !succeeded(res));
		if (useful && s->n_kept == KEPT_ROWS_MAX)
			r = err_set(e, -ELIMIT,
				    "more than %d rows are unread when another statement comes",
				    KEPT_ROWS_MAX);
		if (!useful || r < 0) {
			PQclear(res);
			continue;
		}
		if ((s->n_kept & (s->n_kept - 1)) == 0)
			s->kept = mem_resize(s->kept, s->n_kept ? s->n_kept * 2 : 1,
					     sizeof(PGresult *));
		s->kept[s->n_kept++] = res;
	}
	return r;
}

static int pg_commit(struct driver_conn *c, struct err *e)
{
	(void)drain(c, false, NULL); /* nobody reads on */
	PGresult *res = PQexec(c->pg, "COMMIT");
	int r = succeeded(res) ? 0 : fail(c, res, e);

	if (r == 0 && strcmp(PQcmdStatus(res), "COMMIT") != 0)
		r = err_set(e, -EIO, "the database: %s", "the transaction was rolled back");
	PQclear(res);
	return r;
}

static void pg_rollback(struct driver_conn *c)
{
	if (!c->pg)
		return;
	(void)drain(c, false, NULL);
	if (PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) != PQTRANS_IDLE)
		(void)run(c, "ROLLBACK", NULL); /* a broken session is noticed by begin */
}

static int pg_scope(struct driver_conn *c, const struct scope *s, struct err *e)
{
	static const char *const names[] = {
		[SCOPE_NONE] = "none", [SCOPE_SYSTEM] = "system", [SCOPE_ORG] = "org"
	};
	char sql[COMMAND_MAX];
	int r;

	if ((r = drain(c, true, e)) < 0)
		return r;
	(void)snprintf(sql, sizeof(sql),
		       "SELECT set_config('otasuke.scope', '%s', true),"
		       " set_config('otasuke.org', '%" PRId64 "', true),"
		       " set_config('otasuke.now', '%" PRId64 "', true)",
		       names[s->kind], s->kind == SCOPE_ORG ? s->org_id : 0,
		       s->kind == SCOPE_ORG ? s->now_us : 0); /* fits: two numbers */
	return run(c, sql, e);
}

static int pg_script(struct driver_conn *c, const char *sql, struct err *e)
{
	int r = drain(c, true, e);

	return r < 0 ? r : run(c, sql, e);
}

/* Its statements end with the session at the latest, so a failure does no harm. */
static void deallocate(struct driver_stmt *s)
{
	char sql[COMMAND_MAX];

	(void)snprintf(sql, sizeof(sql), "DEALLOCATE %s", s->name); /* fits: a short name */
	(void)run(s->conn, sql, NULL);
}

static void pg_stmt_close(struct driver_stmt *s)
{
	struct driver_conn *c = s->conn;

	clear_rows(s);
	if (s->session != 0 && s->session == c->session && !c->streaming &&
	    PQstatus(c->pg) == CONNECTION_OK && PQtransactionStatus(c->pg) != PQTRANS_INERROR)
		deallocate(s);
	free(s->kept);
	free(s->sql);
	pg_binds_done(&s->binds);
	free(s);
}

static int prepare_as(struct driver_stmt *s, const char *name, const char *sql, struct err *e)
{
	PGresult *res = PQprepare(s->conn->pg, name, sql, (int)s->binds.n, s->binds.types);
	int r = succeeded(res) ? 0 : fail(s->conn, res, e);

	PQclear(res);
	return r;
}

/* Asks the server which types the statement without its tests for NULL gives to parameters whose
 * value is NULL. */
static int ask_types(struct driver_stmt *s, const char *sql, struct err *e)
{
	int r;

	if ((r = prepare_as(s, "", sql, e)) < 0)
		return r;
	PGresult *res = PQdescribePrepared(s->conn->pg, "");
	r = succeeded(res) ? 0 : fail(s->conn, res, e);
	for (int i = 0; r == 0 && i < PQnparams(res); i++)
		if (s->binds.types[i] == PG_ANY)
			s->binds.types[i] = PQparamtype(res, i);
	PQclear(res);
	return r;
}

static int resolve_nulls(struct driver_stmt *s, struct err *e)
{
	SCOPED_MEM bool *used = mem_array(s->binds.n + 1, sizeof(*used));
	SCOPED_BUF struct buf sql;
	bool unknown = false;

	buf_init(&sql, 0);
	for (size_t i = 0; i < s->binds.n; i++)
		unknown = unknown || s->binds.types[i] == PG_ANY;
	if (!unknown)
		return 0;
	bool tested = null_sql_probe(s->sql, &sql, used, s->binds.n);
	for (size_t i = 0; i < s->binds.n; i++)
		if (s->binds.types[i] == PG_ANY && !used[i])
			s->binds.types[i] = PG_TEXT;
	return tested ? ask_types(s, sql.p, e) : 0;
}

static int prepare_now(struct driver_stmt *s, struct err *e)
{
	struct driver_conn *c = s->conn;
	int r;

	if (s->session != 0 && s->session == c->session)
		deallocate(s);
	s->session = 0;
	(void)snprintf(s->name, sizeof(s->name), "s%" PRIu64, ++c->next_name); /* fits */
	if ((r = resolve_nulls(s, e)) < 0 || (r = prepare_as(s, s->name, s->sql, e)) < 0)
		return r;
	s->session = c->session;
	return 0;
}

static int pg_prepare(struct driver_conn *c, const char *sql, size_t n_params,
		      struct driver_stmt **out, struct err *e)
{
	struct driver_stmt *s = mem_new(sizeof(*s));

	(void)e;
	*s = (struct driver_stmt){ .conn = c, .sql = mem_strdup(sql) };
	pg_binds_init(&s->binds, n_params);
	*out = s; /* prepared at the first run, when the types of its values are known */
	return 0;
}

/* Everything before the run itself. */
static int ready(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	int r;

	if ((r = drain(s->conn, true, e)) < 0)
		return r;
	bool changed = pg_binds_learn(&s->binds, b);
	if ((changed || s->session != s->conn->session) && (r = prepare_now(s, e)) < 0)
		return r;
	return pg_binds_encode(&s->binds, b, e);
}

static int64_t pg_run(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	struct driver_conn *c = s->conn;
	int64_t n = ready(s, b, e);

	if (n < 0)
		return n;
	PGresult *res = PQexecPrepared(c->pg, s->name, (int)s->binds.n, s->binds.values,
				       s->binds.lengths, s->binds.formats, 0);
	n = succeeded(res) ? 0 : fail(c, res, e);
	/* SELECT also counts its rows; it changes none. */
	if (n == 0 && strncmp(PQcmdStatus(res), "SELECT", 6) != 0)
		(void)str_i64(str_of(PQcmdTuples(res)), 0, INT64_MAX, &n); /* "" for DDL: 0 */
	PQclear(res);
	return n;
}

static int pg_start(struct driver_stmt *s, const struct binds *b, struct err *e)
{
	struct driver_conn *c = s->conn;
	int r = ready(s, b, e);

	if (r < 0)
		return r;
	if (!PQsendQueryPrepared(c->pg, s->name, (int)s->binds.n, s->binds.values, s->binds.lengths,
				 s->binds.formats, 0))
		return fail(c, NULL, e);
	c->streaming = s;
	(void)PQsetSingleRowMode(c->pg); /* otherwise the rows come all at once */
	s->first = PQgetResult(c->pg);
	if (!succeeded(s->first)) {
		r = fail(c, s->first, e);
		(void)drain(c, false, NULL);
	}
	return r;
}

static void pg_reset(struct driver_stmt *s)
{
	if (s->conn->streaming == s)
		(void)drain(s->conn, false, NULL);
	clear_rows(s);
}

/* The next result with a row in it, NULL at the end. */
static PGresult *next_result(struct driver_stmt *s)
{
	PGresult *res = s->first;

	s->first = NULL;
	if (!res && s->at_kept < s->n_kept)
		res = s->kept[s->at_kept++];
	else if (!res && s->conn->streaming == s)
		res = PQgetResult(s->conn->pg);
	return res;
}

static int pg_next(struct driver_stmt *s, struct err *e)
{
	PQclear(s->row);
	s->row = NULL;
	PGresult *res = next_result(s);
	if (res && !succeeded(res)) {
		int r = fail(s->conn, res, e);
		PQclear(res);
		return r;
	}
	if (res && PQntuples(res) > 0) {
		s->row = res;
		return 1;
	}
	PQclear(res);
	pg_reset(s);
	return 0;
}

static const char *value(const struct driver_stmt *s, int col)
{
	if (!s->row || col < 0 || col >= PQnfields(s->row) || PQgetisnull(s->row, 0, col))
		return NULL;
	return PQgetvalue(s->row, 0, col);
}

static bool pg_is_null(const struct driver_stmt *s, int col)
{
	return !value(s, col);
}

static double pg_as_double(const struct driver_stmt *s, int col)
{
	const char *text = value(s, col);

	if (!text)
		return 0;
	return *text == 't' ? 1 : strtod(text, NULL); /* a condition reads as 1 or 0 */
}

/* Sums come as NUMERIC, averages with a fraction. */
static int64_t pg_as_int(const struct driver_stmt *s, int col)
{
	const char *text = value(s, col);
	int64_t n;

	if (!text)
		return 0;
	if (str_i64(str_of(text), INT64_MIN, INT64_MAX, &n) == 0)
		return n;
	double d = pg_as_double(s, col);
	if (!(d > -9.2e18 && d < 9.2e18))
		return d > 0 ? INT64_MAX : d < 0 ? INT64_MIN : 0;
	return (int64_t)d;
}

static const char *pg_as_text(const struct driver_stmt *s, int col)
{
	return value(s, col);
}

static const void *pg_as_bytes(const struct driver_stmt *cs, int col, size_t *n_out)
{
	struct driver_stmt *s = (struct driver_stmt *)(uintptr_t)cs; /* only the scratch changes */
	const char *text = value(s, col);

	*n_out = text ? (size_t)PQgetlength(s->row, 0, col) : 0;
	if (!text || PQftype(s->row, col) != PG_BYTEA)
		return text;
	PQfreemem(s->bytes);
	s->bytes = PQunescapeBytea((const unsigned char *)text, n_out);
	return s->bytes;
}

static int one_text(struct driver_conn *c, const char *sql, char *out, size_t out_size,
		    struct err *e)
{
	PGresult *res = PQexec(c->pg, sql);
	int r = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1 ? 0 : fail(c, res, e);

	if (r == 0)
		(void)str_copy(out, out_size, str_of(PQgetvalue(res, 0, 0)));
	PQclear(res);
	return r;
}

static int pg_backup(struct driver_conn *c, const char *path, struct err *e)
{
	(void)c;
	(void)path;
	return err_set(e, -ENOTSUP,
		       "on PostgreSQL a backup is made by pg_dump, run as a superuser");
}

static const char check_sql[] =
	"SELECT CASE WHEN current_setting('server_version_num')::int < 150000 THEN 'version'"
	" WHEN EXISTS (SELECT 1 FROM pg_roles WHERE rolname = current_user AND"
	" (rolsuper OR rolbypassrls)) THEN 'superuser'"
	" WHEN EXISTS (SELECT 1 FROM pg_index WHERE NOT indisvalid) THEN 'index' ELSE 'ok' END";

static int pg_check(struct driver_conn *c, struct err *e)
{
	char text[32];
	int r;

	if ((r = pg_begin(c, TXN_READ, e)) == 0)
		r = one_text(c, check_sql, text, sizeof(text), e);
	pg_rollback(c);
	if (r < 0 || strcmp(text, "ok") == 0)
		return r;
	if (strcmp(text, "version") == 0)
		return err_set(e, -ENOTSUP, "the PostgreSQL server is older than version 15");
	if (strcmp(text, "superuser") == 0)
		return err_set(e, -EDENIED,
			       "the database user is a superuser, so the database itself does not "
			       "keep companies apart; use an ordinary one that owns the database");
	return err_set(e, -EFORMAT, "the database is damaged: %s", "an index is not valid");
}

static int64_t pg_size_bytes(struct driver_conn *c)
{
	char text[32];
	int64_t n = 0;
	int r;

	if ((r = pg_begin(c, TXN_READ, NULL)) == 0)
		r = one_text(c, "SELECT pg_database_size(current_database())", text, sizeof(text),
			     NULL);
	pg_rollback(c);
	if (r == 0)
		r = str_i64(str_of(text), 0, INT64_MAX, &n);
	return r < 0 ? r : n;
}

const struct driver driver_pg = {
	.postgres = true,
	.db_open = pg_db_open,
	.db_settle = pg_db_settle,
	.db_close = pg_db_close,
	.conn_open = pg_conn_open,
	.conn_close = pg_conn_close,
	.begin = pg_begin,
	.commit = pg_commit,
	.rollback = pg_rollback,
	.scope = pg_scope,
	.script = pg_script,
	.prepare = pg_prepare,
	.stmt_close = pg_stmt_close,
	.exec = pg_run,
	.start = pg_start,
	.next = pg_next,
	.reset = pg_reset,
	.is_null = pg_is_null,
	.as_int = pg_as_int,
	.as_double = pg_as_double,
	.as_text = pg_as_text,
	.as_bytes = pg_as_bytes,
	.backup = pg_backup,
	.check = pg_check,
	.size_bytes = pg_size_bytes,
};
