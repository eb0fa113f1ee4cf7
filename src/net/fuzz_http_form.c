/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: the first byte chooses the parser, the rest is its input. For multipart the first
 * line is the Content-Type. */
#include <string.h>

#include "net/http_req.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct http_req *q = http_req_new();
	struct str s = { (const char *)data + 1, size - 1 }, type = { "", 0 };

	switch (data[0] % 4) {
	case 0:
		(void)http_req_target(q, arena_strndup(q->arena, s.p, s.n));
		break;
	case 1:
		(void)http_form_urlencoded(q->arena, s, &q->parts);
		break;
	case 2:
		(void)http_form_cookies(q->arena, s, &q->cookies);
		break;
	case 3:
		(void)str_cut(&s, '\n', &type);
		(void)http_form_multipart(q->arena, type, s, &q->parts);
		break;
	}
	for (size_t i = 0; i < q->parts.n; i++) /* the texts are what they say */
		if (!q->parts.p[i].file_name && strlen(q->parts.p[i].value) != q->parts.p[i].n)
			__builtin_trap();
	http_req_free(q);
	return 0;
}
