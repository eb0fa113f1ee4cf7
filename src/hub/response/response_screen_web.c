/* SPDX-License-Identifier: Apache-2.0 */
/* Work on a screen: starting it, the address, ending it with the other program's log. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/live.h"
#include "hub/response/response_screen.h"
#include "hub/response/response_store.h"
#include "hub/response_tmpl.h"

enum { TOOLS = 2 };

static const struct screen_tool tools[TOOLS] = {
	{ "meshcentral", "response.tool.meshcentral", false },
	{ "rustdesk", "response.tool.rustdesk", false },
};

static const char *template_of(const char *tool)
{
	const char *url = strcmp(tool, "meshcentral") == 0 ? response_conf.meshcentral_url
							   : response_conf.rustdesk_url;

	return url ? url : "";
}

/* The address with {device} and {company} filled in, percent-encoded. */
static const char *url_of(struct call *c, const struct response_session *x)
{
	const struct str device = STR("{device}"), company = STR("{company}");
	struct str rest = str_of(template_of(x->tool));
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	while (rest.n) {
		size_t skip = 1;

		if (str_starts(rest, device)) {
			tmpl_url_text(&t, x->device);
			skip = device.n;
		} else if (str_starts(rest, company)) {
			tmpl_int(&t, x->company_id);
			skip = company.n;
		} else {
			buf_addc(&b, *rest.p);
		}
		rest = (struct str){ rest.p + skip, rest.n - skip };
	}
	const char *out = arena_strndup(c->arena, b.p ? b.p : "", b.n);
	buf_done(&b);
	return out;
}

static struct screen_item item_of(struct call *c, const struct response_session *x)
{
	return (struct screen_item){
		.s = *x,
		.name_key = arena_printf(c->arena, "response.tool.%s", x->tool),
		.url = url_of(c, x),
		.is_mine = x->person_id == c->user->person_id,
		.has_log = x->log_name[0] != 0 || x->log[0] != 0,
	};
}

int response_screen_panel(struct call *c, struct txn *t, struct remote_panel *p)
{
	struct response_session *list;
	int r = response_store_sessions(t, c->scope, p->c.id, c->arena, &list, &p->n_sessions,
					&c->err);

	if (r < 0)
		return r;
	p->sessions = arena_array(c->arena, p->n_sessions + 1, sizeof(*p->sessions));
	for (size_t i = 0; i < p->n_sessions; i++)
		p->sessions[i] = item_of(c, &list[i]);
	p->tools = arena_array(c->arena, TOOLS, sizeof(*p->tools));
	for (size_t i = 0; i < TOOLS; i++)
		if (template_of(tools[i].id)[0])
			p->tools[p->n_tools++] = tools[i];
	return 0;
}

/* --- JSON --- */

static void session_json(struct jsonw *w, const struct screen_item *it)
{
	jsonw_object(w, NULL);
	jsonw_int(w, "id", it->s.id);
	jsonw_text(w, "tool", it->s.tool);
	jsonw_text(w, "device", it->s.device);
	jsonw_text(w, "url", it->s.ended_us ? "" : it->url);
	jsonw_int(w, "consent_id", it->s.consent_id);
	jsonw_text(w, "person", it->s.person_name);
	jsonw_int(w, "started_us", it->s.started_us);
	jsonw_int(w, "ended_us", it->s.ended_us);
	jsonw_int(w, "minutes", it->s.minutes);
	jsonw_text(w, "did", it->s.did);
	jsonw_text(w, "log_name", it->s.log_name);
	jsonw_end_object(w);
}

int response_screens_list(struct call *c)
{
	struct response_session *list;
	struct incident i;
	struct buf b = { 0 };
	struct jsonw w = jsonw_of(&b);
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? cases_get(t, c->scope, c->param[0], c->arena, &i, &c->err) : c->err.code;

	if (r >= 0)
		r = response_store_sessions(t, c->scope, i.id, c->arena, &list, &n, &c->err);
	if (r < 0)
		return r;
	if (!c->wants_json)
		return call_redirect(c, "/cases/%s#remote", i.number);
	jsonw_object(&w, NULL);
	jsonw_array(&w, "sessions");
	for (size_t k = 0; k < n; k++) {
		const struct screen_item it = item_of(c, &list[k]);
		session_json(&w, &it);
	}
	jsonw_end_array(&w);
	jsonw_end_object(&w);
	return call_json(c, &b);
}

/* --- one session --- */

