/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink against a hub on the same loop: what arrives, what stays, what is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/mem.h"
#include "net/crypto.h"
#include "sensor/inbox.h"
#include "sensor/test_hub_stub.h"
#include "sensor/sensor_conf.h"
#include "sensor/spool/spool.h"
#include "sensor/spool/spool_dir.h"
#include "sensor/uplink.h"
#include "wire/wire_samples.h"

enum { PATIENCE_MS = 30000, LOOK_MS = 5 };

struct bed {
	char state[64], spool_dir[80];
	struct loop *loop;
	struct hub_stub *hub;
	struct identity id;
	struct spool *spool;
	struct uplink *uplink;
	uint64_t last; /* sequence appended */
	bool (*until)(struct bed *b);
	int looks_left;
	bool held; /* at the last look */
	bool drained;
	uint64_t wanted;
};

static int bed_make(void **state)
{
	struct bed *b = mem_new(sizeof(*b));
	struct spool_conf c = { .dir = b->spool_dir,
				.quota_bytes = 4 * SPOOL_QUOTA_MIN,
				.clock = &clock_real };

	(void)snprintf(b->state, sizeof(b->state), "/tmp/otasuke-uplink-XXXXXX");
	if (!mkdtemp(b->state))
		return -1;
	(void)snprintf(b->spool_dir, sizeof(b->spool_dir), "%s/spool", b->state);
	b->loop = loop_new(NULL);
	b->hub = hub_stub_new(b->loop);
	b->id = hub_stub_identity(b->hub);
	*state = b;
	return spool_open(&c, &b->spool, NULL);
}

static int bed_remove(void **state)
{
	struct bed *b = *state;

	uplink_stop(b->uplink);
	spool_close(b->spool);
	hub_stub_free(b->hub);
	loop_free(b->loop);
	int r = dir_remove_all(b->state, NULL);
	free(b);
	return r;
}

static void bed_append(struct bed *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct record r = sample_finding(0);
		spool_append(b->spool, &r);
		b->last = r.sequence;
	}
	spool_run(b->spool);
}

static void bed_connect(struct bed *b)
{
	struct uplink_conf c = { .loop = b->loop,
				 .state_dir = b->state,
				 .id = &b->id,
				 .retry_max_ms = 50,
				 .blob_retry_ms = 300,
				 .revoked_retry_ms = 200 };

	assert_int_equal(uplink_start(&c, &b->uplink, NULL), 0);
}

static void on_look(void *arg)
{
	struct bed *b = arg;

	b->held = b->until(b);
	if (b->held || b->looks_left-- <= 0)
		loop_stop(b->loop);
}

/* Runs the loop until the condition holds. It may have passed when the loop comes to rest: what is
 * ready in the same round is still done. */
static void bed_run(struct bed *b, bool (*until)(struct bed *b))
{
	b->until = until;
	b->looks_left = PATIENCE_MS / LOOK_MS;
	struct loop_timer *t = loop_timer_start(b->loop, 1, LOOK_MS, on_look, b);
	assert_int_equal(loop_run(b->loop, NULL), 0);
	loop_timer_stop(t);
	assert_true(b->held);
}

static bool all_acknowledged(struct bed *b)
{
	struct uplink_stats s;

	uplink_stats_get(b->uplink, &s);
	return s.acknowledged == b->last;
}

static void assert_all_seen(const struct bed *b, uint8_t most)
{
	assert_false(b->hub->out_of_order);
	for (uint64_t i = 1; i <= b->last; i++) {
		if (b->hub->seen[i] < 1 || b->hub->seen[i] > most)
			fail_msg("record %d came %d times", (int)i, b->hub->seen[i]);
	}
}

static size_t segment_count(const struct bed *b)
{
	SCOPED_MEM uint64_t *first = NULL;
	size_t n = 0;

	assert_int_equal(spool_list(b->spool_dir, &first, &n, NULL), 0);
	return n;
}

