/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzz targets of the capture files share. */
#ifndef PROBE_CAPTURE_FUZZ_CAPTURE_H
#define PROBE_CAPTURE_FUZZ_CAPTURE_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "probe/capture/capture.h"
#include "probe/dissect/dissect.h"

static inline void fuzz_open(struct capture *c, const char *path)
{
	static struct packet batch[CAPTURE_BATCH];
	struct dissected d;
	int n;

	if (capture_open_file(c, path, NULL) < 0)
		return;
	while ((n = capture_next(c, batch, CAPTURE_BATCH, 0, NULL)) > 0) {
		for (int i = 0; i < n; i++)
			dissect(&batch[i], &d);
	}
	capture_close(c);
}

/* Reads the N bytes at P, behind MAGIC unless it is empty, as a capture file. */
static inline void fuzz_capture(const void *magic, size_t magic_n, const uint8_t *p, size_t n)
{
	SCOPED_FD int fd = memfd_create("fuzz", MFD_CLOEXEC);
	char path[32];

	if (fd < 0)
		abort();
	size_t skip = n < magic_n ? n : magic_n;
	if (fd_write_all(fd, magic, magic_n) < 0 || fd_write_all(fd, p + skip, n - skip) < 0)
		abort();
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct capture *c = mem_new(sizeof(*c));
	fuzz_open(c, path);
	free(c);
}

#endif
