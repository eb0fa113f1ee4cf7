/* SPDX-License-Identifier: Apache-2.0 */
/* Files of evidence on the disk. */
#include "hub/evidence/evidence_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/evidence/evidence_store.h"
#include "net/crypto.h"

enum {
	COPY_BYTES = 256 * 1024,
	TOKEN = 33,
	LEFTOVER_S = 6 * 3600, /* of incoming */
	ORPHAN_S = 24 * 3600,  /* of files: its transaction may still be open */
	HEAD_BYTES = 64,
	FORM_BYTES = 512 * 1024, /* of the fields beside a file */
};
#define MIB INT64_C(1048576)
#define GIB (1024 * MIB)

struct evidence_conf evidence_conf;

char *evidence_files_dir(const struct hub *h, const char *name)
{
	char part[128];

	(void)snprintf(part, sizeof(part), "evidence%s%s", name[0] ? "/" : "", name); /* ours */
	return hub_state_path(h, part);
}

char *evidence_files_path(const struct hub *h, const char *sha256)
{
	char part[128];

	(void)snprintf(part, sizeof(part), "files/%.2s/%.64s", sha256, sha256);
	return evidence_files_dir(h, part);
}

static char *trash_path(const struct hub *h, const char *sha256)
{
	char part[128];

	(void)snprintf(part, sizeof(part), "incoming/gone-%.64s", sha256);
	return evidence_files_dir(h, part);
}

int evidence_files_start(struct hub *h, struct err *e)
{
	static const char *const names[] = { "incoming", "files", "tables" };
	int r = 0;

	if (!h->conf.state_dir[0])
		return 0;
	for (size_t i = 0; i < ARRAY_LEN(names) && r >= 0; i++) {
		SCOPED_MEM char *path = evidence_files_dir(h, names[i]);
		r = dir_make(path, 0700, e);
	}
	return r;
}

/* --- limits --- */

/* Bytes that may still come: of the quota and of the disk, whichever is less. */
static int room_left(struct hub *h, int64_t *out, struct err *e)
{
	SCOPED_MEM char *dir = evidence_files_dir(h, "");
	struct statvfs v;
	int64_t used, n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? evidence_store_blob_sum(t, &used, &n, e) : e->code;

	if (r < 0)
		return r;
	int64_t left = evidence_conf.total_gib * GIB - used;
	if (statvfs(dir, &v) == 0) {
		int64_t disk = (int64_t)(v.f_bavail * v.f_frsize) - evidence_conf.free_mib * MIB;
		left = disk < left ? disk : left;
	}
	*out = left > 0 ? left : 0;
	return 0;
}

int evidence_room(struct hub *h, int64_t size_bytes, struct err *e)
{
	int64_t left;
	int r;

	if (size_bytes > evidence_conf.max_mib * MIB)
		return err_set(e, -ELIMIT,
			       "a file may have %" PRId64 " MiB, this one has %" PRId64
			       " MiB: split it, or hand it over on a disk and register that with "
			       "its SHA-256",
			       evidence_conf.max_mib, (size_bytes + MIB - 1) / MIB);
	if ((r = room_left(h, &left, e)) < 0)
		return r;
	if (size_bytes > left)
		return err_set(e, -ENOSPC,
			       "the store of evidence has room for %" PRId64
			       " MiB only; tell the administrator (evidence.total_gib, disk space)",
			       left / MIB);
	return 0;
}

int evidence_files_plan(struct hub *h, int64_t announced, struct http_plan *out, struct err *e)
{
	SCOPED_MEM char *dir = evidence_files_dir(h, "incoming");
	int64_t left;
	int r;

	/* The form around a file is small; a file that just fits is not refused for it. */
	const int64_t most = evidence_conf.max_mib * MIB;
	if (announced > most && announced <= most + FORM_BYTES)
		announced = most;
	if ((r = evidence_room(h, announced > 0 ? announced : 1, e)) < 0 ||
	    (r = room_left(h, &left, e)) < 0)
		return r;
	if (!str_copy(out->dir, sizeof(out->dir), str_of(dir)))
		return err_set(e, -ENAMETOOLONG, "the path of the state folder is too long");
	out->file_max = (uint64_t)(evidence_conf.max_mib * MIB);
	out->room = (uint64_t)left;
	out->advice = text_get(h->text, out->lang, "evidence.upload.advice");
	return 0;
}

