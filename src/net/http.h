/* SPDX-License-Identifier: Apache-2.0 */
/* HTTP server on libmicrohttpd: requests, answers, streams of events. Knows nothing of routes or
 * people. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "base/text.h"

struct http_server;
struct http_req;

/* What a handler fills. STATUS 0 becomes 500. The buffer is given to the server. */
struct http_stream;
struct http_res {
	int status;
	const char *type; /* static string; NULL = text/html; charset=utf-8 */
	struct buf body;
	struct http_stream
		*stream; /* an event stream instead of a body: the server takes this reference */
	bool cacheable;  /* immutable assets with a hash in their name */
	bool file;       /* the body is FILE_SIZE bytes of FILE_FD, given to the server */
	int file_fd;
	uint64_t file_size;
	struct {
		const char *name; /* static */
		char *value;      /* mem_strdup'ed, given to the server */
	} header[16];
	size_t n_headers;
};

void http_res_header(struct http_res *r, const char *name,
		     const char *value); /* CR and LF in a value are refused (dropped) */
void http_res_redirect(struct http_res *r, const char *location); /* 303 */
struct http_cookie {
	const char *name, *value;
	int64_t max_age_s; /* 0 = session, negative = delete */
	bool secure;       /* set automatically on https */
};
void http_res_cookie(struct http_res *r, const struct http_req *q,
		     const struct http_cookie *c); /* HttpOnly, SameSite=Lax, Path=/ */

/* The request: all texts are NUL-terminated, valid UTF-8 (others are answered 400 before the
 * handler), live as long as the call. */
const char *http_method(const struct http_req *q);
const char *http_path(const struct http_req *q);                    /* decoded, without the query */
const char *http_query(const struct http_req *q, const char *name); /* NULL when absent */
const char *http_form(const struct http_req *q,
		      const char *name); /* urlencoded or multipart field; NULL when absent */
size_t http_form_all(const struct http_req *q, const char *name, const char **out,
		     size_t max); /* repeated fields */
const char *http_header(const struct http_req *q, const char *name);
const char *http_cookie_get(const struct http_req *q, const char *name);
const char *http_remote(const struct http_req *q); /* address as text */
bool http_is_tls(const struct http_req *q);
struct str http_body(const struct http_req *q); /* raw body when not a form */
struct http_file {
	const char *name; /* the uploaded file's name, only for showing */
	const void *p;
	size_t n;
};
bool http_file_get(const struct http_req *q, const char *field,
		   struct http_file *out); /* multipart upload */

/* Files that went to the disk while they arrived (http_conf.upload). */
struct http_uploaded {
	const char *name; /* as the browser says; only for showing, any characters */
	char path[4096];  /* removed at the end of the request unless it was renamed away */
	uint64_t size;
	char sha256[65];
};
bool http_upload_get(const struct http_req *q, const char *field, struct http_uploaded *out);
/* Why the body could not be taken, once it was said that it would be; NULL = it was. */
const struct err *http_upload_problem(const struct http_req *q);

/* Where the files of a form go, and how much of them. */
struct http_plan {
	char dir[3072];     /* a folder of the caller's */
	uint64_t file_max;  /* bytes of one file */
	uint64_t room;      /* bytes of all that can be kept now */
	const char *advice; /* static, translated: what to do with a larger file instead */
	enum lang lang;     /* of what is said */
};

typedef void (*http_handler)(void *arg, struct http_req *q,
			     struct http_res *r); /* runs on a server thread */

struct http_conf {
	const char *address;            /* "127.0.0.1" or "::" */
	uint16_t port;                  /* 0 = a free one */
	int listen_fd;                  /* > 0: this socket instead, e.g. a unix one; given away */
	int threads;                    /* 0 = 2 */
	const char *cert_pem, *key_pem; /* NULL = plain http */
	size_t body_max;                /* bytes; 0 = 8 MiB */
	size_t connections_max;         /* 0 = 1000; from one address at most half of them */
	http_handler handler;
	/* Fills the page for a request that is refused before the handler sees it: 400, 405, 413,
	 * 503. NULL = an empty answer with that status. */
	void (*refused)(void *arg, int status, struct http_res *r);
	/* Asked about a multipart form when its head is there: 1 = its files go to the disk as OUT
	 * says; 0 = into memory as any body; negative = R holds the answer that refuses it (else R
	 * is left alone). ANNOUNCED is the body's length, -1 when it is not known. NULL = always
	 * memory. */
	int (*upload)(void *arg, struct http_req *q, int64_t announced, struct http_plan *out,
		      struct http_res *r);
	void *arg;
};

int http_server_start(const struct http_conf *c, struct http_server **out, struct err *e);
uint16_t http_server_port(const struct http_server *s);
void http_server_stop(struct http_server *s); /* ends streams, drains, frees; NULL is fine */

/* Server-sent events (WHATWG HTML, 9.2). A stream is one browser; push may be called from any
 * thread. */
struct http_stream *http_stream_new(size_t queue_max_bytes);
void http_stream_ref(struct http_stream *s);
void http_stream_unref(struct http_stream *s);
/* 0, -ECLOSED when the browser left, -ELIMIT when it does not read (the stream is then closed; it
 * reconnects). */
int http_stream_push(struct http_stream *s, const char *event, const char *id, const char *data);
bool http_stream_gone(const struct http_stream *s);
void http_stream_close(struct http_stream *s); /* what is queued is still sent */

#endif
