/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from bytes to a pointer, keyed with a per-map secret (SipHash-1-3) so that a hostile
 * network cannot aim at one bucket, with a limit on its entries. Keys are copied; values belong to
 * the caller. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map;

struct map *map_new(size_t max_entries);
void map_free(struct map *m); /* not the values */
size_t map_count(const struct map *m);
void *map_find(const struct map *m, const void *key, size_t key_len); /* NULL when absent */
/* Sets or replaces: 0, or -ELIMIT when full. VALUE must not be NULL. */
int map_set(struct map *m, const void *key, size_t key_len, void *value);
void *map_remove(struct map *m, const void *key, size_t key_len); /* the removed value or NULL */

/* Iteration: start with *POS = 0; removing the entry just returned is allowed, adding is not. */
bool map_next(const struct map *m, size_t *pos, const void **key, size_t *key_len, void **value);

uint64_t siphash13(const uint8_t secret[16], const void *p, size_t n);

#endif
