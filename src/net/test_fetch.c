/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of fetch.c against a real server with a certificate of its own. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/test.h"
#include "net/fetch.h"
#include "net/http.h"
#include "net/pki.h"

enum { LIST_MAX = 1000 };
#define DAY INT64_C(86400000000)

struct fixture {
	struct http_server *server;
	char *ca, *ca_key, *cert, *key;
	char base[64];
	char dir[TEST_DIR_MAX], ca_file[TEST_DIR_MAX + 16];
};

static void serve(void *arg, struct http_req *q, struct http_res *r)
{
	const char *path = http_path(q), *tag = http_header(q, "If-None-Match");

	(void)arg;
	r->status = 200;
	r->type = "text/plain";
	if (strcmp(path, "/list") == 0) {
		http_res_header(r, "ETag", "\"one\"");
		http_res_header(r, "Last-Modified", "Mon, 23 Nov 2026 01:00:00 GMT");
		if (tag && strcmp(tag, "\"one\"") == 0)
			r->status = 304;
		else
			buf_adds(&r->body, "bad.example\n");
	} else if (strcmp(path, "/moved") == 0) {
		http_res_redirect(r, "/list");
	} else if (strcmp(path, "/plain") == 0) {
		http_res_redirect(r, "http://127.0.0.1:1/list");
	} else if (strcmp(path, "/round") == 0) {
		http_res_redirect(r, "/round");
	} else if (strcmp(path, "/large") == 0) {
		for (int i = 0; i < LIST_MAX; i++)
			buf_adds(&r->body, "xx");
	} else {
		r->status = strcmp(path, "/broken") == 0 ? 503 : 404;
		buf_adds(&r->body, "not here");
	}
}

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	struct timespec now;
	struct err e = { 0 };

	*state = f;
	test_dir_new(f->dir);
	(void)snprintf(f->ca_file, sizeof(f->ca_file), "%s/ca.pem", f->dir);
	clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_us = now.tv_sec * INT64_C(1000000);
	if (pki_ca_new("test", now_us, DAY, &f->ca_key, &f->ca, &e) < 0 ||
	    pki_key_new(&f->key, &e) < 0)
		fail_msg("%s", e.text);
	if (file_write(f->ca_file, 0600, f->ca, strlen(f->ca), &e) < 0)
		fail_msg("%s", e.text);
	static const char *const names[] = { "127.0.0.1", NULL };
	const struct pki_issue issue = { .ca_cert_pem = f->ca,
					 .ca_key_pem = f->ca_key,
					 .common_name = "localhost",
					 .dns_names = names,
					 .now_us = now_us,
					 .valid_us = DAY };
	if (pki_issue_server(&issue, f->key, &f->cert, &e) < 0)
		fail_msg("%s", e.text);
	const struct http_conf c = {
		.address = "127.0.0.1", .cert_pem = f->cert, .key_pem = f->key, .handler = serve
	};
	if (http_server_start(&c, &f->server, &e) < 0)
		fail_msg("%s", e.text);
	(void)snprintf(f->base, sizeof(f->base), "https://127.0.0.1:%u",
		       http_server_port(f->server));
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	http_server_stop(f->server);
	test_dir_free(f->dir);
	free(f->ca);
	free(f->ca_key);
	free(f->cert);
	free(f->key);
	free(f);
	return 0;
}

/* Fetches PATH; OUT is the caller's to free. */
static int get(const struct fixture *f, const char *path, const char *etag,
	       struct fetch_answer *out, struct err *e)
{
	char url[128];
	const struct fetch_conf c = { .url = url,
				      .etag = etag,
				      .bytes_max = LIST_MAX,
				      .timeout_ms = 10000,
				      .ca_file = f->ca_file,
				      .private_addresses = true };

	(void)snprintf(url, sizeof(url), "%s%s", f->base, path);
	*out = (struct fetch_answer){ 0 };
	return fetch_get(&c, out, e);
}

