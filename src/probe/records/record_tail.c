/* SPDX-License-Identifier: Apache-2.0 */
/* Follows files that others write: from their end on, over rotation and truncation. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "probe/records/record_intake_priv.h"

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

/* What was there when we came is past; what appears later is read from its beginning. */
static void tail_open(struct record_intake *i, struct tail *t)
{
	struct stat st;

	t->fd = open(t->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (t->fd < 0 || fstat(t->fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		complain(i, t, t->fd < 0 ? -errno : -EINVAL);
		tail_shut(t);
		t->waited = true;
		return;
	}
	t->complained = false;
	t->dev = st.st_dev;
	t->ino = st.st_ino;
	t->offset = 0;
	if (t->waited)
		return;
	read_head(i, t);
	t->offset = lseek(t->fd, 0, SEEK_END);
	t->waited = true;
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

/* At the end of what is there: is it still the file of that name, and not shorter than before? */
static void look_again(struct record_intake *i, struct tail *t)
{
	int64_t now_ns = clock_mono_ns(i->clock);
	struct stat st;
	struct str line;

	if (t->looked_ns != 0 && now_ns - t->looked_ns < FOLLOW_MS * INT64_C(1000000))
		return;
	t->looked_ns = now_ns;
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
	} else if (st.st_size < t->offset) {
		tail_shut(t);
		tail_open(i, t);
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
