/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of several captures that share an interface: each packet comes once, all of a flow to the
 * same one, ICMP errors about it too. Skipped where the rights for that are missing. */
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/test.h"
#include "probe/dissect/dissect.h"
#include "probe/test_packets.h"

enum { FLOWS = 120, OF_ONE = 4, TRIES = 100, WAIT_MS = 50, FIRST_PORT = 40000 };

static const struct end web = { 9, "203.0.113.7", 8000 };

static void send_frame(int fd, const struct buf *b)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_ifindex = (int)if_nametoindex("probe-a") };

	assert_int_equal(sendto(fd, b->p, b->n, 0, (struct sockaddr *)&to, sizeof(to)), b->n);
}

/* Both directions of a UDP flow, and a router's word that it was not reached. */
static void send_flow(int fd, struct buf *b, uint16_t port)
{
	struct end pc = { 1, "192.0.2.10", port }, router = { 9, "198.51.100.1", 0 };

	make_udp(b, pc, web, "question", 8);
	send_frame(fd, b);
	make_udp(b, web, pc, "answer", 6);
	send_frame(fd, b);
	make_tcp(b, web, pc, TCP_SYN, 1, ""); /* another flow, of the same ends: the same sum */
	send_frame(fd, b);
	make_ether(b, 9, 1, 0x0800);
	make_ipv4(b, router.ip, pc.ip, PROTO_ICMP, 36);
	buf_add(b, "\x03\x01\0\0\0\0\0\0", 8);
	make_ipv4(b, pc.ip, web.ip, PROTO_UDP, 8);
	buf_be16(b, port);
	buf_be16(b, web.port);
	buf_be32(b, 0x00080000);
	send_frame(fd, b);
}

static uint16_t port_of(const struct packet *p)
{
	struct dissected d;

	dissect(p, &d);
	if (d.unreached.proto)
		return d.unreached.sport;
	return d.sport >= FIRST_PORT ? d.sport : d.dport;
}

/* Counts into SEEN by flow what has come to C; how many came. */
static int take(struct capture *c, int seen[FLOWS])
{
	static struct packet batch[CAPTURE_BATCH];
	struct err e = { 0 };
	int n = capture_next(c, batch, CAPTURE_BATCH, WAIT_MS, &e), ours = 0;

	assert_true(n > 0 || n == -EAGAIN);
	for (int i = 0; i < n; i++) {
		uint16_t port = port_of(&batch[i]);
		if (port < FIRST_PORT || port >= FIRST_PORT + FLOWS)
			continue;
		seen[port - FIRST_PORT]++;
		ours++;
	}
	return ours;
}

static void each_packet_comes_once_and_flows_stay_together(void **state)
{
	(void)state;
	struct capture *c = mem_array(2, sizeof(*c));
	int seen[2][FLOWS] = { 0 }, got = 0, whole[2] = { 0 };
	struct err e = { 0 };
	struct buf b;
	for (int i = 0; i < 2; i++) {
		c[i].share = 2;
		c[i].group = 4711;
		assert_int_equal(capture_open_live(&c[i], "probe-b", &e), 0);
		assert_true(c[i].stats.up);
	}
	SCOPED_FD int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	buf_init(&b, 0);
	for (uint16_t i = 0; i < FLOWS; i++)
		send_flow(fd, &b, (uint16_t)(FIRST_PORT + i));
	buf_done(&b);
	for (int i = 0; i < TRIES && got < FLOWS * OF_ONE; i++)
		got += take(&c[i % 2], seen[i % 2]);
	got += take(&c[0], seen[0]) + take(&c[1], seen[1]); /* there must be no more */
	assert_int_equal(got, FLOWS * OF_ONE);
	for (int i = 0; i < FLOWS; i++) {
		assert_int_equal(seen[0][i] + seen[1][i], OF_ONE);
		assert_true(seen[0][i] == OF_ONE || seen[1][i] == OF_ONE);
		whole[seen[1][i] == OF_ONE]++;
	}
	assert_true(whole[0] > FLOWS / 4 && whole[1] > FLOWS / 4);
	capture_close(&c[0]);
	capture_close(&c[1]);
	free(c);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(each_packet_comes_once_and_flows_stay_together),
	};

	if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 ||
	    system("ip link add probe-a type veth peer name probe-b 2>/dev/null && "
		   "ip link set probe-a up && ip link set probe-b up") != 0) {
		print_message("test_capture_fanout: no right to make network interfaces\n");
		return TEST_SKIPPED;
	}
	return cmocka_run_group_tests(t, NULL, NULL);
}
