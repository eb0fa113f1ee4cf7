/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe process puts into the spool: signs of life and large summaries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "sensor/probe_report.h"
#include "sensor/sensor_conf.h"
#include "sensor/spool/spool_reader.h"
#include "wire/frame.h"

enum { EVERY_MS = 60000 };

struct bed {
	char state[64], spool_dir[80];
	struct clock_fake clock;
	struct spool *spool;
	struct spool_reader *reader;
	struct probe_report report;
	struct arena *arena;
	ProtobufCMessage *m;
	struct record rec;
};

static int bed_make(void **state)
{
	struct bed *b = mem_new(sizeof(*b));

	(void)snprintf(b->state, sizeof(b->state), "/tmp/otasuke-report-XXXXXX");
	if (!mkdtemp(b->state))
		return -1;
	(void)snprintf(b->spool_dir, sizeof(b->spool_dir), "%s/spool", b->state);
	clock_fake_init(&b->clock, 1700000000 * US_PER_SEC);
	struct spool_conf c = { .dir = b->spool_dir, .clock = &b->clock.clock };
	assert_int_equal(spool_open(&c, &b->spool, NULL), 0);
	assert_int_equal(spool_reader_open(b->spool_dir, &b->reader, NULL), 0);
	probe_report_init(&b->report, b->spool, b->state, &b->clock.clock, EVERY_MS);
	b->arena = arena_new(0);
	*state = b;
	return 0;
}

static int bed_remove(void **state)
{
	struct bed *b = *state;

	if (b->m)
		protobuf_c_message_free_unpacked(b->m, NULL);
	arena_free(b->arena);
	probe_report_done(&b->report);
	spool_reader_close(b->reader);
	spool_close(b->spool);
	int r = dir_remove_all(b->state, NULL);
	free(b);
	return r;
}

/* The next record of the spool, NULL when there is none. */
static const struct record *bed_next(struct bed *b)
{
	struct segment_record raw;

	spool_run(b->spool);
	if (spool_reader_next(b->reader, &raw, NULL) != 1)
		return NULL;
	if (b->m)
		protobuf_c_message_free_unpacked(b->m, NULL);
	assert_int_equal(
		frame_unpack(&otasuke__wire__record__descriptor, raw.p, raw.n, &b->m, NULL), 0);
	arena_reset(b->arena);
	record_decode((const Otasuke__Wire__Record *)b->m, b->arena, &b->rec);
	return &b->rec;
}

static void a_sign_of_life_at_start_and_every_minute(void **state)
{
	struct bed *b = *state;

	probe_report_beat(&b->report, NULL, false);
	const struct record *r = bed_next(b);
	assert_non_null(r);
	assert_int_equal(r->kind, RECORD_HEARTBEAT);
	assert_int_equal(r->heartbeat.at_us, 1700000000 * US_PER_SEC);
	assert_true(r->heartbeat.spool_quota > 0);
	assert_int_equal(r->heartbeat.n_problems, 0);
	clock_fake_add(&b->clock, 59 * US_PER_SEC);
	probe_report_beat(&b->report, NULL, false);
	assert_null(bed_next(b));
	clock_fake_add(&b->clock, US_PER_SEC);
	probe_report_beat(&b->report, NULL, false);
	r = bed_next(b);
	assert_non_null(r);
	assert_int_equal(r->heartbeat.uptime_s, 60);
}

static void problems_are_told_once(void **state)
{
	struct bed *b = *state;
	struct probe_sink sink = probe_report_sink(&b->report);
	char path[SENSOR_PATH_MAX];
	static const char full[] = "the hub takes nothing now: full";

	sensor_path(b->state, SENSOR_STATUS, path);
	assert_int_equal(file_write(path, 0600, full, sizeof(full) - 1, NULL), 0);
	sink.problem(sink.arg, "line 3 of the list is no indicator");
	sink.problem(sink.arg, "line 3 of the list is no indicator");
	probe_report_beat(&b->report, NULL, true);
	const struct record *r = bed_next(b);
	assert_int_equal(r->heartbeat.n_problems, 2);
	assert_string_equal(r->heartbeat.problems[0], "line 3 of the list is no indicator");
	assert_string_equal(r->heartbeat.problems[1], full);
	assert_int_equal(file_write(path, 0600, "", 0, NULL), 0);
	probe_report_beat(&b->report, NULL, true);
	assert_int_equal(bed_next(b)->heartbeat.n_problems, 0);
}

static void losses_are_told(void **state)
{
	struct bed *b = *state;
	SCOPED_MEM char *text = mem_new(RECORD_MAX + 1);
	struct probe_sink sink = probe_report_sink(&b->report);
	struct finding f = { .detector = "beacon", .story = text };

	memset(text, 'x', RECORD_MAX);
	sink.finding(sink.arg, &f); /* no record may be so large */
	probe_report_beat(&b->report, NULL, true);
	const struct record *r = bed_next(b);
	assert_int_equal(r->kind, RECORD_HEARTBEAT);
	assert_int_equal(r->heartbeat.spool_dropped, 1);
	assert_true(r->heartbeat.n_problems >= 1);
	assert_non_null(strstr(r->heartbeat.problems[0], "1 records were lost"));
}

static void a_capture_that_cannot_be_read_is_told(void **state)
{
	struct bed *b = *state;

	(void)snprintf(b->report.failed, sizeof(b->report.failed), "there is no such file");
	probe_report_beat(&b->report, NULL, true);
	const struct record *r = bed_next(b);
	assert_false(r->heartbeat.capture_up);
	assert_string_equal(r->heartbeat.capture_text, "there is no such file");
}

/* 600 devices: three records, each row in exactly one, the totals in the first. */
static void large_summaries_are_split(void **state)
{
	enum { DEVICES = 600, TRAFFIC = 300 };
	struct bed *b = *state;
	static struct device_info devices[DEVICES];
	static struct traffic traffic[TRAFFIC];
	struct probe_sink sink = probe_report_sink(&b->report);
	struct interval s = { .length_us = 300 * US_PER_SEC,
			      .packets = 9,
			      .devices = devices,
			      .n_devices = DEVICES,
			      .traffic = traffic,
			      .n_traffic = TRAFFIC };
	size_t n_devices = 0, n_traffic = 0, records = 0;
	uint64_t packets = 0;
	const struct record *r;

	for (size_t i = 0; i < DEVICES; i++)
		devices[i] = (struct device_info){ .mac = "02:00:5e:00:53:17",
						   .first_seen_us = (int64_t)i };
	sink.summary(sink.arg, &s);
	while ((r = bed_next(b))) {
		assert_int_equal(r->kind, RECORD_SUMMARY);
		for (size_t i = 0; i < r->summary.n_devices; i++)
			assert_int_equal(r->summary.devices[i].first_seen_us, n_devices++);
		n_traffic += r->summary.n_traffic;
		packets += r->summary.packets;
		records++;
	}
	assert_int_equal(records, 3);
	assert_int_equal(n_devices, DEVICES);
	assert_int_equal(n_traffic, TRAFFIC);
	assert_int_equal(packets, 9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sign_of_life_at_start_and_every_minute, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(problems_are_told_once, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(losses_are_told, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(a_capture_that_cannot_be_read_is_told, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(large_summaries_are_split, bed_make, bed_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
