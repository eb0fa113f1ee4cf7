/* SPDX-License-Identifier: Apache-2.0 */
/* A listening TCP socket and addresses as text, for both servers of this folder. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/err.h"

/* The descriptor (non-blocking, close-on-exec) or negative. "::" listens on IPv4 too; port 0
 * becomes a free one. */
int listen_tcp(const char *address, uint16_t port, uint16_t *port_out, struct err *e);
/* IPv4 in IPv6 is shown as IPv4. */
void address_text(const struct sockaddr *sa, char *out, size_t out_size);

#endif
