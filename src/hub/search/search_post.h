/* SPDX-License-Identifier: Apache-2.0 */
/* Postings: the documents of one month that have a gram, newest first, packed. Pure.
 *
 * An entry is a moment (minutes since the month began) and a document's number. Packed: the minutes
 * by which it is older than the entry before, then the number, each as a varint (7 bits a byte,
 * lowest first, bit 7 = more follow; as in Protocol Buffers). */
#ifndef HUB_SEARCH_SEARCH_POST_H
#define HUB_SEARCH_SEARCH_POST_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct post {
	uint32_t minute; /* of the month */
	int64_t doc;
};

enum { POSTS_MAX = 1000000, POST_MINUTES = 31 * 24 * 60 };

/* Which month a time lies in, and which minute of it. UTC. */
int64_t post_month(int64_t at_us, uint32_t *minute_out);

/* <0: A comes first, that is, it is newer. */
int post_compare(const struct post *a, const struct post *b);
void posts_sort(struct post *p, size_t n);

void posts_pack(const struct post *p, size_t n, struct buf *out);
/* The caller frees *OUT. -EFORMAT when the bytes are not what posts_pack makes. */
int posts_unpack(const void *p, size_t n, struct post **out, size_t *n_out, struct err *e);

/* Both in order. OUT may be A; room for A (meet) or A and B (join). The number of entries. */
size_t posts_meet(const struct post *a, size_t n_a, const struct post *b, size_t n_b,
		  struct post *out);
size_t posts_join(const struct post *a, size_t n_a, const struct post *b, size_t n_b,
		  struct post *out);

#endif
