/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out over HTTP, and the table of this feature's routes. One's own settings:
 * accounts_self_web.c. People and organisations: accounts_people_web.c, accounts_org_web.c. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_fill.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts/accounts_seen.h"
#include "hub/accounts_sql.h"
#include "hub/accounts_tmpl.h"
#include "hub/hub_core.h"

struct field_view accounts_field(const char *name, const char *label_key, const char *type,
				 const char *value)
{
	return (struct field_view){ .name = name,
				    .label_key = label_key,
				    .type = type,
				    .value = value,
				    .autocomplete = "off" };
}

void accounts_session_cookie(struct call *c, const char *token)
{
	http_res_cookie(c->res, c->req,
			&(struct http_cookie){ .name = hub_session_cookie(c->req),
					       .value = token,
					       .max_age_s = token[0] ? 0 : -1 });
}

/* Where to go after signing in: a page of ours or home. */
static const char *to_of(struct call *c)
{
	const char *to = http_query(c->req, "to");

	if (!to)
		to = http_form(c->req, "to");
	if (!to || to[0] != '/' || to[1] == '/' || to[1] == '\\' || strlen(to) > 500)
		return "";
	return to;
}

static int login_page(struct call *c, int status, const char *error)
{
	const char *login = http_form(c->req, "login");
	struct login_page m = {
		.login = accounts_field("login", "accounts.login.name", "text", login ? login : ""),
		.password = accounts_field("password", "accounts.login.password", "password", ""),
		.error = error,
		.to = to_of(c),
		.demo = c->hub->conf.demo,
	};
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	m.login.autocomplete = "username";
	m.password.autocomplete = "current-password";
	m.login.required = m.password.required = true;
	m.login.autofocus = !m.login.value[0];
	m.password.autofocus = !m.login.autofocus;
	tmpl_accounts_login(&t, &m);
	return call_page(c, status, "accounts.login.title", NULL, NULL, &b);
}

int accounts_login_get(struct call *c)
{
	if (c->user)
		return call_redirect(c, "/");
	return login_page(c, 200, NULL);
}

int accounts_login_post(struct call *c)
{
	const char *login = http_form(c->req, "login"), *password = http_form(c->req, "password");
	const char *agent = http_header(c->req, "User-Agent"), *to = to_of(c);
	char token[SESSION_TOKEN];
	struct login_try try = { .login = login ? login : "",
				 .password = password ? password : "",
				 .address = http_remote(c->req),
				 .agent = agent ? agent : "",
				 .now_us = c->now_us };
	int r = accounts_login(c->hub, &try, token, &c->err);

	if (r == -EDENIED)
		return login_page(c, 401, call_text(c, "accounts.login.wrong", NULL, 0));
	if (r == -EBUSY)
		return login_page(c, 429, call_text(c, "accounts.login.wait", NULL, 0));
	if (r < 0)
		return r;
	accounts_session_cookie(c, token);
	return call_redirect(c, "%s", to[0] ? to : "/");
}

static int code_page(struct call *c, int status, const char *error)
{
	struct code_page m = {
		.code = accounts_field("code", "accounts.code.label", "text", ""),
		.error = error,
	};
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	m.code.autocomplete = "one-time-code";
	m.code.required = m.code.autofocus = true;
	m.code.hint_key = "accounts.code.hint";
	tmpl_accounts_code(&t, &m);
	return call_page(c, status, "accounts.code.title", NULL, NULL, &b);
}

int accounts_code_get(struct call *c)
{
	if (!c->session || accounts_session_gate(c->session) != GATE_CODE)
		return call_redirect(c, "/");
	return code_page(c, 200, NULL);
}

int accounts_code_post(struct call *c)
{
	const char *code = http_form(c->req, "code");
	char token[SESSION_TOKEN];
	int r;

	if (!c->session)
		return err_set(&c->err, -EPERM, "please sign in first");
	r = accounts_totp_give(c->hub, c->session, code ? code : "", c->now_us, token, &c->err);
	if (r == -EDENIED)
		return code_page(c, 401, call_text(c, "accounts.code.wrong", NULL, 0));
	if (r == -EBUSY)
		return code_page(c, 429, call_text(c, "accounts.login.wait", NULL, 0));
	if (r < 0)
		return r;
	accounts_session_cookie(c, token);
	return call_redirect(c, "/");
}

int accounts_logout_post(struct call *c)
{
	int r = c->session ? accounts_logout(c->hub, c->user, c->session_id, &c->err) : 0;

	if (r < 0)
		return r;
	accounts_session_cookie(c, "");
	return call_redirect(c, "/login");
}

int accounts_lang_post(struct call *c)
{
	const char *wish = http_form(c->req, "lang"), *back = http_form(c->req, "back");
	enum lang lang = lang_parse(wish ? wish : "", c->lang);

	if (c->session && c->user) {
		int r = accounts_lang_set(c->hub, c->user, lang, &c->err);
		if (r < 0)
			return r;
	}
	http_res_cookie(c->res, c->req,
			&(struct http_cookie){ .name = "otasuke_lang",
					       .value = lang_tag(lang),
					       .max_age_s = 400 * 24 * 3600 });
	if (!back || back[0] != '/' || back[1] == '/' || back[1] == '\\')
		back = "/";
	return call_redirect(c, "%s", back);
}

