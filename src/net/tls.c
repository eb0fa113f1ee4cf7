/* SPDX-License-Identifier: Apache-2.0 */
/* One TLS connection, either end, as a state machine on the event loop. Who is trusted:
 * tls_creds.c. Accepting: tls_server.c. Frames: tls_frame.c. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/listen.h"
#include "net/tls_conn.h"

enum {
	RECORD_BYTES = 16 * 1024,
	RECORDS_A_TURN = 16, /* then the other connections have theirs */
	FLUSH_MS = 1000,
	HANDSHAKE_MS_DEFAULT = 10 * 1000,
	STRANGER_MS = 60 * 1000,
	FRAME_MAX_DEFAULT = 1024 * 1024,
};

static int64_t now_ms(void)
{
	return clock_mono_ns(&clock_real) / 1000000;
}

int64_t tls_tick_ms(const struct tls_limits *limits)
{
	int64_t ms = limits->handshake_ms;

	if (limits->idle_ms > 0 && (ms == 0 || limits->idle_ms < ms))
		ms = limits->idle_ms;
	ms /= 4;
	return ms < 20 && ms > 0 ? 20 : ms == 0 || ms > 500 ? 500 : ms;
}

struct tls_conn *tls_conn_new(struct loop *l, struct tls_creds *k, const struct tls_limits *limits,
			      const struct tls_events *events, void *arg)
{
	struct tls_conn *c = mem_new(sizeof(*c));

	c->loop = l;
	c->fd = -1;
	c->creds = k;
	c->limits = *limits;
	c->events = *events;
	c->arg = arg;
	if (!c->limits.handshake_ms)
		c->limits.handshake_ms = HANDSHAKE_MS_DEFAULT;
	if (!c->limits.frame_max)
		c->limits.frame_max = FRAME_MAX_DEFAULT;
	if (!c->limits.queue_max)
		c->limits.queue_max = 2 * c->limits.frame_max;
	c->in.frame_max = c->limits.frame_max;
	buf_init(&c->out, c->limits.queue_max + 2 * c->limits.frame_max + RECORD_BYTES);
	c->began_ms = c->heard_ms = c->sent_ms = now_ms();
	return c;
}

/* --- the end --- */

static void conn_free(struct tls_conn *c)
{
	if (c->server)
		tls_server_forget(c);
	else
		tls_creds_free(c->creds);
	loop_timer_stop(c->tick);
	if (c->addresses)
		freeaddrinfo(c->addresses);
	tls_frames_done(&c->in);
	buf_done(&c->out);
	free(c);
}

static void leave(struct tls_conn *c)
{
	if (--c->inside == 0 && c->state == TLS_DEAD)
		conn_free(c);
}

/* Says closed() and frees, now or when the callbacks on the stack have returned. */
void tls_conn_end(struct tls_conn *c, const char *reason)
{
	if (c->state == TLS_DEAD)
		return;
	c->state = TLS_DEAD;
	loop_remove(c->watch);
	c->watch = NULL;
	if (c->session) {
		gnutls_deinit(c->session);
		c->session = NULL;
	}
	fd_cleanup(&c->fd);
	c->fd = -1;
	c->inside++;
	if (c->events.closed)
		c->events.closed(c->arg, c, c->reason[0] ? c->reason : reason);
	leave(c);
}

static void set_state(struct tls_conn *c, enum tls_state state)
{
	c->state = state;
	c->began_ms = c->heard_ms = c->sent_ms = now_ms();
}

static size_t waiting(const struct tls_conn *c)
{
	return c->out.n - c->out_sent;
}

static void watch(struct tls_conn *c)
{
	unsigned events = LOOP_READ;

	if (c->state == TLS_CONNECTING || c->state == TLS_CLOSING)
		events = LOOP_WRITE;
	else if (c->state == TLS_HANDSHAKE)
		events = gnutls_record_get_direction(c->session) ? LOOP_WRITE : LOOP_READ;
	else if (waiting(c) > 0)
		events |= LOOP_WRITE;
	loop_set(c->watch, events);
}

