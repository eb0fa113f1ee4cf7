/* SPDX-License-Identifier: Apache-2.0 */
/* String views, numbers in text, UTF-8. Locale never matters here. */
#include "base/str.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_TEXT_MAX = 64 };

struct str str_of(const char *s)
{
	return (struct str){ .p = s ? s : "", .n = s ? strlen(s) : 0 };
}

bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq((struct str){ s.p, prefix.n }, prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq((struct str){ s.p + (s.n - suffix.n), suffix.n }, suffix);
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.n > 0 && is_space(s.p[0])) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool str_cut(struct str *s, char sep, struct str *out)
{
	if (s->n == 0)
		return false;
	const char *at = memchr(s->p, sep, s->n);
	size_t n = at ? (size_t)(at - s->p) : s->n;
	*out = (struct str){ .p = s->p, .n = n };
	size_t used = at ? n + 1 : n;
	s->p += used;
	s->n -= used;
	return true;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

bool str_copy(char *dst, size_t dst_size, struct str s)
{
	if (dst_size == 0)
		return false;
	size_t n = s.n;
	bool whole = n < dst_size;
	if (!whole) {
		n = dst_size - 1;
		while (n > 0 && is_continuation(s.p[n]))
			n--;
	}
	if (n > 0)
		memmove(dst, s.p, n);
	dst[n] = '\0';
	return whole;
}

int str_i64(struct str s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	size_t i = s.n > 0 && (s.p[0] == '-' || s.p[0] == '+') ? 1 : 0;
	if (i == s.n)
		return -EINVAL;
	int64_t v = 0;
	bool over = false;
	for (; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -EINVAL;
		int digit = s.p[i] - '0';
		over = over || __builtin_mul_overflow(v, INT64_C(10), &v) ||
		       __builtin_add_overflow(v, (int64_t)(negative ? -digit : digit), &v);
	}
	if (over || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

int str_double(struct str s, double min, double max, double *out)
{
	char text[NUMBER_TEXT_MAX];
	if (s.n == 0 || s.n >= sizeof(text))
		return -EINVAL;
	for (size_t i = 0; i < s.n; i++) { /* no blanks, hexadecimal, infinities */
		if (!strchr("0123456789+-.eE", s.p[i]) || s.p[i] == '\0')
			return -EINVAL;
	}
	(void)str_copy(text, sizeof(text), s); /* fits, checked above */
	char *end;
	double v = strtod(text, &end);
	if (*end != '\0')
		return -EINVAL;
	if (!isfinite(v) || v < min || v > max)
		return -ERANGE;
	*out = v;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

int str_hex(struct str s, uint8_t *out, size_t out_size, size_t *n_out)
{
	if (s.n % 2 != 0)
		return -EINVAL;
	if (s.n / 2 > out_size)
		return -ERANGE;
	for (size_t i = 0; i < s.n; i++) {
		if (hex_digit(s.p[i]) < 0)
			return -EINVAL;
	}
	for (size_t i = 0; i < s.n / 2; i++)
		out[i] = (uint8_t)(hex_digit(s.p[2 * i]) << 4 | hex_digit(s.p[2 * i + 1]));
	*n_out = s.n / 2;
	return 0;
}

/* The length of the well-formed sequence at P (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_sequence(const unsigned char *p, size_t n)
{
	if (p[0] < 0x80)
		return 1;
	size_t len = 0;
	unsigned char low = 0x80, high = 0xbf; /* what the second byte may be */
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		len = 2;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		len = 3;
		low = p[0] == 0xe0 ? 0xa0 : low;
		high = p[0] == 0xed ? 0x9f : high;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		len = 4;
		low = p[0] == 0xf0 ? 0x90 : low;
		high = p[0] == 0xf4 ? 0x8f : high;
	}
	if (len == 0 || len > n || p[1] < low || p[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	return len;
}

bool utf8_valid(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		size_t len = utf8_sequence((const unsigned char *)s + i, n - i);
		if (len == 0)
			return false;
		i += len;
	}
	return true;
}

size_t utf8_count(const char *s, size_t n)
{
	size_t count = 0;
	for (size_t i = 0; i < n; count++) {
		size_t len = utf8_sequence((const unsigned char *)s + i, n - i);
		i += len ? len : 1;
	}
	return count;
}
