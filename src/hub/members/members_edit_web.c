/* SPDX-License-Identifier: Apache-2.0 */
/* Forms for companies and contacts. Rules: members.c, members_contact.c. */
#include <errno.h>
#include <inttypes.h>

#include "hub/members/members_fields.h"
#include "hub/members/members_store.h"
#include "hub/members/members_web.h"

enum { NOTE_CHARS = 1000, COUNT_MAX = 1000000, PHONE_CHARS = 40 };

static const char *count_text(struct call *c, int64_t n)
{
	return n > 0 ? arena_printf(c->arena, "%" PRId64, n) : "";
}

/* --- companies --- */

static struct company form_company(struct form *f)
{
	return (struct company){
		.name = form_text(f, "name", true, MEMBERS_TEXT_MAX),
		.kana = form_text(f, "kana", true, MEMBERS_TEXT_MAX),
		.corporate_number = form_text(f, "corporate_number", false, 20),
		.external_id = form_text(f, "external_id", false, MEMBERS_TEXT_MAX),
		.prefecture = (int)form_int(f, "prefecture", true, 1, 47),
		.municipality = form_text(f, "municipality", false, MEMBERS_TEXT_MAX),
		.postal_code = form_text(f, "postal_code", false, 12),
		.address = form_text(f, "address", false, MEMBERS_TEXT_MAX),
		.phone = form_text(f, "phone", false, PHONE_CHARS),
		.industry = form_text(f, "industry", false, 1),
		.employees = form_int(f, "employees", false, 0, COUNT_MAX),
		.devices = form_int(f, "devices", false, 0, COUNT_MAX),
		.note = form_text(f, "note", false, NOTE_CHARS),
	};
}

static void company_fields(struct members_fields *f, const struct company *c)
{
	struct call *call = f->call;
	size_t n_places, n_industries;
	const struct members_option *places =
		members_view_prefectures(call, "members.choose", &n_places);
	const struct members_option *industries =
		members_view_industries(call, "members.choose", &n_industries);
	const struct members_field rows[] = {
		{ "name", "members.name", NULL, "text", c->name, .required = true },
		{ "kana", "members.kana", "members.kana.hint", "text", c->kana, .required = true },
		{ "phone", "members.phone", NULL, "tel", members_view_phone(call, c->phone),
		  .required = false },
		{ "postal_code", "members.postal_code", NULL, "text",
		  members_view_postal(call, c->postal_code), .narrow = true },
		{ "prefecture", "members.prefecture", NULL, "select",
		  count_text(call, c->prefecture), NULL, places, n_places, .required = true },
		{ "municipality", "members.municipality", NULL, "text", c->municipality,
		  .required = false },
		{ "address", "members.street", NULL, "text", c->address, .required = false },
		{ "industry", "members.industry", NULL, "select", c->industry, NULL, industries,
		  n_industries, .required = false },
		{ "employees", "members.employees", NULL, "text", count_text(call, c->employees),
		  .narrow = true },
		{ "devices", "members.devices", NULL, "text", count_text(call, c->devices),
		  .narrow = true },
		{ "external_id", "members.external_id", "members.external_id.hint", "text",
		  c->external_id, .narrow = true },
		{ "corporate_number", "members.corporate_number", "members.corporate_number.hint",
		  "text", c->corporate_number, .required = false },
		{ "note", "members.note", NULL, "textarea", c->note, .required = false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		members_fields_add(f, &rows[i]);
}

static int company_page(struct call *c, const struct form *form, const struct company *x,
			const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	struct members_form_page m = {
		.title_key = x->id ? "members.edit.title" : "members.new.title",
		.title_arg = x->id ? x->name : NULL,
		.crumb_url =
			x->id ? arena_printf(c->arena, "/members/%" PRId64, x->id) : "/members",
		.crumb = x->id ? x->name : text_get(c->hub->text, c->lang, "members.title"),
		.action = x->id ? arena_printf(c->arena, "/members/%" PRId64 "/edit", x->id)
				: "/members",
		.submit_key = x->id ? "members.form.save" : "members.new.submit",
	};

	m.back_url = m.crumb_url;
	company_fields(&f, x);
	return members_fields_page(&f, &m, error);
}

static struct company nothing(void)
{
	return (struct company){ .name = "",
				 .kana = "",
				 .corporate_number = "",
				 .external_id = "",
				 .municipality = "",
				 .postal_code = "",
				 .address = "",
				 .phone = "",
				 .industry = "",
				 .note = "" };
}

int members_edit_web_new(struct call *c)
{
	struct company x = nothing();
	const char *phone = http_query(c->req, "phone"); /* from a call that nobody knows yet */

	if (phone)
		x.phone = phone;
	return company_page(c, NULL, &x, NULL);
}

int members_edit_web_add(struct call *c)
{
	struct form f = form_of(c);
	struct company x = form_company(&f), empty = nothing();
	int64_t id;

	if (!form_ok(&f))
		return company_page(c, &f, &empty, NULL);
	int r = members_register(c->hub->db, c->user, &x, &id, &c->err);
	if (members_fields_is_answer(r))
		return company_page(c, &f, &empty, c->err.text);
	return r < 0 ? r : call_done(c, "members.new.done", "/members/%" PRId64, id);
}

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

int members_edit_web_form(struct call *c)
{
	struct company x;
	int r = load(c, &x);

	return r < 0 ? r : company_page(c, NULL, &x, NULL);
}

int members_edit_web_save(struct call *c)
{
	struct company was;
	int r = load(c, &was);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct company x = form_company(&f);
	x.id = was.id;
	x.lang = was.lang;
	if (!form_ok(&f))
		return company_page(c, &f, &was, NULL);
	r = members_edit(c->hub->db, c->user, &x, &c->err);
	if (members_fields_is_answer(r))
		return company_page(c, &f, &was, c->err.text);
	return r < 0 ? r : call_done(c, "members.saved", "/members/%" PRId64, x.id);
}

int members_edit_web_end(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = members_end(c->hub->db, c->user, id, &c->err)) < 0)
		return r;
	return call_done(c, "members.end.done", "/members/%" PRId64, id);
}

