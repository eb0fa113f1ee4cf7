/* SPDX-License-Identifier: Apache-2.0 */
/* A map beside an array; each place of the array holds an entry and, behind it, its key. */
#include "probe/detect/ring.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

enum { TRIES = 8 }; /* places compared before one gives way: a flood must not cost more */

struct ring {
	struct detect_env *env;
	struct map *by_key;
	uint8_t *places;
	size_t n, max, key_size, entry_size, place_size, hand;
	ring_less less;
	const void *arg;
};

struct ring *ring_new(struct detect_env *env, size_t max, size_t key_size, size_t entry_size)
{
	const size_t align = _Alignof(max_align_t);
	struct ring *r = mem_new(sizeof(*r));

	if (env->ring_max && max > env->ring_max)
		max = env->ring_max;
	*r = (struct ring){
		.env = env,
		.by_key = map_new(max),
		.max = max,
		.key_size = key_size,
		.entry_size = entry_size,
		.place_size = (entry_size + key_size + align - 1) / align * align,
	};
	r->places = mem_array(max, r->place_size);
	return r;
}

void ring_order(struct ring *r, ring_less less, const void *arg)
{
	r->less = less;
	r->arg = arg;
}

void ring_free(struct ring *r)
{
	if (!r)
		return;
	map_free(r->by_key);
	free(r->places);
	free(r);
}

size_t ring_count(const struct ring *r)
{
	return r->n;
}

void *ring_at(const struct ring *r, size_t i)
{
	return r->places + i * r->place_size;
}

void *ring_find(const struct ring *r, const void *key)
{
	return map_find(r->by_key, key, r->key_size);
}

/* A place whose entry may be forgotten. */
static void *give_up(struct ring *r)
{
	size_t at = r->hand;

	for (size_t k = 1; r->less && k < TRIES; k++) {
		size_t i = (r->hand + k) % r->max;
		if (r->less(r->arg, ring_at(r, i), ring_at(r, at)))
			at = i;
	}
	r->hand = (r->hand + (r->less ? TRIES : 1)) % r->max;
	uint8_t *place = ring_at(r, at);
	detect_forget(r->env, r->by_key, place + r->entry_size, r->key_size);
	return place;
}

void *ring_get(struct ring *r, const void *key, bool *fresh_out)
{
	uint8_t *place = map_find(r->by_key, key, r->key_size);

	*fresh_out = !place;
	if (place)
		return place;
	place = r->n < r->max ? ring_at(r, r->n++) : give_up(r);
	memset(place, 0, r->entry_size);
	memcpy(place + r->entry_size, key, r->key_size);
	(void)map_set(r->by_key, key, r->key_size, place); /* as many places as keys */
	return place;
}
