/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: compressed bodies, in pieces as long as the first byte says. */
#include <stdlib.h>

#include "probe/dissect/http_inflate.h"

enum { MOST = 1 << 20 };

static bool on_piece(void *arg, struct rd p)
{
	size_t *seen = arg;

	if (p.n == 0 || p.n > INFLATE_PIECE)
		abort();
	for (size_t i = 0; i < p.n; i++)
		*seen += 1 + (p.p[i] & 0); /* each byte must be there to be read */
	return *seen < MOST;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_inflate *z = http_inflate_new();
	struct rd r = rd_of(data, size);
	size_t n = rd_u8(&r), seen = 0;
	bool going = true;

	while (going && r.n > 0) {
		struct rd piece = rd_sub(&r, n && n < r.n ? n : r.n);
		going = http_inflate_feed(z, piece, on_piece, &seen);
	}
	if (seen > MOST + INFLATE_PIECE)
		abort(); /* it was told to stop */
	http_inflate_free(z);
	return 0;
}
