/* SPDX-License-Identifier: Apache-2.0 */
/* A text of the catalogue with its {0}, {1} filled. */
#include "hub/hub_text.h"

void hub_text_fill(const struct text *text, enum lang lang, const char *key,
		   const char *const *args, size_t n, struct buf *out)
{
	for (const char *s = text_get(text, lang, key); *s; s++) {
		if (s[0] == '{' && s[1] >= '0' && s[1] <= '9' && s[2] == '}') {
			size_t i = (size_t)(s[1] - '0');
			buf_adds(out, i < n ? args[i] : "");
			s += 2;
		} else {
			buf_addc(out, *s);
		}
	}
}
