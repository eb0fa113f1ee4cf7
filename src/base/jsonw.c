/* SPDX-License-Identifier: Apache-2.0 */
/* JSON writer onto a buffer (RFC 8259). Reading JSON is not here. */
#include "base/jsonw.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

struct jsonw jsonw_of(struct buf *b)
{
	return (struct jsonw){ .b = b };
}

/* The length of the piece at P that is well-formed UTF-8 and needs no escape. */
static size_t plain_length(const char *p, size_t n)
{
	size_t i = 0;
	while (i < n && (unsigned char)p[i] >= 0x20 && (unsigned char)p[i] < 0x7f && p[i] != '"' &&
	       p[i] != '\\')
		i++;
	return i;
}

static size_t sequence_length(const char *p, size_t n)
{
	for (size_t len = 2; len <= 4 && len <= n; len++) {
		if (utf8_valid(p, len))
			return len;
	}
	return 0;
}

static void escape(struct buf *b, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
	const char *at = memchr(from, c, sizeof(from) - 1);
	if (at) {
		buf_addc(b, '\\');
		buf_addc(b, to[at - from]);
	} else {
		buf_printf(b, "\\u%04x", c);
	}
}

static void quoted(struct buf *b, const char *p, size_t n)
{
	buf_addc(b, '"');
	while (n > 0) {
		size_t len = plain_length(p, n);
		if (len == 0 && (unsigned char)p[0] < 0x80) {
			escape(b, (unsigned char)p[0]);
			len = 1;
		} else if (len == 0) {
			len = sequence_length(p, n);
			buf_add(b, len ? p : "\xef\xbf\xbd", len ? len : 3);
			len = len ? len : 1;
		} else {
			buf_add(b, p, len);
		}
		p += len;
		n -= len;
	}
	buf_addc(b, '"');
}

static void begin(struct jsonw *w, const char *key)
{
	if (w->comma)
		buf_addc(w->b, ',');
	w->comma = true;
	if (key) {
		quoted(w->b, key, strlen(key));
		buf_addc(w->b, ':');
	}
}

void jsonw_object(struct jsonw *w, const char *key)
{
	begin(w, key);
	buf_addc(w->b, '{');
	w->comma = false;
}

void jsonw_array(struct jsonw *w, const char *key)
{
	begin(w, key);
	buf_addc(w->b, '[');
	w->comma = false;
}

void jsonw_end_object(struct jsonw *w)
{
	buf_addc(w->b, '}');
	w->comma = true;
}

void jsonw_end_array(struct jsonw *w)
{
	buf_addc(w->b, ']');
	w->comma = true;
}

void jsonw_text(struct jsonw *w, const char *key, const char *v)
{
	if (v)
		jsonw_textn(w, key, v, strlen(v));
	else
		jsonw_null(w, key);
}

void jsonw_textn(struct jsonw *w, const char *key, const char *v, size_t n)
{
	begin(w, key);
	quoted(w->b, v, n);
}

void jsonw_int(struct jsonw *w, const char *key, int64_t v)
{
	begin(w, key);
	buf_printf(w->b, "%" PRId64, v);
}

void jsonw_double(struct jsonw *w, const char *key, double v)
{
	begin(w, key);
	if (isfinite(v))
		buf_printf(w->b, "%.6g", v);
	else
		buf_adds(w->b, "null");
}

void jsonw_bool(struct jsonw *w, const char *key, bool v)
{
	begin(w, key);
	buf_adds(w->b, v ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
	begin(w, key);
	buf_adds(w->b, "null");
}

void jsonw_time(struct jsonw *w, const char *key, int64_t utc_us)
{
	char text[TIME_TEXT_MAX];
	jsonw_text(w, key, time_format(utc_us, text, sizeof(text)));
}
