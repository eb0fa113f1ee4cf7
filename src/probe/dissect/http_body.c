/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of one body: put in order, then taken out of its frame. */
#include "probe/dissect/http_body.h"

#include <stdlib.h>

#include "base/mem.h"

enum frame { FRAME_CLOSE, FRAME_LENGTH, FRAME_CHUNKS };
enum chunk { CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END };

/* More than any file: a size that is meant to overflow. */
#define LEFT_MAX (UINT64_C(1) << 48)

void http_body_start(struct http_body *b, const struct http_message *m, uint32_t seq)
{
	*b = (struct http_body){ .next = seq, .state = BODY_GOING };
	if (m->chunked) {
		b->frame = FRAME_CHUNKS;
	} else if (m->has_length) {
		b->frame = FRAME_LENGTH;
		b->left = m->length;
		if (m->length == 0)
			b->state = BODY_WHOLE;
	}
}

static void ahead_free(struct http_body *b)
{
	for (size_t i = 0; i < b->n_ahead; i++)
		free(b->ahead[i].p);
	b->n_ahead = b->ahead_bytes = 0;
}

void http_body_done(struct http_body *b)
{
	ahead_free(b);
}

static void content(struct http_body *b, struct rd *r, http_body_fn *fn, void *arg)
{
	size_t n = b->left < r->n ? (size_t)b->left : r->n;

	if (n > 0)
		fn(arg, rd_of(r->p, n));
	rd_skip(r, n);
	b->left -= n;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (uint8_t)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void size_read(struct http_body *b, uint8_t c)
{
	int digit = b->chunk == CHUNK_SIZE ? hex_digit(c) : -1;

	if (++b->line > BODY_CHUNK_LINE_MAX || (digit >= 0 && b->left >= LEFT_MAX / 16)) {
		b->state = BODY_LOST;
	} else if (digit >= 0) {
		b->left = b->left * 16 + (uint64_t)digit;
		b->digits = true;
	} else if (c != '\n') {
		b->chunk = CHUNK_EXTENSION;
	} else if (!b->digits) {
		b->state = BODY_LOST;
	} else if (b->left == 0) {
		b->state = BODY_WHOLE; /* the trailer says nothing about the content */
	} else {
		b->chunk = CHUNK_DATA;
	}
}

static void chunks(struct http_body *b, struct rd *r, http_body_fn *fn, void *arg)
{
	while (r->n > 0 && b->state == BODY_GOING) {
		if (b->chunk == CHUNK_DATA) {
			content(b, r, fn, arg);
			if (b->left == 0)
				b->chunk = CHUNK_END;
		} else if (b->chunk == CHUNK_END) {
			if (rd_u8(r) == '\n') {
				b->chunk = CHUNK_SIZE;
				b->line = 0;
				b->digits = false;
			}
		} else {
			size_read(b, rd_u8(r));
		}
	}
}

/* Bytes in their place. */
static void consume(struct http_body *b, struct rd r, http_body_fn *fn, void *arg)
{
	b->next += (uint32_t)r.n;
	switch ((enum frame)b->frame) {
	case FRAME_CHUNKS:
		chunks(b, &r, fn, arg);
		break;
	case FRAME_LENGTH:
		content(b, &r, fn, arg);
		if (b->left == 0)
			b->state = BODY_WHOLE;
		break;
	case FRAME_CLOSE:
		b->left = r.n;
		content(b, &r, fn, arg);
		break;
	}
}

static void hold(struct http_body *b, uint32_t seq, struct rd r)
{
	for (size_t i = 0; i < b->n_ahead; i++) {
		if (b->ahead[i].seq == seq && b->ahead[i].n >= r.n)
			return;
	}
	if (b->n_ahead == BODY_AHEAD_MAX || r.n > BODY_AHEAD_BYTES - b->ahead_bytes) {
		b->state = BODY_LOST;
		return;
	}
	b->ahead[b->n_ahead++] = (struct body_ahead){
		.seq = seq,
		.n = (uint32_t)r.n,
		.p = mem_dup(r.p, r.n),
	};
	b->ahead_bytes += r.n;
}

/* SEGMENT as far as it is new; false when it comes too early. */
static bool in_place(const struct http_body *b, uint32_t seq, struct rd *segment)
{
	int32_t early = (int32_t)(seq - b->next);

	if (early > 0)
		return false;
	uint32_t again = 0 - (uint32_t)early;
	rd_skip(segment, again < segment->n ? again : segment->n);
	return true;
}

/* One that waited and whose turn has come; false when there is none. */
static bool next_ahead(struct http_body *b, http_body_fn *fn, void *arg)
{
	for (size_t i = 0; i < b->n_ahead; i++) {
		struct body_ahead a = b->ahead[i];
		struct rd r = rd_of(a.p, a.n);
		if (!in_place(b, a.seq, &r))
			continue;
		b->ahead[i] = b->ahead[--b->n_ahead];
		b->ahead_bytes -= a.n;
		if (r.n > 0)
			consume(b, r, fn, arg);
		free(a.p);
		return true;
	}
	return false;
}

enum body_state http_body_feed(struct http_body *b, uint32_t seq, struct rd segment, uint32_t wire,
			       bool last, http_body_fn *fn, void *arg)
{
	if (last && !b->ends) {
		b->ends = true;
		b->end = seq + wire;
	}
	if (b->state == BODY_GOING && wire > segment.n)
		b->state = BODY_LOST; /* the capture is cut */
	if (b->state == BODY_GOING && segment.n > 0) {
		if (!in_place(b, seq, &segment))
			hold(b, seq, segment);
		else if (segment.n > 0)
			consume(b, segment, fn, arg);
		while (b->state == BODY_GOING && next_ahead(b, fn, arg))
			;
	}
	if (b->state == BODY_GOING && b->ends && b->next == b->end)
		b->state = b->frame == FRAME_CLOSE ? BODY_WHOLE : BODY_LOST;
	if (b->state != BODY_GOING)
		ahead_free(b);
	return (enum body_state)b->state;
}
