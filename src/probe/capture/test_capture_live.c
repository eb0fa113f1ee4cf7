/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the live capture, on a pair of virtual interfaces in a network namespace of our own.
 * Skipped where the rights for that are missing. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/capture/capture.h"

enum { FRAMES = 50, TRIES = 200, WAIT_MS = 50 };

struct world {
	struct capture c;
	int told;
	char last[ERR_TEXT_MAX];
};

static void on_problem(void *arg, const char *text)
{
	struct world *w = arg;

	w->told++;
	(void)snprintf(w->last, sizeof(w->last), "%s", text); /* cut is fine */
}

static int shell(const char *command)
{
	return system(command); /* a test: fixed words only */
}

/* Sends frames of a type of our own into the other end of the pair. */
static void send_frames(int n)
{
	SCOPED_FD int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("probe-a") };
	uint8_t frame[64] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5 };

	assert_true(fd >= 0);
	for (int i = 0; i < n; i++) {
		frame[20] = (uint8_t)i;
		assert_int_equal(
			sendto(fd, frame, sizeof(frame), 0, (struct sockaddr *)&to, sizeof(to)),
			sizeof(frame));
	}
}

/* Our frames among those that come in, until WANT of them have come or patience ends. */
static int receive(struct capture *c, int want)
{
	static struct packet batch[CAPTURE_BATCH];
	struct err e = { 0 };
	int got = 0;

	for (int i = 0; i < TRIES && got < want; i++) {
		int n = capture_next(c, batch, CAPTURE_BATCH, WAIT_MS, &e);
		assert_true(n > 0 || n == -EAGAIN);
		for (int k = 0; k < n; k++) {
			if (batch[k].len >= 64 && batch[k].p[12] == 0x88 && batch[k].p[13] == 0xb5)
				got++;
		}
	}
	return got;
}

static void wait_until(struct world *w, bool up)
{
	static struct packet batch[CAPTURE_BATCH];

	for (int i = 0; i < TRIES && w->c.stats.up != up; i++)
		(void)capture_next(&w->c, batch, CAPTURE_BATCH, WAIT_MS, NULL); /* state matters */
	assert_int_equal(w->c.stats.up, up);
}

static void packets_arrive_and_outages_are_survived(void **state)
{
	(void)state;
	struct world *w = mem_new(sizeof(*w));
	struct err e = { 0 };
	w->c.problem = on_problem;
	w->c.problem_arg = w;
	assert_int_equal(capture_open_live(&w->c, "probe-b", &e), 0);
	assert_true(w->c.stats.up);
	send_frames(FRAMES);
	assert_int_equal(receive(&w->c, FRAMES), FRAMES);
	assert_int_equal(w->c.stats.dropped, 0);
	assert_int_equal(shell("ip link set probe-b down"), 0);
	wait_until(w, false);
	assert_int_equal(w->told, 1);
	assert_non_null(strstr(w->last, "probe-b"));
	assert_int_equal(shell("ip link set probe-b up"), 0);
	wait_until(w, true);
	send_frames(FRAMES);
	assert_int_equal(receive(&w->c, FRAMES), FRAMES);
	capture_close(&w->c);
	free(w);
}

static void an_absent_interface_is_waited_for(void **state)
{
	(void)state;
	struct world *w = mem_new(sizeof(*w));
	struct err e = { 0 };
	w->c.problem = on_problem;
	w->c.problem_arg = w;
	assert_int_equal(capture_open_live(&w->c, "probe-c", &e), 0);
	assert_false(w->c.stats.up);
	assert_string_equal(w->c.stats.text, "there is no interface probe-c");
	assert_int_equal(w->told, 1);
	assert_int_equal(
		shell("ip link add probe-c type veth peer name probe-d && ip link set probe-c up"),
		0);
	wait_until(w, true);
	capture_close(&w->c);
	free(w);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(packets_arrive_and_outages_are_survived),
		cmocka_unit_test(an_absent_interface_is_waited_for),
	};

	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 ||
	    shell("ip link add probe-a type veth peer name probe-b 2>/dev/null && "
		  "ip link set probe-a up && ip link set probe-b up") != 0) {
		print_message("test_capture_live: no right to make network interfaces\n");
		return TEST_SKIPPED;
	}
	return cmocka_run_group_tests(t, NULL, NULL);
}
