/* SPDX-License-Identifier: Apache-2.0 */
/* AF_PACKET, a classic filter, and the oldest pcap format, which everything reads. */
#include "sensor/order_capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	STEP_PACKETS = 512,
	WRITE_AT_BYTES = 64 * 1024,
	PACKET_MAX = 64 * 1024,
	RECEIVE_BYTES = 8 * 1024 * 1024,
	PCAP_HEAD = 24,
	PCAP_PACKET_HEAD = 16,
	LINK_ETHERNET_TYPE = 1,
	TYPE_AT = 12,
	V4_AT = 12, /* of a mapped address */
};

/* --- the filter --- */

struct program {
	struct sock_filter *code;
	size_t n;
};

static void emit(struct program *p, uint16_t code, uint32_t k)
{
	p->code[p->n++] = (struct sock_filter){ .code = code, .k = k };
}

static void load(struct program *p, uint32_t at, bool half)
{
	emit(p, (uint16_t)(BPF_LD | BPF_ABS | (half ? BPF_H : BPF_W)), at);
}

/* Goes on when the value is K, else skips SKIP instructions. */
static void unless_skip(struct program *p, uint32_t k, uint8_t skip)
{
	p->code[p->n++] = (struct sock_filter){ BPF_JMP | BPF_JEQ | BPF_K, 0, skip, k };
}

static void take(struct program *p)
{
	emit(p, BPF_RET | BPF_K, UINT32_MAX);
}

static void mac_test(struct program *p, const uint8_t mac[6], uint32_t at)
{
	uint32_t high =
		(uint32_t)mac[0] << 24 | (uint32_t)mac[1] << 16 | (uint32_t)mac[2] << 8 | mac[3];

	load(p, at, false);
	unless_skip(p, high, 3);
	load(p, at + 4, true);
	unless_skip(p, (uint32_t)mac[4] << 8 | mac[5], 1);
	take(p);
}

