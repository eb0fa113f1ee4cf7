/* SPDX-License-Identifier: Apache-2.0 */
/* Organisations over HTTP, for administrators. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts_tmpl.h"

enum { NAME_CHARS = 80, MAIL_CHARS = 120, PHONE_CHARS = 30 };

/* Organisations of member companies are made by adding the company. */
static const char *const kinds_by_hand[] = { ORG_CONSORTIUM, ORG_VENDOR, ORG_IT_COMPANY,
					     ORG_INSURER,    ORG_SCHOOL, NULL };

const char *accounts_kind_key(const char *kind)
{
	static const char *const keys[][2] = {
		{ ORG_CONSORTIUM, "org.consortium" }, { ORG_VENDOR, "org.vendor" },
		{ ORG_IT_COMPANY, "org.it_company" }, { ORG_INSURER, "org.insurer" },
		{ ORG_COMPANY, "org.company" },       { ORG_SCHOOL, "org.school" },
	};

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		if (strcmp(keys[i][0], kind) == 0)
			return keys[i][1];
	return "org.company";
}

size_t accounts_kinds_count(const char *const *kinds)
{
	size_t n = 0;

	while (kinds[n])
		n++;
	return n;
}

bool accounts_same(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

static void orgs_json(const struct accounts_org *o, size_t n, struct buf *b)
{
	struct jsonw w = jsonw_of(b);

	jsonw_array(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", o[i].id);
		jsonw_text(&w, "kind", o[i].kind);
		jsonw_text(&w, "name", o[i].name);
		jsonw_text(&w, "kana", o[i].kana);
		jsonw_text(&w, "phone", o[i].phone);
		jsonw_text(&w, "mail", o[i].mail);
		jsonw_bool(&w, "active", o[i].active);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
}

int accounts_orgs_get(struct call *c)
{
	struct orgs_page m = { .n_orgs = 0 };
	struct accounts_org *orgs;
	struct buf b = { 0 };
	int r;

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_org_list(t, c->scope, NULL, c->arena, &orgs, &m.n_orgs, &c->err)) < 0)
		return r;
	if (c->wants_json) {
		orgs_json(orgs, m.n_orgs, &b);
		return call_json(c, &b);
	}
	m.orgs = orgs;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_accounts_orgs(&tm, &m);
	return call_page(c, 200, "accounts.orgs.title", NULL, "/organisations", &b);
}

static int org_page(struct call *c, int status, const struct accounts_org *o, const struct form *f,
		    const char *error)
{
	struct org_page m = {
		.org = o,
		.name = accounts_field("name", "accounts.org.name", "text", o->name),
		.kana = accounts_field("kana", "accounts.org.kana", "text", o->kana),
		.phone = accounts_field("phone", "accounts.person.phone", "tel", o->phone),
		.mail = accounts_field("mail", "accounts.person.mail", "email", o->mail),
		.error = error,
		.kinds = kinds_by_hand,
	};
	struct field_view *const views[] = { &m.name, &m.kana, &m.phone, &m.mail };
	struct accounts_person_filter filter = { .org_id = o->id, .all = true };
	struct accounts_person *people;
	struct buf b = { 0 };
	int r;

	for (size_t i = 0; f && i < ARRAY_LEN(views); i++)
		views[i]->error = form_error(f, views[i]->name);
	m.name.required = true;
	if (o->id) {
		SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
		if (!t)
			return c->err.code;
		r = accounts_person_list(t, c->scope, &filter, c->arena, &people, &m.n_people,
					 &c->err);
		if (r < 0)
			return r;
		m.people = people;
	}
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_accounts_org(&tm, &m);
	return call_page(c, status, o->id ? "accounts.org.title" : "accounts.org.new", o->name,
			 "/organisations", &b);
}

int accounts_org_new(struct call *c)
{
	struct accounts_org o = { .kind = ORG_IT_COMPANY, .active = true };

	return org_page(c, 200, &o, NULL, NULL);
}

static int org_load(struct call *c, struct accounts_org *o)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	return accounts_org_get(t, c->scope, id, o, &c->err);
}

int accounts_org_get_page(struct call *c)
{
	struct accounts_org o;
	int r = org_load(c, &o);

	if (r < 0)
		return r;
	if (c->wants_json) {
		struct buf b = { 0 };
		orgs_json(&o, 1, &b);
		return call_json(c, &b);
	}
	return org_page(c, 200, &o, NULL, NULL);
}

static void org_read(struct form *f, struct accounts_org *o)
{
	str_copy(o->name, sizeof(o->name), str_of(form_text(f, "name", true, NAME_CHARS)));
	str_copy(o->kana, sizeof(o->kana), str_of(form_text(f, "kana", false, NAME_CHARS)));
	str_copy(o->phone, sizeof(o->phone), str_of(form_text(f, "phone", false, PHONE_CHARS)));
	str_copy(o->mail, sizeof(o->mail), str_of(form_text(f, "mail", false, MAIL_CHARS)));
}

static int org_add(struct call *c, struct accounts_org *o)
{
	int r;

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_org_add(t, c->user, o, &o->id, &c->err)) < 0)
		return r;
	return txn_commit(&t, &c->err);
}

int accounts_org_add_post(struct call *c)
{
	struct form f = form_of(c);
	struct accounts_org o = { .active = true };
	int r;

	org_read(&f, &o);
	str_copy(o.kind, sizeof(o.kind), str_of(form_text(&f, "kind", true, 15)));
	if (strcmp(o.kind, ORG_COMPANY) == 0)
		form_fail(&f, "kind", "accounts.org.kind.company");
	if (!form_ok(&f) && !c->wants_json)
		return org_page(c, 400, &o, &f, NULL);
	r = form_ok(&f) ? org_add(c, &o)
			: err_set(&c->err, -EINVAL, "%s: %s", f.errors[0].field, f.errors[0].text);
	if ((r == -EINVAL || r == -EEXIST) && !c->wants_json)
		return org_page(c, 400, &o, NULL, c->err.text);
	if (r < 0)
		return r;
	if (c->wants_json) {
		struct buf b = { 0 };
		orgs_json(&o, 1, &b);
		return call_json(c, &b);
	}
	return call_done(c, "accounts.saved", "/organisations/%lld", (long long)o.id);
}

int accounts_org_change_post(struct call *c)
{
	struct form f = form_of(c);
	struct accounts_org o;
	int r = org_load(c, &o);

	if (r < 0)
		return r;
	org_read(&f, &o);
	o.active = http_form(c->req, "active") != NULL;
	if (!form_ok(&f))
		return org_page(c, 400, &o, &f, NULL);
	r = accounts_org_change(c->hub, c->user, &o, &c->err);
	if (r == -EINVAL || r == -EPERM)
		return org_page(c, 400, &o, NULL, c->err.text);
	if (r < 0)
		return r;
	return call_done(c, "accounts.saved", "/organisations/%lld", (long long)o.id);
}
