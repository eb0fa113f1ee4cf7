/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel runs a small program (classic BPF) for each packet, packet(7) PACKET_FANOUT_CBPF: it
 * adds up addresses and ports, which does not know a direction. An ICMP error goes where the flow
 * that it quotes goes. What is neither IPv4 nor IPv6 goes to the first socket. */
#include "probe/capture/capture_fanout.h"

#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <sys/socket.h>

enum {
	OPS_MAX = 256,
	MIX = 0x1e3779b1,
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ICMPV6 = 58,
	UNREACHABLE = 3,
	UNREACHABLE6 = 1,
	IPV4_PLAIN = 0x45, /* version, header of 20 bytes */
};

struct program {
	struct sock_filter op[OPS_MAX];
	unsigned short n;
};

static unsigned short put(struct program *p, uint16_t code, uint32_t k)
{
	assert(p->n < OPS_MAX);
	p->op[p->n] = (struct sock_filter){ .code = code, .k = k };
	return p->n++;
}

/* Loads from the network header on, wherever the frame begins. */
static void load(struct program *p, uint16_t size, unsigned at)
{
	put(p, BPF_LD | BPF_ABS | size, (uint32_t)SKF_NET_OFF + at);
}

/* What was loaded goes to the sum in X. */
static void add(struct program *p, uint16_t size, unsigned at)
{
	load(p, size, at);
	put(p, BPF_ALU | BPF_ADD | BPF_X, 0);
	put(p, BPF_MISC | BPF_TAX, 0);
}

/* Steps over what follows, up to `here`, unless what was loaded is VALUE. */
static unsigned short unless(struct program *p, uint32_t value)
{
	return put(p, BPF_JMP | BPF_JEQ | BPF_K, value);
}

static void here(struct program *p, unsigned short from)
{
	assert(p->n - from - 1 <= UINT8_MAX);
	p->op[from].jf = (uint8_t)(p->n - from - 1);
}

static unsigned short unless_ports(struct program *p)
{
	p->op[put(p, BPF_JMP | BPF_JEQ | BPF_K, TCP)].jt = 1;
	return unless(p, UDP);
}

static void finish(struct program *p)
{
	put(p, BPF_MISC | BPF_TXA, 0);
	put(p, BPF_ALU | BPF_MUL | BPF_K, MIX);
	put(p, BPF_ALU | BPF_RSH | BPF_K, 16);
	put(p, BPF_RET | BPF_A, 0);
}

static void tuple(struct program *p, unsigned addresses, unsigned words, unsigned ports)
{
	put(p, BPF_LDX | BPF_W | BPF_IMM, 0);
	for (unsigned i = 0; i < words; i++)
		add(p, BPF_W, addresses + 4 * i);
	if (ports == 0)
		return;
	add(p, BPF_H, ports);
	add(p, BPF_H, ports + 2);
}

/* One family: its addresses are WORDS words at ADDRESSES, its next protocol stands at PROTO, and
 * what it bears begins at BODY. An ICMP error of TYPE quotes a header behind its own 8 bytes. */
struct family {
	unsigned addresses, words, proto, body;
	uint32_t icmp, type;
};

static void on_family(struct program *p, const struct family *f)
{
	unsigned quoted = f->body + 8;

	load(p, BPF_B, f->proto);
	unsigned short not_icmp = unless(p, f->icmp);
	load(p, BPF_B, f->body);
	unsigned short no_error = unless(p, f->type);
	tuple(p, quoted + f->addresses, f->words, quoted + f->body);
	finish(p);
	here(p, no_error);
	tuple(p, f->addresses, f->words, 0);
	finish(p);
	here(p, not_icmp);
	unsigned short no_ports = unless_ports(p);
	tuple(p, f->addresses, f->words, f->body);
	finish(p);
	here(p, no_ports);
	tuple(p, f->addresses, f->words, 0);
	finish(p);
}

static void by_flow(struct program *p)
{
	static const struct family v4 = { 12, 2, 9, 20, ICMP, UNREACHABLE };
	static const struct family v6 = { 8, 8, 6, 40, ICMPV6, UNREACHABLE6 };

	put(p, BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL));
	unsigned short not_v4 = unless(p, ETHERTYPE_IP);
	load(p, BPF_B, 0);
	unsigned short options = unless(p, IPV4_PLAIN);
	on_family(p, &v4);
	here(p, options);
	tuple(p, v4.addresses, v4.words, 0);
	finish(p);
	here(p, not_v4);
	unsigned short not_v6 = unless(p, ETHERTYPE_IPV6);
	on_family(p, &v6);
	here(p, not_v6);
	put(p, BPF_RET | BPF_K, 0);
}

int fanout_prepare(int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog f = { .len = 1, .filter = &nothing };

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &f, sizeof(f)) < 0 ? -errno : 0;
}

int fanout_join(int fd, uint16_t group)
{
	struct program p = { .n = 0 };
	uint32_t how = group | (uint32_t)PACKET_FANOUT_CBPF << 16;
	int unused = 0;

	by_flow(&p);
	struct sock_fprog f = { .len = p.n, .filter = p.op };
	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &how, sizeof(how)) < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &f, sizeof(f)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) < 0)
		return -errno;
	return 0;
}
