/* SPDX-License-Identifier: Apache-2.0 */
/* A request while it is being received and answered; only net/http_*.c includes this. */
#ifndef NET_HTTP_REQ_H
#define NET_HTTP_REQ_H

#include "net/http.h"
#include "net/http_form.h"
#include "net/http_upload.h"

struct http_req {
	struct arena *arena;
	const char *method, *path;
	char remote[64];
	bool tls;
	bool form; /* the body was a form: it is in PARTS */
	struct http_list headers, cookies, query, parts;
	struct buf body;
	struct http_upload *upload; /* NULL unless its files go to the disk */
};

struct http_req *http_req_new(void);
void http_req_free(struct http_req *q); /* NULL is fine */
/* URI as it came: path and query. All three return 0, -EFORMAT or -ELIMIT. */
int http_req_target(struct http_req *q, const char *uri);
int http_req_header(struct http_req *q, const char *name, const char *value);
int http_req_body(struct http_req *q); /* when it is complete */

#endif
