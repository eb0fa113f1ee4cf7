/* SPDX-License-Identifier: Apache-2.0 */
/* The spool as a whole: order, crash, quota, acknowledgement, full disk. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "sensor/spool/slots.h"
#include "sensor/spool/spool.h"
#include "sensor/spool/spool_dir.h"
#include "sensor/spool/spool_reader.h"
#include "wire/wire_samples.h"

struct bed {
	char dir[64];
	struct clock_fake clock;
};

static int bed_make(void **state)
{
	struct bed *b = mem_new(sizeof(*b));

	(void)snprintf(b->dir, sizeof(b->dir), "/tmp/otasuke-spool-XXXXXX");
	if (!mkdtemp(b->dir))
		return -1;
	clock_fake_init(&b->clock, 1700000000 * US_PER_SEC);
	*state = b;
	return 0;
}

static int bed_remove(void **state)
{
	struct bed *b = *state;
	int r = dir_remove_all(b->dir, NULL);

	free(b);
	return r;
}

static struct spool *bed_spool(struct bed *b, const char *dir, int64_t quota)
{
	struct spool_conf c = { .dir = dir, .quota_bytes = quota, .clock = &b->clock.clock };
	struct spool *s = NULL;
	struct err e = { 0 };

	if (spool_open(&c, &s, &e) < 0)
		fail_msg("%s", e.text);
	return s;
}

static uint64_t append(struct spool *s, struct record r)
{
	spool_append(s, &r);
	return r.sequence;
}

/* Reads what is there behind AFTER; returns the number of records, the sequences in OUT. */
static size_t read_all(const char *dir, uint64_t after, uint64_t *out, size_t max)
{
	struct spool_reader *r = NULL;
	struct segment_record rec;
	size_t n = 0;
	int got;

	assert_int_equal(spool_reader_open(dir, &r, NULL), 0);
	spool_reader_seek(r, after);
	while ((got = spool_reader_next(r, &rec, NULL)) == 1) {
		if (n < max)
			out[n] = rec.sequence;
		n++;
	}
	assert_int_equal(got, 0);
	spool_reader_close(r);
	return n;
}

static size_t segment_count(const char *dir)
{
	SCOPED_MEM uint64_t *first = NULL;
	size_t n = 0;

	assert_int_equal(spool_list(dir, &first, &n, NULL), 0);
	return n;
}

static void appended_is_read_in_order(void **state)
{
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, 0);
	struct spool_reader *r = NULL;
	struct segment_record rec;

	assert_int_equal(spool_reader_open(b->dir, &r, NULL), 0);
	assert_int_equal(spool_reader_next(r, &rec, NULL), 0);
	for (uint64_t i = 1; i <= 3; i++) {
		assert_int_equal(append(s, sample_finding(0)), i);
		assert_int_equal(spool_reader_next(r, &rec, NULL), 0); /* not written yet */
		spool_run(s);
		assert_int_equal(spool_reader_next(r, &rec, NULL), 1);
		assert_int_equal(rec.sequence, i);
		assert_int_equal(rec.kind, RECORD_FINDING);
	}
	spool_reader_seek(r, 1);
	assert_int_equal(spool_reader_next(r, &rec, NULL), 1);
	assert_int_equal(rec.sequence, 2);
	spool_reader_close(r);
	spool_close(s);
}

static void clean_stop_leaves_no_gap(void **state)
{
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, 0);

	assert_int_equal(append(s, sample_finding(0)), 1);
	spool_close(s);
	s = bed_spool(b, b->dir, 0);
	assert_int_equal(append(s, sample_finding(0)), 2);
	spool_close(s);
	uint64_t seen[4];
	assert_int_equal(read_all(b->dir, 0, seen, 4), 2);
}

static void one_writer_only(void **state)
{
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, 0), *second = NULL;
	struct spool_conf c = { .dir = b->dir, .clock = &b->clock.clock };

	assert_int_equal(spool_open(&c, &second, NULL), -EBUSY);
	assert_null(second);
	spool_close(s);
}

