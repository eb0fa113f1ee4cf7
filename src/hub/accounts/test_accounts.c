/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts: slow guessing, second factor used once, sessions that end, roles that fit, and an audit
 * log in which every change shows. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <liboath/oath.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/test.h"
#include "hub/accounts/accounts_audit_store.h"
#include "hub/accounts/accounts_login.h"
#include "hub/accounts/accounts_people.h"
#include "hub/accounts/accounts_store.h"
#include "hub/accounts/accounts_token.h"
#include "hub/hub_core.h"
#include "hub/test_hub.h"

static int64_t now_of(struct test_hub *th)
{
	return clock_utc_us(th->hub->clock);
}

static int64_t person_with_password(struct test_hub *th, const char *login, unsigned roles,
				    char once[ONCE_TEXT])
{
	struct user by = accounts_system_user(now_of(th));
	struct accounts_person p = { .org_id = th->consortium_id, .roles = roles };
	struct err e = { 0 };
	int64_t id;

	str_copy(p.login, sizeof(p.login), str_of(login));
	str_copy(p.name, sizeof(p.name), str_of(login));
	if (accounts_person_add(th->hub, &by, &p, once, &id, &e) < 0)
		fail_msg("%s", e.text);
	return id;
}

static int try_login(struct test_hub *th, const char *login, const char *password,
		     const char *address, char token[SESSION_TOKEN])
{
	struct login_try in = { .login = login,
				.password = password,
				.address = address,
				.agent = "",
				.now_us = now_of(th) };

	return accounts_login(th->hub, &in, token, NULL);
}

static void wrong_name_and_wrong_password_look_alike(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];

	person_with_password(th, "hanako", ROLE_DESK, once);
	assert_int_equal(try_login(th, "hanako", "wrong", "192.0.2.1", token), -EDENIED);
	assert_int_equal(try_login(th, "nobody", "wrong", "192.0.2.1", token), -EDENIED);
	assert_int_equal(try_login(th, "HANAKO", once, "192.0.2.1", token), 0);
	assert_string_equal(test_hub_post(th, 0, "/login", "login=nobody&password=x").location, "");
	assert_int_equal(test_hub_post(th, 0, "/login", "login=nobody&password=x").status, 401);
}

static void guessing_is_slowed_down(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];

	accounts_conf.login_burst = 3;
	person_with_password(th, "hanako", ROLE_DESK, once);
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_login(th, "hanako", "wrong", "192.0.2.1", token), -EDENIED);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.2", token), -EBUSY);
	clock_fake_add(&th->clock, 61 * US_PER_SEC);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.2", token), 0);
	/* having signed in, all tries are there again */
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_login(th, "hanako", "wrong", "192.0.2.1", token), -EDENIED);
	accounts_conf.login_burst = 10;
	accounts_conf.address_burst = 2;
	/* one bucket for a whole /64 */
	assert_int_equal(try_login(th, "a1", "x", "2001:db8:1:2::1", token), -EDENIED);
	assert_int_equal(try_login(th, "a2", "x", "2001:db8:1:2::2", token), -EDENIED);
	assert_int_equal(try_login(th, "a3", "x", "2001:db8:1:2:3::4", token), -EBUSY);
	assert_int_equal(try_login(th, "a4", "x", "2001:db8:1:3::1", token), -EDENIED);
	accounts_conf.address_burst = 60;
}

static struct accounts_session session_of(struct test_hub *th, const char *token)
{
	struct accounts_session s = { .row.id = 0 };

	assert_int_equal(accounts_session_find(th->hub, token, now_of(th), &s, NULL), 1);
	return s;
}

static void passwords_have_rules(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN], other[SESSION_TOKEN];
	struct accounts_session s;

	person_with_password(th, "hanako-desk", ROLE_DESK, once);
	assert_int_equal(try_login(th, "hanako-desk", once, "192.0.2.1", token), 0);
	assert_int_equal(try_login(th, "hanako-desk", once, "192.0.2.1", other), 0);
	s = session_of(th, token);
	assert_int_equal(accounts_session_gate(&s), GATE_PASSWORD);
	assert_int_equal(accounts_password_change(th->hub, &s.user, s.row.id, NULL, "short", NULL),
			 -EINVAL);
	assert_int_equal(
		accounts_password_change(th->hub, &s.user, s.row.id, NULL, "Hanako-Desk", NULL),
		-EINVAL);
	assert_int_equal(accounts_password_change(th->hub, &s.user, s.row.id, NULL, once, NULL),
			 -EEXIST);
	assert_int_equal(accounts_password_change(th->hub, &s.user, s.row.id, NULL,
						  "みかん りんご ぶどう", NULL),
			 0);
	/* other sessions have ended, this one goes on to the second factor */
	assert_int_equal(accounts_session_find(th->hub, other, now_of(th), &s, NULL), 0);
	s = session_of(th, token);
	assert_int_equal(accounts_session_gate(&s), GATE_ENROL);
	/* from now on the old one is asked for */
	assert_int_equal(accounts_password_change(th->hub, &s.user, s.row.id, NULL,
						  "another long one", NULL),
			 -EDENIED);
	assert_int_equal(accounts_password_change(th->hub, &s.user, s.row.id, "wrong",
						  "another long one", NULL),
			 -EDENIED);
	assert_int_equal(try_login(th, "hanako-desk", once, "192.0.2.1", token), -EDENIED);
}

