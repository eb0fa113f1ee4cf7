/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map in insertion order: entries lie in one array, an index of positions finds them.
 * Removing leaves a hole in the array, which the next growth closes. */
#include "base/map.h"

#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/err.h"
#include "base/mem.h"

enum { INLINE_KEY_MAX = 40, INDEX_FIRST = 16, ENTRIES_CEILING = 1 << 30 };

struct entry { /* 64 bytes: one cache line */
	uint64_t hash;
	void *value; /* NULL: a hole */
	uint32_t key_len;
	union {
		uint8_t bytes[INLINE_KEY_MAX];
		uint8_t *far;
	} key;
};

struct map {
	uint8_t secret[16];
	size_t max_entries;
	size_t count;      /* without holes */
	struct entry *row; /* used of cap */
	size_t used, cap;
	uint32_t *index;   /* position + 1; 0 = empty */
	size_t index_size; /* a power of two, at most half full */
};

static inline uint64_t rotate(uint64_t x, int by)
{
	return x << by | x >> (64 - by);
}

struct sip {
	uint64_t v0, v1, v2, v3;
};

static inline void sip_round(struct sip *s)
{
	s->v0 += s->v1;
	s->v1 = rotate(s->v1, 13) ^ s->v0;
	s->v0 = rotate(s->v0, 32);
	s->v2 += s->v3;
	s->v3 = rotate(s->v3, 16) ^ s->v2;
	s->v0 += s->v3;
	s->v3 = rotate(s->v3, 21) ^ s->v0;
	s->v2 += s->v1;
	s->v1 = rotate(s->v1, 17) ^ s->v2;
	s->v2 = rotate(s->v2, 32);
}

