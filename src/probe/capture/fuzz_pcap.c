/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: classic pcap files. The magic is put right so that every input gets past it. */
#include <stdio.h>

#include "probe/capture/fuzz_capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t magic[2][4] = { { 0xd4, 0xc3, 0xb2, 0xa1 },
					     { 0xa1, 0xb2, 0x3c, 0x4d } };

	fuzz_capture(magic[size & 1], size < 4 ? 0 : 4, data, size);
	return 0;
}