static void one_time_password_grows_old(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];

	person_with_password(th, "hanako", ROLE_DESK, once);
	clock_fake_add(&th->clock, 8 * US_PER_DAY);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.1", token), -EDENIED);
}

static void code_of(const char *secret, int64_t at_us, char out[7])
{
	char *bytes = NULL;
	size_t n = 0;

	assert_int_equal(oath_base32_decode(secret, strlen(secret), &bytes, &n), OATH_OK);
	assert_int_equal(oath_totp_generate(bytes, n, (time_t)(at_us / US_PER_SEC), 30, 0, 6, out),
			 OATH_OK);
	free(bytes);
}

static void a_code_is_good_once(struct test_hub *th)
{
	int64_t id = test_hub_person(th, th->consortium_id, ROLE_DESK, "hanako");
	struct user u = test_hub_user(th, id);
	char codes[RECOVERY_CODES][RECOVERY_TEXT], secret[40], code[7], token[SESSION_TOKEN];
	struct login_try in = { .address = "192.0.2.1", .agent = "", .now_us = now_of(th) };
	struct accounts_session s;
	int64_t session;
	char fresh[SESSION_TOKEN];

	assert_int_equal(accounts_totp_secret(th->hub, id, secret, NULL), 0);
	assert_int_equal(accounts_totp_on(th->hub, &u, 1, "000000", codes, NULL), -EDENIED);
	code_of(secret, now_of(th), code);
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, NULL);
	assert_int_equal(accounts_session_start(t, id, &in, MFA_NONE, token, &session, NULL), 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	assert_int_equal(accounts_totp_on(th->hub, &u, session, code, codes, NULL), 0);
	s = session_of(th, token);
	assert_int_equal(accounts_session_gate(&s), GATE_OPEN);

	/* the same code again is a replay, the next one is fine and changes the token */
	s.row.mfa = MFA_NONE;
	assert_int_equal(accounts_session_gate(&s), GATE_CODE);
	assert_int_equal(accounts_totp_give(th->hub, &s, code, now_of(th), fresh, NULL), -EDENIED);
	clock_fake_add(&th->clock, 30 * US_PER_SEC);
	code_of(secret, now_of(th), code);
	assert_int_equal(accounts_totp_give(th->hub, &s, code, now_of(th), fresh, NULL), 0);
	assert_int_equal(accounts_session_find(th->hub, token, now_of(th), &s, NULL), 0);
	s = session_of(th, fresh);

	/* a recovery code too */
	assert_int_equal(accounts_totp_give(th->hub, &s, codes[0], now_of(th), fresh, NULL), 0);
	assert_int_equal(accounts_totp_give(th->hub, &s, codes[0], now_of(th), fresh, NULL),
			 -EDENIED);
	assert_int_equal(accounts_totp_give(th->hub, &s, "", now_of(th), fresh, NULL), -EDENIED);
}

static void second_factor_can_be_put_off_in_the_demonstration_only(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];
	struct accounts_session s;

	person_with_password(th, "hanako", ROLE_DESK, once);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.1", token), 0);
	s = session_of(th, token);
	assert_int_equal(accounts_totp_later(th->hub, &s, now_of(th), NULL), -EDENIED);
	th->hub->conf.demo = true;
	assert_int_equal(accounts_totp_later(th->hub, &s, now_of(th), NULL), 0);
}

