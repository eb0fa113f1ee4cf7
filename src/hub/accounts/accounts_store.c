/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on organisations and people. What logging in needs is in accounts_secret_store.c.
 *
 * Organisations and people belong to nobody in particular but those of a member company, which are
 * seen by whoever sees that company. */
#include "hub/accounts/accounts_store.h"

#include <errno.h>

#include "base/str.h"
#include "store/rows.h"

#define LIST_LIMIT " LIMIT 20000"

#define ORG_COLUMNS                                                                                \
	"o.id, o.kind, o.name, o.kana, o.phone, o.mail, coalesce(o.member_company_id, 0), "        \
	"o.active"
#define ORG_SEEN "(o.kind <> 'company' OR @scope(o.member_company_id))"

#define PERSON_COLUMNS                                                                             \
	"p.id, m.org_id, p.login, p.name, p.kana, p.mail, p.phone, p.lang, m.roles, "              \
	"p.active, p.totp_on, o.name"
#define PERSON_FROM                                                                                \
	" FROM person p JOIN membership m ON m.person_id = p.id "                                  \
	"JOIN organisation o ON o.id = m.org_id "

static void org_read(const struct rows *r, struct arena *a, void *row)
{
	struct accounts_org *o = row;

	(void)a; /* copies */
	*o = (struct accounts_org){ .id = rows_int(r, 0),
				    .member_company_id = rows_int(r, 6),
				    .active = rows_int(r, 7) != 0 };
	str_copy(o->kind, sizeof(o->kind), str_of(rows_text(r, 1)));
	str_copy(o->name, sizeof(o->name), str_of(rows_text(r, 2)));
	str_copy(o->kana, sizeof(o->kana), str_of(rows_text(r, 3)));
	str_copy(o->phone, sizeof(o->phone), str_of(rows_text(r, 4)));
	str_copy(o->mail, sizeof(o->mail), str_of(rows_text(r, 5)));
}

static void person_read(const struct rows *r, struct arena *a, void *row)
{
	struct accounts_person *p = row;

	(void)a; /* copies */
	*p = (struct accounts_person){ .id = rows_int(r, 0),
				       .org_id = rows_int(r, 1),
				       .lang = lang_parse(rows_text(r, 7), LANG_JA),
				       .roles = (unsigned)rows_int(r, 8),
				       .active = rows_int(r, 9) != 0,
				       .totp_on = rows_int(r, 10) != 0 };
	str_copy(p->login, sizeof(p->login), str_of(rows_text(r, 2)));
	str_copy(p->name, sizeof(p->name), str_of(rows_text(r, 3)));
	str_copy(p->kana, sizeof(p->kana), str_of(rows_text(r, 4)));
	str_copy(p->mail, sizeof(p->mail), str_of(rows_text(r, 5)));
	str_copy(p->phone, sizeof(p->phone), str_of(rows_text(r, 6)));
	str_copy(p->org_name, sizeof(p->org_name), str_of(rows_text(r, 11)));
}

int accounts_store_org_add(struct txn *t, const struct scope *s, const struct accounts_org *o,
			   int64_t now_us, int64_t *id_out, struct err *e)
{
	return db_one_int(
		t, s,
		"INSERT INTO organisation (kind, name, kana, phone, mail, member_company_id, "
		"active, created_us) VALUES ($1, $2, $3, $4, $5, $6, 1, $7) RETURNING id "
		"@global",
		DB_ARGS(DB_TEXT(o->kind), DB_TEXT(o->name), DB_TEXT(o->kana), DB_TEXT(o->phone),
			DB_TEXT(o->mail), db_int_or_null(o->member_company_id), DB_INT(now_us)),
		id_out, e);
}

int accounts_store_org_get(struct txn *t, const struct scope *s, int64_t id,
			   struct accounts_org *out, struct err *e)
{
	struct rows *rows = db_query(
		t, s, "SELECT " ORG_COLUMNS " FROM organisation o WHERE o.id = $1 AND " ORG_SEEN,
		DB_ARGS(DB_INT(id)), e);
	int r = rows_get(rows, org_read, NULL, out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such organisation") : r;
}

int accounts_store_org_find(struct txn *t, const struct scope *s, const char *kind,
			    const char *name, int64_t *id_out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT o.id FROM organisation o WHERE o.kind = $1 AND o.name = $2 "
			  "AND " ORG_SEEN " ORDER BY o.id",
			  DB_ARGS(DB_TEXT(kind), DB_TEXT(name)), id_out, e);
}

int accounts_store_org_list(struct txn *t, const struct scope *s, const char *kind, struct arena *a,
			    struct accounts_org **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(t, s,
				  "SELECT " ORG_COLUMNS
				  " FROM organisation o WHERE ($1 = '' OR o.kind = $1) "
				  "AND " ORG_SEEN " ORDER BY o.kind, o.name, o.id" LIST_LIMIT,
				  DB_ARGS(DB_TEXT(kind ? kind : "")), e);

	return rows_list(r, org_read, a, ROWS_OUT(out, n_out), e);
}