static const struct route routes[] = {
	/* NO_CSRF: nobody is signed in whose rights could be borrowed; requests that a browser
	 * says come from other sites are refused all the same. */
	{ "GET", "/login", ROLE_PUBLIC, accounts_login_get, 0 },
	{ "POST", "/login", ROLE_PUBLIC, accounts_login_post, ROUTE_NO_CSRF },
	/* NO_CSRF: works before signing in; all it can change is a language. */
	{ "POST", "/lang", ROLE_PUBLIC, accounts_lang_post, ROUTE_NO_CSRF },
	{ "POST", "/logout", ROLES_ANY, accounts_logout_post, ROUTE_NO_MFA },
	{ "GET", "/login/totp", ROLES_ANY, accounts_code_get, ROUTE_NO_MFA },
	{ "POST", "/login/totp", ROLES_ANY, accounts_code_post, ROUTE_NO_MFA },

	{ "GET", "/account", ROLES_ANY, accounts_self_get, 0 },
	{ "GET", "/account/password", ROLES_ANY, accounts_password_get, ROUTE_NO_MFA },
	{ "POST", "/account/password", ROLES_ANY, accounts_password_post, ROUTE_NO_MFA },
	{ "GET", "/account/totp", ROLES_ANY, accounts_enrol_get, ROUTE_NO_MFA },
	{ "POST", "/account/totp", ROLES_ANY, accounts_enrol_post, ROUTE_NO_MFA },
	{ "POST", "/account/totp/later", ROLES_ANY, accounts_enrol_later, ROUTE_NO_MFA },
	{ "POST", "/account/totp-off", ROLES_ANY, accounts_enrol_off, 0 },
	{ "GET", "/account/tokens", ROLES_ANY, accounts_tokens_get, 0 },
	{ "POST", "/account/tokens", ROLES_ANY, accounts_tokens_post, 0 },
	{ "POST", "/account/tokens/{id}/end", ROLES_ANY, accounts_token_end_post, 0 },
	{ "POST", "/account/sessions/{id}/end", ROLES_ANY, accounts_session_end_post, 0 },
	{ "POST", "/account/sessions/end", ROLES_ANY, accounts_sessions_end_post, 0 },

	{ "GET", "/people", ROLE_ADMIN, accounts_people_get, 0 },
	{ "GET", "/people/new", ROLE_ADMIN, accounts_person_new, 0 },
	{ "POST", "/people", ROLE_ADMIN, accounts_person_add_post, 0 },
	{ "GET", "/people/{id}", ROLE_ADMIN, accounts_person_get_page, 0 },
	{ "POST", "/people/{id}", ROLE_ADMIN, accounts_person_change_post, 0 },
	{ "POST", "/people/{id}/reset", ROLE_ADMIN, accounts_person_reset_post, 0 },

	{ "GET", "/organisations", ROLE_ADMIN, accounts_orgs_get, 0 },
	{ "GET", "/organisations/new", ROLE_ADMIN, accounts_org_new, 0 },
	{ "POST", "/organisations", ROLE_ADMIN, accounts_org_add_post, 0 },
	{ "GET", "/organisations/{id}", ROLE_ADMIN, accounts_org_get_page, 0 },
	{ "POST", "/organisations/{id}", ROLE_ADMIN, accounts_org_change_post, 0 },

	{ "GET", "/audit", ROLE_ADMIN, accounts_audit_get, 0 },
};

static const struct menu_item menu[] = {
	{ "/", "hub.home.title", "home", ROLES_ANY, 0 },
	{ "/people", "accounts.people.menu", "people", ROLE_ADMIN, 900 },
	{ "/organisations", "accounts.orgs.menu", "company", ROLE_ADMIN, 910 },
	{ "/audit", "accounts.audit.menu", "audit", ROLE_ADMIN, 920 },
};

static const struct job jobs[] = {
	{ "accounts.tidy", 10 * 60 * 1000, accounts_tidy },
	{ "accounts.seen", 5 * 1000, accounts_seen_flush },
};

#define ROW(key, type, min, max, initial, field, help)                                             \
	{                                                                                          \
		key, type, min, max, initial, offsetof(struct accounts_conf, field), help          \
	}
static const struct conf_row conf[] = {
	ROW("accounts.session_idle", CONF_DURATION_MS, 60000, INT64_C(604800000), "12h",
	    session_idle_ms, "a session ends when nothing was asked for this long"),
	ROW("accounts.session_max", CONF_DURATION_MS, 60000, INT64_C(2592000000), "7d",
	    session_max_ms, "a session ends after this long in any case"),
	ROW("accounts.login_burst", CONF_INT, 1, 1000, "10", login_burst,
	    "wrong passwords in a row for one login name"),
	ROW("accounts.login_refill", CONF_DURATION_MS, 1000, 3600000, "1m", login_refill_ms,
	    "after this long one more try for a login name"),
	ROW("accounts.address_burst", CONF_INT, 1, 100000, "60", address_burst,
	    "sign-ins in a row from one address"),
	ROW("accounts.address_refill", CONF_DURATION_MS, 100, 3600000, "10s", address_refill_ms,
	    "after this long one more sign-in from an address"),
	ROW("accounts.password_once", CONF_DURATION_MS, 60000, INT64_C(2592000000), "7d",
	    password_once_ms, "how long a one-time password is good"),
	ROW("accounts.seen_keep", CONF_DURATION_MS, INT64_C(2592000000), INT64_C(315360000000),
	    "400d", seen_keep_ms, "how long it is kept who looked at what of a company"),
};

const struct hub_feature accounts_feature = {
	.name = "accounts",
	.schema = accounts_sql,
	.routes = routes,
	.n_routes = ARRAY_LEN(routes),
	.jobs = jobs,
	.n_jobs = ARRAY_LEN(jobs),
	.conf = conf,
	.n_conf = ARRAY_LEN(conf),
	.conf_target = &accounts_conf,
	.menu = menu,
	.n_menu = ARRAY_LEN(menu),
	.start = accounts_seen_start,
	.stop = accounts_seen_stop,
	.fill = accounts_fill,
};
