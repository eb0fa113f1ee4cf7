/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: pcapng files. The first word is put right so that every input gets past it. */
#include <stdio.h>

#include "probe/capture/fuzz_capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t magic[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

	fuzz_capture(magic, size < 4 ? 0 : 4, data, size);
	return 0;
}
