/* SPDX-License-Identifier: Apache-2.0 */
/* Contracts with the price-cap check, and the sites they are for. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "hub/members/members_agreement_store.h"
#include "hub/members/members_check.h"
#include "hub/members/members_data.h"

enum { FEE_MAX_YEN = 100000000, DEVICES_MAX = 1000000 };

const char *const members_contract_types[] = { "network", "endpoint", "combined", NULL };

static const struct price_cap *cap_of(const struct contract *c)
{
	for (size_t i = 0; i < members_price_cap_table_n; i++) {
		const struct price_cap *p = &members_price_cap_table[i];

		if (p->class == c->class && strcmp(p->type, c->type) == 0 &&
		    p->valid_from_us <= c->valid_from_us && p->valid_to_us > c->valid_from_us)
			return p;
	}
	return NULL;
}

int members_contract_check(const struct contract *c, struct err *e)
{
	const struct price_cap *p = cap_of(c);

	if (!p)
		return err_set(e, -EDENIED,
			       "the service standard knows no class %d of this type at that time",
			       c->class);
	if (c->devices < p->devices_min)
		return err_set(e, -EDENIED,
			       "class %d of this type needs at least %" PRId64 " devices", c->class,
			       p->devices_min);
	if (p->base_yen < 0)
		return 0;
	int64_t cap = p->base_yen + p->device_yen * c->devices;
	if (c->fee_yen > cap)
		return err_set(e, -EDENIED,
			       "%" PRId64 " yen a month exceed the cap of %" PRId64
			       " yen for class %d of this type",
			       c->fee_yen, cap, c->class);
	return 0;
}

static int check_values(const struct contract *c, struct err *e)
{
	int r = members_check_text(c->plan, false, e);

	if (r < 0)
		return r;
	if (!members_one_of(members_contract_types, c->type))
		return err_set(e, -EINVAL, "\"%s\" is no type of contract", c->type);
	if (c->fee_yen < 0 || c->fee_yen > FEE_MAX_YEN || c->devices < 0 ||
	    c->devices > DEVICES_MAX)
		return err_set(e, -EINVAL, "fee and devices must be numbers that can be true");
	if (c->valid_from_us >= c->valid_to_us)
		return err_set(e, -EINVAL, "the contract must end after it begins");
	return members_contract_check(c, e);
}

int members_contract_add(struct db *db, const struct user *u, const struct contract *c,
			 int64_t *id_out, struct err *e)
{
	int64_t id;
	int r;

	if ((r = members_check_editor(u, e)) < 0 || (r = check_values(c, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_agreement_store_contract_add(t, &u->scope, c, &id, e)) < 0 ||
	    (r = members_check_audit(t, u, "contract.add", c->company_id, id, c->plan, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	*id_out = id;
	return 0;
}

int members_contract_end(struct db *db, const struct user *u, int64_t company_id, int64_t id,
			 int64_t to_us, struct err *e)
{
	int r;

	if ((r = members_check_editor(u, e)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = members_agreement_store_contract_end(t, &u->scope, company_id, id, to_us, e)) <
		    0 ||
	    (r = members_check_audit(t, u, "contract.end", company_id, id, "", e)) < 0)
		return r;
	return txn_commit(&t, e);
}

static int add_site(struct txn *t, const struct user *u, struct site *x, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct site *list;
	size_t n;
	int r = members_agreement_store_sites(t, &u->scope, x->company_id, a, &list, &n, e);

	if (r < 0)
		return r;
	if (n >= MEMBERS_SITES_MAX)
		return err_set(e, -ELIMIT, "a company has at most %d sites", MEMBERS_SITES_MAX);
	return members_agreement_store_site_add(t, &u->scope, x, &x->id, e);
}

int members_site_add(struct db *db, const struct user *u, const struct site *x, int64_t *id_out,
		     struct err *e)
{
	char postal_code[8];
	struct site y = *x;
	int r;

	if ((r = members_check_editor(u, e)) < 0 ||
	    (r = members_check_text(x->name, true, e)) < 0 ||
	    (r = members_check_text(x->municipality, false, e)) < 0 ||
	    (r = members_check_text(x->address, false, e)) < 0 ||
	    (r = members_check_postal(x->postal_code, postal_code, e)) < 0)
		return r;
	if (!members_prefecture(x->prefecture))
		return err_set(e, -EINVAL, "the prefecture is missing: write its name or its code");
	y.postal_code = postal_code;
	SCOPED_TXN struct txn *t = txn_begin(db, TXN_WRITE, e);
	if (!t)
		return e->code;
	if ((r = add_site(t, u, &y, e)) < 0 ||
	    (r = members_check_audit(t, u, "site.add", y.company_id, y.id, y.name, e)) < 0 ||
	    (r = txn_commit(&t, e)) < 0)
		return r;
	*id_out = y.id;
	return 0;
}