static void end_with(struct tls_conn *c, int code)
{
	char words[200];

	if (code == GNUTLS_E_PREMATURE_TERMINATION || code == GNUTLS_E_PUSH_ERROR ||
	    code == GNUTLS_E_PULL_ERROR)
		(void)snprintf(words, sizeof(words), "the peer closed the connection");
	else
		tls_creds_reason(c->session, code, words, sizeof(words));
	(void)gnutls_alert_send_appropriate(c->session, code); /* nothing to do if it fails */
	tls_conn_end(c, words);
}

/* --- sending --- */

static void compact(struct tls_conn *c)
{
	if (c->out_sent < c->out.n && c->out_sent < c->out.n / 2)
		return;
	buf_drop(&c->out, c->out_sent);
	c->out_sent = 0;
	if (c->out.n == 0 && c->out.cap > 4 * RECORD_BYTES)
		buf_done(&c->out);
}

/* 0 when everything has gone, 1 when the socket is full, negative GnuTLS code. */
static int flush(struct tls_conn *c)
{
	while (waiting(c) > 0) {
		size_t n = waiting(c) < RECORD_BYTES ? waiting(c) : RECORD_BYTES;
		ssize_t sent = c->resend
				       ? gnutls_record_send(c->session, NULL, 0)
				       : gnutls_record_send(c->session, c->out.p + c->out_sent, n);
		c->resend = sent == GNUTLS_E_AGAIN || sent == GNUTLS_E_INTERRUPTED;
		if (c->resend)
			return 1;
		if (sent < 0)
			return (int)sent;
		c->out_sent += (size_t)sent;
		c->sent_ms = now_ms();
		compact(c);
	}
	return 0;
}

static void on_writable(struct tls_conn *c)
{
	int r = flush(c);

	if (r < 0) {
		end_with(c, r);
		return;
	}
	if (c->state == TLS_CLOSING && r == 0) {
		if (c->session)
			(void)gnutls_bye(c->session, GNUTLS_SHUT_WR); /* a courtesy */
		(void)shutdown(c->fd, SHUT_WR);
		c->state = TLS_LINGER;
		return;
	}
	if (c->state == TLS_OPEN && c->was_full && waiting(c) <= c->limits.queue_max / 4) {
		c->was_full = false;
		if (c->events.drained)
			c->events.drained(c->arg, c);
	}
}

int tls_send(struct tls_conn *c, uint8_t type, const void *p, size_t n)
{
	size_t size;

	if (c->state != TLS_OPEN)
		return -ECLOSED;
	if (!size_add(n, TLS_FRAME_HEAD, &size) || size > c->limits.frame_max)
		return -ELIMIT;
	if (waiting(c) + size > c->limits.queue_max) {
		c->was_full = true;
		return -ELIMIT;
	}
	if (waiting(c) == 0)
		c->sent_ms = now_ms(); /* from now on the peer can be slow */
	tls_frame_encode(&c->out, type, p, n);
	if (waiting(c) > c->limits.queue_max / 4)
		c->was_full = true;
	watch(c);
	return 0;
}

void tls_close(struct tls_conn *c, const char *reason)
{
	if (c->state >= TLS_CLOSING)
		return;
	(void)str_copy(c->reason, sizeof(c->reason), str_of(reason));
	if (c->state != TLS_OPEN) {
		buf_clear(&c->out);
		c->out_sent = 0;
	}
	bool greeted = c->state == TLS_OPEN;
	set_state(c, TLS_CLOSING);
	if (!greeted)
		c->began_ms -= FLUSH_MS; /* nothing to flush: ends at the next tick */
	if (c->watch)
		watch(c);
}

void tls_drop(struct tls_conn *c)
{
	tls_conn_end(c, "dropped");
}

