/* SPDX-License-Identifier: Apache-2.0 */
/* Backup and restore: one file (a tar) with the database, the certificates and the configuration,
 * headed by a manifest of sizes and hashes. A backup is made while the hub runs; it holds private
 * keys, so it is 0600 and belongs into a safe place. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "hub/hub_manifest.h"
#include "net/crypto.h"

enum { COPY_BYTES = 256 * 1024 };

static int hash_file(const char *path, char out[MANIFEST_HASH], uint64_t *size_out, struct err *e)
{
	struct crypto_sha256_state h;
	uint8_t sum[32];
	ssize_t n;
	uint64_t size = 0;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	crypto_sha256_init(&h);
	while ((n = read(fd, buf, COPY_BYTES)) > 0) {
		crypto_sha256_add(&h, buf, (size_t)n);
		size += (uint64_t)n;
	}
	if (n < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	crypto_sha256_end(&h, sum);
	crypto_hex(sum, sizeof(sum), out);
	*size_out = size;
	return 0;
}

static int pad_write(int fd, uint64_t size)
{
	static const char zero[TAR_BLOCK];
	size_t rest = (size_t)(size % TAR_BLOCK);

	return rest ? fd_write_all(fd, zero, TAR_BLOCK - rest) : 0;
}

static int bytes_add(int fd, const char *name, const struct buf *b, int64_t mtime_s)
{
	unsigned char head[TAR_BLOCK];
	int r;

	tar_header(name, b->n, mtime_s, head);
	if ((r = fd_write_all(fd, head, sizeof(head))) < 0 ||
	    (r = fd_write_all(fd, b->p, b->n)) < 0)
		return r;
	return pad_write(fd, b->n);
}

static int file_add(int out, const struct manifest_file *l, const char *path, int64_t mtime_s,
		    struct err *e)
{
	unsigned char head[TAR_BLOCK];
	uint64_t left = l->size;
	int r;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	tar_header(l->name, l->size, mtime_s, head);
	r = fd_write_all(out, head, sizeof(head));
	while (r >= 0 && left > 0) {
		ssize_t n = read(fd, buf, left < COPY_BYTES ? (size_t)left : COPY_BYTES);
		if (n <= 0)
			return err_set(e, -EIO, "%s became shorter while it was copied", path);
		r = fd_write_all(out, buf, (size_t)n);
		left -= (uint64_t)n;
	}
	if (r >= 0)
		r = pad_write(out, l->size);
	return r < 0 ? err_set(e, r, "the backup cannot be written: %s", err_text(r)) : 0;
}

/* Names, sizes and hashes of what there is; PATHS are the caller's to free. */
static int files_list(const struct hub *h, const char *db_copy, struct manifest *m,
		      char *paths[MANIFEST_FILES], struct err *e)
{
	for (size_t i = 0; i < MANIFEST_FILES; i++) {
		char *path = i == 0 ? mem_strdup(db_copy) : hub_state_path(h, manifest_files[i]);
		if (!file_exists(path)) {
			mem_cleanup(&path);
			continue;
		}
		struct manifest_file *f = &m->file[m->n];
		paths[m->n++] = path;
		str_copy(f->name, sizeof(f->name), str_of(manifest_files[i]));
		int r = hash_file(path, f->hash, &f->size, e);
		if (r < 0)
			return r;
	}
	return 0;
}

static int archive_write(const struct hub *h, int fd, const char *db_copy, struct err *e)
{
	static const char end[2 * TAR_BLOCK];
	struct manifest m = { .n = 0 };
	char *paths[MANIFEST_FILES] = { NULL };
	int64_t now_s = clock_utc_us(h->clock) / US_PER_SEC;
	SCOPED_BUF struct buf manifest = { 0 };
	int r = files_list(h, db_copy, &m, paths, e);

	if (r >= 0) {
		manifest_write(&m, clock_utc_us(h->clock), h->conf.region, &manifest);
		r = bytes_add(fd, MANIFEST_NAME, &manifest, now_s);
		if (r < 0)
			err_set(e, r, "the backup cannot be written: %s", err_text(r));
	}
	for (size_t i = 0; i < m.n; i++) {
		if (r >= 0)
			r = file_add(fd, &m.file[i], paths[i], now_s, e);
		mem_cleanup(&paths[i]);
	}
	if (r >= 0 && (r = fd_write_all(fd, end, sizeof(end))) < 0)
		err_set(e, r, "the backup cannot be written: %s", err_text(r));
	return r;
}

/* Beside its place first, then by its name: a backup is whole or not there. */
static int archive_place(const struct hub *h, const char *path, const char *db_copy, struct err *e)
{
	char draft[4096];
	int r;

	if (snprintf(draft, sizeof(draft), "%s.part", path) >= (int)sizeof(draft))
		return err_set(e, -ENAMETOOLONG, "the name of the backup is too long");
	SCOPED_FD int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", draft, strerror(errno));
	r = archive_write(h, fd, db_copy, e);
	if (r >= 0 && (fsync(fd) < 0 || rename(draft, path) < 0))
		r = err_set(e, -errno, "%s: %s", path, strerror(errno));
	if (r < 0)
		(void)unlink(draft);
	return r;
}

