/* SPDX-License-Identifier: Apache-2.0 */
/* Files of a form on their way to the disk. Their names are only kept, never used. */
#include "net/http_upload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "net/crypto.h"

enum {
	FILES_MAX = 8,
	FIELDS_MAX = 200,
	FIELDS_BYTES_MAX = 256 * 1024, /* of them all */
	NAME_BYTES_MAX = 1024,         /* of a file's name; what is longer is cut */
	TOKEN = 33,
	MIB = 1024 * 1024,
};

struct part_file {
	struct http_uploaded f;
	const char *field;
};

struct http_upload {
	struct http_plan plan;
	struct arena *arena;
	struct http_list *fields;
	struct err err;
	struct part_file files[FILES_MAX];
	size_t n_files;
	uint64_t bytes; /* of all files */

	/* The part that is arriving: a file when FD is one, else a field. */
	bool begun;
	int fd;
	struct crypto_sha256_state hash;
	const char *name;
	struct buf value;
	size_t n_fields, fields_bytes;
};

struct http_upload *http_upload_new(const struct http_plan *plan, struct arena *a,
				    struct http_list *fields)
{
	struct http_upload *u = mem_new(sizeof(*u));

	u->plan = *plan;
	u->arena = a;
	u->fields = fields;
	u->fd = -1;
	buf_init(&u->value, FIELDS_BYTES_MAX);
	return u;
}

void http_upload_free(struct http_upload *u)
{
	if (!u)
		return;
	if (u->fd >= 0)
		(void)close(u->fd); /* removed below */
	for (size_t i = 0; i < u->n_files; i++)
		(void)unlink(u->files[i].f.path); /* gone already when somebody took it */
	buf_done(&u->value);
	free(u);
}

int http_upload_fail(struct http_upload *u, const struct err *why)
{
	if (!u->err.code)
		u->err = *why;
	return u->err.code;
}

const struct err *http_upload_err(const struct http_upload *u)
{
	return &u->err;
}

/* CODE is what the system says; people are told whether there is room or not. */
static int disk_err(struct http_upload *u, int code)
{
	bool full = code == -ENOSPC || code == -EDQUOT || code == -EFBIG;

	return err_set(&u->err, full ? -ENOSPC : -EIO, "the file cannot be stored: %s",
		       err_text(code));
}

static int file_begin(struct http_upload *u, const struct http_piece *piece)
{
	char token[TOKEN], name[NAME_BYTES_MAX + 1];
	SCOPED_BUF struct buf path = { 0 };

	if (u->n_files == FILES_MAX)
		return err_set(&u->err, -ELIMIT, "more than %d files at once", FILES_MAX);
	struct part_file *p = &u->files[u->n_files];
	crypto_token(token, sizeof(token));
	buf_printf(&path, "%s/%s", u->plan.dir, token);
	if (!str_copy(p->f.path, sizeof(p->f.path), str_of(path.p)))
		return err_set(&u->err, -ENAMETOOLONG,
			       "the path of the folder for files is too long");
	u->fd = open(p->f.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (u->fd < 0)
		return disk_err(u, -errno);
	str_copy(name, sizeof(name), str_of(piece->file_name));
	p->f.name = arena_strdup(u->arena, name);
	p->field = arena_strdup(u->arena, piece->name);
	u->n_files++;
	crypto_sha256_init(&u->hash);
	return 0;
}

static int file_add(struct http_upload *u, const struct http_piece *piece)
{
	struct http_uploaded *f = &u->files[u->n_files - 1].f;

	if (piece->n > u->plan.file_max - f->size)
		return err_set(&u->err, -ELIMIT, "a file may have %" PRIu64 " MiB; %s",
			       u->plan.file_max / MIB, u->plan.advice);
	if (piece->n > u->plan.room - u->bytes)
		return err_set(&u->err, -ENOSPC,
			       "there is no room for this file in the hub's store; the "
			       "administrator can make some");
	int r = fd_write_all(u->fd, piece->p, piece->n);
	if (r < 0)
		return disk_err(u, r);
	crypto_sha256_add(&u->hash, piece->p, piece->n);
	f->size += piece->n;
	u->bytes += piece->n;
	return 0;
}

static int file_end(struct http_upload *u)
{
	struct http_uploaded *f = &u->files[u->n_files - 1].f;
	uint8_t sum[32];
	int fd = u->fd;

	u->fd = -1;
	int r = fsync(fd) < 0 ? -errno : 0;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r < 0)
		return disk_err(u, r);
	crypto_sha256_end(&u->hash, sum);
	crypto_hex(sum, sizeof(sum), f->sha256);
	if (f->size == 0 && !f->name[0]) { /* the field was left empty */
		(void)unlink(f->path);
		u->n_files--;
	}
	return 0;
}

static int field_end(struct http_upload *u)
{
	const struct http_part part = { .name = u->name,
					.value = arena_strndup(
						u->arena, u->value.p ? u->value.p : "", u->value.n),
					.n = u->value.n };
	int r = http_list_add(u->fields, &part);

	buf_clear(&u->value);
	return r < 0 ? err_set(&u->err, r, "a field of the form is no text") : 0;
}

static int part_end(struct http_upload *u)
{
	if (!u->begun)
		return 0;
	u->begun = false;
	return u->fd >= 0 ? file_end(u) : field_end(u);
}

static int part_begin(struct http_upload *u, const struct http_piece *piece)
{
	int r = part_end(u);

	if (r < 0)
		return r;
	if (piece->file_name)
		r = file_begin(u, piece);
	else if (++u->n_fields > FIELDS_MAX)
		r = err_set(&u->err, -ELIMIT, "the form has more than %d fields", FIELDS_MAX);
	else
		u->name = arena_strdup(u->arena, piece->name);
	u->begun = r == 0;
	return r;
}

int http_upload_piece(struct http_upload *u, const struct http_piece *piece)
{
	int r = u->err.code;

	text_thread_lang(u->plan.lang); /* the thread receives for others too */
	if (r == 0 && (piece->off == 0 || !u->begun))
		r = part_begin(u, piece);
	if (r < 0)
		return r;
	if (u->fd >= 0)
		return file_add(u, piece);
	u->fields_bytes += piece->n;
	if (u->fields_bytes > FIELDS_BYTES_MAX)
		return err_set(&u->err, -ELIMIT, "the fields of the form have more than %d bytes",
			       FIELDS_BYTES_MAX);
	buf_add(&u->value, piece->p, piece->n);
	return 0;
}

int http_upload_end(struct http_upload *u)
{
	return u->err.code ? u->err.code : part_end(u);
}

bool http_upload_find(const struct http_upload *u, const char *field, struct http_uploaded *out)
{
	for (size_t i = 0; i < u->n_files; i++)
		if (strcmp(u->files[i].field, field) == 0) {
			*out = u->files[i].f;
			return true;
		}
	return false;
}