static void test_body_and_conditions(void **state)
{
	struct fetch_answer a;
	struct err e = { 0 };

	if (get(*state, "/list", "", &a, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(a.body.p, "bad.example\n");
	assert_string_equal(a.etag, "\"one\"");
	assert_string_equal(a.modified, "Mon, 23 Nov 2026 01:00:00 GMT");
	assert_false(a.unchanged);
	fetch_answer_done(&a);
	assert_int_equal(get(*state, "/list", "\"one\"", &a, &e), 0);
	assert_true(a.unchanged);
	assert_int_equal(a.body.n, 0);
	fetch_answer_done(&a);
	assert_int_equal(get(*state, "/moved", "", &a, &e), 0);
	assert_string_equal(a.body.p, "bad.example\n");
	fetch_answer_done(&a);
}

static void test_limits_and_refusals(void **state)
{
	static const struct {
		const char *path;
		int code;
	} rows[] = { { "/large", -ELIMIT },
		     { "/plain", -EINVAL },
		     { "/round", -EAGAIN },
		     { "/none", -EPERM },
		     { "/broken", -EAGAIN } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fetch_answer a;
		struct err e = { 0 };

		int r = get(*state, rows[i].path, "", &a, &e);
		fetch_answer_done(&a);
		if (r != rows[i].code)
			fail_msg("%s: %d, %s", rows[i].path, r, e.text);
		assert_non_null(strstr(e.text, "https://127.0.0.1"));
	}
}

static void test_inside_is_refused(void **state)
{
	const struct fixture *f = *state;
	struct fetch_conf c = { .url = f->base, .bytes_max = LIST_MAX, .ca_file = f->ca_file };
	struct fetch_answer a = { 0 };
	struct err e = { 0 };

	assert_int_equal(fetch_get(&c, &a, &e), -EDENIED);
	fetch_answer_done(&a);
	c.url = "http://lists.example/a";
	a = (struct fetch_answer){ 0 };
	assert_int_equal(fetch_get(&c, &a, &e), -EINVAL);
	c.url = "file:///etc/passwd";
	assert_int_equal(fetch_get(&c, &a, &e), -EINVAL);
}

static void test_stranger_is_not_trusted(void **state)
{
	const struct fixture *f = *state;
	const struct fetch_conf c = { .url = f->base,
				      .bytes_max = LIST_MAX,
				      .private_addresses = true };
	struct fetch_answer a = { 0 };
	struct err e = { 0 };

	assert_int_equal(fetch_get(&c, &a, &e), -EAGAIN);
	fetch_answer_done(&a);
}

static void test_public_addresses(void **state)
{
	static const struct {
		uint8_t a[16];
		size_t n;
		bool public;
	} rows[] = {
		{ { 8, 8, 8, 8 }, 4, true },
		{ { 10, 1, 2, 3 }, 4, false },
		{ { 127, 0, 0, 1 }, 4, false },
		{ { 169, 254, 169, 254 }, 4, false },
		{ { 172, 15, 0, 1 }, 4, true },
		{ { 172, 31, 0, 1 }, 4, false },
		{ { 192, 168, 1, 1 }, 4, false },
		{ { 100, 64, 0, 1 }, 4, false },
		{ { 224, 0, 0, 1 }, 4, false },
		{ { 255, 255, 255, 255 }, 4, false },
		{ { [15] = 1 }, 16, false },
		{ { 0xfe, 0x80, [15] = 1 }, 16, false },
		{ { 0xfd, 0x00, [15] = 1 }, 16, false },
		{ { [10] = 0xff, [11] = 0xff, 10, 0, 0, 1 }, 16, false },
		{ { [10] = 0xff, [11] = 0xff, 8, 8, 8, 8 }, 16, true },
		{ { 0x26, 0x06, 0x47, 0x00, [15] = 1 }, 16, true },
		{ { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 }, 16, false },
		{ { 0x20, 0x02, 0x0a, 0x00, [15] = 1 }, 16, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (fetch_is_public(rows[i].a, rows[i].n) != rows[i].public)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_body_and_conditions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits_and_refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_inside_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_stranger_is_not_trusted, set_up, tear_down),
		cmocka_unit_test(test_public_addresses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
