/* SPDX-License-Identifier: Apache-2.0 */
/* Reader of the head of an HTTP/1 message (RFC 9112) as far as one segment holds it. It keeps
 * nothing: views point into the packet. Bodies: http_body.h. */
#ifndef PROBE_DISSECT_HTTP_HEAD_H
#define PROBE_DISSECT_HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rd.h"
#include "base/str.h"

enum { HTTP_LINES_MAX = 64 }; /* header lines read; what follows is not looked at */

enum http_coding {
	HTTP_PLAIN,
	HTTP_ZLIB /* gzip or deflate */,
	HTTP_CODED /* we cannot read it */
};

struct http_message {
	bool response;
	bool whole;   /* the end of the head was seen; BODY begins behind it */
	bool chunked; /* BODY begins with a chunk's size */
	bool accepts; /* request: Accept or Accept-Language is there */
	bool has_length;
	bool has_range; /* Content-Range: BODY is FIRST to LAST of TOTAL bytes (0: not said) */
	uint16_t status;
	uint8_t coding;  /* enum http_coding: BODY is not what it seems */
	uint64_t length; /* Content-Length */
	uint64_t first, last, total;
	struct str method, target, host, agent, type, authorization, location, disposition;
	struct rd body;
};

/* Could P begin a message? Cheap: for each packet. */
bool http_starts(struct rd p);
/* 0 or -EFORMAT. */
int http_parse(struct rd p, struct http_message *out);
/* A request that says it is a browser's and is none: browsers say what they accept. Tools that name
 * themselves behind the old word do not pose. */
bool http_poses(const struct http_message *m);
/* Content-Type without its parameters. */
struct str http_type(const struct http_message *m);
/* The name under which the body is to be kept (Content-Disposition, RFC 6266), "" when none. */
struct str http_file_name(const struct http_message *m);

#endif