/* --- in --- */

static int hash_fd(int fd, char out[EVIDENCE_HASH], int64_t *size_out)
{
	struct crypto_sha256_state s;
	uint8_t sum[32];
	int64_t size = 0;
	ssize_t n;
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);

	crypto_sha256_init(&s);
	while ((n = read(fd, buf, COPY_BYTES)) > 0) {
		crypto_sha256_add(&s, buf, (size_t)n);
		size += n;
	}
	if (n < 0)
		return -errno;
	crypto_sha256_end(&s, sum);
	crypto_hex(sum, sizeof(sum), out);
	*size_out = size;
	return 0;
}

static int copy_to(const char *from, const char *to)
{
	SCOPED_MEM char *buf = mem_new(COPY_BYTES);
	SCOPED_FD int in = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	SCOPED_FD int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n;
	int r = in < 0 || out < 0 ? -errno : 0;

	while (r == 0 && (n = read(in, buf, COPY_BYTES)) != 0)
		r = n < 0 ? -errno : fd_write_all(out, buf, (size_t)n);
	if (r == 0 && fsync(out) < 0)
		r = -errno;
	return r;
}

static int move_in(struct hub *h, const char *path, struct evidence_blob *out, struct err *e)
{
	SCOPED_MEM char *dir = evidence_files_dir(h, "incoming");
	char token[TOKEN];
	int r = 0;

	crypto_token(token, sizeof(token));
	if (snprintf(out->path, sizeof(out->path), "%s/%s", dir, token) >= (int)sizeof(out->path))
		r = -ENAMETOOLONG;
	else if (rename(path, out->path) < 0)
		r = errno == EXDEV ? copy_to(path, out->path) : -errno;
	if (r == 0)
		return 0;
	if (r != -ENAMETOOLONG)
		(void)unlink(out->path); /* a copy that was cut short */
	out->path[0] = '\0';
	return err_set(e, r == -ENOENT ? -EINVAL : r, "the file cannot be kept: %s", err_text(r));
}

int evidence_take(struct hub *h, const char *path, struct evidence_blob *out, struct err *e)
{
	struct stat st;
	int r;

	*out = (struct evidence_blob){ .path = "" };
	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(e, -EINVAL, "this is no file that can be kept");
	if ((r = evidence_room(h, st.st_size, e)) < 0 || (r = move_in(h, path, out, e)) < 0)
		return r;
	SCOPED_FD int fd = open(out->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	r = fd < 0 ? -errno : hash_fd(fd, out->sha256, &out->size_bytes);
	if (r < 0) {
		evidence_blob_drop(out);
		return err_set(e, r, "the file cannot be kept: %s", err_text(r));
	}
	(void)unlink(path); /* gone already unless it was copied */
	return 0;
}

void evidence_blob_drop(struct evidence_blob *b)
{
	if (b->path[0])
		(void)unlink(b->path); /* sweep tries again */
	b->path[0] = '\0';
}

int evidence_files_place(struct hub *h, struct evidence_blob *b, struct err *e)
{
	SCOPED_MEM char *path = evidence_files_path(h, b->sha256);
	char dir[4096];

	str_copy(dir, sizeof(dir), (struct str){ path, strlen(path) - 65 });
	int r = dir_make(dir, 0700, e);
	if (r < 0)
		return r;
	/* New times: whoever sweeps sees that somebody is about to name it. */
	(void)utimensat(AT_FDCWD, b->path, NULL, 0);
	if (chmod(b->path, 0400) < 0 || rename(b->path, path) < 0)
		return err_set(e, -errno, "the file cannot be kept: %s", err_text(-errno));
	b->path[0] = '\0';
	return dir_sync(dir, e);
}

/* --- out and after --- */

int evidence_open(struct hub *h, const struct evidence_item *i, struct err *e)
{
	SCOPED_MEM char *path = evidence_files_path(h, i->sha256);
	int fd = strcmp(i->state, "kept") == 0 ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;

	return fd < 0 ? err_set(e, -ENOENT, "the file of this evidence is not there") : fd;
}

const char *evidence_files_check(struct hub *h, const char *sha256)
{
	SCOPED_MEM char *path = evidence_files_path(h, sha256);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	char hash[EVIDENCE_HASH];
	int64_t size;

	if (fd < 0)
		return "missing";
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* only speed */
	if (hash_fd(fd, hash, &size) < 0)
		return "differs";
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	return strcmp(hash, sha256) == 0 ? "matches" : "differs";
}

int evidence_files_remove(struct hub *h, const char *sha256, struct err *e)
{
	SCOPED_MEM char *path = evidence_files_path(h, sha256);
	SCOPED_MEM char *trash = trash_path(h, sha256);

	if (rename(path, trash) < 0 && errno != ENOENT)
		return err_set(e, -errno, "the file cannot be removed: %s", err_text(-errno));
	return 0;
}

void evidence_files_undo(struct hub *h, const char *sha256)
{
	SCOPED_MEM char *path = evidence_files_path(h, sha256);
	SCOPED_MEM char *trash = trash_path(h, sha256);

	(void)rename(trash, path); /* else the next check says that it is missing */
}

void evidence_files_gone(struct hub *h, const char *sha256)
{
	SCOPED_MEM char *trash = trash_path(h, sha256);
	char part[128];

	(void)snprintf(part, sizeof(part), "tables/%.64s.csv", sha256);
	SCOPED_MEM char *table = evidence_files_dir(h, part);
	(void)unlink(trash); /* else the sweep does */
	(void)unlink(table);
}

/* --- sweeping --- */

static int old_enough(const char *path, int64_t seconds)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       st.st_mtime < clock_utc_us(&clock_real) / US_PER_SEC - seconds;
}

