/* SPDX-License-Identifier: Apache-2.0 */
/* The program as processes: OTASUKE_TEST_SENSOR names otasuke-sensor. Started, stopped, killed in
 * parts. */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/roles.h"
#include "sensor/sensor_conf.h"
#include "sensor/spool/spool_reader.h"

enum { PATIENCE_MS = 30000, LOOK_MS = 20 };

struct bed {
	char dir[64];
	char conf[SENSOR_PATH_MAX], spool[SENSOR_PATH_MAX], log[SENSOR_PATH_MAX];
	pid_t pid;
};

/* A capture of one ARP question, which is enough to have a beginning and an end. */
static const uint8_t capture[] = {
	0xd4, 0xc3, 0xb2, 0xa1, 2,    0,    4, 0, 0,    0, 0,    0, 0,    0, 0,   0,
	0,    0,    1,    0,    1,    0,    0, 0,                                    /* pcap */
	0,    0xf1, 0x53, 0x65, 0,    0,    0, 0, 42,   0, 0,    0, 42,   0, 0,   0, /* packet */
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0x5e, 0, 0x53, 1, 8,    6,         /* Ethernet */
	0,    1,    8,    0,    6,    4,    0, 1, 2,    0, 0x5e, 0, 0x53, 1, 192, 0,
	2,    1,    0,    0,    0,    0,    0, 0, 192,  0, 2,    2,
};

static int bed_make(void **state)
{
	struct bed *b = mem_new(sizeof(*b));
	char path[SENSOR_PATH_MAX];

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/otasuke-parent-XXXXXX");
	if (!mkdtemp(b->dir))
		return -1;
	sensor_path(b->dir, "one.pcap", path);
	sensor_path(b->dir, "sensor.conf", b->conf);
	sensor_path(b->dir, "log", b->log);
	sensor_path(b->dir, "state/spool", b->spool);
	*state = b;
	return file_write(path, 0600, capture, sizeof(capture), NULL);
}

static int bed_remove(void **state)
{
	struct bed *b = *state;

	if (b->pid > 0) {
		(void)kill(b->pid, SIGKILL);
		(void)waitpid(b->pid, NULL, 0);
	}
	int r = dir_remove_all(b->dir, NULL);
	free(b);
	return r;
}

