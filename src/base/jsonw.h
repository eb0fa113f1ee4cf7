/* SPDX-License-Identifier: Apache-2.0 */
/* JSON writer onto a buffer: commas and escapes are its business. Text that is not UTF-8 is written
 * with U+FFFD. */
#ifndef BASE_JSONW_H
#define BASE_JSONW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct jsonw {
	struct buf *b;
	bool comma;
};

struct jsonw jsonw_of(struct buf *b);
/* KEY is NULL inside arrays and at the top. */
void jsonw_object(struct jsonw *w, const char *key);
void jsonw_array(struct jsonw *w, const char *key);
void jsonw_end_object(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);
void jsonw_text(struct jsonw *w, const char *key, const char *v); /* NULL writes null */
void jsonw_textn(struct jsonw *w, const char *key, const char *v, size_t n);
void jsonw_int(struct jsonw *w, const char *key, int64_t v);
void jsonw_double(struct jsonw *w, const char *key,
		  double v); /* finite: shortest of %.6g; else null */
void jsonw_bool(struct jsonw *w, const char *key, bool v);
void jsonw_null(struct jsonw *w, const char *key);
void jsonw_time(struct jsonw *w, const char *key, int64_t utc_us); /* RFC 3339 */

#endif
