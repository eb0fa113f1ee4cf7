/* SPDX-License-Identifier: Apache-2.0 */
/* The writing side of the spool. What is dropped is decided in spool_quota.c, what is there at
 * start in spool_recover.c. */
#include "sensor/spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "sensor/spool/spool_dir.h"
#include "sensor/spool/spool_int.h"
#include "wire/frame.h"

enum {
	WRITE_AT_BYTES = 128 * 1024,
	PENDING_MAX = 2 * 1024 * 1024, /* waits in memory while the disk is full */
	RESERVE = 10000,               /* sequences reserved with one durable write */
	RETRY_MS = 1000,
	SYNC_FINDING_MS = 100, /* findings of so long share one sync */
	SYNC_MS = 5000,
};

#define NS_PER_MS INT64_C(1000000)

static void trouble_set(struct spool *s, const struct err *e)
{
	(void)str_copy(s->trouble, sizeof(s->trouble), str_of(e->text)); /* cut is fine */
}

static int pending_reserve(struct spool *s, struct err *e)
{
	if (s->pending_last < s->state.v[SLOT_RESERVED])
		return 0;
	uint64_t before = s->state.v[SLOT_RESERVED];
	s->state.v[SLOT_RESERVED] = s->pending_last + RESERVE;
	int r = slots_set(&s->state, e);
	if (r < 0)
		s->state.v[SLOT_RESERVED] = before;
	return r;
}

static int segment_begin(struct spool *s, struct err *e)
{
	SCOPED_BUF struct buf head;
	char path[SPOOL_PATH_MAX];
	int r;

	spool_segment_path(s->dir, s->pending_first, path);
	/* Sequences are never used twice, so a file of this name can hold no record. */
	s->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return err_set(e, -errno, "cannot make %s: %s", path, err_text(-errno));
	buf_init(&head, SEGMENT_HEAD_BYTES);
	segment_head_encode(s->pending_first, &head);
	r = fd_write_all(s->fd, head.p, head.n);
	if (r >= 0)
		r = dir_sync(s->dir, e);
	if (r < 0) {
		fd_cleanup(&s->fd);
		s->fd = -1;
		(void)unlink(path); /* an empty one does no harm */
		return err_set(e, r, "cannot write %s: %s", path, err_text(r));
	}
	struct spool_segment *seg = spool_segment_add(s, s->pending_first);
	seg->bytes = head.n;
	s->bytes += head.n;
	return 0;
}

static void segment_sync(struct spool *s)
{
	struct err e = { 0 };

	if (s->fd >= 0 && s->unsynced && fdatasync(s->fd) < 0) {
		(void)err_set(&e, -errno, "the spool cannot be made durable: %s",
			      err_text(-errno)); /* words only */
		trouble_set(s, &e);
	}
	s->unsynced = s->unsynced_finding = false;
	s->synced_ns = clock_mono_ns(s->clock);
}

void spool_segment_end(struct spool *s)
{
	if (s->fd < 0)
		return;
	segment_sync(s);
	fd_cleanup(&s->fd);
	s->fd = -1;
}

/* After a failed write: the segment ends behind its last whole record. */
static void segment_break_off(struct spool *s)
{
	const struct spool_segment *seg = &s->segments[s->n_segments - 1];
	char path[SPOOL_PATH_MAX];

	int cut = ftruncate(s->fd, (off_t)seg->bytes);
	(void)cut; /* if it failed, the reader knows a torn tail */
	spool_segment_end(s);
	if (seg->last >= seg->first)
		return;
	spool_segment_path(s->dir, seg->first, path);
	(void)unlink(path); /* an empty one does no harm */
	spool_segment_remove(s, s->n_segments - 1);
}

static int pending_write(struct spool *s, struct err *e)
{
	int r = pending_reserve(s, e);

	if (r >= 0 && s->fd < 0)
		r = segment_begin(s, e);
	if (r < 0)
		return r;
	r = fd_write_all(s->fd, s->pending.p, s->pending.n);
	if (r < 0) {
		segment_break_off(s);
		return err_set(e, r, "cannot write to the spool: %s", err_text(r));
	}
	struct spool_segment *seg = &s->segments[s->n_segments - 1];
	seg->last = s->pending_last;
	seg->bytes += s->pending.n;
	s->bytes += s->pending.n;
	s->unsynced = true;
	s->unsynced_finding |= s->pending_records[RECORD_FINDING] > 0;
	for (size_t k = 0; k < SPOOL_KINDS; k++) {
		seg->records[k] += s->pending_records[k];
		s->pending_records[k] = 0;
	}
	buf_clear(&s->pending);
	if (seg->bytes >= s->segment_max)
		spool_segment_end(s);
	return 0;
}