/* --- receiving --- */

static int on_frame(void *arg, uint8_t type, const uint8_t *p, size_t n)
{
	struct tls_conn *c = arg;

	if (c->events.frame(c->arg, c, type, p, n) < 0)
		tls_conn_end(c, "refused");
	return c->state == TLS_OPEN ? 0 : -ECLOSED;
}

static void take(struct tls_conn *c, const uint8_t *p, size_t n)
{
	int r = tls_frames_add(&c->in, p, n, on_frame, c);

	if (r >= 0 || c->state != TLS_OPEN)
		return; /* closing by its own will: what comes is not read any more */
	tls_conn_end(c, r == -ELIMIT ? "the peer sent a frame beyond the limit"
				     : "the peer sent something that is no frame");
}

static void linger(struct tls_conn *c)
{
	char away[RECORD_BYTES];

	ssize_t n = recv(c->fd, away, sizeof(away), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		tls_conn_end(c, "closed");
}

static void on_readable(struct tls_conn *c)
{
	uint8_t record[RECORD_BYTES];

	for (int i = 0; c->state == TLS_OPEN; i++) {
		if (i >= RECORDS_A_TURN && gnutls_record_check_pending(c->session) == 0)
			return;
		ssize_t n = gnutls_record_recv(c->session, record, sizeof(record));
		if (n == GNUTLS_E_AGAIN)
			return;
		if (n == GNUTLS_E_INTERRUPTED)
			continue;
		if (n == 0) {
			tls_conn_end(c, "the peer closed the connection");
			return;
		}
		if (n < 0 && gnutls_error_is_fatal((int)n)) {
			end_with(c, (int)n);
			return;
		}
		if (n < 0)
			continue;
		c->heard_ms = now_ms();
		take(c, record, (size_t)n);
	}
}

/* --- handshake --- */

static void opened(struct tls_conn *c)
{
	tls_creds_peer(c->session, &c->peer);
	set_state(c, TLS_OPEN);
	if (c->events.opened && c->events.opened(c->arg, c, &c->peer) < 0)
		tls_conn_end(c, "refused");
}

static void shake(struct tls_conn *c)
{
	int r = gnutls_handshake(c->session);

	if (r == 0)
		opened(c);
	else if (gnutls_error_is_fatal(r))
		end_with(c, r);
}

static void next_address(struct tls_conn *c);

static void on_connected(struct tls_conn *c)
{
	int code = 0, fd = c->fd;
	socklen_t n = sizeof(code);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &n) < 0)
		code = errno;
	if (code != 0) {
		(void)snprintf(c->reason, sizeof(c->reason), "cannot connect: %s", strerror(code));
		next_address(c);
		return;
	}
	c->reason[0] = '\0';
	loop_remove(c->watch);
	c->watch = NULL;
	c->fd = -1;
	if (tls_conn_handshake(c, fd) == 0)
		shake(c); /* we speak first */
}

static void on_event(void *arg, int fd, unsigned events)
{
	struct tls_conn *c = arg;
	(void)fd;

	c->inside++;
	if (c->state == TLS_CONNECTING)
		on_connected(c);
	else if (c->state == TLS_HANDSHAKE)
		shake(c);
	else if (c->state == TLS_LINGER)
		linger(c);
	else if (events & (LOOP_READ | LOOP_GONE))
		on_readable(c);
	if ((c->state == TLS_OPEN && waiting(c) > 0) || c->state == TLS_CLOSING)
		on_writable(c);
	if (c->state != TLS_DEAD && c->watch)
		watch(c);
	leave(c);
}