int accounts_store_org_set(struct txn *t, const struct scope *s, const struct accounts_org *o,
			   struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE organisation SET name = $2, kana = $3, phone = $4, mail = $5, "
			    "active = $6 WHERE id = $1 AND (kind <> 'company' OR "
			    "@scope(member_company_id))",
			    DB_ARGS(DB_INT(o->id), DB_TEXT(o->name), DB_TEXT(o->kana),
				    DB_TEXT(o->phone), DB_TEXT(o->mail), DB_INT(o->active)),
			    e);
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such organisation");
	return n < 0 ? (int)n : 0;
}

int accounts_store_org_link(struct txn *t, const struct scope *s, int64_t org_id,
			    int64_t company_id, struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE organisation SET member_company_id = $2 WHERE id = $1 AND "
			    "kind = 'company' @global",
			    DB_ARGS(DB_INT(org_id), DB_INT(company_id)), e);
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such organisation");
	return n < 0 ? (int)n : 0;
}

int accounts_store_person_add(struct txn *t, const struct scope *s, const struct accounts_person *p,
			      const struct accounts_secret *x, int64_t now_us, int64_t *id_out,
			      struct err *e)
{
	int64_t id;
	int r = db_one_int(
		t, s,
		"INSERT INTO person (login, name, kana, mail, phone, lang, password, "
		"password_until_us, totp_secret, totp_on, totp_last_step, active, created_us) "
		"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, 0, 1, $9) RETURNING id @global",
		DB_ARGS(DB_TEXT(p->login), DB_TEXT(p->name), DB_TEXT(p->kana), DB_TEXT(p->mail),
			DB_TEXT(p->phone), DB_TEXT(lang_tag(p->lang)), DB_TEXT(x->password),
			DB_INT(x->password_until_us), DB_INT(now_us)),
		&id, e);
	if (r == -EEXIST)
		return err_set(e, -EEXIST, "the login name %s is taken", p->login);
	if (r < 0)
		return r;
	int64_t n = db_exec(t, s,
			    "INSERT INTO membership (person_id, org_id, roles) VALUES ($1, $2, $3) "
			    "@global",
			    DB_ARGS(DB_INT(id), DB_INT(p->org_id), DB_INT(p->roles)), e);
	if (n < 0)
		return (int)n;
	*id_out = id;
	return 0;
}

int accounts_store_person_get(struct txn *t, const struct scope *s, int64_t id,
			      struct accounts_person *out, struct err *e)
{
	struct rows *rows =
		db_query(t, s, "SELECT " PERSON_COLUMNS PERSON_FROM "WHERE p.id = $1 AND " ORG_SEEN,
			 DB_ARGS(DB_INT(id)), e);
	int r = rows_get(rows, person_read, NULL, out, e);

	return r == -ENOENT ? err_set(e, -ENOENT, "there is no such person") : r;
}

int accounts_store_person_list(struct txn *t, const struct scope *s,
			       const struct accounts_person_filter *f, struct arena *a,
			       struct accounts_person **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT " PERSON_COLUMNS PERSON_FROM "WHERE ($1 = 0 OR m.org_id = $1) "
		"AND ($2 = 0 OR (m.roles & $2) <> 0) AND ($3 = 1 OR p.active = 1) AND " ORG_SEEN
		" ORDER BY o.kind, o.name, p.kana, p.name, p.id" LIST_LIMIT,
		DB_ARGS(DB_INT(f->org_id), DB_INT(f->roles), DB_INT(f->all)), e);

	return rows_list(r, person_read, a, ROWS_OUT(out, n_out), e);
}

int accounts_store_person_set(struct txn *t, const struct scope *s, const struct accounts_person *p,
			      struct err *e)
{
	return db_run(t, s,
		      "UPDATE person SET name = $2, kana = $3, mail = $4, phone = $5, "
		      "active = $6 WHERE id = $1 @global",
		      DB_ARGS(DB_INT(p->id), DB_TEXT(p->name), DB_TEXT(p->kana), DB_TEXT(p->mail),
			      DB_TEXT(p->phone), DB_INT(p->active)),
		      e);
}

int accounts_store_roles_set(struct txn *t, const struct scope *s, int64_t person_id,
			     unsigned roles, struct err *e)
{
	return db_run(t, s, "UPDATE membership SET roles = $2 WHERE person_id = $1 @global",
		      DB_ARGS(DB_INT(person_id), DB_INT(roles)), e);
}

int accounts_store_lang_set(struct txn *t, const struct scope *s, int64_t person_id, enum lang lang,
			    struct err *e)
{
	return db_run(t, s, "UPDATE person SET lang = $2 WHERE id = $1 @global",
		      DB_ARGS(DB_INT(person_id), DB_TEXT(lang_tag(lang))), e);
}

int accounts_store_count_roles(struct txn *t, const struct scope *s, unsigned roles,
			       int64_t person_id, int64_t *out, struct err *e)
{
	return db_one_int(t, s,
			  "SELECT count(*) FROM person p JOIN membership m ON m.person_id = p.id "
			  "WHERE p.active = 1 AND (m.roles & $1) <> 0 AND p.id <> $2 @global",
			  DB_ARGS(DB_INT(roles), DB_INT(person_id)), out, e);
}