static void spool_write(struct spool *s)
{
	struct err e = { 0 };
	int64_t now = clock_mono_ns(s->clock);

	if (s->pending.n == 0 || now < s->retry_ns)
		return;
	int r = pending_write(s, &e);
	if ((r == -ENOSPC || r == -EDQUOT) && spool_room_make(s))
		r = pending_write(s, &e);
	if (r >= 0)
		r = spool_quota_keep(s, &e);
	if (r < 0) {
		trouble_set(s, &e);
		s->retry_ns = now + RETRY_MS * NS_PER_MS;
		return;
	}
	s->trouble[0] = '\0';
	s->retry_ns = 0;
}

static void sync_when_due(struct spool *s)
{
	int64_t age_ms = (clock_mono_ns(s->clock) - s->synced_ns) / NS_PER_MS;

	if (s->unsynced &&
	    (age_ms >= SYNC_MS || (s->unsynced_finding && age_ms >= SYNC_FINDING_MS)))
		segment_sync(s);
}

static void loss_count(struct spool *s, enum record_kind kind, uint64_t n)
{
	static const enum spool_writer_slot slot[SPOOL_KINDS] = {
		[RECORD_FINDING] = SLOT_DROPPED_FINDINGS,
		[RECORD_SUMMARY] = SLOT_DROPPED_SUMMARIES,
		[RECORD_HEARTBEAT] = SLOT_DROPPED_HEARTBEATS,
	};

	s->state.v[slot[kind]] += n;
	s->state_changed = true;
}

/* Losses come in floods; one durable write a second counts them. */
static void loss_store_when_due(struct spool *s)
{
	int64_t now = clock_mono_ns(s->clock);

	if (!s->state_changed || now - s->state_ns < RETRY_MS * NS_PER_MS)
		return;
	s->state_changed = slots_set(&s->state, NULL) < 0; /* then again a second later */
	s->state_ns = now;
}

/* The disk takes nothing and memory is at its limit: only findings stay. */
static void pending_shed(struct spool *s)
{
	SCOPED_BUF struct buf keep;
	struct segment_record rec;
	struct segment_cursor c = { .p = (const uint8_t *)s->pending.p, .n = s->pending.n };

	buf_init(&keep, PENDING_MAX);
	while (segment_next(&c, &rec, NULL) == 1) {
		if (rec.kind == RECORD_FINDING)
			segment_record_encode(&rec, &keep);
	}
	buf_clear(&s->pending);
	buf_add(&s->pending, keep.p, keep.n);
	for (size_t k = RECORD_SUMMARY; k < SPOOL_KINDS; k++) {
		loss_count(s, (enum record_kind)k, s->pending_records[k]);
		s->pending_records[k] = 0;
	}
}

static bool others_wait(const struct spool *s)
{
	return s->pending_records[RECORD_SUMMARY] + s->pending_records[RECORD_HEARTBEAT] > 0;
}

/* Only findings may use the second half of what waits in memory. */
static bool pending_fits(const struct spool *s, enum record_kind kind)
{
	size_t max = kind == RECORD_FINDING ? PENDING_MAX : PENDING_MAX / 2;

	return s->pending.n + SEGMENT_RECORD_HEAD_BYTES + s->payload.n <= max;
}

