/* SPDX-License-Identifier: Apache-2.0 */
/* A small filter of devices a place, direct-mapped. */
#include "probe/detect/places.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"

enum { PLACES = 16384 };

struct places {
	uint64_t anybody;
	uint64_t callers[PLACES];
};

struct places *places_new(void)
{
	return mem_new(sizeof(struct places));
}

void places_free(struct places *p)
{
	free(p);
}

uint64_t place_id(const struct addr *a, const char *name)
{
	static const uint8_t fixed[16] = "place"; /* a table behind it has a secret of its own */

	return name[0] ? siphash13(fixed, name, strlen(name))
		       : siphash13(fixed, a->b, sizeof(a->b));
}

void places_note(struct places *p, uint64_t place, uint32_t device)
{
	uint64_t bit = UINT64_C(1) << (device % 64);

	p->anybody |= bit;
	p->callers[place % PLACES] |= bit;
}

unsigned places_callers(const struct places *p, uint64_t place)
{
	return (unsigned)__builtin_popcountll(p->callers[place % PLACES]);
}

unsigned places_devices(const struct places *p)
{
	return (unsigned)__builtin_popcountll(p->anybody);
}
