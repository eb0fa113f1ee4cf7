/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, and may they: session cookie, roles, second factor, CSRF. Every request passes here
 * before its route. */
#include <errno.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_token.h"
#include "hub/hub_core.h"
#include "net/crypto.h"

/* Where one has to go before anything else, and whose routes alone are open until then. */
static const char *gate_path(enum session_gate gate)
{
	switch (gate) {
	case GATE_CODE:
		return "/login/totp";
	case GATE_PASSWORD:
		return "/account/password";
	case GATE_ENROL:
		return "/account/totp";
	case GATE_OPEN:
		break;
	}
	return NULL;
}

/* A cookie set over TLS cannot be replaced over plain http on the same host, so they differ. */
const char *hub_session_cookie(const struct http_req *q)
{
	return http_is_tls(q) ? "otasuke_session" : "otasuke_plain";
}

static int admin_user(struct call *c)
{
	struct user *u = arena_alloc(c->arena, sizeof(*u));

	*u = accounts_system_user(c->now_us);
	u->lang = c->lang;
	c->user = u;
	c->scope = &u->scope;
	return 0;
}

/* RFC 6750, 2.1. A program gets JSON unless it asks for a page. */
static int token_user(struct call *c, const char *bearer)
{
	struct token_try in = { .token = bearer,
				.address = http_remote(c->req),
				.now_us = c->now_us };
	struct user *u = arena_alloc(c->arena, sizeof(*u));
	const char *accept = http_header(c->req, "Accept");
	struct api_token k;
	int r = accounts_token_find(c->hub, &in, &k, u, &c->err);

	c->wants_json |= !accept || !strstr(accept, "text/html");
	c->by_token = true;
	if (r < 0)
		return r;
	if (r == 0)
		return err_set(&c->err, -EKEYREJECTED,
			       "this token is unknown, has ended or was taken back");
	c->reads_only = k.reads;
	c->lang = u->lang;
	text_thread_lang(c->lang);
	c->user = u;
	c->scope = &u->scope;
	return 0;
}

static const char *bearer_of(const struct http_req *q)
{
	const char *v = http_header(q, "Authorization");

	return v && str_starts(str_of(v), STR("Bearer ")) ? v + strlen("Bearer ") : NULL;
}

int hub_auth_user(struct call *c, bool admin_door)
{
	const char *bearer = bearer_of(c->req);
	const char *token = http_cookie_get(c->req, hub_session_cookie(c->req));
	struct accounts_session *s;
	int r;

	if (admin_door)
		return admin_user(c);
	if (bearer)
		return token_user(c, bearer);
	if (!token)
		return 0;
	s = arena_alloc(c->arena, sizeof(*s));
	r = accounts_session_find(c->hub, token, c->now_us, s, &c->err);
	if (r <= 0)
		return r;
	c->session = s;
	c->session_id = s->row.id;
	c->csrf = s->row.csrf;
	c->mfa_later = s->row.mfa == MFA_LATER && !s->totp_on;
	c->lang = s->user.lang;
	text_thread_lang(c->lang);
	c->user = &s->user;
	c->scope = &s->user.scope;
	return 0;
}

static bool csrf_ok(const struct call *c)
{
	const char *given = http_form(c->req, "csrf");

	if (!given)
		given = http_header(c->req, "X-CSRF-Token");
	return given && c->csrf && strlen(given) == strlen(c->csrf) &&
	       crypto_equal(given, c->csrf, strlen(given));
}

/* Browsers say where a request comes from (Fetch Metadata); others do not send this. */
static bool cross_site(const struct call *c)
{
	const char *site = http_header(c->req, "Sec-Fetch-Site");

	return site && (strcmp(site, "cross-site") == 0 || strcmp(site, "same-site") == 0);
}

/* Only the gate's own routes, and leaving, are open before it. */
static bool gate_allows(const struct route *r, const char *path)
{
	return (r->flags & ROUTE_NO_MFA) != 0 &&
	       (str_starts(str_of(r->pattern), str_of(path)) || strcmp(r->pattern, "/logout") == 0);
}

static int go_to(struct call *c, const char *path)
{
	if (c->wants_json || strcmp(c->route->method, "POST") == 0)
		return err_set(&c->err, -EPERM, "please sign in first");
	if (c->fragment) { /* htmx would put the page into the part */
		c->res->status = 401;
		http_res_header(c->res, "HX-Redirect", path);
		return 1;
	}
	(void)call_redirect(c, "%s", path);
	return 1;
}

static int log_in_first(struct call *c)
{
	const char *path = http_path(c->req);

	if (c->wants_json)
		return err_set(&c->err, -EKEYREJECTED, "please sign in first, or send a token");
	if (strcmp(c->route->method, "GET") != 0 || strcmp(path, "/") == 0)
		return go_to(c, "/login");
	SCOPED_BUF struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);
	buf_adds(&b, "/login?to=");
	tmpl_url_text(&t, path);
	return go_to(c, b.p);
}

/* A token opens everything but the way to other tokens and passwords. */
static int token_check(struct call *c, bool post)
{
	bool own = str_starts(str_of(c->route->pattern), STR("/account")) ||
		   str_starts(str_of(c->route->pattern), STR("/log")) ||
		   str_starts(str_of(c->route->pattern), STR("/people"));

	if (post && c->reads_only)
		return err_set(&c->err, -EPERM, "this token may look, but change nothing");
	if (post && own)
		return err_set(&c->err, -EPERM,
			       "passwords, people and tokens are changed by a person who signs in");
	return 0;
}

/* CSRF: the form is there, with its token. A browser does not add a bearer token by itself: nothing
 * to forge. */
static int check(struct call *c, bool admin_door, bool csrf)
{
	bool open = (c->route->roles & ROLE_PUBLIC) != 0;
	bool post = strcmp(c->route->method, "POST") == 0;
	enum session_gate gate = c->session ? accounts_session_gate(c->session) : GATE_OPEN;

	if (admin_door)
		return 0;
	if (post && cross_site(c))
		return err_set(&c->err, -EPERM, "this request came from another site");
	if (open && gate != GATE_OPEN && !gate_allows(c->route, gate_path(gate))) {
		c->user = NULL;
		c->scope = &scope_none;
		gate = GATE_OPEN;
	}
	if (!open && !c->user)
		return log_in_first(c);
	if (gate != GATE_OPEN && !gate_allows(c->route, gate_path(gate)))
		return go_to(c, gate_path(gate));
	if (c->by_token && token_check(c, post) < 0)
		return c->err.code;
	if (csrf && post && !c->by_token && !(c->route->flags & ROUTE_NO_CSRF) && !csrf_ok(c))
		return err_set(&c->err, -EPERM,
			       "this form is too old or not ours, please load the page again");
	if (!open && !user_is(c->user, c->route->roles))
		return err_set(&c->err, -EPERM, "your role does not allow this");
	return 0;
}

int hub_auth_check(struct call *c, bool admin_door)
{
	return check(c, admin_door, true);
}

int hub_auth_early(struct call *c, bool admin_door)
{
	return check(c, admin_door, false);
}