/* --- contacts: the path's "new" is a contact that is not there yet --- */

static int load_contact(struct call *c, struct company *company, struct contact *out)
{
	struct contact *list;
	size_t n;
	int64_t id;
	int r = load(c, company);

	if (r < 0)
		return r;
	*out = (struct contact){ .company_id = company->id,
				 .name = "",
				 .kana = "",
				 .role = "",
				 .phone = "",
				 .mail = "",
				 .channel = "phone",
				 .hours = "Mo-Fr 09:00-18:00" };
	if (strcmp(c->param[1], "new") == 0)
		return 0;
	if ((r = call_id(c, 1, &id)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = members_contacts(t, c->scope, company->id, c->arena, &list, &n, &c->err)) < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		if (list[i].id == id) {
			*out = list[i];
			return 0;
		}
	}
	return -ENOENT;
}

static void contact_fields(struct members_fields *f, const struct contact *k)
{
	struct call *c = f->call;
	const struct text *text = c->hub->text;
	struct members_option *channels = arena_array(c->arena, 2, sizeof(*channels));

	channels[0] = (struct members_option){ "phone",
					       text_get(text, c->lang, "members.channel.phone") };
	channels[1] =
		(struct members_option){ "mail", text_get(text, c->lang, "members.channel.mail") };
	const struct members_field rows[] = {
		{ "name", "members.contact.name", NULL, "text", k->name, .required = true },
		{ "kana", "members.contact.kana", NULL, "text", k->kana, .required = false },
		{ "role", "members.contact.role", "members.contact.role.hint", "text", k->role,
		  .required = false },
		{ "phone", "members.phone", NULL, "tel", members_view_phone(c, k->phone),
		  .required = false },
		{ "mail", "members.mail", NULL, "email", k->mail, .required = false },
		{ "channel", "members.contact.channel", NULL, "select", k->channel, NULL, channels,
		  2, .required = false },
		{ "hours", "members.contact.hours", "members.contact.hours.hint", "text", k->hours,
		  .required = false },
		{ "position", "members.contact.position", "members.contact.position.hint", "text",
		  count_text(c, k->position), .narrow = true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		members_fields_add(f, &rows[i]);
}

static int contact_page(struct call *c, const struct form *form, const struct company *x,
			const struct contact *k, const char *error)
{
	struct members_fields f = { .call = c, .form = form };
	const char *back = arena_printf(c->arena, "/members/%" PRId64, x->id);
	struct members_form_page m = {
		.title_key = k->id ? "members.contact.edit.title" : "members.contact.new.title",
		.crumb_url = back,
		.crumb = x->name,
		.action = k->id ? arena_printf(c->arena, "%s/contacts/%" PRId64, back, k->id)
				: arena_printf(c->arena, "%s/contacts/new", back),
		.submit_key = "members.form.save",
		.back_url = back,
	};

	if (k->id)
		m.remove_url = arena_printf(c->arena, "%s/remove", m.action);
	contact_fields(&f, k);
	return members_fields_page(&f, &m, error);
}

int members_edit_web_contact(struct call *c)
{
	struct company x;
	struct contact k;
	int r = load_contact(c, &x, &k);

	return r < 0 ? r : contact_page(c, NULL, &x, &k, NULL);
}

int members_edit_web_contact_save(struct call *c)
{
	struct company x;
	struct contact was;
	int64_t id;
	int r = load_contact(c, &x, &was);

	if (r < 0)
		return r;
	struct form f = form_of(c);
	struct contact k = {
		.id = was.id,
		.company_id = x.id,
		.name = form_text(&f, "name", true, MEMBERS_TEXT_MAX),
		.kana = form_text(&f, "kana", false, MEMBERS_TEXT_MAX),
		.role = form_text(&f, "role", false, MEMBERS_TEXT_MAX),
		.phone = form_text(&f, "phone", false, PHONE_CHARS),
		.mail = form_text(&f, "mail", false, MEMBERS_TEXT_MAX),
		.channel = form_text(&f, "channel", true, 10),
		.hours = form_text(&f, "hours", false, MEMBERS_TEXT_MAX),
		.position = form_int(&f, "position", false, 0, MEMBERS_CONTACTS_MAX),
		.lang = was.lang,
	};
	if (!form_ok(&f))
		return contact_page(c, &f, &x, &was, NULL);
	r = members_contact_set(c->hub->db, c->user, &k, &id, &c->err);
	if (members_fields_is_answer(r))
		return contact_page(c, &f, &x, &was, c->err.text);
	return r < 0 ? r : call_done(c, "members.saved", "/members/%" PRId64, x.id);
}

int members_edit_web_contact_remove(struct call *c)
{
	int64_t company, id;
	int r;

	if ((r = call_id(c, 0, &company)) < 0 || (r = call_id(c, 1, &id)) < 0 ||
	    (r = members_contact_remove(c->hub->db, c->user, company, id, &c->err)) < 0)
		return r;
	return call_done(c, "members.contact.removed", "/members/%" PRId64, company);
}
