/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of base/proc.h and base/log.h. */
#include "base/proc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/test.h"

static void name_replaces_the_arguments(void **state)
{
	(void)state;
	char space[] = "/usr/bin/prog\0--first\0value-that-is-long-enough";
	char *argv[] = { space, space + 14, space + 22, NULL };
	proc_name(3, argv, "uplink");
	assert_string_equal(space, "prog: uplink");
	char tight[] = "p\0-a";
	char *tight_argv[] = { tight, tight + 2, NULL };
	proc_name(2, tight_argv, "probe");
	assert_memory_equal(tight, "p: p", 5);
	proc_name(0, NULL, "x");
}

static void rights_are_given_up(void **state)
{
	(void)state;
	assert_int_equal(proc_no_new_privs(NULL), 0);
	assert_int_equal(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
	assert_int_equal(proc_limit_core(NULL), 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	assert_int_equal(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), 0); /* the leak check needs it */
}

static void memory_is_counted(void **state)
{
	(void)state;
	assert_true(proc_rss_bytes() > 0);
	assert_true(proc_peak_rss_bytes() > 0);
}

static void log_writes_one_clean_line(void **state)
{
	(void)state;
	char dir[TEST_DIR_MAX], path[128];
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/log", dir);
	int kept = dup(STDERR_FILENO);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(dup2(fd, STDERR_FILENO) >= 0);
	log_open("otasuke-test", LOG_LEVEL_INFO);
	log_warn("host %s", "a\nb\x1b[31m");
	log_debug("not shown");
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	fd_cleanup(&fd);
	fd_cleanup(&kept);
	SCOPED_BUF struct buf b = { 0 };
	assert_int_equal(file_read(path, 4096, &b, NULL), 0);
	assert_non_null(strstr(b.p, " otasuke-test warning: host a b [31m\n"));
	assert_ptr_equal(strchr(b.p, '\n'), b.p + b.n - 1);
	test_dir_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name_replaces_the_arguments),
		cmocka_unit_test(rights_are_given_up),
		cmocka_unit_test(memory_is_counted),
		cmocka_unit_test(log_writes_one_clean_line),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
