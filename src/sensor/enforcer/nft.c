/* SPDX-License-Identifier: Apache-2.0 */
/* The batch is written by hand: three kinds of messages (linux/netfilter/nf_tables.h). */
#include "sensor/enforcer/nft.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	ELEMENTS_AT_ONCE = 400, /* in one message: the length of a list is 16 bits */
	ANSWER_BYTES = 64 * 1024,
	ANSWER_MS = 5000,
	V4_AT = 12, /* of the mapped address */
};

#define TABLE "otasuke"

const char nft_rules[] =
	"add table bridge otasuke\n"
	"add set bridge otasuke isolated { type ether_addr; flags timeout; size 1024; }\n"
	"add set bridge otasuke blocked4 { type ipv4_addr; flags interval, timeout; size 4096; }\n"
	"add set bridge otasuke blocked6 { type ipv6_addr; flags interval, timeout; size 4096; }\n"
	"add set bridge otasuke ports4 { type ipv4_addr . inet_proto . inet_service;"
	" flags interval, timeout; size 4096; }\n"
	"add set bridge otasuke ports6 { type ipv6_addr . inet_proto . inet_service;"
	" flags interval, timeout; size 4096; }\n"
	"add chain bridge otasuke quarantine\n"
	"add chain bridge otasuke keep_address\n"
	"add chain bridge otasuke forward { type filter hook forward priority -200; policy accept; "
	"}\n"
	"add chain bridge otasuke input { type filter hook input priority -200; policy accept; }\n"
	"add chain bridge otasuke output { type filter hook output priority -200; policy accept; "
	"}\n"
	"flush table bridge otasuke\n"
	"add rule bridge otasuke keep_address limit rate 50/second burst 100 packets accept\n"
	"add rule bridge otasuke keep_address drop\n"
	"add rule bridge otasuke quarantine ether type arp goto keep_address\n"
	"add rule bridge otasuke quarantine ether type ip udp sport { 67, 68 } udp dport { 67, 68 }"
	" goto keep_address\n"
	"add rule bridge otasuke quarantine ether type ip6 udp sport { 546, 547 } udp dport { 546, "
	"547 }"
	" goto keep_address\n"
	"add rule bridge otasuke quarantine ether type ip6 icmpv6 type { nd-router-solicit,"
	" nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } goto keep_address\n"
	"add rule bridge otasuke quarantine counter drop\n"
	"add rule bridge otasuke forward ether saddr @isolated goto quarantine\n"
	"add rule bridge otasuke forward ether daddr @isolated goto quarantine\n"
	"add rule bridge otasuke forward ip daddr @blocked4 counter drop\n"
	"add rule bridge otasuke forward ip saddr @blocked4 counter drop\n"
	"add rule bridge otasuke forward ip daddr . ip protocol . th dport @ports4 counter drop\n"
	"add rule bridge otasuke forward ip6 daddr @blocked6 counter drop\n"
	"add rule bridge otasuke forward ip6 saddr @blocked6 counter drop\n"
	"add rule bridge otasuke forward ip6 daddr . meta l4proto . th dport @ports6 counter drop\n"
	"add rule bridge otasuke forward ether type vlan vlan type ip ip daddr @blocked4 drop\n"
	"add rule bridge otasuke forward ether type vlan vlan type ip ip saddr @blocked4 drop\n"
	"add rule bridge otasuke forward ether type vlan vlan type ip6 ip6 daddr @blocked6 drop\n"
	"add rule bridge otasuke forward ether type vlan vlan type ip6 ip6 saddr @blocked6 drop\n"
	"add rule bridge otasuke input ether saddr @isolated goto quarantine\n"
	"add rule bridge otasuke output ether daddr @isolated goto quarantine\n";

/* --- the rules --- */

