/* SPDX-License-Identifier: Apache-2.0 */
/* The organisations of a generated region and their people. */
#include "hub/accounts/accounts_fill.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts.h"
#include "hub/accounts/accounts_people.h"

struct staff {
	unsigned roles;
	const char *login;
	size_t n;
};

struct org_plan {
	const char *kind, *words; /* list of names; NULL: the consortium that is there */
	struct staff staff[3];
};

static const struct org_plan plans[] = {
	{ ORG_CONSORTIUM, NULL, { { ROLE_DESK, "desk", 3 }, { ROLE_ADMIN, "boss", 1 } } },
	{ ORG_VENDOR, "org_vendor", { { ROLE_ANALYST, "analyst", 2 } } },
	{ ORG_IT_COMPANY, "org_it", { { ROLE_TECHNICIAN, "tech", 3 } } },
	{ ORG_INSURER, "org_insurer", { { ROLE_INSURER, "insurer", 1 } } },
	{ ORG_SCHOOL,
	  "org_school",
	  { { ROLE_TEACHER, "teacher", 1 }, { ROLE_SPECIALIST, "specialist", 1 } } },
};

struct filling {
	struct hub_fill *f;
	struct txn *t;
	struct user by;
	size_t counter[ARRAY_LEN(plans)][3]; /* people of each kind, over all organisations */
};

int accounts_fill_person(struct txn *t, struct hub_fill *f, struct accounts_person *p,
			 struct fill_org *o, struct err *e)
{
	struct user by = accounts_system_user(f->now_us);
	const char *name, *kana;
	int64_t id;
	int r;

	fill_name(f, &name, &kana);
	p->org_id = o->id;
	p->lang = LANG_JA;
	str_copy(p->name, sizeof(p->name), str_of(name));
	str_copy(p->kana, sizeof(p->kana), str_of(kana));
	(void)snprintf(p->mail, sizeof(p->mail), "%s@otasuke.example", p->login); /* fits */
	if ((r = accounts_person_put(t, &by, p, f->password_hash, &id, e)) < 0)
		return r;
	if (f->n_logins < FILL_LOGINS_MAX)
		f->logins[f->n_logins++] = arena_strdup(f->arena, p->login);
	if (o->n_people == FILL_PEOPLE_MAX)
		return 0;
	struct user *u = &o->people[o->n_people++];
	*u = (struct user){ .person_id = id,
			    .org_id = o->id,
			    .roles = p->roles,
			    .scope = { SCOPE_ORG, o->id, id, f->now_us } };
	str_copy(u->name, sizeof(u->name), str_of(name));
	return 0;
}

/* "desk1"; beside another region "desk1-SEED". */
static void login_make(const struct hub_fill *f, const char *word, size_t n, char out[65])
{
	if (f->force)
		(void)snprintf(out, 65, "%s%zu-%llu", word, n, (unsigned long long)f->seed);
	else
		(void)snprintf(out, 65, "%s%zu", word, n);
}

static int people_fill(struct filling *x, size_t plan, struct fill_org *o, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < ARRAY_LEN(plans[plan].staff); i++) {
		const struct staff *s = &plans[plan].staff[i];

		for (size_t k = 0; k < s->n && r >= 0; k++) {
			struct accounts_person p = { .roles = s->roles };

			login_make(x->f, s->login, ++x->counter[plan][i], p.login);
			r = accounts_fill_person(x->t, x->f, &p, o, e);
		}
	}
	return r;
}

static int consortium_id(struct filling *x, int64_t *out, struct err *e)
{
	struct accounts_org *list;
	size_t n;
	int r = accounts_org_list(x->t, &scope_system, ORG_CONSORTIUM, x->f->arena, &list, &n, e);

	if (r < 0)
		return r;
	if (n == 0)
		return err_set(e, -EINVAL, "there is no consortium yet whose desk could serve it");
	*out = list[0].id;
	return 0;
}

static int org_fill(struct filling *x, size_t plan, const struct fill_word *name, struct err *e)
{
	struct fill_org *o = &x->f->orgs[x->f->n_orgs];
	struct accounts_org row = { .active = true };
	int r;

	o->kind = plans[plan].kind;
	if (!name) {
		r = consortium_id(x, &o->id, e);
	} else {
		str_copy(row.kind, sizeof(row.kind), str_of(o->kind));
		(void)snprintf(row.name, sizeof(row.name), x->f->force ? "%s %llu" : "%s",
			       name->text, (unsigned long long)x->f->seed); /* fits: a word */
		str_copy(row.kana, sizeof(row.kana), str_of(name->reading));
		r = accounts_org_add(x->t, &x->by, &row, &o->id, e);
	}
	if (r < 0)
		return r;
	x->f->n_orgs++;
	return people_fill(x, plan, o, e);
}

int accounts_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	struct filling x = { .f = f, .by = accounts_system_user(f->now_us) };
	int r = 0;

	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	if (!t)
		return e->code;
	x.t = t;
	for (size_t i = 0; i < ARRAY_LEN(plans) && r >= 0; i++) {
		size_t n = plans[i].words ? fill_count(plans[i].words) : 1;

		for (size_t k = 0; k < n && r >= 0 && f->n_orgs < FILL_ORGS_MAX; k++)
			r = org_fill(&x, i, plans[i].words ? fill_nth(plans[i].words, k) : NULL, e);
	}
	return r < 0 ? r : txn_commit(&t, e);
}
