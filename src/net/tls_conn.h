/* SPDX-License-Identifier: Apache-2.0 */
/* What tls_server.c knows of a connection; only net/tls*.c includes this. */
#ifndef NET_TLS_CONN_H
#define NET_TLS_CONN_H

#include "net/tls_creds.h"
#include "net/tls_frame.h"

struct addrinfo;

enum tls_state {
	TLS_CONNECTING,
	TLS_HANDSHAKE,
	TLS_OPEN,
	TLS_CLOSING, /* flushes */
	TLS_LINGER, /* said goodbye; what still comes is read away, lest a reset eats our last words
		     */
	TLS_DEAD,   /* freed when nobody is inside any more */
};

struct tls_conn {
	struct loop *loop;
	struct loop_fd *watch;
	int fd;
	enum tls_state state;
	int inside; /* callbacks on the stack */
	gnutls_session_t session;
	struct tls_judge judge;
	struct tls_creds *creds;
	struct tls_limits limits;
	struct tls_events events;
	void *arg, *user;
	struct tls_peer peer;
	struct tls_frames in;
	struct buf out;
	size_t out_sent;  /* of OUT */
	bool resend;      /* GnuTLS holds a record that did not go out whole */
	bool was_full;    /* drained() is due */
	int64_t began_ms; /* the state */
	int64_t heard_ms, sent_ms;
	char reason[256];
	/* A server's: */
	struct tls_server *server;
	struct tls_conn *next, **link;
	/* A client's: */
	struct loop_timer *tick;
	struct addrinfo *addresses, *next_address;
};

/* The caller fills in the configuration before. */
struct tls_conn *tls_conn_new(struct loop *l, struct tls_creds *k, const struct tls_limits *limits,
			      const struct tls_events *events, void *arg);
int tls_conn_handshake(struct tls_conn *c, int fd); /* takes FD; negative: C is dead */
void tls_conn_tick(void *conn);                     /* looks at the clock */
void tls_conn_end(struct tls_conn *c, const char *reason);
int64_t tls_tick_ms(const struct tls_limits *limits);

void tls_server_forget(struct tls_conn *c);

#endif