int tls_conn_handshake(struct tls_conn *c, int fd)
{
	int on = 1, idle_s = 60;

	c->fd = fd;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)); /* only slower without */
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof(idle_s));
	struct sockaddr_storage sa;
	socklen_t n = sizeof(sa);
	if (getpeername(fd, (struct sockaddr *)&sa, &n) == 0)
		address_text((struct sockaddr *)&sa, c->peer.address, sizeof(c->peer.address));
	set_state(c, TLS_HANDSHAKE);
	c->watch = loop_add(c->loop, fd, LOOP_READ, on_event, c, NULL);
	int r = tls_creds_session(c->creds, fd, &c->judge, &c->session);
	if (!c->watch || r < 0) {
		tls_conn_end(c, "out of descriptors or memory");
		return -EAGAIN;
	}
	return 0;
}

/* --- the clock --- */

void tls_conn_tick(void *conn)
{
	struct tls_conn *c = conn;
	int64_t now = now_ms(), idle_ms = c->limits.idle_ms;
	bool stranger = c->server && !c->peer.has_cert;

	switch (c->state) {
	case TLS_CONNECTING:
	case TLS_HANDSHAKE:
		if (now - c->began_ms >= c->limits.handshake_ms)
			tls_conn_end(c, "the peer did not answer in time");
		break;
	case TLS_OPEN:
		if (idle_ms > 0 && now - c->heard_ms >= idle_ms)
			tls_conn_end(c, "nothing came for too long");
		else if (idle_ms > 0 && waiting(c) > 0 && now - c->sent_ms >= idle_ms)
			tls_conn_end(c, "the peer does not read");
		else if (stranger && now - c->began_ms >= STRANGER_MS)
			tls_conn_end(c, "no certificate after a minute");
		break;
	case TLS_CLOSING:
	case TLS_LINGER:
		if (now - c->began_ms >= FLUSH_MS)
			tls_conn_end(c, "closed");
		break;
	case TLS_DEAD:
		break;
	}
}

/* --- the client --- */

static void next_address(struct tls_conn *c)
{
	for (; c->next_address; c->next_address = c->next_address->ai_next) {
		struct addrinfo *a = c->next_address;
		loop_remove(c->watch);
		c->watch = NULL;
		fd_cleanup(&c->fd);
		c->fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (c->fd < 0)
			continue;
		if (connect(c->fd, a->ai_addr, a->ai_addrlen) < 0 && errno != EINPROGRESS) {
			(void)snprintf(c->reason, sizeof(c->reason), "cannot connect: %s",
				       strerror(errno));
			continue;
		}
		c->watch = loop_add(c->loop, c->fd, LOOP_WRITE, on_event, c, NULL);
		if (!c->watch)
			continue;
		c->next_address = a->ai_next;
		return;
	}
	tls_conn_end(c, "cannot connect");
}

/* The first try happens inside the loop, so that closed() never comes before the caller has C. */
static void client_tick(void *conn)
{
	struct tls_conn *c = conn;

	c->inside++;
	if (c->state == TLS_CONNECTING && c->fd < 0)
		next_address(c);
	else
		tls_conn_tick(c);
	leave(c);
}

int tls_client_start(struct loop *l, const struct tls_client_conf *conf, struct tls_conn **out,
		     struct err *e)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	struct tls_creds *k = NULL;
	char port[8];

	(void)snprintf(port, sizeof(port), "%u", conf->port);
	int r = getaddrinfo(conf->host, port, &hints, &found);
	if (r != 0)
		return err_set(e, -EAGAIN, "no address for '%s': %s", conf->host, gai_strerror(r));
	r = tls_creds_client(conf, &k, e);
	if (r < 0) {
		freeaddrinfo(found);
		return r;
	}
	struct tls_conn *c = tls_conn_new(l, k, &conf->limits, &conf->events, conf->arg);
	c->addresses = c->next_address = found;
	c->tick = loop_timer_start(l, 1, tls_tick_ms(&c->limits), client_tick, c);
	*out = c;
	return 0;
}

void tls_set_user(struct tls_conn *c, void *user)
{
	c->user = user;
}

void *tls_user(const struct tls_conn *c)
{
	return c->user;
}
