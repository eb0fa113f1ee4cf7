/* SPDX-License-Identifier: Apache-2.0 */
/* Where EVE lines go: a file that is rotated by size, or a socket that somebody listens on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "probe/records/eve_out_priv.h"

enum { FILE_MODE = 0640, PATH_TEXT_MAX = 4096, NS_PER_MS = 1000000 };

static int file_open(struct eve_out *o, struct err *e)
{
	struct stat st;
	int fresh = o->conf.fresh ? O_TRUNC : 0;

	o->fd = open(o->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | fresh, FILE_MODE);
	if (o->fd < 0 || fstat(o->fd, &st) < 0)
		return err_set(e, -errno, "cannot write %s: %s", o->path, err_text(-errno));
	o->size_bytes = st.st_size;
	return 0;
}

static int unix_connect(struct eve_out *o)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	if (!str_copy(a.sun_path, sizeof(a.sun_path), str_of(o->path)))
		return -ENAMETOOLONG;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0) {
		int code = -errno;
		(void)close(fd); /* nothing was written */
		return code;
	}
	o->fd = fd;
	o->complained = false;
	return 0;
}

static void complain(struct eve_out *o, int code)
{
	struct err e = { 0 };

	if (o->complained)
		return;
	o->complained = true;
	(void)err_set(&e, code, "cannot write %s: %s", o->path, err_text(code)); /* words only */
	o->tell(o->arg, e.text);
}

int eve_file_open(struct eve_out *o, struct err *e)
{
	o->fd = -1;
	if (!o->is_unix)
		return file_open(o, e);
	int r = unix_connect(o);
	o->tried_ns = clock_mono_ns(o->clock);
	if (r == -ENAMETOOLONG)
		return err_set(e, r, "the path of the socket %s is too long", o->path);
	if (r < 0)
		complain(o, r);
	return 0;
}

void eve_file_close(struct eve_out *o)
{
	fd_cleanup(&o->fd);
	o->fd = -1;
}

/* eve.json.1 is the newest of those set aside. */
static void rotate(struct eve_out *o)
{
	char from[PATH_TEXT_MAX], to[PATH_TEXT_MAX];

	eve_file_close(o);
	for (int64_t i = o->conf.keep; i >= 1; i--) {
		(void)snprintf(to, sizeof(to), "%s.%d", o->path, (int)i); /* checked at opening */
		if (i > 1)
			(void)snprintf(from, sizeof(from), "%s.%d", o->path, (int)i - 1);
		else
			(void)snprintf(from, sizeof(from), "%s", o->path);
		(void)rename(from, to); /* an absent one is fine */
	}
	if (o->conf.keep == 0)
		(void)unlink(o->path); /* an absent one is fine */
}

/* Cuts N bytes off what is held; what is left begins with a whole line or its rest. */
static void written(struct eve_out *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		o->lines -= o->b.p[i] == '\n';
	buf_drop(&o->b, n);
	o->size_bytes += (int64_t)n;
}

static void give_up(struct eve_out *o)
{
	o->dropped += o->lines;
	o->lines = 0;
	buf_clear(&o->b);
	o->b.over = false;
}

static bool reopen(struct eve_out *o)
{
	int64_t now_ns = clock_mono_ns(o->clock);
	struct err e = { 0 };

	if (o->fd >= 0)
		return true;
	if (o->tried_ns != 0 && now_ns - o->tried_ns < EVE_RETRY_MS * (int64_t)NS_PER_MS)
		return false;
	o->tried_ns = now_ns;
	int r = o->is_unix ? unix_connect(o) : file_open(o, &e);
	if (r < 0)
		complain(o, r);
	return r >= 0;
}

static void flush_unix(struct eve_out *o)
{
	while (o->b.n > 0) {
		ssize_t n = send(o->fd, o->b.p, o->b.n, MSG_NOSIGNAL);
		if (n > 0) {
			written(o, (size_t)n);
			continue;
		}
		if (n < 0 && errno == EAGAIN)
			return; /* the listener is slow; it gets it later */
		complain(o, n < 0 ? -errno : -EPIPE);
		eve_file_close(o);
		give_up(o); /* a part of a line may be gone: the next begins whole */
		return;
	}
}

static void flush_file(struct eve_out *o)
{
	int r = fd_write_all(o->fd, o->b.p, o->b.n);

	if (r < 0) {
		complain(o, r);
		give_up(o);
		return;
	}
	o->complained = false;
	written(o, o->b.n);
	if (o->conf.rotate_bytes > 0 && o->size_bytes >= o->conf.rotate_bytes) {
		rotate(o);
		o->tried_ns = 0;
		(void)reopen(o); /* it complains itself */
	}
}

void eve_out_flush(struct eve_out *o)
{
	if (!o || o->b.n == 0)
		return;
	if (!reopen(o)) {
		if (o->b.n > EVE_GATHER_BYTES)
			give_up(o);
		return;
	}
	if (o->is_unix)
		flush_unix(o);
	else
		flush_file(o);
	if (o->b.n > EVE_HELD_BYTES / 2)
		give_up(o);
}

void eve_file_line(struct eve_out *o)
{
	buf_addc(&o->b, '\n');
	o->lines++;
	if (o->b.over)
		give_up(o);
	else if (o->b.n >= EVE_GATHER_BYTES)
		eve_out_flush(o);
}
