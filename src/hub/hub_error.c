/* SPDX-License-Identifier: Apache-2.0 */
/* The page (or JSON) for a call that failed: what happened and what to do, never a bare number. */
#include <errno.h>
#include <stdio.h>

#include "hub/hub_core.h"
#include "hub/hub_frame.h"
#include "hub_tmpl.h"

static int status_of(int code)
{
	switch (-code) {
	case ENOENT:
		return 404;
	case EOPNOTSUPP:
		return 405;
	case EKEYREJECTED:
		return 401;
	case EPERM:
	case EACCES:
	case EDENIED:
		return 403;
	case EINVAL:
	case EFORMAT:
	case ERANGE:
	case E2BIG:
		return 400;
	case ECONFLICT:
	case EEXIST:
		return 409;
	case ELIMIT:
		return 413;
	case EBUSY:
		return 429;
	case EAGAIN:
		return 503;
	case ENOSPC:
	case EDQUOT:
		return 507; /* RFC 4918, 11.5 */
	default:
		return 500;
	}
}

/* A 404 says nothing of what might be there: always the same words, but on the administrator's
 * socket. */
static const char *detail_of(const struct call *c, int status)
{
	if (c->scope->kind == SCOPE_SYSTEM)
		return c->err.text;
	if (status == 404 || (status >= 500 && status != 507))
		return "";
	return c->err.text;
}

static const struct error_page *page_of(int status, struct error_page *m)
{
	static const struct {
		int status;
		const char *title, *text;
	} rows[] = {
		{ 404, "hub.error.404.title", "hub.error.404.text" },
		{ 401, "hub.error.401.title", "hub.error.401.text" },
		{ 403, "hub.error.403.title", "hub.error.403.text" },
		{ 405, "hub.error.404.title", "hub.error.404.text" },
		{ 409, "hub.error.409.title", "hub.error.409.text" },
		{ 413, "hub.error.413.title", "hub.error.413.text" },
		{ 429, "hub.error.429.title", "hub.error.429.text" },
		{ 400, "hub.error.400.title", "hub.error.400.text" },
		{ 503, "hub.error.503.title", "hub.error.503.text" },
		{ 507, "hub.error.507.title", "hub.error.507.text" },
	};

	m->title_key = "hub.error.500.title";
	m->text_key = "hub.error.500.text";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].status == status) {
			m->title_key = rows[i].title;
			m->text_key = rows[i].text;
		}
	return m;
}

/* Nobody is known yet, and no language: both. */
void hub_refused(void *door, int status, struct http_res *res)
{
	const struct hub *h = ((const struct hub_door *)door)->hub;
	struct error_page m = { .status = status };

	page_of(status, &m);
	res->type = "text/plain; charset=utf-8";
	for (int lang = 0; lang < LANG_COUNT; lang++)
		buf_printf(&res->body, "%s\n%s\n\n",
			   text_get(h->text, (enum lang)lang, m.title_key),
			   text_get(h->text, (enum lang)lang, m.text_key));
}

static void problem_json(const struct call *c, const struct error_page *m, const char *title,
			 struct buf *b)
{
	struct jsonw w = jsonw_of(b);

	jsonw_object(&w, NULL);
	jsonw_text(&w, "type", "about:blank");
	jsonw_text(&w, "title", title);
	jsonw_int(&w, "status", m->status);
	jsonw_text(&w, "detail", m->detail);
	if (c->wrong.n)
		jsonw_array(&w, "errors");
	for (size_t i = 0; i < c->wrong.n; i++) {
		jsonw_object(&w, NULL);
		jsonw_text(&w, "field", c->wrong.row[i].field);
		jsonw_text(&w, "detail", c->wrong.row[i].text);
		jsonw_end_object(&w);
	}
	if (c->wrong.n)
		jsonw_end_array(&w);
	jsonw_object(&w, "error"); /* as it was before: kept for programs that read it */
	jsonw_int(&w, "status", m->status);
	jsonw_text(&w, "text", m->detail);
	jsonw_end_object(&w);
	jsonw_end_object(&w);
}

int call_problem(struct call *c, int status)
{
	struct error_page m = { .status = status, .detail = detail_of(c, status) };
	struct buf b = { 0 };

	page_of(status, &m);
	const char *title = call_text(c, m.title_key, NULL, 0);
	if (!m.detail[0])
		m.detail = c->wrong.n ? c->wrong.row[0].text : title;
	buf_clear(&c->res->body); /* a page half written is not an answer */
	if (status == 401)        /* RFC 6750, 3 */
		http_res_header(c->res, "WWW-Authenticate",
				c->by_token ? "Bearer error=\"invalid_token\"" : "Bearer");
	problem_json(c, &m, title, &b);
	(void)call_json(c, &b);
	c->res->type = "application/problem+json";
	c->res->status = status;
	return status;
}

int call_error(struct call *c, int code)
{
	struct error_page m = { .status = status_of(code) };
	struct buf b = { 0 };

	m.detail = detail_of(c, m.status);
	page_of(m.status, &m);
	buf_clear(&c->res->body); /* a page half written is not an answer */
	if (c->wants_json)
		return call_problem(c, m.status);
	struct tmpl t = call_tmpl(c, &b);
	tmpl_hub_error(&t, &m);
	(void)call_page(c, m.status, m.title_key, NULL, NULL, &b);
	return m.status;
}
