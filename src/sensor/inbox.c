/* SPDX-License-Identifier: Apache-2.0 */
/* The uplink lays items and blobs down and believes nothing of them but their number and hash. */
#include "sensor/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "net/crypto.h"

enum { COPY_BYTES = 64 * 1024, NAME_DIGITS = 20 };

int inbox_open(const char *dir, struct inbox *out, struct err *e)
{
	if (!str_copy(out->dir, sizeof(out->dir), str_of(dir)) ||
	    strlen(dir) + 100 > INBOX_PATH_MAX)
		return err_set(e, -ENAMETOOLONG, "the path %s is too long", dir);
	return dir_make(dir, 0755, e);
}

void inbox_item_path(const char *dir, uint64_t sequence, char out[INBOX_PATH_MAX])
{
	(void)snprintf(out, INBOX_PATH_MAX, "%s/%020" PRIu64 ".item", dir, sequence); /* fits */
}

void inbox_blob_path(const char *dir, const uint8_t hash[BLOB_HASH], bool whole,
		     char out[INBOX_PATH_MAX])
{
	char hex[INBOX_HEX];

	crypto_hex(hash, BLOB_HASH, hex);
	(void)snprintf(out, INBOX_PATH_MAX, "%s/%s.%s", dir, hex, whole ? "blob" : "part");
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static bool item_name(const char *name, uint64_t *out)
{
	struct str number = { name, NAME_DIGITS };
	int64_t n;

	if (strlen(name) != NAME_DIGITS + 5 || strcmp(name + NAME_DIGITS, ".item") != 0 ||
	    str_i64(number, 1, INT64_MAX, &n) < 0)
		return false;
	*out = (uint64_t)n;
	return true;
}

int inbox_list(const char *dir, uint64_t *out, size_t *n_out, struct err *e)
{
	const struct dirent *entry;
	DIR *d = opendir(dir);
	size_t n = 0;

	if (!d)
		return err_set(e, -errno, "cannot read %s: %s", dir, err_text(-errno));
	while (n < INBOX_MAX && (entry = readdir(d)))
		n += item_name(entry->d_name, &out[n]);
	(void)closedir(d); /* read only */
	qsort(out, n, sizeof(*out), by_number);
	*n_out = n;
	return 0;
}

int inbox_add(const struct inbox *in, const uint8_t *p, size_t n, uint64_t *sequence_out,
	      struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM uint64_t *list = mem_array(INBOX_MAX, sizeof(*list));
	char path[INBOX_PATH_MAX];
	size_t waiting;
	struct item i;
	int r = item_decode(p, n, a, &i, e);

	if (r < 0)
		return r;
	inbox_item_path(in->dir, i.sequence, path);
	if (!file_exists(path)) {
		if ((r = inbox_list(in->dir, list, &waiting, e)) < 0)
			return r;
		if (waiting >= INBOX_MAX)
			return err_set(e, -ELIMIT, "%d items from the hub wait already", INBOX_MAX);
		r = file_write(path, 0644, p, n, e);
	}
	if (r >= 0)
		*sequence_out = i.sequence;
	return r;
}

/* An item that is there; what cannot be read is none. */
static bool item_load(const char *dir, uint64_t sequence, struct arena *a, struct item *out)
{
	SCOPED_BUF struct buf b = { 0 };
	char path[INBOX_PATH_MAX];

	inbox_item_path(dir, sequence, path);
	return file_read(path, ITEM_MAX, &b, NULL) >= 0 && item_decode(b.p, b.n, a, out, NULL) >= 0;
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

int inbox_want(const struct inbox *in, struct inbox_want *out, struct err *e)
{
	SCOPED_MEM uint64_t *list = mem_array(INBOX_MAX, sizeof(*list));
	char path[INBOX_PATH_MAX];
	size_t n;
	int r = inbox_list(in->dir, list, &n, e);

	for (size_t k = 0; r >= 0 && k < n; k++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct item i;

		if (!item_load(in->dir, list[k], a, &i) || !i.blob)
			continue;
		inbox_blob_path(in->dir, i.blob, true, path);
		if (file_exists(path))
			continue;
		inbox_blob_path(in->dir, i.blob, false, path);
		*out = (struct inbox_want){ .size = i.blob_size, .have = size_of(path) };
		memcpy(out->hash, i.blob, BLOB_HASH);
		return 1;
	}
	return r;
}

static int file_hash(int fd, uint8_t out[BLOB_HASH])
{
	SCOPED_MEM char *chunk = mem_new(COPY_BYTES);
	struct crypto_sha256_state h;
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	crypto_sha256_init(&h);
	while ((n = read(fd, chunk, COPY_BYTES)) > 0)
		crypto_sha256_add(&h, chunk, (size_t)n);
	crypto_sha256_end(&h, out);
	return n < 0 ? -errno : 0;
}

/* The part is as long as the item said. */
static int blob_finish(const struct inbox *in, const struct inbox_want *w, int fd, const char *path,
		       struct err *e)
{
	char whole[INBOX_PATH_MAX];
	uint8_t hash[BLOB_HASH];
	int r = file_hash(fd, hash);

	if (r >= 0 && fsync(fd) < 0)
		r = -errno;
	if (r >= 0 && memcmp(hash, w->hash, BLOB_HASH) != 0) {
		(void)unlink(path); /* it begins anew */
		return err_set(e, -EFORMAT, "what the hub sent is not what its item names");
	}
	inbox_blob_path(in->dir, w->hash, true, whole);
	if (r >= 0 && rename(path, whole) < 0)
		r = -errno;
	if (r < 0)
		return err_set(e, r, "cannot write %s: %s", path, err_text(r));
	r = dir_sync(in->dir, e);
	return r < 0 ? r : 1;
}

int inbox_part(const struct inbox *in, struct inbox_want *w, const void *p, size_t n, struct err *e)
{
	char path[INBOX_PATH_MAX];

	inbox_blob_path(in->dir, w->hash, false, path);
	SCOPED_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_set(e, -errno, "cannot write %s: %s", path, err_text(-errno));
	if (n > w->size - w->have) {
		(void)unlink(path); /* it begins anew */
		return err_set(e, -EFORMAT, "what the hub sent is not what its item names");
	}
	int r = lseek(fd, (off_t)w->have, SEEK_SET) < 0 ? -errno : fd_write_all(fd, p, n);
	if (r < 0) {
		if (ftruncate(fd, (off_t)w->have) < 0) {
			/* longer than we know: what is too much is written over */
		}
		return err_set(e, r, "cannot write %s: %s", path, err_text(r));
	}
	w->have += n;
	return w->have < w->size ? 0 : blob_finish(in, w, fd, path, e);
}

int inbox_give_up(const struct inbox *in, const uint8_t hash[BLOB_HASH], struct err *e)
{
	SCOPED_MEM uint64_t *list = mem_array(INBOX_MAX, sizeof(*list));
	char path[INBOX_PATH_MAX];
	size_t n;
	int r = inbox_list(in->dir, list, &n, e);

	for (size_t k = 0; r >= 0 && k < n; k++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		struct item i;

		if (!item_load(in->dir, list[k], a, &i) || !i.blob ||
		    memcmp(i.blob, hash, BLOB_HASH) != 0)
			continue;
		inbox_item_path(in->dir, list[k], path);
		r = file_remove(path, e);
	}
	inbox_blob_path(in->dir, hash, false, path);
	(void)unlink(path); /* may not be there */
	return r;
}

/* --- sweeping --- */

static bool is_done(const char *path, const struct inbox_done *d)
{
	SCOPED_BUF struct buf b = { 0 };
	uint8_t hash[BLOB_HASH];

	if (file_read(path, ITEM_MAX, &b, NULL) < 0)
		return false;
	crypto_sha256(b.p, b.n, hash);
	return memcmp(hash, d->hash, sizeof(d->hash)) == 0;
}

static bool blob_named(const struct inbox *in, const uint64_t *list, size_t n, const char *hex)
{
	for (size_t k = 0; k < n; k++) {
		SCOPED_ARENA struct arena *a = arena_new(0);
		char own[INBOX_HEX];
		struct item i;

		if (!item_load(in->dir, list[k], a, &i) || !i.blob)
			continue;
		crypto_hex(i.blob, BLOB_HASH, own);
		if (strncmp(own, hex, sizeof(own) - 1) == 0)
			return true;
	}
	return false;
}

static void blob_file(const struct inbox *in, const char *name, char out[INBOX_PATH_MAX])
{
	SCOPED_BUF struct buf b = { 0 };

	buf_printf(&b, "%s/%s", in->dir, name);
	(void)str_copy(out, INBOX_PATH_MAX, str_of(b.p)); /* fits: inbox_open */
}

static int blobs_sweep(const struct inbox *in, struct err *e)
{
	SCOPED_MEM uint64_t *list = mem_array(INBOX_MAX, sizeof(*list));
	char path[INBOX_PATH_MAX];
	const struct dirent *entry;
	size_t n;
	int r = inbox_list(in->dir, list, &n, e);
	DIR *d = r < 0 ? NULL : opendir(in->dir);

	if (!d)
		return r < 0 ? r
			     : err_set(e, -errno, "cannot read %s: %s", in->dir, err_text(errno));
	while ((entry = readdir(d))) {
		struct str name = str_of(entry->d_name);

		if (name.n != INBOX_HEX - 1 + 5 ||
		    (!str_ends(name, STR(".blob")) && !str_ends(name, STR(".part"))) ||
		    blob_named(in, list, n, entry->d_name))
			continue;
		blob_file(in, entry->d_name, path);
		(void)unlink(path); /* else the next time */
	}
	(void)closedir(d); /* read only */
	return 0;
}

int inbox_sweep(const struct inbox *in, const struct inbox_done *done, size_t n, struct err *e)
{
	char path[INBOX_PATH_MAX];
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++) {
		inbox_item_path(in->dir, done[i].sequence, path);
		if (file_exists(path) && is_done(path, &done[i]))
			r = file_remove(path, e);
	}
	return r < 0 ? r : blobs_sweep(in, e);
}
