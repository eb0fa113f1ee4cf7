/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what another process is writing: only whole records count, and the end of a file is its end
 * only when a later segment exists. */
#include "sensor/spool/spool_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "sensor/spool/slots.h"
#include "sensor/spool/spool_dir.h"
#include "wire/frame.h"

enum {
	WINDOW_BYTES = RECORD_MAX + SEGMENT_RECORD_HEAD_BYTES,
	STORE_EVERY_MS = 1000,
	SEGMENT_BYTES_MAX = 16 * 1024 * 1024,
};

struct spool_reader {
	char *dir;
	struct slots state;
	int64_t stored_ns; /* monotonic */
	bool unstored;

	int fd;         /* of the segment being read, -1 = none */
	uint64_t first; /* its first sequence */
	uint64_t after; /* records up to here are not wanted */
	uint64_t damaged;
	uint8_t *window;
	struct segment_cursor at;
};

static void segment_leave(struct spool_reader *r)
{
	fd_cleanup(&r->fd);
	r->fd = -1;
}

/* 1 = opened, 0 = it is gone or has no whole head yet, negative = failure. */
static int segment_enter(struct spool_reader *r, uint64_t first, struct err *e)
{
	char path[SPOOL_PATH_MAX];
	uint8_t head[SEGMENT_HEAD_BYTES];
	uint64_t named = 0;

	spool_segment_path(r->dir, first, path);
	r->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return errno == ENOENT
			       ? 0
			       : err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
	ssize_t n = pread(r->fd, head, sizeof(head), 0);
	if (n < 0 || segment_head_parse(head, (size_t)n, &named, e) != 1 || named != first) {
		segment_leave(r);
		return 0;
	}
	r->first = first;
	r->at = (struct segment_cursor){ .p = r->window,
					 .base = SEGMENT_HEAD_BYTES,
					 .last = first - 1 };
	return 1;
}

/* Enters the segment that holds the first record above AFTER, or the next one above FLOOR. 1, 0 =
 * there is none yet, negative. */
static int segment_find(struct spool_reader *r, uint64_t floor, struct err *e)
{
	SCOPED_MEM uint64_t *first = NULL;
	size_t n = 0, i = 0;
	int got = spool_list(r->dir, &first, &n, e);

	if (got < 0)
		return got;
	while (i < n && first[i] <= floor)
		i++;
	while (i + 1 < n && first[i + 1] <= r->after + 1)
		i++;
	for (got = 0; got == 0 && i < n; i++)
		got = segment_enter(r, first[i], e);
	return got;
}

static bool later_exists(struct spool_reader *r)
{
	SCOPED_MEM uint64_t *first = NULL;
	size_t n = 0;

	return spool_list(r->dir, &first, &n, NULL) >= 0 && n > 0 && first[n - 1] > r->first;
}

/* Moves what is left to the front and reads on: the number of new bytes, or negative. */
static ssize_t window_fill(struct spool_reader *r, struct err *e)
{
	size_t left = r->at.n - r->at.at;

	memmove(r->window, r->window + r->at.at, left);
	r->at.base += r->at.at;
	r->at.at = 0;
	r->at.n = left;
	ssize_t n = pread(r->fd, r->window + left, WINDOW_BYTES - left, (off_t)(r->at.base + left));
	if (n < 0)
		return err_set(e, -errno, "cannot read the spool: %s", err_text(-errno));
	r->at.n += (size_t)n;
	return n;
}

/* The next whole record of the open segment: 1, 0 = none there now, negative. TORN_OUT tells
 * whether bytes that are no record stand at the end. */
static int segment_read(struct spool_reader *r, struct segment_record *out, bool *torn_out,
			struct err *e)
{
	for (;;) {
		int got = segment_next(&r->at, out, NULL);
		if (got == 1)
			return 1;
		if (got < 0) { /* look again next time: it may be half written */
			r->at.n = r->at.at;
			*torn_out = true;
			return 0;
		}
		ssize_t n = window_fill(r, e);
		if (n < 0)
			return (int)n;
		if (n == 0) {
			*torn_out = r->at.n > 0;
			r->at.n = 0;
			return 0;
		}
	}
}

/* Like segment_read, and goes on to later segments. */
static int record_read(struct spool_reader *r, struct segment_record *out, struct err *e)
{
	for (;;) {
		bool torn = false;
		int got = r->fd < 0 ? segment_find(r, 0, e) : 1;
		if (got == 1)
			got = segment_read(r, out, &torn, e);
		if (got != 0 || r->fd < 0 || !later_exists(r))
			return got;
		/* A later one exists, so this one grows no more; what came in between counts. */
		got = segment_read(r, out, &torn, e);
		if (got != 0)
			return got;
		r->damaged += torn;
		uint64_t floor = r->first;
		segment_leave(r);
		got = segment_find(r, floor, e);
		if (got != 1)
			return got;
	}
}

