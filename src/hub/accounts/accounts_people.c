/* SPDX-License-Identifier: Apache-2.0 */
/* People: who may be added with which roles, and what an administrator may change. */
#include "hub/accounts/accounts_people.h"

#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_session_store.h"
#include "hub/accounts/accounts_store.h"
#include "hub/accounts/accounts_token.h"
#include "net/crypto.h"

const struct role_name accounts_role_names[] = {
	{ ROLE_ADMIN, "admin" },     { ROLE_DESK, "desk" },
	{ ROLE_ANALYST, "analyst" }, { ROLE_TECHNICIAN, "technician" },
	{ ROLE_INSURER, "insurer" }, { ROLE_SPECIALIST, "specialist" },
	{ ROLE_TEACHER, "teacher" }, { ROLE_COMPANY, "company" },
};
const size_t accounts_role_count = ARRAY_LEN(accounts_role_names);

static const struct {
	const char *kind;
	unsigned roles;
} allowed[] = {
	{ ORG_CONSORTIUM,
	  ROLE_ADMIN | ROLE_DESK | ROLE_ANALYST | ROLE_TECHNICIAN | ROLE_SPECIALIST },
	{ ORG_VENDOR, ROLE_DESK | ROLE_ANALYST | ROLE_SPECIALIST },
	{ ORG_IT_COMPANY, ROLE_TECHNICIAN | ROLE_SPECIALIST },
	{ ORG_INSURER, ROLE_INSURER },
	{ ORG_COMPANY, ROLE_COMPANY },
	{ ORG_SCHOOL, ROLE_TEACHER | ROLE_SPECIALIST },
};

unsigned accounts_roles_allowed(const char *kind)
{
	for (size_t i = 0; i < ARRAY_LEN(allowed); i++)
		if (strcmp(allowed[i].kind, kind) == 0)
			return allowed[i].roles;
	return 0;
}

unsigned accounts_role_parse(const char *name)
{
	for (size_t i = 0; i < accounts_role_count; i++)
		if (strcmp(accounts_role_names[i].name, name) == 0)
			return accounts_role_names[i].role;
	return 0;
}

static bool login_valid(const char *s)
{
	size_t n = strlen(s);

	if (n < 2 || n > LOGIN_MAX)
		return false;
	for (; *s; s++)
		if (!((*s >= 'a' && *s <= 'z') || (*s >= '0' && *s <= '9') || strchr("._-@", *s)))
			return false;
	return true;
}

static int roles_check(const struct accounts_person *p, const struct accounts_org *o, struct err *e)
{
	if (!p->roles)
		return err_set(e, -EINVAL, "the person needs a role");
	if (p->roles & ~accounts_roles_allowed(o->kind))
		return err_set(e, -EINVAL,
			       "people of this kind of organisation cannot have "
			       "this role");
	return 0;
}

static int once_new(char once[ONCE_TEXT], char hash[128], struct err *e)
{
	crypto_code(once, ONCE_CHARS);
	return crypto_password_hash(once, hash, e);
}

static void roles_detail(unsigned roles, struct buf *b)
{
	struct jsonw w = jsonw_of(b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "roles");
	for (size_t i = 0; i < accounts_role_count; i++)
		if (roles & accounts_role_names[i].role)
			jsonw_text(&w, NULL, accounts_role_names[i].name);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
}

static int person_check(const struct accounts_person *p, struct err *e)
{
	if (!login_valid(p->login))
		return err_set(e, -EINVAL,
			       "a login name has 2 to 64 of the characters a-z 0-9 . _ - @");
	if (!p->name[0])
		return err_set(e, -EINVAL, "the person needs a name");
	return 0;
}

