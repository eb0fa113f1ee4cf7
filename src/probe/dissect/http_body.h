/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the body of one HTTP/1 message through the segments that carry it (RFC 9112, 6 and 7): by
 * its length, in chunks, or until the connection closes. What comes too early waits, within limits;
 * a hole ends it. Nothing is kept of the content. */
#ifndef PROBE_DISSECT_HTTP_BODY_H
#define PROBE_DISSECT_HTTP_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rd.h"
#include "probe/dissect/http_head.h"

enum {
	BODY_AHEAD_MAX = 32,         /* segments that wait for an earlier one */
	BODY_AHEAD_BYTES = 48 << 10, /* what they hold together */
	BODY_CHUNK_LINE_MAX = 256,   /* size and extensions of one chunk */
};

enum body_state { BODY_GOING, BODY_WHOLE, BODY_LOST };

struct body_ahead {
	uint32_t seq, n;
	uint8_t *p;
};

struct http_body {
	uint8_t frame, chunk; /* inside http_body.c */
	uint8_t state;        /* enum body_state */
	bool digits;          /* of a chunk's size were read */
	bool ends;            /* END is known: the server closed */
	uint32_t next, end;
	uint32_t line;
	uint64_t left;
	size_t n_ahead, ahead_bytes;
	struct body_ahead ahead[BODY_AHEAD_MAX];
};

typedef void http_body_fn(void *arg, struct rd content);

/* The body of M, whose first byte is SEQ of the stream. */
void http_body_start(struct http_body *b, const struct http_message *m, uint32_t seq);
/* A segment that begins at SEQ; WIRE: its bytes on the wire, of which SEGMENT holds the first;
 * LAST: the server closes behind it. */
enum body_state http_body_feed(struct http_body *b, uint32_t seq, struct rd segment, uint32_t wire,
			       bool last, http_body_fn *fn, void *arg);
void http_body_done(struct http_body *b);

#endif
