/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the ends of JSON values by quotes and brackets, and decodes strings. */
#include "wire/indicator/json_walk.h"

#include <stdint.h>
#include <string.h>

static struct str from(struct str s, size_t n)
{
	return (struct str){ s.p + n, s.n - n };
}

static struct str blanks_cut(struct str s)
{
	size_t n = 0;

	while (n < s.n && (s.p[n] == ' ' || s.p[n] == '\t' || s.p[n] == '\n' || s.p[n] == '\r'))
		n++;
	return from(s, n);
}

bool json_is(struct str value, char first)
{
	return value.n > 0 && value.p[0] == first;
}

/* Bytes of the string that S begins with, with quotes; 0 = it does not end. */
static size_t string_bytes(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '\\')
			i++;
		else if (s.p[i] == '"')
			return i + 1;
	}
	return 0;
}

static size_t brackets_bytes(struct str s)
{
	size_t depth = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '"') {
			size_t n = string_bytes(from(s, i));
			if (n == 0)
				return 0;
			i += n - 1;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

/* Bytes of the value that S begins with; 0 = none. */
static size_t value_bytes(struct str s)
{
	if (json_is(s, '"'))
		return string_bytes(s);
	if (json_is(s, '{') || json_is(s, '['))
		return brackets_bytes(s);
	size_t n = 0;
	while (n < s.n && !memchr(",]} \t\r\n:\"[{", s.p[n], 11))
		n++;
	return n;
}

struct json_walk json_walk(struct str value)
{
	struct json_walk w = { .rest = value.n ? blanks_cut(value) : value };

	if (!json_is(w.rest, '{') && !json_is(w.rest, '['))
		return (struct json_walk){ .broken = true };
	w.close = w.rest.p[0] == '{' ? '}' : ']';
	w.rest = from(w.rest, 1);
	return w;
}

static bool fail(struct json_walk *w)
{
	w->broken = true;
	w->close = 0;
	return false;
}

static bool value_cut(struct json_walk *w, struct str *out)
{
	w->rest = blanks_cut(w->rest);
	size_t n = value_bytes(w->rest);

	if (n == 0)
		return fail(w);
	*out = (struct str){ w->rest.p, n };
	w->rest = from(w->rest, n);
	return true;
}

static bool key_cut(struct json_walk *w, struct str *key)
{
	struct str quoted;

	if (!value_cut(w, &quoted))
		return false;
	w->rest = blanks_cut(w->rest);
	if (!json_is(quoted, '"') || !json_is(w->rest, ':'))
		return fail(w);
	w->rest = from(w->rest, 1);
	if (key)
		*key = (struct str){ quoted.p + 1, quoted.n - 2 };
	return true;
}

bool json_walk_next(struct json_walk *w, struct str *key, struct str *value)
{
	if (!w->close)
		return false;
	w->rest = blanks_cut(w->rest);
	if (json_is(w->rest, w->close)) {
		w->rest = from(w->rest, 1);
		w->close = 0;
		return false;
	}
	if (w->begun) {
		if (!json_is(w->rest, ','))
			return fail(w);
		w->rest = from(w->rest, 1);
	}
	w->begun = true;
	return (w->close == ']' || key_cut(w, key)) && value_cut(w, value);
}

struct str json_get(struct str object, const char *key)
{
	struct json_walk w = json_walk(object);
	struct str name, value, wanted = str_of(key);

	if (w.close != '}')
		return (struct str){ 0 };
	while (json_walk_next(&w, &name, &value)) {
		if (str_eq(name, wanted))
			return value;
	}
	return (struct str){ 0 };
}

static int hex4(const char *p)
{
	uint8_t b[2];
	size_t n;

	return str_hex((struct str){ p, 4 }, b, sizeof(b), &n) == 0 ? b[0] << 8 | b[1] : -1;
}

static size_t utf8_put(int c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	size_t n = 0;
	if (c < 0x10000) {
		out[n++] = (char)(0xe0 | c >> 12);
	} else {
		out[n++] = (char)(0xf0 | c >> 18);
		out[n++] = (char)(0x80 | (c >> 12 & 0x3f));
	}
	out[n++] = (char)(0x80 | (c >> 6 & 0x3f));
	out[n++] = (char)(0x80 | (c & 0x3f));
	return n;
}

/* The character of \uXXXX (or a pair of them) that S begins with; *USED its bytes. */
static int escape_u(struct str s, size_t *used)
{
	int c = s.n >= 6 ? hex4(s.p + 2) : -1;

	*used = s.n < 6 ? s.n : 6;
	if (c < 0xd800 || c > 0xdfff)
		return c > 0 ? c : '?';
	int low = c < 0xdc00 && s.n >= 12 && s.p[6] == '\\' && s.p[7] == 'u' ? hex4(s.p + 8) : -1;
	if (low < 0xdc00 || low > 0xdfff)
		return '?';
	*used = 12;
	return 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
}

/* One character of a string, decoded into C; *USED its bytes. */
static size_t character(struct str s, char c[4], size_t *used)
{
	static const char from_letter[] = "bfnrt", to[] = "\b\f\n\r\t";

	*used = 1;
	c[0] = s.p[0];
	if (s.p[0] != '\\' || s.n < 2)
		return 1;
	if (s.p[1] == 'u')
		return utf8_put(escape_u(s, used), c);
	*used = 2;
	const char *at = memchr(from_letter, s.p[1], sizeof(from_letter) - 1);
	c[0] = at ? to[at - from_letter] : s.p[1];
	return 1;
}

struct str json_text(struct str value, char *out, size_t size)
{
	size_t n = 0, used;
	char c[4];

	if (json_is(value, '"') && value.n >= 2)
		value = (struct str){ value.p + 1, value.n - 2 };
	else if (json_is(value, '{') || json_is(value, '['))
		value.n = 0;
	while (value.n > 0) {
		size_t len = character(value, c, &used);
		if (n + len > size)
			break;
		memcpy(out + n, c, len);
		n += len;
		value = from(value, used);
	}
	return (struct str){ out, n };
}
