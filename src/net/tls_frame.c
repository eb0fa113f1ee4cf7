/* SPDX-License-Identifier: Apache-2.0 */
/* Frames out of a stream of bytes. Connections: tls.c. */
#include "base/err.h"
#include "base/rd.h"
#include "net/tls_frame.h"

enum {
	LENGTH_BYTES = 4,
	KEEP_BYTES = 64 * 1024, /* an idle connection keeps no more memory than this */
};

/* The bytes of the frame that begins at P, or 0 when P is too short to say, or negative. */
static int64_t frame_size(const struct tls_frames *f, const uint8_t *p, size_t n)
{
	struct rd r = rd_of(p, n);
	uint32_t length = rd_be32(&r);

	if (r.bad)
		return 0;
	if (length == 0)
		return -EFORMAT;
	if ((uint64_t)length + LENGTH_BYTES > f->frame_max)
		return -ELIMIT;
	return (int64_t)length + LENGTH_BYTES;
}

static int deliver(const uint8_t *p, int64_t size, tls_frame_fn fn, void *arg)
{
	return fn(arg, p[LENGTH_BYTES], p + TLS_FRAME_HEAD, (size_t)size - TLS_FRAME_HEAD);
}

/* Takes bytes off *P into the frame that has begun, no more than it needs. */
static int fill(struct tls_frames *f, const uint8_t **p, size_t *n, tls_frame_fn fn, void *arg)
{
	while (*n > 0 && f->part.n > 0) {
		int64_t size = frame_size(f, (const uint8_t *)f->part.p, f->part.n);
		if (size < 0)
			return (int)size;
		size_t want = (size ? (size_t)size : LENGTH_BYTES) - f->part.n;
		size_t take = want < *n ? want : *n;
		buf_add(&f->part, *p, take);
		*p += take;
		*n -= take;
		if (!size || f->part.n < (size_t)size)
			continue;
		int r = deliver((const uint8_t *)f->part.p, size, fn, arg);
		if (r < 0)
			return r;
		buf_clear(&f->part);
		if (f->part.cap > KEEP_BYTES)
			buf_done(&f->part);
	}
	return 0;
}

int tls_frames_add(struct tls_frames *f, const uint8_t *p, size_t n, tls_frame_fn fn, void *arg)
{
	int r = fill(f, &p, &n, fn, arg);

	while (r >= 0 && n > 0) {
		int64_t size = frame_size(f, p, n);
		if (size < 0)
			return (int)size;
		if (size == 0 || (size_t)size > n) {
			f->part.max = f->frame_max + 1;
			buf_add(&f->part, p, n);
			/* A length that has come whole is judged now, not after the body. */
			size = frame_size(f, (const uint8_t *)f->part.p, f->part.n);
			return size < 0 ? (int)size : 0;
		}
		r = deliver(p, size, fn, arg);
		p += size;
		n -= (size_t)size;
	}
	if (r >= 0 && f->part.n > 0) {
		int64_t size = frame_size(f, (const uint8_t *)f->part.p, f->part.n);
		return size < 0 ? (int)size : 0;
	}
	return r < 0 ? r : 0;
}

void tls_frames_done(struct tls_frames *f)
{
	buf_done(&f->part);
}

void tls_frame_encode(struct buf *out, uint8_t type, const void *p, size_t n)
{
	buf_be32(out, (uint32_t)n + 1);
	buf_addc(out, (char)type);
	if (n > 0)
		buf_add(out, p, n);
}
