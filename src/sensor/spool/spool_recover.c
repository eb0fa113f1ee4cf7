/* SPDX-License-Identifier: Apache-2.0 */
/* The spool at start: which segments there are, how much of each is whole, and the next sequence.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "sensor/spool/spool_dir.h"
#include "sensor/spool/spool_int.h"

struct spool_segment *spool_segment_add(struct spool *s, uint64_t first)
{
	if (s->n_segments == s->cap_segments) {
		s->cap_segments = s->cap_segments ? 2 * s->cap_segments : 64;
		s->segments = mem_resize(s->segments, s->cap_segments, sizeof(*s->segments));
	}
	struct spool_segment *seg = &s->segments[s->n_segments++];
	*seg = (struct spool_segment){ .first = first, .last = first - 1 };
	return seg;
}

void spool_segment_remove(struct spool *s, size_t i)
{
	s->bytes -= s->segments[i].bytes;
	s->n_segments--;
	memmove(&s->segments[i], &s->segments[i + 1], (s->n_segments - i) * sizeof(*s->segments));
}

/* A file whose head is damaged is set aside for a person to look at; its name is used no more. */
static void segment_set_aside(struct spool *s, const char *path, size_t n)
{
	char aside[SPOOL_PATH_MAX + 16];

	s->state.v[SLOT_DAMAGED_BYTES] += n;
	(void)snprintf(aside, sizeof(aside), "%s.damaged", path); /* long enough */
	(void)rename(path, aside); /* if it stays, it is met again at the next start */
}

static int segment_recover(struct spool *s, uint64_t first, struct err *e)
{
	SCOPED_BUF struct buf b;
	struct segment_scan scan;
	char path[SPOOL_PATH_MAX];
	int r;

	buf_init(&b, SPOOL_FILE_MAX);
	spool_segment_path(s->dir, first, path);
	r = file_read(path, SPOOL_FILE_MAX, &b, e);
	if (r == -ENOENT)
		return 0; /* the uplink has just removed it */
	if (r < 0)
		return r;
	if (segment_scan(b.p, b.n, &scan, NULL) < 0 || scan.first_sequence != first) {
		if (b.n < SEGMENT_HEAD_BYTES)
			return file_remove(path, e); /* the crash came before the first record */
		segment_set_aside(s, path, b.n);
		return 0;
	}
	if (scan.good_bytes < b.n) {
		s->state.v[SLOT_DAMAGED_BYTES] += b.n - scan.good_bytes;
		if (truncate(path, (off_t)scan.good_bytes) < 0)
			return err_set(e, -errno, "cannot cut the torn end of %s: %s", path,
				       err_text(-errno));
	}
	if (scan.last_sequence < first)
		return file_remove(path, e);
	struct spool_segment *seg = spool_segment_add(s, first);
	seg->last = scan.last_sequence;
	seg->bytes = scan.good_bytes;
	for (size_t k = 0; k < SPOOL_KINDS; k++)
		seg->records[k] = scan.records[k];
	s->bytes += seg->bytes;
	return 0;
}

static uint64_t higher(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

int spool_recover(struct spool *s, struct err *e)
{
	SCOPED_MEM uint64_t *first = NULL;
	uint64_t reader[SLOTS_N] = { 0 };
	char path[SPOOL_PATH_MAX];
	size_t n = 0;
	int r = spool_list(s->dir, &first, &n, e);

	for (size_t i = 0; r >= 0 && i < n; i++)
		r = segment_recover(s, first[i], e);
	if (r < 0)
		return r;
	spool_file_path(s->dir, SPOOL_READER_FILE, path);
	(void)slots_get(path, reader); /* absent before the first acknowledgement */
	s->next = higher(1, s->state.v[SLOT_RESERVED]);
	s->next = higher(s->next, reader[SLOT_ACKNOWLEDGED] + 1);
	s->next = higher(s->next, reader[SLOT_HUB_HIGHEST] + 1);
	if (s->n_segments > 0)
		s->next = higher(s->next, s->segments[s->n_segments - 1].last + 1);
	return 0;
}
