/* SPDX-License-Identifier: Apache-2.0 */
/* Marks of files, and the lines that keep them. */
#include "probe/records/record_place.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/map.h"

enum { LINE_HEAD_MAX = 96 };

static uint64_t head_of(int fd, size_t n)
{
	static const uint8_t fixed[16] = "head of a file";
	uint8_t head[PLACE_HEAD_MAX];
	ssize_t got = pread(fd, head, n < sizeof(head) ? n : sizeof(head), 0);

	return got == (ssize_t)n ? siphash13(fixed, head, n) : 0;
}

void record_place_mark(struct record_place *p, int fd, int64_t offset)
{
	struct stat st;

	*p = (struct record_place){ .offset = offset };
	if (fstat(fd, &st) == 0)
		p->inode = st.st_ino;
	p->head_n = offset < PLACE_HEAD_MAX ? (size_t)offset : PLACE_HEAD_MAX;
	p->head = head_of(fd, p->head_n);
}

bool record_place_fits(const struct record_place *p, int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_ino == p->inode &&
	       st.st_size >= p->offset && head_of(fd, p->head_n) == p->head;
}

void record_place_put(const struct record_place *p, const char *path, struct buf *out)
{
	char text[LINE_HEAD_MAX];
	int n = snprintf(text, sizeof(text), "%" PRIu64 " %" PRId64 " %zu %" PRId64 " ", p->inode,
			 p->offset, p->head_n, (int64_t)p->head);

	buf_add(out, text, (size_t)n);
	buf_add(out, path, strlen(path));
	buf_addc(out, '\n');
}

static bool line_read(struct str line, struct str *path_out, struct record_place *out)
{
	struct str part[4];
	int64_t v[4] = { 0 };

	for (size_t i = 0; i < 4; i++) {
		if (!str_cut(&line, ' ', &part[i]) ||
		    str_i64(part[i], i < 3 ? 0 : INT64_MIN,
			    i == 2 ? (int64_t)PLACE_HEAD_MAX : INT64_MAX, &v[i]) < 0)
			return false;
	}
	*out = (struct record_place){ .inode = (uint64_t)v[0],
				      .offset = v[1],
				      .head_n = (size_t)v[2],
				      .head = (uint64_t)v[3] };
	*path_out = line;
	return true;
}

bool record_place_get(struct str text, const char *path, struct record_place *out)
{
	struct record_place p;
	struct str line, of;

	for (int i = 0; i < PLACES_MAX && str_cut(&text, '\n', &line); i++) {
		if (!line_read(line, &of, &p) || !str_eq(of, str_of(path)))
			continue;
		*out = p;
		return true;
	}
	return false;
}
