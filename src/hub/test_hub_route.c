/* SPDX-License-Identifier: Apache-2.0 */
/* Routes: patterns, parameters, methods; sign-in gate, CSRF and roles through the real server. */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/accounts/accounts_login.h"
#include "hub/hub_core.h"
#include "hub/test_hub.h"

static int nothing(struct call *c)
{
	c->res->status = 200;
	return 0;
}

static const struct route some[] = {
	{ "GET", "/cases", ROLE_DESK, nothing, 0 },
	{ "GET", "/cases/new", ROLE_DESK, nothing, 0 },
	{ "GET", "/cases/{number}", ROLE_DESK, nothing, 0 },
	{ "POST", "/cases/{number}/actions/{id}", ROLE_DESK, nothing, 0 },
};
static const struct hub_feature feature = { .name = "some", .routes = some, .n_routes = 4 };
static const struct hub_feature *const features[] = { &feature, NULL };

static void finds_the_most_literal_pattern(void **state)
{
	struct hub_router *r = router_new(features, NULL);
	struct arena *a = arena_new(0);
	const struct route *found;
	const char *param[4];

	(void)state;
	assert_int_equal(router_find(r, "GET", "/cases/new", a, &found, param), 0);
	assert_ptr_equal(found, &some[1]);
	assert_null(param[0]);
	assert_int_equal(router_find(r, "GET", "/cases/IW-2026-000001", a, &found, param), 0);
	assert_ptr_equal(found, &some[2]);
	assert_string_equal(param[0], "IW-2026-000001");
	assert_int_equal(router_find(r, "POST", "/cases/7/actions/9", a, &found, param), 0);
	assert_string_equal(param[1], "9");
	assert_int_equal(router_find(r, "HEAD", "/cases", a, &found, param), 0);
	arena_free(a);
	router_free(r);
}

static void tells_no_page_from_wrong_method(void **state)
{
	struct hub_router *r = router_new(features, NULL);
	struct arena *a = arena_new(0);
	const struct route *found;
	const char *param[4];

	(void)state;
	assert_int_equal(router_find(r, "POST", "/cases", a, &found, param), -EOPNOTSUPP);
	assert_int_equal(router_find(r, "GET", "/cases/", a, &found, param), -ENOENT);
	assert_int_equal(router_find(r, "GET", "/cases/1/2", a, &found, param), -ENOENT);
	assert_int_equal(router_find(r, "GET", "", a, &found, param), -ENOENT);
	assert_int_equal(router_find(r, "GET", "//", a, &found, param), -ENOENT);
	arena_free(a);
	router_free(r);
}

static void refuses_bad_tables(void **state)
{
	static const struct route twice[] = { { "GET", "/a", ROLE_DESK, nothing, 0 },
					      { "GET", "/a", ROLE_DESK, nothing, 0 } };
	static const struct route nobody[] = { { "GET", "/a", 0, nothing, 0 } };
	struct hub_feature f = { .name = "bad", .routes = twice, .n_routes = 2 };
	const struct hub_feature *list[] = { &f, NULL };
	struct err e = { 0 };

	(void)state;
	assert_null(router_new(list, &e));
	f.routes = nobody;
	f.n_routes = 1;
	assert_null(router_new(list, &e));
}

static void nobody_is_sent_to_sign_in(struct test_hub *th)
{
	struct test_answer a = test_hub_get(th, 0, "/account");

	assert_int_equal(a.status, 303);
	assert_string_equal(a.location, "/login?to=%2Faccount");
	assert_int_equal(test_hub_get(th, 0, "/login").status, 200);
	assert_int_equal(test_hub_get(th, 0, "/nowhere").status, 404);
	assert_int_equal(test_hub_json(th, 0, "/account").status, 401);
	assert_int_equal(test_hub_get(th, 0, "/health").status, 200);
}

static void roles_and_csrf_are_checked(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
	int64_t admin = test_hub_person(th, th->consortium_id, ROLE_ADMIN, "admin");
	struct test_answer a = test_hub_get(th, desk, "/people");

	assert_int_equal(a.status, 403);
	assert_int_equal(test_hub_get(th, admin, "/people").status, 200);
	assert_int_equal(test_hub_get(th, desk, "/").status, 200);
	assert_int_equal(test_hub_get(th, desk, "/nowhere").status, 404);
	/* the administrator's socket is another door */
	assert_int_equal(test_hub_json(th, admin, "/admin/check").status, 404);

	SCOPED_BUF struct buf b = { 0 };
	buf_printf(&b,
		   "POST /account/sessions/end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Cookie: %s\r\nContent-Length: 0\r\n\r\n",
		   test_hub_cookie(th, desk));
	assert_int_equal(test_hub_raw(th, b.p).status, 403);
	assert_int_equal(test_hub_post(th, desk, "/account/sessions/end", NULL).status, 303);

	buf_clear(&b);
	buf_printf(&b,
		   "POST /account/sessions/end HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
		   "Sec-Fetch-Site: cross-site\r\nX-CSRF-Token: %s\r\n"
		   "Cookie: %s\r\nContent-Length: 0\r\n\r\n",
		   test_hub_csrf(th, desk), test_hub_cookie(th, desk));
	assert_int_equal(test_hub_raw(th, b.p).status, 403);
}

static void what_the_server_refuses_has_words(struct test_hub *th)
{
	struct test_answer a = test_hub_raw(th, "POST /login HTTP/1.1\r\nHost: x\r\n"
						"Content-Length: 99999999\r\n\r\n");

	assert_int_equal(a.status, 413);
	assert_non_null(strstr(a.body, "大きすぎます"));
	assert_non_null(strstr(a.body, "too large"));
	assert_int_equal(test_hub_get(th, 0, "/assets/nothing.css").status, 404);
}

static void part_comes_without_its_frame(struct test_hub *th)
{
	int64_t desk = test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");

	assert_non_null(strstr(test_hub_get(th, desk, "/account").body, "<!doctype html>"));
	assert_null(strstr(test_hub_part(th, desk, "/account").body, "<!doctype html>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_most_literal_pattern),
		cmocka_unit_test(tells_no_page_from_wrong_method),
		cmocka_unit_test(refuses_bad_tables),
		ON_BOTH(nobody_is_sent_to_sign_in),
		ON_BOTH(roles_and_csrf_are_checked),
		ON_BOTH(what_the_server_refuses_has_words),
		ON_BOTH(part_comes_without_its_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
