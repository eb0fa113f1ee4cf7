/* SPDX-License-Identifier: Apache-2.0 */
/* Documents and postings in the database. */
#include "hub/search/search_store.h"

#include <errno.h>

#include "base/mem.h"
#include "store/rows.h"

int search_store_mark(struct txn *t, const char *kind, int64_t ref_id, int64_t now_us,
		      struct err *e)
{
	return db_run(t, &scope_system,
		      "INSERT INTO search_due (kind, ref_id, since_us) VALUES ($1, $2, $3)"
		      " ON CONFLICT (kind, ref_id) DO NOTHING @global(names nothing but a number)",
		      DB_ARGS(DB_TEXT(kind), DB_INT(ref_id), DB_INT(now_us)), e);
}

static void due_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct due_row *)row =
		(struct due_row){ .kind = rows_keep(r, 0, a), .ref_id = rows_int(r, 1) };
}

int search_store_due(struct txn *t, size_t limit, struct arena *a, struct due_row **out,
		     size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT kind, ref_id FROM search_due ORDER BY kind, ref_id"
				  " LIMIT $1 @global",
				  DB_ARGS(DB_INT((int64_t)limit)), e);

	return rows_list(r, due_read, a, ROWS_OUT(out, n_out), e);
}

int search_store_done(struct txn *t, const struct due_row *d, struct err *e)
{
	return db_run(t, &scope_system,
		      "DELETE FROM search_due WHERE kind = $1 AND ref_id = $2 @global",
		      DB_ARGS(DB_TEXT(d->kind), DB_INT(d->ref_id)), e);
}

static void doc_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct doc_row *)row = (struct doc_row){
		.id = rows_int(r, 0),
		.at_us = rows_int(r, 1),
		.body = rows_keep(r, 2, a),
	};
}

int search_store_doc_find(struct txn *t, const char *kind, int64_t ref_id, struct arena *a,
			  struct doc_row *out, struct err *e)
{
	struct rows *r = db_query(t, &scope_system,
				  "SELECT id, at_us, body FROM search_doc WHERE kind = $1"
				  " AND ref_id = $2 @global(the job indexes for everybody)",
				  DB_ARGS(DB_TEXT(kind), DB_INT(ref_id)), e);
	int got = rows_get(r, doc_read, a, out, e);

	if (got == -ENOENT)
		*out = (struct doc_row){ 0 };
	return got == -ENOENT ? 0 : got;
}

int search_store_doc_put(struct txn *t, const struct doc_row *d, int64_t *id_out, struct err *e)
{
	return db_one_int(t, &scope_system,
			  "INSERT INTO search_doc (kind, ref_id, company_id, roles, at_us, label,"
			  " title, url, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
			  " ON CONFLICT (kind, ref_id) DO UPDATE SET"
			  " company_id = excluded.company_id, roles = excluded.roles,"
			  " at_us = excluded.at_us, label = excluded.label,"
			  " title = excluded.title, url = excluded.url, body = excluded.body"
			  " RETURNING id @global(the job indexes for everybody)",
			  DB_ARGS(DB_TEXT(d->kind), DB_INT(d->ref_id), DB_INT(d->company_id),
				  DB_INT(d->roles), DB_INT(d->at_us), DB_TEXT(d->label),
				  DB_TEXT(d->title), DB_TEXT(d->url), DB_TEXT(d->body)),
			  id_out, e);
}

int search_store_doc_remove(struct txn *t, const char *kind, int64_t ref_id, struct err *e)
{
	return db_run(t, &scope_system,
		      "DELETE FROM search_doc WHERE kind = $1 AND ref_id = $2"
		      " @global(the job indexes for everybody)",
		      DB_ARGS(DB_TEXT(kind), DB_INT(ref_id)), e);
}

int search_store_posts(struct txn *t, int64_t gram, int64_t month, struct post **out, size_t *n_out,
		       struct err *e)
{
	size_t bytes = 0;
	SCOPED_ROWS struct rows *r =
		db_query(t, &scope_system,
			 "SELECT list FROM search_post WHERE gram = $1 AND month = $2 @global",
			 DB_ARGS(DB_INT(gram), DB_INT(month)), e);
	int got = rows_next(r, e);

	*out = NULL;
	*n_out = 0;
	if (got <= 0)
		return got;
	const void *list = rows_blob(r, 0, &bytes);
	return posts_unpack(list, bytes, out, n_out, e);
}

int search_store_posts_put(struct txn *t, int64_t gram, int64_t month, const struct post *p,
			   size_t n, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };

	posts_pack(p, n, &b);
	return db_run(t, &scope_system,
		      "INSERT INTO search_post (gram, month, n, list) VALUES ($1, $2, $3, $4)"
		      " ON CONFLICT (gram, month) DO UPDATE SET n = excluded.n,"
		      " list = excluded.list @global",
		      DB_ARGS(DB_INT(gram), DB_INT(month), DB_INT((int64_t)n), DB_BLOB(b.p, b.n)),
		      e);
}

static void id_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(int64_t *)row = rows_int(r, 0);
}

int search_store_months(struct txn *t, int64_t gram, struct arena *a, int64_t **out, size_t *n_out,
			struct err *e)
{
	/* the key's own index answers, no list is touched */
	struct rows *r = db_query(t, &scope_system,
				  "SELECT month FROM search_post WHERE gram = $1"
				  " ORDER BY month DESC @global",
				  DB_ARGS(DB_INT(gram)), e);

	return rows_list(r, id_read, a, ROWS_OUT(out, n_out), e);
}

int search_store_companies(struct txn *t, const struct scope *s, size_t limit, struct arena *a,
			   int64_t **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s, "SELECT id FROM company WHERE @scope(id) LIMIT $1",
				  DB_ARGS(DB_INT((int64_t)limit)), e);

	return rows_list(r, id_read, a, ROWS_OUT(out, n_out), e);
}

static void found_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct doc_row *)row = (struct doc_row){
		.id = rows_int(r, 0),
		.kind = rows_keep(r, 1, a),
		.ref_id = rows_int(r, 2),
		.company_id = rows_int(r, 3),
		.at_us = rows_int(r, 4),
		.label = rows_keep(r, 5, a),
		.title = rows_keep(r, 6, a),
		.url = rows_keep(r, 7, a),
		.body = rows_keep(r, 8, a),
		.company_name = rows_keep(r, 9, a),
	};
}

int search_store_docs(struct txn *t, const struct scope *s, unsigned roles,
		      const int64_t ids[SEARCH_FETCH], struct arena *a, struct doc_row **out,
		      size_t *n_out, struct err *e)
{
	struct dbv args[SEARCH_FETCH + 1];

	for (size_t i = 0; i < SEARCH_FETCH; i++)
		args[i] = DB_INT(ids[i]);
	args[SEARCH_FETCH] = DB_INT(roles);
	struct rows *r =
		db_query(t, s,
			 "SELECT d.id, d.kind, d.ref_id, d.company_id, d.at_us, d.label, d.title,"
			 " d.url, d.body, c.name FROM search_doc d JOIN company c"
			 " ON c.id = d.company_id WHERE d.id IN ($1, $2, $3, $4, $5, $6, $7, $8,"
			 " $9, $10, $11, $12, $13, $14, $15, $16) AND (d.roles & $17) <> 0"
			 " AND @scope(d.company_id)",
			 args, ARRAY_LEN(args), e);

	return rows_list(r, found_read, a, ROWS_OUT(out, n_out), e);
}