static uint32_t word(const uint8_t *a)
{
	return (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
}

/* Behind it comes what takes no packet of TYPE. */
static void v4_test(struct program *p, uint32_t address, uint32_t type, uint32_t source,
		    uint32_t target)
{
	load(p, TYPE_AT, true);
	unless_skip(p, type, 6);
	load(p, source, false);
	unless_skip(p, address, 1);
	take(p);
	load(p, target, false);
	unless_skip(p, address, 1);
	take(p);
}

static void v6_test(struct program *p, const uint8_t a[16], uint32_t at)
{
	for (unsigned i = 0; i < 4; i++) {
		load(p, at + 4 * i, false);
		unless_skip(p, word(a + 4 * (size_t)i), (uint8_t)(2 * (3 - i) + 1));
	}
	take(p);
}

size_t order_capture_filter(const struct order *o, struct sock_filter *out)
{
	struct program p = { .code = out };
	unsigned m[6] = { 0 };

	if (o->mac[0]) {
		uint8_t mac[6];

		(void)sscanf(o->mac, "%2x:%2x:%2x:%2x:%2x:%2x", &m[0], &m[1], &m[2], &m[3], &m[4],
			     &m[5]); /* checked: order_mac_set */
		for (size_t i = 0; i < 6; i++)
			mac[i] = (uint8_t)m[i];
		mac_test(&p, mac, 0);
		mac_test(&p, mac, 6);
	} else if (order_network_is_v4(&o->network)) {
		v4_test(&p, word(o->network.address + V4_AT), ETHERTYPE_IP, 26, 30);
		v4_test(&p, word(o->network.address + V4_AT), ETHERTYPE_ARP, 28, 38);
	} else {
		load(&p, TYPE_AT, true);
		unless_skip(&p, ETHERTYPE_IPV6, 18);
		v6_test(&p, o->network.address, 22);
		v6_test(&p, o->network.address, 38);
	}
	emit(&p, BPF_RET | BPF_K, 0);
	return p.n;
}

/* --- the socket --- */

static int socket_open(struct order_capture *c, const char *interface, struct err *e)
{
	struct sock_filter code[CAPTURE_FILTER_MAX];
	struct sock_filter none = { .code = BPF_RET | BPF_K };
	struct sock_fprog closed = { .len = 1, .filter = &none };
	struct sock_fprog filter = { .len = (uint16_t)order_capture_filter(&c->order, code),
				     .filter = code };
	struct sockaddr_ll a = { .sll_family = AF_PACKET,
				 .sll_protocol = htons(ETH_P_ALL),
				 .sll_ifindex = (int)if_nametoindex(interface) };
	struct packet_mreq m = { .mr_ifindex = a.sll_ifindex, .mr_type = PACKET_MR_PROMISC };
	int bytes = RECEIVE_BYTES, on = 1;

	if (a.sll_ifindex == 0)
		return err_set(e, -ENODEV, "there is no interface %s", interface);
	/* Protocol 0 and the closed filter: nothing comes before the right one is there. */
	c->socket_fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->socket_fd < 0)
		return err_set(e, -errno, "cannot open a packet socket: %s", err_text(-errno));
	if (setsockopt(c->socket_fd, SOL_SOCKET, SO_ATTACH_FILTER, &closed, sizeof(closed)) < 0 ||
	    setsockopt(c->socket_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) < 0 ||
	    setsockopt(c->socket_fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)) < 0 ||
	    bind(c->socket_fd, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    setsockopt(c->socket_fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)) < 0)
		return err_set(e, -errno, "cannot listen on %s: %s", interface, err_text(-errno));
	if (setsockopt(c->socket_fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		(void)setsockopt(c->socket_fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	return 0;
}

/* --- the file --- */

static void le16(struct buf *b, uint16_t v)
{
	uint8_t x[2] = { (uint8_t)v, (uint8_t)(v >> 8) };

	buf_add(b, x, sizeof(x));
}

static void le32(struct buf *b, uint32_t v)
{
	le16(b, (uint16_t)v);
	le16(b, (uint16_t)(v >> 16));
}

static int flush(struct order_capture *c, struct err *e)
{
	int r = fd_write_all(c->file_fd, c->pending.p, c->pending.n);

	if (r < 0)
		return err_set(e, r, "cannot write %s: %s", c->part, err_text(r));
	crypto_sha256_add(&c->hash, c->pending.p, c->pending.n);
	buf_clear(&c->pending);
	return 0;
}

static int file_open(struct order_capture *c, const char *dir, struct err *e)
{
	(void)snprintf(c->part, sizeof(c->part), "%s/%" PRIu64 ".part", dir,
		       c->item); /* cut: none */
	(void)snprintf(c->whole, sizeof(c->whole), "%s/%" PRIu64 ".pcap", dir, c->item);
	c->file_fd = open(c->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (c->file_fd < 0)
		return err_set(e, -errno, "cannot write %s: %s", c->part, err_text(-errno));
	crypto_sha256_init(&c->hash);
	le32(&c->pending, 0xa1b2c3d4);
	le16(&c->pending, 2); /* version 2.4 */
	le16(&c->pending, 4);
	le32(&c->pending, 0); /* UTC */
	le32(&c->pending, 0);
	le32(&c->pending, PACKET_MAX);
	le32(&c->pending, LINK_ETHERNET_TYPE);
	c->bytes = PCAP_HEAD;
	return 0;
}

int order_capture_start(struct order_capture *c, const char *interface, const char *dir,
			const struct clock *clock, struct err *e)
{
	c->socket_fd = c->file_fd = -1;
	c->packets = 0;
	c->started_ns = c->told_ns = clock_mono_ns(clock);
	buf_init(&c->pending, 0);
	int r = file_open(c, dir, e);
	if (r >= 0)
		r = socket_open(c, interface, e);
	c->running = true;
	if (r < 0)
		order_capture_drop(c);
	return r;
}

static int64_t packet_time(struct msghdr *m, const struct clock *clock)
{
	for (struct cmsghdr *x = CMSG_FIRSTHDR(m); x; x = CMSG_NXTHDR(m, x)) {
		struct timespec t;

		if (x->cmsg_level != SOL_SOCKET || x->cmsg_type != SCM_TIMESTAMPNS)
			continue;
		memcpy(&t, CMSG_DATA(x), sizeof(t));
		return (int64_t)t.tv_sec * US_PER_SEC + t.tv_nsec / 1000;
	}
	return clock_utc_us(clock);
}

/* 1 = kept, 0 = it would be too much, -EAGAIN = none waits. */
static int packet_take(struct order_capture *c, const struct clock *clock, uint8_t *space)
{
	char control[256] __attribute__((aligned(__alignof__(struct cmsghdr))));
	struct iovec v = { .iov_base = space, .iov_len = PACKET_MAX };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = control,
			    .msg_controllen = sizeof(control) };
	ssize_t wire = recvmsg(c->socket_fd, &m, MSG_TRUNC);

	if (wire < 0)
		return -errno;
	size_t n = wire < PACKET_MAX ? (size_t)wire : PACKET_MAX;
	if (c->bytes + PCAP_PACKET_HEAD + n > c->order.bytes)
		return 0;
	int64_t at_us = packet_time(&m, clock);
	le32(&c->pending, (uint32_t)(at_us / US_PER_SEC));
	le32(&c->pending, (uint32_t)(at_us % US_PER_SEC));
	le32(&c->pending, (uint32_t)n);
	le32(&c->pending, (uint32_t)wire);
	buf_add(&c->pending, space, n);
	c->bytes += PCAP_PACKET_HEAD + n;
	c->packets++;
	return 1;
}

int order_capture_step(struct order_capture *c, const struct clock *clock, struct err *e)
{
	SCOPED_MEM uint8_t *space = mem_new(PACKET_MAX);
	int r = 1;

	for (int i = 0; i < STEP_PACKETS && r == 1; i++) {
		r = packet_take(c, clock, space);
		if (r == 1 && c->pending.n >= WRITE_AT_BYTES && flush(c, e) < 0)
			return e->code;
	}
	if (r == -EAGAIN || r == -EINTR)
		r = 1;
	if (r < 0)
		return err_set(e, r, "the recording has ended: %s", err_text(r));
	return r == 1 && (clock_mono_ns(clock) - c->started_ns) / 1000000 < c->lasts_ms;
}

int order_capture_finish(struct order_capture *c, uint8_t hash_out[ORDER_HASH], struct err *e)
{
	int r = flush(c, e);

	if (r >= 0 && (fsync(c->file_fd) < 0 || rename(c->part, c->whole) < 0))
		r = err_set(e, -errno, "cannot write %s: %s", c->whole, err_text(-errno));
	if (r >= 0)
		crypto_sha256_end(&c->hash, hash_out);
	order_capture_drop(c);
	return r;
}

void order_capture_drop(struct order_capture *c)
{
	if (!c->running)
		return;
	c->running = false;
	fd_cleanup(&c->socket_fd);
	fd_cleanup(&c->file_fd);
	(void)unlink(c->part); /* gone when it became whole */
	buf_done(&c->pending);
}
