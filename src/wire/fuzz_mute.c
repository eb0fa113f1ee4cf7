/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a list of mutes; what is taken can be packed again and is the same list. */
#include <string.h>

#include "wire/mute.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const peers[] = { "192.0.2.7:443", "[2001:db8::1]:53" };
	static const char *const names[] = { "a.example.com" };
	struct mute_subject s = { "beacon", "02:00:00:00:00:01", peers, 2, names, 1, false, false };
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf packed = { 0 };
	struct mute *list, *again;
	size_t n, n_again;

	if (mutes_decode(data, size, a, &list, &n, NULL) < 0)
		return 0;
	if (mutes_encode(list, n, &packed, NULL) < 0 ||
	    mutes_decode(packed.p, packed.n, a, &again, &n_again, NULL) < 0 || n_again != n)
		__builtin_trap();
	for (size_t i = 0; i < n; i++) {
		if (mute_fits(&list[i], &s) != mute_fits(&again[i], &s) ||
		    list[i].port != again[i].port || list[i].bits != again[i].bits)
			__builtin_trap();
	}
	return 0;
}
