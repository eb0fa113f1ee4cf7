/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "net/listen.h"

int listen_tcp(const char *address, uint16_t port, uint16_t *port_out, struct err *e)
{
	struct addrinfo hints = { .ai_flags = AI_PASSIVE | AI_NUMERICHOST,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	struct sockaddr_storage bound;
	socklen_t n = sizeof(bound);
	char text[8];
	int on = 1, off = 0;

	(void)snprintf(text, sizeof(text), "%u", port);
	if (getaddrinfo(address, text, &hints, &found) != 0)
		return err_set(e, -EINVAL, "'%s' is not an address to listen on", address);
	SCOPED_FD int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool ok = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0;
	if (ok && found->ai_family == AF_INET6)
		ok = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) == 0;
	ok = ok && bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0 &&
	     getsockname(fd, (struct sockaddr *)&bound, &n) == 0;
	int code = errno;
	freeaddrinfo(found);
	if (!ok)
		return err_set(e, -code, "cannot listen on %s port %u: %s", address, port,
			       strerror(code));
	*port_out = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
						      : ((struct sockaddr_in *)&bound)->sin_port);
	int result = fd;
	fd = -1;
	return result;
}

void address_text(const struct sockaddr *sa, char *out, size_t out_size)
{
	static const char mapped[] = "::ffff:";
	char text[64] = "";
	socklen_t n = sa->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6)
						: sizeof(struct sockaddr_in);

	if (getnameinfo(sa, n, text, sizeof(text), NULL, 0, NI_NUMERICHOST) != 0)
		text[0] = '\0';
	struct str s = str_of(text);
	if (str_starts(s, STR(mapped)))
		s = str_of(text + sizeof(mapped) - 1);
	(void)str_copy(out, out_size, s);
}
