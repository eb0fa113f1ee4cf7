/* SPDX-License-Identifier: Apache-2.0 */
/* The company's own pages: the first page, a case in plain words, a question to the desk, consents,
 * and what to do in an emergency. Devices: portal_device_web.c; who looked: portal_seen_web.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/evidence/evidence.h"
#include "hub/live.h"
#include "hub/portal/portal_fill.h"
#include "hub/portal/portal_view.h"
#include "hub/portal_tmpl.h"
#include "hub/response/response.h"

/* --- the first page --- */

static int home_json(struct call *c, const struct portal_home *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "company", m->company);
	jsonw_text(&w, "light", m->l.light);
	jsonw_text(&w, "says", text_get(c->hub->text, c->lang, m->l.word_key));
	jsonw_text(&w, "sensors", m->s.sensors);
	jsonw_time(&w, "heard", m->heard_us);
	jsonw_int(&w, "alerts", m->s.n_alerts);
	jsonw_int(&w, "cases", m->s.n_cases);
	jsonw_int(&w, "consents", m->n_consents);
	jsonw_array(&w, "questions");
	for (size_t i = 0; i < m->n_questions; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "thread", m->questions[i].id);
		jsonw_text(&w, "case", m->questions[i].number);
		jsonw_int(&w, "unread", m->questions[i].unread);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "events");
	for (size_t i = 0; i < m->n_events; i++) {
		jsonw_object(&w, NULL);
		jsonw_time(&w, "at", m->events[i].at_us);
		jsonw_text(&w, "title", m->events[i].title);
		jsonw_text(&w, "light", m->events[i].light);
		jsonw_text(&w, "state", text_get(c->hub->text, c->lang, m->events[i].state_key));
		jsonw_text(&w, "url", m->events[i].url);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int home_panel(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	struct portal_home m = { 0 };
	int r = c->user->company_id ? portal_view_home(c, &m) : -ENOENT;

	(void)slot;
	(void)subject_id;
	if (r < 0)
		return r;
	m.top = call_panels(c, "portal.top", c->user->company_id);
	m.extra = call_panels(c, "portal.home", c->user->company_id);
	struct tmpl tm = call_tmpl(c, out);
	tmpl_portal_home(&tm, &m);
	return 0;
}

static int home(struct call *c)
{
	struct portal_home m = { 0 };
	struct buf b = { 0 };
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	if (!c->wants_json) {
		if ((r = home_panel(c, "", 0, &b)) < 0)
			return r;
		return call_page(c, 200, "portal.title", NULL, "/", &b);
	}
	return (r = portal_view_home(c, &m)) < 0 ? r : home_json(c, &m);
}

/* --- a case --- */

static int case_json(struct call *c, const struct portal_case *m)
{
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "number", m->c.number);
	jsonw_text(&w, "title", m->c.title);
	jsonw_text(&w, "state", m->c.state);
	jsonw_text(&w, "says", text_get(c->hub->text, c->lang, m->state_key));
	jsonw_time(&w, "opened", m->c.opened_us);
	jsonw_int(&w, "minutes", m->c.minutes);
	jsonw_int(&w, "cost_yen", m->c.cost_yen);
	jsonw_int(&w, "thread", m->thread_id);
	jsonw_array(&w, "story");
	for (size_t i = 0; i < m->n_lines; i++) {
		jsonw_object(&w, NULL);
		jsonw_time(&w, "at", m->lines[i].n.happened_us);
		jsonw_text(&w, "text", m->lines[i].text);
		jsonw_text(&w, "body", m->lines[i].n.body);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_array(&w, "consents");
	for (size_t i = 0; i < m->n_consents; i++) {
		jsonw_object(&w, NULL);
		jsonw_int(&w, "id", m->consents[i].k.id);
		jsonw_text(&w, "what", m->consents[i].k.what);
		jsonw_text(&w, "given_by", m->consents[i].k.given_by);
		jsonw_time(&w, "given", m->consents[i].k.given_us);
		jsonw_bool(&w, "valid", m->consents[i].valid);
		jsonw_end_object(&w);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

static int case_page(struct call *c, int status, struct portal_case *m)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	m->top = call_panels(c, "portal.case", m->c.id);
	tmpl_portal_case(&tm, m);
	return call_page(c, status, "case.page_title", m->c.number, "/", &b);
}

static int case_show(struct call *c)
{
	struct portal_case m = { 0 };
	int r = portal_view_case(c, &m);

	if (r < 0)
		return r;
	accounts_saw(
		c, &(struct accounts_seen_thing){ SEEN_CASE, m.c.id, m.c.company_id, m.c.number });
	return c->wants_json ? case_json(c, &m) : case_page(c, 200, &m);
}

/* On the technical page of a case: there is one in plain words. */
static int case_link(struct call *c, const char *slot, int64_t case_id, struct buf *out)
{
	struct portal_case m = { 0 };
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_store_number(t, c->scope, case_id, c->arena, &m.c.number, &c->err)
		  : c->err.code;

	(void)slot;
	if (r < 0)
		return r;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_portal_case_link(&tm, &m);
	return 0;
}

/* --- a question --- */

static int ask_page(struct call *c, int status, struct portal_ask_page *m, const char *number)
{
	struct case_filter live = { .limit = 20 };
	struct incident *list;
	struct buf b = { 0 };
	size_t n;
	int r = portal_view_own(c, &live.company_id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = cases_store_list(t, c->scope, &live, c->arena, &list, &n, &c->err)) < 0 ||
	    (r = portal_view_desk(c, t, live.company_id, &m->desk)) < 0)
		return r;
	txn_rollback(&t);
	m->cases = arena_array(c->arena, n + 1, sizeof(*m->cases));
	for (size_t i = 0; i < n; i++)
		m->cases[m->n_cases++] =
			(struct portal_choice){ list[i].number, list[i].title,
						strcmp(list[i].number, number) == 0 };
	m->answer_by = portal_view_answer_by(c);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_portal_ask(&tm, m);
	return call_page(c, status, "portal.ask.title", NULL, "/", &b);
}

/* ?device=: what the question is about is written there already. */
static const char *first_words(struct call *c)
{
	const char *device = http_query(c->req, "device");
	const char *args[] = { device };

	return device && device[0] && strlen(device) < 200
		       ? call_text(c, "portal.ask.device", args, 1)
		       : "";
}

static int ask_form(struct call *c)
{
	struct portal_ask_page m = { .body = first_words(c) };
	const char *number = http_query(c->req, "case");

	return ask_page(c, 200, &m, number ? number : "");
}

static int ask(struct call *c)
{
	struct form f = form_of(c);
	const struct portal_question q = {
		.number = form_text(&f, "case", false, CASE_NUMBER_MAX),
		.body = form_text(&f, "body", false, CASE_TEXT_CHARS),
	};
	struct thread th;
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = !t            ? c->err.code
		: form_ok(&f) ? portal_ask(t, c->hub, c->user, &q, c->now_us, &id, &c->err)
			      : err_set(&c->err, -EINVAL, "%s", f.errors[0].text);

	if (r == -EINVAL) {
		struct portal_ask_page m = { .body = q.body,
					     .error = arena_strdup(c->arena, c->err.text) };
		txn_rollback(&t);
		return ask_page(c, 400, &m, q.number);
	}
	if (r >= 0)
		r = threads_get(t, c->user, id, c->arena, &th, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", th.company_id, th.incident_id);
	return call_done(c, "portal.asked", "/threads/%" PRId64, id);
}

/* --- consents --- */

static const char *uses_of(struct call *c)
{
	size_t n;
	const char *const *uses = cases_consent_uses(&n), *what = "";

	for (size_t i = 0; i < n; i++) {
		const char *field = arena_printf(c->arena, "use_%s", uses[i]);

		if (http_form(c->req, field))
			what = arena_printf(c->arena, "%s%s%s", what, what[0] ? " " : "", uses[i]);
	}
	return what;
}

static int consent_give(struct call *c)
{
	struct form f = form_of(c);
	const char *until = form_text(&f, "until", false, 10), *what = uses_of(c);
	const struct case_consent k = {
		.what = what,
		.given_by = c->user->name,
		.how = "portal",
		.until = until[0] ? until : "case",
		.words = response_consent_words(c->hub, c->lang, what, until[0] ? until : "case",
						c->arena),
	};
	struct incident i;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? cases_consent(t, c->user, c->param[0], &k, c->now_us, &c->err) : c->err.code;

	if (r == -EINVAL) {
		struct portal_case m = { .error = arena_strdup(c->arena, c->err.text) };
		txn_rollback(&t);
		return (r = portal_view_case(c, &m)) < 0 ? r : case_page(c, 400, &m);
	}
	if (r >= 0)
		r = cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", i.company_id, i.id);
	return call_done(c, "portal.consent.given", "/portal/cases/%s", i.number);
}

static int consent_revoke(struct call *c)
{
	struct case_consent k;
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? cases_store_consent_get(t, c->scope, id, c->arena, &k, &c->err) : c->err.code;
	if (r >= 0)
		r = response_consent_revoke(t, c->hub, c->user, id, true, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	fleet_items_wake(c->hub);
	live_publish(c->hub, "case", k.company_id, k.incident_id);
	return call_done(c, "portal.consent.taken_back", "/portal/cases/%s", k.number);
}

/* --- files --- */

/* Ends a change of the case: goes back to it, or shows it with what is wrong. */
static int file_done(struct call *c, struct txn **t, int r, const struct incident *i)
{
	if (r >= 0)
		r = txn_commit(t, &c->err);
	if (r == -EINVAL || r == -ELIMIT) {
		struct portal_case m = { .error = arena_strdup(c->arena, c->err.text) };
		txn_rollback(t);
		return (r = portal_view_case(c, &m)) < 0 ? r : case_page(c, 400, &m);
	}
	if (r < 0)
		return r;
	live_publish(c->hub, "case", i->company_id, i->id);
	return call_done(c, "portal.file.added", "/portal/cases/%s", i->number);
}

static int file_add(struct call *c)
{
	struct form f = form_of(c);
	struct evidence_new n = { .kind = "file",
				  .name = "",
				  .note = form_text(&f, "note", false, EVIDENCE_NOTE_CHARS),
				  .source = "portal",
				  .from = c->user->name };
	struct evidence_blob blob = { .path = "" };
	struct incident i;
	int64_t id;
	const bool there = evidence_taken(c, "file", &blob, &n.name);

	if (!there)
		form_fail(&f, "file", "portal.file.none");
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;
	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0) {
		n.case_id = i.id;
		r = evidence_put(t, c->hub, c->user, &n, &blob, c->now_us, &id, &c->err);
	}
	r = file_done(c, &t, r, &i);
	if (there)
		evidence_blob_drop(&blob);
	return r;
}

/* --- in an emergency --- */

static int emergency(struct call *c)
{
	struct portal_emergency m = { 0 };
	struct buf b = { 0 };
	int64_t id;
	int r = portal_view_own(c, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	r = t ? portal_view_desk(c, t, id, &m.desk) : c->err.code;
	if (r < 0)
		return r;
	txn_rollback(&t);
	struct tmpl tm = call_tmpl(c, &b);
	tmpl_portal_emergency(&tm, &m);
	return call_page(c, 200, "portal.emergency.title", NULL, "/portal/emergency", &b);
}

static const struct route routes[] = {
	{ "GET", "/portal", PORTAL_ROLES, home, 0 },
	{ "GET", "/portal/cases/{number}", PORTAL_ROLES, case_show, 0 },
	{ "GET", "/portal/ask", PORTAL_ROLES, ask_form, 0 },
	{ "POST", "/portal/ask", PORTAL_ROLES, ask, 0 },
	{ "POST", "/portal/cases/{number}/consents", PORTAL_ROLES, consent_give, 0 },
	{ "POST", "/portal/cases/{number}/files", PORTAL_ROLES, file_add, ROUTE_UPLOAD },
	{ "POST", "/portal/consents/{id}/revoke", PORTAL_ROLES, consent_revoke, 0 },
	{ "GET", "/portal/devices", PORTAL_ROLES, portal_device_web_list, 0 },
	{ "POST", "/portal/devices/{id}", PORTAL_ROLES, portal_device_web_save, 0 },
	{ "GET", "/portal/seen", PORTAL_ROLES, portal_seen_web_list, 0 },
	{ "GET", "/portal/seen.csv", PORTAL_ROLES, portal_seen_web_csv, 0 },
	{ "GET", "/portal/emergency", PORTAL_ROLES, emergency, 0 },
};

static const struct menu_item menu[] = {
	{ "/portal/ask", "portal.ask.title", "mail", PORTAL_ROLES, 5 },
	{ "/portal/devices", "portal.devices.title", "device", PORTAL_ROLES, 40 },
	{ "/portal/seen", "portal.seen.title", "audit", PORTAL_ROLES, 45 },
	{ "/portal/emergency", "portal.emergency.title", "danger", PORTAL_ROLES, 50 },
};

static const struct panel panels[] = {
	{ "home.own", PORTAL_ROLES, home_panel },
	{ "case.top", PORTAL_ROLES, case_link }, /* no text */
};

const struct hub_feature portal_feature = {
	.name = "portal",
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.panels = panels,
	.n_panels = ARRAY_LEN(panels),
	.fill = portal_fill,
};
