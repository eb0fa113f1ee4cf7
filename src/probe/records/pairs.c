/* SPDX-License-Identifier: Apache-2.0 */
/* Each form has its own escapes, and its own way to say where a value ends. */
#include "probe/records/pairs.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"

static bool key_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("_.-[]", c));
}

/* Copies S without its escapes; ESCAPED are the characters that a backslash protects, 'n' and 'r'
 * stand for line ends. */
static struct str plain(struct str s, const char *escaped, char *out, size_t out_size)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < out_size; i++) {
		char c = s.p[i];
		char next = i + 1 < s.n ? s.p[i + 1] : 0;
		if (c == '\\' && next && strchr(escaped, next)) {
			c = next == 'n' || next == 'r' ? ' ' : next;
			i++;
		}
		out[n++] = c;
	}
	return (struct str){ out, n };
}

size_t pairs_plain(struct fields *f, struct str s)
{
	char value[FIELD_VALUE_MAX];
	size_t i = 0, found = 0;

	while (i < s.n) {
		size_t key = i;
		while (i < s.n && key_char(s.p[i]))
			i++;
		if (i == key || i == s.n || s.p[i] != '=') {
			i += i == key;
			continue;
		}
		struct str name = { s.p + key, i - key };
		bool quoted = ++i < s.n && s.p[i] == '"';
		size_t at = i += quoted;
		while (i < s.n && (quoted ? s.p[i] != '"' : !strchr(" ,;\t", s.p[i])))
			i += quoted && s.p[i] == '\\' && i + 1 < s.n ? 2 : 1;
		i = i < s.n ? i : s.n;
		fields_add(f, name,
			   quoted ? plain((struct str){ s.p + at, i - at }, "\"\\", value,
					  sizeof(value))
				  : (struct str){ s.p + at, i - at });
		i += quoted;
		found++;
	}
	return found;
}

/* The part up to the next '|' that no backslash protects. */
static bool head_part(struct str *s, struct str *out)
{
	size_t i = 0;

	while (i < s->n && s->p[i] != '|')
		i += s->p[i] == '\\' ? 2 : 1;
	if (i >= s->n)
		return false;
	*out = (struct str){ s->p, i };
	s->p += i + 1;
	s->n -= i + 1;
	return true;
}

static int head(struct fields *f, struct str *s, const char *const *names, size_t n)
{
	char value[FIELD_VALUE_MAX];
	struct str part;

	for (size_t i = 0; i < n; i++) {
		if (!head_part(s, &part))
			return -EFORMAT;
		if (names[i])
			fields_add(f, str_of(names[i]), plain(part, "\\|", value, sizeof(value)));
	}
	return 0;
}

/* Where the pair behind position I begins: a blank, a key and '='. A value may hold blanks, and a
 * protected '='. */
static size_t next_pair(struct str s, size_t i)
{
	for (; i < s.n; i++) {
		if (s.p[i] == '\\') {
			i++;
			continue;
		}
		if (s.p[i] != ' ')
			continue;
		size_t k = i + 1;
		while (k < s.n && key_char(s.p[k]))
			k++;
		if (k > i + 1 && k < s.n && s.p[k] == '=')
			return i;
	}
	return s.n;
}

int pairs_cef(struct fields *f, struct str s, struct err *e)
{
	static const char *const names[] = { NULL,     "cef.vendor", "cef.product", "cef.version",
					     "cef.id", "cef.name",   "cef.severity" };
	char value[FIELD_VALUE_MAX];
	struct str part, name;

	if (head(f, &s, names, ARRAY_LEN(names)) < 0)
		return err_set(e, -EFORMAT, "the CEF head has fewer than 7 parts");
	s = str_trim(s);
	while (s.n > 0) {
		size_t end = next_pair(s, 0);
		part = (struct str){ s.p, end };
		if (str_cut(&part, '=', &name) && key_char(name.n ? name.p[0] : 0))
			fields_add(f, name, plain(str_trim(part), "=\\nr|", value, sizeof(value)));
		s = str_trim((struct str){ s.p + end, s.n - end });
	}
	return 0;
}

/* Version 2.0 names its delimiter: a character, or its code as x09 or 0x09. */
static bool delimiter(struct str part, char *out)
{
	uint8_t byte = 0;
	size_t n = 0;

	if (part.n == 1) {
		*out = part.p[0];
		return true;
	}
	const char *x = part.n ? memchr(part.p, 'x', part.n) : NULL;
	struct str hex = { x ? x + 1 : "", x ? (size_t)(part.p + part.n - x - 1) : 0 };
	if (hex.n != 2 || str_hex(hex, &byte, 1, &n) < 0)
		return false;
	*out = (char)byte;
	return true;
}

int pairs_leef(struct fields *f, struct str s, struct err *e)
{
	static const char *const names[] = { "leef.format", "leef.vendor", "leef.product",
					     "leef.version", "leef.id" };
	struct str part, name;
	char mark = '\t';

	if (head(f, &s, names, ARRAY_LEN(names)) < 0)
		return err_set(e, -EFORMAT, "the LEEF head has fewer than 5 parts");
	if (str_eq(str_of(fields_get(f, "leef.format")), STR("LEEF:2.0")) &&
	    (!head_part(&s, &part) || !delimiter(part, &mark)))
		return err_set(e, -EFORMAT, "the LEEF 2.0 head names no delimiter");
	while (str_cut(&s, mark, &part)) {
		if (str_cut(&part, '=', &name))
			fields_add(f, str_trim(name), str_trim(part));
	}
	return 0;
}
