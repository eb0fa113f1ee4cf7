/* SPDX-License-Identifier: Apache-2.0 */
/* Consents: the form with the words to read out, the list of a case, the panels. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/live.h"
#include "hub/response/response_pages.h"
#include "hub/response/response_web.h"
#include "hub/response_tmpl.h"

enum { USES_MAX = 16, OWN_ROWS = 20, LINES_MAX = 16 };

static const char *state_name(const struct case_consent *k, int64_t now_us)
{
	static const char *const names[] = { "valid", "expired", "revoked" };

	return names[cases_consent_state(k, now_us)];
}

const char *response_uses_text(struct call *c, const char *what)
{
	const char *comma = text_get(c->hub->text, c->lang, "case.story.comma"), *out = "";
	struct str rest = str_of(what), one;

	while (str_cut(&rest, ' ', &one)) {
		const char *key = arena_printf(c->arena, "case.use.%.*s", (int)one.n, one.p);

		out = arena_printf(c->arena, "%s%s%s", out, out[0] ? comma : "",
				   text_get(c->hub->text, c->lang, key));
	}
	return out;
}

static void lines(struct call *c, struct consent_item *it)
{
	struct str rest = str_of(it->k.words), one;

	it->lines = arena_array(c->arena, LINES_MAX, sizeof(*it->lines));
	while (it->n_lines < LINES_MAX && str_cut(&rest, '\n', &one))
		it->lines[it->n_lines++] = arena_strndup(c->arena, one.p, one.n);
}

static struct consent_item *items(struct call *c, const struct case_consent *list, size_t n)
{
	struct consent_item *rows = arena_array(c->arena, n + 1, sizeof(*rows));
	const bool own = user_is(c->user, ROLE_COMPANY);

	for (size_t i = 0; i < n; i++) {
		const char *until = list[i].until[0] ? list[i].until : "open";

		rows[i] = (struct consent_item){
			.k = list[i],
			.uses = response_uses_text(c, list[i].what),
			.how_key = arena_printf(c->arena, "response.how.%s", list[i].how),
			.state_key = arena_printf(c->arena, "response.consent.%s",
						  state_name(&list[i], c->now_us)),
			.until_key = list[i].until_us
					     ? ""
					     : arena_printf(c->arena, "response.until.%s", until),
			.valid = cases_consent_state(&list[i], c->now_us) == CONSENT_VALID,
			.may_revoke = user_is(c->user, CASES_WORKERS) || own,
			.own = own,
		};
		lines(c, &rows[i]);
	}
	return rows;
}

static void consent_json(struct jsonw *w, const struct case_consent *k, int64_t now_us)
{
	struct str rest = str_of(k->what), one;

	jsonw_object(w, NULL);
	jsonw_int(w, "id", k->id);
	jsonw_text(w, "case", k->number);
	jsonw_array(w, "what");
	while (str_cut(&rest, ' ', &one))
		jsonw_textn(w, NULL, one.p, one.n);
	jsonw_end_array(w);
	jsonw_text(w, "state", state_name(k, now_us));
	jsonw_text(w, "given_by", k->given_by);
	jsonw_text(w, "role", k->role);
	jsonw_text(w, "how", k->how);
	jsonw_text(w, "until", k->until);
	jsonw_text(w, "words", k->words);
	jsonw_text(w, "recorded_by", k->recorded_by);
	jsonw_int(w, "given_us", k->given_us);
	jsonw_int(w, "until_us", k->until_us);
	jsonw_int(w, "revoked_us", k->revoked_us);
	jsonw_end_object(w);
}

static int consents_json(struct call *c, const struct case_consent *list, size_t n,
			 const struct consent_ask *asks, size_t n_asks)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_array(&w, "consents");
	for (size_t i = 0; i < n; i++)
		consent_json(&w, &list[i], c->now_us);
	jsonw_end_array(&w);
	jsonw_array(&w, "asks");
	for (size_t i = 0; i < n_asks; i++)
		response_ask_json(&w, &asks[i]);
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

/* --- the form --- */

static struct consent_choice *choices(struct call *c, const char *const *values, size_t n,
				      const char *prefix, const char *chosen)
{
	struct consent_choice *o = arena_array(c->arena, n, sizeof(*o));
	const struct case_consent typed = { .what = chosen };

	for (size_t i = 0; i < n; i++)
		o[i] = (struct consent_choice){
			.value = values[i],
			.text_key = arena_printf(c->arena, "%s%s", prefix, values[i]),
			.words_key = arena_printf(c->arena, "response.words.%s", values[i]),
			.chosen = cases_consent_covers(&typed, values[i]),
		};
	return o;
}

