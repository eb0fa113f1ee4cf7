/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of http_form.c and http_req.c: what a handler sees of the bytes a browser sends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "net/http_req.h"

static int set_up(void **state)
{
	*state = http_req_new();
	return 0;
}

static int tear_down(void **state)
{
	http_req_free(*state);
	return 0;
}

static int with_body(struct http_req *q, const char *type, const char *body, size_t n)
{
	int r = http_req_header(q, "Content-Type", type);

	assert_int_equal(r, 0);
	buf_add(&q->body, body, n);
	return http_req_body(q);
}

static void a_target_is_decoded(void **state)
{
	struct http_req *q = *state;

	assert_int_equal(http_req_target(q, "/%E4%BC%9A%E7%A4%BE/1%2F2?q=a+b%26c&empty=&flag&q=2"),
			 0);
	assert_string_equal(http_path(q), "/会社/1/2");
	assert_string_equal(http_query(q, "q"), "a b&c");
	assert_string_equal(http_query(q, "empty"), "");
	assert_string_equal(http_query(q, "flag"), "");
	assert_null(http_query(q, "other"));
}

static void a_bad_target_is_refused(void **state)
{
	struct http_req *q = *state;

	assert_int_equal(http_req_target(q, "/a%00b"), -EFORMAT);
	assert_int_equal(http_req_target(q, "/%ff"), -EFORMAT);
	assert_int_equal(http_req_target(q, "/a?x=%ff"), -EFORMAT);
	assert_int_equal(http_req_target(q, "/a?x%00y=1"), -EFORMAT);
	assert_int_equal(http_req_target(q, "a"), -EFORMAT);
	assert_int_equal(http_req_target(q, ""), -EFORMAT);
	assert_int_equal(http_req_target(q, "/100%?x=%zz"), 0);
	assert_string_equal(http_path(q), "/100%");
	assert_string_equal(http_query(q, "x"), "%zz");
}

static void cookies_are_found_by_name(void **state)
{
	struct http_req *q = *state;

	assert_int_equal(http_req_header(q, "cookie", "a=1; session=x=y;b; c="), 0);
	assert_string_equal(http_cookie_get(q, "session"), "x=y");
	assert_string_equal(http_cookie_get(q, "c"), "");
	assert_null(http_cookie_get(q, "b"));
	assert_int_equal(http_req_header(q, "X-Name", "\xff"), -EFORMAT);
}

static void an_urlencoded_form(void **state)
{
	struct http_req *q = *state;
	static const char body[] = "name=%E3%81%BF%E3%81%AA%E3%81%A8&tag=a&tag=&tag=b&=x&&";
	const char *tags[4];

	assert_int_equal(with_body(q, "application/x-www-form-urlencoded; charset=UTF-8", body,
				   sizeof(body) - 1),
			 0);
	assert_string_equal(http_form(q, "name"), "みなと");
	assert_int_equal(http_form_all(q, "tag", tags, 4), 3);
	assert_string_equal(tags[1], "");
	assert_string_equal(tags[2], "b");
	assert_int_equal(http_body(q).n, 0);
}

static void another_body_is_raw(void **state)
{
	struct http_req *q = *state;

	assert_int_equal(with_body(q, "application/json", "{\"a\":1}", 7), 0);
	assert_true(str_eq(http_body(q), STR("{\"a\":1}")));
}

#define PART  "--XX\r\nContent-Disposition: form-data; name="
#define MULTI "multipart/form-data; boundary=XX"

static void a_multipart_form(void **state)
{
	struct http_req *q = *state;
	static const char body[] = PART
		"\"a;b\"\r\n\r\nhello\r\n" /* a name with a semicolon */
		PART "\"empty\"\r\n\r\n\r\n" PART "\"file\"; filename=\"\xe4\xbc\x9a;1.csv\"\r\n"
		"Content-Type: text/csv\r\n\r\n1,2\0\r\n--X\r\n" /* a NUL, almost a delimiter */
		"\r\n" PART "\"none\"; filename=\"\"\r\n\r\n\r\n--XX--\r\n";
	struct http_file f;

	assert_int_equal(with_body(q, "Multipart/Form-Data; charset=x; boundary=\"XX\"", body,
				   sizeof(body) - 1),
			 0);
	assert_string_equal(http_form(q, "a;b"), "hello");
	assert_string_equal(http_form(q, "empty"), "");
	assert_null(http_form(q, "file"));
	assert_true(http_file_get(q, "file", &f));
	assert_string_equal(f.name, "会;1.csv");
	assert_int_equal(f.n, 11);
	assert_memory_equal(f.p, "1,2\0\r\n--X\r\n", 11);
	assert_false(http_file_get(q, "none", &f));
}

static void an_empty_part_may_end_at_once(void **state)
{
	struct http_req *q = *state;
	static const char body[] = PART "\"a\"\r\n\r\n--XX--";

	assert_int_equal(with_body(q, MULTI, body, sizeof(body) - 1), 0);
	assert_string_equal(http_form(q, "a"), "");
}

static void bad_multipart_is_refused(void **state)
{
	static const struct {
		const char *type, *body;
	} rows[] = {
		{ "multipart/form-data", PART "\"a\"\r\n\r\n1\r\n--XX--\r\n" },
		{ MULTI, "hello" },
		{ MULTI, "--XX" },
		{ MULTI, "--XX\r\n" },
		{ MULTI, "--XXY\r\n" },
		{ MULTI, "--XX\r\n\r\n1\r\n--XX--" },
		{ MULTI, PART "\"a\"\r\n\r\n1" },
		{ MULTI, PART "\"a\"\r\n\r\n1\r\n--XX" },
		{ MULTI, PART "\"\xff\"\r\n\r\n1\r\n--XX--" },
		{ MULTI, PART "\"a\"\r\n\r\n\xff\r\n--XX--" },
	};
	(void)state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http_req *q = http_req_new();
		assert_int_equal(with_body(q, rows[i].type, rows[i].body, strlen(rows[i].body)),
				 -EFORMAT);
		http_req_free(q);
	}
}

static void too_many_fields_are_refused(void **state)
{
	struct http_req *q = *state;
	SCOPED_BUF struct buf b = { 0 };

	for (int i = 0; i < 6000; i++)
		buf_adds(&b, "a&");
	assert_int_equal(with_body(q, "application/x-www-form-urlencoded", b.p, b.n), -ELIMIT);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_target_is_decoded),           T(a_bad_target_is_refused),
		T(cookies_are_found_by_name),     T(an_urlencoded_form),
		T(another_body_is_raw),           T(a_multipart_form),
		T(an_empty_part_may_end_at_once), T(bad_multipart_is_refused),
		T(too_many_fields_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
