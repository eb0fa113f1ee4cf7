/* SPDX-License-Identifier: Apache-2.0 */
/* Did somebody get in? An SSH session is encrypted before it asks for a password, but not its
 * sizes: the server's word of success bears nothing and is the shortest it ever says, shorter than
 * its consent to be asked (RFC 4252, 5.1; RFC 4253, 10), while a refusal lists what may be tried
 * next. */
#ifndef PROBE_DETECT_SSH_SESSION_H
#define PROBE_DETECT_SSH_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/rd.h"

struct ssh_session {
	bool keyed;     /* the server has said that it encrypts from here */
	bool asked;     /* and the client has spoken since */
	size_t consent; /* size of the server's first answer to that */
	bool entered;
};

/* The bytes of a segment; DIR 0: the client's. */
void ssh_session_see(struct ssh_session *s, int dir, struct rd p);

#endif
