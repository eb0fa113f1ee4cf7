/* SPDX-License-Identifier: Apache-2.0 */
/* String views, numbers in text, UTF-8. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	const char *p;
	size_t n;
};

#define STR(lit) ((struct str){ .p = (lit), .n = sizeof(lit) - 1 })

struct str str_of(const char *s); /* NULL gives the empty view */
bool str_eq(struct str a, struct str b);
bool str_eq_nocase(struct str a, struct str b); /* ASCII */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_trim(struct str s); /* ASCII white space */
/* Cuts the part before SEP off S into OUT; false when S is empty and nothing is left. */
bool str_cut(struct str *s, char sep, struct str *out);
/* Copies with a NUL into a fixed buffer, cutting at a UTF-8 border when it does not fit; returns
 * false when cut. */
bool str_copy(char *dst, size_t dst_size, struct str s);

/* The whole of S must be a decimal number within [MIN, MAX]: 0, or -EINVAL, or -ERANGE. */
int str_i64(struct str s, int64_t min, int64_t max, int64_t *out);
int str_double(struct str s, double min, double max, double *out);
int str_hex(struct str s, uint8_t *out, size_t out_size, size_t *n_out); /* hex digits to bytes */

bool utf8_valid(const char *s, size_t n);
size_t utf8_count(const char *s,
		  size_t n); /* code points; bytes that are not UTF-8 count one each */

#endif
