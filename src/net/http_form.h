/* SPDX-License-Identifier: Apache-2.0 */
/* Names and values as browsers send them: query strings, urlencoded and multipart forms, cookies.
 * Pure parsing of foreign bytes; nothing but net/http_*.c includes this. */
#ifndef NET_HTTP_FORM_H
#define NET_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct http_part {
	const char *name;
	const char *value;     /* NUL-terminated, but for files */
	size_t n;              /* of value */
	const char *file_name; /* NULL unless an uploaded file */
};

struct http_list {
	struct http_part *p; /* mem_alloc'ed */
	size_t n, cap, max;
};

void http_list_done(struct http_list *l);
/* 0, -ELIMIT when full, -EFORMAT when NAME or a value that is not a file is no clean UTF-8 text. */
int http_list_add(struct http_list *l, const struct http_part *part);
const struct http_part *http_list_find(const struct http_list *l, const char *name);

/* Undoes %XX and, for forms, + into A's memory; a % that is none stays. */
struct str http_decode(struct arena *a, struct str s, bool plus);

/* All return 0, -ELIMIT or -EFORMAT. */
int http_form_urlencoded(struct arena *a, struct str body, struct http_list *out);
/* RFC 7578; files point into BODY. */
int http_form_multipart(struct arena *a, struct str type, struct str body, struct http_list *out);
int http_form_cookies(struct arena *a, struct str header, struct http_list *out);

#endif
