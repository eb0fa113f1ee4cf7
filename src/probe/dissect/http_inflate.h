/* SPDX-License-Identifier: Apache-2.0 */
/* Takes a body out of its compression as it passes: gzip, zlib, and deflate without a head, which
 * some servers send under the same name (RFC 9110, 8.4.1). The only door to zlib. */
#ifndef PROBE_DISSECT_HTTP_INFLATE_H
#define PROBE_DISSECT_HTTP_INFLATE_H

#include <stdbool.h>

#include "probe/dissect/http_body.h"

enum { INFLATE_PIECE = 16 << 10 };

struct http_inflate;

struct http_inflate *http_inflate_new(void);
void http_inflate_free(struct http_inflate *z);
/* FN hears what comes out, in pieces, until it says false; false: it did, or what comes is not
 * compressed. What stands behind the end is passed over. */
bool http_inflate_feed(struct http_inflate *z, struct rd p, bool (*fn)(void *arg, struct rd piece),
		       void *arg);
/* The compression has come to its end. */
bool http_inflate_ended(const struct http_inflate *z);

#endif
