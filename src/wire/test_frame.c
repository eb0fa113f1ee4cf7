/* SPDX-License-Identifier: Apache-2.0 */
/* Frames and batches: round trip, limits, hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/frame.h"
#include "wire/wire_samples.h"

static void raw_add(struct buf *raw, struct record r)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b;

	buf_init(&b, 0);
	assert_int_equal(record_encode(&r, a, &b, NULL), 0);
	batch_add(raw, b.p, b.n);
}

/* What batch_open says to RAW. */
static int raw_open(const struct buf *raw, Otasuke__Wire__Batch **out, struct err *e)
{
	SCOPED_BUF struct buf packed;

	buf_init(&packed, 0);
	assert_int_equal(batch_compress(raw, &packed, NULL), 0);
	return batch_open(packed.p, packed.n, out, e);
}

static void batch_round_trip(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	raw_add(&raw, sample_finding(7));
	raw_add(&raw, sample_summary(8));
	raw_add(&raw, sample_heartbeat(10));
	assert_int_equal(raw_open(&raw, &b, NULL), 0);
	assert_int_equal(b->n_records, 3);
	assert_int_equal(b->records[0]->sequence, 7);
	assert_int_equal(b->records[2]->sequence, 10);
	assert_string_equal(b->records[0]->finding->detector, "beacon");
	assert_int_equal(b->records[1]->body_case, OTASUKE__WIRE__RECORD__BODY_SUMMARY);
	otasuke__wire__batch__free_unpacked(b, NULL);
}

static void empty_batch_is_fine(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	assert_int_equal(raw_open(&raw, &b, NULL), 0);
	assert_int_equal(b->n_records, 0);
	otasuke__wire__batch__free_unpacked(b, NULL);
}

static void record_count_is_limited(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;
	struct err e = { 0 };

	(void)state;
	buf_init(&raw, 0);
	for (size_t i = 0; i < BATCH_RECORDS_MAX + 1; i++)
		batch_add(&raw, "", 0);
	assert_int_equal(raw_open(&raw, &b, &e), -ELIMIT);
	assert_non_null(strstr(e.text, "10000"));
}

static void record_size_is_limited(void **state)
{
	SCOPED_MEM char *big = mem_new(RECORD_MAX + 1);
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	batch_add(&raw, big, RECORD_MAX + 1);
	assert_int_equal(raw_open(&raw, &b, NULL), -ELIMIT);
}

/* Megabytes of zeros in a few hundred bytes. */
static void zstd_bomb_is_refused_before_it_unpacks(void **state)
{
	size_t n = BATCH_RAW_MAX + 1;
	SCOPED_MEM char *zeros = mem_new(n);
	SCOPED_MEM char *bomb = mem_new(ZSTD_compressBound(n));
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	size_t bomb_n = ZSTD_compress(bomb, ZSTD_compressBound(n), zeros, n, 1);
	assert_int_equal(batch_open(bomb, bomb_n, &b, NULL), -ELIMIT);
	assert_null(b);
}

/* Empty sub-messages cost two bytes on the wire and many in memory. */
static void memory_of_a_batch_is_limited(void **state)
{
	SCOPED_BUF struct buf raw, record;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&record, 0);
	buf_add(&record, "\x08\x01\x1a\xf0\x93\x09",
		6); /* sequence 1, a summary of 150,000 bytes */
	for (size_t i = 0; i < 75000; i++)
		buf_add(&record, "\x1a\x00", 2); /* an empty Traffic */
	buf_init(&raw, 0);
	for (size_t i = 0; i < 60; i++)
		batch_add(&raw, record.p, record.n);
	assert_int_equal(raw_open(&raw, &b, NULL), -ELIMIT);
}