static inline uint64_t le64(const uint8_t *p)
{
	uint64_t v;
	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

/* SipHash (Aumasson, Bernstein 2012) with 1 compression and 3 finalisation rounds. */
uint64_t siphash13(const uint8_t secret[16], const void *p, size_t n)
{
	uint64_t k0 = le64(secret), k1 = le64(secret + 8);
	struct sip s = {
		.v0 = UINT64_C(0x736f6d6570736575) ^ k0,
		.v1 = UINT64_C(0x646f72616e646f6d) ^ k1,
		.v2 = UINT64_C(0x6c7967656e657261) ^ k0,
		.v3 = UINT64_C(0x7465646279746573) ^ k1,
	};
	const uint8_t *at = p;
	for (size_t left = n; left >= 8; left -= 8, at += 8) {
		uint64_t m = le64(at);
		s.v3 ^= m;
		sip_round(&s);
		s.v0 ^= m;
	}
	uint64_t last = (uint64_t)n << 56;
	for (size_t i = 0; i < n % 8; i++)
		last |= (uint64_t)at[i] << (8 * i);
	s.v3 ^= last;
	sip_round(&s);
	s.v0 ^= last;
	s.v2 ^= 0xff;
	for (int i = 0; i < 3; i++)
		sip_round(&s);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

static const uint8_t *entry_key(const struct entry *e)
{
	return e->key_len <= INLINE_KEY_MAX ? e->key.bytes : e->key.far;
}

static void entry_done(struct entry *e)
{
	if (e->value && e->key_len > INLINE_KEY_MAX)
		free(e->key.far);
	e->value = NULL;
}

struct map *map_new(size_t max_entries)
{
	assert(max_entries <= ENTRIES_CEILING);
	struct map *m = mem_new(sizeof(*m));
	m->max_entries = max_entries;
	m->index_size = INDEX_FIRST;
	m->index = mem_array(m->index_size, sizeof(*m->index));
	m->cap = INDEX_FIRST / 2;
	m->row = mem_array(m->cap, sizeof(*m->row));
	if (getrandom(m->secret, sizeof(m->secret), 0) != (ssize_t)sizeof(m->secret))
		abort(); /* without a secret a network could aim at one bucket */
	return m;
}

void map_free(struct map *m)
{
	if (!m)
		return;
	for (size_t i = 0; i < m->used; i++)
		entry_done(&m->row[i]);
	free(m->row);
	free(m->index);
	free(m);
}

size_t map_count(const struct map *m)
{
	return m->count;
}

/* The slot of the index that holds the key, or the empty one where it would go. */
static size_t slot_of(const struct map *m, uint64_t hash, const void *key, size_t key_len)
{
	size_t mask = m->index_size - 1;
	size_t slot = hash & mask;
	for (; m->index[slot] != 0; slot = (slot + 1) & mask) {
		const struct entry *e = &m->row[m->index[slot] - 1];
		if (e->hash == hash && e->key_len == key_len &&
		    (key_len == 0 || memcmp(entry_key(e), key, key_len) == 0))
			break;
	}
	return slot;
}

void *map_find(const struct map *m, const void *key, size_t key_len)
{
	size_t slot = slot_of(m, siphash13(m->secret, key, key_len), key, key_len);
	return m->index[slot] ? m->row[m->index[slot] - 1].value : NULL;
}

/* Closes the holes, doubles the room when it is more than half needed, and writes the index anew.
 */
static void grow(struct map *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->used; i++) {
		if (m->row[i].value)
			m->row[kept++] = m->row[i];
	}
	m->used = kept;
	if (kept > m->cap / 2) {
		m->cap *= 2;
		m->row = mem_resize(m->row, m->cap, sizeof(*m->row));
		m->index_size *= 2;
		free(m->index);
		m->index = mem_array(m->index_size, sizeof(*m->index));
	} else {
		memset(m->index, 0, m->index_size * sizeof(*m->index));
	}
	size_t mask = m->index_size - 1;
	for (size_t i = 0; i < kept; i++) {
		size_t slot = m->row[i].hash & mask;
		while (m->index[slot] != 0)
			slot = (slot + 1) & mask;
		m->index[slot] = (uint32_t)(i + 1);
	}
}

int map_set(struct map *m, const void *key, size_t key_len, void *value)
{
	assert(value && key_len <= UINT32_MAX);
	uint64_t hash = siphash13(m->secret, key, key_len);
	size_t slot = slot_of(m, hash, key, key_len);
	if (m->index[slot] != 0) {
		m->row[m->index[slot] - 1].value = value;
		return 0;
	}
	if (m->count >= m->max_entries)
		return -ELIMIT;
	if (m->used == m->cap) {
		grow(m);
		slot = slot_of(m, hash, key, key_len);
	}
	struct entry *e = &m->row[m->used];
	e->hash = hash;
	e->value = value;
	e->key_len = (uint32_t)key_len;
	if (key_len > INLINE_KEY_MAX)
		e->key.far = mem_dup(key, key_len);
	else if (key_len > 0)
		memcpy(e->key.bytes, key, key_len);
	m->index[slot] = (uint32_t)++m->used;
	m->count++;
	return 0;
}

/* Empties SLOT and moves later ones of the same run back, so that no search stops too early. */
static void slot_empty(struct map *m, size_t slot)
{
	size_t mask = m->index_size - 1;
	size_t next = slot;
	for (;;) {
		next = (next + 1) & mask;
		if (m->index[next] == 0)
			break;
		size_t home = m->row[m->index[next] - 1].hash & mask;
		if (((next - home) & mask) < ((next - slot) & mask))
			continue; /* its home lies behind the gap */
		m->index[slot] = m->index[next];
		slot = next;
	}
	m->index[slot] = 0;
}

void *map_remove(struct map *m, const void *key, size_t key_len)
{
	size_t slot = slot_of(m, siphash13(m->secret, key, key_len), key, key_len);
	if (m->index[slot] == 0)
		return NULL;
	struct entry *e = &m->row[m->index[slot] - 1];
	void *value = e->value;
	slot_empty(m, slot);
	entry_done(e);
	m->count--;
	return value;
}

bool map_next(const struct map *m, size_t *pos, const void **key, size_t *key_len, void **value)
{
	while (*pos < m->used && !m->row[*pos].value)
		(*pos)++;
	if (*pos >= m->used)
		return false;
	const struct entry *e = &m->row[(*pos)++];
	if (key)
		*key = entry_key(e);
	if (key_len)
		*key_len = e->key_len;
	if (value)
		*value = e->value;
	return true;
}
