/* SPDX-License-Identifier: Apache-2.0 */
/* Byte reader with a sticky error: foreign bytes are read with these, never by casting a struct
 * over them. A read past the end returns 0, consumes nothing and sets BAD; check it once at the
 * end. */
#ifndef BASE_RD_H
#define BASE_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
	const uint8_t *p;
	size_t n; /* bytes left */
	bool bad;
};

static inline struct rd rd_of(const void *p, size_t n)
{
	return (struct rd){ .p = p, .n = n, .bad = false };
}

static inline bool rd_need(struct rd *r, size_t n)
{
	if (r->bad || r->n < n) {
		r->bad = true;
		return false;
	}
	return true;
}

static inline const uint8_t *rd_bytes(struct rd *r, size_t n) /* NULL when short */
{
	if (!rd_need(r, n))
		return NULL;
	const uint8_t *p = r->p;
	r->p += n;
	r->n -= n;
	return p;
}

static inline void rd_skip(struct rd *r, size_t n)
{
	(void)rd_bytes(r, n);
}

static inline struct rd rd_sub(struct rd *r,
			       size_t n) /* the next N bytes as a reader of their own */
{
	const uint8_t *p = rd_bytes(r, n);
	return p ? rd_of(p, n) : (struct rd){ .p = NULL, .n = 0, .bad = true };
}

static inline uint8_t rd_u8(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 1);
	return p ? p[0] : 0;
}

static inline uint16_t rd_be16(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);
	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_be24(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 3);
	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t rd_be32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);
	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
	uint64_t hi = rd_be32(r);
	return hi << 32 | rd_be32(r);
}

static inline uint16_t rd_le16(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 2);
	return p ? (uint16_t)(p[1] << 8 | p[0]) : 0;
}

static inline uint32_t rd_le32(struct rd *r)
{
	const uint8_t *p = rd_bytes(r, 4);
	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

#endif
