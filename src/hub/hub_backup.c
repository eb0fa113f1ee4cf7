/* SPDX-License-Identifier: Apache-2.0 */
/* Backup: one file (a tar) with the database, the certificates and the configuration, headed by a
 * manifest of sizes and hashes, and behind them the files that the database names (evidence), by
 * their own hash. A backup is made while the hub runs; it holds private keys, so it is 0600 and
 * belongs into a safe place. Back: hub_restore.c. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/hub_core.h"
#include "hub/hub_kept.h"
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

/* L->hash becomes that of the bytes that were written. */
static int file_add(int out, struct manifest_file *l, const char *path, int64_t mtime_s,
		    struct err *e)
{
	unsigned char head[TAR_BLOCK];
	uint8_t sum[32];
	struct crypto_sha256_state hash;
	uint64_t left = l->size;
	int r;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	crypto_sha256_init(&hash);
	tar_header(l->name, l->size, mtime_s, head);
	r = fd_write_all(out, head, sizeof(head));
	while (r >= 0 && left > 0) {
		ssize_t n = read(fd, buf, left < COPY_BYTES ? (size_t)left : COPY_BYTES);
		if (n <= 0)
			return err_set(e, -EIO, "%s became shorter while it was copied", path);
		crypto_sha256_add(&hash, buf, (size_t)n);
		r = fd_write_all(out, buf, (size_t)n);
		left -= (uint64_t)n;
	}
	crypto_sha256_end(&hash, sum);
	crypto_hex(sum, sizeof(sum), l->hash);
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

/* --- files of features --- */

struct backup {
	struct hub *h;
	struct db *copy; /* the database as the backup has it */
	const char *links;
	int out;
	int64_t now_s;
	struct backup_told *told;
};

/* A second name for the file: whatever is removed meanwhile, the backup still has what its database
 * names. A file system without links has only the first. */
static int file_link(void *arg, const struct hub_feature *f, const struct hub_file *file,
		     struct err *e)
{
	const struct backup *b = arg;
	SCOPED_MEM char *path = kept_path(b->h->conf.state_dir, f, file->sha256);
	SCOPED_BUF struct buf name = { 0 };

	buf_printf(&name, "%s/%s", b->links, file->sha256);
	/* It may be there from before, or the file is gone: then it is told. */
	if (link(path, name.p) < 0 && errno == ENOSPC)
		return err_set(e, -ENOSPC, "the backup cannot be written: %s", err_text(-ENOSPC));
	return 0;
}

static char *file_find(const struct backup *b, const struct hub_feature *f, const char *sha256)
{
	SCOPED_BUF struct buf name = { 0 };

	buf_printf(&name, "%s/%s", b->links, sha256);
	return file_exists(name.p) ? mem_strdup(name.p)
				   : kept_path(b->h->conf.state_dir, f, sha256);
}

static int file_count(void *arg, const struct hub_feature *f, const struct hub_file *file,
		      struct err *e)
{
	struct backup *b = arg;
	SCOPED_MEM char *path = file_find(b, f, file->sha256);
	struct stat st;

	(void)e;
	if (stat(path, &st) < 0) {
		kept_tell(b->copy, f, file->sha256, true, b->told);
		return 0;
	}
	b->told->n_files++;
	b->told->bytes += st.st_size;
	return 0;
}

/* Bytes that are not those that came in keep the name of the damaged: whoever restores is told. */
static int head_mend(const struct backup *b, const char *name, uint64_t size, off_t at)
{
	unsigned char head[TAR_BLOCK];
	SCOPED_BUF struct buf damaged = { 0 };

	buf_printf(&damaged, "%s%s", BACKUP_DAMAGED, name);
	tar_header(damaged.p, size, b->now_s, head);
	return pwrite(b->out, head, sizeof(head), at) == (ssize_t)sizeof(head) ? 0 : -EIO;
}

static int file_keep(void *arg, const struct hub_feature *f, const struct hub_file *file,
		     struct err *e)
{
	struct backup *b = arg;
	struct manifest_file l = { .size = 0 };
	struct stat st;
	SCOPED_MEM char *path = file_find(b, f, file->sha256);
	const off_t at = lseek(b->out, 0, SEEK_CUR);