static char *trouble(const struct bed *b)
{
	char path[SENSOR_PATH_MAX];
	struct buf text;

	buf_init(&text, 4096);
	sensor_path(b->state, SENSOR_STATUS, path);
	assert_int_equal(file_read(path, 4096, &text, NULL), 0);
	return buf_take(&text);
}

static bool trouble_told(struct bed *b)
{
	SCOPED_MEM char *text = trouble(b);

	return text[0] != '\0' && b->hub->refused > 0;
}

static void delivered_once_in_order_and_removed(void **state)
{
	struct bed *b = *state;

	bed_append(b, 5000);
	assert_true(segment_count(b) > 3);
	bed_connect(b);
	bed_run(b, all_acknowledged);
	assert_all_seen(b, 1);
	assert_int_equal(b->hub->connections, 1);
	/* Stored at most once a second: closing stores the rest. */
	uplink_stop(b->uplink);
	b->uplink = NULL;
	bed_connect(b);
	bed_append(b, 1);
	bed_run(b, all_acknowledged);
	assert_all_seen(b, 1);
	assert_int_equal(segment_count(b), 1);
}

static void new_records_follow_at_once(void **state)
{
	struct bed *b = *state;

	bed_append(b, 1);
	bed_connect(b);
	bed_run(b, all_acknowledged);
	for (int i = 0; i < 20; i++) {
		bed_append(b, 3);
		bed_run(b, all_acknowledged);
	}
	assert_all_seen(b, 1);
	assert_int_equal(b->hub->connections, 1);
}

static bool three_batches(struct bed *b)
{
	return b->hub->batches == 3;
}

/* The hub dies with batches that it has not acknowledged, of which it had taken none or all. */
static void sent_again_from_the_last_acknowledgement(void **state)
{
	struct bed *b = *state;

	b->hub->silent_after = 3;
	bed_append(b, 5000);
	bed_connect(b);
	bed_run(b, three_batches);
	hub_stub_down(b->hub);
	uint64_t taken = b->hub->acknowledged;
	b->hub->silent_after = 0;
	hub_stub_up(b->hub);
	bed_run(b, all_acknowledged);
	assert_int_equal(b->hub->first_of_connection, taken + 1);
	assert_all_seen(b, 1);
}

/* The same, and the hub has lost what it had not acknowledged. */
static void sent_again_when_the_hub_has_lost_it(void **state)
{
	struct bed *b = *state;
	struct uplink_stats s;

	b->hub->silent_after = 3;
	bed_append(b, 5000);
	bed_connect(b);
	bed_run(b, three_batches);
	uplink_stats_get(b->uplink, &s);
	assert_true(s.acknowledged > 0);
	assert_true(s.acknowledged < b->hub->acknowledged);
	hub_stub_down(b->hub);
	b->hub->silent_after = 0;
	b->hub->acknowledged = s.acknowledged;
	hub_stub_up(b->hub);
	bed_run(b, all_acknowledged);
	assert_int_equal(b->hub->first_of_connection, s.acknowledged + 1);
	assert_all_seen(b, 2);
}

static void full_hub_loses_nothing(void **state)
{
	struct bed *b = *state;
	struct uplink_stats s;

	b->hub->refuse = "full";
	b->hub->refuse_ms = 20;
	bed_append(b, 3000);
	size_t segments = segment_count(b);
	bed_connect(b);
	bed_run(b, trouble_told);
	SCOPED_MEM char *told = trouble(b);
	assert_non_null(strstr(told, "no room"));
	uplink_stats_get(b->uplink, &s);
	assert_int_equal(s.acknowledged, 0);
	assert_int_equal(segment_count(b), segments);
	b->hub->refuse = NULL;
	bed_run(b, all_acknowledged);
	assert_all_seen(b, 1);
	assert_int_equal(b->hub->connections, 1); /* items still come while it is full */
	SCOPED_MEM char *after = trouble(b);
	assert_string_equal(after, "");
}

