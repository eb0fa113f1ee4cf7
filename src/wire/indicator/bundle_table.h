/* SPDX-License-Identifier: Apache-2.0 */
/* The table inside bundles: buckets of one cache line with five fingerprints, five notes and a
 * 32-bit filter of the fingerprints that found their bucket full and went on to the next.
 *
 *   5 x fingerprint (le64, 0 = free)   5 x note (le32)   filter (le32)
 *
 * So a miss costs one cache line and, for one lookup in some hundred, a second one. */
#ifndef WIRE_INDICATOR_BUNDLE_TABLE_H
#define WIRE_INDICATOR_BUNDLE_TABLE_H

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	TABLE_BUCKET_BYTES = 64,
	TABLE_SLOTS = 5,
	TABLE_NOTES_AT = 40,
	TABLE_FILTER_AT = 60,
	TABLE_CHAIN_MAX = 32, /* buckets looked at for one fingerprint, whatever a file says */
};

static inline uint64_t table_u64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static inline uint32_t table_u32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* BUCKETS: below 2^32. */
static inline size_t table_home(uint64_t fingerprint, size_t buckets)
{
	return (size_t)((fingerprint >> 32) * buckets >> 32);
}

static inline uint32_t table_bit(uint64_t fingerprint)
{
	return UINT32_C(1) << (fingerprint & 31);
}

static inline void table_prefetch(const uint8_t *p, size_t buckets, uint64_t fingerprint)
{
	__builtin_prefetch(p + table_home(fingerprint, buckets) * TABLE_BUCKET_BYTES);
}

/* The place of its note, NULL when it is not there. */
static inline const uint8_t *table_find(const uint8_t *p, size_t buckets, uint64_t fingerprint)
{
	size_t at = table_home(fingerprint, buckets);

	for (int chain = 0; chain < TABLE_CHAIN_MAX; chain++) {
		const uint8_t *bucket = p + at * TABLE_BUCKET_BYTES;
		for (size_t i = 0; i < TABLE_SLOTS; i++) {
			if (table_u64(bucket + i * 8) == fingerprint)
				return bucket + TABLE_NOTES_AT + i * 4;
		}
		if (!(table_u32(bucket + TABLE_FILTER_AT) & table_bit(fingerprint)))
			return NULL;
		at = at + 1 == buckets ? 0 : at + 1;
	}
	return NULL;
}

/* A table that grows, in pages of its own. */
struct table {
	uint8_t *p;
	size_t buckets, n;
};

void table_init(struct table *t, size_t expected);
void table_done(struct table *t);
size_t table_buckets_for(size_t n); /* how many a full table of N entries has */
/* The place of the note of FINGERPRINT (not 0), added when it is not there (*NEW_OUT). */
uint8_t *table_put(struct table *t, uint64_t fingerprint, bool *new_out);
void table_note(uint8_t *place, uint32_t note);
/* Copies all entries into P, zeroed, of BUCKETS; false when a chain gets too long. */
bool table_fill(const struct table *t, uint8_t *p, size_t buckets);

#endif
