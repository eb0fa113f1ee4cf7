/* SPDX-License-Identifier: Apache-2.0 */
/* The indicators as one open-addressing set of keyed 64-bit hashes: sixteen bytes an entry, no
 * texts but the descriptions, each kept once. Reading the list: indicators_parse.c. */
#include "probe/detect/indicators_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/map.h"
#include "base/mem.h"

enum { SLOTS_FIRST = 1024, DESCRIPTIONS_BYTES_MAX = 16 * 1024 * 1024 };

struct indicators *indicators_new(void)
{
	struct indicators *s = mem_new(sizeof(*s));

	if (getrandom(s->secret, sizeof(s->secret), 0) != sizeof(s->secret))
		abort(); /* sixteen bytes never come short once the kernel is up */
	indicators_clear(s);
	return s;
}

static void release(struct indicators *s)
{
	free(s->slot);
	buf_done(&s->descriptions);
	map_free(s->description_at);
}

void indicators_clear(struct indicators *s)
{
	release(s);
	s->slot = mem_array(SLOTS_FIRST, sizeof(*s->slot));
	s->slots = SLOTS_FIRST;
	s->n = 0;
	s->bad = 0;
	memset(s->lengths, 0, sizeof(s->lengths));
	buf_init(&s->descriptions, DESCRIPTIONS_BYTES_MAX);
	buf_addc(&s->descriptions, 0); /* offset 0: no description */
	s->description_at = map_new(INDICATORS_MAX);
}

void indicators_free(struct indicators *s)
{
	if (!s)
		return;
	release(s);
	free(s);
}

size_t indicators_count(const struct indicators *s)
{
	return s->n;
}

uint64_t indicators_bad(const struct indicators *s)
{
	return s->bad;
}

size_t indicators_bytes(const struct indicators *s)
{
	return s->slots * sizeof(*s->slot) + s->descriptions.cap;
}

static uint64_t hash_of(const struct indicators *s, char kind, const void *p, size_t n)
{
	uint8_t key[1 + INDICATOR_TEXT_MAX];

	key[0] = (uint8_t)kind;
	memcpy(key + 1, p, n);
	uint64_t h = siphash13(s->secret, key, n + 1);
	return h ? h : 1; /* 0 marks a free slot */
}

static struct indicator_slot *slot_of(const struct indicators *s, uint64_t hash)
{
	size_t i = hash & (s->slots - 1);

	while (s->slot[i].hash && s->slot[i].hash != hash)
		i = (i + 1) & (s->slots - 1);
	return &s->slot[i];
}

static void grow(struct indicators *s)
{
	struct indicator_slot *old = s->slot;
	size_t n = s->slots;

	s->slots *= 2;
	s->slot = mem_array(s->slots, sizeof(*s->slot));
	for (size_t i = 0; i < n; i++) {
		if (old[i].hash)
			*slot_of(s, old[i].hash) = old[i];
	}
	free(old);
}

static uint32_t describe(struct indicators *s, struct str text)
{
	void *at = text.n ? map_find(s->description_at, text.p, text.n) : NULL;

	if (text.n == 0 || at)
		return (uint32_t)(uintptr_t)at;
	size_t offset = s->descriptions.n;
	if (offset + text.n + 1 > DESCRIPTIONS_BYTES_MAX)
		return 0;
	buf_add(&s->descriptions, text.p, text.n);
	buf_addc(&s->descriptions, 0);
	if (map_set(s->description_at, text.p, text.n, (void *)(uintptr_t)offset) < 0)
		return 0;
	return (uint32_t)offset;
}

bool indicators_add(struct indicators *s, char kind, const void *p, size_t n,
		    struct str description)
{
	if (s->n >= INDICATORS_MAX || n > INDICATOR_TEXT_MAX)
		return false;
	if (s->n * 10 >= s->slots * 7)
		grow(s);
	struct indicator_slot *at = slot_of(s, hash_of(s, kind, p, n));
	if (at->hash)
		return true; /* twice is once */
	at->hash = hash_of(s, kind, p, n);
	at->description = describe(s, description);
	s->n++;
	return true;
}

static bool lookup(const struct indicators *s, char kind, const void *p, size_t n,
		   struct indicator *out)
{
	const struct indicator_slot *at = slot_of(s, hash_of(s, kind, p, n));

	if (!at->hash)
		return false;
	out->description = s->descriptions.p + at->description;
	return true;
}

bool indicators_domain(const struct indicators *s, const char *name, struct indicator *out)
{
	size_t n = strlen(name);

	if (s->n == 0 || n == 0 || n >= INDICATOR_TEXT_MAX)
		return false;
	for (const char *at = name; at && strchr(at, '.');) {
		if (lookup(s, INDICATOR_DOMAIN, at, strlen(at), out)) {
			out->type = "domain";
			(void)str_copy(out->value, sizeof(out->value), str_of(at)); /* fits */
			return true;
		}
		at = strchr(at, '.') + 1;
	}
	return false;
}

void indicators_net_key(const struct cidr *net, uint8_t key[17])
{
	memcpy(key, net->addr.b, 16);
	key[16] = net->bits;
}

static struct cidr masked(const struct addr *a, unsigned bits)
{
	struct cidr net = { .addr = *a, .bits = (uint8_t)bits };

	for (unsigned i = bits / 8; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		net.addr.b[i] = (uint8_t)(net.addr.b[i] & (0xff00u >> keep));
	}
	return net;
}

static void net_text(const struct cidr *net, char *out, size_t size)
{
	char text[ADDR_TEXT_MAX];
	unsigned bits = addr_is_v4(&net->addr) && net->bits >= 96 ? net->bits - 96u : net->bits;

	addr_format(&net->addr, text);
	if (net->bits == 128)
		(void)snprintf(out, size, "%s", text);
	else
		(void)snprintf(out, size, "%s/%u", text, bits);
}

bool indicators_addr(const struct indicators *s, const struct addr *a, struct indicator *out)
{
	uint8_t key[17];

	for (int bits = 128; s->n > 0 && bits >= 0; bits--) {
		if (!s->lengths[bits])
			continue;
		struct cidr net = masked(a, (unsigned)bits);
		indicators_net_key(&net, key);
		if (!lookup(s, INDICATOR_NET, key, sizeof(key), out))
			continue;
		out->type = bits == 128 ? "ip" : "cidr";
		net_text(&net, out->value, sizeof(out->value));
		return true;
	}
	return false;
}

bool indicators_ja3(const struct indicators *s, const char *hex, struct indicator *out)
{
	uint8_t b[16];
	size_t n = 0;

	if (s->n == 0 || str_hex(str_of(hex), b, sizeof(b), &n) < 0 || n != sizeof(b) ||
	    !lookup(s, INDICATOR_JA3, b, sizeof(b), out))
		return false;
	out->type = "ja3";
	(void)str_copy(out->value, sizeof(out->value), str_of(hex)); /* fits */
	return true;
}