static void revoked_is_told_and_tried_again(void **state)
{
	struct bed *b = *state;

	b->hub->refuse = "revoked";
	bed_append(b, 10);
	bed_connect(b);
	bed_run(b, trouble_told);
	SCOPED_MEM char *told = trouble(b);
	assert_non_null(strstr(told, "revoked"));
	b->hub->refuse = NULL;
	bed_run(b, all_acknowledged);
}

static bool three_attempts(struct bed *b)
{
	struct uplink_stats s;

	uplink_stats_get(b->uplink, &s);
	return s.connections >= 3;
}

static void hub_that_is_down_is_waited_for(void **state)
{
	struct bed *b = *state;

	hub_stub_down(b->hub);
	bed_append(b, 10);
	bed_connect(b);
	bed_run(b, three_attempts);
	SCOPED_MEM char *told = trouble(b);
	assert_non_null(strstr(told, "no connection to the hub"));
	hub_stub_up(b->hub);
	bed_run(b, all_acknowledged);
	assert_all_seen(b, 1);
}

static bool item_acknowledged(struct bed *b)
{
	return b->hub->item_acks == b->wanted;
}

static void items_are_laid_down_and_acknowledged(void **state)
{
	struct bed *b = *state;
	char path[SENSOR_PATH_MAX];

	bed_append(b, 1);
	bed_connect(b);
	bed_run(b, all_acknowledged);
	hub_stub_item(b->hub, 5);
	b->wanted = 1;
	bed_run(b, item_acknowledged);
	sensor_path(b->state, "inbox/00000000000000000005.item", path);
	assert_true(file_exists(path));
	hub_stub_item(b->hub, 5); /* a second time is no second item */
	b->wanted = 2;
	bed_run(b, item_acknowledged);
}

static bool greeted(struct bed *b)
{
	struct uplink_stats s;

	uplink_stats_get(b->uplink, &s);
	return s.connected;
}

static bool connected_again(struct bed *b)
{
	return b->hub->connections >= b->wanted && greeted(b);
}

static bool some_parts(struct bed *b)
{
	return b->hub->blob_asks >= b->wanted;
}

/* --- blobs --- */

static bool blob_whole(struct bed *b)
{
	struct uplink_stats s;

	uplink_stats_get(b->uplink, &s);
	return s.blobs == b->wanted;
}

static uint8_t *blob_make(struct bed *b, size_t n, uint8_t hash[32])
{
	uint8_t *p = mem_new(n);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 + i / 253);
	crypto_sha256(p, n, hash);
	b->hub->blob = p;
	b->hub->blob_n = n;
	return p;
}

static void blob_is(const struct bed *b, const uint8_t hash[32], const uint8_t *p, size_t n)
{
	char path[INBOX_PATH_MAX], dir[SENSOR_PATH_MAX];
	SCOPED_BUF struct buf got = { 0 };

	sensor_path(b->state, SENSOR_INBOX, dir);
	inbox_blob_path(dir, hash, true, path);
	assert_int_equal(file_read(path, n, &got, NULL), 0);
	assert_int_equal(got.n, n);
	assert_memory_equal(got.p, p, n);
	inbox_blob_path(dir, hash, false, path);
	assert_false(file_exists(path));
}

/* Parts come between findings, and a cut connection goes on where it was. */
static void a_blob_comes_in_parts_and_goes_on_after_a_cut(void **state)
{
	struct bed *b = *state;
	enum { SIZE = 5 * BLOB_CHUNK_MAX + 100 };
	uint8_t hash[32];
	SCOPED_MEM uint8_t *p = blob_make(b, SIZE, hash);

	bed_append(b, 3000);
	bed_connect(b);
	bed_run(b, all_acknowledged);
	b->hub->blob_cut = 3;
	hub_stub_item_blob(b->hub, 5, hash, SIZE);
	bed_append(b, 3000);
	bed_run(b, all_acknowledged);
	b->wanted = 2;
	bed_run(b, connected_again);
	b->hub->blob_cut = 0;
	b->wanted = 1;
	bed_run(b, blob_whole);
	blob_is(b, hash, p, SIZE);
	/* only the parts of the cut connections came twice */
	assert_true(b->hub->blob_sent <= SIZE + (b->hub->connections - 1) * BLOB_CHUNK_MAX);
	assert_all_seen(b, 2);
}

