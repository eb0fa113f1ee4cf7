/* SPDX-License-Identifier: Apache-2.0 */
/* The companies of a generated region: names, people to call, contracts, who serves them. */
#include "hub/members/members_fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_rules.h"

enum {
	CHUNK = 200,
	AGE_MIN_DAYS = 40,
	AGE_MORE_DAYS = 170, /* than the years of the region */
	YEAR_DAYS = 365,
	CONTRACT_MAX_DAYS = 900, /* older ones were renewed since */
	WITH_PEOPLE = 10,        /* companies whose own people can sign in */
	EMPLOYEES_TYPICAL = 12,
};

/* Many are small, few are large. */
static int64_t employees_of(struct hub_fill *f)
{
	int64_t n = EMPLOYEES_TYPICAL;

	for (int i = 0; i < 4; i++)
		n = n * fill_between(f, 55, 170) / 100;
	return n < 2 ? 2 : n;
}

static const char *name_of(struct hub_fill *f, const char *industry, const char **kana_out)
{
	const struct fill_word *a = fill_pick(f, "company_a"), *b = fill_pick(f, "company_b");
	const struct fill_word *end = fill_pick(f, arena_printf(f->arena, "suffix_%s", industry));

	*kana_out = arena_printf(f->arena, "%s%s%s", a->reading, b->reading, end->reading);
	return arena_printf(f->arena, "%s%s%s%s", fill_pick(f, "company_kind")->text, a->text,
			    b->text, end->text);
}

static int company_fill(struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	struct fill_company *to = &f->companies[i];
	int64_t age = fill_between(f, AGE_MIN_DAYS, f->years * YEAR_DAYS + AGE_MORE_DAYS);
	char phone[20];
	struct company c = { .corporate_number = "", .note = "", .lang = LANG_JA };

	to->prefecture = atoi(fill_pick(f, "prefecture")->text);
	to->created_us = f->now_us - age * US_PER_DAY - fill_between(f, 0, US_PER_DAY);
	fill_phone(f, to->prefecture, phone);
	c.industry = fill_pick(f, "industry")->text;
	c.name = name_of(f, c.industry, &c.kana);
	c.external_id = arena_printf(f->arena, "R%llu-%05zu", (unsigned long long)f->seed, i + 1);
	c.prefecture = to->prefecture;
	c.municipality = arena_printf(f->arena, "%s%s", fill_pick(f, "town_a")->text,
				      fill_pick(f, "town_b")->text);
	c.postal_code = arena_printf(f->arena, "%03d0000", 10 + to->prefecture * 20);
	c.address = arena_printf(f->arena, "%d-%d", (int)fill_between(f, 1, 9),
				 (int)fill_between(f, 1, 30));
	c.phone = phone;
	c.employees = employees_of(f);
	c.devices = c.employees * fill_between(f, 70, 130) / 100 + 3;
	c.created_us = to->created_us;
	c.changed_us = to->created_us;
	to->devices = c.devices;
	struct user u = fill_user(f, &f->orgs[0], to->created_us);
	return members_register_in(t, &u, &c, &to->id, e);
}

static const struct fill_org *org_of(const struct hub_fill *f, const char *kind, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < f->n_orgs; i++)
		count += strcmp(f->orgs[i].kind, kind) == 0;
	for (size_t i = 0; i < f->n_orgs && count > 0; i++)
		if (strcmp(f->orgs[i].kind, kind) == 0 && n-- % count == 0)
			return &f->orgs[i];
	return &f->orgs[0];
}

static int relate(struct txn *t, const struct fill_company *c, const struct fill_org *o,
		  const char *kind, struct err *e)
{
	struct relation r = { .company_id = c->id,
			      .org_id = o->id,
			      .kind = kind,
			      .valid_from_us = c->created_us,
			      .valid_to_us = MEMBERS_FOREVER_US };
	int64_t id;

	return members_agreement_store_relation_add(t, &scope_system, &r, &id, e);
}

