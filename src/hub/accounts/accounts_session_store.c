/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on sessions and buckets. All of it is @global: it is asked before anybody is known. */
#include "hub/accounts/accounts_session_store.h"

#include <errno.h>

#include "base/str.h"
#include "store/rows.h"

enum { SESSIONS_SHOWN = 100 };

int accounts_session_store_add(struct txn *t, const struct scope *s, const char *token_hash,
			       const struct session_row *row, int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "INSERT INTO session (token_hash, csrf, person_id, created_us, seen_us, "
			  "expires_us, mfa, address, agent) "
			  "VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8) RETURNING id @global",
			  DB_ARGS(DB_TEXT(token_hash), DB_TEXT(row->csrf), DB_INT(row->person_id),
				  DB_INT(row->created_us), DB_INT(row->expires_us),
				  DB_INT(row->mfa), DB_TEXT(row->address), DB_TEXT(row->agent)),
			  id_out, e);
}

void accounts_session_store_user(const struct rows *r, int64_t now_us, struct user *u)
{
	*u = (struct user){ .person_id = rows_int(r, 1),
			    .org_id = rows_int(r, 10),
			    .roles = (unsigned)rows_int(r, 11),
			    .lang = lang_parse(rows_text(r, 13), LANG_JA) };
	if (user_is(u, ROLE_COMPANY))
		u->company_id = rows_int(r, 14);
	str_copy(u->name, sizeof(u->name), str_of(rows_text(r, 12)));
	str_copy(u->org_name, sizeof(u->org_name), str_of(rows_text(r, 15)));
	u->scope = (struct scope){
		.kind = SCOPE_ORG, .org_id = u->org_id, .person_id = u->person_id, .now_us = now_us
	};
}

int accounts_session_store_find(struct txn *t, const struct scope *s, const char *token_hash,
				int64_t now_us, struct accounts_session *out, struct err *e)
{
	int r;

	SCOPED_ROWS struct rows *rows = db_query(
		t, s,
		"SELECT s.id, s.person_id, s.csrf, s.created_us, s.seen_us, s.expires_us, s.mfa, "
		"s.address, p.password_until_us, p.totp_on, m.org_id, m.roles, p.name, p.lang, "
		"coalesce(o.member_company_id, 0), o.name "
		"FROM session s JOIN person p ON p.id = s.person_id "
		"JOIN membership m ON m.person_id = p.id JOIN organisation o ON o.id = m.org_id "
		"WHERE s.token_hash = $1 AND s.expires_us > $2 AND p.active = 1 AND o.active = 1 "
		"@global",
		DB_ARGS(DB_TEXT(token_hash), DB_INT(now_us)), e);
	if ((r = rows_next(rows, e)) < 0)
		return r;
	if (r == 0)
		return err_set(e, -ENOENT, "there is no such session");
	*out = (struct accounts_session){
		.row = { .id = rows_int(rows, 0),
			 .person_id = rows_int(rows, 1),
			 .created_us = rows_int(rows, 3),
			 .seen_us = rows_int(rows, 4),
			 .expires_us = rows_int(rows, 5),
			 .mfa = (enum session_mfa)rows_int(rows, 6) },
		.must_change = rows_int(rows, 8) != 0,
		.totp_on = rows_int(rows, 9) != 0,
	};
	str_copy(out->row.csrf, sizeof(out->row.csrf), str_of(rows_text(rows, 2)));
	str_copy(out->row.address, sizeof(out->row.address), str_of(rows_text(rows, 7)));
	accounts_session_store_user(rows, now_us, &out->user);
	return 0;
}

int accounts_session_store_alive(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
				 struct err *e)
{
	int64_t one;
	int r = db_one_int(t, s,
			   "SELECT 1 FROM session s JOIN person p ON p.id = s.person_id "
			   "JOIN membership m ON m.person_id = p.id "
			   "JOIN organisation o ON o.id = m.org_id WHERE s.id = $1 AND "
			   "s.expires_us > $2 AND p.active = 1 AND o.active = 1 @global",
			   DB_ARGS(DB_INT(id), DB_INT(now_us)), &one, e);
	if (r == -ENOENT)
		return 0;
	return r < 0 ? r : 1;
}

int accounts_session_store_seen(struct txn *t, const struct scope *s, int64_t id, int64_t now_us,
				int64_t expires_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE session SET seen_us = $2, expires_us = $3 WHERE id = $1 @global",
		      DB_ARGS(DB_INT(id), DB_INT(now_us), DB_INT(expires_us)), e);
}

