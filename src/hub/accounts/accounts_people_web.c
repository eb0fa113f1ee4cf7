/* SPDX-License-Identifier: Apache-2.0 */
/* People over HTTP, for administrators. The command line uses the same routes with Accept:
 * application/json. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts_tmpl.h"

enum { NAME_CHARS = 60, MAIL_CHARS = 120, PHONE_CHARS = 30 };

static void people_json(const struct accounts_person *p, size_t n, struct buf *b)
{
	struct jsonw w = jsonw_of(b);

	jsonw_array(&w, NULL);
	for (size_t i = 0; i < n; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", p[i].id);
		jsonw_text(&w, "login", p[i].login);
		jsonw_text(&w, "name", p[i].name);
		jsonw_text(&w, "kana", p[i].kana);
		jsonw_text(&w, "organisation", p[i].org_name);
		jsonw_bool(&w, "active", p[i].active);
		jsonw_bool(&w, "second_factor", p[i].totp_on);
		jsonw_array(&w, "roles");
		for (size_t k = 0; k < accounts_role_count; k++)
			if (p[i].roles & accounts_role_names[k].role)
				jsonw_text(&w, NULL, accounts_role_names[k].name);
		jsonw_end_array(&w);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
}

int accounts_people_get(struct call *c)
{
	const char *all = http_query(c->req, "all");
	struct accounts_person_filter f = { .all = all && strcmp(all, "1") == 0 };
	struct people_page m = { .all = f.all };
	struct accounts_person *people;
	struct buf b = { 0 };
	int r;

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	r = accounts_person_list(t, c->scope, &f, c->arena, &people, &m.n_people, &c->err);
	if (r < 0)
		return r;
	if (c->wants_json) {
		people_json(people, m.n_people, &b);
		return call_json(c, &b);
	}
	m.people = people;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_accounts_people(&tm, &m);
	return call_page(c, 200, "accounts.people.title", NULL, "/people", &b);
}

static void roles_fill(struct call *c, struct person_page *m, unsigned roles)
{
	for (size_t i = 0; i < accounts_role_count; i++)
		m->roles[m->n_roles++] = (struct role_choice){
			.name = accounts_role_names[i].name,
			.text_key = arena_printf(c->arena, "role.%s", accounts_role_names[i].name),
			.on = (roles & accounts_role_names[i].role) != 0,
		};
}

/* The form for P as it stands or as it was typed, F holding what was wrong. */
static int person_page(struct call *c, int status, const struct accounts_person *p,
		       const struct form *f, const char *error)
{
	struct person_page m = {
		.person = p,
		.login = accounts_field("login", "accounts.person.login", "text", p->login),
		.name = accounts_field("name", "accounts.person.name", "text", p->name),
		.kana = accounts_field("kana", "accounts.person.kana", "text", p->kana),
		.mail = accounts_field("mail", "accounts.person.mail", "email", p->mail),
		.phone = accounts_field("phone", "accounts.person.phone", "tel", p->phone),
		.error = error,
	};
	struct field_view *const views[] = { &m.login, &m.name, &m.kana, &m.mail, &m.phone };
	struct accounts_org *orgs;
	struct buf b = { 0 };
	int r;

	for (size_t i = 0; f && i < ARRAY_LEN(views); i++)
		views[i]->error = form_error(f, views[i]->name);
	m.org_error = f ? form_error(f, "org") : NULL;
	m.role_error = f ? form_error(f, "role") : NULL;
	m.login.required = m.name.required = true;
	m.login.hint_key = "accounts.person.login.hint";
	roles_fill(c, &m, p->roles);
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_org_list(t, c->scope, NULL, c->arena, &orgs, &m.n_orgs, &c->err)) < 0)
		return r;
	m.orgs = orgs;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_accounts_person(&tm, &m);
	return call_page(c, status, p->id ? "accounts.person.title" : "accounts.person.new",
			 p->name, "/people", &b);
}

int accounts_person_new(struct call *c)
{
	struct accounts_person p = { .active = true,
				     .org_id = call_query_int(c, "org", INT64_MAX, 0) };

	return person_page(c, 200, &p, NULL, NULL);
}

static int person_load(struct call *c, struct accounts_person *p)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	return accounts_person_get(t, c->scope, id, p, &c->err);
}

int accounts_person_get_page(struct call *c)
{
	struct accounts_person p;
	int r = person_load(c, &p);

	if (r < 0)
		return r;
	if (c->wants_json) {
		struct buf b = { 0 };
		people_json(&p, 1, &b);
		return call_json(c, &b);
	}
	return person_page(c, 200, &p, NULL, NULL);
}

