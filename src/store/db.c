/* SPDX-License-Identifier: Apache-2.0 */
/* A database as a pool of connections: one that writes, some that read. Transactions: txn.c;
 * statements and results: rows.c; what differs between databases: store_sqlite.c, store_pg.c. */
#include "store/db.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/str.h"
#include "store/db_pool.h"

enum { READERS_DEFAULT = 4, READERS_MAX = 64 };

const struct scope scope_system = { .kind = SCOPE_SYSTEM };
const struct scope scope_none = { .kind = SCOPE_NONE };

struct dbv db_text(const char *s)
{
	if (!s)
		return DB_NULL;
	return (struct dbv){ .type = DBV_TEXT, .p = s, .n = strlen(s) };
}

struct dbv db_int_or_null(int64_t v)
{
	return v ? DB_INT(v) : DB_NULL;
}

static const struct driver *driver_for(const char *url, const char **where_out)
{
	struct str u = str_of(url);

	*where_out = url;
	if (str_starts(u, STR("postgresql://")) || str_starts(u, STR("postgres://")))
		return &driver_pg;
	if (!str_starts(u, STR("sqlite:")))
		return NULL;
	*where_out = url + strlen("sqlite:");
	return &driver_sqlite;
}

static void init_locks(struct db *db)
{
	pthread_mutex_init(&db->lock, NULL);
}

static int open_conns(struct db *db, size_t wanted, struct err *e)
{
	while (db->n_conns < wanted) {
		struct db_conn *c = &db->conns[db->n_conns];
		int r = db->driver->conn_open(db->impl, db->n_conns == 0, &c->impl, e);
		if (r < 0)
			return r;
		stmt_cache_init(&c->cache, db->driver);
		db->n_conns++;
	}
	return 0;
}

int db_open(const char *url, const struct db_options *options, struct db **out, struct err *e)
{
	const char *where;
	const struct driver *driver = driver_for(url, &where);
	int readers = options && options->readers > 0 ? options->readers : READERS_DEFAULT;
	int r;

	if (!driver)
		return err_set(e, -EINVAL, "a database is sqlite:PATH or postgresql://..., not %s",
			       url);
	if (readers > READERS_MAX)
		readers = READERS_MAX;
	size_t wanted = (size_t)readers + 1;
	struct db *db = mem_new(sizeof(*db) + wanted * sizeof(db->conns[0]));
	db->driver = driver;
	db->scope_select = options ? mem_strdup(options->scope_select) : NULL;
	init_locks(db);
	r = driver->db_open(where, &db->impl, e);
	if (r == 0 && db->scope_select)
		r = scope_wide_sql(db->scope_select, &db->measure_sql, e);
	if (r == 0)
		r = open_conns(db, wanted, e);
	if (r < 0) {
		db_close(db);
		return r;
	}
	driver->db_settle(db->impl);
	*out = db;
	return 0;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	/* Readers first: the writer, last to go, tidies up. */
	while (db->n_conns > 0) {
		struct db_conn *c = &db->conns[--db->n_conns];
		stmt_cache_done(&c->cache);
		db->driver->conn_close(c->impl);
	}
	if (db->impl)
		db->driver->db_close(db->impl);
	pthread_mutex_destroy(&db->lock);
	free(db->scope_select);
	free(db->measure_sql);
	free(db);
}

bool db_is_postgres(const struct db *db)
{
	return db->driver->postgres;
}

static struct db_conn *free_conn(struct db *db, enum txn_mode mode)
{
	size_t first = mode == TXN_WRITE ? 0 : 1;
	size_t end = mode == TXN_WRITE ? 1 : db->n_conns;

	for (size_t i = first; i < end; i++)
		if (!db->conns[i].busy)
			return &db->conns[i];
	return NULL;
}

static bool holds_writer(const struct db *db)
{
	return db->conns[0].busy && pthread_equal(db->conns[0].owner, pthread_self());
}

static struct timespec wait_until(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += STORE_WAIT_MS / 1000;
	return t;
}

static void conn_take(struct db_conn *c, pthread_t who)
{
	c->busy = true;
	c->owner = who;
}

static void waiter_leave(struct db_waiter **queue, struct db_waiter *w)
{
	while (*queue && *queue != w)
		queue = &(*queue)->next;
	if (*queue)
		*queue = w->next;
}

/* Stands in the queue until somebody hands a connection over; NULL when none did in time. LOCK is
 * held. */
static struct db_conn *conn_wait(struct db *db, enum txn_mode mode)
{
	struct db_waiter w = { .who = pthread_self() }, **last = &db->waiting[mode];
	struct timespec until = wait_until();
	pthread_condattr_t attr;
	int r = 0;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w.turn, &attr);
	pthread_condattr_destroy(&attr);
	while (*last)
		last = &(*last)->next;
	*last = &w;
	while (!w.got && r == 0)
		r = pthread_cond_timedwait(&w.turn, &db->lock, &until);
	if (!w.got)
		waiter_leave(&db->waiting[mode], &w);
	pthread_cond_destroy(&w.turn);
	return w.got;
}

struct db_conn *db_pool_take(struct db *db, enum txn_mode mode, struct err *e)
{
	struct db_conn *c = NULL;
	bool twice;

	if (mode != TXN_WRITE)
		mode = TXN_READ; /* whoever reads waits in one queue */

	pthread_mutex_lock(&db->lock);
	twice = mode == TXN_WRITE && holds_writer(db);
	if (!twice && (c = free_conn(db, mode)))
		conn_take(c, pthread_self());
	else if (!twice)
		c = conn_wait(db, mode);
	pthread_mutex_unlock(&db->lock);
	if (twice)
		(void)err_set(e, -EDEADLK, "this thread already writes in another transaction");
	else if (!c)
		(void)err_set(e, -EAGAIN, "the database is busy: no turn within %d s",
			      STORE_WAIT_MS / 1000);
	return c;
}

void db_pool_give(struct db *db, struct db_conn *c)
{
	struct db_waiter **queue = &db->waiting[c == &db->conns[0] ? TXN_WRITE : TXN_READ];

	pthread_mutex_lock(&db->lock);
	struct db_waiter *w = *queue;
	c->busy = false;
	if (w) { /* never free meanwhile: a loop of short transactions would always be first */
		*queue = w->next;
		conn_take(c, w->who);
		w->got = c;
		pthread_cond_signal(&w->turn);
	}
	pthread_mutex_unlock(&db->lock);
}

int db_backup(struct db *db, const char *path, struct err *e)
{
	struct db_conn *c = db_pool_take(db, TXN_READ, e);

	if (!c)
		return -EAGAIN;
	int r = db->driver->backup(c->impl, path, e);
	db_pool_give(db, c);
	return r;
}

int db_check(struct db *db, struct err *e)
{
	struct db_conn *c = db_pool_take(db, TXN_READ, e);

	if (!c)
		return -EAGAIN;
	int r = db->driver->check(c->impl, e);
	db_pool_give(db, c);
	return r;
}

int64_t db_size_bytes(struct db *db)
{
	struct db_conn *c = db_pool_take(db, TXN_READ, NULL);

	if (!c)
		return -EAGAIN;
	int64_t n = db->driver->size_bytes(c->impl);
	db_pool_give(db, c);
	return n;
}

int db_tend(struct db *db, struct err *e)
{
	struct db_conn *c = db->driver->tend ? db_pool_take(db, TXN_READ, e) : NULL;

	if (!c)
		return db->driver->tend ? -EAGAIN : 0;
	int r = db->driver->tend(c->impl, e);
	db_pool_give(db, c);
	return r;
}