int accounts_session_store_mfa(struct txn *t, const struct scope *s, int64_t id,
			       enum session_mfa mfa, const char *token_hash, struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE session SET mfa = $2, token_hash = coalesce($3, token_hash) "
			    "WHERE id = $1 @global",
			    DB_ARGS(DB_INT(id), DB_INT(mfa), DB_TEXT(token_hash)), e);
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such session");
	return n < 0 ? (int)n : 0;
}

static void listed_read(const struct rows *r, struct arena *a, void *row)
{
	struct session_row *out = row;

	(void)a; /* copies */
	*out = (struct session_row){ .id = rows_int(r, 0),
				     .person_id = rows_int(r, 1),
				     .created_us = rows_int(r, 2),
				     .seen_us = rows_int(r, 3),
				     .expires_us = rows_int(r, 4),
				     .mfa = (enum session_mfa)rows_int(r, 5) };
	str_copy(out->address, sizeof(out->address), str_of(rows_text(r, 6)));
	str_copy(out->agent, sizeof(out->agent), str_of(rows_text(r, 7)));
}

int accounts_session_store_list(struct txn *t, const struct scope *s, int64_t person_id,
				int64_t now_us, struct arena *a, struct session_row **out,
				size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT id, person_id, created_us, seen_us, expires_us, mfa, address, agent "
		"FROM session WHERE person_id = $1 AND expires_us > $2 ORDER BY seen_us DESC LIMIT "
		"$3 @global",
		DB_ARGS(DB_INT(person_id), DB_INT(now_us), DB_INT(SESSIONS_SHOWN)), e);

	return rows_list(r, listed_read, a, ROWS_OUT(out, n_out), e);
}

int64_t accounts_session_store_remove(struct txn *t, const struct scope *s, int64_t person_id,
				      int64_t id, int64_t keep_id, struct err *e)
{
	return db_exec(t, s,
		       "DELETE FROM session WHERE person_id = $1 AND ($2 = 0 OR id = $2) AND "
		       "id <> $3 @global",
		       DB_ARGS(DB_INT(person_id), DB_INT(id), DB_INT(keep_id)), e);
}

int accounts_session_store_expire(struct txn *t, const struct scope *s, int64_t now_us,
				  struct err *e)
{
	return db_run(t, s, "DELETE FROM session WHERE expires_us <= $1 @global",
		      DB_ARGS(DB_INT(now_us)), e);
}

int accounts_bucket_store_take(struct txn *t, const struct scope *s, const struct bucket *b,
			       int64_t now_us, struct err *e)
{
	int64_t full = b->burst * 1000, tokens = full;
	int r;
	/* An update that changes nothing locks the row on PostgreSQL until the end. */
	struct rows *rows = db_query(t, s,
				     "UPDATE login_attempt SET bucket = bucket WHERE bucket = $1 "
				     "RETURNING tokens_milli, updated_us @global",
				     DB_ARGS(DB_TEXT(b->name)), e);
	if ((r = rows_next(rows, e)) > 0) {
		int64_t gone = now_us - rows_int(rows, 1);
		tokens = rows_int(rows, 0);
		if (gone < 0)
			gone = 0;
		if (gone / b->refill_us >= b->burst)
			tokens = full;
		else
			tokens += gone * 1000 / b->refill_us;
		if (tokens > full)
			tokens = full;
	}
	rows_close(&rows);
	if (r < 0)
		return r;
	bool granted = tokens >= 1000;
	int64_t n = db_exec(
		t, s,
		"INSERT INTO login_attempt (bucket, tokens_milli, updated_us) "
		"VALUES ($1, $2, $3) ON CONFLICT (bucket) DO UPDATE SET "
		"tokens_milli = $2, updated_us = $3 @global",
		DB_ARGS(DB_TEXT(b->name), DB_INT(granted ? tokens - 1000 : tokens), DB_INT(now_us)),
		e);
	return n < 0 ? (int)n : granted;
}

int accounts_bucket_store_fill(struct txn *t, const struct scope *s, const char *name,
			       struct err *e)
{
	return db_run(t, s, "DELETE FROM login_attempt WHERE bucket = $1 @global",
		      DB_ARGS(DB_TEXT(name)), e);
}

int accounts_bucket_store_expire(struct txn *t, const struct scope *s, int64_t before_us,
				 struct err *e)
{
	return db_run(t, s, "DELETE FROM login_attempt WHERE updated_us < $1 @global",
		      DB_ARGS(DB_INT(before_us)), e);
}