/* Neighbouring prefectures share their IT company, so that a technician's list is a region. */
static int relations_fill(struct hub_fill *f, struct txn *t, struct fill_company *c, struct err *e)
{
	int r;

	c->it = org_of(f, ORG_IT_COMPANY, (size_t)c->prefecture / 4);
	c->vendor = org_of(f, ORG_VENDOR, (size_t)fill_between(f, 0, 2));
	if ((r = relate(t, c, c->it, "it", e)) < 0 ||
	    (r = relate(t, c, c->vendor, "vendor", e)) < 0)
		return r;
	if (!fill_chance(f, 60))
		return 0;
	return relate(t, c, org_of(f, ORG_INSURER, (size_t)fill_between(f, 0, 1)), "insurer", e);
}

static int contacts_fill(struct hub_fill *f, struct txn *t, struct fill_company *c, struct err *e)
{
	int64_t n = fill_between(f, 1, 3), id;
	int r = 0;

	for (int64_t i = 0; i < n && r >= 0; i++) {
		char phone[20];
		struct contact k = { .company_id = c->id, .lang = LANG_JA };
		struct user u = fill_user(f, &f->orgs[0], c->created_us);

		fill_phone(f, c->prefecture, phone);
		fill_name(f, &k.name, &k.kana);
		k.role = fill_pick(f, "contact_role")->text;
		k.phone = arena_strdup(f->arena, phone);
		k.mail = arena_printf(f->arena, "c%lld-%lld@member.example", (long long)c->id,
				      (long long)i);
		k.channel = fill_chance(f, 75) ? "mail" : "phone";
		k.hours = fill_pick(f, "hours")->text;
		if (i == 0) {
			c->contact_name = k.name;
			c->contact_phone = k.phone;
		}
		r = members_contact_set_in(t, &u, &k, &id, e);
	}
	return r;
}

static int agreements_fill(struct hub_fill *f, struct txn *t, const struct fill_company *c,
			   struct err *e)
{
	const char *place = fill_pick(f, "town_a")->text;
	int64_t oldest_us = f->now_us - CONTRACT_MAX_DAYS * US_PER_DAY;
	struct site s = { .company_id = c->id,
			  .name = fill_pick(f, "site")->text,
			  .prefecture = c->prefecture,
			  .municipality = place,
			  .postal_code = "",
			  .address = "" };
	struct contract k = { .company_id = c->id,
			      .class = 1,
			      .type = "network",
			      .plan = "",
			      .fee_yen = fill_between(f, 60, 100) * 100,
			      .devices = c->devices,
			      .valid_from_us =
				      c->created_us > oldest_us ? c->created_us : oldest_us,
			      .valid_to_us = MEMBERS_FOREVER_US };
	struct consent n = { .company_id = c->id,
			     .data_class = fill_chance(f, 50) ? "dns" : "header_only",
			     .given_by = c->contact_name,
			     .evidence = "",
			     .valid_from_us = c->created_us,
			     .valid_to_us = MEMBERS_FOREVER_US,
			     .recorded_by = f->orgs[0].people[0].person_id };
	int64_t id;
	int r = members_agreement_store_site_add(t, &scope_system, &s, &id, e);

	if (r >= 0)
		r = members_contract_check(&k, e);
	if (r >= 0)
		r = members_agreement_store_contract_add(t, &scope_system, &k, &id, e);
	return r < 0 ? r : members_agreement_store_consent_add(t, &scope_system, &n, &id, e);
}

/* People of the first companies can sign in: company1, company2, ... */
static int people_fill(struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct fill_org own = { .kind = ORG_COMPANY };
	struct accounts_person p = { .roles = ROLE_COMPANY };
	struct company c;
	int r = members_company_get(t, &scope_system, f->companies[i].id, a, &c, e);

	if (r < 0)
		return r;
	own.id = c.org_id;
	(void)snprintf(p.login, sizeof(p.login), f->force ? "company%zu-%llu" : "company%zu", i + 1,
		       (unsigned long long)f->seed); /* fits: a short word */
	return accounts_fill_person(t, f, &p, &own, e);
}

static int one(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	struct fill_company *c = &f->companies[i];
	int r;

	(void)h;
	if ((r = company_fill(f, t, i, e)) < 0 || (r = relations_fill(f, t, c, e)) < 0 ||
	    (r = contacts_fill(f, t, c, e)) < 0 || (r = agreements_fill(f, t, c, e)) < 0)
		return r;
	return i < WITH_PEOPLE ? people_fill(f, t, i, e) : 0;
}

int members_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	return fill_each(h, f, f->n_companies, CHUNK, one, e);
}
