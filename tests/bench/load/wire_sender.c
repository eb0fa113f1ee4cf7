/* SPDX-License-Identifier: Apache-2.0 */
/* wire-sender INTERFACE CAPTURE PACKETS RATE: sends the packets of a pcap file (microseconds, this
 * machine's byte order, Ethernet), again from the start where it ends, PACKETS in all, RATE a
 * second (0 = as fast as they go), and says as JSON how many the kernel took and how long it took.
 * As much of the file as is needed is in memory before the first is sent. Past the queueing
 * discipline, in batches (PACKET_QDISC_BYPASS, sendmmsg). */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	MAGIC = (int)0xa1b2c3d4,
	BATCH = 64,
	SEND_BUFFER = 8 << 20,
};

struct load {
	const uint8_t *file;
	size_t size;
	struct iovec *frame;
	size_t n;
};

static int fail(const char *what)
{
	(void)fprintf(stderr, "wire-sender: %s: %s\n", what, strerror(errno));
	return EXIT_FAILURE;
}

/* The first frames of the file, MOST at most. */
static int load_open(struct load *l, const char *path, size_t most)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	uint32_t magic, len;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	l->size = (size_t)st.st_size;
	void *m = mmap(NULL, l->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (m == MAP_FAILED)
		return -errno;
	l->file = m;
	l->frame = mem_array(most, sizeof(*l->frame));
	memcpy(&magic, l->file, sizeof(magic));
	if (l->size < FILE_HEADER || magic != (uint32_t)MAGIC)
		return -(errno = EINVAL);
	for (size_t at = FILE_HEADER; l->n < most && l->size - at >= RECORD_HEADER;) {
		memcpy(&len, l->file + at + 8, sizeof(len));
		at += RECORD_HEADER;
		if (len > l->size - at)
			break;
		l->frame[l->n++] = (struct iovec){ .iov_base = (void *)(uintptr_t)(l->file + at),
						   .iov_len = len };
		at += len;
	}
	return l->n ? 0 : -(errno = EINVAL);
}

static int socket_open(const char *interface)
{
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
				 .sll_ifindex = (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: hears nothing */
	int yes = 1, room = SEND_BUFFER;

	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) < 0)
		return -errno;
	return fd;
}

static void wait_until(int64_t ns)
{
	struct timespec t = { .tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

struct sent {
	uint64_t packets, refused;
	int64_t ns;
};

/* A batch, as often as the kernel has no room for all of it. */
static void batch_send(int fd, struct mmsghdr *m, unsigned n, struct sent *s)
{
	while (n > 0) {
		int r = sendmmsg(fd, m, n, 0);
		if (r < 0 && (errno == EINTR || errno == ENOBUFS || errno == EAGAIN))
			continue;
		if (r < 0) { /* this one: too long, or the interface does not want it */
			s->refused++;
			r = 1;
		} else {
			s->packets += (uint64_t)r;
		}
		m += r;
		n -= (unsigned)r;
	}
}

static struct sent load_send(const struct load *l, int fd, uint64_t packets, uint64_t rate)
{
	struct mmsghdr m[BATCH];
	struct sent s = { 0 };
	int64_t start = clock_mono_ns(&clock_real);

	for (uint64_t done = 0; done < packets;) {
		unsigned n = packets - done < BATCH ? (unsigned)(packets - done) : BATCH;
		for (unsigned i = 0; i < n; i++)
			m[i] = (struct mmsghdr){ .msg_hdr = { .msg_iov =
								      &l->frame[(done + i) % l->n],
							      .msg_iovlen = 1 } };
		if (rate)
			wait_until(start + (int64_t)(done * 1000000000 / rate));
		batch_send(fd, m, n, &s);
		done += n;
	}
	s.ns = clock_mono_ns(&clock_real) - start;
	return s;
}

int main(int argc, char **argv)
{
	struct load l = { 0 };

	if (argc != 5)
		return 2;
	uint64_t packets = strtoull(argv[3], NULL, 10), rate = strtoull(argv[4], NULL, 10);
	if (load_open(&l, argv[2], packets) < 0)
		return fail(argv[2]);
	int fd = socket_open(argv[1]);
	if (fd < 0)
		return fail(argv[1]);
	struct sent s = load_send(&l, fd, packets, rate);
	(void)printf("{\"packets\":%" PRIu64 ",\"refused\":%" PRIu64
		     ",\"seconds\":%.6f,\"rate\":%.0f}\n",
		     s.packets, s.refused, (double)s.ns / 1e9,
		     (double)s.packets * 1e9 / (double)s.ns);
	return EXIT_SUCCESS;
}
