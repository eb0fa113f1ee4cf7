/* SPDX-License-Identifier: Apache-2.0 */
/* Forms for relations, sites, contracts and consents. Rules: the files of these names. */
#include <errno.h>
#include <inttypes.h>

#include "base/mem.h"
#include "hub/accounts/accounts.h"
#include "hub/members/members_agreement_store.h"
#include "hub/members/members_fields.h"
#include "hub/members/members_store.h"
#include "hub/members/members_web.h"

enum { FEE_MAX_YEN = 100000000, COUNT_MAX = 1000000, TYPE_CHARS = 20 };

static int load(struct call *c, struct company *out)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	return members_store_get(t, c->scope, id, c->arena, out, &c->err);
}

/* The page of one kind of agreement for a company. WHAT is the last part of the path. */
static int page(struct call *c, struct members_fields *f, const struct company *x,
		const char *title_key, const char *what, const char *error)
{
	const char *back = arena_printf(c->arena, "/members/%" PRId64, x->id);
	struct members_form_page m = {
		.title_key = title_key,
		.crumb_url = back,
		.crumb = x->name,
		.action = arena_printf(c->arena, "%s/%s/new", back, what),
		.submit_key = "members.form.save",
		.back_url = back,
	};

	return members_fields_page(f, &m, error);
}

static int done(struct call *c, const struct company *x)
{
	return call_done(c, "members.saved", "/members/%" PRId64, x->id);
}

