/* SPDX-License-Identifier: Apache-2.0 */
/* What a detector remembers: entries of one size by keys of one size, at most so many. When it is
 * full the oldest place is used again, or of a few the one that is worth least; what was forgotten
 * is counted. An entry stays where it is until its place is used again. */
#ifndef PROBE_DETECT_RING_H
#define PROBE_DETECT_RING_H

#include <stdbool.h>
#include <stddef.h>

struct detect_env;
struct ring;

/* Is A worth less than B? */
typedef bool (*ring_less)(const void *arg, const void *a, const void *b);

/* LESS may be NULL: then the oldest gives way. ARG is passed to it. */
struct ring *ring_new(struct detect_env *env, size_t max, size_t key_size, size_t entry_size);
void ring_order(struct ring *r, ring_less less, const void *arg);
void ring_free(struct ring *r); /* NULL is fine */

/* NULL: there is none. */
void *ring_find(const struct ring *r, const void *key);
/* The entry of KEY; a new one is all zero, and FRESH_OUT says so. */
void *ring_get(struct ring *r, const void *key, bool *fresh_out);

/* All entries: 0 .. count - 1. */
size_t ring_count(const struct ring *r);
void *ring_at(const struct ring *r, size_t i);

#endif
