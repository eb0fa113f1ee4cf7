/* SPDX-License-Identifier: Apache-2.0 */
/* The sliding window over a capture file. Knows no format. */
#include "probe/capture/capture_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { READ_AT_ONCE = 256 * 1024 };

int capture_file_open(struct capture_file *f, struct capture *c, struct err *e)
{
	int fd = open(c->name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "cannot open %s: %s", c->name, err_text(-errno));
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* only a hint */
	*f = (struct capture_file){ .fd = fd, .owner = c };
	f->buf = c->window ? c->window(c->window_arg) : mem_new(CAPTURE_WINDOW);
	return 0;
}

void capture_file_close(struct capture_file *f)
{
	fd_cleanup(&f->fd);
	if (f->owner && !f->owner->window)
		free(f->buf);
	*f = (struct capture_file){ .fd = -1 };
}

int capture_file_fill(struct capture_file *f, size_t n)
{
	if (f->tail - f->head >= n || f->eof)
		return 0;
	const uint8_t *rest = f->buf + f->head;
	if (f->owner->window)
		f->buf = f->owner->window(f->owner->window_arg);
	memmove(f->buf, rest, f->tail - f->head);
	f->tail -= f->head;
	f->head = 0;
	/* No more at once than stays in the processor's cache until it is looked at. */
	size_t full =
		f->tail + READ_AT_ONCE > CAPTURE_WINDOW ? CAPTURE_WINDOW : f->tail + READ_AT_ONCE;
	full = full < n ? n : full;
	while (f->tail < full) {
		ssize_t r = read(f->fd, f->buf + f->tail, full - f->tail);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0) {
			f->eof = true;
			break;
		}
		f->tail += (size_t)r;
	}
	return 0;
}

void capture_file_skip(struct capture_file *f, size_t n)
{
	f->head += n;
	f->offset += n;
}

bool capture_file_skip_far(struct capture_file *f, uint64_t n)
{
	while (n > 0) {
		size_t step = capture_file_left(f) < n ? capture_file_left(f) : (size_t)n;
		capture_file_skip(f, step);
		n -= step;
		if (n == 0)
			return true;
		if (capture_file_fill(f, 1) < 0 || capture_file_left(f) == 0)
			return false;
	}
	return true;
}