int spool_reader_next(struct spool_reader *r, struct segment_record *out, struct err *e)
{
	struct segment_record rec;
	int got;

	do {
		got = record_read(r, &rec, e);
	} while (got == 1 && rec.sequence <= r->after);
	if (got == 1) {
		r->after = rec.sequence;
		*out = rec;
	}
	return got;
}

void spool_reader_seek(struct spool_reader *r, uint64_t sequence)
{
	segment_leave(r);
	r->after = sequence;
}

/* A segment is acknowledged as a whole when the one behind it starts no later than the next record
 * that the hub lacks. */
static int segments_remove(struct spool_reader *r, struct err *e)
{
	SCOPED_MEM uint64_t *first = NULL;
	char path[SPOOL_PATH_MAX];
	size_t n = 0;
	int got = spool_list(r->dir, &first, &n, e);

	for (size_t i = 0; got >= 0 && i + 1 < n; i++) {
		if (first[i + 1] > r->state.v[SLOT_ACKNOWLEDGED] + 1)
			break;
		spool_segment_path(r->dir, first[i], path);
		got = file_remove(path, e);
	}
	return got;
}

int spool_reader_ack(struct spool_reader *r, uint64_t sequence, bool now, struct err *e)
{
	int64_t now_ns = clock_mono_ns(&clock_real);

	if (sequence > r->state.v[SLOT_ACKNOWLEDGED]) {
		r->state.v[SLOT_ACKNOWLEDGED] = sequence;
		r->unstored = true;
	}
	if (!r->unstored || (!now && now_ns - r->stored_ns < STORE_EVERY_MS * INT64_C(1000000)))
		return 0;
	int got = slots_set(&r->state, e);
	if (got < 0)
		return got;
	r->unstored = false;
	r->stored_ns = now_ns;
	return segments_remove(r, e);
}

int spool_reader_hub_highest(struct spool_reader *r, uint64_t sequence, struct err *e)
{
	if (sequence <= r->state.v[SLOT_HUB_HIGHEST])
		return 0;
	r->state.v[SLOT_HUB_HIGHEST] = sequence;
	return slots_set(&r->state, e);
}

void spool_reader_stats_get(const struct spool_reader *r, struct spool_reader_stats *out)
{
	*out = (struct spool_reader_stats){ .acknowledged = r->state.v[SLOT_ACKNOWLEDGED],
					    .damaged_segments = r->damaged };
}

void spool_reader_range(struct spool_reader *r, uint64_t *first_out, uint64_t *next_out)
{
	SCOPED_MEM uint64_t *first = NULL;
	SCOPED_BUF struct buf b;
	struct segment_scan scan = { 0 };
	char path[SPOOL_PATH_MAX];
	size_t n = 0;

	*first_out = *next_out = 0;
	buf_init(&b, SEGMENT_BYTES_MAX);
	if (spool_list(r->dir, &first, &n, NULL) < 0 || n == 0)
		return;
	spool_segment_path(r->dir, first[n - 1], path);
	*first_out = first[0];
	*next_out = first[n - 1];
	if (file_read(path, SEGMENT_BYTES_MAX, &b, NULL) >= 0 &&
	    segment_scan(b.p, b.n, &scan, NULL) >= 0)
		*next_out = scan.last_sequence + 1;
}

int spool_reader_open(const char *dir, struct spool_reader **out, struct err *e)
{
	char path[SPOOL_PATH_MAX];
	int got = dir_make(dir, 0700, e);

	if (got < 0)
		return got;
	struct spool_reader *r = mem_new(sizeof(*r));
	r->dir = mem_strdup(dir);
	r->fd = -1;
	r->window = mem_new(WINDOW_BYTES);
	spool_file_path(dir, SPOOL_READER_FILE, path);
	got = slots_open(&r->state, path, e);
	if (got < 0) {
		spool_reader_close(r);
		return got;
	}
	r->after = r->state.v[SLOT_ACKNOWLEDGED];
	*out = r;
	return 0;
}

void spool_reader_close(struct spool_reader *r)
{
	if (!r)
		return;
	if (r->unstored)
		(void)slots_set(&r->state, NULL); /* the hub knows it anyway */
	segment_leave(r);
	slots_close(&r->state);
	free(r->window);
	free(r->dir);
	free(r);
}
