/* SPDX-License-Identifier: Apache-2.0 */
/* The list of companies, one company's page, and what the feature is. Forms: members_edit_web.c,
 * members_agree_web.c. Rules: members.c. */
#include "hub/members/members_web.h"

#include <errno.h>

#include "base/fold.h"
#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_fill.h"
#include "hub/members/members_found.h"
#include "hub/members/members_pages.h"
#include "hub/members/members_store.h"
#include "hub/members_sql.h"
#include "hub/members_tmpl.h"

enum { PAGE_ROWS = 50, PAGES_MAX = 100000, FOLDED_MAX = 512 };
enum { READERS = ROLES_STAFF | ROLE_TEACHER, READERS_ONE = READERS | ROLE_COMPANY };

static const char *query_or(struct call *c, const char *name, const char *other)
{
	const char *v = http_query(c->req, name);

	return v ? v : other;
}

/* --- the list --- */

static const char *page_url(struct call *c, const struct members_list_page *m, int64_t page)
{
	SCOPED_BUF struct buf q = { 0 };

	for (const unsigned char *p = (const unsigned char *)m->search; *p; p++)
		buf_printf(&q, "%%%02X", *p);
	return arena_printf(c->arena, "/members?q=%s&prefecture=%d&industry=%s&state=%s&page=%lld",
			    q.p ? q.p : "", m->prefecture, m->industry, m->ended ? "ended" : "",
			    (long long)page);
}

static int list_read(struct call *c, struct members_list_page *m, int64_t page,
		     struct company **out)
{
	char folded[FOLDED_MAX];
	struct members_filter f = { .search = folded,
				    .prefecture = m->prefecture,
				    .industry = m->industry,
				    .ended = m->ended,
				    .now_us = c->now_us,
				    .limit = PAGE_ROWS,
				    .offset = (size_t)(page - 1) * PAGE_ROWS };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	if (!t)
		return c->err.code;
	fold_text(m->search, folded, sizeof(folded));
	if ((r = members_store_list(t, c->scope, &f, c->arena, out, &m->n_rows, &c->err)) < 0)
		return r;
	return members_store_count(t, c->scope, &f, &m->total, &c->err);
}

static void list_rows(struct call *c, struct members_list_page *m, const struct company *list)
{
	m->rows = arena_array(c->arena, m->n_rows + 1, sizeof(*m->rows));
	for (size_t i = 0; i < m->n_rows; i++)
		m->rows[i] = (struct members_item){
			.c = list[i],
			.prefecture = members_prefecture_name(list[i].prefecture, c->lang),
			.industry = members_industry_name(list[i].industry, c->lang),
			.light = call_panels(c, "company.state", list[i].id),
			.cells = call_panels(c, "company.cells", list[i].id),
		};
}

