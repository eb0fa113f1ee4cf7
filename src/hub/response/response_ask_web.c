/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a consent: the desk's form and list, the company's answer. Rules: response_ask.c. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/mem.h"
#include "hub/live.h"
#include "hub/response/response_pages.h"
#include "hub/response/response_web.h"
#include "hub/response_tmpl.h"

enum { HOURS_DEFAULT = 72, LINES_MAX = 20 };

static void lines(struct call *c, struct ask_item *it)
{
	struct str rest = str_of(response_ask_words(c->hub, c->lang, &it->k, c->arena)), one;

	it->lines = arena_array(c->arena, LINES_MAX, sizeof(*it->lines));
	while (it->n_lines < LINES_MAX && str_cut(&rest, '\n', &one))
		it->lines[it->n_lines++] = arena_strndup(c->arena, one.p, one.n);
}

struct ask_item *response_ask_items(struct call *c, const struct consent_ask *list, size_t n)
{
	struct ask_item *rows = arena_array(c->arena, n + 1, sizeof(*rows));

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct ask_item){
			.k = list[i],
			.uses = response_uses_text(c, list[i].what),
			.state_key = arena_printf(c->arena, "response.ask.%s", list[i].state),
			.until_key = arena_printf(c->arena, "response.until.%s", list[i].until),
			.open = strcmp(list[i].state, "open") == 0 &&
				list[i].expires_us > c->now_us,
		};
		lines(c, &rows[i]);
	}
	return rows;
}

void response_ask_json(struct jsonw *w, const struct consent_ask *k)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", k->id);
	jsonw_text(w, "case", k->number);
	jsonw_text(w, "what", k->what);
	jsonw_text(w, "until", k->until);
	jsonw_text(w, "devices", k->devices);
	jsonw_text(w, "why", k->why);
	jsonw_text(w, "state", k->state);
	jsonw_text(w, "asked_by", k->asked_name);
	jsonw_text(w, "answered_by", k->answered_name);
	jsonw_text(w, "said", strcmp(k->state, "open") == 0 ? "" : k->said);
	jsonw_int(w, "asked_us", k->asked_us);
	jsonw_int(w, "expires_us", k->expires_us);
	jsonw_int(w, "answered_us", k->answered_us);
	jsonw_int(w, "consent_id", k->consent_id);
	jsonw_end_object(w);
}

/* --- the desk --- */

int response_ask_save(struct call *c)
{
	struct form f = form_of(c);
	const struct consent_ask_new n = {
		.what = response_what_typed(c),
		.until = form_text(&f, "until", false, 20),
		.devices = form_text(&f, "devices", false, ASK_DEVICES_CHARS),
		.why = form_text(&f, "why", false, ASK_WHY_CHARS),
		.hours = http_form(c->req, "hours") ? form_int(&f, "hours", false, 1, ASK_HOURS_MAX)
						    : HOURS_DEFAULT,
	};
	struct incident i;
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;

	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = response_ask(t, c->user, c->param[0], &n, c->now_us, &id, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r == -EINVAL && !c->wants_json) {
		const char *said = arena_strdup(c->arena, c->err.text);
		txn_rollback(&t);
		return response_consents_page(c, 400, said, &n);
	}
	if (r < 0)
		return r;
	live_publish(c->hub, "case", i.company_id, i.id);
	if (c->wants_json)
		return response_consents_show(c);
	return call_done(c, "response.ask.saved", "/cases/%s/consents", i.number);
}

int response_ask_back(struct call *c)
{
	struct consent_ask k;
	int64_t id;
	int r = call_id(c, 1, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? response_ask_store_get(t, c->scope, id, c->arena, &k, &c->err) : c->err.code;
	if (r >= 0 && strcmp(k.number, c->param[0]) != 0)
		r = err_set(&c->err, -ENOENT, "nobody asks for this consent");
	if (r >= 0)
		r = response_ask_withdraw(t, c->user, id, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", k.company_id, k.incident_id);
	return call_done(c, "response.ask.withdrawn_done", "/cases/%s/consents", k.number);
}

/* --- the company --- */

int response_ask_reply(struct call *c)
{
	struct form f = form_of(c);
	const char *answer = form_text(&f, "answer", true, 5);
	const struct consent_answer x = { .yes = strcmp(answer, "yes") == 0,
					  .said = form_text(&f, "said", false, ASK_WHY_CHARS) };
	struct consent_ask k;
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? response_ask_store_get(t, c->scope, id, c->arena, &k, &c->err) : c->err.code;
	if (r >= 0 && (!form_ok(&f) || (!x.yes && strcmp(answer, "no") != 0)))
		r = err_set(&c->err, -EINVAL, "say yes or no");
	if (r >= 0)
		r = response_ask_answer(t, c->hub, c->user, id, &x, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0)
		return r;
	live_publish(c->hub, "case", k.company_id, k.incident_id);
	return call_done(c, x.yes ? "response.ask.given_done" : "response.ask.refused_done",
			 "/portal/cases/%s", k.number);
}

/* Open ones, where the company's people look first: on their home and on the case. */
int response_panel_asks(struct call *c, const char *slot, int64_t subject_id, struct buf *out)
{
	const bool of_case = strcmp(slot, "portal.case") == 0;
	struct asks_panel p = { .n_rows = 0 };
	struct consent_ask *list;
	size_t n, n_open = 0;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_ask_store_list(t, c->scope, of_case ? subject_id : 0,
					    of_case ? 0 : subject_id, c->arena, &list, &n, &c->err)
		  : c->err.code;

	for (size_t i = 0; r >= 0 && i < n; i++)
		if (strcmp(list[i].state, "open") == 0 && list[i].expires_us > c->now_us)
			list[n_open++] = list[i];
	if (r < 0 || n_open == 0)
		return r;
	p.rows = response_ask_items(c, list, n_open);
	p.n_rows = n_open;
	struct tmpl tm = call_tmpl(c, out);
	tmpl_response_asks_own(&tm, &p);
	return 0;
}
