/* SPDX-License-Identifier: Apache-2.0 */
/* Follows files that others write: from their end on, over rotation and truncation, and after a
 * restart from where it stopped. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "probe/records/record_intake_priv.h"

enum {
	FOLDER_MAX = 4096, /* names looked at for a rotated file */
	PLACES_FILE_MAX = PLACES_MAX * 8192,
};

static void tail_shut(struct tail *t)
{
	if (t->fd >= 0)
		(void)close(t->fd); /* was only read */
	t->fd = -1;
	record_lines_clear(&t->lines);
	memset(&t->sender.stream.head, 0, sizeof(t->sender.stream.head));
}

static void complain(struct record_intake *i, struct tail *t, int code)
{
	struct err e = { 0 };

	if (t->complained)
		return;
	t->complained = true;
	(void)err_set(&e, code, "cannot read %s: %s; it is tried again", t->path,
		      err_text(code)); /* words only */
	i->tell(i->arg, e.text);
}

/* Lines beginning with '#' at the top name the columns; they are read even when the rest is not. */
static void read_head(struct record_intake *i, struct tail *t)
{
	struct record_lines head;
	struct foreign nobody;
	struct str line;
	ssize_t n = pread(t->fd, i->bytes, sizeof(i->bytes), 0);

	record_lines_init(&head);
	if (n > 0)
		record_lines_add(&head, i->bytes, (size_t)n);
	while (record_lines_next(&head, &line) && line.n > 0 && line.p[0] == '#')
		(void)record_reader_line(i->reader, &t->sender.stream, line, 0, &nobody, NULL);
	record_lines_done(&head);
}

static void mark(struct tail *t)
{
	record_place_mark(&t->mark, t->fd, t->offset);
}

/* T reads FD from OFFSET on. */
static void take(struct tail *t, int fd, const struct stat *st, int64_t offset)
{
	t->fd = fd;
	t->dev = st->st_dev;
	t->ino = st->st_ino;
	t->complained = false;
	t->offset = lseek(fd, offset, SEEK_SET);
	mark(t);
}

static int file_at(int folder, const char *name, struct stat *st)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);

	if (fd >= 0 && fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	if (fd >= 0)
		(void)close(fd); /* was only read */
	return -1;
}

/* The file that PLACE is about under another name in PATH's folder: it was rotated meanwhile. */
static int rotated(const char *path, const struct record_place *place, struct stat *st)
{
	const char *slash = strrchr(path, '/');
	SCOPED_MEM char *folder =
		slash ? mem_strndup(path, (size_t)(slash - path) + 1) : mem_strdup(".");
	DIR *d = opendir(folder);
	struct dirent *one;
	int found = -1;

	for (int i = 0; d && found < 0 && i < FOLDER_MAX && (one = readdir(d)) != NULL; i++) {
		if (one->d_ino != place->inode)
			continue;
		found = file_at(dirfd(d), one->d_name, st);
		if (found >= 0 && !record_place_fits(place, found)) {
			(void)close(found); /* was only read */
			found = -1;
		}
	}
	if (d)
		(void)closedir(d); /* was only read */
	return found;
}

/* After a restart: on from where we stopped, in whatever file that is now. False: a file of another
 * beginning, which is read whole. */
static bool go_on(struct record_intake *i, struct tail *t, const struct record_place *place,
		  const struct stat *now)
{
	struct err e = { 0 };
	struct stat st;

	t->sender.past = true;
	if (t->fd >= 0 && record_place_fits(place, t->fd)) {
		read_head(i, t);
		take(t, t->fd, now, place->offset);
		return true;
	}
	int fd = rotated(t->path, place, &st);
	if (fd < 0) {
		(void)err_set(&e, -ENOENT,
			      "%s was replaced while it was not followed: its last lines may be "
			      "missing",
			      t->path); /* words only */
		i->tell(i->arg, e.text);
		return false;
	}
	if (t->fd >= 0)
		(void)close(t->fd); /* was only read; its turn comes when this one is through */
	t->fd = fd;
	read_head(i, t);
	take(t, fd, &st, place->offset);
	return true;
}

static bool place_known(const struct record_intake *i, const char *path, struct record_place *out)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, PLACES_FILE_MAX);
	return i->places && file_read(i->places, PLACES_FILE_MAX, &b, NULL) >= 0 && b.n > 0 &&
	       record_place_get((struct str){ b.p, b.n }, path, out);
}

