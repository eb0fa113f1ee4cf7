/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of the index come from a database file, which a backup may bring from anywhere: what is
 * taken packs again to the same entries. */
#include <stdlib.h>

#include "base/mem.h"
#include "hub/search/search_post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_MEM struct post *p = NULL, *again = NULL;
	SCOPED_BUF struct buf b = { 0 };
	size_t n, n_again;

	if (posts_unpack(data, size, &p, &n, NULL) < 0)
		return 0;
	posts_pack(p, n, &b);
	if (posts_unpack(b.p, b.n, &again, &n_again, NULL) < 0 || n_again != n)
		abort();
	for (size_t i = 0; i < n; i++)
		if (post_compare(&p[i], &again[i]) != 0)
			abort();
	return 0;
}
