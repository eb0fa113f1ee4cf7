/* SPDX-License-Identifier: Apache-2.0 */
/* Lines out of a buffer that never holds more than a few of them. */
#include "probe/records/record_lines.h"

#include <ctype.h>
#include <string.h>

#include "probe/records/fields.h"

enum { LINES_BUF_MAX = 4 * RECORD_LINE_MAX, LENGTH_DIGITS = 7 };

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
	l->at = l->skip = 0;
	l->skipping = false;
}

/* What is left is less than one line: the whole ones were taken before. */
void record_lines_add(struct record_lines *l, const void *p, size_t n)
{
	buf_drop(&l->b, l->at);
	l->at = 0;
	if (l->b.n > RECORD_LINE_MAX + LENGTH_DIGITS + 1) {
		buf_clear(&l->b);
		l->longs += !l->skipping;
		l->skipping = true;
	}
	buf_add(&l->b, p, n);
}

static bool to_line_end(struct record_lines *l, struct str *out)
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

/* "123 " in front of a message: 1 and the length, 0 when it is no such length, -1 when more bytes
 * must come to know. */
static int length_ahead(const struct record_lines *l, size_t *digits_out, size_t *n_out)
{
	const char *p = l->b.p + l->at;
	size_t left = l->b.n - l->at, i = 0, n = 0;

	while (i < left && i < LENGTH_DIGITS && isdigit((unsigned char)p[i]))
		n = n * 10 + (size_t)(p[i++] - '0');
	if (i == left)
		return -1;
	if (i == 0 || p[0] == '0' || p[i] != ' ')
		return 0;
	*digits_out = i + 1;
	*n_out = n;
	return 1;
}

static void pass_over(struct record_lines *l)
{
	size_t left = l->b.n - l->at, n = l->skip < left ? l->skip : left;

	l->at += n;
	l->skip -= n;
}

bool record_lines_next(struct record_lines *l, struct str *out)
{
	size_t digits = 0, n = 0;

	pass_over(l);
	while (l->counted && !l->skipping && l->at < l->b.n) {
		int ahead = length_ahead(l, &digits, &n);
		if (ahead < 0)
			return false;
		if (ahead == 0)
			break;
		if (n > RECORD_LINE_MAX) {
			l->longs++;
			l->skip = digits + n;
			pass_over(l);
			continue;
		}
		if (l->b.n - l->at < digits + n)
			return false;
		*out = (struct str){ .p = l->b.p + l->at + digits, .n = n };
		l->at += digits + n;
		return true;
	}
	return to_line_end(l, out);
}

bool record_lines_rest(struct record_lines *l, struct str *out)
{
	size_t n = l->b.n - l->at;

	if (n == 0 || l->skipping || n > RECORD_LINE_MAX)
		return false;
	*out = (struct str){ .p = l->b.p + l->at, .n = n };
	l->at = l->b.n;
	return true;
}

size_t record_lines_held(const struct record_lines *l)
{
	return l->b.n - l->at;
}