static void gates_hold_over_http(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];
	SCOPED_BUF struct buf b = { 0 };

	person_with_password(th, "hanako", ROLE_DESK, once);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.1", token), 0);
	buf_printf(&b,
		   "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Cookie: otasuke_plain=%s\r\n\r\n",
		   token);
	struct test_answer a = test_hub_raw(th, b.p);
	assert_int_equal(a.status, 303);
	assert_string_equal(a.location, "/account/password");
	buf_clear(&b);
	buf_printf(&b,
		   "GET /account/totp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Cookie: otasuke_plain=%s\r\n\r\n",
		   token);
	assert_string_equal(test_hub_raw(th, b.p).location, "/account/password");
}

static void sessions_end(struct test_hub *th)
{
	char once[ONCE_TEXT], token[SESSION_TOKEN];
	struct accounts_session s;

	person_with_password(th, "hanako", ROLE_DESK, once);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.1", token), 0);
	/* kept alive by use, but not for ever */
	for (int i = 0; i < 16; i++) {
		clock_fake_add(&th->clock, 10 * US_PER_HOUR);
		(void)session_of(th, token);
	}
	clock_fake_add(&th->clock, 10 * US_PER_HOUR);
	assert_int_equal(accounts_session_find(th->hub, token, now_of(th), &s, NULL), 0);
	clock_fake_add(&th->clock, -10 * US_PER_HOUR);
	clock_fake_init(&th->clock, TEST_HUB_NOW);
	assert_int_equal(try_login(th, "hanako", once, "192.0.2.1", token), 0);
	clock_fake_add(&th->clock, 12 * US_PER_HOUR + US_PER_SEC);
	assert_int_equal(accounts_session_find(th->hub, token, now_of(th), &s, NULL), 0);
	test_hub_job(th, "accounts.tidy");
}

static void roles_fit_the_organisation(struct test_hub *th)
{
	int64_t vendor = test_hub_org(th, ORG_VENDOR, "みちのくセキュリティ");
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	struct user by = test_hub_user(th, admin);
	struct accounts_person p = { .org_id = vendor, .roles = ROLE_ADMIN, .login = "v" };
	struct accounts_person self;
	char once[ONCE_TEXT];
	int64_t id;

	str_copy(p.name, sizeof(p.name), STR("v"));
	assert_int_equal(accounts_person_add(th->hub, &by, &p, once, &id, NULL), -EINVAL);
	str_copy(p.login, sizeof(p.login), STR("vendor.analyst"));
	assert_int_equal(accounts_person_add(th->hub, &by, &p, once, &id, NULL), -EINVAL);
	p.roles = ROLE_ANALYST;
	assert_int_equal(accounts_person_add(th->hub, &by, &p, once, &id, NULL), 0);
	assert_int_equal(accounts_person_add(th->hub, &by, &p, once, &id, NULL), -EEXIST);

	/* the last administrator stays */
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, NULL);
	assert_int_equal(accounts_person_get(t, &by.scope, admin, &self, NULL), 0);
	txn_rollback(&t);
	self.active = false;
	assert_int_equal(accounts_person_change(th->hub, &by, &self, NULL), -EPERM);
	self.active = true;
	self.roles = ROLE_DESK;
	assert_int_equal(accounts_person_change(th->hub, &by, &self, NULL), -EPERM);
}

static void inactive_people_are_out_at_once(struct test_hub *th)
{
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	SCOPED_BUF struct buf b = { 0 };
	char form[200];

	buf_printf(&b, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: %s\r\n\r\n",
		   test_hub_cookie(th, desk));
	assert_int_equal(test_hub_raw(th, b.p).status, 200);
	(void)snprintf(form, sizeof(form), "/people/%lld", (long long)desk);
	assert_int_equal(test_hub_post(th, admin, form, "name=desk&role=desk").status, 303);
	assert_int_equal(test_hub_raw(th, b.p).status, 303);
}