static void child_run(int in)
{
	static char name[] = "nft", option[] = "-f", from[] = "-";
	static const char *const paths[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft" };
	char *argv[] = { name, option, from, NULL }, *envp[] = { NULL };

	(void)dup2(in, STDIN_FILENO);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		(void)execve(paths[i], argv, envp);
	_exit(127); /* as a shell says it */
}

static int rules_give(int fd, pid_t pid, const char *text, struct err *e)
{
	int status = 0, r = fd_write_all(fd, text, strlen(text));

	(void)close(fd); /* nft reads to the end */
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, -ENOENT, "the program nft is not installed (package nftables)");
	if (r < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(e, -EPERM,
			       "nft does not take the rules: what it said stands in the log");
	return 0;
}

static int rules_run(const char *text, struct err *e)
{
	int ends[2];

	if (pipe(ends) < 0)
		return err_set(e, -errno, "cannot start nft: %s", err_text(-errno));
	pid_t pid = fork();
	if (pid == 0) {
		(void)close(ends[1]);
		child_run(ends[0]);
	}
	(void)close(ends[0]); /* the child's */
	if (pid < 0) {
		(void)close(ends[1]);
		return err_set(e, -errno, "cannot start nft: %s", err_text(-errno));
	}
	return rules_give(ends[1], pid, text, e);
}

int nft_set_up(struct err *e)
{
	SCOPED_BUF struct buf anew = { 0 };
	struct err first = { 0 };
	int r = rules_run(nft_rules, &first);

	if (r >= 0)
		return 0;
	if (r == -ENOENT) {
		*e = first;
		return r;
	}
	/* Sets of another version cannot be changed: the table is made anew. */
	buf_adds(&anew, "add table bridge otasuke\ndelete table bridge otasuke\n");
	buf_adds(&anew, nft_rules);
	return rules_run(anew.p, e);
}

/* --- messages --- */

static void pad(struct buf *out)
{
	static const uint8_t none[4];

	buf_add(out, none, (4 - out->n % 4) % 4);
}

/* Where an attribute or message began, so that its length can be written. */
static size_t nest_begin(struct buf *out, uint16_t type)
{
	struct nlattr a = { .nla_type = type | NLA_F_NESTED };
	size_t at = out->n;

	buf_add(out, &a, sizeof(a));
	return at;
}

static void nest_end(struct buf *out, size_t at)
{
	uint16_t n = (uint16_t)(out->n - at);

	memcpy(out->p + at, &n, sizeof(n));
}

static void attr(struct buf *out, uint16_t type, const void *p, size_t n)
{
	struct nlattr a = { .nla_type = type, .nla_len = (uint16_t)(sizeof(a) + n) };

	buf_add(out, &a, sizeof(a));
	buf_add(out, p, n);
	pad(out);
}

struct batch {
	struct buf *out;
	uint32_t sequence;
	size_t messages, at; /* of the message being written */
};

static void message_begin(struct batch *b, uint16_t type, uint16_t flags, uint8_t family,
			  uint16_t resource)
{
	struct nlmsghdr h = { .nlmsg_type = type,
			      .nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
			      .nlmsg_seq = b->sequence++ };
	struct nfgenmsg g = { .nfgen_family = family,
			      .version = NFNETLINK_V0,
			      .res_id = htons(resource) };

	b->at = b->out->n;
	buf_add(b->out, &h, sizeof(h));
	buf_add(b->out, &g, sizeof(g));
}

static void message_end(struct batch *b)
{
	uint32_t n = (uint32_t)(b->out->n - b->at);

	memcpy(b->out->p + b->at, &n, sizeof(n));
	b->messages++;
}

static void element_message(struct batch *b, int type, uint16_t flags, const char *set)
{
	message_begin(b, (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | type),
		      (uint16_t)(flags | NLM_F_ACK), NFPROTO_BRIDGE, 0);
	attr(b->out, NFTA_SET_ELEM_LIST_TABLE, TABLE, sizeof(TABLE));
	attr(b->out, NFTA_SET_ELEM_LIST_SET, set, strlen(set) + 1);
}

/* --- elements --- */

struct element {
	uint8_t key[24], end[24];
	size_t n, n_end;    /* bytes of each; 0 = no end */
	bool closes;        /* the first address behind an interval */
	int64_t timeout_ms; /* 0 = none */
};

static void key_add(struct buf *out, uint16_t type, const uint8_t *p, size_t n)
{
	size_t nest = nest_begin(out, type);

	attr(out, NFTA_DATA_VALUE, p, n);
	nest_end(out, nest);
}

static void element_add(struct buf *out, const struct element *x)
{
	size_t nest = nest_begin(out, NFTA_LIST_ELEM);
	uint32_t flags = htonl(NFT_SET_ELEM_INTERVAL_END);
	uint64_t ms = (uint64_t)x->timeout_ms;
	uint32_t timeout[2] = { htonl((uint32_t)(ms >> 32)), htonl((uint32_t)ms) };

	if (x->closes)
		attr(out, NFTA_SET_ELEM_FLAGS, &flags, sizeof(flags));
	if (x->timeout_ms > 0)
		attr(out, NFTA_SET_ELEM_TIMEOUT, timeout, sizeof(timeout));
	key_add(out, NFTA_SET_ELEM_KEY, x->key, x->n);
	if (x->n_end > 0)
		key_add(out, NFTA_SET_ELEM_KEY_END, x->end, x->n_end);
	nest_end(out, nest);
}

static int64_t timeout_of(int64_t until_us, int64_t now_us)
{
	int64_t ms = (until_us - now_us) / 1000;

	return ms > 0 ? ms : 1;
}

static bool mac_bytes(const char *mac, uint8_t out[6])
{
	size_t n = 0;
	char hex[13];

	for (size_t i = 0; i < 6; i++)
		memcpy(hex + 2 * i, mac + 3 * i, 2);
	hex[12] = '\0';
	return str_hex(str_of(hex), out, 6, &n) >= 0 && n == 6;
}

/* The port's key: each part fills whole words of 32 bits. */
static size_t port_key(const struct hold_span *s, const uint8_t *address, size_t n, uint8_t *out)
{
	memset(out, 0, n + 8);
	memcpy(out, address, n);
	out[n] = s->protocol;
	out[n + 4] = (uint8_t)(s->port >> 8);
	out[n + 5] = (uint8_t)s->port;
	return n + 8;
}

/* A span as elements: 1 or 2. */
static size_t span_elements(const struct hold_span *s, int64_t now_us, struct element out[2])
{
	size_t skip = s->v4 ? V4_AT : 0, n = 16 - skip, i = n;
	struct element *x = &out[0], *close_of = &out[1];

	*x = (struct element){ .timeout_ms = timeout_of(s->until_us, now_us) };
	if (s->port) {
		x->n = port_key(s, s->first + skip, n, x->key);
		x->n_end = port_key(s, s->last + skip, n, x->end);
		return 1;
	}
	x->n = n;
	memcpy(x->key, s->first + skip, n);
	*close_of = (struct element){ .n = n, .closes = true };
	memcpy(close_of->key, s->last + skip, n);
	while (i > 0 && ++close_of->key[i - 1] == 0)
		i--;
	return i > 0 ? 2 : 1; /* behind the last address there is none */
}

struct set {
	const char *name;
	bool v4, ports;
};

static size_t elements_of(const struct hold_span *spans, size_t n_spans, const struct set *set,
			  int64_t now_us, struct element *out)
{
	size_t n = 0;

	for (size_t i = 0; i < n_spans; i++)
		if (spans[i].v4 == set->v4 && (spans[i].port != 0) == set->ports)
			n += span_elements(&spans[i], now_us, &out[n]);
	return n;
}

static size_t isolated_of(const struct holds *h, int64_t now_us, struct element *out)
{
	size_t n = 0;

	for (size_t i = 0; i < h->n; i++) {
		out[n] = (struct element){ .n = 6,
					   .timeout_ms = timeout_of(h->list[i].until_us, now_us) };
		if (h->list[i].type == ORDER_ISOLATE && mac_bytes(h->list[i].mac, out[n].key))
			n++;
	}
	return n;
}

static void set_write(struct batch *b, const char *set, const struct element *list, size_t n)
{
	element_message(b, NFT_MSG_DELSETELEM, 0, set); /* names none: all of them */
	message_end(b);
	for (size_t at = 0; at < n; at += ELEMENTS_AT_ONCE) {
		element_message(b, NFT_MSG_NEWSETELEM, NLM_F_CREATE, set);
		size_t nest = nest_begin(b->out, NFTA_SET_ELEM_LIST_ELEMENTS);
		for (size_t i = at; i < n && i < at + ELEMENTS_AT_ONCE; i++)
			element_add(b->out, &list[i]);
		nest_end(b->out, nest);
		message_end(b);
	}
}

void nft_encode(const struct holds *h, int64_t now_us, uint32_t sequence, struct buf *out,
		size_t *messages_out)
{
	static const struct set sets[] = { { "blocked4", true, false },
					   { "blocked6", false, false },
					   { "ports4", true, true },
					   { "ports6", false, true } };
	SCOPED_MEM struct hold_span *spans = mem_array(HOLD_SPANS_MAX, sizeof(*spans));
	SCOPED_MEM struct element *list = mem_array(2 * HOLD_SPANS_MAX, sizeof(*list));
	struct batch b = { .out = out, .sequence = sequence };
	size_t n_spans = hold_spans(h, spans);

	message_begin(&b, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	message_end(&b);
	set_write(&b, "isolated", list, isolated_of(h, now_us, list));
	for (size_t i = 0; i < ARRAY_LEN(sets); i++)
		set_write(&b, sets[i].name, list,
			  elements_of(spans, n_spans, &sets[i], now_us, list));
	message_begin(&b, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	message_end(&b);
	*messages_out = b.messages;
}

/* --- the kernel's answer --- */

int nft_open(struct nft *n, struct err *e)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK };
	int big = 1 << 20;

	n->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
	if (n->fd < 0 || bind(n->fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		return err_set(e, -errno, "cannot speak with nftables: %s", err_text(-errno));
	(void)setsockopt(n->fd, SOL_SOCKET, SO_SNDBUF, &big, sizeof(big)); /* else what there is */
	(void)setsockopt(n->fd, SOL_SOCKET, SO_RCVBUF, &big, sizeof(big));
	return 0;
}

void nft_close(struct nft *n)
{
	fd_cleanup(&n->fd);
}

/* Goes through one datagram: how many messages it answers; the first error into R. */
static size_t answers_read(const char *p, size_t n, uint32_t from, int *r)
{
	size_t answered = 0;

	while (n >= sizeof(struct nlmsghdr)) {
		struct nlmsghdr h;
		int code = 0;

		memcpy(&h, p, sizeof(h));
		if (h.nlmsg_len < sizeof(h) || h.nlmsg_len > n)
			break;
		if (h.nlmsg_type == NLMSG_ERROR && h.nlmsg_len >= sizeof(h) + sizeof(code) &&
		    h.nlmsg_seq >= from) {
			memcpy(&code, p + sizeof(h), sizeof(code));
			answered++;
			if (code < 0 && *r == 0)
				*r = code;
		}
		size_t step = NLMSG_ALIGN(h.nlmsg_len);
		if (step >= n)
			break;
		p += step;
		n -= step;
	}
	return answered;
}

int nft_write(struct nft *n, const struct holds *h, int64_t now_us, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	SCOPED_MEM char *answer = mem_new(ANSWER_BYTES);
	struct pollfd poller = { .fd = n->fd, .events = POLLIN };
	size_t messages = 0, answered = 0;
	uint32_t from = n->sequence;
	int r = 0;

	nft_encode(h, now_us, from, &b, &messages);
	n->sequence += (uint32_t)messages;
	if (send(n->fd, b.p, b.n, 0) < 0)
		return err_set(e, -errno, "cannot speak with nftables: %s", err_text(-errno));
	while (answered < messages - 2 && r == 0) { /* the batch's own two are not answered */
		if (poll(&poller, 1, ANSWER_MS) <= 0)
			return err_set(e, -ETIMEDOUT, "nftables does not answer");
		ssize_t got = recv(n->fd, answer, ANSWER_BYTES, 0);
		if (got < 0 && errno != EAGAIN)
			return err_set(e, -errno, "cannot speak with nftables: %s",
				       err_text(-errno));
		answered += answers_read(answer, got > 0 ? (size_t)got : 0, from, &r);
	}
	return r < 0 ? err_set(e, r, "nftables refuses: %s", err_text(r)) : 0;
}
