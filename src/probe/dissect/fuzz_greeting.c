/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: first bytes of a client, and what is shown in their place. */
#include <stdlib.h>

#include "probe/dissect/greeting.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_name(const struct greeting *g)
{
	size_t n = 0;

	for (; g->name[n]; n++)
		if (n + 1 >= GREETING_NAME_MAX || g->name[n] <= ' ' || g->name[n] == ':')
			abort();
	if (n == 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct greeting g;
	struct rd p = rd_of(data, size);

	if (greeting_http(p, &g))
		check_name(&g);
	if (!greeting_tls(p, &g))
		return 0;
	check_name(&g);
	uint8_t *bland = malloc(size);
	if (!bland)
		return 0;
	greeting_tls_bland(p, bland);
	if (greeting_tls(rd_of(bland, size), &g)) /* it names nobody */
		abort();
	free(bland);
	return 0;
}
