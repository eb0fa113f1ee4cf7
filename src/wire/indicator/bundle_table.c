/* SPDX-License-Identifier: Apache-2.0 */
/* Building the table of a bundle. */
#include "wire/indicator/bundle_table.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { BUCKETS_MIN = 16, FULL_TENTHS = 35 /* entries in ten buckets */ };

static uint8_t *pages(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort(); /* out of memory, as in base/mem.h */
	return p;
}

size_t table_buckets_for(size_t n)
{
	size_t buckets = n * 10 / FULL_TENTHS + 1;

	return buckets < BUCKETS_MIN ? BUCKETS_MIN : buckets;
}

void table_init(struct table *t, size_t expected)
{
	*t = (struct table){ .buckets = table_buckets_for(expected) };
	t->p = pages(t->buckets * TABLE_BUCKET_BYTES);
}

void table_done(struct table *t)
{
	if (t->p)
		(void)munmap(t->p, t->buckets * TABLE_BUCKET_BYTES); /* ours: cannot fail */
	*t = (struct table){ 0 };
}

static void set_u32(uint8_t *p, uint32_t v)
{
	v = htole32(v);
	memcpy(p, &v, sizeof(v));
}

void table_note(uint8_t *place, uint32_t note)
{
	set_u32(place, note);
}

static uint8_t *slot_take(uint8_t *bucket, uint64_t fingerprint)
{
	for (size_t i = 0; i < TABLE_SLOTS; i++) {
		if (table_u64(bucket + i * 8))
			continue;
		uint64_t v = htole64(fingerprint);
		memcpy(bucket + i * 8, &v, sizeof(v));
		return bucket + TABLE_NOTES_AT + i * 4;
	}
	return NULL;
}

/* FINGERPRINT is not there yet; NULL when the chain would get too long. */
static uint8_t *insert(uint8_t *p, size_t buckets, uint64_t fingerprint)
{
	size_t at = table_home(fingerprint, buckets);

	for (int chain = 0; chain < TABLE_CHAIN_MAX; chain++) {
		uint8_t *bucket = p + at * TABLE_BUCKET_BYTES;
		uint8_t *place = slot_take(bucket, fingerprint);
		if (place)
			return place;
		uint8_t *filter = bucket + TABLE_FILTER_AT;
		set_u32(filter, table_u32(filter) | table_bit(fingerprint));
		at = at + 1 == buckets ? 0 : at + 1;
	}
	return NULL;
}

bool table_fill(const struct table *t, uint8_t *p, size_t buckets)
{
	for (size_t b = 0; b < t->buckets; b++) {
		const uint8_t *bucket = t->p + b * TABLE_BUCKET_BYTES;
		for (size_t i = 0; i < TABLE_SLOTS && table_u64(bucket + i * 8); i++) {
			uint8_t *place = insert(p, buckets, table_u64(bucket + i * 8));
			if (!place)
				return false;
			memcpy(place, bucket + TABLE_NOTES_AT + i * 4, 4);
		}
	}
	return true;
}

static void grow(struct table *t)
{
	struct table bigger = { .buckets = t->buckets + t->buckets / 2, .n = t->n };

	bigger.p = pages(bigger.buckets * TABLE_BUCKET_BYTES);
	while (!table_fill(t, bigger.p, bigger.buckets)) { /* as good as never */
		(void)munmap(bigger.p, bigger.buckets * TABLE_BUCKET_BYTES);
		bigger.buckets += bigger.buckets / 2;
		bigger.p = pages(bigger.buckets * TABLE_BUCKET_BYTES);
	}
	table_done(t);
	*t = bigger;
}

uint8_t *table_put(struct table *t, uint64_t fingerprint, bool *new_out)
{
	const uint8_t *found = table_find(t->p, t->buckets, fingerprint);

	*new_out = !found;
	if (found)
		return t->p + (found - t->p);
	if (t->n * 10 >= t->buckets * FULL_TENTHS)
		grow(t);
	uint8_t *place = insert(t->p, t->buckets, fingerprint);
	while (!place) {
		grow(t);
		place = insert(t->p, t->buckets, fingerprint);
	}
	t->n++;
	return place;
}