/* Choices from a closed list of stored words. */
static const struct members_option *choices(struct call *c, const char *const *words,
					    const char *(*key)(const char *), size_t *n_out)
{
	size_t n = 0;

	while (words[n])
		n++;
	struct members_option *list = arena_array(c->arena, n, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = (struct members_option){ words[i],
						   text_get(c->hub->text, c->lang, key(words[i])) };
	*n_out = n;
	return list;
}

static void add_period(struct members_fields *f, int64_t from_us)
{
	const struct members_field from = { "from",
					    "members.form.from",
					    NULL,
					    "date",
					    members_fields_day_text(f->call, from_us),
					    .required = true };
	const struct members_field to = { "to", "members.form.to", "members.form.to.hint", "date",
					  "",   .required = false };

	members_fields_add(f, &from);
	members_fields_add(f, &to);
}

/* --- relations --- */

static int org_options(struct call *c, const struct members_option **out, size_t *n_out)
{
	struct accounts_org *orgs;
	size_t n, k = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	if (!t)
		return c->err.code;
	if ((r = accounts_org_list(t, c->scope, NULL, c->arena, &orgs, &n, &c->err)) < 0)
		return r;
	struct members_option *list = arena_array(c->arena, n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		if (orgs[i].active && strcmp(orgs[i].kind, ORG_COMPANY) != 0)
			list[k++] = (struct members_option){
				arena_printf(c->arena, "%" PRId64, orgs[i].id), orgs[i].name
			};
	*out = list;
	*n_out = k;
	return 0;
}

static int relation_page(struct call *c, const struct form *form, const struct company *x,
			 const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	struct members_field org = { "org", "members.relation.org", "members.relation.org.hint",
				     "select", .required = true };
	struct members_field kind = { "kind", "members.relation.kind", NULL, "select",
				      "it",   .required = true };
	int r = org_options(c, &org.options, &org.n_options);

	if (r < 0)
		return r;
	kind.options = choices(c, members_relation_kinds + 1, members_view_relation_key,
			       &kind.n_options); /* "self" is made at registration */
	members_fields_add(&f, &org);
	members_fields_add(&f, &kind);
	add_period(&f, c->now_us);
	return page(c, &f, x, "members.relation.add", "relations", error);
}

int members_agree_web_relation(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	return r < 0 ? r : relation_page(c, NULL, &x, NULL);
}

/* A day that is today means now: the relation holds at once. */
static int64_t not_before_today(struct call *c, int64_t day_us)
{
	return day_us <= c->now_us && c->now_us - day_us < US_PER_DAY ? c->now_us : day_us;
}

int members_agree_web_relation_add(struct call *c)
{
	struct company x;
	int64_t id;
	int r = load(c, &x);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct relation rel = {
		.company_id = x.id,
		.org_id = form_int(&f, "org", true, 1, INT64_MAX),
		.kind = form_text(&f, "kind", true, TYPE_CHARS),
		.valid_from_us = members_fields_day(&f, "from", true, 0),
		.valid_to_us = members_fields_day(&f, "to", false, MEMBERS_FOREVER_US),
	};
	rel.valid_from_us = not_before_today(c, rel.valid_from_us);
	if (!form_ok(&f))
		return relation_page(c, &f, &x, NULL);
	r = members_relation_add(c->hub->db, c->user, &rel, &id, &c->err);
	if (members_fields_is_answer(r))
		return relation_page(c, &f, &x, c->err.text);
	return r < 0 ? r : done(c, &x);
}

int members_agree_web_relation_end(struct call *c)
{
	struct company x;
	int64_t id;
	int r;

	if ((r = load(c, &x)) < 0 || (r = call_id(c, 1, &id)) < 0 ||
	    (r = members_relation_end(c->hub->db, c->user, x.id, id, c->now_us, &c->err)) < 0)
		return r;
	return done(c, &x);
}

/* --- sites --- */

static int site_page(struct call *c, const struct form *form, const struct company *x,
		     const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	size_t n_places;
	const struct members_option *places = members_view_prefectures(c, NULL, &n_places);
	const struct members_field rows[] = {
		{ "name", "members.site.name", "members.site.name.hint", "text", "",
		  .required = true },
		{ "postal_code", "members.postal_code", NULL, "text", "", .narrow = true },
		{ "prefecture", "members.prefecture", NULL, "select",
		  arena_printf(c->arena, "%d", x->prefecture), NULL, places, n_places,
		  .required = false },
		{ "municipality", "members.municipality", NULL, "text", x->municipality,
		  .required = false },
		{ "address", "members.street", NULL, "text", "", .required = false },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		members_fields_add(&f, &rows[i]);
	return page(c, &f, x, "members.site.add", "sites", error);
}

int members_agree_web_site(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	return r < 0 ? r : site_page(c, NULL, &x, NULL);
}

int members_agree_web_site_add(struct call *c)
{
	struct company x;
	int64_t id;
	int r = load(c, &x);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct site s = {
		.company_id = x.id,
		.name = form_text(&f, "name", true, MEMBERS_TEXT_MAX),
		.prefecture = (int)form_int(&f, "prefecture", true, 1, 47),
		.municipality = form_text(&f, "municipality", false, MEMBERS_TEXT_MAX),
		.postal_code = form_text(&f, "postal_code", false, 12),
		.address = form_text(&f, "address", false, MEMBERS_TEXT_MAX),
	};
	if (!form_ok(&f))
		return site_page(c, &f, &x, NULL);
	r = members_site_add(c->hub->db, c->user, &s, &id, &c->err);
	if (members_fields_is_answer(r))
		return site_page(c, &f, &x, c->err.text);
	return r < 0 ? r : done(c, &x);
}

/* --- contracts --- */

static int contract_page(struct call *c, const struct form *form, const struct company *x,
			 const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	const struct text *text = c->hub->text;
	struct members_option *classes = arena_array(c->arena, 2, sizeof(*classes));
	size_t n_types;
	const struct members_option *types =
		choices(c, members_contract_types, members_view_contract_key, &n_types);

	classes[0] =
		(struct members_option){ "1", text_get(text, c->lang, "members.contract.class1") };
	classes[1] =
		(struct members_option){ "2", text_get(text, c->lang, "members.contract.class2") };
	const struct members_field rows[] = {
		{ "plan", "members.contract.plan", NULL, "text", "", .required = true },
		{ "class", "members.contract.class", "members.contract.class.hint", "select", "1",
		  NULL, classes, 2, .required = false },
		{ "type", "members.contract.type", NULL, "select", "network", NULL, types, n_types,
		  .required = false },
		{ "fee", "members.contract.fee", "members.contract.fee.hint", "text", "",
		  .required = true, .narrow = true },
		{ "devices", "members.devices", NULL, "text",
		  x->devices > 0 ? arena_printf(c->arena, "%" PRId64, x->devices) : "",
		  .narrow = true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		members_fields_add(&f, &rows[i]);
	add_period(&f, c->now_us);
	return page(c, &f, x, "members.contract.add", "contracts", error);
}

int members_agree_web_contract(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	return r < 0 ? r : contract_page(c, NULL, &x, NULL);
}

int members_agree_web_contract_add(struct call *c)
{
	struct company x;
	int64_t id;
	int r = load(c, &x);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct contract k = {
		.company_id = x.id,
		.plan = form_text(&f, "plan", true, MEMBERS_TEXT_MAX),
		.class = (int)form_int(&f, "class", true, 1, 2),
		.type = form_text(&f, "type", true, TYPE_CHARS),
		.fee_yen = form_int(&f, "fee", true, 0, FEE_MAX_YEN),
		.devices = form_int(&f, "devices", false, 0, COUNT_MAX),
		.valid_from_us = members_fields_day(&f, "from", true, 0),
		.valid_to_us = members_fields_day(&f, "to", false, MEMBERS_FOREVER_US),
	};
	if (!form_ok(&f))
		return contract_page(c, &f, &x, NULL);
	r = members_contract_add(c->hub->db, c->user, &k, &id, &c->err);
	if (members_fields_is_answer(r))
		return contract_page(c, &f, &x, c->err.text);
	return r < 0 ? r : done(c, &x);
}

int members_agree_web_contract_end(struct call *c)
{
	struct company x;
	int64_t id;
	int r;

	if ((r = load(c, &x)) < 0 || (r = call_id(c, 1, &id)) < 0 ||
	    (r = members_contract_end(c->hub->db, c->user, x.id, id, c->now_us, &c->err)) < 0)
		return r;
	return done(c, &x);
}

/* --- consents --- */

static int site_options(struct call *c, const struct company *x, const struct members_option **out,
			size_t *n_out)
{
	struct site *sites;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r;

	if (!t)
		return c->err.code;
	r = members_agreement_store_sites(t, c->scope, x->id, c->arena, &sites, &n, &c->err);
	if (r < 0)
		return r;
	struct members_option *list = arena_array(c->arena, n + 1, sizeof(*list));
	list[0] = (struct members_option){ "", text_get(c->hub->text, c->lang,
							"members.consent.all_sites") };
	for (size_t i = 0; i < n; i++)
		list[i + 1] =
			(struct members_option){ arena_printf(c->arena, "%" PRId64, sites[i].id),
						 sites[i].name };
	*out = list;
	*n_out = n + 1;
	return 0;
}

static int consent_page(struct call *c, const struct form *form, const struct company *x,
			const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	size_t n_classes, n_sites = 0;
	const struct members_option *sites = NULL;
	const struct members_option *classes =
		choices(c, members_data_classes, members_view_consent_key, &n_classes);
	int r = site_options(c, x, &sites, &n_sites);

	if (r < 0)
		return r;
	const struct members_field rows[] = {
		{ "class", "members.consent.class", "members.consent.class.hint", "select",
		  "header_only", NULL, classes, n_classes, .required = false },
		{ "site", "members.consent.site", NULL, "select", "", NULL, sites, n_sites,
		  .required = false },
		{ "given_by", "members.consent.given_by", NULL, "text", "", .required = true },
		{ "evidence", "members.consent.evidence", "members.consent.evidence.hint", "text",
		  "", .required = true },
	};
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		members_fields_add(&f, &rows[i]);
	add_period(&f, c->now_us);
	return page(c, &f, x, "members.consent.add", "consents", error);
}

int members_agree_web_consent(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	return r < 0 ? r : consent_page(c, NULL, &x, NULL);
}

int members_agree_web_consent_add(struct call *c)
{
	struct company x;
	int64_t id;
	int r = load(c, &x);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct consent k = {
		.company_id = x.id,
		.site_id = form_int(&f, "site", false, 0, INT64_MAX),
		.data_class = form_text(&f, "class", true, TYPE_CHARS),
		.given_by = form_text(&f, "given_by", true, MEMBERS_TEXT_MAX),
		.evidence = form_text(&f, "evidence", true, MEMBERS_TEXT_MAX),
		.valid_from_us = members_fields_day(&f, "from", true, 0),
		.valid_to_us = members_fields_day(&f, "to", false, MEMBERS_FOREVER_US),
	};
	if (!form_ok(&f))
		return consent_page(c, &f, &x, NULL);
	r = members_consent_give(c->hub->db, c->user, &k, &id, &c->err);
	if (members_fields_is_answer(r))
		return consent_page(c, &f, &x, c->err.text);
	return r < 0 ? r : done(c, &x);
}

int members_agree_web_consent_revoke(struct call *c)
{
	struct company x;
	int64_t id;
	int r;

	if ((r = load(c, &x)) < 0 || (r = call_id(c, 1, &id)) < 0 ||
	    (r = members_consent_revoke(c->hub->db, c->user, x.id, id, &c->err)) < 0)
		return r;
	return done(c, &x);
}