/* The uplink itself is started anew in the middle. */
static void a_blob_goes_on_after_a_restart(void **state)
{
	struct bed *b = *state;
	enum { SIZE = 9 * BLOB_CHUNK_MAX };
	uint8_t hash[32];
	SCOPED_MEM uint8_t *p = blob_make(b, SIZE, hash);

	bed_connect(b);
	bed_run(b, greeted);
	hub_stub_item_blob(b->hub, 5, hash, SIZE);
	b->wanted = 4;
	bed_run(b, some_parts);
	uplink_stop(b->uplink);
	b->uplink = NULL;
	hub_stub_down(b->hub);
	hub_stub_up(b->hub);
	bed_connect(b);
	b->wanted = 1;
	bed_run(b, blob_whole);
	blob_is(b, hash, p, SIZE);
	assert_true(b->hub->blob_sent <= (uint64_t)SIZE + BLOB_CHUNK_MAX);
}

static void a_blob_of_another_hash_is_not_taken(void **state)
{
	struct bed *b = *state;
	uint8_t hash[32];
	char path[INBOX_PATH_MAX], dir[SENSOR_PATH_MAX];
	SCOPED_MEM uint8_t *p = blob_make(b, BLOB_CHUNK_MAX + 9, hash);

	sensor_path(b->state, SENSOR_INBOX, dir);
	inbox_blob_path(dir, hash, true, path);
	b->hub->blob_spoil = true;
	bed_connect(b);
	bed_run(b, greeted);
	hub_stub_item_blob(b->hub, 5, hash, BLOB_CHUNK_MAX + 9);
	b->wanted = 4; /* it begins anew after a while */
	bed_run(b, some_parts);
	assert_false(file_exists(path));
	b->hub->blob_spoil = false;
	b->wanted = 1;
	bed_run(b, blob_whole);
	blob_is(b, hash, p, BLOB_CHUNK_MAX + 9);
}

static bool item_gone(struct bed *b)
{
	char path[SENSOR_PATH_MAX];

	sensor_path(b->state, "inbox/00000000000000000005.item", path);
	return !file_exists(path);
}

static void what_the_hub_took_back_is_given_up(void **state)
{
	struct bed *b = *state;
	uint8_t hash[32] = { 1 };

	bed_connect(b);
	bed_run(b, greeted);
	hub_stub_item_blob(b->hub, 5, hash, 77);
	b->wanted = 1;
	bed_run(b, item_acknowledged);
	bed_run(b, item_gone);
}

/* The disk takes nothing: the item is not acknowledged, findings flow on. */
static void a_full_inbox_stops_nothing_else(void **state)
{
	struct bed *b = *state;
	char dir[SENSOR_PATH_MAX], path[INBOX_PATH_MAX];

	sensor_path(b->state, SENSOR_INBOX, dir);
	bed_connect(b);
	bed_run(b, greeted);
	for (uint64_t i = 0; i < INBOX_MAX; i++) {
		inbox_item_path(dir, 1000 + i, path);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		close(fd);
	}
	hub_stub_item(b->hub, 5);
	bed_append(b, 100);
	bed_run(b, all_acknowledged);
	assert_int_equal(b->hub->item_acks, 0);
	assert_true(item_gone(b)); /* never laid down */
	assert_int_equal(file_remove(path, NULL), 0);
	hub_stub_item(b->hub, 5);
	b->wanted = 1;
	bed_run(b, item_acknowledged);
}

