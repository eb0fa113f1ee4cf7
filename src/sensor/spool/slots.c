/* SPDX-License-Identifier: Apache-2.0 */
/* Two copies at a page's distance, written in turn; the whole one with the higher generation
 * counts. */
#include "sensor/spool/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/rd.h"
#include "wire/crc32c.h"

enum {
	COPY_DISTANCE = 4096, /* a torn write never reaches both */
	COPY_BYTES = 8 + 8 * SLOTS_N + 4,
	COPIES = 2,
};

static bool copy_read(int fd, unsigned i, uint64_t *generation_out, uint64_t v_out[SLOTS_N])
{
	uint8_t raw[COPY_BYTES];

	if (pread(fd, raw, sizeof(raw), (off_t)i * COPY_DISTANCE) != (ssize_t)sizeof(raw))
		return false;
	struct rd r = rd_of(raw, sizeof(raw));
	uint64_t generation = rd_be64(&r);
	uint64_t v[SLOTS_N];
	for (size_t k = 0; k < SLOTS_N; k++)
		v[k] = rd_be64(&r);
	if (rd_be32(&r) != crc32c(0, raw, sizeof(raw) - 4) || generation == 0)
		return false;
	*generation_out = generation;
	memcpy(v_out, v, sizeof(v));
	return true;
}

static uint64_t best_read(int fd, uint64_t v_out[SLOTS_N])
{
	uint64_t best = 0;

	for (unsigned i = 0; i < COPIES; i++) {
		uint64_t generation = 0;
		uint64_t v[SLOTS_N];
		if (copy_read(fd, i, &generation, v) && generation > best) {
			best = generation;
			memcpy(v_out, v, sizeof(v));
		}
	}
	return best;
}

int slots_open(struct slots *s, const char *path, struct err *e)
{
	*s = (struct slots){ .fd = -1 };
	s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (s->fd < 0)
		return err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
	s->generation = best_read(s->fd, s->v);
	return 0;
}

void slots_close(struct slots *s)
{
	fd_cleanup(&s->fd);
	s->fd = -1;
}

int slots_set(struct slots *s, struct err *e)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, COPY_BYTES);
	buf_be64(&b, s->generation + 1);
	for (size_t k = 0; k < SLOTS_N; k++)
		buf_be64(&b, s->v[k]);
	buf_be32(&b, crc32c(0, b.p, b.n));
	off_t at = (off_t)((s->generation + 1) % COPIES) * COPY_DISTANCE;
	ssize_t n = pwrite(s->fd, b.p, b.n, at);
	if (n != (ssize_t)b.n || fdatasync(s->fd) < 0) {
		int r = n < 0 || n == (ssize_t)b.n ? -errno : -ENOSPC;
		return err_set(e, r, "cannot store the spool's numbers: %s", err_text(r));
	}
	s->generation++;
	return 0;
}

int slots_get(const char *path, uint64_t v_out[SLOTS_N])
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	return best_read(fd, v_out) > 0 ? 0 : -EFORMAT;
}
