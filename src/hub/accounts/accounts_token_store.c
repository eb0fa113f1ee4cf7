/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on tokens of programs. @global like sessions: asked before anybody is known, and else by the
 * person alone. */
#include "hub/accounts/accounts_token_store.h"

#include <errno.h>

#include "hub/accounts/accounts_session_store.h"
#include "store/rows.h"

enum { TOKENS_SHOWN = 100 };

int accounts_token_store_add(struct txn *t, const struct scope *s, const char *hash,
			     const struct api_token *k, int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "INSERT INTO api_token (token_hash, person_id, name, reads, created_us, "
			  "expires_us, used_us, used_from, ended_us) "
			  "VALUES ($1, $2, $3, $4, $5, $6, 0, '', 0) RETURNING id @global",
			  DB_ARGS(DB_TEXT(hash), DB_INT(k->person_id), DB_TEXT(k->name),
				  DB_INT(k->reads), DB_INT(k->created_us), DB_INT(k->expires_us)),
			  id_out, e);
}

/* The columns of the person as accounts_session_store_user reads them. */
int accounts_token_store_find(struct txn *t, const struct scope *s, const char *hash,
			      int64_t now_us, struct api_token *out, struct user *user_out,
			      struct err *e)
{
	int r;

	SCOPED_ROWS struct rows *rows = db_query(
		t, s,
		"SELECT k.id, k.person_id, k.created_us, k.expires_us, k.used_us, k.reads, "
		"0, 0, 0, 0, m.org_id, m.roles, p.name, p.lang, coalesce(o.member_company_id, 0), "
		"o.name FROM api_token k JOIN person p ON p.id = k.person_id "
		"JOIN membership m ON m.person_id = p.id JOIN organisation o ON o.id = m.org_id "
		"WHERE k.token_hash = $1 AND k.expires_us > $2 AND k.ended_us = 0 "
		"AND p.active = 1 AND o.active = 1 @global",
		DB_ARGS(DB_TEXT(hash), DB_INT(now_us)), e);
	if ((r = rows_next(rows, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such token");
	*out = (struct api_token){ .id = rows_int(rows, 0),
				   .person_id = rows_int(rows, 1),
				   .created_us = rows_int(rows, 2),
				   .expires_us = rows_int(rows, 3),
				   .used_us = rows_int(rows, 4),
				   .reads = rows_int(rows, 5) != 0,
				   .name = "",
				   .used_from = "" };
	accounts_session_store_user(rows, now_us, user_out);
	return 0;
}

int accounts_token_store_used(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
			      const char *from, struct err *e)
{
	return db_run(t, s,
		      "UPDATE api_token SET used_us = $2, used_from = $3 WHERE id = $1 @global",
		      DB_ARGS(DB_INT(id), DB_INT(now_us), DB_TEXT(from)), e);
}

int accounts_token_store_alive(struct txn *t, const struct scope *s, int64_t person_id,
			       int64_t now_us, int64_t *n_out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM api_token WHERE person_id = $1 AND ended_us = 0 "
			  "AND expires_us > $2 @global",
			  DB_ARGS(DB_INT(person_id), DB_INT(now_us)), n_out, e);
}

int64_t accounts_token_store_end(struct txn *t, const struct scope *s, int64_t person_id,
				 int64_t id, int64_t now_us, struct err *e)
{
	return db_exec(t, s,
		       "UPDATE api_token SET ended_us = $3 WHERE person_id = $1 AND "
		       "($2 = 0 OR id = $2) AND ended_us = 0 @global",
		       DB_ARGS(DB_INT(person_id), DB_INT(id), DB_INT(now_us)), e);
}

static void listed_read(const struct rows *r, struct arena *a, void *row)
{
	*(struct api_token *)row = (struct api_token){ .id = rows_int(r, 0),
						       .person_id = rows_int(r, 1),
						       .name = rows_keep(r, 2, a),
						       .reads = rows_int(r, 3) != 0,
						       .created_us = rows_int(r, 4),
						       .expires_us = rows_int(r, 5),
						       .used_us = rows_int(r, 6),
						       .used_from = rows_keep(r, 7, a),
						       .ended_us = rows_int(r, 8) };
}

int accounts_token_store_list(struct txn *t, const struct scope *s, int64_t person_id,
			      struct arena *a, struct api_token **out, size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, person_id, name, reads, created_us, expires_us, used_us, "
			 "used_from, ended_us FROM api_token WHERE person_id = $1 "
			 "ORDER BY id DESC LIMIT $2 @global",
			 DB_ARGS(DB_INT(person_id), DB_INT(TOKENS_SHOWN)), e);

	return rows_list(r, listed_read, a, ROWS_OUT(out, n_out), e);
}
