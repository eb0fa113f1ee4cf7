/* SPDX-License-Identifier: Apache-2.0 */
/* What goes when the spool is full: what the hub has already, then summaries, then heartbeats, then
 * findings, each oldest first. A loss is counted durably before it happens. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "sensor/spool/spool_dir.h"
#include "sensor/spool/spool_int.h"

static const enum spool_writer_slot dropped_slot[SPOOL_KINDS] = {
	[RECORD_FINDING] = SLOT_DROPPED_FINDINGS,
	[RECORD_SUMMARY] = SLOT_DROPPED_SUMMARIES,
	[RECORD_HEARTBEAT] = SLOT_DROPPED_HEARTBEATS,
};

static void reader_numbers(const struct spool *s, uint64_t v_out[SLOTS_N])
{
	char path[SPOOL_PATH_MAX];

	memset(v_out, 0, SLOTS_N * sizeof(*v_out));
	spool_file_path(s->dir, SPOOL_READER_FILE, path);
	(void)slots_get(path, v_out); /* absent before the first acknowledgement */
}

/* Finished segments: the growing one is not touched. */
static size_t finished(const struct spool *s)
{
	return s->fd >= 0 ? s->n_segments - 1 : s->n_segments;
}

void spool_refresh(struct spool *s)
{
	uint64_t v[SLOTS_N];
	char path[SPOOL_PATH_MAX];

	reader_numbers(s, v);
	uint64_t acknowledged = v[SLOT_ACKNOWLEDGED];
	if (s->next <= v[SLOT_HUB_HIGHEST]) /* this spool is younger than the hub's memory */
		s->next = v[SLOT_HUB_HIGHEST] + 1;
	for (size_t i = finished(s); i-- > 0;) {
		spool_segment_path(s->dir, s->segments[i].first, path);
		if (s->segments[i].last <= acknowledged)
			(void)file_remove(path, NULL); /* seen to again next time */
		if (!file_exists(path))
			spool_segment_remove(s, i);
	}
}

static void count_loss(struct spool *s, const uint64_t lost[SPOOL_KINDS])
{
	for (size_t k = RECORD_FINDING; k < SPOOL_KINDS; k++)
		s->state.v[dropped_slot[k]] += lost[k];
	(void)slots_set(&s->state, NULL); /* kept in memory and stored with the next change */
}

static int segment_drop(struct spool *s, size_t i, struct err *e)
{
	struct spool_segment *seg = &s->segments[i];
	char path[SPOOL_PATH_MAX];

	count_loss(s, seg->records);
	spool_segment_path(s->dir, seg->first, path);
	int r = file_remove(path, e);
	if (r >= 0)
		spool_segment_remove(s, i);
	return r;
}

/* Writes the segment anew without records of KIND. */
static int segment_thin(struct spool *s, size_t i, enum record_kind kind, struct err *e)
{
	struct spool_segment *seg = &s->segments[i];
	SCOPED_BUF struct buf old, thin;
	char path[SPOOL_PATH_MAX];
	struct segment_record rec;
	uint64_t lost[SPOOL_KINDS] = { 0 };

	buf_init(&old, SPOOL_FILE_MAX);
	buf_init(&thin, SPOOL_FILE_MAX);
	spool_segment_path(s->dir, seg->first, path);
	int r = file_read(path, SPOOL_FILE_MAX, &old, e);
	if (r == -ENOENT) {
		spool_segment_remove(s, i);
		return 0;
	}
	if (r < 0)
		return r;
	uint64_t v[SLOTS_N];
	reader_numbers(s, v);
	segment_head_encode(seg->first, &thin);
	struct segment_cursor c = { .p = (const uint8_t *)old.p,
				    .n = old.n,
				    .at = SEGMENT_HEAD_BYTES,
				    .last = seg->first - 1 };
	while (old.n >= SEGMENT_HEAD_BYTES && segment_next(&c, &rec, NULL) == 1) {
		if (rec.kind != kind)
			segment_record_encode(&rec, &thin);
		else if (rec.sequence > v[SLOT_ACKNOWLEDGED])
			lost[kind]++;
	}
	count_loss(s, lost);
	r = file_write(path, 0600, thin.p, thin.n, e);
	if (r < 0) { /* not lost after all */
		s->state.v[dropped_slot[kind]] -= lost[kind];
		return r;
	}
	s->bytes -= seg->bytes - thin.n;
	seg->bytes = thin.n;
	seg->records[kind] = 0;
	return 0;
}

static uint64_t others(const struct spool_segment *seg, enum record_kind kind)
{
	uint64_t n = 0;

	for (size_t k = RECORD_FINDING; k < SPOOL_KINDS; k++)
		n += k == (size_t)kind ? 0 : seg->records[k];
	return n;
}

/* 1 = the oldest segment with records of KIND has lost them, 0 = there are none. */
static int oldest_drop(struct spool *s, enum record_kind kind, struct err *e)
{
	for (size_t i = 0; i < s->n_segments; i++) {
		if (s->segments[i].records[kind] == 0)
			continue;
		if (i >= finished(s))
			spool_segment_end(s);
		bool whole = kind == RECORD_FINDING || others(&s->segments[i], kind) == 0;
		int r = whole ? segment_drop(s, i, e) : segment_thin(s, i, kind, e);
		return r < 0 ? r : 1;
	}
	return 0;
}

int spool_quota_keep(struct spool *s, struct err *e)
{
	static const enum record_kind order[] = { RECORD_SUMMARY, RECORD_HEARTBEAT,
						  RECORD_FINDING };

	if (s->bytes > s->quota)
		spool_refresh(s);
	for (size_t k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		int r = 1;
		while (s->bytes > s->quota && r == 1)
			r = oldest_drop(s, order[k], e);
		if (r < 0)
			return r;
	}
	return 0;
}

int spool_room_make(struct spool *s)
{
	uint64_t before = s->bytes;

	spool_segment_end(s);
	spool_refresh(s);
	for (size_t i = 0; i < s->n_segments && s->bytes == before; i++) {
		if (s->segments[i].records[RECORD_FINDING] == 0)
			(void)segment_drop(s, i, NULL); /* then nothing went, as told */
	}
	return s->bytes < before;
}
