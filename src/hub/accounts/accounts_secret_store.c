/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on what logging in needs: password, one-time codes, recovery codes. All of it is @global: it
 * belongs to a person, and is asked for before anybody is known. */
#include <errno.h>

#include "base/str.h"
#include "hub/accounts/accounts_store.h"
#include "store/rows.h"

#define SECRET_SELECT                                                                              \
	"SELECT p.id, p.password, p.password_until_us, p.totp_secret, p.totp_on, "                 \
	"p.active * o.active, m.roles FROM person p JOIN membership m ON m.person_id = p.id "      \
	"JOIN organisation o ON o.id = m.org_id "

static void secret_read(const struct rows *rows, struct arena *a, void *row)
{
	struct accounts_secret *out = row;

	(void)a; /* copies */
	*out = (struct accounts_secret){ .person_id = rows_int(rows, 0),
					 .password_until_us = rows_int(rows, 2),
					 .totp_on = rows_int(rows, 4) != 0,
					 .active = rows_int(rows, 5) != 0,
					 .roles = (unsigned)rows_int(rows, 6) };
	str_copy(out->password, sizeof(out->password), str_of(rows_text(rows, 1)));
	str_copy(out->totp_secret, sizeof(out->totp_secret), str_of(rows_text(rows, 3)));
}

static int secret_get(struct rows *rows, struct accounts_secret *out, struct err *e)
{
	int r = rows_get(rows, secret_read, NULL, out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such person") : r;
}

int accounts_store_secret_find(struct txn *t, const struct scope *s, const char *login,
			       struct accounts_secret *out, struct err *e)
{
	struct rows *r = db_query(t, s, SECRET_SELECT "WHERE p.login = $1 @global",
				  DB_ARGS(DB_TEXT(login)), e);

	return secret_get(r, out, e);
}

int accounts_store_secret_get(struct txn *t, const struct scope *s, int64_t person_id,
			      struct accounts_secret *out, struct err *e)
{
	struct rows *r = db_query(t, s, SECRET_SELECT "WHERE p.id = $1 @global",
				  DB_ARGS(DB_INT(person_id)), e);

	return secret_get(r, out, e);
}

int accounts_store_password_set(struct txn *t, const struct scope *s, int64_t person_id,
				const char *hash, int64_t until_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE person SET password = $2, password_until_us = $3 "
		      "WHERE id = $1 @global",
		      DB_ARGS(DB_INT(person_id), DB_TEXT(hash), DB_INT(until_us)), e);
}

int accounts_store_totp_set(struct txn *t, const struct scope *s, int64_t person_id,
			    const char *secret, bool on, struct err *e)
{
	return db_run(t, s,
		      "UPDATE person SET totp_secret = $2, totp_on = $3 WHERE id = $1 "
		      "@global",
		      DB_ARGS(DB_INT(person_id), DB_TEXT(secret), DB_INT(on)), e);
}

int accounts_store_totp_step(struct txn *t, const struct scope *s, int64_t person_id, int64_t step,
			     struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE person SET totp_last_step = $2 WHERE id = $1 AND "
			    "totp_last_step < $2 @global",
			    DB_ARGS(DB_INT(person_id), DB_INT(step)), e);
	if (n == 0)
		return err_set(e, -EEXIST, "this code was used already");
	return n < 0 ? (int)n : 0;
}

int accounts_store_recovery_set(struct txn *t, const struct scope *s, int64_t person_id,
				const char *const *hashes, size_t n, struct err *e)
{
	int64_t r = db_exec(t, s, "DELETE FROM recovery_code WHERE person_id = $1 @global",
			    DB_ARGS(DB_INT(person_id)), e);
	for (size_t i = 0; i < n && r >= 0; i++)
		r = db_exec(t, s,
			    "INSERT INTO recovery_code (person_id, code_hash, used_us) "
			    "VALUES ($1, $2, 0) @global",
			    DB_ARGS(DB_INT(person_id), DB_TEXT(hashes[i])), e);
	return r < 0 ? (int)r : 0;
}

int accounts_store_recovery_use(struct txn *t, const struct scope *s, int64_t person_id,
				const char *hash, int64_t now_us, struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE recovery_code SET used_us = $3 WHERE person_id = $1 AND "
			    "code_hash = $2 AND used_us = 0 @global",
			    DB_ARGS(DB_INT(person_id), DB_TEXT(hash), DB_INT(now_us)), e);
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such recovery code");
	return n < 0 ? (int)n : 0;
}

int accounts_store_recovery_left(struct txn *t, const struct scope *s, int64_t person_id,
				 int64_t *out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM recovery_code WHERE person_id = $1 AND "
			  "used_us = 0 @global",
			  DB_ARGS(DB_INT(person_id)), out, e);
}
