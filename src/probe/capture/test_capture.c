/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of capture files: both formats, both byte orders, damage. */
#include <string.h>

#include "base/clock.h"
#include "base/str.h"
#include "base/test.h"
#include "probe/capture/capture.h"
#include "probe/test_packets.h"

struct heard {
	int n;
	char last[ERR_TEXT_MAX];
};

static void on_problem(void *arg, const char *text)
{
	struct heard *h = arg;

	h->n++;
	(void)str_copy(h->last, sizeof(h->last), str_of(text)); /* cut is fine */
}

struct result {
	int packets, opened, code;
	struct packet first, last;
	uint64_t bad;
	struct heard heard;
	struct err e;
};

/* Writes B as a file and reads it as a capture. */
static struct result read_capture(const struct buf *b)
{
	static struct packet batch[CAPTURE_BATCH];
	char dir[TEST_DIR_MAX], path[TEST_DIR_MAX + 8];
	struct result r = { 0 };
	struct capture *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	test_dir_new(dir);
	(void)snprintf(path, sizeof(path), "%s/a", dir);
	pcap_write(b, path);
	c->problem = on_problem;
	c->problem_arg = &r.heard;
	r.opened = r.code = capture_open_file(c, path, &r.e);
	while (r.code >= 0 && (r.code = capture_next(c, batch, CAPTURE_BATCH, 0, &r.e)) > 0) {
		if (r.packets == 0)
			r.first = batch[0];
		r.last = batch[r.code - 1];
		r.packets += r.code;
	}
	r.bad = c->stats.records_bad;
	capture_close(c);
	free(c);
	test_dir_free(dir);
	return r;
}

static void le32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 32; i += 8)
		buf_addc(b, (char)(v >> i));
}

static void pcap_records(struct buf *b, int n)
{
	SCOPED_BUF struct buf p;

	buf_init(&p, 0);
	buf_adds(&p, "sixteen bytes ok");
	pcap_start(b, 1);
	for (int i = 0; i < n; i++)
		pcap_add(b, (1700000000 + i) * US_PER_SEC + 250000, &p);
}

static void pcap_is_read(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	pcap_records(&b, 1000);
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 1000);
	assert_int_equal(r.code, 0);
	assert_int_equal(r.heard.n, 0);
	assert_true(r.first.ts_us == 1700000000 * US_PER_SEC + 250000);
	assert_int_equal(r.first.len, 16);
	assert_int_equal(r.first.link, LINK_ETHERNET);
}

static void big_endian_nanoseconds(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	const uint32_t head[] = { 0xa1b23c4d, 0x00020004, 0,         0, 65535,
				  101,        1700000000, 123456789, 4, 60 };
	for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		buf_be32(&b, head[i]);
	buf_adds(&b, "four");
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 1);
	assert_true(r.first.ts_us == 1700000000 * US_PER_SEC + 123456);
	assert_int_equal(r.first.wire_len, 60);
	assert_int_equal(r.first.link, LINK_RAW);
}

static void cut_record_names_file_and_offset(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	pcap_records(&b, 3);
	b.n -= 5;
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 2);
	assert_int_equal(r.bad, 1);
	assert_non_null(strstr(r.heard.last, "/a: the last record is cut off (offset 88)"));
}

static void damage_is_stepped_over(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	pcap_records(&b, 20);
	memset(b.p + 24 + 5 * 32 + 8, 0xee, 4); /* a length that cannot be */
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 19);
	assert_int_equal(r.bad, 1);
	assert_non_null(strstr(r.heard.last, "damaged record at offset 184"));
}

static void much_damage_is_told_a_few_times(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	pcap_records(&b, 400);
	for (size_t i = 4; i < 400; i += 8)
		memset(b.p + 24 + i * 32 + 8, 0xee, 4);
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 350);
	assert_int_equal(r.bad, 50);
	assert_int_equal(r.heard.n, CAPTURE_PROBLEMS_MAX + 1);
}