static bool named(struct txn *t, const char *sha256)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct evidence_stored b;
	struct err e = { 0 };

	return evidence_store_blob_get(t, sha256, a, &b, &e) != -ENOENT;
}

/* T: files that no row names are removed, too; NULL: whatever is old. */
static void sweep_dir(const char *dir, struct txn *t, int64_t seconds)
{
	DIR *d = opendir(dir);
	char path[4096];

	if (!d)
		return;
	for (const struct dirent *x = readdir(d); x; x = readdir(d)) {
		if (x->d_name[0] == '.' ||
		    snprintf(path, sizeof(path), "%s/%s", dir, x->d_name) >= (int)sizeof(path))
			continue;
		if (old_enough(path, seconds) && (!t || !named(t, x->d_name)))
			(void)unlink(path); /* the next sweep tries again */
	}
	(void)closedir(d);
}

int evidence_files_sweep(struct hub *h, struct err *e)
{
	SCOPED_MEM char *incoming = evidence_files_dir(h, "incoming");
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	char part[32];

	if (!t)
		return e->code;
	sweep_dir(incoming, NULL, LEFTOVER_S);
	for (unsigned i = 0; i < 256; i++) {
		(void)snprintf(part, sizeof(part), "files/%02x", i);
		SCOPED_MEM char *dir = evidence_files_dir(h, part);
		sweep_dir(dir, t, ORPHAN_S);
	}
	return 0;
}

/* --- what it is --- */

const char *evidence_files_look(const char *path, const char *name, bool *dangerous_out)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool packets;
	} heads[] = {
		{ "\xd4\xc3\xb2\xa1", 4, true },
		{ "\xa1\xb2\xc3\xd4", 4, true }, /* pcap */
		{ "\x4d\x3c\xb2\xa1", 4, true },
		{ "\xa1\xb2\x3c\x4d", 4, true }, /* nanoseconds */
		{ "\x0a\x0d\x0d\x0a", 4, true }, /* pcapng */
		{ "MZ", 2, false },
		{ "\x7f"
		  "ELF",
		  4, false },
		{ "#!", 2, false },
		{ "\xcf\xfa\xed\xfe", 4, false },    /* Mach-O */
		{ "\xd0\xcf\x11\xe0", 4, false },    /* OLE: old Office, with macros or without */
		{ "L\0\0\0\x01\x14\x02", 7, false }, /* .lnk */
	};
	char head[HEAD_BYTES] = { 0 };
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n = fd < 0 ? 0 : read(fd, head, sizeof(head));

	*dangerous_out = evidence_name_dangerous(name);
	for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
		if (n < (ssize_t)heads[i].n || memcmp(head, heads[i].bytes, heads[i].n) != 0)
			continue;
		if (heads[i].packets)
			return "packets";
		*dangerous_out = true;
	}
	return "";
}
