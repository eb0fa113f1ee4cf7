/* SPDX-License-Identifier: Apache-2.0 */
/* Relations: which organisation may see a company, from when to when. */
#include <errno.h>

#include "hub/accounts/accounts.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"
#include "hub/members/members_store.h"

const char *const members_relation_kinds[] = { "self", "desk", "vendor", "it", "insurer", NULL };

static int check(struct txn *t, const struct user *u, const struct relation *r, struct err *e)
{
	struct accounts_org org;
	int64_t n;
	int got;

	if (!members_one_of(members_relation_kinds, r->kind))
		return err_set(e, -EINVAL, "\"%s\" is no kind of relation", r->kind);
	if (r->valid_from_us >= r->valid_to_us)
		return err_set(e, -EINVAL, "the relation must end after it begins");
	if ((got = accounts_org_get(t, &u->scope, r->org_id, &org, e)) < 0)
		return got;
	if ((got = members_agreement_store_overlap(t, &u->scope, r, &n, e)) < 0)
		return got;
	if (n > 0)
		return err_set(e, -ECONFLICT, "%s has this relation already in that time",
			       org.name);
	return 0;
}

int members_relation_add(struct db *db, const struct user *u, const struct relation *r,
			 int64_t *id_out, struct err *e)
{
	int64_t id;
	int got;

	if ((got = members_check_editor(u, e)) < 0)
		return got;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((got = check(t, u, r, e)) < 0 ||
	    (got = members_agreement_store_relation_add(t, &u->scope, r, &id, e)) < 0 ||
	    (got = members_check_audit(t, u, "relation.add", r->company_id, id, r->kind, e)) < 0 ||
	    (got = txn_commit(&t, e)) < 0)
		return got;
	*id_out = id;
	return 0;
}

int members_relation_end(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t to_us, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct company c;
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	if (id <= 0)
		return err_set(e, -ENOENT, "there is no such relation");
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_store_get(t, &u->scope, company_id, a, &c, e)) < 0)
		return r;
	/* as the hub: who ends their own relation does not see the row any more */
	int64_t n =
		members_agreement_store_relation_end(t, &scope_system, company_id, id, to_us, e);
	if (n < 0)
		return (int)n;
	if (n == 0)
		return err_set(e, -ENOENT, "there is no such relation");
	if ((r = members_check_audit(t, u, "relation.end", company_id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}

int members_partners(struct txn *t, const struct scope *s, int64_t company_id, int64_t now_us,
		     struct arena *a, struct members_partner **out, size_t *n_out, struct err *e)
{
	struct relation *list;
	size_t n, kept = 0;
	int r = members_agreement_store_relations(t, s, company_id, a, &list, &n, e);

	if (r < 0)
		return r;
	struct members_partner *partners = arena_array(a, n + 1, sizeof(*partners));
	for (size_t i = 0; i < n; i++) {
		struct accounts_org org;

		if (list[i].valid_from_us > now_us || list[i].valid_to_us <= now_us)
			continue;
		if ((r = accounts_org_get(t, &scope_system, list[i].org_id, &org, e)) < 0)
			return r;
		partners[kept++] = (struct members_partner){ list[i].org_id, list[i].kind,
							     arena_strdup(a, org.name) };
	}
	*out = partners;
	*n_out = kept;
	return 0;
}
