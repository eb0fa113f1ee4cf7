/* SPDX-License-Identifier: Apache-2.0 */
/* Who we are and whom we trust on a TLS connection; only net/tls*.c includes this. */
#ifndef NET_TLS_CREDS_H
#define NET_TLS_CREDS_H

#include <gnutls/gnutls.h>

#include "net/tls.h"

struct tls_creds;

int tls_creds_server(const struct tls_server_conf *c, struct tls_creds **out, struct err *e);
int tls_creds_client(const struct tls_client_conf *c, struct tls_creds **out, struct err *e);
void tls_creds_free(struct tls_creds *k); /* NULL is fine */

struct tls_judge { /* of one session */
	const struct tls_creds *creds;
	unsigned status; /* what is wrong with the peer's certificate */
};

/* A session on FD that checks its peer by K; K and J must outlive it. */
int tls_creds_session(struct tls_creds *k, int fd, struct tls_judge *j, gnutls_session_t *out);
/* After the handshake: who the peer is. */
void tls_creds_peer(gnutls_session_t session, struct tls_peer *out);
/* Why a handshake failed, in words. */
void tls_creds_reason(gnutls_session_t session, int code, char *out, size_t out_size);

#endif
