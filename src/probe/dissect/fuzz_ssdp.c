/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: announcements of SSDP. */
#include <stdlib.h>
#include <string.h>

#include "probe/dissect/ssdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ssdp_message m;

	if (ssdp_parse(rd_of(data, size), &m) < 0)
		return 0;
	if (strnlen(m.uuid, SSDP_UUID_MAX) == SSDP_UUID_MAX)
		abort();
	for (const char *c = m.uuid; *c; c++) {
		if (*c <= 32 || *c == 127 || (*c >= 'A' && *c <= 'Z'))
			abort(); /* not in its normal form */
	}
	return 0;
}
