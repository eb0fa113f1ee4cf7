/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: DNS, mDNS and NetBIOS messages. */
#include <stdlib.h>

#include "probe/dissect/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct dns_message m;
	char name[16] = "";

	(void)dns_parse(data, size, true, &m);
	(void)dns_parse(data, size, false, &m);
	for (const char *p = m.name; *p; p++) {
		if (*p <= 32 || *p > 126)
			abort(); /* an odd byte passed */
	}
	(void)nbns_name(data, size, name);
	return 0;
}