static void no_capture_is_refused(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	buf_adds(&b, "this is a letter and no capture");
	struct result r = read_capture(&b);
	assert_int_equal(r.opened, -EFORMAT);
	assert_non_null(strstr(r.e.text, "is not a pcap or pcapng capture"));
	buf_clear(&b);
	r = read_capture(&b);
	assert_int_equal(r.opened, -EFORMAT);
	le32(&b, 0xa1b2c3d4);
	r = read_capture(&b);
	assert_int_equal(r.opened, -EFORMAT);
	assert_non_null(strstr(r.e.text, "header is cut off"));
}

static void block(struct buf *b, uint32_t type, const struct buf *body)
{
	size_t padded = (body->n + 3) & ~(size_t)3;

	le32(b, type);
	le32(b, (uint32_t)(padded + 12));
	buf_add(b, body->p, body->n);
	for (size_t i = body->n; i < padded; i++)
		buf_addc(b, 0);
	le32(b, (uint32_t)(padded + 12));
}

static void section(struct buf *b)
{
	SCOPED_BUF struct buf body;

	buf_init(&body, 0);
	le32(&body, 0x1a2b3c4d);
	le32(&body, 1);
	le32(&body, 0xffffffff);
	le32(&body, 0xffffffff);
	block(b, 0x0a0d0d0a, &body);
}

/* RESOLUTION 0: without the option. */
static void interface(struct buf *b, uint32_t link, uint8_t resolution)
{
	SCOPED_BUF struct buf body;

	buf_init(&body, 0);
	le32(&body, link);
	le32(&body, 0);
	if (resolution) {
		le32(&body, 1 << 16 | 9);
		le32(&body, resolution);
		le32(&body, 0);
	}
	block(b, 1, &body);
}

static void enhanced(struct buf *b, uint32_t id, uint64_t t, const char *data)
{
	SCOPED_BUF struct buf body;

	buf_init(&body, 0);
	le32(&body, id);
	le32(&body, (uint32_t)(t >> 32));
	le32(&body, (uint32_t)t);
	le32(&body, (uint32_t)strlen(data));
	le32(&body, 90);
	buf_adds(&body, data);
	block(b, 6, &body);
}

static void pcapng_with_two_interfaces(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	section(&b);
	interface(&b, 1, 0);
	interface(&b, 113, 9);
	enhanced(&b, 0, UINT64_C(1700000000123456), "five5");
	block(&b, 0x0bad0bad, &(struct buf){ .p = (char *)"skip", .n = 4 });
	enhanced(&b, 1, UINT64_C(1700000001123456789), "second");
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 2);
	assert_int_equal(r.heard.n, 0);
	assert_true(r.first.ts_us == INT64_C(1700000000123456));
	assert_int_equal(r.first.len, 5);
	assert_int_equal(r.first.wire_len, 90);
	assert_true(r.last.ts_us == INT64_C(1700000001123456));
	assert_int_equal(r.last.link, LINK_SLL);
}

static void pcapng_damage(void **state)
{
	(void)state;
	SCOPED_BUF struct buf b;
	buf_init(&b, 0);
	section(&b);
	interface(&b, 1, 0);
	enhanced(&b, 7, 1, "no such interface");
	enhanced(&b, 0, 2, "good");
	size_t at = b.n;
	enhanced(&b, 0, 3, "its length is wrong");
	b.p[at + 4] ^= 0x40;
	enhanced(&b, 0, 4, "good again");
	enhanced(&b, 0, 5, "cut");
	b.n -= 6;
	struct result r = read_capture(&b);
	assert_int_equal(r.packets, 2);
	assert_int_equal(r.bad, 3);
	assert_true(r.last.ts_us == 4);
}

int main(void)
{
	const struct CMUnitTest t[] = {
		cmocka_unit_test(pcap_is_read),
		cmocka_unit_test(big_endian_nanoseconds),
		cmocka_unit_test(cut_record_names_file_and_offset),
		cmocka_unit_test(damage_is_stepped_over),
		cmocka_unit_test(much_damage_is_told_a_few_times),
		cmocka_unit_test(no_capture_is_refused),
		cmocka_unit_test(pcapng_with_two_interfaces),
		cmocka_unit_test(pcapng_damage),
	};
	return cmocka_run_group_tests(t, NULL, NULL);
}
