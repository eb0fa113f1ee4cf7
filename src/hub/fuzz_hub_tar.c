/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz: a backup's headers and its manifest, which may come from anywhere. The first byte chooses.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/hub_manifest.h"
#include "hub/hub_tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tar_entry entry;
	struct manifest m;

	if (size < 1)
		return 0;
	if (data[0] == 't') {
		unsigned char block[TAR_BLOCK] = { 0 };
		memcpy(block, data + 1, size - 1 < sizeof(block) ? size - 1 : sizeof(block));
		if (tar_parse(block, &entry, NULL) == 1 && strchr(entry.name, '/'))
			abort();
		return 0;
	}
	SCOPED_MEM char *text = mem_strndup((const char *)data + 1, size - 1);
	if (manifest_parse(text, &m, NULL) == 0 && m.n > MANIFEST_FILES)
		abort();
	return 0;
}
