/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub says was judged wrong, as anybody might write it. */
#include <stddef.h>
#include <stdint.h>

#include "probe/detect/indicators.h"

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct indicators *s = indicators_new();

	(void)indicators_except(s, (const char *)p, n);
	indicators_free(s);
	return 0;
}
