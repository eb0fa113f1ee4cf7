/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bundles, as they are and with their checksums put right, so that what lies behind
 * them is reached. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "wire/crc32c.h"
#include "wire/indicator/bundle_layout.h"

static void crc_set(uint8_t *at, uint32_t v)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(v >> (8 * i));
}

static void ask(const struct bundle *b, const uint8_t *p, size_t n)
{
	struct bundle_hit hit;
	struct bundle_stats stats;
	uint8_t addr[16] = { [10] = 0xff, [11] = 0xff };

	bundle_stats_get(b, &stats);
	for (size_t at = 0; at + 16 <= n && at < 4096; at += 61) {
		memcpy(addr + 12, p + at, 4);
		(void)bundle_addr(b, addr, &hit);
		(void)bundle_addr(b, p + at, &hit);
		(void)bundle_hash(b, INDICATOR_JA3, p + at, 16, &hit);
		(void)bundle_domain(b, (struct str){ (const char *)p + at, 16 }, &hit);
	}
	(void)bundle_domain(b, STR("a.b.c.bad.example"), &hit);
	(void)bundle_url(b, STR("bad.example"), STR("/x?y"), &hit);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bundle *b = NULL;
	SCOPED_MEM uint8_t *p = mem_new(size + 1);

	memcpy(p, data, size);
	if (size > BUNDLE_HEAD_BYTES && data[size - 1] % 2) {
		crc_set(p + BUNDLE_BODY_CRC_AT,
			crc32c(0, p + BUNDLE_HEAD_BYTES, size - BUNDLE_HEAD_BYTES));
		crc_set(p + BUNDLE_CRC_AT, crc32c(0, p, BUNDLE_CRC_AT));
	}
	if (bundle_over(p, size, &b, NULL) == 0)
		ask(b, p, size);
	bundle_free(b);
	return 0;
}