/* What was there when we first came is past; what appears later is read from its beginning. */
static void tail_open(struct record_intake *i, struct tail *t)
{
	struct record_place place;
	struct stat st = { 0 };
	bool first = !t->waited, known = first && place_known(i, t->path, &place);

	t->waited = true;
	t->fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool there = t->fd >= 0 && fstat(t->fd, &st) == 0 && S_ISREG(st.st_mode);
	if (!there) {
		int code = t->fd < 0 ? -errno : -EINVAL;
		tail_shut(t);
		if (!known || !go_on(i, t, &place, &st))
			complain(i, t, code);
		return;
	}
	if (known && go_on(i, t, &place, &st))
		return;
	if (first && !known) {
		read_head(i, t);
		take(t, t->fd, &st, st.st_size);
	} else {
		take(t, t->fd, &st, 0);
	}
}

int tails_open(struct record_intake *i, struct err *e)
{
	struct str rest = str_of(i->conf.files), one;

	while (str_cut(&rest, ',', &one)) {
		one = str_trim(one);
		if (one.n == 0)
			continue;
		if (i->n_tails == TAILS_MAX)
			return err_set(e, -ELIMIT, "more than %d files in \"records.files\"",
				       TAILS_MAX);
		struct tail *t = &i->tails[i->n_tails++];
		t->path = mem_strndup(one.p, one.n);
		sender_init(&t->sender, t->path);
		record_lines_init(&t->lines);
		tail_open(i, t);
	}
	return 0;
}

void tails_close(struct record_intake *i)
{
	for (size_t k = 0; k < i->n_tails; k++) {
		tail_shut(&i->tails[k]);
		record_lines_done(&i->tails[k].lines);
		free(i->tails[k].path);
	}
}

/* Where all stand now; true when it is elsewhere than was kept. */
static bool places_put(struct record_intake *i, struct buf *out)
{
	bool changed = false;

	for (size_t k = 0; k < i->n_tails; k++) {
		struct tail *t = &i->tails[k];
		int64_t offset = t->offset - (int64_t)record_lines_held(&t->lines);
		struct record_place p;
		if (t->fd < 0)
			continue;
		record_place_mark(&p, t->fd, offset);
		record_place_put(&p, t->path, out);
		changed = changed || t->kept != offset;
		t->kept = offset;
	}
	return changed;
}

static void places_write(struct record_intake *i)
{
	SCOPED_BUF struct buf b;
	struct err e = { 0 };

	buf_init(&b, PLACES_FILE_MAX);
	if (!places_put(i, &b) || file_write(i->places, 0600, b.p, b.n, &e) >= 0 || i->complained)
		return;
	i->complained = true;
	i->tell(i->arg, e.text);
}

void tails_keep(struct record_intake *i, bool now)
{
	int64_t now_ns = clock_mono_ns(i->clock);

	if (!i->places ||
	    (!now && i->kept_ns != 0 && now_ns - i->kept_ns < PLACES_MS * INT64_C(1000000)))
		return;
	i->kept_ns = now_ns;
	places_write(i);
}

/* At the end of what is there: is it still the file of that name, not shorter than before, and does
 * it begin as before? */
static void look_again(struct record_intake *i, struct tail *t)
{
	int64_t now_ns = clock_mono_ns(i->clock);
	struct stat st;
	struct str line;

	if (t->looked_ns != 0 && now_ns - t->looked_ns < FOLLOW_MS * INT64_C(1000000))
		return;
	t->looked_ns = now_ns;
	t->sender.past = false;
	if (t->fd < 0) {
		tail_open(i, t);
		return;
	}
	if (stat(t->path, &st) < 0)
		return; /* between two names; what is open may still grow */
	if (st.st_dev != t->dev || st.st_ino != t->ino) {
		if (record_lines_rest(&t->lines, &line))
			sender_line(i, &t->sender, line, false);
		tail_shut(t);
		tail_open(i, t);
	} else if (!record_place_fits(&t->mark, t->fd)) {
		tail_shut(t);
		tail_open(i, t);
	} else {
		mark(t);
	}
}

/* The lines are read at our own pace; how many at once is bounded by STEP_LINES. */
bool tail_step(struct record_intake *i, struct tail *t)
{
	struct str line;

	for (int k = 0; k < STEP_LINES; k++) {
		while (!record_lines_next(&t->lines, &line)) {
			ssize_t n = t->fd < 0 ? 0 : read(t->fd, i->bytes, sizeof(i->bytes));
			if (n <= 0) {
				look_again(i, t);
				return false;
			}
			t->offset += n;
			uint64_t longs = t->lines.longs;
			record_lines_add(&t->lines, i->bytes, (size_t)n);
			for (; longs < t->lines.longs; longs++)
				record_reader_long(i->reader);
		}
		sender_line(i, &t->sender, line, false);
	}
	return true;
}
