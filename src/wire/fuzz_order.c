/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as an order; what is taken is within bounds, can be packed again and is the same. */
#include <string.h>

#include "wire/order.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_BUF struct buf packed = { 0 };
	struct order o, again;

	if (order_decode(data, size, &o, NULL) < 0)
		return 0;
	if (order_check(&o, NULL) < 0 || order_encode(&o, &packed, NULL) < 0 ||
	    order_decode(packed.p, packed.n, &again, NULL) < 0 ||
	    memcmp(&o, &again, sizeof(o)) != 0)
		__builtin_trap();
	return 0;
}
