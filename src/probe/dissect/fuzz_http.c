/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: heads of HTTP messages. */
#include <stdlib.h>

#include "probe/dissect/http_head.h"

static void inside(struct str s, const uint8_t *data, size_t size)
{
	const uint8_t *p = (const uint8_t *)s.p;

	if (s.n && (p < data || s.n > size || p + s.n > data + size))
		abort(); /* a view that leaves the packet */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_message m;

	(void)http_starts(rd_of(data, size));
	if (http_parse(rd_of(data, size), &m) < 0)
		return 0;
	inside(m.method, data, size);
	inside(m.target, data, size);
	inside(m.host, data, size);
	inside(m.agent, data, size);
	inside(m.type, data, size);
	inside(m.authorization, data, size);
	inside(http_file_name(&m), data, size);
	if (m.has_range && (m.first > m.last || (m.total && m.last >= m.total)))
		abort(); /* a part that lies outside of its file */
	inside((struct str){ (const char *)m.body.p, m.body.n }, data, size);
	return 0;
}
