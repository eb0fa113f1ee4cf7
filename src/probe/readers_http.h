/* SPDX-License-Identifier: Apache-2.0 */
/* Follows the bodies of HTTP answers as far as they are files that could do harm, and tells the
 * detectors what they are, and at the end their hashes. */
#ifndef PROBE_READERS_HTTP_H
#define PROBE_READERS_HTTP_H

#include "probe/detect/detect.h"

struct http_reader;

struct http_reader *http_reader_new(struct detect_env *env);
void http_reader_free(struct http_reader *r);
/* A head was read in segment D of F. */
void http_reader_head(struct http_reader *r, const struct flow *f, const struct dissected *d,
		      const struct http_message *m);
/* A segment from the server; true: it belongs to a body. Cheap: asked for each. */
bool http_reader_body(struct http_reader *r, const struct flow *f, const struct dissected *d);
/* F is over. */
void http_reader_end(struct http_reader *r, const struct flow *f);

#endif
