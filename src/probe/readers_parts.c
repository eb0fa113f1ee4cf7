/* SPDX-License-Identifier: Apache-2.0 */
/* A small table in which a newer file takes the place of an older one. */
#include "probe/readers_parts.h"

#include <stdlib.h>

#include "base/mem.h"

enum { PARTS = 64 };

struct parts {
	struct part part[PARTS];
};

struct parts *parts_new(void)
{
	return mem_new(sizeof(struct parts));
}

void parts_free(struct parts *p)
{
	for (size_t i = 0; p && i < PARTS; i++)
		digest_free(p->part[i].digest);
	free(p);
}

void parts_keep(struct parts *p, const struct part *part)
{
	struct part *at = &p->part[part->key % PARTS];

	digest_free(at->digest);
	*at = *part;
}

bool parts_take(struct parts *p, uint64_t key, uint64_t first, uint64_t total, struct part *out)
{
	struct part *at = &p->part[key % PARTS];

	if (key == 0 || at->key != key || at->next != first || at->total != total)
		return false;
	*out = *at;
	*at = (struct part){ 0 };
	return true;
}
