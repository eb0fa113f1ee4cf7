/* SPDX-License-Identifier: Apache-2.0 */
/* A window that slides over a file: what the readers of capture files share. Not mapped, so that
 * a large file does not count as our memory. */
#ifndef PROBE_CAPTURE_CAPTURE_FILE_H
#define PROBE_CAPTURE_CAPTURE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probe/capture/capture.h"

struct capture_file {
	int fd;
	uint8_t *buf;
	size_t head, tail; /* what is unread lies between */
	uint64_t offset;   /* of HEAD in the file */
	bool eof;          /* nothing left to read behind TAIL */
	struct capture *owner;
};

/* Opens the file that C names. */
int capture_file_open(struct capture_file *f, struct capture *c, struct err *e);
void capture_file_close(struct capture_file *f);

/* Moves the window so that at least N bytes are there unless the file ends: 0 or -errno.
 * Everything handed out before is gone. */
int capture_file_fill(struct capture_file *f, size_t n);
void capture_file_skip(struct capture_file *f, size_t n); /* N at most what is there */
/* Skips N bytes, reading on as needed; false when the file ends before. */
bool capture_file_skip_far(struct capture_file *f, uint64_t n);

static inline size_t capture_file_left(const struct capture_file *f)
{
	return f->tail - f->head;
}

static inline const uint8_t *capture_file_at(const struct capture_file *f)
{
	return f->buf + f->head;
}

#endif
