/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays in an arena that grow row by row while a result is read. */
#ifndef HUB_LIST_H
#define HUB_LIST_H

#include <stddef.h>
#include <string.h>

#include "base/arena.h"

/* P holds N elements of SIZE bytes and has always been grown by this function: the same array, or a
 * larger copy, with room for one more. Doubles at 8, 16, 32, ... */
static inline void *list_grow(struct arena *a, void *p, size_t n, size_t size)
{
	if (n != 0 && (n < 8 || (n & (n - 1)) != 0))
		return p;
	void *larger = arena_array(a, n == 0 ? 8 : 2 * n, size);
	if (n != 0)
		memcpy(larger, p, n * size);
	return larger;
}

#endif