/* Writes N heartbeats and dies without closing. */
static void crash_after(struct bed *b, size_t n)
{
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		struct spool *s = bed_spool(b, b->dir, 0);
		for (size_t i = 0; i < n; i++)
			(void)append(s, sample_heartbeat(0)); /* numbered from 1 */
		spool_run(s);
		_exit(0);
	}
	int status = 0;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void copy(const char *from_dir, const char *name, const char *to_dir, size_t max)
{
	char from[SPOOL_PATH_MAX], to[SPOOL_PATH_MAX];
	SCOPED_BUF struct buf bytes;

	spool_file_path(from_dir, name, from);
	spool_file_path(to_dir, name, to);
	buf_init(&bytes, 0);
	assert_int_equal(file_read(from, 1 << 24, &bytes, NULL), 0);
	FILE *f = fopen(to, "we");
	assert_non_null(f);
	size_t n = bytes.n < max ? bytes.n : max;
	assert_int_equal(fwrite(bytes.p, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

/* The segment cut at every offset: what stands whole before the cut is kept, the rest is gone, and
 * no number is given out again: the hub may hold records that the disk has lost. */
static void cut_anywhere_after_a_crash(void **state)
{
	enum { N = 4 };
	static const char name[] = "00000000000000000001.seg";
	struct bed *b = *state;
	char path[SPOOL_PATH_MAX], dir[SPOOL_PATH_MAX];
	SCOPED_BUF struct buf bytes;
	struct segment_scan scan;

	crash_after(b, N);
	spool_file_path(b->dir, name, path);
	buf_init(&bytes, 0);
	assert_int_equal(file_read(path, 1 << 24, &bytes, NULL), 0);
	assert_int_equal(segment_scan(bytes.p, bytes.n, &scan, NULL), 0);
	assert_int_equal(scan.last_sequence, N);
	spool_file_path(b->dir, "cut", dir);
	for (size_t n = 0; n <= bytes.n; n++) {
		uint64_t seen[N + 2] = { 0 };
		size_t whole = 0;
		assert_int_equal(dir_make(dir, 0700, NULL), 0);
		copy(b->dir, SPOOL_WRITER_FILE, dir, SIZE_MAX);
		copy(b->dir, name, dir, n);
		if (segment_scan(bytes.p, n, &scan, NULL) == 0)
			whole = scan.records[RECORD_HEARTBEAT];
		struct spool *s = bed_spool(b, dir, 0);
		uint64_t next = append(s, sample_finding(0));
		assert_true(next > N);
		spool_close(s);
		assert_int_equal(read_all(dir, 0, seen, N + 2), whole + 1);
		for (size_t i = 0; i < whole; i++)
			assert_int_equal(seen[i], i + 1);
		assert_int_equal(seen[whole], next);
		assert_int_equal(dir_remove_all(dir, NULL), 0);
	}
}

static void lost_numbers_file_is_made_up_for(void **state)
{
	struct bed *b = *state;
	struct spool_reader *r = NULL;
	char path[SPOOL_PATH_MAX];

	crash_after(b, 5);
	spool_file_path(b->dir, SPOOL_WRITER_FILE, path);
	assert_int_equal(unlink(path), 0);
	struct spool *s = bed_spool(b, b->dir, 0);
	assert_int_equal(append(s, sample_finding(0)), 6);
	spool_close(s);
	/* A spool that is lost altogether: the hub's word is what is left. */
	assert_int_equal(dir_remove_all(b->dir, NULL), 0);
	assert_int_equal(spool_reader_open(b->dir, &r, NULL), 0);
	assert_int_equal(spool_reader_hub_highest(r, 700, NULL), 0);
	spool_reader_close(r);
	s = bed_spool(b, b->dir, 0);
	assert_int_equal(append(s, sample_finding(0)), 701);
	spool_close(s);
}

static void damaged_segment_is_left_and_counted(void **state)
{
	struct bed *b = *state;
	char path[SPOOL_PATH_MAX];
	struct spool *s = bed_spool(b, b->dir, 0);
	struct spool_reader *r = NULL;
	struct spool_reader_stats stats;
	struct segment_record rec;

	(void)append(s, sample_finding(0)); /* 1 */
	(void)append(s, sample_finding(0)); /* 2, to be damaged */
	spool_close(s);
	s = bed_spool(b, b->dir, 0);
	(void)append(s, sample_finding(0)); /* 3, in a segment of its own */
	spool_run(s);
	spool_segment_path(b->dir, 1, path);
	FILE *f = fopen(path, "r+e");
	assert_non_null(f);
	assert_int_equal(fseek(f, -1, SEEK_END), 0);
	assert_int_equal(fputc(0x7f, f), 0x7f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(spool_reader_open(b->dir, &r, NULL), 0);
	assert_int_equal(spool_reader_next(r, &rec, NULL), 1);
	assert_int_equal(rec.sequence, 1);
	assert_int_equal(spool_reader_next(r, &rec, NULL), 1);
	assert_int_equal(rec.sequence, 3);
	spool_reader_stats_get(r, &stats);
	assert_int_equal(stats.damaged_segments, 1);
	spool_reader_close(r);
	spool_close(s);
}

static void strange_files_are_set_aside(void **state)
{
	struct bed *b = *state;
	struct spool_stats stats;
	char path[SPOOL_PATH_MAX];
	static const char junk[] = "this is no segment, whatever its name says it is";

	spool_segment_path(b->dir, 5, path);
	assert_int_equal(file_write(path, 0600, junk, sizeof(junk), NULL), 0);
	struct spool *s = bed_spool(b, b->dir, 0);
	(void)append(s, sample_finding(0)); /* 1 */
	spool_run(s);
	spool_stats_get(s, &stats);
	assert_int_equal(stats.damaged_bytes, sizeof(junk));
	assert_int_equal(segment_count(b->dir), 1);
	spool_close(s);
}

static void quota_drops_summaries_first(void **state)
{
	enum { ROUNDS = 3000 };
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, SPOOL_QUOTA_MIN);
	struct spool_stats stats;
	SCOPED_MEM uint64_t *seen = mem_array(2 * ROUNDS, sizeof(*seen));
	size_t findings = 0;

	for (size_t i = 0; i < ROUNDS; i++) {
		(void)append(s, sample_summary(0));
		(void)append(s, sample_summary(0));
		findings += i % 3 == 0;
		if (i % 3 == 0)
			(void)append(s, sample_finding(0));
		spool_run(s);
	}
	spool_stats_get(s, &stats);
	assert_true(stats.bytes <= SPOOL_QUOTA_MIN);
	assert_int_equal(stats.dropped[RECORD_FINDING], 0);
	assert_true(stats.dropped[RECORD_SUMMARY] > 0);
	uint64_t summaries = 2 * ROUNDS - stats.dropped[RECORD_SUMMARY];
	assert_int_equal(read_all(b->dir, 0, seen, 2 * ROUNDS), summaries + findings);
	spool_close(s);
	s = bed_spool(b, b->dir, SPOOL_QUOTA_MIN); /* the counter is persistent */
	uint64_t dropped = stats.dropped[RECORD_SUMMARY];
	spool_stats_get(s, &stats);
	assert_int_equal(stats.dropped[RECORD_SUMMARY], dropped);
	spool_close(s);
}

static void quota_drops_oldest_findings_last(void **state)
{
	enum { ROUNDS = 8000 };
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, SPOOL_QUOTA_MIN);
	struct spool_stats stats;
	SCOPED_MEM uint64_t *seen = mem_array(ROUNDS, sizeof(*seen));

	for (size_t i = 0; i < ROUNDS; i++) {
		(void)append(s, sample_finding(0));
		spool_run(s);
	}
	spool_stats_get(s, &stats);
	assert_true(stats.bytes <= SPOOL_QUOTA_MIN);
	assert_true(stats.dropped[RECORD_FINDING] > 0);
	size_t n = read_all(b->dir, 0, seen, ROUNDS);
	assert_int_equal(n, ROUNDS - stats.dropped[RECORD_FINDING]);
	assert_int_equal(seen[0], stats.dropped[RECORD_FINDING] + 1);
	assert_int_equal(seen[n - 1], ROUNDS);
	spool_close(s);
}

static void acknowledged_segments_go_and_are_no_loss(void **state)
{
	enum { ROUNDS = 1000 };
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, SPOOL_QUOTA_MIN);
	struct spool_reader *r = NULL;
	struct spool_stats stats;
	uint64_t sequence = 0;

	assert_int_equal(spool_reader_open(b->dir, &r, NULL), 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		sequence = append(s, sample_finding(0));
		spool_run(s);
	}
	size_t before = segment_count(b->dir);
	assert_true(before > 2);
	assert_int_equal(spool_reader_ack(r, sequence / 2, true, NULL), 0);
	size_t half = segment_count(b->dir);
	assert_true(half < before && half > 1);
	assert_int_equal(read_all(b->dir, sequence / 2, NULL, 0), ROUNDS - sequence / 2);
	assert_int_equal(spool_reader_ack(r, sequence, true, NULL), 0);
	assert_int_equal(segment_count(b->dir), 1); /* the one that grows */
	spool_stats_get(s, &stats);
	assert_int_equal(stats.dropped[RECORD_FINDING], 0);
	assert_true(stats.bytes < SPOOL_QUOTA_MIN / 8);
	spool_close(s);
	spool_reader_close(r);
	assert_int_equal(read_all(b->dir, sequence, NULL, 0), 0);
}

static void reader_goes_on_while_segments_are_thinned(void **state)
{
	enum { ROUNDS = 6000 };
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, SPOOL_QUOTA_MIN);
	struct spool_reader *r = NULL;
	struct segment_record rec = { 0 };
	size_t findings = 0, findings_read = 0;
	uint64_t last = 0;

	assert_int_equal(spool_reader_open(b->dir, &r, NULL), 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		bool finding = i % 10 == 0;
		findings += finding;
		(void)append(s, finding ? sample_finding(0) : sample_summary(0));
		spool_run(s);
		if (i % 2 == 0 && spool_reader_next(r, &rec, NULL) == 1) {
			assert_true(rec.sequence > last);
			last = rec.sequence;
			findings_read += rec.kind == RECORD_FINDING;
		}
	}
	while (spool_reader_next(r, &rec, NULL) == 1) {
		assert_true(rec.sequence > last);
		last = rec.sequence;
		findings_read += rec.kind == RECORD_FINDING;
	}
	assert_int_equal(findings_read, findings);
	spool_reader_close(r);
	spool_close(s);
}

