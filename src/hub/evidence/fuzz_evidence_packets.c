/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: tables as a child that was taken over might write them. */
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "hub/evidence/evidence_packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct evidence_packet_filter f = { .q = size % 2 ? "" : "dns",
						  .protocol = size % 3 ? "" : "TCP",
						  .offset = (int64_t)(size % 5) };
	struct arena *a = arena_new(0);
	struct evidence_packets t;

	if (evidence_packets_parse(data, size, &f, a, &t, NULL) == 0) {
		if (t.n_rows > EVIDENCE_PACKETS_PAGE || t.packets > EVIDENCE_PACKETS_MAX ||
		    t.matches > t.packets)
			abort();
		for (size_t i = 0; i < t.n_rows; i++)
			if (!utf8_valid(t.rows[i].what, strlen(t.rows[i].what)))
				abort();
	}
	arena_free(a);
	return 0;
}
