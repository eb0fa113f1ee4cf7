/* SPDX-License-Identifier: Apache-2.0 */
/* Headers of an answer. Sending it: http_server.c. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/http.h"

void http_res_header(struct http_res *r, const char *name, const char *value)
{
	if (!value || strpbrk(value, "\r\n") || r->n_headers == ARRAY_LEN(r->header))
		return;
	r->header[r->n_headers].name = name;
	r->header[r->n_headers].value = mem_strdup(value);
	r->n_headers++;
}

void http_res_redirect(struct http_res *r, const char *location)
{
	r->status = 303;
	http_res_header(r, "Location", location);
}

/* RFC 6265, 4.1.1: a value cannot hold blanks, quotes, commas, semicolons, backslashes. */
static bool is_cookie_text(const char *s)
{
	for (; *s; s++)
		if (*s <= ' ' || *s == 0x7f || strchr("\",;\\", *s))
			return false;
	return true;
}

void http_res_cookie(struct http_res *r, const struct http_req *q, const struct http_cookie *c)
{
	SCOPED_BUF struct buf b = { 0 };

	if (!is_cookie_text(c->name) || !is_cookie_text(c->value))
		return;
	buf_printf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax", c->name, c->value);
	if (c->max_age_s != 0)
		buf_printf(&b, "; Max-Age=%" PRId64, c->max_age_s > 0 ? c->max_age_s : 0);
	if (c->secure || http_is_tls(q))
		buf_adds(&b, "; Secure");
	http_res_header(r, "Set-Cookie", b.p);
}