int hub_backup(struct hub *h, const char *path, struct err *e)
{
	SCOPED_MEM char *copy = hub_state_path(h, HUB_DB_FILE ".backup");
	SCOPED_MEM char *note = hub_state_path(h, HUB_BACKUP_LOG);
	char when[TIME_TEXT_MAX];
	int r;

	if (db_is_postgres(h->db))
		return err_set(e, -ENOTSUP,
			       "on PostgreSQL, back up the database with pg_dump and copy the "
			       "state folder");
	if ((r = file_remove(copy, e)) < 0 || (r = db_backup(h->db, copy, e)) < 0)
		return r;
	r = archive_place(h, path, copy, e);
	(void)unlink(copy);
	if (r < 0)
		return r;
	time_format(clock_utc_us(h->clock), when, sizeof(when));
	return file_write(note, 0600, when, strlen(when), e);
}

/* --- restore --- */

struct restore {
	int fd;
	const char *dir;
	struct manifest manifest;
	size_t seen;
};

static int read_whole(int fd, void *p, size_t n, struct err *e)
{
	for (size_t got = 0; got < n;) {
		ssize_t r = read(fd, (char *)p + got, n - got);
		if (r < 0)
			return err_set(e, -errno, "the backup cannot be read: %s", strerror(errno));
		if (r == 0)
			return err_set(e, -EFORMAT, "the backup ends too early");
		got += (size_t)r;
	}
	return 0;
}

static int skip_pad(int fd, uint64_t size, struct err *e)
{
	char pad[TAR_BLOCK];
	size_t rest = (size_t)(size % TAR_BLOCK);

	return rest ? read_whole(fd, pad, TAR_BLOCK - rest, e) : 0;
}

static int manifest_read(struct restore *x, struct err *e)
{
	unsigned char block[TAR_BLOCK];
	struct tar_entry entry;
	int r = read_whole(x->fd, block, sizeof(block), e);

	if (r < 0 || (r = tar_parse(block, &entry, e)) < 0)
		return r;
	if (r == 0 || strcmp(entry.name, MANIFEST_NAME) != 0 || entry.size > MANIFEST_BYTES_MAX)
		return err_set(e, -EFORMAT, "this is not a backup, or it is damaged");
	SCOPED_MEM char *text = mem_new((size_t)entry.size + 1);
	if ((r = read_whole(x->fd, text, (size_t)entry.size, e)) < 0 ||
	    (r = skip_pad(x->fd, entry.size, e)) < 0)
		return r;
	return manifest_parse(text, &x->manifest, e);
}

static int entry_copy(struct restore *x, const struct manifest_file *l, struct err *e)
{
	char path[4096], hash[MANIFEST_HASH];
	uint64_t left = l->size, size;
	int r;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);

	if (snprintf(path, sizeof(path), "%s/%s", x->dir, l->name) >= (int)sizeof(path))
		return err_set(e, -ENAMETOOLONG, "the path of the state folder is too long");
	SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	while (left > 0) {
		size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
		if ((r = read_whole(x->fd, buf, n, e)) < 0)
			return r;
		if ((r = fd_write_all(fd, buf, n)) < 0)
			return err_set(e, r, "%s: %s", path, err_text(r));
		left -= n;
	}
	if (fsync(fd) < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	if ((r = skip_pad(x->fd, l->size, e)) < 0 || (r = hash_file(path, hash, &size, e)) < 0)
		return r;
	if (strcmp(hash, l->hash) != 0)
		return err_set(e, -EFORMAT, "%s in the backup is damaged: its hash differs",
			       l->name);
	return 0;
}

static const struct manifest_file *listed_find(const struct restore *x,
					       const struct tar_entry *entry)
{
	for (size_t i = 0; i < x->manifest.n; i++)
		if (strcmp(x->manifest.file[i].name, entry->name) == 0 &&
		    x->manifest.file[i].size == entry->size)
			return &x->manifest.file[i];
	return NULL;
}

static int entries_copy(struct restore *x, struct err *e)
{
	unsigned char block[TAR_BLOCK];
	struct tar_entry entry;
	int r;

	while ((r = read_whole(x->fd, block, sizeof(block), e)) >= 0 &&
	       (r = tar_parse(block, &entry, e)) > 0) {
		const struct manifest_file *l = listed_find(x, &entry);
		if (!l)
			return err_set(e, -EFORMAT, "%s is not in the backup's manifest",
				       entry.name);
		if ((r = entry_copy(x, l, e)) < 0)
			return r;
		x->seen++;
	}
	if (r < 0)
		return r;
	if (x->seen != x->manifest.n || x->seen == 0)
		return err_set(e, -EFORMAT, "the backup lacks files that its manifest names");
	return 0;
}

int hub_restore(const char *state_dir, const char *path, struct err *e)
{
	char draft[4096];
	struct restore x = { .dir = draft };
	struct hub where = { .conf.state_dir = (char *)(uintptr_t)state_dir };
	SCOPED_MEM char *conf = hub_state_path(&where, HUB_CONF_FILE);
	int r;

	if (file_exists(conf))
		return err_set(e, -EEXIST,
			       "%s holds a hub already; move it away, then restore again",
			       state_dir);
	if (snprintf(draft, sizeof(draft), "%s.restoring", state_dir) >= (int)sizeof(draft))
		return err_set(e, -ENAMETOOLONG, "the path of the state folder is too long");
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	x.fd = fd;
	if ((r = crypto_start(e)) < 0 || (r = dir_remove_all(draft, e)) < 0 ||
	    (r = dir_make(draft, 0700, e)) < 0)
		return r;
	if ((r = manifest_read(&x, e)) >= 0)
		r = entries_copy(&x, e);
	if (r >= 0) {
		(void)rmdir(state_dir); /* an empty one may be there */
		if (rename(draft, state_dir) < 0)
			r = err_set(e, -errno, "%s: %s", state_dir, strerror(errno));
	}
	if (r < 0)
		(void)dir_remove_all(draft, NULL);
	return r;
}
