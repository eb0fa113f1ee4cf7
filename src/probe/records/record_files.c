/* SPDX-License-Identifier: Apache-2.0 */
/* Merges files of records by time, so that a conn.log and a notice.log of one day are one day. */
#include "probe/records/record_files.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/records/record_lines.h"

enum { READ_BYTES = 64 * 1024, LOOK_BYTES = 512, TOLD_MAX = 3, SHOWN_MAX = 120 };

struct source {
	const char *path;
	int fd;
	int64_t written_us; /* last: the year of times that lack it */
	uint64_t line_no, unknown;
	bool ended, waiting; /* RECORD is filled */
	struct record_lines lines;
	struct record_stream stream;
	struct foreign record;
};

struct run {
	struct probe *probe;
	struct record_reader *reader;
	void (*tell)(void *arg, const char *text);
	void *arg;
	struct source source[RECORD_FILES_MAX];
	size_t n;
};

/* A sign that some product wrote it: JSON, a priority of syslog, CEF, LEEF, key=value, the head of
 * a log of Zeek. */
static bool has_sign(const char *p, size_t n)
{
	return p[0] == '{' || p[0] == '<' || memmem(p, n, "@cee:", 5) ||
	       memmem(p, n, "#separator", 10) || memmem(p, n, "#fields", 7) ||
	       memmem(p, n, "CEF:", 4) || memmem(p, n, "LEEF:", 5) || memchr(p, '=', n);
}

bool record_file_is(const char *path)
{
	char head[LOOK_BYTES];
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, head, sizeof(head));
	size_t i = 0;

	while (n > 0 && i < (size_t)n && isspace((unsigned char)head[i]))
		i++;
	if (n <= 0 || i == (size_t)n)
		return false;
	for (size_t k = i; k < (size_t)n; k++) { /* captures have bytes that no text has */
		if ((unsigned char)head[k] < 0x20 && !isspace((unsigned char)head[k]))
			return false;
	}
	return has_sign(head + i, (size_t)n - i);
}

static void problem(const struct run *run, const char *path, uint64_t line, struct str text,
		    const struct err *why)
{
	char shown[SHOWN_MAX];
	struct err e = { 0 };

	(void)str_copy(shown, sizeof(shown), text); /* cut is fine */
	for (char *p = shown; *p; p++)
		*p = isprint((unsigned char)*p) ? *p : '?';
	(void)err_set(&e, -EFORMAT, "%s:%llu: %s: %s", path, (unsigned long long)line, why->text,
		      shown); /* words only */
	run->tell(run->arg, e.text);
}

static void take_line(struct run *run, struct source *s, struct str line)
{
	struct err e = { 0 };

	s->line_no++;
	int got = record_reader_line(run->reader, &s->stream, line, s->written_us, &s->record, &e);
	s->waiting = got > 0;
	if (got < 0 && s->unknown++ < TOLD_MAX)
		problem(run, s->path, s->line_no, line, &e);
}

/* Reads on until a record waits or the file ends. */
static int fill(struct run *run, struct source *s, struct err *e)
{
	char bytes[READ_BYTES];
	struct str line;

	while (!s->waiting && !s->ended) {
		if (record_lines_next(&s->lines, &line)) {
			take_line(run, s, line);
			continue;
		}
		ssize_t n = read(s->fd, bytes, sizeof(bytes));
		if (n < 0)
			return err_set(e, -errno, "cannot read %s: %s", s->path, err_text(-errno));
		record_lines_add(&s->lines, bytes, (size_t)n);
		if (n > 0)
			continue;
		s->ended = true;
		if (record_lines_rest(&s->lines, &line))
			take_line(run, s, line);
	}
	return 0;
}

static struct source *earliest(struct run *run)
{
	struct source *best = NULL;

	for (size_t i = 0; i < run->n; i++) {
		struct source *s = &run->source[i];
		if (s->waiting && (!best || s->record.at_us < best->record.at_us))
			best = s;
	}
	return best;
}

static int run_all(struct run *run, struct err *e)
{
	struct source *s;
	int got = 0;

	for (size_t i = 0; i < run->n && got >= 0; i++)
		got = fill(run, &run->source[i], e);
	while (got >= 0 && (s = earliest(run))) {
		probe_record(run->probe, &s->record);
		s->waiting = false;
		got = fill(run, s, e);
	}
	return got;
}

static int source_open(struct source *s, const char *path, struct err *e)
{
	struct stat st;

	s->path = path;
	record_lines_init(&s->lines);
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
	s->written_us = st.st_mtim.tv_sec * US_PER_SEC;
	return 0;
}

static void tell_sums(const struct run *run)
{
	struct err e = { 0 };

	for (size_t i = 0; i < run->n; i++) {
		const struct source *s = &run->source[i];
		if (s->unknown <= TOLD_MAX && s->lines.longs == 0)
			continue;
		(void)err_set(&e, -EFORMAT,
			      "%s: %llu of %llu lines were not understood, %llu were too long",
			      s->path, (unsigned long long)s->unknown,
			      (unsigned long long)s->line_no,
			      (unsigned long long)s->lines.longs); /* words only */
		run->tell(run->arg, e.text);
	}
}

int record_files_run(struct probe *p, struct record_reader *r, const char *const *paths, size_t n,
		     void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	int got = 0;

	if (n > RECORD_FILES_MAX)
		return err_set(e, -ELIMIT, "more than %d files of records at once",
			       RECORD_FILES_MAX);
	struct run *run = mem_new(sizeof(*run));
	*run = (struct run){ .probe = p, .reader = r, .tell = tell, .arg = arg };
	for (; run->n < n && got >= 0; run->n++)
		got = source_open(&run->source[run->n], paths[run->n], e);
	if (got >= 0)
		got = run_all(run, e);
	tell_sums(run);
	for (size_t i = 0; i < run->n; i++) {
		record_lines_done(&run->source[i].lines);
		fd_cleanup(&run->source[i].fd);
	}
	free(run);
	return got;
}