/* --- the list of a case --- */

int response_consents_page(struct call *c, int status, const char *error,
			   const struct consent_ask_new *typed)
{
	struct consents_page p = { .may_work = user_is(c->user, CASES_WORKERS), .error = error };
	const char *const *values;
	struct case_consent *list;
	struct consent_ask *asks;
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &p.c, &c->err) : c->err.code;

	if (r >= 0)
		r = cases_store_consents(t, c->scope, p.c.id, c->arena, &list, &p.n_rows, &c->err);
	if (r >= 0)
		r = response_ask_store_list(t, c->scope, p.c.id, 0, c->arena, &asks, &p.n_asks,
					    &c->err);
	if (r < 0)
		return r;
	txn_rollback(&t);
	if (c->wants_json)
		return consents_json(c, list, p.n_rows, asks, p.n_asks);
	p.rows = items(c, list, p.n_rows);
	p.asks = response_ask_items(c, asks, p.n_asks);
	p.may_work = p.may_work && strcmp(p.c.state, CASE_CLOSED) != 0;
	values = cases_consent_uses(&p.n_uses);
	p.uses = choices(c, values, p.n_uses, "case.use.", typed->what);
	values = cases_consent_untils(&p.n_untils);
	p.untils = choices(c, values, p.n_untils, "response.until.", typed->until);
	p.devices = typed->devices;
	p.why = typed->why;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_consents(&tm, &p);
	return call_page(c, status, "response.consents.title", NULL, "/cases", &b);
}

int response_consents_show(struct call *c)
{
	const char *what = http_query(c->req, "ask");
	const struct consent_ask_new typed = {
		.what = what ? what : "", .until = "day", .devices = "", .why = ""
	};

	return response_consents_page(c, 200, NULL, &typed);
}

struct consent_typed {
	const char *what, *how, *until, *given_by, *role, *order, *mac;
	int64_t given_us;
};

static int form_page(struct call *c, int status, const struct consent_typed *typed,
		     const char *error)
{
	const char *const *uses = cases_consent_uses(&(size_t){ 0 });
	struct consent_form m = {
		.error = error, .role = typed->role, .order = typed->order, .mac = typed->mac
	};
	struct buf b = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &m.c, &c->err) : c->err.code;

	if (r >= 0)
		r = members_contacts(t, c->scope, m.c.company_id, c->arena, &m.contacts,
				     &m.n_contacts, &c->err);
	if (r < 0)
		return r;
	txn_rollback(&t);
	uses = cases_consent_uses(&m.n_uses);
	m.uses = choices(c, uses, m.n_uses, "case.use.", typed->what);
	uses = cases_consent_hows(&m.n_hows);
	m.hows = choices(c, uses, m.n_hows, "response.how.", typed->how);
	uses = cases_consent_untils(&m.n_untils);
	m.untils = choices(c, uses, m.n_untils, "response.until.", typed->until);
	m.given_by = typed->given_by ? typed->given_by : m.c.contact_name;
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_response_consent_form(&tm, &m);
	return call_page(c, status, "response.consent.title", NULL, "/cases", &b);
}

int response_consent_form(struct call *c)
{
	const char *what = http_query(c->req, "what"), *order = http_query(c->req, "order");
	const char *mac = http_query(c->req, "mac");
	const struct consent_typed typed = { .what = what ? what : "",
					     .how = "call",
					     .until = "day",
					     .role = "",
					     .order = order ? order : "",
					     .mac = mac ? mac : "" };

	return form_page(c, 200, &typed, NULL);
}

/* Ticked one by one, or written in one field with blanks or commas between. */
const char *response_what_typed(struct call *c)
{
	const char *typed[USES_MAX], *all = "";
	size_t n = http_form_all(c->req, "what", typed, USES_MAX);

	for (size_t i = 0; i < n; i++)
		all = arena_printf(c->arena, "%s%s%.60s", all, i ? " " : "", typed[i]);
	char *out = arena_strdup(c->arena, all);
	for (char *p = out; *p; p++)
		if (*p == ',')
			*p = ' ';
	return out;
}

/* The end of the day on which it was given, where the hub is. */
static int64_t end_of_day(const struct call *c, int64_t given_us)
{
	const int zone = (int)c->hub->conf.zone_min;
	struct civil day = time_civil(given_us, zone);

	day.hour = day.minute = day.second = 0;
	return time_from_civil(&day, zone) + US_PER_DAY;
}

