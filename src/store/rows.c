/* SPDX-License-Identifier: Apache-2.0 */
/* Running statements and reading their results, the same for every database. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/db_pool.h"
#include "store/rows.h"
#include "store/scope_sql.h"

struct rows {
	struct txn *txn; /* NULL when the transaction ended before the result was closed */
	struct stmt_entry *entry;
	struct rows *next_open;
	bool at_row;
	bool done;
};

static struct stmt_entry *prepare(struct txn *t, int how, const char *sql, size_t len,
				  struct err *e)
{
	const struct db *db = t->db;
	struct scope_sql x;
	struct driver_stmt *stmt;

	int r = scope_sql_expand(sql, how, db->scope_select, db->driver->postgres, &x, e);
	if (r < 0)
		return NULL;
	r = db->driver->prepare(t->conn->impl, x.text, x.n_params + (x.with_org ? 2 : 0), &stmt, e);
	free(x.text);
	if (r < 0)
		return NULL;
	struct stmt_entry *s = mem_new(sizeof(*s));
	*s = (struct stmt_entry){ .stmt = stmt,
				  .sql = mem_strndup(sql, len),
				  .sql_len = len,
				  .how = how,
				  .n_params = x.n_params,
				  .with_org = x.with_org };
	stmt_cache_add(&t->conn->cache, s);
	return s;
}

static bool same_scope(const struct scope *a, const struct scope *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind != SCOPE_ORG || (a->org_id == b->org_id && a->now_us == b->now_us);
}

/* Tells the database who asks, once for as long as it stays the same. */
static int apply_scope(struct txn *t, const struct scope *s, struct err *e)
{
	struct db_conn *c = t->conn;
	int r;

	if (!t->db->driver->scope || (c->scoped && same_scope(&c->scope, s)))
		return 0;
	if ((r = t->db->driver->scope(c->impl, s, e)) < 0)
		return r;
	c->scope = *s;
	c->scoped = true;
	return 0;
}

/* The statement, ready to run: busy until stmt_cache_put. NULL: E says why. */
static struct stmt_entry *statement(struct txn *t, const struct scope *s, const char *sql,
				    size_t n_args, struct err *e)
{
	size_t len = strlen(sql);

	assert(s->kind >= SCOPE_NONE && s->kind <= SCOPE_ORG);
	int how = scope_wide(t, s) ? (int)SCOPE_AS_WIDE : (int)s->kind;
	if (t->failed.code < 0) {
		(void)err_set(e, t->failed.code, "the transaction failed before: %s",
			      t->failed.text);
		return NULL;
	}
	if (apply_scope(t, s, e) < 0)
		return NULL;
	struct stmt_entry *entry = stmt_cache_find(&t->conn->cache, how, sql, len);
	if (!entry && !(entry = prepare(t, how, sql, len, e)))
		return NULL;
	entry->busy = true;
	if (entry->n_params != n_args) {
		(void)err_set(e, -EINVAL, "SQL: %zu parameters, %zu values: %.200s",
			      entry->n_params, n_args, sql);
		stmt_cache_put(&t->conn->cache, entry);
		return NULL;
	}
	return entry;
}

static struct binds binds_of(const struct stmt_entry *entry, const struct scope *s,
			     const struct dbv *args, size_t n_args)
{
	struct binds b = { .args = args, .n_args = n_args };

	if (entry->with_org) {
		b.scope[0] = DB_INT(s->org_id);
		b.scope[1] = DB_INT(s->now_us);
		b.n_scope = 2;
	}
	return b;
}

struct rows *db_query(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		      size_t n_args, struct err *e)
{
	struct err own;
	struct err *why = e ? e : &own;
	struct stmt_entry *entry = statement(t, s, sql, n_args, why);

	if (!entry) {
		(void)txn_fail(t, why);
		return NULL;
	}
	struct binds b = binds_of(entry, s, args, n_args);
	if (t->db->driver->start(entry->stmt, &b, why) < 0) {
		(void)txn_fail(t, why);
		stmt_cache_put(&t->conn->cache, entry);
		return NULL;
	}
	struct rows *r = mem_new(sizeof(*r));
	*r = (struct rows){ .txn = t, .entry = entry, .next_open = t->open };
	t->open = r;
	return r;
}

static void detach(struct rows *r)
{
	struct rows **at = &r->txn->open;

	while (*at != r)
		at = &(*at)->next_open;
	*at = r->next_open;
	stmt_cache_put(&r->txn->conn->cache, r->entry);
	r->txn = NULL;
	r->entry = NULL;
	r->at_row = false;
}

void rows_detach_all(struct txn *t)
{
	while (t->open)
		detach(t->open);
}

