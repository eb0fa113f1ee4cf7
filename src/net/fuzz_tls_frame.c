/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the first byte says in what pieces the rest arrives. The frames must be the same as
 * when it arrives in one piece. */
#include "base/mem.h"
#include "net/tls_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int sum(void *arg, uint8_t type, const uint8_t *p, size_t n)
{
	uint64_t *h = arg;

	*h = *h * 31 + type;
	for (size_t i = 0; i < n; i++)
		*h = *h * 31 + p[i];
	return 0;
}

static uint64_t in_pieces(const uint8_t *p, size_t n, size_t piece)
{
	struct tls_frames f = { .frame_max = 4096 };
	uint64_t h = 0;

	for (size_t at = 0; at < n; at += piece)
		if (tls_frames_add(&f, p + at, n - at < piece ? n - at : piece, sum, &h) < 0)
			break;
	tls_frames_done(&f);
	return h;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	if (in_pieces(data + 1, size - 1, 1 + data[0] % 16) != in_pieces(data + 1, size - 1, size))
		__builtin_trap();
	return 0;
}
