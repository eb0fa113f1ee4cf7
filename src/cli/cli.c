/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of the commands: keys with placeholders {0} .. {9}. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

const char *cli_text(const struct cli *c, const char *key)
{
	return text_get(c->text, c->lang, key);
}

void cli_add(const struct cli *c, struct buf *out, const char *key, const char *const *args,
	     size_t n)
{
	for (const char *p = cli_text(c, key); *p; p++) {
		bool hole = p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}';
		size_t i = hole ? (size_t)(p[1] - '0') : 0;
		if (!hole || i >= n) {
			buf_addc(out, *p);
			continue;
		}
		buf_adds(out, args[i]);
		p += 2;
	}
}

void cli_complain(const struct cli *c, const char *key, const char *const *args, size_t n)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	cli_add(c, &b, key, args, n);
	(void)fprintf(stderr, "%s\n", b.p ? b.p : ""); /* nowhere left to complain to */
}
