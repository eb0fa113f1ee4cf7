/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a ceiling. Always NUL-terminated behind its content. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *p;
	size_t n;
	size_t cap;
	size_t max; /* 0 = BUF_MAX_DEFAULT */
	bool over;  /* something did not fit; sticky */
};

enum { BUF_MAX_DEFAULT = 64 * 1024 * 1024 };

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);
void buf_clear(struct buf *b); /* keeps the memory */
#define SCOPED_BUF __attribute__((cleanup(buf_done), unused))

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s); /* NULL adds nothing */
void buf_addc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_be16(struct buf *b, uint16_t v);
void buf_be32(struct buf *b, uint32_t v);
void buf_be64(struct buf *b, uint64_t v);
void buf_drop(struct buf *b, size_t n); /* removes the first N bytes */
char *buf_take(struct buf *b);          /* caller frees; B is empty afterwards; never NULL */

#endif