static int load(struct call *c, int64_t id, struct screen_page *p)
{
	struct response_session x;
	const char *number;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	int r = t ? response_store_session_get(t, c->scope, id, c->arena, &x, &c->err)
		  : c->err.code;

	if (r >= 0)
		r = cases_store_number(t, c->scope, x.incident_id, c->arena, &number, &c->err);
	if (r >= 0)
		r = cases_get(t, c->scope, number, c->arena, &p->c, &c->err);
	if (r < 0)
		return r;
	p->item = item_of(c, &x);
	p->may_end = user_is(c->user, CASES_WORKERS) && !x.ended_us;
	p->did = p->log = "";
	p->minutes = (c->now_us - x.started_us + US_PER_MIN - 1) / US_PER_MIN;
	return 0;
}

static int page_of(struct call *c, int status, struct screen_page *p)
{
	struct buf b = { 0 };
	struct tmpl tm = call_tmpl(c, &b);

	if (c->wants_json) {
		struct jsonw w = jsonw_of(&b);
		session_json(&w, &p->item);
		return call_json(c, &b);
	}
	tmpl_response_screen_page(&tm, p);
	return call_page(c, status, "response.screen.title", NULL, "/cases", &b);
}

int response_screen_show(struct call *c)
{
	struct screen_page p = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = load(c, id, &p)) < 0)
		return r;
	return page_of(c, 200, &p);
}

int response_screen_start(struct call *c)
{
	struct form f = form_of(c);
	const char *tool = form_text(&f, "tool", false, 20);
	const char *device = form_text(&f, "device", false, 100);
	struct screen_page p = { 0 };
	int64_t id;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	int r = t ? response_screen_begin(t, c->user, c->param[0], tool, device, c->now_us, &id,
					  &c->err)
		  : c->err.code;

	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r < 0 || (r = load(c, id, &p)) < 0)
		return r;
	live_publish(c->hub, "case", p.c.company_id, p.c.id);
	if (c->wants_json)
		return page_of(c, 200, &p);
	return call_done(c, "response.screen.begun", "/screens/%" PRId64, id);
}

/* The log: an uploaded file, or what was pasted. Text only: it is shown, and never run. */
static int log_typed(struct call *c, struct screen_end *end)
{
	const char *pasted = http_form(c->req, "log");
	struct http_file file;

	end->log = pasted ? pasted : "";
	end->log_name = "";
	if (!http_file_get(c->req, "file", &file) || file.n == 0)
		return 0;
	if (file.n > SCREEN_LOG_MAX)
		return err_set(&c->err, -EINVAL, "the log is too long: at most %d bytes",
			       SCREEN_LOG_MAX);
	if (!utf8_valid(file.p, file.n) || memchr(file.p, 0, file.n))
		return err_set(&c->err, -EINVAL, "the log is not a text in UTF-8");
	end->log = arena_strndup(c->arena, file.p, file.n);
	end->log_name = arena_strndup(c->arena, file.name ? file.name : "", 100);
	return 0;
}

int response_screen_end(struct call *c)
{
	struct form f = form_of(c);
	struct screen_end end = { .minutes = form_int(&f, "minutes", false, 0, SCREEN_MINUTES_MAX),
				  .did = form_text(&f, "did", false, 2000) };
	struct screen_page p = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = load(c, id, &p)) < 0)
		return r;
	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_WRITE, &c->err);
	r = t ? log_typed(c, &end) : c->err.code;
	if (r >= 0 && !form_ok(&f))
		r = err_set(&c->err, -EINVAL, "%s", f.errors[0].text);
	if (r >= 0)
		r = response_screen_finish(t, c->user, id, &end, c->now_us, &c->err);
	if (r >= 0)
		r = txn_commit(&t, &c->err);
	if (r == -EINVAL && !c->wants_json) {
		txn_rollback(&t);
		p.error = arena_strdup(c->arena, c->err.text);
		p.did = end.did;
		p.minutes = end.minutes;
		p.log = strlen(end.log) <= SCREEN_LOG_MAX ? end.log : "";
		return page_of(c, 400, &p);
	}
	if (r < 0)
		return r;
	live_publish(c->hub, "case", p.c.company_id, p.c.id);
	if (!c->wants_json)
		return call_done(c, "response.screen.ended", "/cases/%s", p.c.number);
	if ((r = load(c, id, &p)) < 0)
		return r;
	return page_of(c, 200, &p);
}

int response_screen_log(struct call *c)
{
	struct screen_page p = { 0 };
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = load(c, id, &p)) < 0)
		return r;
	if (!p.item.s.log[0])
		return err_set(&c->err, -ENOENT, "this session has no log");
	c->res->status = 200;
	c->res->type = "text/plain; charset=utf-8";
	http_res_header(
		c->res, "Content-Disposition",
		arena_printf(c->arena, "attachment; filename=\"session-%" PRId64 ".txt\"", id));
	buf_adds(&c->res->body, p.item.s.log);
	return 0;
}
