/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on the audit log. Rows are only ever added. */
#include "hub/accounts/accounts_audit_store.h"

#include <errno.h>

#include "base/str.h"
#include "store/rows.h"

static int head_read(struct rows *rows, int64_t *id_out, char hash_out[AUDIT_HASH], struct err *e)
{
	int r;

	if ((r = rows_next(rows, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -EFORMAT, "the audit log has lost its head");
	*id_out = rows_int(rows, 0);
	str_copy(hash_out, AUDIT_HASH, str_of(rows_text(rows, 1)));
	return 0;
}

int accounts_audit_store_next(struct txn *t, const struct scope *s, int64_t *id_out,
			      char prev_hash_out[AUDIT_HASH], struct err *e)
{
	SCOPED_ROWS struct rows *rows = db_query(
		t, s, "UPDATE audit_head SET id = id + 1 WHERE one = 1 RETURNING id, hash @global",
		DB_NO_ARGS, e);
	return head_read(rows, id_out, prev_hash_out, e);
}

int accounts_audit_store_head(struct txn *t, const struct scope *s, int64_t *id_out,
			      char hash_out[AUDIT_HASH], struct err *e)
{
	SCOPED_ROWS struct rows *rows = db_query(
		t, s, "SELECT id, hash FROM audit_head WHERE one = 1 @global", DB_NO_ARGS, e);
	return head_read(rows, id_out, hash_out, e);
}

int accounts_audit_store_last(struct txn *t, const struct scope *s, int64_t *at_us_out,
			      struct err *e)
{
	return db_one_int(t, s,
			  "SELECT coalesce(max(at_us), 0) FROM audit WHERE id = (SELECT id FROM "
			  "audit_head WHERE one = 1) @global",
			  DB_NO_ARGS, at_us_out, e);
}

int accounts_audit_store_add(struct txn *t, const struct scope *s, const struct audit_row *r,
			     struct err *e)
{
	int64_t n = db_exec(
		t, s,
		"INSERT INTO audit (id, at_us, person_id, org_id, action, entity, entity_id, "
		"about_company_id, detail, prev_hash, hash) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) @global",
		DB_ARGS(DB_INT(r->id), DB_INT(r->at_us), DB_INT(r->person_id), DB_INT(r->org_id),
			DB_TEXT(r->action), DB_TEXT(r->entity), DB_INT(r->entity_id),
			db_int_or_null(r->company_id), DB_TEXT(r->detail), DB_TEXT(r->prev_hash),
			DB_TEXT(r->hash)),
		e);
	if (n < 0)
		return (int)n;
	n = db_exec(t, s, "UPDATE audit_head SET hash = $1 WHERE one = 1 @global",
		    DB_ARGS(DB_TEXT(r->hash)), e);
	return n < 0 ? (int)n : 0;
}

struct rows *accounts_audit_store_walk(struct txn *t, const struct scope *s, int64_t after_id,
				       int64_t limit, struct err *e)
{
	return db_query(t, s,
			"SELECT id, at_us, person_id, org_id, action, entity, entity_id, "
			"coalesce(about_company_id, 0), detail, prev_hash, hash FROM audit "
			"WHERE id > $1 ORDER BY id LIMIT $2 @global",
			DB_ARGS(DB_INT(after_id), DB_INT(limit)), e);
}

void accounts_audit_store_read(const struct rows *rows, struct audit_row *out)
{
	*out = (struct audit_row){
		.id = rows_int(rows, 0),
		.at_us = rows_int(rows, 1),
		.person_id = rows_int(rows, 2),
		.org_id = rows_int(rows, 3),
		.action = rows_text(rows, 4),
		.entity = rows_text(rows, 5),
		.entity_id = rows_int(rows, 6),
		.company_id = rows_int(rows, 7),
		.detail = rows_text(rows, 8),
		.prev_hash = rows_text(rows, 9),
		.hash = rows_text(rows, 10),
	};
}

static void listed_read(const struct rows *r, struct arena *a, void *row)
{
	struct audit_row *out = row;

	accounts_audit_store_read(r, out);
	out->action = arena_strdup(a, out->action);
	out->entity = arena_strdup(a, out->entity);
	out->detail = arena_strdup(a, out->detail);
	out->prev_hash = arena_strdup(a, out->prev_hash);
	out->hash = arena_strdup(a, out->hash);
	out->person_name = rows_keep(r, 11, a);
	out->org_name = rows_keep(r, 12, a);
}

/* LEAD lets an index begin: the rows of one person or of one kind may be few among very many. */
#define AUDIT_LIST(lead)                                                                           \
	"SELECT a.id, a.at_us, a.person_id, a.org_id, a.action, a.entity, a.entity_id, "           \
	"coalesce(a.about_company_id, 0), a.detail, a.prev_hash, a.hash, "                         \
	"coalesce(p.name, ''), coalesce(o.name, '') FROM audit a "                                 \
	"LEFT JOIN person p ON p.id = a.person_id "                                                \
	"LEFT JOIN organisation o ON o.id = a.org_id "                                             \
	"WHERE " lead " AND ($1 = '' OR a.entity = $1) AND ($2 = '' OR "                           \
	"substr(a.action, 1, length($2)) = $2) AND ($4 = 0 OR a.id < $4) "                         \
	"AND (a.about_company_id IS NULL OR @scope(a.about_company_id)) "                          \
	"AND NOT EXISTS (SELECT 1 FROM membership m "                                              \
	"JOIN organisation mo ON mo.id = m.org_id WHERE m.person_id = a.person_id "                \
	"AND mo.member_company_id IS NOT NULL AND NOT @scope(mo.member_company_id)) "              \
	"ORDER BY a.id DESC LIMIT $5"

static const char *audit_list_sql(const struct audit_filter *f)
{
	if (f->person_id)
		return AUDIT_LIST("a.person_id = $3");
	return f->entity[0] ? AUDIT_LIST("a.entity = $1 AND $3 = 0") : AUDIT_LIST("$3 = 0");
}

int accounts_audit_store_list(struct txn *t, const struct scope *s, const struct audit_filter *f,
			      struct arena *a, struct audit_row **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s, audit_list_sql(f),
			 DB_ARGS(DB_TEXT(f->entity), DB_TEXT(f->action), DB_INT(f->person_id),
				 DB_INT(f->before_id), DB_INT(f->limit)),
			 e);

	return rows_list(r, listed_read, a, ROWS_OUT(out, n_out), e);
}