static void bed_start(struct bed *b, const char *more)
{
	SCOPED_BUF struct buf conf;

	buf_init(&conf, 0);
	buf_printf(&conf, "state = %s/state\nreplay = %s/one.pcap\nheartbeat = 100ms\n%s", b->dir,
		   b->dir, more);
	assert_int_equal(file_write(b->conf, 0600, conf.p, conf.n, NULL), 0);
	b->pid = fork();
	assert_true(b->pid >= 0);
	if (b->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		int fd = open(b->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (fd >= 0)
			(void)dup2(fd, STDERR_FILENO);
		const char *program = getenv("OTASUKE_TEST_SENSOR");
		if (program)
			(void)execl(program, program, "run", "--config", b->conf, (char *)NULL);
		_exit(127);
	}
}

static void look_again(int *looks)
{
	struct timespec t = { .tv_nsec = LOOK_MS * 1000000L };

	assert_true((*looks)++ < PATIENCE_MS / LOOK_MS);
	(void)nanosleep(&t, NULL);
}

static int bed_wait(struct bed *b)
{
	int status = 0;

	for (int looks = 0; waitpid(b->pid, &status, WNOHANG) == 0;)
		look_again(&looks);
	b->pid = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/* The process of ROLE that belongs to this test's configuration, 0 = there is none. */
static pid_t role_find(const struct bed *b, const char *role)
{
	SCOPED_BUF struct buf line;
	char path[SENSOR_PATH_MAX];
	const struct dirent *entry;
	pid_t found = 0;
	DIR *d = opendir("/proc");

	assert_non_null(d);
	buf_init(&line, 65536);
	while (!found && (entry = readdir(d))) {
		int64_t pid = 0;
		if (str_i64(str_of(entry->d_name), 1, INT32_MAX, &pid) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)pid);
		buf_clear(&line);
		if (file_read(path, 65536, &line, NULL) < 0)
			continue;
		if (memmem(line.p, line.n, b->conf, strlen(b->conf)) &&
		    memmem(line.p, line.n, role, strlen(role)))
			found = (pid_t)pid;
	}
	(void)closedir(d);
	return found;
}

static void roles_wait(const struct bed *b, bool running)
{
	for (int looks = 0;
	     (role_find(b, "probe") > 0) != running || (role_find(b, "uplink") > 0) != running;)
		look_again(&looks);
}

/* Waits until more than N records are in the spool; their sequences must rise. */
static size_t records_wait(const struct bed *b, size_t n)
{
	size_t seen = 0;

	for (int looks = 0; seen <= n; look_again(&looks)) {
		struct spool_reader *r = NULL;
		struct segment_record rec;
		uint64_t last = 0;

		assert_int_equal(spool_reader_open(b->spool, &r, NULL), 0);
		for (seen = 0; spool_reader_next(r, &rec, NULL) == 1; seen++) {
			assert_true(rec.sequence > last);
			last = rec.sequence;
		}
		spool_reader_close(r);
	}
	return seen;
}

static void assert_said(const struct bed *b, const char *words)
{
	SCOPED_BUF struct buf text;

	buf_init(&text, 1 << 20);
	assert_int_equal(file_read(b->log, 1 << 20, &text, NULL), 0);
	if (!strstr(text.p, words))
		fail_msg("\"%s\" is not in: %s", words, text.p);
}

static void stops_in_good_order(void **state)
{
	struct bed *b = *state;

	bed_start(b, "");
	roles_wait(b, true);
	(void)records_wait(b, 3);
	assert_int_equal(kill(b->pid, SIGTERM), 0);
	assert_int_equal(bed_wait(b), 0);
	roles_wait(b, false);
	assert_said(b, "one.pcap has ended");
	assert_said(b, "enrol"); /* the uplink has no identity */
}

static void a_killed_role_comes_back(void **state)
{
	struct bed *b = *state;

	bed_start(b, "");
	roles_wait(b, true);
	size_t n = records_wait(b, 1);
	pid_t probe = role_find(b, "probe");
	assert_int_equal(kill(probe, SIGKILL), 0);
	for (int looks = 0; role_find(b, "probe") == probe || role_find(b, "probe") == 0;)
		look_again(&looks);
	(void)records_wait(b, n + 2);
	assert_said(b, "the probe died by signal 9");
	assert_int_equal(kill(b->pid, SIGTERM), 0);
	assert_int_equal(bed_wait(b), 0);
}

static void roles_end_with_the_parent(void **state)
{
	struct bed *b = *state;

	bed_start(b, "");
	roles_wait(b, true);
	(void)records_wait(b, 1);
	assert_int_equal(kill(b->pid, SIGKILL), 0);
	assert_int_equal(bed_wait(b), -SIGKILL);
	roles_wait(b, false);
}

static void ends_with_the_capture_when_told_so(void **state)
{
	struct bed *b = *state;

	bed_start(b, "replay_exit = yes\nreplay_shift = now\n");
	assert_int_equal(bed_wait(b), 0);
	roles_wait(b, false);
	assert_true(records_wait(b, 1) >= 2);
}

static void a_wrong_configuration_ends_it(void **state)
{
	struct bed *b = *state;

	bed_start(b, "interfaces = eth0\n");
	assert_int_equal(bed_wait(b), EXIT_CONFIG);
	assert_said(b, "interfaces");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(stops_in_good_order, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(a_killed_role_comes_back, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(roles_end_with_the_parent, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(ends_with_the_capture_when_told_so, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(a_wrong_configuration_ends_it, bed_make,
						bed_remove),
	};

	(void)setenv("LANG", "en_US.UTF-8", 1);
	(void)unsetenv("LC_ALL");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
