/* SPDX-License-Identifier: Apache-2.0 */
/* Items: round trip, limits, and that each part is within what is signed. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "wire/frame.h"
#include "wire/item.h"

static const uint8_t hash[BLOB_HASH] = { 1, 2, 3 };
static const uint8_t other_hash[BLOB_HASH] = { 1, 2, 4 };
static const uint8_t signature[ITEM_SIGNATURE] = { 9, 8, 7 };

static struct item sample(void)
{
	return (struct item){
		.sensor = "12",
		.sequence = 4711,
		.kind = "indicators",
		.replace_key = "main",
		.made_us = 1000,
		.expires_us = 2000,
		.blob = hash,
		.blob_size = 99,
		.body = "body",
		.body_n = 4,
		.signature = signature,
	};
}

static int again(const struct item *i, struct arena *a, struct item *out, struct err *e)
{
	SCOPED_BUF struct buf b = { 0 };
	int r = item_encode(i, &b, e);

	return r < 0 ? r : item_decode(b.p, b.n, a, out, e);
}

static void an_item_comes_out_as_it_went_in(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct item i = sample(), got;

	(void)state;
	assert_int_equal(again(&i, a, &got, NULL), 0);
	assert_string_equal(got.sensor, "12");
	assert_string_equal(got.kind, "indicators");
	assert_string_equal(got.replace_key, "main");
	assert_int_equal(got.sequence, 4711);
	assert_int_equal(got.made_us, 1000);
	assert_int_equal(got.expires_us, 2000);
	assert_int_equal(got.blob_size, 99);
	assert_memory_equal(got.blob, hash, sizeof(hash));
	assert_memory_equal(got.signature, signature, sizeof(signature));
	assert_int_equal(got.body_n, 4);
	assert_memory_equal(got.body, "body", 4);
}

static bool signs_the_same(const struct item *x, const struct item *y)
{
	SCOPED_BUF struct buf a = { 0 };
	SCOPED_BUF struct buf b = { 0 };

	item_signed_bytes(x, &a);
	item_signed_bytes(y, &b);
	return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void every_part_is_signed(void **state)
{
	const struct item i = sample();
	struct item x[] = { i, i, i, i, i, i, i, i, i, i, i };

	(void)state;
	assert_true(signs_the_same(&i, &x[0]));
	x[0].sensor = "13";
	x[1].sequence++;
	x[2].kind = "mutes";
	x[3].replace_key = "";
	x[4].made_us++;
	x[5].expires_us++;
	x[6].blob = other_hash;
	x[7].blob_size++;
	x[8].body = "b0dy";
	x[9].body_n = 3;
	/* what moves from one part to the next is not the same either */
	x[10].kind = "indicatorsm";
	x[10].replace_key = "ain";
	for (size_t k = 0; k < ARRAY_LEN(x); k++)
		if (signs_the_same(&i, &x[k]))
			fail_msg("change %zu is not signed", k);
}

static void what_breaks_a_limit_is_refused(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	static char body[ITEM_BODY_MAX + 1];
	struct item got = { .sequence = 77 };
	struct item i = sample();
	struct err e = { 0 };

	(void)state;
	i.body = body;
	i.body_n = ITEM_BODY_MAX;
	assert_int_equal(again(&i, a, &got, &e), 0);
	i.body_n++;
	assert_int_equal(again(&i, a, &got, &e), -ELIMIT);
	assert_non_null(strstr(e.text, "262145 bytes"));
	i = sample();
	i.kind = "../../etc";
	assert_int_equal(again(&i, a, &got, &e), -EINVAL);
	i.kind = "";
	assert_int_equal(again(&i, a, &got, &e), -EINVAL);
	i = sample();
	i.sensor = "";
	assert_int_equal(again(&i, a, &got, &e), -EINVAL);
	i = sample();
	i.sequence = 0;
	assert_int_equal(again(&i, a, &got, &e), -EINVAL);
	i = sample();
	i.blob_size = (uint64_t)BLOB_SIZE_MAX + 1;
	assert_int_equal(again(&i, a, &got, &e), -ELIMIT);
	i.blob = NULL;
	i.blob_size = 1; /* of nothing */
	assert_int_equal(again(&i, a, &got, &e), -ELIMIT);
}

static int decode_raw(const Otasuke__Wire__Item *m, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_BUF struct buf b = { 0 };
	struct item got;

	frame_pack(&m->base, &b);
	return item_decode(b.p, b.n, a, &got, e);
}

static void foreign_bytes_are_refused(void **state)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	Otasuke__Wire__Item m = OTASUKE__WIRE__ITEM__INIT;
	char sensor[] = "1", kind[] = "mutes", bad[] = "Mutes\n";
	uint8_t few[31] = { 0 };
	struct item got;
	struct err e = { 0 };

	(void)state;
	m.sensor = sensor;
	m.kind = kind;
	m.sequence = 1;
	assert_int_equal(decode_raw(&m, &e), 0);
	m.signature = (ProtobufCBinaryData){ sizeof(few), few };
	assert_int_equal(decode_raw(&m, &e), -EFORMAT);
	m.signature = (ProtobufCBinaryData){ 0, NULL };
	m.blob_sha256 = (ProtobufCBinaryData){ sizeof(few), few };
	assert_int_equal(decode_raw(&m, &e), -EFORMAT);
	m.blob_sha256 = (ProtobufCBinaryData){ 0, NULL };
	m.kind = bad;
	assert_int_equal(decode_raw(&m, &e), -EFORMAT);
	assert_int_equal(item_decode("\xff\xff\xff", 3, a, &got, &e), -EFORMAT);
	assert_int_equal(item_decode("", 0, a, &got, &e), -EFORMAT); /* no number */
	assert_int_equal(item_decode("", (size_t)ITEM_MAX + 1, a, &got, &e), -ELIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_item_comes_out_as_it_went_in),
		cmocka_unit_test(every_part_is_signed),
		cmocka_unit_test(what_breaks_a_limit_is_refused),
		cmocka_unit_test(foreign_bytes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