int rows_next(struct rows *r, struct err *e)
{
	struct err own;
	struct err *why = e ? e : &own;
	int got;

	if (!r)
		return e && e->code < 0 ? e->code : -EIO;
	r->at_row = false;
	if (r->done)
		return 0;
	if (!r->txn)
		return err_set(e, -ECLOSED, "the transaction of this result has ended");
	got = r->txn->db->driver->next(r->entry->stmt, why);
	if (got < 0)
		return txn_fail(r->txn, why);
	r->at_row = got > 0;
	r->done = got == 0;
	return got;
}

void rows_close(struct rows **rp)
{
	struct rows *r = *rp;

	*rp = NULL;
	if (!r)
		return;
	if (r->txn)
		detach(r);
	free(r);
}

bool rows_is_null(const struct rows *r, int col)
{
	return !r->at_row || r->txn->db->driver->is_null(r->entry->stmt, col);
}

int64_t rows_int(const struct rows *r, int col)
{
	return r->at_row ? r->txn->db->driver->as_int(r->entry->stmt, col) : 0;
}

double rows_double(const struct rows *r, int col)
{
	return r->at_row ? r->txn->db->driver->as_double(r->entry->stmt, col) : 0;
}

const void *rows_blob(const struct rows *r, int col, size_t *n_out)
{
	*n_out = 0;
	return r->at_row ? r->txn->db->driver->as_bytes(r->entry->stmt, col, n_out) : NULL;
}

const char *rows_text(const struct rows *r, int col)
{
	const char *text = r->at_row ? r->txn->db->driver->as_text(r->entry->stmt, col) : NULL;

	return text ? text : "";
}

const char *rows_keep(const struct rows *r, int col, struct arena *a)
{
	return arena_strdup(a, rows_text(r, col));
}

const void *rows_keep_blob(const struct rows *r, int col, struct arena *a, size_t *n_out)
{
	const void *p = rows_blob(r, col, n_out);
	char *copy = arena_alloc(a, *n_out + 1);

	if (p)
		memcpy(copy, p, *n_out);
	copy[*n_out] = '\0';
	return copy;
}

/* A statement that writes is run to its end. */
static int run_out(struct rows *r, struct err *e)
{
	int got = 0;

	while (r->txn && r->txn->mode == TXN_WRITE && (got = rows_next(r, e)) > 0)
		;
	return got;
}

int rows_get(struct rows *r, rows_reader read, struct arena *a, void *out, struct err *e)
{
	SCOPED_ROWS struct rows *rows = r;

	int got = rows_next(rows, e);
	if (got <= 0)
		return got < 0 ? got : err_set(e, -ENOENT, "nothing found");
	read(rows, a, out);
	return run_out(rows, e);
}

int rows_list(struct rows *r, rows_reader read, struct arena *a, size_t size, void *out,
	      size_t *n_out, struct err *e)
{
	SCOPED_ROWS struct rows *rows = r;
	char *list = NULL;
	size_t n = 0;
	int got;

	while ((got = rows_next(rows, e)) > 0) {
		if (n == ROWS_LIST_MAX)
			return err_set(e, -ELIMIT, "a result has more than %d rows", ROWS_LIST_MAX);
		list = arena_grow(a, list, n, size);
		read(rows, a, list + n++ * size);
	}
	if (got < 0)
		return got;
	memcpy(out, &list, sizeof(list)); /* OUT is a T **, of a T that is unknown here */
	*n_out = n;
	return 0;
}

int64_t db_exec(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		size_t n_args, struct err *e)
{
	struct err own;
	struct err *why = e ? e : &own;
	struct stmt_entry *entry = statement(t, s, sql, n_args, why);

	if (!entry)
		return txn_fail(t, why);
	struct binds b = binds_of(entry, s, args, n_args);
	int64_t n = t->db->driver->exec(entry->stmt, &b, why);
	stmt_cache_put(&t->conn->cache, entry);
	return n < 0 ? txn_fail(t, why) : n;
}

int db_run(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	   size_t n_args, struct err *e)
{
	int64_t n = db_exec(t, s, sql, args, n_args, e);

	return n < 0 ? (int)n : 0;
}

int db_change(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	      size_t n_args, struct err *e)
{
	int64_t n = db_exec(t, s, sql, args, n_args, e);

	return n < 0 ? (int)n : n > 0;
}

static void int_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(int64_t *)row = rows_int(r, 0);
}

int db_one_int(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
	       size_t n_args, int64_t *out, struct err *e)
{
	struct err own;
	struct err *why = e ? e : &own;
	int64_t value;
	int r = rows_get(db_query(t, s, sql, args, n_args, why), int_read, NULL, &value, why);

	if (r == 0)
		*out = value;
	return r;
}
