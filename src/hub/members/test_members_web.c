/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of members and fleet through the real server: forms that come back, the import in two
 * steps, a code that is shown once, what a company's own person sees. */
#include <string.h>

#include "base/mem.h"
#include "base/test.h"
#include "hub/members/members.h"
#include "hub/test_hub.h"
#include "net/pki.h"

static const char *multipart(struct test_hub *th, int64_t person, const char *csv)
{
	static char request[4096]; /* of this test alone */
	char body[2048];
	const char *boundary = "xYzZy";

	snprintf(body, sizeof(body),
		 "--%s\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n"
		 "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"m.csv\"\r\n"
		 "Content-Type: text/csv\r\n\r\n%s\r\n--%s--\r\n",
		 boundary, test_hub_csrf(th, person), boundary, csv, boundary);
	snprintf(request, sizeof(request),
		 "POST /members/import HTTP/1.1\r\nHost: localhost\r\nCookie: %s\r\n"
		 "Content-Type: multipart/form-data; boundary=%s\r\nContent-Length: %zu\r\n"
		 "Connection: close\r\n\r\n%s",
		 test_hub_cookie(th, person), boundary, strlen(body), body);
	return request;
}

static int64_t desk_of(struct test_hub *th)
{
	return test_hub_person(th, th->consortium_id, ROLE_DESK, "desk");
}

static void has(struct test_answer a, const char *part)
{
	if (!strstr(a.body, part))
		fail_msg("status %d: no \"%s\" in\n%s", a.status, part, a.body);
}

static void a_company_is_registered_and_found(struct test_hub *th)
{
	int64_t desk = desk_of(th);
	struct test_answer a = test_hub_post(
		th, desk, "/members",
		"name=%E3%81%BF%E3%81%AA%E3%81%A8&kana=%E3%83%9F%E3%83%8A%E3%83%88&prefecture=3"
		"&phone=019-600-0000&employees=%EF%BC%92%EF%BC%95");

	assert_int_equal(a.status, 303);
	a = test_hub_get(th, desk, a.location);
	has(a, "tel:+81196000000");
	has(a, "みなと");
	has(test_hub_get(th, desk, "/members?q=%E3%81%BF%E3%81%AA"), "みなと");
	has(test_hub_json(th, desk, "/members"), "\"employees\":25");
}

static void a_form_comes_back_with_what_was_typed(struct test_hub *th)
{
	int64_t desk = desk_of(th);
	struct test_answer a =
		test_hub_post(th, desk, "/members", "name=&kana=x&prefecture=3&phone=12345");

	assert_int_equal(a.status, 400);
	has(a, "value=\"12345\"");
	has(a, "id=\"f-name-error\"");
	a = test_hub_post(th, desk, "/members", "name=x&kana=x&prefecture=3&phone=12345");
	assert_int_equal(a.status, 400);
	has(a, "12345");
	has(test_hub_json(th, desk, "/members"), "\"total\":0");
}

static void an_import_is_checked_then_confirmed(struct test_hub *th)
{
	int64_t desk = desk_of(th),
		other = test_hub_person(th, th->consortium_id, ROLE_DESK, "other");
	char token[64] = "", form[96];
	struct test_answer a = test_hub_raw(
		th, multipart(th, desk, "name,prefecture,phone\r\nA,3,019-600-0000\r\nB,99,\r\n"));

	assert_int_equal(a.status, 200);
	has(test_hub_json(th, desk, "/members"), "\"total\":0"); /* a dry run */
	a = test_hub_raw(
		th, multipart(th, desk, "name,prefecture,phone\r\nA,3,019-600-0000\r\nB,99,\r\n"));
	const char *at = strstr(a.body, "name=\"token\" value=\"");
	assert_non_null(at);
	assert_int_equal(sscanf(at, "name=\"token\" value=\"%60[^\"]", token), 1);
	snprintf(form, sizeof(form), "token=%s", token);
	assert_int_equal(test_hub_post(th, other, "/members/import/confirm", form).status, 400);
	a = test_hub_post(th, desk, "/members/import/confirm", form);
	assert_int_equal(a.status, 200);
	has(test_hub_json(th, desk, "/members"), "\"total\":1");
	assert_int_equal(test_hub_post(th, desk, "/members/import/confirm", form).status, 400);
}

/* The address beside a code names the hub's own authority. */
static void ca_in(const char *dir)
{
	SCOPED_MEM char *key = NULL;
	SCOPED_MEM char *cert = NULL;
	char path[TEST_DIR_MAX + 16];

	assert_int_equal(pki_ca_new("CA", TEST_HUB_NOW, US_PER_DAY, &key, &cert, NULL), 0);
	snprintf(path, sizeof(path), "%s/" HUB_CA_CERT, dir);
	assert_int_equal(file_write(path, 0600, cert, strlen(cert), NULL), 0);
}

static void a_code_is_printed_once(struct test_hub *th)
{
	int64_t desk = desk_of(th), company = test_hub_company(th, "みなと製作所");
	char path[64], *state_dir = th->hub->conf.state_dir, dir[TEST_DIR_MAX];

	snprintf(path, sizeof(path), "/members/%lld/codes", (long long)company);
	test_dir_new(dir);
	ca_in(dir);
	th->hub->conf.state_dir = dir;
	struct test_answer a = test_hub_post(th, desk, path, "name=x");
	assert_int_equal(a.status, 200);
	has(a, "class=\"qr\"");
	has(a, "otasuke://");
	a = test_hub_get(th, desk, path);
	assert_null(strstr(a.body, "otasuke://"));
	assert_int_equal(test_hub_post(th, desk, path, "name=").status, 400);
	th->hub->conf.state_dir = state_dir;
	test_dir_free(dir);
}

static void a_person_of_the_company_sees_its_own_page_only(struct test_hub *th)
{
	int64_t company = test_hub_company(th, "みなと製作所");
	int64_t other = test_hub_company(th, "さくら食品");
	struct company c;
	char path[64];
	struct err e;
	SCOPED_ARENA struct arena *arena = arena_new(0);
	struct txn *t = txn_begin(th->hub->db, TXN_READ, &e);

	assert_int_equal(members_company_get(t, &scope_system, company, arena, &c, &e), 0);
	txn_rollback(&t);
	int64_t person = test_hub_person(th, c.org_id, ROLE_COMPANY, "minato");
	has(test_hub_get(th, person, "/"), "id=\"company-light\"");
	snprintf(path, sizeof(path), "/members/%lld", (long long)company);
	assert_int_equal(test_hub_get(th, person, path).status, 200);
	snprintf(path, sizeof(path), "/members/%lld/devices", (long long)other);
	assert_int_equal(test_hub_get(th, person, path).status, 404);
	assert_int_equal(test_hub_get(th, person, "/members").status, 403);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_company_is_registered_and_found),
		ON_BOTH(a_form_comes_back_with_what_was_typed),
		ON_BOTH(an_import_is_checked_then_confirmed),
		ON_BOTH(a_code_is_printed_once),
		ON_BOTH(a_person_of_the_company_sees_its_own_page_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