static void members_people_are_seen_by_their_desk_only(struct test_hub *th)
{
	int64_t other = test_hub_org(th, ORG_CONSORTIUM, "別の地域");
	int64_t stranger = test_hub_person(th, other, ROLE_ADMIN, "stranger");
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	int64_t company = test_hub_company(th, "株式会社みなと製作所");
	struct accounts_org *orgs;
	struct user u = test_hub_user(th, admin), s = test_hub_user(th, stranger);
	SCOPED_ARENA struct arena *a = arena_new(0);
	size_t n;
	char path[64];

	(void)company;
	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_READ, NULL);
	assert_int_equal(accounts_org_list(t, &u.scope, ORG_COMPANY, a, &orgs, &n, NULL), 0);
	assert_int_equal(n, 1);
	int64_t org = orgs[0].id;
	assert_int_equal(accounts_org_list(t, &s.scope, ORG_COMPANY, a, &orgs, &n, NULL), 0);
	assert_int_equal(n, 0);
	txn_rollback(&t);
	(void)snprintf(path, sizeof(path), "/organisations/%lld", (long long)org);
	assert_int_equal(test_hub_get(th, admin, path).status, 200);
	assert_int_equal(test_hub_get(th, stranger, path).status, 404);
	assert_null(strstr(test_hub_json(th, stranger, "/audit").body, "company.register"));
	assert_non_null(strstr(test_hub_json(th, admin, "/audit").body, "company.register"));

	/* What a member's people did, though it is about no company, is their desk's to see only.
	 */
	struct user owner = test_hub_user(th, test_hub_person(th, org, ROLE_COMPANY, "owner"));
	t = txn_begin(th->hub->db, TXN_WRITE, NULL);
	assert_int_equal(accounts_audit(t, &owner, "owner.marks", "person", 0, 0, NULL, NULL), 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	assert_null(strstr(test_hub_json(th, stranger, "/audit").body, "owner.marks"));
	assert_non_null(strstr(test_hub_json(th, admin, "/audit").body, "owner.marks"));
}

static void every_page_renders(struct test_hub *th)
{
	static const char *const pages[] = { "/",
					     "/account",
					     "/account/password",
					     "/account/totp",
					     "/people",
					     "/people/new",
					     "/organisations",
					     "/organisations/new",
					     "/audit?check=1",
					     "/people?all=1" };
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	struct test_answer a;

	for (size_t i = 0; i < ARRAY_LEN(pages); i++) {
		a = test_hub_get(th, admin, pages[i]);
		if (a.status != 200)
			fail_msg("%s: %d", pages[i], a.status);
	}
	a = test_hub_post(th, admin, "/people", "login=&name=&org=&role=");
	assert_int_equal(a.status, 400);
	a = test_hub_post(th, admin, "/organisations",
			  "kind=vendor&name=%E3%83%86%E3%82%B9%E3%83%88");
	assert_int_equal(a.status, 303);
	assert_int_equal(test_hub_get(th, admin, a.location).status, 200);
	a = test_hub_post(th, admin, "/lang", "lang=en&back=/people");
	assert_string_equal(a.location, "/people");
	assert_non_null(strstr(test_hub_get(th, admin, "/people").body, "<html lang=\"en\""));
	a = test_hub_post(th, admin, "/lang", "lang=ja&back=//evil.example/");
	assert_string_equal(a.location, "/");
}

static int tamper(struct test_hub *th, const char *sql)
{
	int64_t rows;

	SCOPED_TXN struct txn *t = txn_begin(th->hub->db, TXN_WRITE, NULL);
	assert_true(db_exec(t, &scope_system, sql, DB_NO_ARGS, NULL) >= 0);
	assert_int_equal(txn_commit(&t, NULL), 0);
	return accounts_audit_verify(th->hub->db, &rows, NULL);
}

static void audit_chain_shows_changes(struct test_hub *th)
{
	int64_t rows;

	test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	assert_int_equal(accounts_audit_verify(th->hub->db, &rows, NULL), 0);
	assert_true(rows >= 3);
	assert_int_equal(tamper(th, "UPDATE audit SET action = 'x' WHERE id = 2 @global"),
			 -EFORMAT);
	assert_int_equal(tamper(th, "UPDATE audit SET action = 'person.add' WHERE id = 2 @global"),
			 0);
	assert_int_equal(tamper(th, "UPDATE audit SET entity_id = entity_id + 1 WHERE id = 1 "
				    "@global"),
			 -EFORMAT);
	assert_int_equal(tamper(th, "UPDATE audit SET entity_id = entity_id - 1 WHERE id = 1 "
				    "@global"),
			 0);
	/* the end cut off */
	assert_int_equal(tamper(th, "DELETE FROM audit WHERE id = (SELECT id FROM audit_head) "
				    "@global"),
			 -EFORMAT);
}

/* A request of a program; no cookie, no CSRF token. */
static struct test_answer ask(struct test_hub *th, const char *method, const char *path,
			      const char *token, const char *form)
{
	static char text[2048];

	(void)snprintf(text, sizeof(text),
		       "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
		       "Content-Type: application/x-www-form-urlencoded\r\n"
		       "Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
		       method, path, token, strlen(form), form);
	return test_hub_raw(th, text);
}

static void token_new(struct test_hub *th, int64_t person, bool reads, char out[TOKEN_TEXT])
{
	struct user u = test_hub_user(th, person);
	const struct token_new n = { .name = "figures", .days = 30, .reads = reads };
	struct err e = { 0 };

	if (accounts_token_make(th->hub, &u, &n, now_of(th), out, &e) < 0)
		fail_msg("%s", e.text);
}

