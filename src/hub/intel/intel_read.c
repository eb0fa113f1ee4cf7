/* SPDX-License-Identifier: Apache-2.0 */
/* Files of lists. A folder's files are read one at a time, never through a link, and only from the
 * configured place: what a person may name there is a plain name. */
#include "hub/intel/intel_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/crypto.h"
#include "wire/indicator/indicator_read.h"

/* What people may choose; the rest is found out. */
static const enum indicator_format choices[] = {
	INDICATOR_FORMAT_PLAIN, INDICATOR_FORMAT_LIST, INDICATOR_FORMAT_HOSTS, INDICATOR_FORMAT_CSV,
	INDICATOR_FORMAT_RPZ,   INDICATOR_FORMAT_MISP, INDICATOR_FORMAT_STIX,
};

size_t intel_formats(const char **out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(choices) && n < max; i++)
		out[n++] = indicator_format_name(choices[i]);
	return n;
}

static enum indicator_format format_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (strcmp(indicator_format_name(choices[i]), name) == 0)
			return choices[i];
	return INDICATOR_FORMAT_NONE;
}

bool intel_format_ok(const char *name)
{
	return !*name || format_of(name) != INDICATOR_FORMAT_NONE;
}

struct hearing {
	const struct intel_hear *hear;
};

static void found(void *arg, const struct indicator *i)
{
	const struct hearing *h = arg;

	h->hear->one(h->hear->arg, i);
}

static void bad(void *arg, const struct indicator_bad_line *b)
{
	const struct hearing *h = arg;

	h->hear->bad(h->hear->arg, b->why, b->line, b->text);
}

int intel_read_bad(const char *format, const struct intel_file *f, const struct intel_hear *hear,
		   struct err *e)
{
	struct hearing h = { hear };
	const struct indicator_reader to = { &h, found, bad, hear->now_us };
	enum indicator_format seen = indicator_format_of(f->p, f->n);

	/* what a MISP feed's folder holds beside its events */
	if (seen == INDICATOR_FORMAT_MISP_MANIFEST || seen == INDICATOR_FORMAT_MISP_HASHES)
		return 0;
	int r = indicator_read(*format ? format_of(format) : seen, f->p, f->n, &to, e);
	return r < 0 ? err_context(e, "%s", f->name) : 0;
}

/* --- folders --- */

char *intel_folder_path(const struct hub *h, const char *name)
{
	char *base =
		intel_conf.folder[0] ? mem_strdup(intel_conf.folder) : hub_state_path(h, "feeds");
	struct buf b = { 0 };

	buf_printf(&b, "%s/%s", base, name);
	free(base);
	return buf_take(&b);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

struct names {
	struct arena *arena;
	char **p;
	size_t n;
};

static int names_read(const char *folder, struct names *out, struct err *e)
{
	DIR *d = opendir(folder);
	struct dirent *at;

	if (!d)
		return err_set(e, -ENOENT, "the folder %s cannot be read: %s", folder,
			       strerror(errno));
	while ((at = readdir(d)) != NULL && out->n < INTEL_FILES_MAX) {
		if (at->d_name[0] == '.')
			continue;
		out->p = arena_grow(out->arena, out->p, out->n, sizeof(*out->p));
		out->p[out->n++] = arena_strdup(out->arena, at->d_name);
	}
	bool more = at != NULL;
	closedir(d);
	if (more)
		return err_set(e, -ELIMIT, "the folder %s holds more than %d files", folder,
			       INTEL_FILES_MAX);
	if (out->n == 0)
		return err_set(e, -ENOENT, "the folder %s is empty", folder);
	qsort(out->p, out->n, sizeof(*out->p), by_name);
	return 0;
}

/* 1 = it is a file with the content in OUT, 0 = something else. */
static int file_at(int dir, const char *name, struct buf *out, struct err *e)
{
	struct stat st;
	SCOPED_FD int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

	if (fd < 0 && errno == ELOOP)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_set(e, -errno, "the file %s cannot be read: %s", name, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return 0;
	if (st.st_size > INTEL_FILE_BYTES_MAX)
		return err_set(e, -ELIMIT, "the file %s is larger than %d MiB", name,
			       INTEL_FILE_BYTES_MAX / 1024 / 1024);
	for (;;) {
		char part[64 * 1024];
		ssize_t n = read(fd, part, sizeof(part));
		if (n < 0)
			return err_set(e, -errno, "the file %s cannot be read: %s", name,
				       strerror(errno));
		if (n == 0)
			break;
		buf_add(out, part, (size_t)n);
	}
	return out->over ? err_set(e, -ELIMIT, "the file %s is larger than %d MiB", name,
				   INTEL_FILE_BYTES_MAX / 1024 / 1024)
			 : 1;
}

static int folder_each(const char *folder, intel_file_fn fn, void *arg, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct names names = { .arena = a };
	SCOPED_FD int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = names_read(folder, &names, e);

	for (size_t i = 0; r >= 0 && i < names.n; i++) {
		SCOPED_BUF struct buf b;

		buf_init(&b, INTEL_FILE_BYTES_MAX);
		if ((r = file_at(dir, names.p[i], &b, e)) <= 0)
			continue;
		const struct intel_file f = { names.p[i], b.p ? b.p : "", b.n };
		r = fn(arg, &f, e);
	}
	return r < 0 ? r : 0;
}

int intel_input_each(const struct intel_input *in, intel_file_fn fn, void *arg, struct err *e)
{
	return in->folder ? folder_each(in->folder, fn, arg, e) : fn(arg, in->file, e);
}

static int digest_file(void *arg, const struct intel_file *f, struct err *e)
{
	(void)e;
	crypto_sha256_add(arg, f->name, strlen(f->name) + 1);
	crypto_sha256_add(arg, f->p, f->n);
	return 0;
}

int intel_input_digest(const struct intel_input *in, char out[65], struct err *e)
{
	struct crypto_sha256_state s;
	uint8_t hash[32];

	crypto_sha256_init(&s);
	int r = intel_input_each(in, digest_file, &s, e);
	if (r < 0)
		return r;
	crypto_sha256_end(&s, hash);
	crypto_hex(hash, sizeof(hash), out);
	return 0;
}