/* No file may grow: what a full disk does to us. */
static void disk_full_is_survived_and_counted(void **state)
{
	enum { ROUNDS = 20000 };
	struct bed *b = *state;
	struct spool *s = bed_spool(b, b->dir, 0);
	struct spool_stats stats;
	struct rlimit before, none;
	size_t n = 0;

	(void)append(s, sample_finding(0));
	spool_run(s);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	for (size_t i = 0; i < ROUNDS; i++) {
		(void)append(s, sample_finding(0));
		(void)append(s, sample_summary(0));
		spool_run(s);
		clock_fake_add(&b->clock, US_PER_SEC / 100);
	}
	spool_stats_get(s, &stats);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(stats.trouble[0] != '\0');
	assert_true(stats.dropped[RECORD_SUMMARY] > 0);
	assert_true(stats.dropped[RECORD_FINDING] > 0);
	clock_fake_add(&b->clock, 2 * US_PER_SEC);
	(void)append(s, sample_heartbeat(0));
	spool_run(s);
	spool_stats_get(s, &stats);
	assert_string_equal(stats.trouble, "");
	n = read_all(b->dir, 0, NULL, 0);
	assert_int_equal(n, 1 + 2 * ROUNDS + 1 - stats.dropped[RECORD_FINDING] -
				    stats.dropped[RECORD_SUMMARY]);
	spool_close(s);
}

