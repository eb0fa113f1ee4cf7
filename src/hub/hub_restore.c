/* SPDX-License-Identifier: Apache-2.0 */
/* Restore: a new state folder from a backup (hub_backup.c). Everything is checked by its SHA-256
 * before the folder gets its name; a backup that is damaged or cut leaves nothing. Files that were
 * missing or damaged when it was made are told with their case. */
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
#include "hub/hub_kept.h"
#include "hub/hub_manifest.h"
#include "net/crypto.h"

enum { COPY_BYTES = 256 * 1024 };

struct restore {
	int fd;
	const char *dir;
	struct db *db; /* the database in DIR, once a file of a feature comes */
	struct manifest manifest;
	size_t seen;
	int64_t files;
	struct backup_told *told;
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

/* SIZE bytes of the archive into a new file PATH, and their hash. */
static int bytes_copy(struct restore *x, uint64_t size, const char *path, mode_t mode,
		      char hash_out[MANIFEST_HASH], struct err *e)
{
	struct crypto_sha256_state hash;
	uint8_t sum[32];
	int r;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);
	SCOPED_FD int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return err_set(e, -errno, "%s: %s", path, strerror(errno));
	crypto_sha256_init(&hash);
	for (uint64_t left = size; left > 0;) {
		size_t n = left < COPY_BYTES ? (size_t)left : COPY_BYTES;
		if ((r = read_whole(x->fd, buf, n, e)) < 0)
			return r;
		crypto_sha256_add(&hash, buf, n);
		if ((r = fd_write_all(fd, buf, n)) < 0)
			return err_set(e, r, "%s: %s", path, err_text(r));
		left -= n;
	}
	crypto_sha256_end(&hash, sum);
	crypto_hex(sum, sizeof(sum), hash_out);
	return skip_pad(x->fd, size, e);
}

static int entry_copy(struct restore *x, const struct manifest_file *l, struct err *e)
{
	char path[4096], hash[MANIFEST_HASH];
	int r;

	if (snprintf(path, sizeof(path), "%s/%s", x->dir, l->name) >= (int)sizeof(path))
		return err_set(e, -ENAMETOOLONG, "the path of the state folder is too long");
	if ((r = bytes_copy(x, l->size, path, 0600, hash, e)) < 0)
		return r;
	if (strcmp(hash, l->hash) != 0)
		return err_set(e, -EFORMAT, "%s in the backup is damaged: its hash differs",
			       l->name);
	return 0;
}

/* --- files of features --- */

static int db_ready(struct restore *x, struct err *e)
{
	SCOPED_BUF struct buf url = { 0 };

	if (x->db)
		return 0;
	if (x->seen == 0 || strcmp(x->manifest.file[0].name, HUB_DB_FILE) != 0)
		return err_set(e, -EFORMAT, "the backup lacks files that its manifest names");
	buf_printf(&url, "sqlite:%s/%s", x->dir, HUB_DB_FILE);
	return db_open(url.p, &(struct db_options){ .readers = 1 }, &x->db, e);
}

static int file_spoilt(struct restore *x, const struct hub_feature *f, const char *sha256,
		       struct err *e)
{
	SCOPED_MEM char *whose = kept_whose(x->db, f, sha256);

	return err_set(e, -EFORMAT,
		       "the file %.12s in the backup is damaged: its hash differs (%s)", sha256,
		       whose);
}

static int file_copy(struct restore *x, const struct tar_entry *entry, struct err *e)
{
	const size_t n = strlen(BACKUP_DAMAGED);
	const bool damaged = strncmp(entry->name, BACKUP_DAMAGED, n) == 0;
	const char *sha256;
	const struct hub_feature *f = kept_find(entry->name + (damaged ? n : 0), &sha256);
	char hash[MANIFEST_HASH], dir[4096];
	int r;

	if (!f || x->files >= x->manifest.n_files)
		return err_set(e, -EFORMAT, "%s is not in the backup's manifest", entry->name);
	if ((r = db_ready(x, e)) < 0)
		return r;
	SCOPED_MEM char *path = kept_path(x->dir, f, sha256);
	str_copy(dir, sizeof(dir), (struct str){ path, strlen(path) - KEPT_HASH - 1 });
	if ((r = dir_make(dir, 0700, e)) < 0 ||
	    (r = bytes_copy(x, entry->size, path, 0400, hash, e)) < 0)
		return r;
	if (damaged)
		kept_tell(x->db, f, sha256, false, x->told);
	else if (strcmp(hash, sha256) != 0)
		return file_spoilt(x, f, sha256, e);
	x->files++;
	x->told->n_files++;
	x->told->bytes += (int64_t)entry->size;
	return 0;
}

static int file_missing(void *arg, const struct hub_feature *f, const struct hub_file *file,
			struct err *e)
{
	struct restore *x = arg;
	SCOPED_MEM char *path = kept_path(x->dir, f, file->sha256);

	(void)e;
	if (!file_exists(path))
		kept_tell(x->db, f, file->sha256, true, x->told);
	return 0;
}

/* What the database names and the backup never had. */
static int files_missing(struct restore *x, struct err *e)
{
	int r;

	if (x->manifest.n_files < 0)
		return 0;
	if (x->files != x->manifest.n_files)
		return err_set(e, -EFORMAT, "the backup lacks files that its manifest names");
	r = db_ready(x, e);
	return r < 0 ? r : kept_each(x->db, file_missing, x, e);
}

/* --- all of it --- */

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
		if ((r = l ? entry_copy(x, l, e) : file_copy(x, &entry, e)) < 0)
			return r;
		x->seen += l ? 1 : 0;
	}
	if (r < 0)
		return r;
	if (x->seen != x->manifest.n || x->seen == 0)
		return err_set(e, -EFORMAT, "the backup lacks files that its manifest names");
	return files_missing(x, e);
}

/* Once for all: a hundred thousand small files would wait for the disk as often. */
static int all_sync(const char *dir, struct err *e)
{
	SCOPED_FD int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || syncfs(fd) < 0 ? err_set(e, -errno, "%s: %s", dir, strerror(errno)) : 0;
}

int hub_restore(const char *state_dir, const char *path, struct backup_told *told, struct err *e)
{
	char draft[4096];
	struct restore x = { .dir = draft, .told = told };
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
	db_close(x.db);
	if (r >= 0)
		r = all_sync(draft, e);
	if (r >= 0) {
		(void)rmdir(state_dir); /* an empty one may be there */
		if (rename(draft, state_dir) < 0)
			r = err_set(e, -errno, "%s: %s", state_dir, strerror(errno));
	}
	if (r < 0)
		(void)dir_remove_all(draft, NULL);
	return r;
}
