/* SPDX-License-Identifier: Apache-2.0 */
/* What a handler may ask of a request. Parsing of forms: http_form.c. Receiving: http_server.c. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/http_req.h"

enum { HEADERS_MAX = 100, QUERY_MAX = 200, COOKIES_MAX = 50, PARTS_MAX = 5000 };

struct http_req *http_req_new(void)
{
	struct http_req *q = mem_new(sizeof(*q));

	q->arena = arena_new(0);
	q->headers.max = HEADERS_MAX;
	q->query.max = QUERY_MAX;
	q->cookies.max = COOKIES_MAX;
	q->parts.max = PARTS_MAX;
	return q;
}

void http_req_free(struct http_req *q)
{
	if (!q)
		return;
	http_upload_free(q->upload);
	http_list_done(&q->headers);
	http_list_done(&q->query);
	http_list_done(&q->cookies);
	http_list_done(&q->parts);
	buf_done(&q->body);
	arena_free(q->arena);
	free(q);
}

int http_req_target(struct http_req *q, const char *uri)
{
	struct str rest = str_of(uri), path;

	if (!str_cut(&rest, '?', &path) || path.n == 0 || path.p[0] != '/')
		return -EFORMAT;
	struct str decoded = http_decode(q->arena, path, false);
	if (memchr(decoded.p, '\0', decoded.n) || !utf8_valid(decoded.p, decoded.n))
		return -EFORMAT;
	q->path = decoded.p;
	return http_form_urlencoded(q->arena, rest, &q->query);
}

int http_req_header(struct http_req *q, const char *name, const char *value)
{
	struct http_part part = { .name = arena_strdup(q->arena, name),
				  .value = arena_strdup(q->arena, value ? value : "") };

	part.n = strlen(part.value);
	int r = http_list_add(&q->headers, &part);
	if (r == 0 && strcasecmp(name, "Cookie") == 0)
		r = http_form_cookies(q->arena, str_of(part.value), &q->cookies);
	return r;
}

static bool type_is(const char *type, struct str want)
{
	struct str s = str_of(type);

	return str_starts(s, want) ||
	       (s.n >= want.n && str_eq_nocase((struct str){ s.p, want.n }, want));
}

int http_req_body(struct http_req *q)
{
	const char *type = http_header(q, "Content-Type");
	struct str body = { q->body.p, q->body.n };

	if (!type || body.n == 0)
		return 0;
	if (type_is(type, STR("application/x-www-form-urlencoded"))) {
		q->form = true;
		return http_form_urlencoded(q->arena, body, &q->parts);
	}
	if (type_is(type, STR("multipart/form-data"))) {
		q->form = true;
		return http_form_multipart(q->arena, str_of(type), body, &q->parts);
	}
	return 0;
}

/* --- questions --- */

const char *http_method(const struct http_req *q)
{
	return q->method;
}

const char *http_path(const struct http_req *q)
{
	return q->path;
}

static const char *value_of(const struct http_part *part)
{
	return part ? part->value : NULL;
}

const char *http_query(const struct http_req *q, const char *name)
{
	return value_of(http_list_find(&q->query, name));
}

const char *http_form(const struct http_req *q, const char *name)
{
	const char *value = NULL;

	return http_form_all(q, name, &value, 1) ? value : NULL;
}

size_t http_form_all(const struct http_req *q, const char *name, const char **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < q->parts.n && n < max; i++) {
		const struct http_part *p = &q->parts.p[i];
		if (!p->file_name && strcmp(p->name, name) == 0)
			out[n++] = p->value;
	}
	return n;
}

const char *http_header(const struct http_req *q, const char *name)
{
	for (size_t i = 0; i < q->headers.n; i++)
		if (strcasecmp(q->headers.p[i].name, name) == 0)
			return q->headers.p[i].value;
	return NULL;
}

const char *http_cookie_get(const struct http_req *q, const char *name)
{
	return value_of(http_list_find(&q->cookies, name));
}

const char *http_remote(const struct http_req *q)
{
	return q->remote;
}

bool http_is_tls(const struct http_req *q)
{
	return q->tls;
}

struct str http_body(const struct http_req *q)
{
	if (q->form || q->body.n == 0)
		return (struct str){ "", 0 };
	return (struct str){ q->body.p, q->body.n };
}

bool http_file_get(const struct http_req *q, const char *field, struct http_file *out)
{
	for (size_t i = 0; i < q->parts.n; i++) {
		const struct http_part *p = &q->parts.p[i];
		if (!p->file_name || strcmp(p->name, field) != 0)
			continue;
		if (p->n == 0 && p->file_name[0] == '\0')
			continue; /* the field was left empty */
		*out = (struct http_file){ .name = p->file_name, .p = p->value, .n = p->n };
		return true;
	}
	return false;
}

bool http_upload_get(const struct http_req *q, const char *field, struct http_uploaded *out)
{
	return q->upload && http_upload_find(q->upload, field, out);
}

const struct err *http_upload_problem(const struct http_req *q)
{
	const struct err *e = q->upload ? http_upload_err(q->upload) : NULL;

	return e && e->code ? e : NULL;
}
