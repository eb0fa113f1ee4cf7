/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: ClientHellos. */
#include <stdlib.h>

#include "probe/dissect/tls_hello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[TLS_NAME_MAX];

	(void)tls_hello_parse(rd_of(data, size), name);
	for (size_t i = 0; name[i]; i++)
		if (i >= TLS_NAME_MAX || name[i] <= ' ' || name[i] > '~')
			abort();
	return 0;
}
