/* SPDX-License-Identifier: Apache-2.0 */
/* Live packets from an interface through AF_PACKET TPACKET_V3. An interface that is down or gone
 * is asked for again each second; that is told once, not each time. */
#include "probe/capture/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	BLOCK_BYTES = CAPTURE_AT_ONCE,
	FRAME_BYTES = 2048, /* only a unit of the ring's arithmetic in version 3 */
	BLOCK_WAIT_MS = 60, /* the kernel hands over a block that is not full after this */
	BLOCKS_MIN = 4,
	BLOCKS_MAX = 256,
};

#define RETRY_NS INT64_C(1000000000)

struct live {
	int fd;
	uint8_t *ring;
	size_t ring_bytes;
	unsigned blocks, block;      /* their number, the one being read */
	struct tpacket3_hdr *packet; /* next in the block, NULL = the block is not ours */
	uint32_t left;               /* packets in the block */
	uint16_t link;
	int64_t retry_ns;
	bool told; /* the outage was told */
};

static struct tpacket_block_desc *block_at(const struct live *l)
{
	return (struct tpacket_block_desc *)(void *)(l->ring + (size_t)l->block * BLOCK_BYTES);
}

static void live_down(struct live *l)
{
	if (l->ring)
		(void)munmap(l->ring, l->ring_bytes); /* our own mapping: cannot fail */
	l->ring = NULL;
	l->packet = NULL;
	l->left = l->block = 0;
	fd_cleanup(&l->fd);
	l->fd = -1;
}

static int interface_flags(const char *name, int fd, struct err *e)
{
	struct ifreq q = { 0 };

	if (!str_copy(q.ifr_name, sizeof(q.ifr_name), str_of(name)))
		return err_set(e, -ENODEV, "there is no interface %s", name);
	if (ioctl(fd, SIOCGIFFLAGS, &q) < 0)
		return err_set(e, -errno, "there is no interface %s", name);
	if (!(q.ifr_flags & IFF_UP))
		return err_set(e, -ENETDOWN, "interface %s is down", name);
	return 0;
}

static int link_of(const char *name, int fd, uint16_t *out)
{
	struct ifreq q = { 0 };

	(void)str_copy(q.ifr_name, sizeof(q.ifr_name), str_of(name));
	if (ioctl(fd, SIOCGIFHWADDR, &q) < 0)
		return -errno;
	bool ether =
		q.ifr_hwaddr.sa_family == ARPHRD_ETHER || q.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	*out = ether ? LINK_ETHERNET : LINK_RAW;
	return 0;
}

static int ring_map(struct live *l, struct err *e)
{
	int version = TPACKET_V3;
	struct tpacket_req3 q = {
		.tp_block_size = BLOCK_BYTES,
		.tp_block_nr = l->blocks,
		.tp_frame_size = FRAME_BYTES,
		.tp_frame_nr = l->blocks * (BLOCK_BYTES / FRAME_BYTES),
		.tp_retire_blk_tov = BLOCK_WAIT_MS,
	};

	if (setsockopt(l->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) < 0 ||
	    setsockopt(l->fd, SOL_PACKET, PACKET_RX_RING, &q, sizeof(q)) < 0)
		return err_set(e, -errno, "cannot make the packet ring: %s", err_text(-errno));
	l->ring_bytes = (size_t)l->blocks * BLOCK_BYTES;
	void *m = mmap(NULL, l->ring_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, 0);
	if (m == MAP_FAILED)
		return err_set(e, -errno, "cannot map the packet ring: %s", err_text(-errno));
	l->ring = m;
	return 0;
}

