/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files and folders, durably. Descriptors are close-on-exec. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

int file_read(const char *path, size_t max_bytes, struct buf *out,
	      struct err *e); /* -ELIMIT when larger */
/* Writes PATH.tmp, fsyncs, renames, fsyncs the folder: PATH is the old or the new file, never half
 * of one. */
int file_write(const char *path, mode_t mode, const void *p, size_t n, struct err *e);
bool file_exists(const char *path);
int file_remove(const char *path, struct err *e); /* an absent file is fine */
int dir_make(const char *path, mode_t mode,
	     struct err *e); /* with parents; an existing one is fine */
int dir_sync(const char *path, struct err *e);
int dir_remove_all(const char *path, struct err *e);
int fd_write_all(int fd, const void *p, size_t n); /* 0 or -errno */
int fd_nonblock(int fd);

#endif
