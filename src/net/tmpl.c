/* SPDX-License-Identifier: Apache-2.0 */
/* Run time of the HTML templates: escaping, addresses, texts. Numbers and times: tmpl_format.c. */
#include <inttypes.h>
#include <string.h>

#include "net/tmpl.h"

void tmpl_raw(struct tmpl *t, const char *p, size_t n)
{
	buf_add(t->out, p, n);
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

void tmpl_str(struct tmpl *t, struct str s)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *e = entity(s.p[i]);
		if (!e)
			continue;
		buf_add(t->out, s.p + from, i - from);
		buf_adds(t->out, e);
		from = i + 1;
	}
	if (from < s.n)
		buf_add(t->out, s.p + from, s.n - from);
}

void tmpl_text(struct tmpl *t, const char *s)
{
	tmpl_str(t, str_of(s));
}

void tmpl_int(struct tmpl *t, int64_t v)
{
	buf_printf(t->out, "%" PRId64, v);
}

void tmpl_uint(struct tmpl *t, uint64_t v)
{
	buf_printf(t->out, "%" PRIu64, v);
}

void tmpl_html(struct tmpl *t, struct html h)
{
	if (h.n > 0)
		buf_add(t->out, h.p, h.n);
}

/* --- addresses --- */

static bool is_plain(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c && strchr("-._~@,", c));
}

void tmpl_url_str(struct tmpl *t, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (is_plain(c))
			buf_addc(t->out, (char)c);
		else
			buf_printf(t->out, "%%%02X", c);
	}
}

void tmpl_url_text(struct tmpl *t, const char *s)
{
	tmpl_url_str(t, str_of(s));
}

/* A path of ours, a query, a fragment, or one of the schemes that run nothing. Browsers drop tabs
 * and newlines and read a backslash as a slash, so none of these may occur. */
static bool url_allowed(struct str s)
{
	static const char *const starts[] = { "http://", "https://", "tel:", "mailto:", "?", "#" };

	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '\\' || s.p[i] == 0x7f)
			return false;
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		struct str start = str_of(starts[i]);
		if (s.n >= start.n && str_eq_nocase((struct str){ s.p, start.n }, start))
			return true;
	}
	if (s.n == 0 || s.p[0] == '/')
		return s.n < 2 || s.p[1] != '/';
	size_t colon = 0;
	while (colon < s.n && s.p[colon] != ':' && s.p[colon] != '/')
		colon++;
	return colon == s.n || s.p[colon] == '/'; /* a relative path: no scheme */
}

void tmpl_url(struct tmpl *t, const char *s)
{
	struct str u = str_of(s);

	tmpl_str(t, url_allowed(u) ? u : STR("#"));
}

/* --- texts --- */

struct tmpl_arg tmpl_arg_text(const char *s)
{
	return (struct tmpl_arg){ .type = TMPL_ARG_TEXT, .text = s };
}

struct tmpl_arg tmpl_arg_str(struct str s)
{
	return (struct tmpl_arg){ .type = TMPL_ARG_STR, .str = s };
}

struct tmpl_arg tmpl_arg_int(int64_t v)
{
	return (struct tmpl_arg){ .type = TMPL_ARG_INT, .i = v };
}

static void put_arg(struct tmpl *t, const struct tmpl_arg *a)
{
	switch (a->type) {
	case TMPL_ARG_TEXT:
		tmpl_text(t, a->text);
		break;
	case TMPL_ARG_STR:
		tmpl_str(t, a->str);
		break;
	case TMPL_ARG_INT:
		tmpl_int(t, a->i);
		break;
	}
}

void tmpl_t(struct tmpl *t, const char *key, const struct tmpl_arg *args, size_t n)
{
	const char *s = text_get(t->text, t->lang, key), *from = s;

	for (; *s; s++) {
		bool hole = s[0] == '{' && s[1] >= '0' && s[1] <= '9' && s[2] == '}';
		if (!hole || (size_t)(s[1] - '0') >= n)
			continue;
		tmpl_str(t, (struct str){ from, (size_t)(s - from) });
		put_arg(t, &args[s[1] - '0']);
		s += 2;
		from = s + 1;
	}
	tmpl_str(t, (struct str){ from, (size_t)(s - from) });
}

void tmpl_key(struct tmpl *t, const char *key)
{
	tmpl_t(t, key ? key : "", NULL, 0);
}

void tmpl_csrf(struct tmpl *t)
{
	buf_adds(t->out, "<input type=\"hidden\" name=\"csrf\" value=\"");
	tmpl_text(t, t->csrf);
	buf_adds(t->out, "\">");
}

void tmpl_icon(struct tmpl *t, const char *name)
{
	buf_adds(t->out,
		 "<svg class=\"icon\" aria-hidden=\"true\" focusable=\"false\"><use href=\"");
	tmpl_text(t, t->sprite);
	buf_adds(t->out, "#");
	tmpl_url_text(t, name);
	buf_adds(t->out, "\"></use></svg>");
}
