/* SPDX-License-Identifier: Apache-2.0 */
/* Mutual TLS on GnuTLS for the sensor's connection: non-blocking, driven by an event loop, carrying
 * frames both ways. The only file that knows GnuTLS for connections is tls.c; certificates are in
 * pki.h. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/loop.h"

/* A frame on the wire: 4 bytes length (big endian, of what follows), 1 byte type, payload. See
 * wire/frame.h for types. */
struct tls_conn;

struct tls_peer {
	bool has_cert;
	uint8_t cert_sha256[32]; /* of the DER certificate */
	char common_name[128];
	char address[64];
};

struct tls_events {
	/* After the handshake. Return negative to refuse (the connection is closed). */
	int (*opened)(void *arg, struct tls_conn *c, const struct tls_peer *peer);
	/* One whole frame. Negative closes the connection. */
	int (*frame)(void *arg, struct tls_conn *c, uint8_t type, const uint8_t *p, size_t n);
	/* Once, last; REASON says why in words. Also for a connection whose opened() never came or
	 * refused: tls_user() is NULL then unless it was set. C is gone when it returns. */
	void (*closed)(void *arg, struct tls_conn *c, const char *reason);
	/* The queue to the peer has drained below a quarter: more may be sent. May be NULL. */
	void (*drained)(void *arg, struct tls_conn *c);
};

struct tls_limits {
	size_t frame_max;     /* bytes; larger ones close the connection */
	size_t queue_max;     /* bytes waiting to be sent; tls_send refuses beyond */
	int64_t handshake_ms; /* 0 = 10 s */
	/* Nothing has come for so long, or the peer takes nothing of what waits for it; 0 = for
	 * ever. A peer without certificate has a minute in all. */
	int64_t idle_ms;
	size_t connections_max; /* servers: more are hung up on, and counted */
};

struct tls_server;
struct tls_server_conf {
	const char *address;
	uint16_t port; /* 0 = a free one */
	const char *cert_pem, *key_pem, *client_ca_pem;
	/* cert_pem may hold a chain; when client_ca_pem issued it, that is sent along by itself. */
	bool client_cert_required; /* false: a client without certificate gets opened() with
				      has_cert false (enrolment); a wrong one is always refused */
	struct tls_limits limits;
	struct tls_events events;
	void *arg;
};
int tls_server_start(struct loop *l, const struct tls_server_conf *c, struct tls_server **out,
		     struct err *e);
uint16_t tls_server_port(const struct tls_server *s);
size_t tls_server_count(const struct tls_server *s);     /* connections now */
uint64_t tls_server_refused(const struct tls_server *s); /* beyond connections_max, ever */
/* Closes what is open, each with closed(). Not from inside a callback. NULL is fine. */
void tls_server_stop(struct tls_server *s);

struct tls_client_conf {
	const char *host;
	uint16_t port;
	const char *cert_pem, *key_pem; /* NULL: no certificate yet (enrolment) */
	const char *ca_pem;             /* trust exactly this CA; or */
	const uint8_t *ca_spki_sha256;  /* 32 bytes: trust a chain whose CA has this public key
					   (enrolment) */
	struct tls_limits limits;
	struct tls_events events;
	void *arg;
};
int tls_client_start(struct loop *l, const struct tls_client_conf *c, struct tls_conn **out,
		     struct err *e); /* connects in the background */

int tls_send(struct tls_conn *c, uint8_t type, const void *p,
	     size_t n); /* 0, -ELIMIT when the queue is full, -ECLOSED */
void tls_close(
	struct tls_conn *c,
	const char *reason); /* flushes what is queued for at most a second; closed() follows */
/* For the end of a program: closes without flushing; closed() is called before it returns. Not from
 * inside a callback of this connection. */
void tls_drop(struct tls_conn *c);
void tls_set_user(struct tls_conn *c, void *user);
void *tls_user(const struct tls_conn *c);

#endif
