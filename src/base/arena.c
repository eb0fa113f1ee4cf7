/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: a chain of blocks, given back all at once. */
#include "base/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_BYTES_DEFAULT = 16 * 1024 };

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	size_t block_bytes;
	struct block *first; /* the one being filled */
};

static struct block *block_new(size_t size, struct block *next)
{
	struct block *b = mem_new(sizeof(*b) + size);
	b->size = size;
	b->next = next;
	return b;
}

struct arena *arena_new(size_t block_bytes)
{
	struct arena *a = mem_new(sizeof(*a));
	a->block_bytes = block_bytes ? block_bytes : BLOCK_BYTES_DEFAULT;
	return a;
}

static void blocks_free(struct block *b)
{
	while (b) {
		struct block *next = b->next;
		free(b);
		b = next;
	}
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	blocks_free(a->first);
	free(a);
}

void arena_cleanup(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

void arena_reset(struct arena *a)
{
	struct block *b = a->first;
	if (!b)
		return;
	blocks_free(b->next);
	b->next = NULL;
	if (b->size > a->block_bytes) { /* a large one is not worth keeping */
		free(b);
		a->first = NULL;
		return;
	}
	memset(b->bytes, 0, b->used);
	b->used = 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t rounded;
	if (!size_add(size ? size : 1, alignof(max_align_t) - 1, &rounded))
		abort(); /* a caller did not check a foreign size */
	rounded &= ~(alignof(max_align_t) - 1);

	struct block *b = a->first;
	if (b && rounded <= b->size - b->used) {
		void *p = b->bytes + b->used;
		b->used += rounded;
		return p;
	}
	if (b && rounded > a->block_bytes / 4) { /* a block of its own, behind the current one */
		b->next = block_new(rounded, b->next);
		b->next->used = rounded;
		return b->next->bytes;
	}
	a->first = block_new(rounded > a->block_bytes ? rounded : a->block_bytes, b);
	a->first->used = rounded;
	return a->first->bytes;
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t bytes;
	if (!size_mul(n, size, &bytes))
		abort(); /* a caller did not check a foreign size */
	return arena_alloc(a, bytes);
}

void *arena_grow(struct arena *a, void *p, size_t n, size_t size)
{
	if (n != 0 && (n < 8 || (n & (n - 1)) != 0))
		return p;
	void *larger = arena_array(a, n == 0 ? 8 : 2 * n, size);
	if (n != 0)
		memcpy(larger, p, n * size);
	return larger;
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
	if (!s)
		return NULL;
	size_t len = strnlen(s, n);
	char *copy = arena_alloc(a, len + 1);
	memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_strndup(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0); /* only a format that is wrong fails */
	char *text = arena_alloc(a, (size_t)n + 1);
	(void)vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	return text;
}
