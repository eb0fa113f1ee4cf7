/* SPDX-License-Identifier: Apache-2.0 */
/* Member companies: registering, changing, leaving, finding. SQL: members_store.c. Relations,
 * contacts, contracts: files of their own. */
#include "hub/members/members.h"

#include <errno.h>
#include <stdlib.h>

#include "base/fold.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"
#include "hub/members/members_store.h"

enum { FOUND_MAX = 50, FOLDED_MAX = 512 };

int members_company_get(struct txn *t, const struct scope *s, int64_t id, struct arena *a,
			struct company *out, struct err *e)
{
	return members_store_get(t, s, id, a, out, e);
}

int members_contacts(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		     struct contact **out, size_t *n_out, struct err *e)
{
	return members_agreement_store_contacts(t, s, company_id, a, out, n_out, e);
}

int members_search(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
		   struct company **out, size_t *n_out, struct err *e)
{
	char folded[FOLDED_MAX];

	fold_text(typed, folded, sizeof(folded));
	return members_store_list(
		t, s,
		&(struct members_filter){
			.search = folded, .industry = "", .now_us = s->now_us, .limit = FOUND_MAX },
		a, out, n_out, e);
}

int members_places(struct txn *t, const struct scope *s, int64_t company_id, struct arena *a,
		   struct members_place **out, size_t *n_out, struct err *e)
{
	struct site *sites;
	int r = members_agreement_store_sites(t, s, company_id, a, &sites, n_out, e);

	if (r < 0)
		return r;
	*out = arena_array(a, *n_out + 1, sizeof(**out));
	for (size_t i = 0; i < *n_out; i++)
		(*out)[i] = (struct members_place){ sites[i].id, sites[i].name };
	return 0;
}

int members_find(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
		 struct company *out, struct err *e)
{
	char folded[FOLDED_MAX];
	int64_t ids[2];
	size_t n;

	fold_text(typed, folded, sizeof(folded));
	int r = members_store_named(t, s, typed, folded, ids, &n, e);
	if (r < 0)
		return r;
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such company");
	if (n > 1)
		return err_set(e, -EINVAL, "several companies are called %s: give the number",
			       typed);
	return members_store_get(t, s, ids[0], a, out, e);
}

static void pick_contact(const struct contact *list, size_t n, int64_t id, struct contact *out)
{
	for (size_t i = 0; i < n; i++)
		if (list[i].id == id)
			*out = list[i];
}

int members_find_by_phone(struct txn *t, const struct scope *s, const char *typed, struct arena *a,
			  struct company *out, struct contact *contact_out, struct err *e)
{
	char phone[20];
	int64_t id, contact_id;
	struct contact *list;
	size_t n;
	int r;

	if (!members_phone_parse(typed, phone))
		return 0;
	if ((r = members_store_by_phone(t, s, phone, &id, &contact_id, e)) <= 0)
		return r;
	if ((r = members_store_get(t, s, id, a, out, e)) < 0 ||
	    (r = members_contacts(t, s, id, a, &list, &n, e)) < 0)
		return r;
	*contact_out = (struct contact){ .company_id = id };
	pick_contact(list, n, contact_id, contact_out);
	return 1;
}

/* The consortium whose desk serves a company that U registers. */
static int desk_org(struct txn *t, const struct user *u, int64_t *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct accounts_org *list;
	size_t n;
	int r = accounts_org_list(t, &scope_system, ORG_CONSORTIUM, a, &list, &n, e);

	if (r < 0)
		return r;
	if (n == 0)
		return err_set(e, -EINVAL, "there is no consortium yet whose desk could serve it");
	*out = list[0].id;
	for (size_t i = 0; i < n; i++)
		if (list[i].id == u->org_id)
			*out = u->org_id;
	return 0;
}