static void roles_read(struct form *f, struct accounts_person *p)
{
	const char *names[16];
	size_t n = http_form_all(f->call->req, "role", names, ARRAY_LEN(names));

	p->roles = 0;
	for (size_t i = 0; i < n; i++)
		p->roles |= accounts_role_parse(names[i]);
	if (!p->roles)
		form_fail(f, "role", "accounts.person.role.none");
}

static void person_read(struct form *f, struct accounts_person *p)
{
	str_copy(p->name, sizeof(p->name), str_of(form_text(f, "name", true, NAME_CHARS)));
	str_copy(p->kana, sizeof(p->kana), str_of(form_text(f, "kana", false, NAME_CHARS)));
	str_copy(p->mail, sizeof(p->mail), str_of(form_text(f, "mail", false, MAIL_CHARS)));
	str_copy(p->phone, sizeof(p->phone), str_of(form_text(f, "phone", false, PHONE_CHARS)));
	roles_read(f, p);
}

/* An organisation by number, or by name as the command line gives it. */
static int org_read(struct form *f, struct accounts_person *p)
{
	const char *typed = form_text(f, "org", true, NAME_CHARS * 2);
	struct call *c = f->call;
	struct accounts_org *orgs;
	size_t n;
	int r;

	if (str_i64(str_of(typed), 1, INT64_MAX, &p->org_id) == 0)
		return 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_org_list(t, c->scope, NULL, c->arena, &orgs, &n, &c->err)) < 0)
		return r;
	for (size_t i = 0; i < n && !p->org_id; i++)
		if (strcmp(orgs[i].name, typed) == 0)
			p->org_id = orgs[i].id;
	if (!p->org_id && typed[0])
		form_fail(f, "org", "accounts.person.org.none");
	return 0;
}

static int once_answer(struct call *c, const struct accounts_person *p, const char *once)
{
	struct once_page m = { .name = p->name,
			       .login = p->login,
			       .password = once,
			       .until_us = c->now_us + accounts_conf.password_once_ms * 1000,
			       .id = p->id };
	struct buf b = { 0 };

	if (c->wants_json) {
		struct jsonw w = jsonw_of(&b);
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", p->id);
		jsonw_text(&w, "login", p->login);
		jsonw_text(&w, "password", once);
		jsonw_time(&w, "until", m.until_us);
		jsonw_end_object(&w);
		return call_json(c, &b);
	}
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_once(&t, &m);
	return call_page(c, 200, "accounts.once.title", p->name, "/people", &b);
}

static int form_json_error(struct call *c, const struct form *f)
{
	return err_set(&c->err, -EINVAL, "%s: %s", f->errors[0].field, f->errors[0].text);
}

int accounts_person_add_post(struct call *c)
{
	struct form f = form_of(c);
	struct accounts_person p = { .active = true, .lang = c->lang };
	char once[ONCE_TEXT];
	int r;

	str_copy(p.login, sizeof(p.login), str_of(form_text(&f, "login", true, LOGIN_MAX)));
	person_read(&f, &p);
	if ((r = org_read(&f, &p)) < 0)
		return r;
	if (!form_ok(&f))
		return c->wants_json ? form_json_error(c, &f) : person_page(c, 400, &p, &f, NULL);
	r = accounts_person_add(c->hub, c->user, &p, once, &p.id, &c->err);
	if ((r == -EINVAL || r == -EEXIST || r == -ENOENT) && !c->wants_json)
		return person_page(c, 400, &p, NULL, c->err.text);
	if (r < 0)
		return r == -ENOENT ? -EINVAL : r;
	return once_answer(c, &p, once);
}

int accounts_person_change_post(struct call *c)
{
	struct form f = form_of(c);
	struct accounts_person p;
	int r = person_load(c, &p);

	if (r < 0)
		return r;
	person_read(&f, &p);
	p.active = http_form(c->req, "active") != NULL;
	if (!form_ok(&f))
		return person_page(c, 400, &p, &f, NULL);
	r = accounts_person_change(c->hub, c->user, &p, &c->err);
	if (r == -EINVAL || r == -EPERM)
		return person_page(c, 400, &p, NULL, c->err.text);
	if (r < 0)
		return r;
	return call_done(c, "accounts.saved", "/people/%lld", (long long)p.id);
}

int accounts_person_reset_post(struct call *c)
{
	struct accounts_person p;
	char once[ONCE_TEXT];
	int r = person_load(c, &p);

	if (r < 0 || (r = accounts_person_reset(c->hub, c->user, p.id, once, &c->err)) < 0)
		return r;
	return once_answer(c, &p, once);
}