static int list_json(struct call *c, const struct members_list_page *m, const struct company *list)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "total", m->total);
	jsonw_array(&w, "companies");
	for (size_t i = 0; i < m->n_rows; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", list[i].id);
		jsonw_text(&w, "name", list[i].name);
		jsonw_text(&w, "kana", list[i].kana);
		jsonw_text(&w, "member_number", list[i].external_id);
		jsonw_int(&w, "prefecture", list[i].prefecture);
		jsonw_text(&w, "municipality", list[i].municipality);
		jsonw_text(&w, "industry", list[i].industry);
		jsonw_int(&w, "employees", list[i].employees);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int list(struct call *c)
{
	int64_t page = call_query_int(c, "page", PAGES_MAX, 1);
	struct members_list_page m = {
		.search = query_or(c, "q", ""),
		.industry = query_or(c, "industry", ""),
		.prefecture = (int)call_query_int(c, "prefecture", 47, 0),
		.ended = strcmp(query_or(c, "state", ""), "ended") == 0,
		.may_edit = user_is(c->user, MEMBERS_EDITORS),
	};
	struct company *companies;
	struct buf b = { 0 };

	if (m.industry[0] && !members_industry_name(m.industry, c->lang)[0])
		m.industry = "";
	int r = list_read(c, &m, page, &companies);
	if (r < 0)
		return r;
	if (c->wants_json)
		return list_json(c, &m, companies);
	list_rows(c, &m, companies);
	m.filtered = *m.search || m.prefecture || *m.industry || m.ended;
	m.first = m.n_rows ? (page - 1) * PAGE_ROWS + 1 : 0;
	m.last = m.n_rows ? m.first + (int64_t)m.n_rows - 1 : 0;
	m.prev_url = page > 1 ? page_url(c, &m, page - 1) : "";
	m.next_url = m.last < m.total && m.n_rows ? page_url(c, &m, page + 1) : "";
	m.prefectures = members_view_prefectures(c, "members.all", &m.n_prefectures);
	m.industries = members_view_industries(c, "members.all", &m.n_industries);
	m.heads = call_panels(c, "company.heads", 0);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_members_list(&t, &m);
	return call_page(c, 200, "members.title", NULL, "/members", &b);
}

/* --- one company --- */

static void contacts_json(struct jsonw *w, const struct members_company_page *m)
{
	jsonw_array(w, "contacts");
	for (size_t i = 0; i < m->n_contacts; i++) {
		const struct contact *k = &m->contacts[i].k;
		jsonw_object(w, NULL);
		jsonw_int(w, "id", k->id);
		jsonw_text(w, "name", k->name);
		jsonw_text(w, "role", k->role);
		jsonw_text(w, "phone", k->phone);
		jsonw_text(w, "mail", k->mail);
		jsonw_text(w, "channel", k->channel);
		jsonw_text(w, "hours", k->hours);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
	jsonw_array(w, "sites");
	for (size_t i = 0; i < m->n_sites; i++) {
		jsonw_object(w, NULL);
		jsonw_int(w, "id", m->sites[i].id);
		jsonw_text(w, "name", m->sites[i].name);
		jsonw_end_object(w);
	}
	jsonw_end_array(w);
}

static int company_json(struct call *c, const struct members_company_page *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_int(&w, "id", m->c.id);
	jsonw_text(&w, "name", m->c.name);
	jsonw_text(&w, "kana", m->c.kana);
	jsonw_text(&w, "member_number", m->c.external_id);
	jsonw_text(&w, "corporate_number", m->c.corporate_number);
	jsonw_int(&w, "prefecture", m->c.prefecture);
	jsonw_text(&w, "municipality", m->c.municipality);
	jsonw_text(&w, "postal_code", m->c.postal_code);
	jsonw_text(&w, "address", m->c.address);
	jsonw_text(&w, "phone", m->c.phone);
	jsonw_text(&w, "industry", m->c.industry);
	jsonw_int(&w, "employees", m->c.employees);
	jsonw_int(&w, "devices", m->c.devices);
	jsonw_text(&w, "note", m->c.note);
	jsonw_bool(&w, "member", m->is_member);
	contacts_json(&w, m);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int relation_names(struct call *c, struct txn *t, struct members_company_page *m)
{
	for (size_t i = 0; i < m->n_relations; i++) {
		struct accounts_org o;
		int r = accounts_org_get(t, &scope_system, m->relations[i].org_id, &o, &c->err);

		if (r < 0 && r != -ENOENT)
			return r;
		m->relations[i].org_name = r < 0 ? "?" : arena_strdup(c->arena, o.name);
	}
	return 0;
}

static int company_read(struct call *c, int64_t id, struct members_company_page *m,
			struct contact **contacts)
{
	const struct scope *s = c->scope;
	struct arena *a = c->arena;
	struct err *e = &c->err;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, e);
	int r;

	if (!t)
		return e->code;
	if ((r = members_store_get(t, s, id, a, &m->c, e)) < 0 ||
	    (r = members_contacts(t, s, id, a, contacts, &m->n_contacts, e)) < 0 ||
	    (r = members_agreement_store_relations(t, s, id, a, &m->relations, &m->n_relations,
						   e)) < 0 ||
	    (r = members_agreement_store_sites(t, s, id, a, &m->sites, &m->n_sites, e)) < 0 ||
	    (r = members_agreement_store_contracts(t, s, id, a, &m->contracts, &m->n_contracts,
						   e)) < 0 ||
	    (r = members_agreement_store_consents(t, s, id, a, &m->consents, &m->n_consents, e)) <
		    0)
		return r;
	return relation_names(c, t, m);
}

static void company_words(struct call *c, struct members_company_page *m,
			  const struct contact *contacts)
{
	const struct prefecture *p = members_prefecture(m->c.prefecture);

	m->contacts = arena_array(c->arena, m->n_contacts + 1, sizeof(*m->contacts));
	for (size_t i = 0; i < m->n_contacts; i++)
		m->contacts[i] = (struct members_contact_row){
			.k = contacts[i],
			.phone_shown = members_view_phone(c, contacts[i].phone),
			.open = members_hours_open(contacts[i].hours, c->now_us,
						   (int)c->hub->conf.zone_min),
		};
	m->prefecture = members_prefecture_name(m->c.prefecture, c->lang);
	m->industry = members_industry_name(m->c.industry, c->lang);
	m->phone_shown = members_view_phone(c, m->c.phone);
	m->postal_shown = members_view_postal(c, m->c.postal_code);
	m->meti = !p ? "" : c->lang == LANG_JA ? p->meti : p->meti_en;
	m->mic = !p ? "" : c->lang == LANG_JA ? p->mic : p->mic_en;
}

static int company(struct call *c)
{
	struct members_company_page m = { .now_us = c->now_us,
					  .may_edit = user_is(c->user, MEMBERS_EDITORS) };
	struct contact *contacts;
	struct buf b = { 0 };
	int64_t id;
	int r;

	if ((r = call_id(c, 0, &id)) < 0 || (r = company_read(c, id, &m, &contacts)) < 0)
		return r;
	accounts_saw(c, &(struct accounts_seen_thing){ SEEN_COMPANY, id, id, m.c.name });
	company_words(c, &m, contacts);
	if (user_is(c->user, ROLE_COMPANY))
		m.c.note = ""; /* what the region remarks is its own */
	m.is_member = m.c.ended_us > c->now_us;
	if (c->wants_json)
		return company_json(c, &m);
	m.top = call_panels(c, "company.top", id);
	m.main = call_panels(c, "company.main", id);
	m.side = call_panels(c, "company.side", id);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_members_company(&t, &m);
	return call_page(c, 200, "members.company.title", m.c.name, "/members", &b);
}

/* The company beside an alert: whom to call, at a glance. */
static int glance_panel(struct call *c, const char *slot, int64_t company_id, struct buf *out)
{
	struct members_company_page m = { .now_us = c->now_us };
	struct contact *contacts;
	int r = company_read(c, company_id, &m, &contacts);

	(void)slot;
	if (r < 0)
		return r;
	company_words(c, &m, contacts);
	struct tmpl t = call_tmpl(c, out);
	tmpl_members_glance(&t, &m);
	return 0;
}

/* --- the company's own home --- */

static int desk_of(struct call *c, struct txn *t, int64_t company_id, struct accounts_org *out)
{
	struct relation *list;
	size_t n;
	int r = members_agreement_store_relations(t, c->scope, company_id, c->arena, &list, &n,
						  &c->err);

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (strcmp(list[i].kind, "desk") == 0 && list[i].valid_to_us > c->now_us)
			return accounts_org_get(t, &scope_system, list[i].org_id, out, &c->err);
	return r < 0 ? r : -ENOENT;
}

static int home_panel(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct members_home_page m = { 0 };
	struct accounts_org desk = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	(void)slot;
	(void)subject_id;
	if (!t)
		return c->err.code;
	if (!c->user->company_id)
		return 0;
	if ((r = members_store_get(t, c->scope, c->user->company_id, c->arena, &m.c, &c->err)) < 0)
		return r;
	if ((r = desk_of(c, t, m.c.id, &desk)) < 0 && r != -ENOENT)
		return r;
	txn_rollback(&t);
	m.desk_phone = desk.phone;
	m.desk_name = desk.name;
	m.desk_phone_shown = members_view_phone(c, desk.phone);
	m.light = call_panels(c, "company.alarm", m.c.id);
	if (m.light.n == 0)
		m.light = call_panels(c, "company.light", m.c.id);
	m.desk_mail = desk.mail;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_members_home(&tm, &m);
	return 0;
}

static const struct route routes[] = {
	{ "GET", "/members", READERS, list, 0 },
	{ "GET", "/members.csv", READERS, members_import_web_export, 0 },
	{ "GET", "/members/new", MEMBERS_EDITORS, members_edit_web_new, 0 },
	{ "POST", "/members", MEMBERS_EDITORS, members_edit_web_add, 0 },
	{ "GET", "/members/import", MEMBERS_EDITORS, members_import_web_page, 0 },
	{ "POST", "/members/import", MEMBERS_EDITORS, members_import_web_check, 0 },
	{ "POST", "/members/import/confirm", MEMBERS_EDITORS, members_import_web_confirm, 0 },
	{ "GET", "/members/{id}", READERS_ONE, company, 0 },
	{ "GET", "/members/{id}/edit", MEMBERS_EDITORS, members_edit_web_form, 0 },
	{ "POST", "/members/{id}/edit", MEMBERS_EDITORS, members_edit_web_save, 0 },
	{ "POST", "/members/{id}/end", MEMBERS_EDITORS, members_edit_web_end, 0 },
	{ "GET", "/members/{id}/contacts/{contact}", MEMBERS_EDITORS, members_edit_web_contact, 0 },
	{ "POST", "/members/{id}/contacts/{contact}", MEMBERS_EDITORS,
	  members_edit_web_contact_save, 0 },
	{ "POST", "/members/{id}/contacts/{contact}/remove", MEMBERS_EDITORS,
	  members_edit_web_contact_remove, 0 },
	{ "GET", "/members/{id}/relations/new", MEMBERS_EDITORS, members_agree_web_relation, 0 },
	{ "POST", "/members/{id}/relations/new", MEMBERS_EDITORS, members_agree_web_relation_add,
	  0 },
	{ "POST", "/members/{id}/relations/{relation}/end", MEMBERS_EDITORS,
	  members_agree_web_relation_end, 0 },
	{ "GET", "/members/{id}/sites/new", MEMBERS_EDITORS, members_agree_web_site, 0 },
	{ "POST", "/members/{id}/sites/new", MEMBERS_EDITORS, members_agree_web_site_add, 0 },
	{ "GET", "/members/{id}/contracts/new", MEMBERS_EDITORS, members_agree_web_contract, 0 },
	{ "POST", "/members/{id}/contracts/new", MEMBERS_EDITORS, members_agree_web_contract_add,
	  0 },
	{ "POST", "/members/{id}/contracts/{contract}/end", MEMBERS_EDITORS,
	  members_agree_web_contract_end, 0 },
	{ "GET", "/members/{id}/consents/new", MEMBERS_EDITORS, members_agree_web_consent, 0 },
	{ "POST", "/members/{id}/consents/new", MEMBERS_EDITORS, members_agree_web_consent_add, 0 },
	{ "POST", "/members/{id}/consents/{consent}/revoke", MEMBERS_EDITORS,
	  members_agree_web_consent_revoke, 0 },
};

static const struct job jobs[] = {
	{ "members.drafts", 10 * 60 * 1000, members_import_web_expire },
};

static const struct menu_item menu[] = {
	{ "/members", "members.title", "company", READERS, 30 },
};

static const struct search_source found[] = {
	{ MEMBERS_FOUND, "members.found", "company", ROLES_STAFF, members_found_read,
	  members_found_jump },
};

static const struct panel panels[] = {
	{ "home.top", ROLE_COMPANY, home_panel },
	{ "company.glance", ROLES_STAFF, glance_panel },
};

const struct hub_feature members_feature = {
	.name = "members",
	.schema = members_sql,
	.scope_select = MEMBERS_SCOPE_SELECT,
	.fill = members_fill,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.search = found,
	.n_search = ARRAY_LEN(found),
};
