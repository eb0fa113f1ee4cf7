/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/conf.h. */
#include "base/conf.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/test.h"

struct target {
	char *name;
	int64_t number, wait_ms, size_bytes;
	bool on;
};

static const struct conf_row rows[] = {
	{ "test.name", CONF_TEXT, 0, 10, "first", offsetof(struct target, name), "A name" },
	{ "test.number", CONF_INT, -5, 100, "7", offsetof(struct target, number), "A number" },
	{ "test.wait", CONF_DURATION_MS, 0, 86400000, "5m", offsetof(struct target, wait_ms),
	  "A time" },
	{ "test.size", CONF_SIZE_BYTES, 0, 1 << 30, "64k", offsetof(struct target, size_bytes),
	  "A size" },
	{ "test.on", CONF_BOOL, 0, 0, "yes", offsetof(struct target, on), "A switch" },
};

struct fixture {
	struct conf *conf;
	struct target target;
};

static int set_up(void **state)
{
	struct fixture *f = mem_new(sizeof(*f));
	f->conf = conf_new();
	assert_int_equal(conf_add(f->conf, rows, ARRAY_LEN(rows), &f->target, NULL), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	conf_free(f->conf);
	assert_null(f->target.name);
	free(f);
	conf_free(NULL);
	return 0;
}

static void initial_values(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(f->target.name, "first");
	assert_int_equal(f->target.number, 7);
	assert_int_equal(f->target.wait_ms, 300000);
	assert_int_equal(f->target.size_bytes, 65536);
	assert_true(f->target.on);
}

static void lines_comments_blanks(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(conf_parse(f->conf, "t",
				    STR("# comment\n\n  test.name =  a = b  \r\n"
					"test.on=no\ntest.wait = 250ms"),
				    NULL),
			 0);
	assert_string_equal(f->target.name, "a = b");
	assert_false(f->target.on);
	assert_int_equal(f->target.wait_ms, 250);
}

static void errors_name_file_and_line(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	assert_int_equal(conf_parse(f->conf, "hub.conf", STR("\ntest.nmae = x\n"), &e), -ENOENT);
	assert_string_equal(e.text,
			    "hub.conf, line 2: unknown key \"test.nmae\": did you mean test.name?");
	assert_int_equal(conf_parse(f->conf, "hub.conf", STR("zzzzzzzzzz = x\n"), &e), -ENOENT);
	assert_null(strstr(e.text, "did you mean"));
	assert_int_equal(conf_parse(f->conf, "hub.conf", STR("test.name\n"), &e), -EINVAL);
	assert_int_equal(conf_parse(f->conf, "hub.conf", STR("a\0b = 1\n"), &e), -EINVAL);
	assert_string_equal(f->target.name, "first");
}

static void values_are_checked(void **state)
{
	struct fixture *f = *state;
	struct err e = { 0 };
	assert_int_equal(conf_set(f->conf, "test.number", "101", &e), -ERANGE);
	assert_int_equal(conf_set(f->conf, "test.number", "x", &e), -EINVAL);
	assert_int_equal(conf_set(f->conf, "test.wait", "2 days", &e), -EINVAL);
	assert_int_equal(conf_set(f->conf, "test.wait", "2d", &e), -ERANGE);
	assert_int_equal(conf_set(f->conf, "test.size", "-1", &e), -EINVAL);
	assert_int_equal(conf_set(f->conf, "test.size", "99999999999G", &e), -EINVAL);
	assert_int_equal(conf_set(f->conf, "test.on", "1", &e), -EINVAL);
	assert_int_equal(conf_set(f->conf, "test.name", "12345678901", &e), -ERANGE);
	assert_int_equal(conf_set(f->conf, "test.name", "\xff", &e), -EINVAL);
	assert_int_equal(f->target.number, 7);
	assert_string_equal(f->target.name, "first");
}

static void a_key_has_one_owner(void **state)
{
	struct fixture *f = *state;
	struct target other = { 0 };
	assert_int_equal(conf_add(f->conf, rows, 1, &other, NULL), -EEXIST);
}

static void loads_a_file(void **state)
{
	struct fixture *f = *state;
	char dir[TEST_DIR_MAX], path[128];
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/a.conf", dir);
	assert_int_equal(file_write(path, 0600, "test.number = 42\n", 17, NULL), 0);
	assert_int_equal(conf_load(f->conf, path, NULL), 0);
	assert_int_equal(f->target.number, 42);
	test_dir_free(dir);
	assert_int_equal(conf_load(f->conf, path, NULL), -ENOENT);
}

static void rendered_text_loads_again(void **state)
{
	struct fixture *f = *state;
	SCOPED_BUF struct buf b = { 0 };
	assert_int_equal(conf_set(f->conf, "test.wait", "90s", NULL), 0);
	conf_render(f->conf, &b);
	assert_non_null(strstr(b.p, "# A time\ntest.wait = 90s\n"));
	assert_non_null(strstr(b.p, "test.size = 64k\n"));
	assert_int_equal(conf_set(f->conf, "test.wait", "1h", NULL), 0);
	assert_int_equal(conf_parse(f->conf, "b", (struct str){ b.p, b.n }, NULL), 0);
	assert_int_equal(f->target.wait_ms, 90000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(initial_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_comments_blanks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(errors_name_file_and_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_are_checked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_key_has_one_owner, set_up, tear_down),
		cmocka_unit_test_setup_teardown(loads_a_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(rendered_text_loads_again, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