void spool_append(struct spool *s, struct record *r)
{
	enum record_kind kind = r->kind == RECORD_ORDER ? RECORD_FINDING : r->kind;
	struct err e = { 0 };

	r->sequence = s->next++;
	buf_clear(&s->payload);
	int failed = record_encode(r, s->scratch, &s->payload, &e);
	arena_reset(s->scratch);
	if (failed < 0) {
		trouble_set(s, &e);
		loss_count(s, kind, 1);
		return;
	}
	if (!pending_fits(s, kind))
		spool_write(s);
	if (kind == RECORD_FINDING && !pending_fits(s, kind) && others_wait(s))
		pending_shed(s);
	if (!pending_fits(s, kind)) {
		loss_count(s, kind, 1);
		return;
	}
	if (s->pending.n == 0)
		s->pending_first = r->sequence;
	s->pending_last = r->sequence;
	s->pending_records[kind]++;
	segment_record_encode(&(struct segment_record){ .sequence = r->sequence,
							.kind = kind,
							.p = (const uint8_t *)s->payload.p,
							.n = s->payload.n },
			      &s->pending);
	if (s->pending.n >= WRITE_AT_BYTES)
		spool_write(s);
}

void spool_run(struct spool *s)
{
	spool_write(s);
	sync_when_due(s);
	loss_store_when_due(s);
}

void spool_stats_get(struct spool *s, struct spool_stats *out)
{
	spool_refresh(s);
	*out = (struct spool_stats){
		.bytes = s->bytes,
		.quota = s->quota,
		.next_sequence = s->next,
		.dropped = { [RECORD_FINDING] = s->state.v[SLOT_DROPPED_FINDINGS],
			     [RECORD_SUMMARY] = s->state.v[SLOT_DROPPED_SUMMARIES],
			     [RECORD_HEARTBEAT] = s->state.v[SLOT_DROPPED_HEARTBEATS] },
		.dropped_before = s->dropped_before,
		.damaged_bytes = s->state.v[SLOT_DAMAGED_BYTES],
	};
	(void)str_copy(out->trouble, sizeof(out->trouble), str_of(s->trouble)); /* same size */
}

static uint64_t segment_size(int64_t quota)
{
	int64_t n = quota / 16;

	if (n < SPOOL_SEGMENT_MIN)
		return SPOOL_SEGMENT_MIN;
	return n > SPOOL_SEGMENT_MAX ? SPOOL_SEGMENT_MAX : (uint64_t)n;
}

int spool_open(const struct spool_conf *c, struct spool **out, struct err *e)
{
	char path[SPOOL_PATH_MAX];
	int r = dir_make(c->dir, 0700, e);

	if (r < 0)
		return r;
	struct spool *s = mem_new(sizeof(*s));
	s->dir = mem_strdup(c->dir);
	s->clock = c->clock;
	s->quota = (uint64_t)(c->quota_bytes > SPOOL_QUOTA_MIN ? c->quota_bytes : SPOOL_QUOTA_MIN);
	s->segment_max = segment_size((int64_t)s->quota);
	s->fd = -1;
	s->scratch = arena_new(0);
	s->synced_ns = clock_mono_ns(s->clock);
	buf_init(&s->pending, PENDING_MAX);
	buf_init(&s->payload, RECORD_MAX);
	spool_file_path(s->dir, SPOOL_WRITER_FILE, path);
	r = slots_open(&s->state, path, e);
	if (r >= 0 && flock(s->state.fd, LOCK_EX | LOCK_NB) < 0)
		r = err_set(e, -EBUSY, "another sensor writes the spool %s", s->dir);
	s->dropped_before = s->state.v[SLOT_DROPPED_FINDINGS] + s->state.v[SLOT_DROPPED_SUMMARIES] +
			    s->state.v[SLOT_DROPPED_HEARTBEATS];
	if (r >= 0)
		r = spool_recover(s, e);
	if (r >= 0)
		r = slots_set(&s->state, e);
	if (r < 0) {
		s->next = 0; /* nothing to store */
		spool_close(s);
		return r;
	}
	*out = s;
	return 0;
}

void spool_close(struct spool *s)
{
	if (!s)
		return;
	s->retry_ns = 0;
	spool_write(s);
	for (size_t k = RECORD_FINDING; k < SPOOL_KINDS; k++) {
		if (s->pending_records[k] > 0)
			loss_count(s, (enum record_kind)k, s->pending_records[k]);
	}
	spool_segment_end(s);
	if (s->next > 0 && s->state.fd >= 0) {
		s->state.v[SLOT_RESERVED] = s->next;
		(void)slots_set(&s->state, NULL); /* a gap in the numbers, no more */
	}
	slots_close(&s->state);
	arena_free(s->scratch);
	buf_done(&s->pending);
	buf_done(&s->payload);
	free(s->segments);
	free(s->dir);
	free(s);
}