static int person_store(struct txn *t, const struct user *by, const struct accounts_person *p,
			const struct accounts_secret *x, int64_t *id_out, struct err *e)
{
	SCOPED_BUF struct buf detail = { 0 };
	struct accounts_org o;
	int64_t id;
	int r;

	roles_detail(p->roles, &detail);
	if ((r = accounts_store_org_get(t, &by->scope, p->org_id, &o, e)) < 0 ||
	    (r = roles_check(p, &o, e)) < 0 ||
	    (r = accounts_store_person_add(t, &by->scope, p, x, by->scope.now_us, &id, e)) < 0 ||
	    (r = accounts_audit(t, by, "person.add", "person", id, o.member_company_id, detail.p,
				e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int accounts_person_put(struct txn *t, const struct user *by, const struct accounts_person *p,
			const char *password_hash, int64_t *id_out, struct err *e)
{
	struct accounts_secret x = { 0 };
	int r = person_check(p, e);

	if (r < 0)
		return r;
	str_copy(x.password, sizeof(x.password), str_of(password_hash));
	return person_store(t, by, p, &x, id_out, e);
}

int accounts_person_add(struct hub *h, const struct user *by, const struct accounts_person *p,
			char once_out[ONCE_TEXT], int64_t *id_out, struct err *e)
{
	struct accounts_secret x = { .password_until_us = by->scope.now_us +
							  accounts_conf.password_once_ms * 1000 };
	char once[ONCE_TEXT];
	int64_t id;
	int r;

	if ((r = person_check(p, e)) < 0 || (r = once_new(once, x.password, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = person_store(t, by, p, &x, &id, e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(once_out, once, sizeof(once));
	*id_out = id;
	return 0;
}

/* Somebody must be left who can run the hub. */
static int admin_left(struct txn *t, const struct accounts_person *old,
		      const struct accounts_person *p, struct err *e)
{
	int64_t others;
	int r;

	if (!(old->roles & ROLE_ADMIN) || (p->active && (p->roles & ROLE_ADMIN)))
		return 0;
	if ((r = accounts_store_count_roles(t, &scope_system, ROLE_ADMIN, old->id, &others, e)) < 0)
		return r;
	if (others == 0)
		return err_set(e, -EPERM, "nobody would be left to administer this hub");
	return 0;
}

int accounts_person_change(struct hub *h, const struct user *by, const struct accounts_person *p,
			   struct err *e)
{
	struct accounts_person old;
	struct accounts_org o;
	int r;

	if (!p->name[0])
		return err_set(e, -EINVAL, "the person needs a name");
	SCOPED_BUF struct buf detail = { 0 };
	roles_detail(p->roles, &detail);

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_person_get(t, &by->scope, p->id, &old, e)) < 0 ||
	    (r = accounts_store_org_get(t, &by->scope, old.org_id, &o, e)) < 0 ||
	    (r = roles_check(p, &o, e)) < 0 || (r = admin_left(t, &old, p, e)) < 0 ||
	    (r = accounts_store_person_set(t, &by->scope, p, e)) < 0 ||
	    (r = accounts_store_roles_set(t, &by->scope, p->id, p->roles, e)) < 0)
		return r;
	if (!p->active) {
		int64_t n = accounts_session_store_remove(t, &by->scope, p->id, 0, 0, e);
		if (n < 0)
			return (int)n;
		if ((r = accounts_tokens_end(t, p->id, by->scope.now_us, e)) < 0)
			return r;
	}
	if ((r = accounts_audit(t, by, "person.change", "person", p->id, o.member_company_id,
				detail.p, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int accounts_person_reset(struct hub *h, const struct user *by, int64_t id,
			  char once_out[ONCE_TEXT], struct err *e)
{
	struct accounts_person p;
	struct accounts_org o;
	char once[ONCE_TEXT], hash[128];
	int64_t until = by->scope.now_us + accounts_conf.password_once_ms * 1000;
	int r;

	if ((r = once_new(once, hash, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_person_get(t, &by->scope, id, &p, e)) < 0 ||
	    (r = accounts_store_org_get(t, &by->scope, p.org_id, &o, e)) < 0 ||
	    (r = accounts_store_password_set(t, &by->scope, id, hash, until, e)) < 0 ||
	    (r = accounts_store_totp_set(t, &by->scope, id, "", false, e)) < 0 ||
	    (r = accounts_store_recovery_set(t, &by->scope, id, NULL, 0, e)) < 0)
		return r;
	int64_t n = accounts_session_store_remove(t, &by->scope, id, 0, 0, e);
	if (n < 0)
		return (int)n;
	if ((r = accounts_tokens_end(t, id, by->scope.now_us, e)) < 0 ||
	    (r = accounts_audit(t, by, "person.reset", "person", id, o.member_company_id, NULL,
				e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	memcpy(once_out, once, sizeof(once));
	return 0;
}
