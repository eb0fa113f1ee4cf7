/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: SMB messages joined from segments. Each segment: two bytes where it begins, around
 * the expected place, one byte its length, one byte what is missing at its end. */
#include <stdlib.h>

#include "probe/dissect/smb.h"
#include "probe/dissect/smb_stream.h"

static void on_message(void *arg, struct rd message)
{
	struct smb_walk w;
	struct smb_message m;
	uint8_t *seen = arg;

	if (message.n > SMB_KEPT_MAX)
		abort();
	for (size_t i = 0; i < message.n; i++)
		*seen ^= message.p[i]; /* each byte must be there to be read */
	smb_start(&w, message);
	while (smb_next(&w, &m)) {
		if (m.data.n &&
		    (m.data.p < message.p || m.data.p + m.data.n > message.p + message.n))
			abort(); /* a view that leaves the message */
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct smb_stream s = { 0 };
	struct rd r = rd_of(data, size);
	uint8_t seen = 0;

	while (r.n >= 4) {
		uint32_t at = s.next + rd_be16(&r) - 0x8000U;
		size_t n = rd_u8(&r);
		uint32_t missing = rd_u8(&r);
		struct rd segment = rd_sub(&r, n < r.n ? n : r.n);
		smb_stream_feed(&s, at, segment, (uint32_t)segment.n + missing, on_message, &seen);
		if (s.have > SMB_KEPT_MAX)
			abort();
	}
	smb_stream_done(&s);
	return 0;
}
