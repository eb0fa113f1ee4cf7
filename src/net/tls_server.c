/* SPDX-License-Identifier: Apache-2.0 */
/* Accepts TLS connections and keeps the list of them. One connection: tls.c. */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/listen.h"
#include "net/tls_conn.h"

enum { ACCEPT_A_TURN = 64, CONNECTIONS_MAX_DEFAULT = 4096 };

struct tls_server {
	struct loop *loop;
	struct loop_fd *watch;
	struct loop_timer *tick;
	int fd;
	uint16_t port;
	struct tls_creds *creds;
	struct tls_limits limits;
	struct tls_events events;
	void *arg;
	struct tls_conn *conns;
	size_t count;
	uint64_t refused;
	bool paused; /* out of descriptors: the next tick tries again */
};

void tls_server_forget(struct tls_conn *c)
{
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->server->count--;
}

static void take(struct tls_server *s, int fd)
{
	if (s->count >= s->limits.connections_max) {
		s->refused++;
		(void)close(fd);
		return;
	}
	struct tls_conn *c = tls_conn_new(s->loop, s->creds, &s->limits, &s->events, s->arg);
	c->server = s;
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next)
		c->next->link = &c->next;
	s->conns = c;
	s->count++;
	(void)tls_conn_handshake(c, fd); /* closed() says what failed */
}

static void on_accept(void *arg, int fd, unsigned events)
{
	struct tls_server *s = arg;
	(void)events;

	for (int i = 0; i < ACCEPT_A_TURN; i++) {
		int peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (peer >= 0) {
			take(s, peer);
			continue;
		}
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
			s->paused = true;
			loop_set(s->watch, 0);
		}
		return; /* no more, or one that left again: the loop calls again */
	}
}

static void on_tick(void *arg)
{
	struct tls_server *s = arg;

	if (s->paused) {
		s->paused = false;
		loop_set(s->watch, LOOP_READ);
	}
	for (struct tls_conn *c = s->conns, *next; c; c = next) {
		next = c->next;
		tls_conn_tick(c);
	}
}

int tls_server_start(struct loop *l, const struct tls_server_conf *c, struct tls_server **out,
		     struct err *e)
{
	struct tls_creds *k = NULL;
	uint16_t port = 0;
	int r = tls_creds_server(c, &k, e);

	if (r < 0)
		return r;
	int fd = listen_tcp(c->address, c->port, &port, e);
	struct tls_server *s = mem_new(sizeof(*s));
	*s = (struct tls_server){ .loop = l,
				  .fd = fd,
				  .port = port,
				  .creds = k,
				  .limits = c->limits,
				  .events = c->events,
				  .arg = c->arg };
	if (!s->limits.connections_max)
		s->limits.connections_max = CONNECTIONS_MAX_DEFAULT;
	if (fd >= 0)
		s->watch = loop_add(l, fd, LOOP_READ, on_accept, s, e);
	if (!s->watch) {
		r = fd < 0 ? fd : -EAGAIN;
		tls_server_stop(s);
		return r;
	}
	s->tick = loop_timer_start(l, tls_tick_ms(&s->limits), tls_tick_ms(&s->limits), on_tick, s);
	*out = s;
	return 0;
}

uint16_t tls_server_port(const struct tls_server *s)
{
	return s->port;
}

size_t tls_server_count(const struct tls_server *s)
{
	return s->count;
}

uint64_t tls_server_refused(const struct tls_server *s)
{
	return s->refused;
}

void tls_server_stop(struct tls_server *s)
{
	if (!s)
		return;
	loop_timer_stop(s->tick);
	loop_remove(s->watch);
	fd_cleanup(&s->fd);
	while (s->conns)
		tls_conn_end(s->conns, "the server stops");
	tls_creds_free(s->creds);
	free(s);
}
