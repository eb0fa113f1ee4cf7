/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: DHCP and DHCPv6 messages; the cookie is put right so that options are reached. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/dissect/dhcp.h"

enum { COOKIE_AT = 236 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dhcp_message m;
	struct dhcp6_message m6;

	(void)dhcp6_parse(data, size, &m6);
	(void)dhcp_parse(data, size, &m);
	if (size < COOKIE_AT + 4)
		return 0;
	SCOPED_MEM uint8_t *p = mem_dup(data, size);
	memcpy(p + COOKIE_AT, "\x63\x82\x53\x63", 4);
	if (dhcp_parse(p, size, &m) == 0 && strlen(m.hostname) >= DHCP_TEXT_MAX)
		abort();
	return 0;
}
