/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of a buffer that never holds more than a few of them. */
#include "probe/records/record_lines.h"

#include <string.h>

#include "probe/records/fields.h"

enum { LINES_BUF_MAX = 4 * RECORD_LINE_MAX };

void record_lines_init(struct record_lines *l)
{
	*l = (struct record_lines){ 0 };
	buf_init(&l->b, LINES_BUF_MAX);
}

void record_lines_done(struct record_lines *l)
{
	buf_done(&l->b);
}

void record_lines_clear(struct record_lines *l)
{
	buf_clear(&l->b);
	l->at = 0;
	l->skipping = false;
}

/* P is added after all whole lines were taken: what is left is less than one line. */
void record_lines_add(struct record_lines *l, const void *p, size_t n)
{
	buf_drop(&l->b, l->at);
	l->at = 0;
	if (l->b.n > RECORD_LINE_MAX && !memchr(l->b.p, '\n', l->b.n)) {
		buf_clear(&l->b);
		l->longs += !l->skipping;
		l->skipping = true;
	}
	buf_add(&l->b, p, n);
}

bool record_lines_next(struct record_lines *l, struct str *out)
{
	while (l->at < l->b.n) {
		const char *p = l->b.p + l->at;
		const char *end = memchr(p, '\n', l->b.n - l->at);
		if (!end)
			return false;
		size_t n = (size_t)(end - p);
		bool skip = l->skipping || n > RECORD_LINE_MAX;
		l->longs += skip && !l->skipping;
		l->skipping = false;
		l->at += n + 1;
		if (skip)
			continue;
		*out = (struct str){ .p = p, .n = n };
		return true;
	}
	return false;
}

bool record_lines_rest(struct record_lines *l, struct str *out)
{
	struct str rest = { .p = l->b.p + l->at, .n = l->b.n - l->at };

	if (rest.n == 0 || l->skipping || rest.n > RECORD_LINE_MAX)
		return false;
	l->at = l->b.n;
	*out = rest;
	return true;
}
