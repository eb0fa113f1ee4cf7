/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a spool segment. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "wire/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct segment_scan s;

	if (segment_scan(data, size, &s, NULL) == 0 &&
	    (s.good_bytes > size || s.last_sequence < s.first_sequence - 1))
		abort();
	return 0;
}