static int live_bind(struct live *l, const char *name, struct err *e)
{
	unsigned index = if_nametoindex(name);
	if (index == 0)
		return err_set(e, -ENODEV, "there is no interface %s", name);
	struct sockaddr_ll a = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = (int)index,
	};
	struct packet_mreq m = { .mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC };

	if (bind(l->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return err_set(e, -errno, "cannot listen on %s: %s", name, err_text(-errno));
	if (setsockopt(l->fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &m, sizeof(m)) < 0)
		return err_set(e, -errno, "cannot make %s promiscuous: %s", name, err_text(-errno));
	return 0;
}

static int live_up(struct live *l, const struct capture *c, struct err *e)
{
	const char *name = c->name;

	SCOPED_FD int ask = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (ask < 0)
		return err_set(e, -errno, "cannot open a socket: %s", err_text(-errno));
	if ((r = interface_flags(name, ask, e)) < 0)
		return r;
	if ((r = link_of(name, ask, &l->link)) < 0)
		return err_set(e, r, "cannot ask %s for its kind: %s", name, err_text(r));
	l->fd = socket(AF_PACKET, (l->link == LINK_ETHERNET ? SOCK_RAW : SOCK_DGRAM) | SOCK_CLOEXEC,
		       0);
	if (l->fd < 0)
		return err_set(e, -errno, "cannot open a packet socket: %s", err_text(-errno));
	if ((r = ring_map(l, e)) < 0 || (r = live_bind(l, name, e)) < 0) {
		live_down(l);
		return r;
	}
	return 0;
}

/* Notes that the interface cannot be read now; the first time it is told. */
static void outage(struct capture *c, struct live *l, const struct err *e)
{
	c->stats.up = false;
	(void)str_copy(c->stats.text, sizeof(c->stats.text), str_of(e->text));
	l->retry_ns = clock_mono_ns(&clock_real) + RETRY_NS;
	c->why = *e;
	if (!l->told)
		capture_tell(c);
	l->told = true;
}

static bool hopeless(int code)
{
	return code != -ENODEV && code != -ENETDOWN && code != -ENXIO;
}

static int live_open(struct capture *c, struct err *e)
{
	struct live *l = mem_new(sizeof(*l));
	struct err why = { 0 };
	int64_t blocks = c->ring_bytes / BLOCK_BYTES;

	l->fd = -1;
	l->blocks = (unsigned)(blocks < BLOCKS_MIN   ? BLOCKS_MIN
			       : blocks > BLOCKS_MAX ? BLOCKS_MAX
						     : blocks);
	int r = live_up(l, c, &why);
	if (r < 0 && hopeless(r)) {
		free(l);
		return err_set(e, r, "%s", why.text);
	}
	c->state = l;
	c->stats.up = r == 0;
	if (r < 0)
		outage(c, l, &why);
	return 0;
}

static void live_close(struct capture *c)
{
	struct live *l = c->state;

	if (!l)
		return;
	live_down(l);
	free(l);
	c->state = NULL;
}

static void count_drops(struct capture *c, const struct live *l)
{
	struct tpacket_stats_v3 s = { 0 }; /* since the last question */
	socklen_t n = sizeof(s);

	if (getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &s, &n) == 0)
		c->stats.dropped += s.tp_drops;
}

/* Gives the block back to the kernel and steps to the next. */
static void block_return(struct live *l)
{
	__atomic_store_n(&block_at(l)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
	l->block = (l->block + 1) % l->blocks;
	l->packet = NULL;
}

static bool block_take(struct capture *c, struct live *l)
{
	struct tpacket_block_desc *b = block_at(l);

	if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER))
		return false;
	l->left = b->hdr.bh1.num_pkts;
	l->packet = (struct tpacket3_hdr *)(void *)((uint8_t *)b + b->hdr.bh1.offset_to_first_pkt);
	count_drops(c, l);
	return true;
}

/* Waits for a block: true = there is one. Notices an interface that went away. */
static bool block_wait(struct capture *c, struct live *l, int wait_ms)
{
	struct pollfd p = { .fd = l->fd, .events = POLLIN | POLLERR };
	struct err e = { 0 };

	if (block_take(c, l))
		return true;
	if (poll(&p, 1, wait_ms) > 0 && (p.revents & (POLLERR | POLLHUP | POLLNVAL))) {
		err_set(&e, -ENETDOWN, "interface %s went down", c->name);
		live_down(l);
		outage(c, l, &e);
		return false;
	}
	return block_take(c, l);
}

static void live_retry(struct capture *c, struct live *l, int wait_ms)
{
	struct err e = { 0 };

	if (clock_mono_ns(&clock_real) < l->retry_ns) {
		(void)poll(NULL, 0, wait_ms);
		return;
	}
	if (live_up(l, c, &e) < 0) {
		outage(c, l, &e);
		return;
	}
	c->stats.up = true;
	c->stats.text[0] = 0;
	l->told = false;
	(void)err_set(&c->why, -ENETDOWN, "interface %s is up again", c->name);
	capture_tell(c);
}

static int live_next(struct capture *c, struct packet *out, size_t max, int wait_ms, struct err *e)
{
	struct live *l = c->state;
	size_t n = 0;

	(void)e; /* outages are retried */
	if (l->fd < 0) {
		live_retry(c, l, wait_ms);
		return -EAGAIN;
	}
	if (l->packet && l->left == 0)
		block_return(l);
	if (!l->packet && !block_wait(c, l, wait_ms))
		return -EAGAIN;
	for (; n < max && l->left > 0; l->left--, n++) {
		const struct tpacket3_hdr *h = l->packet;
		out[n] = (struct packet){
			.p = (const uint8_t *)h +
			     (l->link == LINK_ETHERNET ? h->tp_mac : h->tp_net),
			.len = h->tp_snaplen,
			.wire_len = h->tp_len,
			.ts_us = (int64_t)h->tp_sec * US_PER_SEC + h->tp_nsec / 1000,
			.link = l->link,
		};
		l->packet =
			(struct tpacket3_hdr *)(void *)((uint8_t *)l->packet + h->tp_next_offset);
	}
	return n ? (int)n : -EAGAIN;
}

const struct capture_ops capture_live = {
	.name = "live",
	.open = live_open,
	.next = live_next,
	.close = live_close,
};
