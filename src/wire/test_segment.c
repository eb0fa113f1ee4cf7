/* SPDX-License-Identifier: Apache-2.0 */
/* Segments: what was written is read, a torn or damaged one is read up to there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/crc32c.h"
#include "wire/frame.h"
#include "wire/segment.h"

enum { N_RECORDS = 5, FIRST = 41 };

/* Payloads of 1, 2, .. bytes; OFFSET[i] is where record i starts, OFFSET[N] the end. */
static void segment_make(struct buf *b, size_t offset[N_RECORDS + 1])
{
	static const uint8_t payload[N_RECORDS] = "abcde";

	buf_init(b, 0);
	segment_head_encode(FIRST, b);
	for (size_t i = 0; i < N_RECORDS; i++) {
		offset[i] = b->n;
		segment_record_encode(
			&(struct segment_record){ .sequence = FIRST + 2 * i,
						  .kind = i % 2 ? RECORD_SUMMARY : RECORD_FINDING,
						  .p = payload,
						  .n = i + 1 },
			b);
	}
	offset[N_RECORDS] = b->n;
}

/* RFC 3720, B.4 */
static void crc32c_is_castagnoli(void **state)
{
	static const uint8_t zeros[32];

	(void)state;
	assert_int_equal(crc32c(0, zeros, sizeof(zeros)), 0x8a9136aa);
	assert_int_equal(crc32c(0, "123456789", 9), 0xe3069283);
	assert_int_equal(crc32c(crc32c(0, "1234", 4), "56789", 5), 0xe3069283);
}

static void crc32c_of_a_long_run_is_that_of_its_parts(void **state)
{
	(void)state;
	enum { N = 40003 };
	SCOPED_MEM uint8_t *b = mem_new(N);
	uint32_t parts = 0;
	for (size_t i = 0; i < N; i++)
		b[i] = (uint8_t)(i * 2654435761u >> 13);
	for (size_t i = 0; i < N; i += 1000)
		parts = crc32c(parts, b + i, N - i < 1000 ? N - i : 1000);
	assert_int_equal(crc32c(0, b, N), parts);
}

static void written_is_read(void **state)
{
	SCOPED_BUF struct buf b;
	size_t offset[N_RECORDS + 1];
	struct segment_scan s;
	struct segment_record rec;

	(void)state;
	segment_make(&b, offset);
	assert_int_equal(segment_scan(b.p, b.n, &s, NULL), 0);
	assert_int_equal(s.first_sequence, FIRST);
	assert_int_equal(s.last_sequence, FIRST + 2 * (N_RECORDS - 1));
	assert_int_equal(s.good_bytes, b.n);
	assert_int_equal(s.records[RECORD_FINDING], 3);
	assert_int_equal(s.records[RECORD_SUMMARY], 2);
	struct segment_cursor c = { .p = (uint8_t *)b.p + offset[2],
				    .n = b.n - offset[2],
				    .base = offset[2],
				    .last = FIRST };
	assert_int_equal(segment_next(&c, &rec, NULL), 1);
	assert_int_equal(rec.sequence, FIRST + 4);
	assert_int_equal(rec.n, 3);
	assert_memory_equal(rec.p, "abc", 3);
}

static void cut_anywhere_keeps_whole_records(void **state)
{
	SCOPED_BUF struct buf b;
	size_t offset[N_RECORDS + 1];
	struct segment_scan s;

	(void)state;
	segment_make(&b, offset);
	for (size_t n = 0; n < b.n; n++) {
		size_t whole = 0;
		while (whole < N_RECORDS && offset[whole + 1] <= n)
			whole++;
		int r = segment_scan(b.p, n, &s, NULL);
		if (n < SEGMENT_HEAD_BYTES) {
			assert_int_equal(r, -EFORMAT);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(s.good_bytes, offset[whole]);
		assert_int_equal(s.records[RECORD_FINDING] + s.records[RECORD_SUMMARY], whole);
	}
}

static void any_changed_byte_is_noticed(void **state)
{
	SCOPED_BUF struct buf b;
	size_t offset[N_RECORDS + 1];
	struct segment_scan s;

	(void)state;
	segment_make(&b, offset);
	for (size_t i = 0; i < b.n; i++) {
		size_t whole = 0;
		while (offset[whole + 1] <= i)
			whole++;
		b.p[i] = (char)(b.p[i] ^ 0x20);
		int r = segment_scan(b.p, b.n, &s, NULL);
		b.p[i] = (char)(b.p[i] ^ 0x20);
		if (i < SEGMENT_HEAD_BYTES) {
			assert_int_equal(r, -EFORMAT);
			continue;
		}
		assert_int_equal(r, 0);
		assert_int_equal(s.good_bytes, offset[whole]);
	}
}

static void messages_name_the_offset(void **state)
{
	SCOPED_BUF struct buf b;
	size_t offset[N_RECORDS + 1];
	struct segment_record rec;
	struct err e = { 0 };

	(void)state;
	segment_make(&b, offset);
	b.p[offset[1] + SEGMENT_RECORD_HEAD_BYTES] ^= 1;
	struct segment_cursor c = {
		.p = (uint8_t *)b.p + offset[1], .n = b.n - offset[1], .base = 1000, .last = FIRST
	};
	assert_int_equal(segment_next(&c, &rec, &e), -EFORMAT);
	assert_non_null(strstr(e.text, "byte 1000 "));
	assert_int_equal(segment_scan("not a segment, but long enough for a head", 41, NULL, &e),
			 -EFORMAT);
	assert_non_null(strstr(e.text, "not a spool segment"));
}

static void sequences_must_rise(void **state)
{
	SCOPED_BUF struct buf b;
	struct segment_scan s;
	struct segment_record rec = {
		.sequence = 7, .kind = RECORD_FINDING, .p = (const uint8_t *)"x", .n = 1
	};

	(void)state;
	buf_init(&b, 0);
	segment_head_encode(7, &b);
	segment_record_encode(&rec, &b);
	size_t whole = b.n;
	segment_record_encode(&rec, &b);
	assert_int_equal(segment_scan(b.p, b.n, &s, NULL), 0);
	assert_int_equal(s.good_bytes, whole);
	assert_int_equal(s.last_sequence, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crc32c_is_castagnoli),
		cmocka_unit_test(crc32c_of_a_long_run_is_that_of_its_parts),
		cmocka_unit_test(written_is_read),
		cmocka_unit_test(cut_anywhere_keeps_whole_records),
		cmocka_unit_test(any_changed_byte_is_noticed),
		cmocka_unit_test(messages_name_the_offset),
		cmocka_unit_test(sequences_must_rise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
