/* SPDX-License-Identifier: Apache-2.0 */
/* The cage: what it lets pass and what it ends. Each is tried in a child. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cage.h"
#include "base/test.h"

static const struct cage_limits limits = { .cpu_s = 5 }; /* memory: not with the sanitizers */

static int run(void (*fn)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (cage_enter(&limits, NULL) < 0)
			_exit(9);
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void read_and_write(void)
{
	char c;
	int fd = 0;

	if (read(fd, &c, 0) < 0 || write(1, "", 0) < 0)
		_exit(8);
}

static void open_file(void)
{
	(void)open("/etc/passwd", O_RDONLY);
}

static void connect_somewhere(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void start_something(void)
{
	char *const argv[] = { "true", NULL };

	(void)execv("/bin/true", argv);
}

static void work_goes_on(void **state)
{
	(void)state;
	assert_int_equal(run(read_and_write), 0);
}

static void the_rest_ends_it(void **state)
{
	void (*const forbidden[])(void) = { open_file, connect_somewhere, start_something };
	(void)state;

	for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
		int status = run(forbidden[i]);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(work_goes_on),
		cmocka_unit_test(the_rest_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
