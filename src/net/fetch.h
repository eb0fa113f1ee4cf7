/* SPDX-License-Identifier: Apache-2.0 */
/* One bounded HTTPS GET or POST (libcurl): a list that somebody publishes, an event that somebody
 * wants to hear of. Blocks; call it from a thread of your own. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum { FETCH_TAG_MAX = 256, FETCH_REDIRECTS_MAX = 5, FETCH_TIMEOUT_MS = 120 * 1000 };

struct fetch_conf {
	const char *url;             /* https://... */
	const char *etag, *modified; /* of the last answer; "" or NULL = none */
	size_t bytes_max;
	int64_t timeout_ms;  /* 0 = FETCH_TIMEOUT_MS */
	const char *ca_file; /* PEM; NULL = the system's authorities */
	/* Otherwise addresses that are not on the Internet (private, loopback, link-local, ...) are
	 * not connected to, whatever name or redirect leads there. */
	bool private_addresses;
};

struct fetch_answer {
	bool unchanged;           /* the server says that nothing is new: BODY is empty */
	char etag[FETCH_TAG_MAX]; /* "" = none */
	char modified[FETCH_TAG_MAX];
	struct buf body;
};

void fetch_answer_done(struct fetch_answer *a);
/* OUT is zeroed by the caller. -EINVAL for an address that is no https://, -ELIMIT when the answer
 * is larger, -EDENIED for an address that is not on the Internet, -EAGAIN when trying again later
 * may help, -EPERM when the server says no (404, 403, ...). */
int fetch_get(const struct fetch_conf *c, struct fetch_answer *out, struct err *e);

/* Posts a body; follows no redirect and forgets what is answered. 0 when the status is 2xx; else as
 * above, and *STATUS_OUT is what the server said (0 = nothing). C's tags are not used. */
struct fetch_body {
	const char *const *headers; /* "Name: value", NULL-terminated */
	const void *p;
	size_t n;
};
int fetch_post(const struct fetch_conf *c, const struct fetch_body *b, int *status_out,
	       struct err *e);

/* Is this address (4 or 16 bytes) one of the Internet's? */
bool fetch_is_public(const uint8_t *address, size_t n);

#endif
