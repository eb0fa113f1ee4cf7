/* SPDX-License-Identifier: Apache-2.0 */
/* Spool segments as bytes. Nothing here opens a file or decides what to keep. */
#include <string.h>

#include "wire/segment.h"

#include <inttypes.h>

#include "base/rd.h"
#include "wire/crc32c.h"
#include "wire/frame.h"

static const uint8_t segment_magic[8] = { 'O', 'T', 'S', 'P', 'O', 'O', 'L', '\n' };

enum { HEAD_CRC_AT = 28 };

static void put_be(uint8_t *out, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

void segment_head_encode(uint64_t first_sequence, struct buf *out)
{
	uint8_t head[SEGMENT_HEAD_BYTES] = { 0 };

	memcpy(head, segment_magic, sizeof(segment_magic));
	put_be(head + 8, SEGMENT_VERSION, 4);
	put_be(head + 16, first_sequence, 8);
	put_be(head + HEAD_CRC_AT, crc32c(0, head, HEAD_CRC_AT), 4);
	buf_add(out, head, sizeof(head));
}

int segment_head_parse(const void *p, size_t n, uint64_t *first_sequence_out, struct err *e)
{
	struct rd r = rd_of(p, n);

	if (n < SEGMENT_HEAD_BYTES)
		return 0;
	if (memcmp(rd_bytes(&r, sizeof(segment_magic)), segment_magic, sizeof(segment_magic)) != 0)
		return err_set(e, -EFORMAT, "this is not a spool segment");
	uint32_t version = rd_be32(&r);
	rd_skip(&r, 4);
	uint64_t first = rd_be64(&r);
	rd_skip(&r, 4);
	if (rd_be32(&r) != crc32c(0, p, HEAD_CRC_AT))
		return err_set(e, -EFORMAT, "the head of the spool segment is damaged");
	if (version != SEGMENT_VERSION)
		return err_set(e, -EFORMAT,
			       "the spool segment has version %u, this program reads version %d",
			       (unsigned)version, SEGMENT_VERSION);
	if (first == 0)
		return err_set(e, -EFORMAT, "the spool segment starts at sequence 0");
	*first_sequence_out = first;
	return 1;
}

/* The head of a record: kind (1), length (3), CRC (4) of everything but itself, sequence (8). */
static uint32_t record_crc(const uint8_t head[SEGMENT_RECORD_HEAD_BYTES], const void *p, size_t n)
{
	uint32_t crc = crc32c(0, head, 4);

	crc = crc32c(crc, head + 8, 8);
	return crc32c(crc, p, n);
}

void segment_record_encode(const struct segment_record *r, struct buf *out)
{
	uint8_t head[SEGMENT_RECORD_HEAD_BYTES];

	put_be(head, (uint64_t)r->kind, 1);
	put_be(head + 1, r->n, 3);
	put_be(head + 8, r->sequence, 8);
	put_be(head + 4, record_crc(head, r->p, r->n), 4);
	buf_add(out, head, sizeof(head));
	buf_add(out, r->p, r->n);
}

int segment_next(struct segment_cursor *c, struct segment_record *out, struct err *e)
{
	const uint8_t *head = c->p + c->at;
	struct rd r = rd_of(head, c->n - c->at);

	if (r.n < SEGMENT_RECORD_HEAD_BYTES)
		return 0;
	uint8_t kind = rd_u8(&r);
	uint32_t length = rd_be24(&r);
	uint32_t crc = rd_be32(&r);
	uint64_t sequence = rd_be64(&r);
	uint64_t offset = c->base + c->at;

	if (kind < RECORD_FINDING || kind > RECORD_HEARTBEAT || length == 0 || length > RECORD_MAX)
		return err_set(e, -EFORMAT, "no record at byte %" PRIu64 " of the spool segment",
			       offset);
	if (sequence <= c->last)
		return err_set(e, -EFORMAT,
			       "the record at byte %" PRIu64 " of the spool segment has sequence "
			       "%" PRIu64 ", which does not follow %" PRIu64,
			       offset, sequence, c->last);
	const uint8_t *payload = rd_bytes(&r, length);
	if (!payload)
		return 0;
	if (crc != record_crc(head, payload, length))
		return err_set(e, -EFORMAT,
			       "the record at byte %" PRIu64 " of the spool segment is damaged",
			       offset);
	*out = (struct segment_record){
		.sequence = sequence, .kind = (enum record_kind)kind, .p = payload, .n = length
	};
	c->at += SEGMENT_RECORD_HEAD_BYTES + length;
	c->last = sequence;
	return 1;
}

int segment_scan(const void *p, size_t n, struct segment_scan *out, struct err *e)
{
	struct segment_scan s = { .good_bytes = SEGMENT_HEAD_BYTES };
	struct segment_record rec;
	int r = segment_head_parse(p, n, &s.first_sequence, e);

	if (r < 0)
		return r;
	if (r == 0)
		return err_set(e, -EFORMAT, "the spool segment ends at byte %zu, within its head",
			       n);
	struct segment_cursor c = {
		.p = p, .n = n, .at = SEGMENT_HEAD_BYTES, .last = s.first_sequence - 1
	};
	while (segment_next(&c, &rec, NULL) == 1) {
		s.records[rec.kind]++;
		s.bytes[rec.kind] += SEGMENT_RECORD_HEAD_BYTES + rec.n;
	}
	s.good_bytes = c.at;
	s.last_sequence = c.last;
	*out = s;
	return 0;
}
