/* SPDX-License-Identifier: Apache-2.0 */
/* A multipart form whose files go to the disk while they arrive: what is written where, and when it
 * is too much. Taking the form apart is libmicrohttpd's; only net/http_*.c includes this. */
#ifndef NET_HTTP_UPLOAD_H
#define NET_HTTP_UPLOAD_H

#include "base/arena.h"
#include "net/http.h"
#include "net/http_form.h"

struct http_upload;

/* Fields go to FIELDS, texts into A; both outlive the upload. PLAN is copied. */
struct http_upload *http_upload_new(const struct http_plan *plan, struct arena *a,
				    struct http_list *fields);
/* Removes the files that nobody has moved away; NULL is fine. */
void http_upload_free(struct http_upload *u);

/* One piece of one part of the form. A part begins where OFF is 0; FILE_NAME NULL = no file. */
struct http_piece {
	const char *name, *file_name;
	const char *p;
	size_t n;
	uint64_t off;
};
/* 0, or negative and why in http_upload_err(); then nothing more is taken. */
int http_upload_piece(struct http_upload *u, const struct http_piece *piece);
int http_upload_end(struct http_upload *u); /* everything is there: files are on the disk */
/* Something outside went wrong: the form has no end, the browser is gone or too slow. */
int http_upload_fail(struct http_upload *u, const struct err *why);
const struct err *http_upload_err(const struct http_upload *u); /* code 0 = all is well */
bool http_upload_find(const struct http_upload *u, const char *field, struct http_uploaded *out);

#endif