	if (stat(path, &st) < 0)
		return 0; /* counted and told before */
	l.size = (uint64_t)st.st_size;
	(void)snprintf(l.name, sizeof(l.name), "%s-%s", f->name, file->sha256);
	int r = file_add(b->out, &l, path, b->now_s, e);
	if (r < 0 || strcmp(l.hash, file->sha256) == 0)
		return r;
	kept_tell(b->copy, f, file->sha256, false, b->told);
	r = head_mend(b, l.name, l.size, at);
	return r < 0 ? err_set(e, r, "the backup cannot be written: %s", err_text(r)) : 0;
}

/* --- the archive --- */

static int own_files_add(struct backup *b, const char *db_copy, struct err *e)
{
	struct manifest m = { .n_files = b->told->n_files, .bytes = b->told->bytes };
	char *paths[MANIFEST_FILES] = { NULL };
	SCOPED_BUF struct buf manifest = { 0 };
	int r = files_list(b->h, db_copy, &m, paths, e);

	if (r >= 0) {
		manifest_write(&m, clock_utc_us(b->h->clock), b->h->conf.region, &manifest);
		r = bytes_add(b->out, MANIFEST_NAME, &manifest, b->now_s);
		if (r < 0)
			err_set(e, r, "the backup cannot be written: %s", err_text(r));
	}
	for (size_t i = 0; i < m.n; i++) {
		if (r >= 0)
			r = file_add(b->out, &m.file[i], paths[i], b->now_s, e);
		mem_cleanup(&paths[i]);
	}
	return r;
}

static int archive_write(struct backup *b, const char *db_copy, struct err *e)
{
	static const char end[2 * TAR_BLOCK];
	int r = kept_each(b->copy, file_count, b, e);

	if (r < 0 || (r = own_files_add(b, db_copy, e)) < 0 ||
	    (r = kept_each(b->copy, file_keep, b, e)) < 0)
		return r;
	r = fd_write_all(b->out, end, sizeof(end));
	return r < 0 ? err_set(e, r, "the backup cannot be written: %s", err_text(r)) : 0;
}

/* Beside its place first, then by its name: a backup is whole or not there. */
static int archive_place(struct backup *b, const char *path, const char *db_copy, struct err *e)
{
	char draft[4096];
	int r;

	if (snprintf(draft, sizeof(draft), "%s.part", path) >= (int)sizeof(draft))
		return err_set(e, -ENAMETOOLONG, "the name of the backup is too long");
	SCOPED_FD int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", draft, strerror(errno));
	b->out = fd;
	r = archive_write(b, db_copy, e);
	if (r >= 0 && (fsync(fd) < 0 || rename(draft, path) < 0))
		r = err_set(e, -errno, "%s: %s", path, strerror(errno));
	if (r < 0)
		(void)unlink(draft);
	return r;
}

/* The links come first and once more behind the copy of the database: what it names has one, even
 * when it came or went meanwhile. */
static int copy_and_place(struct backup *b, const char *path, const char *copy, struct err *e)
{
	SCOPED_BUF struct buf url = { 0 };
	int r = kept_each(b->h->db, file_link, b, e);

	if (r < 0 || (r = file_remove(copy, e)) < 0 || (r = db_backup(b->h->db, copy, e)) < 0)
		return r;
	buf_printf(&url, "sqlite:%s", copy);
	if ((r = db_open(url.p, &(struct db_options){ .readers = 1 }, &b->copy, e)) < 0)
		return r;
	if ((r = kept_each(b->copy, file_link, b, e)) >= 0)
		r = archive_place(b, path, copy, e);
	db_close(b->copy);
	return r;
}

int hub_backup(struct hub *h, const char *path, struct backup_told *told, struct err *e)
{
	SCOPED_MEM char *copy = hub_state_path(h, HUB_DB_FILE ".backup");
	SCOPED_MEM char *note = hub_state_path(h, HUB_BACKUP_LOG);
	SCOPED_MEM char *links = hub_state_path(h, HUB_BACKUP_LOG ".links");
	SCOPED_MEM char *lock = hub_state_path(h, HUB_BACKUP_LOG ".lock");
	struct backup b = {
		.h = h, .links = links, .now_s = clock_utc_us(h->clock) / US_PER_SEC, .told = told
	};
	char when[TIME_TEXT_MAX];
	int r;

	if (db_is_postgres(h->db))
		return err_set(e, -ENOTSUP,
			       "on PostgreSQL, back up the database with pg_dump and copy the "
			       "state folder");
	SCOPED_FD int fd = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_set(e, -errno, "%s: %s", lock, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return err_set(e, -EBUSY, "another backup is being made; wait until it is done");
	if ((r = dir_remove_all(links, e)) < 0 || (r = dir_make(links, 0700, e)) < 0)
		return r;
	r = copy_and_place(&b, path, copy, e);
	(void)unlink(copy);
	(void)dir_remove_all(links, NULL); /* else the next one does */
	if (r < 0)
		return r;
	time_format(clock_utc_us(h->clock), when, sizeof(when));
	return file_write(note, 0600, when, strlen(when), e);
}