static int own_org(struct txn *t, const struct user *u, const struct company *c, int64_t *out,
		   struct err *e)
{
	struct user hub = accounts_system_user(u->scope.now_us);
	struct accounts_org o = { .kind = ORG_COMPANY, .member_company_id = c->id, .active = true };

	str_copy(o.name, sizeof(o.name), str_of(c->name));
	str_copy(o.kana, sizeof(o.kana), str_of(c->kana));
	str_copy(o.phone, sizeof(o.phone), str_of(c->phone));
	return accounts_org_add(t, &hub, &o, out, e);
}

static int relate(struct txn *t, const struct company *c, int64_t org_id, const char *kind,
		  struct err *e)
{
	struct relation r = { .company_id = c->id,
			      .org_id = org_id,
			      .kind = kind,
			      .valid_from_us = c->created_us,
			      .valid_to_us = MEMBERS_FOREVER_US };
	int64_t id;

	return members_agreement_store_relation_add(t, &scope_system, &r, &id, e);
}

/* Asked beforehand: a statement that fails spoils the transaction, and an import goes on. */
static int check_free(struct txn *t, const struct company *c, struct err *e)
{
	int64_t n;
	int r = members_store_taken(t, c, &n, e);

	if (r < 0 || n == 0)
		return r;
	return err_set(
		e, -EEXIST,
		"another company has the corporate number \"%s\" or the member number \"%s\"",
		c->corporate_number, c->external_id);
}

int members_register_in(struct txn *t, const struct user *u, const struct company *c,
			int64_t *id_out, struct err *e)
{
	struct members_clean clean;
	struct company *n = &clean.company;
	int64_t org = 0, desk = 0;
	int r;

	if ((r = members_check_editor(u, e)) < 0 || (r = members_check_company(c, &clean, e)) < 0)
		return r;
	n->id = 0;
	if (n->created_us == 0)
		n->created_us = u->scope.now_us;
	/* nobody is related to it yet, hence the hub's own scope */
	if ((r = desk_org(t, u, &desk, e)) < 0 || (r = check_free(t, n, e)) < 0 ||
	    (r = members_store_add(t, &scope_system, n, &n->id, e)) < 0 ||
	    (r = own_org(t, u, n, &org, e)) < 0 ||
	    (r = members_store_set_org(t, &scope_system, n->id, org, e)) < 0 ||
	    (r = relate(t, n, org, "self", e)) < 0 || (r = relate(t, n, desk, "desk", e)) < 0 ||
	    (r = members_check_audit(t, u, "company.register", n->id, n->id, n->name, e)) < 0)
		return r;
	*id_out = n->id;
	return 0;
}

int members_register(struct db *db, const struct user *u, const struct company *c, int64_t *id_out,
		     struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	int64_t id;
	int r;

	if (!t)
		return e->code;
	if ((r = members_register_in(t, u, c, &id, e)) < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int members_edit_in(struct txn *t, const struct user *u, const struct company *c, struct err *e)
{
	struct members_clean clean;
	int r;

	if ((r = members_check_editor(u, e)) < 0 || (r = members_check_company(c, &clean, e)) < 0)
		return r;
	clean.company.changed_us = u->scope.now_us;
	if ((r = check_free(t, &clean.company, e)) < 0 ||
	    (r = members_store_set(t, &u->scope, &clean.company, e)) < 0)
		return r;
	return members_check_audit(t, u, "company.edit", c->id, c->id, c->name, e);
}

int members_edit(struct db *db, const struct user *u, const struct company *c, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	int r;

	if (!t)
		return e->code;
	if ((r = members_edit_in(t, u, c, e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int members_end(struct db *db, const struct user *u, int64_t id, struct err *e)
{
	int64_t now = u->scope.now_us;
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_store_end(t, &u->scope, id, now, e)) < 0)
		return r;
	int64_t ended = members_agreement_store_relation_end(t, &u->scope, id, 0, now, e);
	if (ended < 0)
		return (int)ended;
	if ((r = members_check_audit(t, u, "company.end", id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}