/* The folder was lost, the hub remembers: its numbers are not given out again. */
static void hub_ahead_of_the_spool(void **state)
{
	struct bed *b = *state;
	struct spool_stats stats;

	b->hub->acknowledged = 700;
	bed_connect(b);
	bed_run(b, greeted);
	spool_stats_get(b->spool, &stats); /* as each heartbeat does */
	bed_append(b, 1);
	assert_int_equal(b->last, 701);
	bed_run(b, all_acknowledged);
	assert_int_equal(b->hub->seen[701], 1);
}

static void on_drain(void *arg)
{
	struct bed *b = arg;

	b->drained = true;
}

static bool is_drained(struct bed *b)
{
	return b->drained;
}

static void draining_sends_the_rest(void **state)
{
	struct bed *b = *state;

	bed_connect(b);
	bed_run(b, greeted);
	bed_append(b, 3000);
	uplink_drain(b->uplink, PATIENCE_MS, on_drain, b);
	bed_run(b, is_drained);
	assert_true(all_acknowledged(b));
	assert_all_seen(b, 1);
}

/* --- files that orders asked for --- */

static bool file_gone(struct bed *b)
{
	char path[SENSOR_PATH_MAX];

	sensor_path(b->state, SENSOR_CAPTURES "/77.pcap", path);
	return !file_exists(path);
}

static bool file_parts(struct bed *b)
{
	return b->hub->file_parts >= b->wanted;
}

static uint8_t *file_make(struct bed *b, size_t n)
{
	char path[SENSOR_PATH_MAX];
	uint8_t *p = mem_new(n);

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 7 + i / 251);
	sensor_path(b->state, SENSOR_CAPTURES, path);
	assert_int_equal(dir_make(path, 0755, NULL), 0);
	sensor_path(b->state, SENSOR_CAPTURES "/77.pcap", path);
	assert_int_equal(file_write(path, 0600, p, n, NULL), 0);
	return p;
}

/* In parts, on over a cut connection where it was, and removed when the hub has it. */
static void a_file_is_brought_and_goes_on_after_a_cut(void **state)
{
	struct bed *b = *state;
	enum { SIZE = 4 * UPLOAD_CHUNK_MAX + 99 };
	SCOPED_MEM uint8_t *p = file_make(b, SIZE);

	b->hub->file_cut = 2;
	bed_connect(b);
	b->wanted = 2;
	bed_run(b, file_parts);
	b->hub->file_cut = 0;
	bed_run(b, file_gone);
	assert_int_equal(b->hub->file_n, SIZE);
	assert_memory_equal(b->hub->file, p, SIZE);
	assert_int_equal(b->hub->file_came, SIZE); /* none came twice */
	assert_true(b->hub->connections >= 2);
}

static void a_file_that_nobody_wants_is_removed(void **state)
{
	struct bed *b = *state;
	SCOPED_MEM uint8_t *p = file_make(b, 1000);

	b->hub->code = "unwanted";
	bed_connect(b);
	bed_run(b, file_gone);
	assert_int_equal(b->hub->file_came, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(delivered_once_in_order_and_removed, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(new_records_follow_at_once, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(sent_again_from_the_last_acknowledgement, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(sent_again_when_the_hub_has_lost_it, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(full_hub_loses_nothing, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(revoked_is_told_and_tried_again, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(hub_that_is_down_is_waited_for, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(items_are_laid_down_and_acknowledged, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(a_blob_comes_in_parts_and_goes_on_after_a_cut,
						bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(a_blob_goes_on_after_a_restart, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(a_blob_of_another_hash_is_not_taken, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(what_the_hub_took_back_is_given_up, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(a_full_inbox_stops_nothing_else, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(hub_ahead_of_the_spool, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(draining_sends_the_rest, bed_make, bed_remove),
		cmocka_unit_test_setup_teardown(a_file_is_brought_and_goes_on_after_a_cut, bed_make,
						bed_remove),
		cmocka_unit_test_setup_teardown(a_file_that_nobody_wants_is_removed, bed_make,
						bed_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
