/* SPDX-License-Identifier: Apache-2.0 */
/* An arena: memory for one request or one batch, given back all at once. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t block_bytes); /* 0 = a sensible block */
void arena_free(struct arena *a);
void arena_reset(struct arena *a); /* keeps one block */
void arena_cleanup(struct arena **a);
#define SCOPED_ARENA __attribute__((cleanup(arena_cleanup), unused))

void *arena_alloc(struct arena *a, size_t size);           /* zeroed, aligned for any type */
void *arena_array(struct arena *a, size_t n, size_t size); /* overflow-checked */
/* P (NULL at first) holds N elements of SIZE bytes and was only ever grown here: the same array, or
 * a larger copy, with room for one more. Doubles at 8, 16, 32, ... */
void *arena_grow(struct arena *a, void *p, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
