/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the payload of FRAME_BATCH: first as they are, then compressed as the other side
 * would have done, so that the fuzzer reaches what is behind zstd. */
#include <stddef.h>
#include <stdint.h>

#include "wire/frame.h"
#include "wire/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void batch_try(const void *p, size_t n)
{
	Otasuke__Wire__Batch *b = NULL;
	struct record rec;

	if (batch_open(p, n, &b, NULL) < 0)
		return;
	SCOPED_ARENA struct arena *a = arena_new(0);
	for (size_t i = 0; i < b->n_records; i++)
		record_decode(b->records[i], a, &rec);
	otasuke__wire__batch__free_unpacked(b, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_BUF struct buf raw, packed;

	batch_try(data, size);
	buf_init(&raw, BATCH_RAW_MAX);
	buf_init(&packed, 0);
	buf_add(&raw, data, size);
	if (batch_compress(&raw, &packed, NULL) == 0)
		batch_try(packed.p, packed.n);
	return 0;
}
