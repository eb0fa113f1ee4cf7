/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an item: what is taken can be packed again and means the same. */
#include <string.h>

#include "wire/item.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf first = { 0 };
	SCOPED_BUF struct buf packed = { 0 };
	SCOPED_BUF struct buf second = { 0 };
	struct item i, again;

	if (item_decode(data, size, a, &i, NULL) < 0)
		return 0;
	item_signed_bytes(&i, &first);
	if (item_encode(&i, &packed, NULL) < 0 ||
	    item_decode(packed.p, packed.n, a, &again, NULL) < 0)
		__builtin_trap();
	item_signed_bytes(&again, &second);
	if (first.n != second.n || memcmp(first.p, second.p, first.n) != 0)
		__builtin_trap();
	return 0;
}
