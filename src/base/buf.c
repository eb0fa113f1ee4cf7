/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a ceiling. */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { CAP_FIRST = 256 };

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_done(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ .max = b->max };
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->over = false;
	if (b->p)
		b->p[0] = '\0';
}

/* Room for MORE bytes and the NUL behind them, or false and OVER. */
static bool reserve(struct buf *b, size_t more)
{
	size_t max = b->max ? b->max : BUF_MAX_DEFAULT;
	size_t need;
	if (b->over || !size_add(b->n, more, &need) || need > max) {
		b->over = true;
		return false;
	}
	if (need + 1 <= b->cap)
		return true;
	size_t cap = b->cap ? b->cap : CAP_FIRST;
	while (cap < need + 1)
		cap *= 2; /* ends: NEED is at most MAX, far from SIZE_MAX */
	b->p = mem_resize(b->p, cap, 1);
	b->cap = cap;
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	if (s)
		buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	size_t room = b->cap - b->n;
	int n = vsnprintf(b->p ? b->p + b->n : NULL, b->p ? room : 0, fmt, ap);
	if (n < 0) {
		b->over = true;
	} else if (b->p && (size_t)n < room && !b->over) {
		size_t max = b->max ? b->max : BUF_MAX_DEFAULT;
		if (b->n + (size_t)n > max)
			b->over = true;
		else
			b->n += (size_t)n;
	} else if (reserve(b, (size_t)n)) {
		(void)vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
		b->n += (size_t)n;
	}
	if (b->p)
		b->p[b->n] = '\0';
	va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void buf_be16(struct buf *b, uint16_t v)
{
	const uint8_t p[] = { (uint8_t)(v >> 8), (uint8_t)v };
	buf_add(b, p, sizeof(p));
}

void buf_be32(struct buf *b, uint32_t v)
{
	const uint8_t p[] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8),
			      (uint8_t)v };
	buf_add(b, p, sizeof(p));
}

void buf_be64(struct buf *b, uint64_t v)
{
	uint8_t p[8];
	for (int i = 0; i < 8; i++)
		p[i] = (uint8_t)(v >> (56 - 8 * i));
	buf_add(b, p, sizeof(p)); /* whole or not at all */
}

void buf_drop(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
	b->p[b->n] = '\0';
}

char *buf_take(struct buf *b)
{
	char *p = b->p ? b->p : mem_new(1);
	*b = (struct buf){ .max = b->max };
	return p;
}
