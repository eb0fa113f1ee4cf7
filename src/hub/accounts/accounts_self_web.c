/* SPDX-License-Identifier: Apache-2.0 */
/* One's own settings over HTTP: password, second factor, sessions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "hub/accounts/accounts_pages.h"
#include "hub/accounts/accounts_session_store.h"
#include "hub/accounts/accounts_store.h"
#include "hub/accounts_tmpl.h"
#include "print/qr.h"

static int self_load(struct call *c, struct account_page *m, struct accounts_person *p)
{
	struct session_row *sessions;
	int r;

	SCOPED_TXN struct txn *t = txn_begin(c->hub->db, TXN_READ, &c->err);
	if (!t)
		return c->err.code;
	if ((r = accounts_store_person_get(t, &scope_system, c->user->person_id, p, &c->err)) < 0 ||
	    (r = accounts_session_store_list(t, c->scope, p->id, c->now_us, c->arena, &sessions,
					     &m->n_sessions, &c->err)) < 0 ||
	    (r = accounts_store_recovery_left(t, c->scope, p->id, &m->codes_left, &c->err)) < 0)
		return r;
	m->person = p;
	m->sessions = sessions;
	m->session_id = c->session_id;
	return 0;
}

static int self_page(struct call *c, int status, const char *error)
{
	struct account_page m = {
		.password = accounts_field("password", "accounts.login.password", "password", ""),
		.error = error,
	};
	struct accounts_person p;
	struct buf b = { 0 };
	int r = self_load(c, &m, &p);

	if (r < 0)
		return r;
	m.password.autocomplete = "current-password";
	m.password.required = true;
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_self(&t, &m);
	return call_page(c, status, "accounts.self.title", NULL, "/account", &b);
}

int accounts_self_get(struct call *c)
{
	return self_page(c, 200, NULL);
}

static int password_page(struct call *c, int status, const char *error)
{
	struct password_page m = {
		.old = accounts_field("old", "accounts.password.old", "password", ""),
		.fresh = accounts_field("new", "accounts.password.new", "password", ""),
		.error = error,
		.once = c->session && c->session->must_change,
	};
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	m.old.autocomplete = "current-password";
	m.fresh.autocomplete = "new-password";
	m.fresh.hint_key = "accounts.password.hint";
	m.old.required = m.fresh.required = true;
	tmpl_accounts_password(&t, &m);
	return call_page(c, status, "accounts.password.title", NULL, NULL, &b);
}

int accounts_password_get(struct call *c)
{
	return password_page(c, 200, NULL);
}

int accounts_password_post(struct call *c)
{
	const char *old = http_form(c->req, "old"), *fresh = http_form(c->req, "new");
	bool once = c->session && c->session->must_change;
	int r = accounts_password_change(c->hub, c->user, c->session_id,
					 once  ? NULL
					 : old ? old
					       : "",
					 fresh ? fresh : "", &c->err);

	if (r == -EINVAL || r == -EDENIED || r == -EEXIST || r == -EBUSY)
		return password_page(c, 400, c->err.text);
	if (r < 0)
		return r;
	return call_done(c, "accounts.password.done", once ? "/" : "/account");
}

/* "ABCD EFGH ...": as people type it into a telephone. */
static const char *in_fours(struct call *c, const char *secret)
{
	struct buf b = { 0 };

	for (size_t i = 0; secret[i]; i++) {
		if (i && i % 4 == 0)
			buf_addc(&b, ' ');
		buf_addc(&b, secret[i]);
	}
	const char *out = arena_strdup(c->arena, b.p ? b.p : "");
	buf_done(&b);
	return out;
}

static const char *otpauth_url(struct call *c, const char *secret)
{
	struct buf b = { 0 };
	struct tmpl t = call_tmpl(c, &b);

	buf_adds(&b, "otpauth://totp/otasuke:");
	tmpl_url_text(&t, c->user->name);
	buf_printf(&b, "?secret=%s&issuer=otasuke", secret);
	const char *out = arena_strdup(c->arena, b.p);
	buf_done(&b);
	return out;
}

/* Without a picture the letters beside it do. */
static struct html enrol_qr(struct call *c, const char *url)
{
	struct buf b = { 0 };
	struct html h = { "", 0 };

	if (qr_svg(url, &b, NULL) >= 0)
		h = (struct html){ arena_strndup(c->arena, b.p, b.n), b.n };
	buf_done(&b);
	return h;
}

static int enrol_page(struct call *c, int status, const char *error)
{
	char secret[40];
	struct enrol_page m = {
		.code = accounts_field("code", "accounts.code.label", "text", ""),
		.error = error,
		.may_wait = c->hub->conf.demo && c->session && !c->mfa_later,
		.must = user_is(c->user, ROLES_CASEWORK | ROLE_ADMIN),
	};
	struct buf b = { 0 };
	int r = accounts_totp_secret(c->hub, c->user->person_id, secret, &c->err);

	if (r == -EEXIST)
		return call_redirect(c, "/account");
	if (r < 0)
		return r;
	m.secret = in_fours(c, secret);
	m.url = otpauth_url(c, secret);
	m.qr = enrol_qr(c, m.url);
	m.code.autocomplete = "one-time-code";
	m.code.required = true;
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_enrol(&t, &m);
	return call_page(c, status, "accounts.enrol.title", NULL, NULL, &b);
}

int accounts_enrol_get(struct call *c)
{
	if (!c->session)
		return err_set(&c->err, -EPERM, "please sign in first");
	return enrol_page(c, 200, NULL);
}

int accounts_enrol_post(struct call *c)
{
	const char *code = http_form(c->req, "code");
	struct codes_page m;
	struct buf b = { 0 };
	int r = accounts_totp_on(c->hub, c->user, c->session_id, code ? code : "", m.codes,
				 &c->err);

	if (r == -EDENIED)
		return enrol_page(c, 400, call_text(c, "accounts.code.wrong", NULL, 0));
	if (r == -EBUSY)
		return enrol_page(c, 429, call_text(c, "accounts.login.wait", NULL, 0));
	if (r < 0)
		return r;
	struct tmpl t = call_tmpl(c, &b);
	tmpl_accounts_codes(&t, &m);
	return call_page(c, 200, "accounts.codes.title", NULL, NULL, &b);
}

int accounts_enrol_later(struct call *c)
{
	int r;

	if (!c->session)
		return err_set(&c->err, -EPERM, "please sign in first");
	if ((r = accounts_totp_later(c->hub, c->session, c->now_us, &c->err)) < 0)
		return r;
	return call_redirect(c, "/");
}

int accounts_enrol_off(struct call *c)
{
	const char *password = http_form(c->req, "password");
	int r = accounts_totp_off(c->hub, c->user, password ? password : "", &c->err);

	if (r == -EDENIED || r == -EBUSY)
		return self_page(c, 400, c->err.text);
	if (r < 0)
		return r;
	return call_done(c, "accounts.enrol.off", "/account");
}

int accounts_session_end_post(struct call *c)
{
	int64_t id;
	int r = call_id(c, 0, &id);

	if (r < 0 || (r = accounts_session_end(c->hub, c->user, id, 0, &c->err)) < 0)
		return r;
	return call_done(c, "accounts.sessions.ended", "/account");
}

int accounts_sessions_end_post(struct call *c)
{
	int r = accounts_session_end(c->hub, c->user, 0, c->session_id, &c->err);

	if (r < 0)
		return r;
	return call_done(c, "accounts.sessions.ended", "/account");
}
