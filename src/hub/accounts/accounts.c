/* SPDX-License-Identifier: Apache-2.0 */
/* Organisations: rules for adding and changing them, and what other features ask of people.
 * People: accounts_people.c. SQL: accounts_store.c. */
#include "hub/accounts/accounts.h"

#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_people.h"
#include "hub/accounts/accounts_store.h"

const char *const accounts_org_kinds[] = {
	ORG_CONSORTIUM, ORG_VENDOR, ORG_IT_COMPANY, ORG_INSURER, ORG_COMPANY, ORG_SCHOOL, NULL
};

struct user accounts_system_user(int64_t now_us)
{
	return (struct user){
		.roles = ROLES_STAFF,
		.name = "otasuke",
		.scope = { .kind = SCOPE_SYSTEM, .now_us = now_us },
	};
}

int accounts_org_get(struct txn *t, const struct scope *s, int64_t id, struct accounts_org *out,
		     struct err *e)
{
	return accounts_store_org_get(t, s, id, out, e);
}

int accounts_org_list(struct txn *t, const struct scope *s, const char *kind, struct arena *a,
		      struct accounts_org **out, size_t *n_out, struct err *e)
{
	return accounts_store_org_list(t, s, kind, a, out, n_out, e);
}

int accounts_person_get(struct txn *t, const struct scope *s, int64_t id,
			struct accounts_person *out, struct err *e)
{
	return accounts_store_person_get(t, s, id, out, e);
}

int accounts_person_list(struct txn *t, const struct scope *s,
			 const struct accounts_person_filter *f, struct arena *a,
			 struct accounts_person **out, size_t *n_out, struct err *e)
{
	return accounts_store_person_list(t, s, f, a, out, n_out, e);
}

static int org_check(const struct accounts_org *o, struct err *e)
{
	if (!accounts_roles_allowed(o->kind))
		return err_set(e, -EINVAL, "there is no kind of organisation %s", o->kind);
	if (!o->name[0])
		return err_set(e, -EINVAL, "the organisation needs a name");
	return 0;
}

int accounts_org_add(struct txn *t, const struct user *by, const struct accounts_org *o,
		     int64_t *id_out, struct err *e)
{
	int64_t other, id;
	int r;

	if ((r = org_check(o, e)) < 0)
		return r;
	if (strcmp(o->kind, ORG_COMPANY) != 0) {
		r = accounts_store_org_find(t, &scope_system, o->kind, o->name, &other, e);
		if (r == 0)
			return err_set(e, -EEXIST, "the organisation %s is there already", o->name);
		if (r != -ENOENT)
			return r;
	}
	int64_t now = by && by->scope.now_us ? by->scope.now_us : clock_utc_us(&clock_real);
	if ((r = accounts_store_org_add(t, &scope_system, o, now, &id, e)) < 0 ||
	    (r = accounts_audit(t, by, "org.add", "organisation", id, o->member_company_id, NULL,
				e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int accounts_org_link(struct txn *t, int64_t org_id, int64_t company_id, struct err *e)
{
	return accounts_store_org_link(t, &scope_system, org_id, company_id, e);
}

int accounts_org_change(struct hub *h, const struct user *by, const struct accounts_org *o,
			struct err *e)
{
	struct accounts_org old;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e ? e->code : -EIO;
	if ((r = accounts_store_org_get(t, &by->scope, o->id, &old, e)) < 0)
		return r;
	if (!o->name[0])
		return err_set(e, -EINVAL, "the organisation needs a name");
	if (!o->active && o->id == by->org_id)
		return err_set(e, -EPERM, "one cannot switch off one's own organisation");
	if ((r = accounts_store_org_set(t, &by->scope, o, e)) < 0 ||
	    (r = accounts_audit(t, by, "org.change", "organisation", o->id, old.member_company_id,
				NULL, e)) < 0)
		return r;
	return txn_commit(&t, e);
}
