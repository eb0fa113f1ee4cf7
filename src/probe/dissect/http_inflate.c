/* SPDX-License-Identifier: Apache-2.0 */
/* zlib, kept in this one file. */
#define ZLIB_CONST
#include "probe/dissect/http_inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"

enum {
	HEADED = 15 + 32, /* gzip or zlib, whichever it is */
	BARE = -15,
	HEAD_BYTES = 2,
};

struct http_inflate {
	z_stream z;
	bool begun, ended, failed;
	size_t n_head;
	uint8_t head[HEAD_BYTES];
	uint8_t out[INFLATE_PIECE];
};

struct http_inflate *http_inflate_new(void)
{
	return mem_new(sizeof(struct http_inflate));
}

void http_inflate_free(struct http_inflate *z)
{
	if (!z)
		return;
	if (z->begun)
		(void)inflateEnd(&z->z); /* frees; what it says of the stream is known */
	free(z);
}

/* RFC 1950, 2.2; RFC 1952, 2.3.1. */
static bool has_head(const uint8_t head[HEAD_BYTES])
{
	return (head[0] == 0x1f && head[1] == 0x8b) ||
	       ((head[0] & 0x0f) == 8 && (head[0] << 8 | head[1]) % 31 == 0);
}

static bool run(struct http_inflate *z, struct rd p, bool (*fn)(void *arg, struct rd piece),
		void *arg)
{
	z->z.next_in = p.p;
	z->z.avail_in = (uInt)p.n;
	do {
		z->z.next_out = z->out;
		z->z.avail_out = sizeof(z->out);
		int got = inflate(&z->z, Z_NO_FLUSH);
		size_t n = sizeof(z->out) - z->z.avail_out;
		if (got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) {
			z->failed = true;
			return false;
		}
		z->ended = got == Z_STREAM_END;
		if (n > 0 && !fn(arg, rd_of(z->out, n)))
			return false;
	} while (!z->ended && z->z.avail_out == 0);
	return true;
}

bool http_inflate_feed(struct http_inflate *z, struct rd p, bool (*fn)(void *arg, struct rd piece),
		       void *arg)
{
	while (z->n_head < HEAD_BYTES && p.n > 0)
		z->head[z->n_head++] = rd_u8(&p);
	if (z->n_head < HEAD_BYTES || z->ended)
		return true;
	if (z->failed || p.n > INT_MAX)
		return false;
	if (!z->begun) {
		z->begun = inflateInit2(&z->z, has_head(z->head) ? HEADED : BARE) == Z_OK;
		z->failed = !z->begun;
		if (z->failed || !run(z, rd_of(z->head, HEAD_BYTES), fn, arg))
			return false;
	}
	return p.n == 0 || run(z, p, fn, arg);
}

bool http_inflate_ended(const struct http_inflate *z)
{
	return z->ended;
}
