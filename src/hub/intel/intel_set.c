/* SPDX-License-Identifier: Apache-2.0 */
/* Open addressing over keyed hashes. Of two million entries two share a fingerprint once in ten
 * million editions; one of them is then taken for known. */
#include "hub/intel/intel_set.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "net/crypto.h"

enum { SLOTS_FIRST = 1024 };

/* The state of an entry, beside the id of a row: known rows have a positive id until they are seen,
 * then a negative one. */
#define STATE_NEW   INT64_MAX
#define STATE_TAKEN (INT64_MAX - 1)

struct slot {
	uint64_t hash; /* 0 = free */
	int64_t state;
};

struct intel_set {
	uint8_t secret[16];
	struct slot *slot;
	size_t slots, n;
};

struct intel_set *intel_set_new(void)
{
	struct intel_set *s = mem_new(sizeof(*s));

	crypto_random(s->secret, sizeof(s->secret));
	s->slots = SLOTS_FIRST;
	s->slot = mem_array(s->slots, sizeof(*s->slot));
	return s;
}

void intel_set_free(struct intel_set *s)
{
	if (!s)
		return;
	free(s->slot);
	free(s);
}

static struct slot *at_hash(const struct intel_set *s, uint64_t hash)
{
	size_t i = hash & (s->slots - 1);

	while (s->slot[i].hash && s->slot[i].hash != hash)
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static void grow(struct intel_set *s)
{
	struct slot *old = s->slot;
	size_t n = s->slots;

	s->slots *= 2;
	s->slot = mem_array(s->slots, sizeof(*s->slot));
	for (size_t i = 0; i < n; i++)
		if (old[i].hash)
			*at_hash(s, old[i].hash) = old[i];
	free(old);
}

static uint64_t hash_of(const struct intel_set *s, enum indicator_kind kind, const char *value)
{
	char key[1 + INDICATOR_VALUE_MAX];
	size_t n = strnlen(value, INDICATOR_VALUE_MAX);

	key[0] = (char)kind;
	memcpy(key + 1, value, n);
	uint64_t h = siphash13(s->secret, key, n + 1);
	return h ? h : 1;
}

/* The entry, made (state 0) when there is none. */
static struct slot *entry(struct intel_set *s, enum indicator_kind kind, const char *value)
{
	uint64_t hash = hash_of(s, kind, value);

	if (s->n * 10 >= s->slots * 7)
		grow(s);
	struct slot *at = at_hash(s, hash);
	if (!at->hash) {
		at->hash = hash;
		s->n++;
	}
	return at;
}

void intel_set_put(struct intel_set *s, enum indicator_kind kind, const char *value, int64_t id)
{
	entry(s, kind, value)->state = id;
}

enum intel_seen intel_set_see(struct intel_set *s, enum indicator_kind kind, const char *value)
{
	struct slot *at = entry(s, kind, value);

	if (at->state == 0) {
		at->state = STATE_NEW;
		return SEEN_NEW;
	}
	if (at->state < 0 || at->state == STATE_NEW)
		return SEEN_TWICE;
	at->state = -at->state;
	return SEEN_KNOWN;
}

bool intel_set_take(struct intel_set *s, enum indicator_kind kind, const char *value)
{
	struct slot *at = at_hash(s, hash_of(s, kind, value));

	if (at->hash == 0 || at->state != STATE_NEW)
		return false;
	at->state = STATE_TAKEN;
	return true;
}

static bool is_gone(const struct slot *at)
{
	return at->hash && at->state > 0 && at->state < STATE_TAKEN;
}

size_t intel_set_gone(const struct intel_set *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->slots; i++)
		n += is_gone(&s->slot[i]);
	return n;
}

size_t intel_set_gone_next(const struct intel_set *s, size_t *pos, int64_t *out, size_t n)
{
	size_t k = 0;

	for (; *pos < s->slots && k < n; (*pos)++)
		if (is_gone(&s->slot[*pos]))
			out[k++] = s->slot[*pos].state;
	return k;
}
