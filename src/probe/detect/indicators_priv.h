/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the indicator set, shared by its files only. */
#ifndef PROBE_DETECT_INDICATORS_PRIV_H
#define PROBE_DETECT_INDICATORS_PRIV_H

#include "base/buf.h"
#include "base/str.h"
#include "probe/detect/indicators.h"

enum { INDICATOR_DOMAIN = 'd', INDICATOR_NET = 'n', INDICATOR_JA3 = 'j' };

struct indicator_slot {
	uint64_t hash;        /* 0 = free */
	uint32_t description; /* offset */
};

struct indicators {
	uint8_t secret[16];
	struct indicator_slot *slot;
	size_t slots, n;
	uint64_t bad;
	bool lengths[129]; /* prefix lengths that occur */
	struct buf descriptions;
	struct map *description_at; /* only while a list is read */
};

void indicators_clear(struct indicators *s);
/* False when the set is full. */
bool indicators_add(struct indicators *s, char kind, const void *p, size_t n,
		    struct str description);
void indicators_net_key(const struct cidr *net, uint8_t key[17]);

#endif
