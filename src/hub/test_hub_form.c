/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what people type, in full width and with commas, and what is said beside the field. */
#include <errno.h>
#include <string.h>

#include "base/test.h"
#include "hub/hub_core.h"
#include "net/http_req.h"
#include "texts/texts.h"

struct ready {
	struct hub hub;
	struct call call;
};

static struct form form_with(struct ready *r, const char *body)
{
	struct text *text = NULL;

	assert_int_equal(text_open(texts_mo, &text, NULL), 0);
	*r = (struct ready){ .hub.text = text, .hub.conf.zone_min = 540 };
	r->call = (struct call){ .hub = &r->hub, .req = http_req_new(), .arena = arena_new(0) };
	assert_int_equal(
		http_req_header(r->call.req, "Content-Type", "application/x-www-form-urlencoded"),
		0);
	buf_adds(&r->call.req->body, body);
	assert_int_equal(http_req_body(r->call.req), 0);
	return form_of(&r->call);
}

static void done(struct ready *r)
{
	http_req_free(r->call.req);
	arena_free(r->call.arena);
	text_close((struct text *)(uintptr_t)r->hub.text);
}

static void texts_are_trimmed_and_limited(void **state)
{
	struct ready r;
	/* ideographic spaces around the name */
	struct form f =
		form_with(&r, "name=%E3%80%80+%E4%BD%90%E8%97%A4%E3%80%80&long=abcdef&blank=++");

	(void)state;
	assert_string_equal(form_text(&f, "name", true, 10), "佐藤");
	assert_true(form_ok(&f));
	assert_string_equal(form_text(&f, "absent", false, 10), "");
	assert_true(form_ok(&f));
	form_text(&f, "blank", true, 10);
	assert_string_equal(form_error(&f, "blank"), "入力してください。");
	form_text(&f, "long", true, 5);
	assert_string_equal(form_error(&f, "long"), "5 文字までで入力してください。");
	assert_null(form_error(&f, "name"));
	done(&r);
}

static void paths_and_queries_hold_numbers(void **state)
{
	struct ready r;
	struct form f = form_with(&r, "");
	int64_t id = 7;

	(void)state;
	(void)f;
	r.call.param[0] = "12";
	r.call.param[1] = "12x";
	assert_int_equal(call_id(&r.call, 0, &id), 0);
	assert_int_equal(id, 12);
	assert_int_equal(call_id(&r.call, 1, &id), -ENOENT);
	assert_int_equal(call_id(&r.call, 2, &id), -ENOENT);
	assert_int_equal(id, 12);
	assert_int_equal(http_req_target(r.call.req, "/x?page=3&zero=0&far=101&word=x"), 0);
	assert_int_equal(call_query_int(&r.call, "page", 100, 1), 3);
	assert_int_equal(call_query_int(&r.call, "zero", 100, 1), 1);
	assert_int_equal(call_query_int(&r.call, "far", 100, 1), 1);
	assert_int_equal(call_query_int(&r.call, "word", 100, 1), 1);
	assert_int_equal(call_query_int(&r.call, "absent", 100, 1), 1);
	done(&r);
}

static void numbers_are_read_as_people_type_them(void **state)
{
	struct ready r;
	struct form f =
		form_with(&r, "a=1%2C234&b=%EF%BC%91%EF%BC%92%EF%BC%8C%EF%BC%90%EF%BC%90%EF%BC%90"
			      "&c=%EF%BC%8D5&d=12x&e=99&g=99999999999999999999");

	(void)state;
	assert_int_equal(form_int(&f, "a", true, 0, 5000), 1234);
	assert_int_equal(form_int(&f, "b", true, 0, 50000), 12000);
	assert_int_equal(form_int(&f, "c", true, -10, 10), -5);
	assert_true(form_ok(&f));
	assert_int_equal(form_int(&f, "absent", false, 5, 10), 0);
	assert_true(form_ok(&f));
	form_int(&f, "d", true, 0, 50);
	form_int(&f, "e", true, 0, 50);
	form_int(&f, "g", true, 0, 50);
	assert_string_equal(form_error(&f, "d"), "数字で入力してください。");
	assert_string_equal(form_error(&f, "e"), "0 から 50 までの数字を入力してください。");
	assert_non_null(form_error(&f, "g"));
	done(&r);
}

static void times_are_in_the_viewers_zone(void **state)
{
	struct ready r;
	struct form f = form_with(&r, "a=2026-11-23T10%3A00&b=2026-13-01T10%3A00&c=tomorrow"
				      "&d=2026-11-23T10%3A00%3A30&e=2026-11-23T10%3A00junk");

	(void)state;
	assert_int_equal(form_time(&f, "a", true), INT64_C(1795395600000000));
	assert_int_equal(form_time(&f, "d", true), INT64_C(1795395630000000));
	assert_int_equal(form_time(&f, "absent", false), 0);
	assert_true(form_ok(&f));
	form_time(&f, "b", true);
	form_time(&f, "c", true);
	form_time(&f, "e", true);
	assert_int_equal(f.n_errors, 3);
	done(&r);
}

static void the_first_error_of_a_field_stays(void **state)
{
	struct ready r;
	struct form f = form_with(&r, "x=1");

	(void)state;
	form_fail(&f, "x", "hub.form.number");
	form_fail(&f, "x", "hub.form.time");
	assert_string_equal(form_error(&f, "x"), "数字で入力してください。");
	for (int i = 0; i < 100; i++)
		form_fail(&f, "y", "hub.form.time");
	assert_int_equal(f.n_errors, 2);
	done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_are_trimmed_and_limited),
		cmocka_unit_test(paths_and_queries_hold_numbers),
		cmocka_unit_test(numbers_are_read_as_people_type_them),
		cmocka_unit_test(times_are_in_the_viewers_zone),
		cmocka_unit_test(the_first_error_of_a_field_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
