/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bodies of HTTP messages. First byte: how the body is framed, and its length; then
 * segments: two bytes where it begins, around the expected place, one byte its length, one byte
 * what is missing at its end (low bits) and whether it is the last (high bit). */
#include <stdlib.h>

#include "probe/dissect/http_body.h"

static void on_content(void *arg, struct rd p)
{
	uint64_t *seen = arg;

	if (p.n == 0)
		abort(); /* nothing is not worth a call */
	for (size_t i = 0; i < p.n; i++)
		*seen += 1 + (p.p[i] & 0); /* each byte must be there to be read */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_of(data, size);
	uint8_t how = rd_u8(&r);
	struct http_message m = { .response = true,
				  .chunked = (how & 3) == 1,
				  .has_length = (how & 3) == 2,
				  .length = how };
	struct http_body b;
	uint64_t seen = 0;

	http_body_start(&b, &m, 0xffffff00U);
	while (r.n >= 4) {
		uint32_t at = b.next + rd_be16(&r) - 0x8000U;
		size_t n = rd_u8(&r);
		uint8_t end = rd_u8(&r);
		struct rd segment = rd_sub(&r, n < r.n ? n : r.n);
		(void)http_body_feed(&b, at, segment, (uint32_t)segment.n + (end & 3), end & 0x80,
				     on_content, &seen);
		if (b.n_ahead > BODY_AHEAD_MAX || b.ahead_bytes > BODY_AHEAD_BYTES)
			abort();
	}
	if ((m.has_length && seen > m.length) || seen > size)
		abort(); /* more came out than went in */
	http_body_done(&b);
	return 0;
}
