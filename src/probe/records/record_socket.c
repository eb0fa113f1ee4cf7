/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets: syslog over UDP and TCP (RFC 5426, RFC 6587), records of programs on this machine. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "probe/records/record_intake_priv.h"

enum { BACKLOG = 16, ROOM_BYTES = 1 << 20, UNIX_MODE = 0660, CONTROL_BYTES = 256 };

union place {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un un;
};

static struct addr addr_of(const union place *p)
{
	return p->any.sa_family == AF_INET6 ? addr_v6(p->v6.sin6_addr.s6_addr)
					    : addr_v4((const uint8_t *)&p->v4.sin_addr);
}

/* "192.0.2.1:514", "[::]:514". */
static int place_parse(const char *text, union place *out, socklen_t *n_out)
{
	const char *colon = strrchr(text, ':');
	char host[64];
	int64_t port = 0;

	memset(out, 0, sizeof(*out));
	if (!colon || str_i64(str_of(colon + 1), 0, 65535, &port) < 0)
		return -EINVAL;
	struct str h = { text, (size_t)(colon - text) };
	if (h.n >= 2 && h.p[0] == '[' && h.p[h.n - 1] == ']')
		h = (struct str){ h.p + 1, h.n - 2 };
	if (!str_copy(host, sizeof(host), h))
		return -EINVAL;
	if (inet_pton(AF_INET, host, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons((uint16_t)port);
		*n_out = sizeof(out->v4);
		return 0;
	}
	if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) != 1)
		return -EINVAL;
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons((uint16_t)port);
	*n_out = sizeof(out->v6);
	return 0;
}

static int net_open(struct record_intake *i, enum socket_kind kind, const char *text, struct err *e)
{
	int on = 1, room = ROOM_BYTES;
	bool tcp = kind == SOCKET_TCP;
	union place p;
	socklen_t n = 0;

	if (!text[0])
		return 0;
	if (place_parse(text, &p, &n) < 0)
		return err_set(e, -EINVAL, "\"%s\" is address:port, not \"%s\"",
			       tcp ? "records.tcp" : "records.udp", text);
	int fd = socket(p.any.sa_family,
			(tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(e, -errno, "cannot take records at %s: %s", text, err_text(-errno));
	i->sockets[kind] = fd;
	if (tcp) {
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)); /* or wait */
	} else {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)); /* as it is */
		(void)setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof(on));   /* not counted */
	}
	if (bind(fd, &p.any, n) < 0 || (tcp && listen(fd, BACKLOG) < 0))
		return err_set(e, -errno, "cannot take records at %s: %s", text, err_text(-errno));
	return 0;
}

static int unix_open(struct record_intake *i, enum socket_kind kind, const char *path,
		     struct err *e)
{
	bool stream = kind == SOCKET_UNIX;
	union place p = { .un = { .sun_family = AF_UNIX } };
	struct stat st;

	if (!path[0])
		return 0;
	if (strlen(path) >= sizeof(p.un.sun_path))
		return err_set(e, -EINVAL, "the path of the socket %s is too long", path);
	memcpy(p.un.sun_path, path, strlen(path));
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path); /* left over; else bind says so */
	int fd = socket(AF_UNIX, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);
	if (fd < 0)
		return err_set(e, -errno, "cannot take records at %s: %s", path, err_text(-errno));
	i->sockets[kind] = fd;
	if (bind(fd, &p.any, sizeof(p.un)) < 0)
		return err_set(e, -errno, "cannot take records at %s: %s", path, err_text(-errno));
	i->unlink[kind] = mem_strdup(path);
	if (chmod(path, UNIX_MODE) < 0 || (stream && listen(fd, BACKLOG) < 0))
		return err_set(e, -errno, "cannot take records at %s: %s", path, err_text(-errno));
	return 0;
}

int sockets_open(struct record_intake *i, struct err *e)
{
	int r = net_open(i, SOCKET_UDP, i->conf.udp, e);

	if (r >= 0)
		r = net_open(i, SOCKET_TCP, i->conf.tcp, e);
	if (r >= 0)
		r = unix_open(i, SOCKET_UNIX, i->conf.unix_stream, e);
	if (r >= 0)
		r = unix_open(i, SOCKET_UNIX_DGRAM, i->conf.unix_dgram, e);
	return r;
}

static void conn_close(struct conn *c)
{
	if (c->fd < 0)
		return;
	(void)close(c->fd); /* was only read */
	c->fd = -1;
	record_lines_done(&c->lines);
}

void sockets_close(struct record_intake *i)
{
	for (size_t k = 0; k < CONNS_MAX; k++)
		conn_close(&i->conns[k]);
	for (size_t k = 0; k < SOCKET_KINDS; k++) {
		fd_cleanup(&i->sockets[k]);
		if (i->unlink[k])
			(void)unlink(i->unlink[k]); /* gone is fine */
		free(i->unlink[k]);
	}
}