static struct consent_typed read_form(struct call *c, struct form *f)
{
	struct consent_typed t = { .what = response_what_typed(c),
				   .how = form_text(f, "how", false, 20),
				   .until = form_text(f, "until", false, 20),
				   .given_by = form_text(f, "given_by", false, 100),
				   .role = form_text(f, "role", false, 100),
				   .order = form_text(f, "order", false, 20),
				   .mac = form_text(f, "mac", false, ORDER_MAC_MAX),
				   .given_us = form_time(f, "given", false) };

	if (!t.until[0])
		t.until = "case";
	return t;
}

static int done(struct call *c, const struct incident *i, const struct consent_typed *typed)
{
	struct order next = { .type = order_type_find(typed ? typed->order : "") };

	live_publish(c->hub, "case", i->company_id, i->id);
	live_publish(c->hub, "order", i->company_id, i->id);
	if (c->wants_json)
		return response_consents_show(c);
	if (next.type == 0 || (typed->mac[0] && order_mac_set(&next, typed->mac, NULL) < 0))
		return call_done(c, "response.consent.saved", "/cases/%s", i->number);
	return call_done(c, "response.consent.saved", "/cases/%s/orders/new?type=%s&mac=%s",
			 i->number, order_type_name(next.type), next.mac);
}

int response_consent_save(struct call *c)
{
	struct form f = form_of(c);
	const struct consent_typed typed = read_form(c, &f);
	const int64_t given_us = typed.given_us ? typed.given_us : c->now_us;
	const struct case_consent k = {
		.what = typed.what,
		.how = typed.how,
		.until = typed.until,
		.given_by = typed.given_by,
		.role = typed.role,
		.given_us = given_us,
		.until_us = end_of_day(c, given_us),
		.words = response_consent_words(c->hub, c->lang, typed.what, typed.until, c->arena),
	};
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;

	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = cases_consent(t, c->user, c->param[0], &k, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r >= 0)
		return done(c, &i, &typed);
	if (r != -EINVAL || c->wants_json)
		return r;
	txn_rollback(&t);
	return form_page(c, 400, &typed, arena_strdup(c->arena, c->err.text));
}

int response_consent_end(struct call *c)
{
	struct form f = form_of(c);
	const bool release = form_text(&f, "release", false, 5)[0] != 0;
	struct incident i;
	struct case_consent k;
	int64_t id;
	int r = call_id(c, 1, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;
	if (r >= 0)
		r = cases_store_consent_get(t, c->scope, id, c->arena, &k, &c->err);
	if (r >= 0 && k.incident_id != i.id)
		r = err_set(&c->err, -ENOENT, "there is no such consent");
	if (r >= 0)
		r = response_consent_revoke(t, c->hub, c->user, id, release, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	fleet_items_wake(c->hub);
	return done(c, &i, NULL);
}

/* --- panels --- */

int response_panel_consents(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct consent_panel p = { .may_work = user_is(c->user, CASES_WORKERS) };
	struct case_consent *list;
	struct consent_ask *asks;
	size_t n_asks;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_number(t, c->scope, case_id, c->arena, &p.number, &c->err)
		  : c->err.code;

	(void)slot;
	if (r >= 0)
		r = cases_store_consents(t, c->scope, case_id, c->arena, &list, &p.n_rows, &c->err);
	if (r >= 0)
		r = response_ask_store_list(t, c->scope, case_id, 0, c->arena, &asks, &n_asks,
					    &c->err);
	if (r < 0)
		return r;
	p.rows = items(c, list, p.n_rows);
	p.asks = response_ask_items(c, asks, n_asks);
	for (size_t i = 0; i < n_asks; i++)
		if (p.asks[i].open)
			p.asks[p.n_asks++] = p.asks[i];
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_consent_panel(&tm, &p);
	return 0;
}

int response_panel_own_consents(struct call *c, const char *slot, int64_t company_id,
				struct buf *out)
{
	struct consent_panel p = { .number = "", .of_company = true };
	struct case_consent *list;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_consents_of(t, c->scope, company_id, OWN_ROWS, c->arena, &list,
					    &p.n_rows, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0 || p.n_rows == 0)
		return r;
	p.rows = items(c, list, p.n_rows);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_consent_panel(&tm, &p);
	return 0;
}
