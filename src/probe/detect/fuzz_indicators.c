/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: indicator lists. */
#include <stdlib.h>
#include <string.h>

#include "probe/detect/indicators.h"

static void hear(void *arg, const char *text)
{
	*(size_t *)arg += strlen(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct indicators *s = indicators_new();
	struct indicator out;
	struct addr a = { { 0 } };
	size_t heard = 0;

	indicators_parse(s, "fuzz", (const char *)data, size, hear, &heard);
	if (size >= sizeof(a))
		memcpy(&a, data, sizeof(a));
	(void)indicators_addr(s, &a, &out);
	(void)indicators_domain(s, "a.b.example", &out);
	indicators_free(s);
	return 0;
}
