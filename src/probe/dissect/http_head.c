/* SPDX-License-Identifier: Apache-2.0 */
/* The head of an HTTP message, line by line. */
#include "probe/dissect/http_head.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"

static const struct str methods[] = {
	{ "GET ", 4 }, { "POST ", 5 }, { "HEAD ", 5 }, { "PUT ", 4 }
};

bool http_starts(struct rd p)
{
	if (p.n < 4)
		return false;
	switch (p.p[0]) {
	case 'G':
		return memcmp(p.p, "GET ", 4) == 0;
	case 'P':
		return memcmp(p.p, "POST", 4) == 0 || memcmp(p.p, "PUT ", 4) == 0;
	case 'H':
		return memcmp(p.p, "HTTP", 4) == 0 || memcmp(p.p, "HEAD", 4) == 0;
	default:
		return false;
	}
}

/* The next line without its end; false when no whole line is left. */
static bool line_next(struct rd *r, struct str *out)
{
	const uint8_t *end = r->n ? memchr(r->p, '\n', r->n) : NULL;

	if (!end)
		return false;
	size_t n = (size_t)(end - r->p);
	*out = (struct str){ (const char *)r->p, n };
	rd_skip(r, n + 1);
	if (out->n && out->p[out->n - 1] == '\r')
		out->n--;
	return true;
}

static struct str word(struct str *s)
{
	struct str w = { 0 };

	(void)str_cut(s, ' ', &w); /* an empty line gives an empty word */
	return w;
}

static int first_line(struct str line, struct http_message *m)
{
	struct str rest = line;
	int64_t status = 0;

	if (str_starts(line, STR("HTTP/1."))) {
		(void)word(&rest); /* the version */
		if (str_i64(word(&rest), 100, 999, &status) < 0)
			return -EFORMAT;
		m->response = true;
		m->status = (uint16_t)status;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++) {
		if (!str_starts(line, methods[i]))
			continue;
		m->method = word(&rest);
		m->target = word(&rest);
		return str_starts(rest, STR("HTTP/1.")) ? 0 : -EFORMAT;
	}
	return -EFORMAT;
}

static uint8_t coding_of(struct str value)
{
	static const struct str zlib[] = { { "gzip", 4 }, { "x-gzip", 6 }, { "deflate", 7 } };

	for (size_t i = 0; i < ARRAY_LEN(zlib); i++) {
		if (str_eq_nocase(value, zlib[i]))
			return HTTP_ZLIB;
	}
	return value.n == 0 || str_eq_nocase(value, STR("identity")) ? HTTP_PLAIN : HTTP_CODED;
}

/* "bytes 0-1023/146515" (RFC 9110, 14.4). */
static void range(struct str value, struct http_message *m)
{
	struct str unit = word(&value), first;
	int64_t v[3] = { 0 };
	struct str last;

	if (!str_eq_nocase(unit, STR("bytes")) || !str_cut(&value, '-', &first) ||
	    !str_cut(&value, '/', &last) || str_i64(first, 0, INT64_MAX - 1, &v[0]) < 0 ||
	    str_i64(last, v[0], INT64_MAX - 1, &v[1]) < 0)
		return;
	if (str_i64(value, v[1] + 1, INT64_MAX, &v[2]) < 0 && !str_eq(value, STR("*")))
		return;
	m->has_range = true;
	m->first = (uint64_t)v[0];
	m->last = (uint64_t)v[1];
	m->total = (uint64_t)v[2];
}

static void header(struct str line, struct http_message *m)
{
	struct str name, value = line;
	int64_t n = 0;

	if (!str_cut(&value, ':', &name))
		return;
	value = str_trim(value);
	if (str_eq_nocase(name, STR("Host")))
		m->host = value;
	else if (str_eq_nocase(name, STR("User-Agent")))
		m->agent = value;
	else if (str_eq_nocase(name, STR("Content-Type")))
		m->type = value;
	else if (str_eq_nocase(name, STR("Location")))
		m->location = value;
	else if (str_eq_nocase(name, STR("Authorization")))
		m->authorization = value;
	else if (str_eq_nocase(name, STR("Accept")) || str_eq_nocase(name, STR("Accept-Language")))
		m->accepts = true;
	else if (str_eq_nocase(name, STR("Transfer-Encoding")))
		m->chunked = true;
	else if (str_eq_nocase(name, STR("Content-Encoding")))
		m->coding = coding_of(value);
	else if (str_eq_nocase(name, STR("Content-Disposition")))
		m->disposition = value;
	else if (str_eq_nocase(name, STR("Content-Range")))
		range(value, m);
	else if (str_eq_nocase(name, STR("Content-Length")) &&
		 str_i64(value, 0, INT64_MAX, &n) == 0) {
		m->has_length = true;
		m->length = (uint64_t)n;
	}
}

int http_parse(struct rd p, struct http_message *out)
{
	struct http_message m = { 0 };
	struct str line;

	if (!line_next(&p, &line) || first_line(line, &m) < 0)
		return -EFORMAT;
	for (int i = 0; i < HTTP_LINES_MAX && line_next(&p, &line); i++) {
		if (line.n == 0) {
			m.whole = true;
			break;
		}
		header(line, &m);
	}
	if (m.whole)
		m.body = p;
	*out = m;
	return 0;
}

struct str http_type(const struct http_message *m)
{
	struct str type = m->type, kind;

	return str_cut(&type, ';', &kind) ? str_trim(kind) : (struct str){ 0 };
}

struct str http_file_name(const struct http_message *m)
{
	static const char key[] = "filename=";
	const char *at = m->disposition.n
				 ? memmem(m->disposition.p, m->disposition.n, key, sizeof(key) - 1)
				 : NULL;
	struct str name = { 0 }, rest;

	if (!at)
		return name;
	at += sizeof(key) - 1;
	rest = (struct str){ at, (size_t)(m->disposition.p + m->disposition.n - at) };
	if (rest.n && rest.p[0] == '"') {
		rest = (struct str){ rest.p + 1, rest.n - 1 };
		return str_cut(&rest, '"', &name) ? name : (struct str){ 0 };
	}
	return str_cut(&rest, ';', &name) ? str_trim(name) : (struct str){ 0 };
}

bool http_poses(const struct http_message *m)
{
	static const char named[] = "(compatible; ", shell[] = "PowerShell/";

	if (!m->whole || m->accepts || !str_starts(m->agent, STR("Mozilla/")))
		return false;
	const char *tool = memmem(m->agent.p, m->agent.n, named, sizeof(named) - 1);
	struct str rest = { 0 };

	if (tool)
		rest = (struct str){ tool + sizeof(named) - 1, m->agent.n -
								       (size_t)(tool - m->agent.p) -
								       (sizeof(named) - 1) };
	if (rest.n && !str_starts(rest, STR("MSIE ")))
		return false;
	return !memmem(m->agent.p, m->agent.n, shell, sizeof(shell) - 1);
}
