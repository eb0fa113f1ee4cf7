/* SPDX-License-Identifier: Apache-2.0 */
/* Gets bytes from files for the readers. */
#include "wire/indicator/indicator_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct feed {
	const char *folder;
	const struct indicator_reader *to;
	void (*begin)(void *arg, const char *path, enum indicator_format f);
	char last[40]; /* event of the row before, in hashes.csv */
	long line;
};

/* All bytes of the file, in memory of its size; the caller frees. */
static int bytes_read(int fd, uint8_t **out, size_t *n_out, struct err *e)
{
	struct stat st;
	size_t n = 0;
	ssize_t got = 1;

	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "cannot read: %s", err_text(-errno));
	if (!S_ISREG(st.st_mode))
		return err_set(e, -EFORMAT, "this is no file");
	if (st.st_size > INDICATOR_FILE_MAX)
		return err_set(e, -ELIMIT, "the file is larger than %d MiB",
			       INDICATOR_FILE_MAX / (1024 * 1024));
	size_t size = (size_t)st.st_size;
	SCOPED_MEM uint8_t *p = mem_new(size + 1);
	while (n < size && (got = read(fd, p + n, size - n)) > 0)
		n += (size_t)got;
	if (got < 0)
		return err_set(e, -errno, "cannot read: %s", err_text(-errno));
	*out = p;
	*n_out = n;
	p = NULL;
	return 0;
}

static int file_open(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd >= 0 ? fd : err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
}

static int list_read(const char *path, int fd, const struct feed *f, struct err *e)
{
	SCOPED_MEM uint8_t *p = NULL;
	size_t n = 0;
	int r = bytes_read(fd, &p, &n, e);

	if (r == 0) {
		enum indicator_format format = indicator_format_of(p, n);
		if (f->begin)
			f->begin(f->to->arg, path, format);
		r = indicator_read(format, p, n, f->to, e);
	}
	if (r < 0)
		(void)err_context(e, "%s", path); /* R is the answer */
	return r;
}

static void missing(const struct feed *f, long line, struct str uuid)
{
	struct indicator_bad_line b = { .line = line, .why = INDICATOR_BROKEN, .text = uuid };

	if (f->to->bad)
		f->to->bad(f->to->arg, &b);
}

static void event_path(const struct feed *f, struct str uuid, char out[PATH_MAX])
{
	(void)snprintf(out, PATH_MAX, "%s/%.*s.json", f->folder, (int)uuid.n, uuid.p);
}

/* UUID was checked: it cannot lead out of the folder. */
static void on_event(void *arg, struct str uuid, int64_t changed_s)
{
	const struct feed *f = arg;
	char path[PATH_MAX];

	(void)changed_s;
	event_path(f, uuid, path);
	SCOPED_FD int fd = file_open(path, NULL);
	if (fd < 0 || list_read(path, fd, f, NULL) < 0)
		missing(f, 0, uuid);
}

static void on_hash(void *arg, const uint8_t md5[16], struct str uuid)
{
	struct feed *f = arg;
	char path[PATH_MAX];

	(void)md5;
	f->line++;
	if (str_eq(uuid, str_of(f->last)))
		return;
	(void)str_copy(f->last, sizeof(f->last), uuid); /* fits */
	event_path(f, uuid, path);
	if (access(path, R_OK) < 0)
		missing(f, f->line, uuid);
}

static int index_read(const char *folder, const char *name, uint8_t **out, size_t *n_out,
		      struct err *e)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	SCOPED_FD int fd = file_open(path, e);
	return fd < 0 ? fd : bytes_read(fd, out, n_out, e);
}

static int feed_read(struct feed *f, struct err *e)
{
	SCOPED_MEM uint8_t *manifest = NULL, *hashes = NULL;
	size_t n = 0;
	int r = index_read(f->folder, "manifest.json", &manifest, &n, e);

	if (r == 0)
		r = misp_manifest_read(manifest, n, on_event, f, e);
	if (r < 0) {
		(void)err_context(e, "%s", f->folder); /* R is the answer */
		return r;
	}
	if (index_read(f->folder, "hashes.csv", &hashes, &n, NULL) < 0)
		return 0; /* feeds need not have it */
	if (f->begin)
		f->begin(f->to->arg, "hashes.csv", INDICATOR_FORMAT_MISP_HASHES);
	(void)misp_hashes_read(hashes, n, on_hash, f); /* bad rows say nothing of events */
	return 0;
}

int indicator_file_read(const char *path, const struct indicator_reader *to,
			void (*begin)(void *arg, const char *path, enum indicator_format f),
			struct err *e)
{
	struct feed f = { .folder = path, .to = to, .begin = begin };
	struct stat st;
	SCOPED_FD int fd = file_open(path, e);

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return feed_read(&f, e);
	return list_read(path, fd, &f, e);
}

int known_good_file_read(const char *path, struct known_good *good,
			 const struct indicator_reader *to, struct err *e)
{
	SCOPED_FD int fd = file_open(path, e);
	SCOPED_MEM uint8_t *p = NULL;
	size_t n = 0;

	if (fd < 0)
		return fd;
	int r = bytes_read(fd, &p, &n, e);
	if (r == 0)
		r = known_good_read(p, n, good, to, e);
	if (r < 0)
		(void)err_context(e, "%s", path); /* R is the answer */
	return r;
}