static void sequences_must_rise(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	raw_add(&raw, sample_heartbeat(8));
	raw_add(&raw, sample_heartbeat(8));
	assert_int_equal(raw_open(&raw, &b, NULL), -EFORMAT);
	buf_clear(&raw);
	raw_add(&raw, sample_heartbeat(0));
	assert_int_equal(raw_open(&raw, &b, NULL), -EFORMAT);
}

static void cut_batches_are_refused(void **state)
{
	SCOPED_BUF struct buf raw, packed;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	buf_init(&packed, 0);
	raw_add(&raw, sample_finding(7));
	assert_int_equal(batch_compress(&raw, &packed, NULL), 0);
	for (size_t n = 0; n < packed.n; n++)
		assert_int_equal(batch_open(packed.p, n, &b, NULL), -EFORMAT);
	for (size_t n = 1; n < raw.n; n++) {
		struct buf cut = { .p = raw.p, .n = n };
		assert_int_equal(raw_open(&cut, &b, NULL), -EFORMAT);
	}
}

static void texts_become_valid_utf8(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;
	struct record r = sample_finding(7);

	(void)state;
	buf_init(&raw, 0);
	r.finding.detector = "b\xff"
			     "c\xe3\x81";
	r.finding.device.hostname = "\xe3\x81\x82\xc0";
	raw_add(&raw, r);
	assert_int_equal(raw_open(&raw, &b, NULL), 0);
	assert_string_equal(b->records[0]->finding->detector, "b?c??");
	assert_string_equal(b->records[0]->finding->device->hostname, "\xe3\x81\x82?");
	otasuke__wire__batch__free_unpacked(b, NULL);
}

static void unknown_body_passes(void **state)
{
	SCOPED_BUF struct buf raw;
	Otasuke__Wire__Batch *b = NULL;

	(void)state;
	buf_init(&raw, 0);
	batch_add(&raw, "\x08\x05\x7a\x02hi", 6); /* sequence 5, field 15 of a later version */
	assert_int_equal(raw_open(&raw, &b, NULL), 0);
	assert_int_equal(b->records[0]->sequence, 5);
	assert_int_equal(b->records[0]->body_case, OTASUKE__WIRE__RECORD__BODY__NOT_SET);
	otasuke__wire__batch__free_unpacked(b, NULL);
}

static void frame_round_trip_and_garbage(void **state)
{
	SCOPED_BUF struct buf b;
	Otasuke__Wire__Hello m = OTASUKE__WIRE__HELLO__INIT;
	ProtobufCMessage *got = NULL;
	struct err e = { 0 };

	(void)state;
	buf_init(&b, 0);
	m.version = (char *)(uintptr_t) "0.1.0";
	m.next_sequence = 9;
	frame_pack(&m.base, &b);
	assert_int_equal(frame_unpack(&otasuke__wire__hello__descriptor, b.p, b.n, &got, &e), 0);
	assert_int_equal(((Otasuke__Wire__Hello *)got)->next_sequence, 9);
	protobuf_c_message_free_unpacked(got, NULL);
	assert_int_equal(frame_unpack(&otasuke__wire__hello__descriptor, "\xff\xff", 2, &got, &e),
			 -EFORMAT);
	assert_non_null(strstr(e.text, "Hello"));
	assert_int_equal(
		frame_unpack(&otasuke__wire__hello__descriptor, b.p, FRAME_MAX + 1, &got, &e),
		-ELIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batch_round_trip),
		cmocka_unit_test(empty_batch_is_fine),
		cmocka_unit_test(record_count_is_limited),
		cmocka_unit_test(record_size_is_limited),
		cmocka_unit_test(zstd_bomb_is_refused_before_it_unpacks),
		cmocka_unit_test(memory_of_a_batch_is_limited),
		cmocka_unit_test(sequences_must_rise),
		cmocka_unit_test(cut_batches_are_refused),
		cmocka_unit_test(texts_become_valid_utf8),
		cmocka_unit_test(unknown_body_passes),
		cmocka_unit_test(frame_round_trip_and_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
