/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/test.h"

static char dir[TEST_DIR_MAX];

static int set_up(void **state)
{
	(void)state;
	test_dir_new(dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	test_dir_free(dir);
	return 0;
}

static char *path_of(const char *name)
{
	static char path[256];
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void write_then_read(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_int_equal(file_write(path_of("a"), 0600, "one", 3, &e), 0);
	assert_int_equal(file_write(path_of("a"), 0640, "second", 6, &e), 0);
	SCOPED_BUF struct buf b = { 0 };
	assert_int_equal(file_read(path_of("a"), 100, &b, &e), 0);
	assert_string_equal(b.p, "second");
	struct stat st;
	assert_int_equal(stat(path_of("a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_false(file_exists(path_of("a.tmp")));
}

static void empty_file_reads_as_empty_text(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b = { 0 };
	assert_int_equal(file_write(path_of("empty"), 0600, "", 0, NULL), 0);
	assert_int_equal(file_read(path_of("empty"), 100, &b, NULL), 0);
	assert_string_equal(b.p, "");
}

static void too_large_is_refused_untouched(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_int_equal(file_write(path_of("big"), 0600, "0123456789", 10, &e), 0);
	SCOPED_BUF struct buf b = { 0 };
	buf_adds(&b, "kept");
	assert_int_equal(file_read(path_of("big"), 9, &b, &e), -ELIMIT);
	assert_string_equal(b.p, "kept");
	assert_non_null(strstr(e.text, "larger than 9 bytes"));
	assert_int_equal(file_read(path_of("big"), 10, &b, &e), 0);
	assert_string_equal(b.p, "kept0123456789");
}

static void errors_name_the_file(void **state)
{
	(void)state;
	struct err e = { 0 };
	SCOPED_BUF struct buf b = { 0 };
	assert_int_equal(file_read(path_of("absent"), 9, &b, &e), -ENOENT);
	assert_non_null(strstr(e.text, "absent"));
	assert_int_equal(file_write(path_of("no/such/place"), 0600, "", 0, &e), -ENOENT);
	assert_int_equal(file_remove(path_of("absent"), &e), 0);
}

static void folders_with_parents(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_int_equal(dir_make(path_of("x/y/z"), 0700, &e), 0);
	assert_int_equal(dir_make(path_of("x/y/z"), 0700, &e), 0);
	assert_int_equal(file_write(path_of("x/y/f"), 0600, "", 0, &e), 0);
	assert_int_equal(dir_make(path_of("x/y/f"), 0700, &e), -ENOTDIR);
	assert_int_equal(dir_make("", 0700, &e), -ENAMETOOLONG);
	assert_int_equal(dir_sync(path_of("x"), &e), 0);
	assert_int_equal(dir_remove_all(path_of("x"), &e), 0);
	assert_false(file_exists(path_of("x")));
	assert_int_equal(dir_remove_all(path_of("x"), &e), 0);
}

static void remove_all_does_not_follow_links(void **state)
{
	(void)state;
	char kept[256], link[256];
	(void)snprintf(kept, sizeof(kept), "%s", path_of("kept"));
	assert_int_equal(file_write(kept, 0600, "k", 1, NULL), 0);
	assert_int_equal(dir_make(path_of("d"), 0700, NULL), 0);
	(void)snprintf(link, sizeof(link), "%s", path_of("d/link"));
	assert_int_equal(symlink(dir, link), 0);
	assert_int_equal(dir_remove_all(path_of("d"), NULL), 0);
	assert_true(file_exists(kept));
}

static void descriptors(void **state)
{
	(void)state;
	SCOPED_FD int fd = open(path_of("w"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(fd_write_all(fd, "abc", 3), 0);
	assert_int_equal(fd_nonblock(fd), 0);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_int_equal(fd_write_all(-1, "abc", 3), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_then_read),
		cmocka_unit_test(empty_file_reads_as_empty_text),
		cmocka_unit_test(too_large_is_refused_untouched),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(folders_with_parents),
		cmocka_unit_test(remove_all_does_not_follow_links),
		cmocka_unit_test(descriptors),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