static void a_program_asks_with_a_token(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "token.desk");
	char token[TOKEN_TEXT];

	token_new(th, desk, false, token);
	struct test_answer a = ask(th, "GET", "/cases", token, "");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.type, "application/json"));
	assert_int_equal(ask(th, "GET", "/people", token, "").status, 403);
	token[TOKEN_TEXT - 3] ^= 1;
	assert_int_equal(ask(th, "GET", "/cases", token, "").status, 401);
	assert_int_equal(ask(th, "GET", "/cases", "", "").status, 401);
}

static void a_token_changes_no_password_and_makes_no_token(struct test_hub *th)
{
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "token.admin");
	char token[TOKEN_TEXT];

	token_new(th, admin, false, token);
	assert_int_equal(ask(th, "GET", "/people", token, "").status, 200);
	assert_int_equal(ask(th, "POST", "/account/tokens", token, "name=x&days=1").status, 403);
	assert_int_equal(ask(th, "POST", "/account/password", token, "old=x&new=y").status, 403);
	assert_int_equal(ask(th, "POST", "/people", token, "login=x&name=x").status, 403);
}

static void a_token_that_may_look_changes_nothing(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "token.look");
	char looks[TOKEN_TEXT], changes[TOKEN_TEXT];

	token_new(th, desk, true, looks);
	token_new(th, desk, false, changes);
	assert_int_equal(ask(th, "POST", "/cases/IW-2026-000001/take", looks, "").status, 403);
	assert_int_equal(ask(th, "POST", "/cases/IW-2026-000001/take", changes, "").status, 404);
}

static void tokens_end(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "token.end");
	int64_t other = test_hub_person(th, th->consortium_id, ROLE_DESK, "token.other");
	struct user u = test_hub_user(th, desk), system = accounts_system_user(now_of(th));
	char a[TOKEN_TEXT], b[TOKEN_TEXT], once[ONCE_TEXT];

	token_new(th, desk, false, a);
	token_new(th, desk, false, b);
	assert_int_equal(test_hub_post(th, other, "/account/tokens/1/end", "").status, 404);
	assert_int_equal(ask(th, "GET", "/cases", a, "").status, 200);
	assert_int_equal(accounts_token_end(th->hub, &u, 1, now_of(th), NULL), 0);
	assert_int_equal(ask(th, "GET", "/cases", a, "").status, 401);
	assert_int_equal(ask(th, "GET", "/cases", b, "").status, 200);
	assert_int_equal(accounts_person_reset(th->hub, &system, desk, once, NULL), 0);
	assert_int_equal(ask(th, "GET", "/cases", b, "").status, 401);
	token_new(th, other, false, a);
	clock_fake_add(&th->clock, 31 * US_PER_DAY);
	assert_int_equal(ask(th, "GET", "/cases", a, "").status, 401);
}

static void tokens_have_a_page(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "token.page");

	assert_int_equal(test_hub_post(th, desk, "/account/tokens", "name=&days=30").status, 400);
	assert_int_equal(test_hub_post(th, desk, "/account/tokens", "name=x&days=999").status, 400);
	struct test_answer a =
		test_hub_post(th, desk, "/account/tokens", "name=figures&days=30&may=change");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "ots_"));
	a = test_hub_get(th, desk, "/account/tokens");
	assert_int_equal(a.status, 200);
	assert_non_null(strstr(a.body, "figures"));
	assert_null(strstr(a.body, "ots_"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(wrong_name_and_wrong_password_look_alike),
		ON_BOTH(guessing_is_slowed_down),
		ON_BOTH(passwords_have_rules),
		ON_BOTH(one_time_password_grows_old),
		ON_BOTH(a_code_is_good_once),
		ON_BOTH(second_factor_can_be_put_off_in_the_demonstration_only),
		ON_BOTH(gates_hold_over_http),
		ON_BOTH(sessions_end),
		ON_BOTH(roles_fit_the_organisation),
		ON_BOTH(inactive_people_are_out_at_once),
		ON_BOTH(members_people_are_seen_by_their_desk_only),
		ON_BOTH(every_page_renders),
		ON_BOTH(audit_chain_shows_changes),
		ON_BOTH(a_program_asks_with_a_token),
		ON_BOTH(a_token_changes_no_password_and_makes_no_token),
		ON_BOTH(a_token_that_may_look_changes_nothing),
		ON_BOTH(tokens_end),
		ON_BOTH(tokens_have_a_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