static void numbers_survive_a_torn_write(void **state)
{
	struct bed *b = *state;
	char path[SPOOL_PATH_MAX];
	struct slots s;
	uint64_t v[SLOTS_N];

	spool_file_path(b->dir, "numbers", path);
	assert_int_equal(slots_get(path, v), -ENOENT);
	assert_int_equal(slots_open(&s, path, NULL), 0);
	assert_int_equal(s.v[0], 0);
	for (uint64_t i = 1; i <= 5; i++) {
		s.v[0] = i;
		assert_int_equal(slots_set(&s, NULL), 0);
		assert_int_equal(slots_get(path, v), 0);
		assert_int_equal(v[0], i);
	}
	/* Generation 5 lies in the second copy; the first still holds generation 4. */
	assert_int_equal(pwrite(s.fd, "torn", 4, 4096 + 10), 4);
	slots_close(&s);
	assert_int_equal(slots_open(&s, path, NULL), 0);
	assert_int_equal(s.v[0], 4);
	slots_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(appended_is_read_in_order, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(clean_stop_leaves_no_gap, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(one_writer_only, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(cut_anywhere_after_a_crash, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(lost_numbers_file_is_made_up_for, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(damaged_segment_is_left_and_counted, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(strange_files_are_set_aside, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(quota_drops_summaries_first, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(quota_drops_oldest_findings_last, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(acknowledged_segments_go_and_are_no_loss, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(reader_goes_on_while_segments_are_thinned, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(disk_full_is_survived_and_counted, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(numbers_survive_a_torn_write, bed_make, bed_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
