/* SPDX-License-Identifier: Apache-2.0 */
/* A table of fixed size in which a newer flow takes the place of an older one. */
#include "probe/records/own_flows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum { SLOTS = 1 << 14, KEY_BYTES = 37 };

/* Clocks differ and programs write late: how far a record may lie from the flow. */
#define SLACK_US (5 * US_PER_MIN)
#define LATE_US  US_PER_HOUR

struct slot {
	uint64_t hash; /* 0 = free */
	int64_t first_us, last_us;
};

struct own_flows {
	struct slot slot[SLOTS];
};

struct own_flows *own_flows_new(void)
{
	return mem_new(sizeof(struct own_flows));
}

void own_flows_free(struct own_flows *o)
{
	free(o);
}

static void end_put(uint8_t *at, const struct addr *a, uint16_t port)
{
	memcpy(at, a->b, 16);
	at[16] = (uint8_t)(port >> 8);
	at[17] = (uint8_t)port;
}

uint64_t own_flows_hash(const struct flow_key *k)
{
	static const uint8_t fixed[16] = "own flows";
	uint8_t x[18], y[18], key[KEY_BYTES];

	end_put(x, &k->src, k->sport);
	end_put(y, &k->dst, k->dport);
	bool turned = memcmp(x, y, sizeof(x)) > 0;
	memcpy(key, turned ? y : x, 18);
	memcpy(key + 18, turned ? x : y, 18);
	key[36] = k->proto;
	uint64_t h = siphash13(fixed, key, sizeof(key));
	return h ? h : 1;
}

void own_flows_note(struct own_flows *o, const struct flow *f)
{
	if (!o)
		return;
	uint64_t h = own_flows_hash(&f->key);
	o->slot[h % SLOTS] =
		(struct slot){ .hash = h, .first_us = f->first_us, .last_us = f->last_us };
}

bool own_flows_seen(const struct own_flows *o, const struct foreign *r)
{
	if (!o)
		return false;
	struct flow_key k = { r->src, r->dst, r->sport, r->dport, r->proto };
	uint64_t h = own_flows_hash(&k);
	const struct slot *s = &o->slot[h % SLOTS];
	return s->hash == h && r->at_us >= s->first_us - SLACK_US &&
	       r->at_us <= s->last_us + LATE_US;
}
