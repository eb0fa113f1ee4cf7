/* SPDX-License-Identifier: Apache-2.0 */
/* Parses query strings, forms and cookies. Requests: http_req.c. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "net/http_form.h"

enum { PART_HEADERS_MAX = 8192, BOUNDARY_MAX = 70 /* RFC 2046, 5.1.1 */ };

void http_list_done(struct http_list *l)
{
	free(l->p);
	*l = (struct http_list){ .max = l->max };
}

static bool is_clean(const char *p, size_t n)
{
	return !memchr(p, '\0', n) && utf8_valid(p, n);
}

int http_list_add(struct http_list *l, const struct http_part *part)
{
	if (!is_clean(part->name, strlen(part->name)))
		return -EFORMAT;
	if (part->file_name ? !is_clean(part->file_name, strlen(part->file_name))
			    : !is_clean(part->value, part->n))
		return -EFORMAT;
	if (l->n >= l->max)
		return -ELIMIT;
	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->p = mem_resize(l->p, l->cap, sizeof(*l->p));
	}
	l->p[l->n++] = *part;
	return 0;
}

const struct http_part *http_list_find(const struct http_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->p[i].name, name) == 0)
			return &l->p[i];
	return NULL;
}

/* --- %XX --- */

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str http_decode(struct arena *a, struct str s, bool plus)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t o = 0;

	for (size_t i = 0; i < s.n; i++) {
		int hi = -1, lo = -1;
		if (s.p[i] == '%' && s.n - i > 2) {
			hi = hex_value(s.p[i + 1]);
			lo = hex_value(s.p[i + 2]);
		}
		if (hi >= 0 && lo >= 0) {
			out[o++] = (char)(hi << 4 | lo);
			i += 2;
		} else {
			out[o++] = plus && s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	out[o] = '\0';
	return (struct str){ out, o };
}

/* Texts must not hold a NUL: beyond it nobody would look. */
static int add_text(struct http_list *out, struct str name, struct str value)
{
	if (memchr(name.p, '\0', name.n))
		return -EFORMAT;
	struct http_part part = { .name = name.p, .value = value.p, .n = value.n };
	return http_list_add(out, &part);
}

int http_form_urlencoded(struct arena *a, struct str body, struct http_list *out)
{
	struct str pair, name;

	while (str_cut(&body, '&', &pair)) {
		if (pair.n == 0)
			continue;
		struct str value = pair;
		if (!str_cut(&value, '=', &name))
			continue;
		int r = add_text(out, http_decode(a, name, true), http_decode(a, value, true));
		if (r < 0)
			return r;
	}
	return 0;
}

int http_form_cookies(struct arena *a, struct str header, struct http_list *out)
{
	struct str pair, name;

	while (str_cut(&header, ';', &pair)) {
		struct str value = str_trim(pair);
		if (!memchr(value.p ? value.p : "", '=', value.n) || !str_cut(&value, '=', &name))
			continue;
		const char *n = arena_strndup(a, name.p, name.n);
		struct http_part part = { .name = n,
					  .value =
						  arena_strndup(a, value.p ? value.p : "", value.n),
					  .n = value.n };
		int r = http_list_add(out, &part);
		if (r < 0)
			return r;
	}
	return 0;
}

/* --- multipart (RFC 7578) --- */

/* The value of parameter NAME in a header like `form-data; name="a"; filename="b.csv"`; p is NULL
 * when it is absent. */
static struct str header_param(struct arena *a, struct str header, const char *name)
{
	struct str want = str_of(name), rest = header;

	while (rest.n > 0) {
		const char *semicolon = memchr(rest.p, ';', rest.n);
		if (!semicolon)
			break;
		size_t skip = (size_t)(semicolon - rest.p) + 1;
		rest = str_trim((struct str){ rest.p + skip, rest.n - skip });
		if (rest.n <= want.n || rest.p[want.n] != '=' ||
		    !str_eq_nocase((struct str){ rest.p, want.n }, want)) {
			const char *eq = memchr(rest.p, '=', rest.n);
			/* a quoted value may hold a semicolon: go on behind its end */
			if (eq && eq + 1 < rest.p + rest.n && eq[1] == '"') {
				const char *from = eq + 2;
				size_t left = (size_t)(rest.p + rest.n - from);
				const char *end = memchr(from, '"', left);
				if (end)
					rest = (struct str){ end, (size_t)(rest.p + rest.n - end) };
			}
			continue;
		}
		const char *p = rest.p + want.n + 1, *end = rest.p + rest.n;
		bool quoted = p < end && *p == '"';
		char *out = arena_alloc(a, rest.n + 1);
		size_t o = 0;
		for (p += quoted; p < end && (quoted ? *p != '"' : *p != ';' && *p != ' '); p++) {
			if (quoted && *p == '\\' && p + 1 < end && p[1] == '"')
				p++;
			bool quote = quoted && end - p > 2 && memcmp(p, "%22", 3) == 0;
			out[o++] = quote ? '"' : *p; /* as browsers write it */
			p += quote ? 2 : 0;
		}
		return (struct str){ out, o };
	}
	return (struct str){ NULL, 0 };
}

static bool cut_line(struct str *s, struct str *line)
{
	const char *end = s->n ? memmem(s->p, s->n, "\r\n", 2) : NULL;

	if (!end)
		return false;
	*line = (struct str){ s->p, (size_t)(end - s->p) };
	*s = (struct str){ end + 2, s->n - line->n - 2 };
	return true;
}

/* Reads the headers of one part off S into PART's names. */
static int part_headers(struct arena *a, struct str *s, struct http_part *part)
{
	const struct str disposition = STR("content-disposition:");
	struct str line, name = { NULL, 0 }, file = { NULL, 0 };
	size_t total = 0;

	for (;;) {
		if (!cut_line(s, &line))
			return -EFORMAT;
		if (line.n == 0)
			break;
		total += line.n;
		if (total > PART_HEADERS_MAX)
			return -ELIMIT;
		if (line.n < disposition.n ||
		    !str_eq_nocase((struct str){ line.p, disposition.n }, disposition))
			continue;
		name = header_param(a, line, "name");
		file = header_param(a, line, "filename");
	}
	if (!name.p || memchr(name.p, '\0', name.n) || (file.p && memchr(file.p, '\0', file.n)))
		return -EFORMAT;
	part->name = name.p;
	part->file_name = file.p;
	return 0;
}

static int one_part(struct arena *a, struct str *s, struct str delimiter, struct http_list *out)
{
	struct http_part part = { 0 };
	int r = part_headers(a, s, &part);

	if (r < 0)
		return r;
	/* An empty part ends at once: its delimiter's CRLF is the one that ended its headers. */
	const char *end = NULL;
	struct str bare = { delimiter.p + 2, delimiter.n - 2 };
	size_t n;
	if (str_starts(*s, bare)) {
		n = 0;
		end = s->p - 2;
	} else {
		end = memmem(s->p, s->n, delimiter.p, delimiter.n);
		if (!end)
			return -EFORMAT;
		n = (size_t)(end - s->p);
	}
	part.n = n;
	part.value = part.file_name ? s->p : arena_strndup(a, s->p, n);
	size_t used = n + delimiter.n - (end < s->p ? 2 : 0);
	*s = (struct str){ s->p + used, s->n - used };
	return http_list_add(out, &part);
}

int http_form_multipart(struct arena *a, struct str type, struct str body, struct http_list *out)
{
	struct str boundary = header_param(a, type, "boundary");

	if (!boundary.p || boundary.n == 0 || boundary.n > BOUNDARY_MAX)
		return -EFORMAT;
	char *text = arena_printf(a, "\r\n--%.*s", (int)boundary.n, boundary.p);
	struct str delimiter = str_of(text), s = body, line;

	if (str_starts(s, (struct str){ text + 2, delimiter.n - 2 })) {
		s = (struct str){ s.p + delimiter.n - 2, s.n - (delimiter.n - 2) };
	} else {
		const char *first = s.n ? memmem(s.p, s.n, text, delimiter.n) : NULL;
		if (!first)
			return -EFORMAT;
		s.n -= (size_t)(first - s.p) + delimiter.n;
		s.p = first + delimiter.n;
	}
	while (!str_starts(s, STR("--"))) {
		if (!cut_line(&s, &line) || str_trim(line).n != 0)
			return -EFORMAT;
		int r = one_part(a, &s, delimiter, out);
		if (r < 0)
			return r;
	}
	return 0;
}
