/* SPDX-License-Identifier: Apache-2.0 */
/* Packing, meeting and joining of postings. */
#include "hub/search/search_post.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rd.h"

int64_t post_month(int64_t at_us, uint32_t *minute_out)
{
	struct civil c = time_civil(at_us, 0);
	const struct civil first = { .year = c.year, .month = c.month, .day = 1 };

	*minute_out = (uint32_t)((at_us - time_from_civil(&first, 0)) / US_PER_MIN);
	return (int64_t)c.year * 12 + c.month - 1;
}

int post_compare(const struct post *a, const struct post *b)
{
	if (a->minute != b->minute)
		return a->minute > b->minute ? -1 : 1;
	return a->doc > b->doc ? -1 : a->doc < b->doc;
}

static int in_order(const void *a, const void *b)
{
	return post_compare(a, b);
}

void posts_sort(struct post *p, size_t n)
{
	qsort(p, n, sizeof(*p), in_order);
}

static void put(struct buf *b, uint64_t v)
{
	for (; v > 0x7F; v >>= 7)
		buf_addc(b, (char)(0x80 | (v & 0x7F)));
	buf_addc(b, (char)v);
}

void posts_pack(const struct post *p, size_t n, struct buf *out)
{
	uint32_t last = POST_MINUTES;

	for (size_t i = 0; i < n; i++) {
		put(out, last - p[i].minute);
		put(out, (uint64_t)p[i].doc);
		last = p[i].minute;
	}
}

static uint64_t take(struct rd *r)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 63; shift += 7) {
		uint8_t b = rd_u8(r);
		v |= (uint64_t)(b & 0x7F) << shift;
		if (!(b & 0x80))
			return v;
	}
	r->bad = true;
	return 0;
}

int posts_unpack(const void *p, size_t n, struct post **out, size_t *n_out, struct err *e)
{
	struct rd r = rd_of(p, n);
	size_t most = n / 2 < POSTS_MAX ? n / 2 : POSTS_MAX; /* an entry takes two bytes at least */
	SCOPED_MEM struct post *list = mem_array(most + 1, sizeof(*list));
	uint32_t last = POST_MINUTES;
	size_t count = 0;

	while (r.n > 0 && !r.bad) {
		uint64_t older = take(&r), doc = take(&r);
		if (r.bad || older > last || doc > INT64_MAX || count == most)
			return err_set(e, -EFORMAT, "a list of the search index is damaged");
		last -= (uint32_t)older;
		list[count++] = (struct post){ .minute = last, .doc = (int64_t)doc };
	}
	*n_out = count;
	*out = list;
	list = NULL;
	return 0;
}

size_t posts_meet(const struct post *a, size_t n_a, const struct post *b, size_t n_b,
		  struct post *out)
{
	size_t i = 0, k = 0, n = 0;

	while (i < n_a && k < n_b) {
		int c = post_compare(&a[i], &b[k]);
		if (c == 0)
			out[n++] = a[i];
		i += c <= 0;
		k += c >= 0;
	}
	return n;
}

size_t posts_join(const struct post *a, size_t n_a, const struct post *b, size_t n_b,
		  struct post *out)
{
	size_t i = 0, k = 0, n = 0;

	while (i < n_a || k < n_b) {
		int c = i == n_a ? 1 : k == n_b ? -1 : post_compare(&a[i], &b[k]);
		out[n++] = c <= 0 ? a[i] : b[k];
		i += c <= 0;
		k += c >= 0;
	}
	return n;
}