uint16_t record_intake_port(const struct record_intake *i, bool tcp)
{
	union place p;
	socklen_t n = sizeof(p);
	int fd = i->sockets[tcp ? SOCKET_TCP : SOCKET_UDP];

	if (fd < 0 || getsockname(fd, &p.any, &n) < 0)
		return 0;
	return ntohs(p.any.sa_family == AF_INET6 ? p.v6.sin6_port : p.v4.sin_port);
}

/* The kernel says with each datagram how many it had to drop so far. */
static void take_overflow(struct record_intake *i, struct msghdr *m)
{
	uint32_t now = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_RXQ_OVFL)
			continue;
		memcpy(&now, CMSG_DATA(c), sizeof(now));
		i->counts.dropped += now - i->overflow;
		i->overflow = now;
	}
}

static bool dgram_step(struct record_intake *i, enum socket_kind kind)
{
	_Alignas(struct cmsghdr) char control[CONTROL_BYTES];
	union place from;

	for (int k = 0; k < STEP_LINES; k++) {
		struct iovec v = { .iov_base = i->bytes, .iov_len = sizeof(i->bytes) };
		struct msghdr m = { .msg_name = &from,
				    .msg_namelen = sizeof(from),
				    .msg_iov = &v,
				    .msg_iovlen = 1,
				    .msg_control = control,
				    .msg_controllen = sizeof(control) };
		ssize_t n = recvmsg(i->sockets[kind], &m, 0);
		if (n < 0)
			return false; /* nothing more, or nothing that we could do */
		take_overflow(i, &m);
		struct sender *s = &i->local;
		if (kind == SOCKET_UDP) {
			struct addr a = addr_of(&from);
			if (!sender_allowed(i, &a))
				continue;
			s = sender_of(i, &a);
		}
		if (m.msg_flags & MSG_TRUNC)
			record_reader_long(i->reader);
		else
			sender_line(i, s, str_trim((struct str){ i->bytes, (size_t)n }), true);
	}
	return true;
}

static void accept_all(struct record_intake *i, enum socket_kind kind)
{
	union place from;
	socklen_t n = sizeof(from);
	int fd;

	while ((fd = accept4(i->sockets[kind], &from.any, &n, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0) {
		struct addr a = kind == SOCKET_TCP ? addr_of(&from) : (struct addr){ 0 };
		size_t k = 0;
		n = sizeof(from);
		while (k < CONNS_MAX && i->conns[k].fd >= 0)
			k++;
		if (k == CONNS_MAX || (kind == SOCKET_TCP && !sender_allowed(i, &a))) {
			i->counts.refused += k == CONNS_MAX;
			(void)close(fd); /* nothing was read */
			continue;
		}
		struct conn *c = &i->conns[k];
		*c = (struct conn){ .fd = fd };
		c->sender = kind == SOCKET_TCP ? sender_of(i, &a) : &i->local;
		record_lines_init(&c->lines);
		c->lines.counted = kind == SOCKET_TCP;
	}
}

static bool conn_step(struct record_intake *i, struct conn *c)
{
	struct str line;
	bool limited = !addr_is_zero(&c->sender->addr);

	for (int k = 0; k < STEP_LINES; k++) {
		while (!record_lines_next(&c->lines, &line)) {
			ssize_t n = recv(c->fd, i->bytes, sizeof(i->bytes), 0);
			if (n < 0 && (errno == EAGAIN || errno == EINTR))
				return false;
			if (n <= 0) {
				if (record_lines_rest(&c->lines, &line))
					sender_line(i, c->sender, line, limited);
				conn_close(c);
				return false;
			}
			uint64_t longs = c->lines.longs;
			record_lines_add(&c->lines, i->bytes, (size_t)n);
			for (; longs < c->lines.longs; longs++)
				record_reader_long(i->reader);
		}
		sender_line(i, c->sender, line, limited);
	}
	return true;
}

bool sockets_step(struct record_intake *i)
{
	bool more = false;

	if (i->sockets[SOCKET_UDP] >= 0)
		more = dgram_step(i, SOCKET_UDP) || more;
	if (i->sockets[SOCKET_UNIX_DGRAM] >= 0)
		more = dgram_step(i, SOCKET_UNIX_DGRAM) || more;
	if (i->sockets[SOCKET_TCP] >= 0)
		accept_all(i, SOCKET_TCP);
	if (i->sockets[SOCKET_UNIX] >= 0)
		accept_all(i, SOCKET_UNIX);
	for (size_t k = 0; k < CONNS_MAX; k++)
		more = (i->conns[k].fd >= 0 && conn_step(i, &i->conns[k])) || more;
	return more;
}
