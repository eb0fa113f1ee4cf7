/* SPDX-License-Identifier: Apache-2.0 */
/* The server's end of an event stream; only net/http_*.c includes this. */
#ifndef NET_HTTP_STREAM_H
#define NET_HTTP_STREAM_H

#include <sys/types.h>

#include "net/http.h"

/* The server attaches WAKE, called (under the stream's lock) when a reader that was told to wait
 * has something to read again. */
void http_stream_attach(struct http_stream *s, void (*wake)(void *arg), void *arg);
void http_stream_detach(struct http_stream *s); /* the browser is gone */

enum { HTTP_STREAM_WAIT = 0, HTTP_STREAM_END = -1 };
/* Bytes copied; HTTP_STREAM_END; or HTTP_STREAM_WAIT after calling SUSPEND under the lock: WAKE
 * will be called once. */
ssize_t http_stream_read(struct http_stream *s, char *out, size_t max, void (*suspend)(void *arg));

void http_stream_close(struct http_stream *s); /* what is queued is still sent */
void http_stream_keep(struct http_stream *s);  /* a comment, when nothing else is queued */

#endif
