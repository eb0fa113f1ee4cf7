/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files and folders, durably. Not for streams. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { CHUNK_BYTES = 64 * 1024, OPEN_FOLDERS_MAX = 32 };

static int read_into(int fd, size_t max_bytes, struct buf *out)
{
	SCOPED_MEM char *chunk = mem_new(CHUNK_BYTES);
	size_t total = 0;
	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		total += (size_t)n;
		buf_add(out, chunk, (size_t)n);
		if (total > max_bytes || out->over)
			return -ELIMIT;
	}
}

int file_read(const char *path, size_t max_bytes, struct buf *out, struct err *e)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot open %s: %s", path, err_text(errno));
	size_t before = out->n;
	bool over_before = out->over;
	buf_add(out, "", 0); /* an empty file is an empty text, not NULL */
	int r = read_into(fd, max_bytes, out);
	if (r == 0)
		return 0;
	if (out->p) { /* untouched on failure */
		out->n = before;
		out->p[before] = '\0';
	}
	out->over = over_before;
	if (r == -ELIMIT)
		return err_set(e, r, "%s is larger than %zu bytes", path, max_bytes);
	return err_set(e, r, "cannot read %s: %s", path, err_text(r));
}

int fd_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;
	while (n > 0) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		at += done;
		n -= (size_t)done;
	}
	return 0;
}

static int write_synced(const char *path, mode_t mode, const void *p, size_t n)
{
	SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return -errno;
	int r = fd_write_all(fd, p, n);
	if (r < 0)
		return r;
	if (fchmod(fd, mode) < 0 || fsync(fd) < 0)
		return -errno;
	return 0;
}

static int sync_parent(const char *path, struct err *e)
{
	const char *slash = strrchr(path, '/');
	if (!slash)
		return dir_sync(".", e);
	SCOPED_MEM char *folder = mem_strndup(path, slash == path ? 1 : (size_t)(slash - path));
	return dir_sync(folder, e);
}

int file_write(const char *path, mode_t mode, const void *p, size_t n, struct err *e)
{
	SCOPED_BUF struct buf tmp = { 0 };
	buf_printf(&tmp, "%s.tmp", path);
	int r = write_synced(tmp.p, mode, p, n);
	if (r == 0 && rename(tmp.p, path) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlink(tmp.p); /* may not be there */
		return err_set(e, r, "cannot write %s: %s", path, err_text(r));
	}
	return sync_parent(path, e);
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

int file_remove(const char *path, struct err *e)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return err_set(e, -errno, "cannot remove %s: %s", path, err_text(errno));
	return 0;
}

int dir_make(const char *path, mode_t mode, struct err *e)
{
	char part[PATH_MAX];
	size_t n = strlen(path);
	if (n == 0 || n >= sizeof(part))
		return err_set(e, -ENAMETOOLONG, "the folder name %.100s is too long or empty",
			       path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		char kept = part[i];
		part[i] = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return err_set(e, -errno, "cannot make folder %s: %s", part,
				       err_text(errno));
		part[i] = kept;
	}
	struct stat st;
	if (stat(path, &st) < 0)
		return err_set(e, -errno, "cannot make folder %s: %s", path, err_text(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, -ENOTDIR, "%s is not a folder", path);
	return 0;
}

int dir_sync(const char *path, struct err *e)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "cannot open folder %s: %s", path, err_text(errno));
	if (fsync(fd) < 0 && errno != EINVAL) /* some file systems cannot sync a folder */
		return err_set(e, -errno, "cannot make folder %s durable: %s", path,
			       err_text(errno));
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path) < 0 && errno != ENOENT ? -1 : 0;
}

int dir_remove_all(const char *path, struct err *e)
{
	if (nftw(path, remove_one, OPEN_FOLDERS_MAX, FTW_DEPTH | FTW_PHYS | FTW_MOUNT) < 0 &&
	    errno != ENOENT)
		return err_set(e, -errno, "cannot remove folder %s: %s", path, err_text(errno));
	return 0;
}

int fd_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}
