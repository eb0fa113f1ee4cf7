/* SPDX-License-Identifier: Apache-2.0 */
/* A file lies in uploads/ as SENSOR-ITEM.part until it is whole and has its hash, then as
 * SENSOR-ITEM.file until somebody has taken it. */
#include "hub/fleet/fleet_upload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/fleet/fleet_keep.h"
#include "hub/fleet/fleet_order_store.h"
#include "hub/hub_core.h"
#include "net/crypto.h"

enum {
	PATH_BYTES = 4096,
	CHUNK_BYTES = 64 * 1024,
	FILES_OLD_MAX = 1000,
	/* what the format adds to the packets */
	OVERHEAD_BYTES = 4096,
};
#define KEEP_US   (30 * US_PER_DAY)
#define FORGET_US (400 * US_PER_DAY)

struct upload {
	struct hub *hub;
	struct txn *t;
	struct order_row row;
	char dir[PATH_BYTES], part[PATH_BYTES], file[PATH_BYTES];
	char sha256[2 * ORDER_HASH + 1];
	const Otasuke__Wire__UploadPart *m;
};

int fleet_upload_check(const Otasuke__Wire__UploadPart *m)
{
	bool good = m->sha256.len == ORDER_HASH && m->data.len <= UPLOAD_CHUNK_MAX && m->size > 0 &&
		    m->size <= ORDER_BYTES_MAX + OVERHEAD_BYTES && m->offset <= m->size &&
		    m->data.len <= m->size - m->offset;

	return good ? 0 : -EFORMAT;
}

static int paths(struct upload *u, struct err *e)
{
	SCOPED_MEM char *dir = hub_state_path(u->hub, FLEET_UPLOADS);
	int n = snprintf(u->part, sizeof(u->part), "%s/%" PRId64 "-%" PRId64 ".part", dir,
			 u->row.sensor_id, u->row.item);

	if (n < 0 || (size_t)n >= sizeof(u->part) || !str_copy(u->dir, PATH_BYTES, str_of(dir)))
		return err_set(e, -ENAMETOOLONG, "the path %s is too long", dir);
	memcpy(u->file, u->part, sizeof(u->file));
	memcpy(u->file + n - 5, ".file", 5); /* as long as .part */
	return dir_make(dir, 0700, e);
}

static uint64_t size_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

/* --- from parts to a file --- */

static int hash_of(const char *path, char hex[2 * ORDER_HASH + 1], struct err *e)
{
	SCOPED_MEM char *chunk = mem_new(CHUNK_BYTES);
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct crypto_sha256_state h;
	uint8_t hash[ORDER_HASH];
	ssize_t n = -1;

	crypto_sha256_init(&h);
	while (fd >= 0 && (n = read(fd, chunk, CHUNK_BYTES)) > 0)
		crypto_sha256_add(&h, chunk, (size_t)n);
	crypto_sha256_end(&h, hash);
	crypto_hex(hash, sizeof(hash), hex);
	return n < 0 ? err_set(e, -errno, "cannot read %s: %s", path, err_text(-errno)) : 0;
}

static int part_write(const struct upload *u, struct err *e)
{
	SCOPED_FD int fd = open(u->part, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	int r = fd < 0 || lseek(fd, (off_t)u->m->offset, SEEK_SET) < 0 ? -errno : 0;

	if (r >= 0)
		r = fd_write_all(fd, u->m->data.data, u->m->data.len);
	if (r >= 0 && u->m->offset + u->m->data.len == u->m->size && fsync(fd) < 0)
		r = -errno;
	if (r < 0 && fd >= 0 && ftruncate(fd, (off_t)u->m->offset) < 0) {
		/* what is too much is written over */
	}
	return r < 0 ? err_set(e, r, "cannot write %s: %s", u->part, err_text(r)) : 0;
}

/* Whoever wants it has its own copy afterwards. 1 = somebody does. */
static int hand_over(struct upload *u, const struct fleet_consumers *consumers, struct err *e)
{
	struct fleet_upload file = { .company_id = u->row.company_id,
				     .sensor_id = u->row.sensor_id,
				     .order_id = u->row.order_id,
				     .path = u->file,
				     .sha256 = u->sha256,
				     .size = (int64_t)u->m->size,
				     .received_us = clock_utc_us(u->hub->clock) };
	bool taken = false;

	for (size_t i = 0; i < consumers->n; i++) {
		const struct fleet_consumer *c = &consumers->list[i];
		int r = c->upload ? c->upload(c->arg, u->t, &file, e) : 0;

		if (r < 0)
			return r;
		taken = taken || r > 0;
	}
	u->row.file_state = taken ? "taken" : "here";
	u->row.file_us = file.received_us;
	int r = fleet_order_store_file(u->t, &u->row, e);
	return r < 0 ? r : taken;
}

static int file_finish(struct upload *u, const struct fleet_consumers *consumers,
		       struct upload_answer *out, struct err *e)
{
	char hex[2 * ORDER_HASH + 1];
	bool renamed = size_of(u->file) == u->m->size; /* and then the commit failed */
	int r = hash_of(renamed ? u->file : u->part, hex, e);

	if (r < 0)
		return r;
	if (strcmp(hex, u->sha256) != 0) {
		(void)unlink(renamed ? u->file : u->part); /* it begins anew */
		*out = (struct upload_answer){ 0, "" };
		return 0;
	}
	if (!renamed && rename(u->part, u->file) < 0)
		return err_set(e, -errno, "cannot write %s: %s", u->file, err_text(-errno));
	if ((r = dir_sync(u->dir, e)) < 0 || (r = hand_over(u, consumers, e)) < 0)
		return r;
	*out = (struct upload_answer){ u->m->size, "done" };
	return r;
}

/* --- one part --- */

/* The first word of a file: is there room for it? 0 = not. */
static int begin(struct upload *u, struct err *e)
{
	int64_t bytes = 0;
	int r = fleet_order_store_file_bytes(u->t, &bytes, e);

	if (r < 0)
		return r;
	if (*u->row.file_state) /* another file than before: that one is void */
		bytes -= u->row.file_size;
	if (bytes + (int64_t)u->m->size > fleet_conf.uploads_max_bytes)
		return 0;
	(void)unlink(u->part); /* of another file, or none */
	(void)unlink(u->file);
	u->row.file_sha256 = u->sha256;
	u->row.file_size = (int64_t)u->m->size;
	u->row.file_state = "coming";
	r = fleet_order_store_file(u->t, &u->row, e);
	return r < 0 ? r : 1;
}

/* 1 = the file is taken and ours can go, 0 = answered. */
static int take(struct upload *u, const struct fleet_consumers *consumers,
		struct upload_answer *out, struct err *e)
{
	bool same = strcmp(u->row.file_sha256, u->sha256) == 0;
	bool coming = strcmp(u->row.file_state, "coming") == 0;
	int r = 1;

	*out = (struct upload_answer){ 0, "unwanted" };
	if (strcmp(u->row.type, "capture") != 0 ||
	    (int64_t)u->m->size > u->row.bytes_max + OVERHEAD_BYTES)
		return 0;
	if (*u->row.file_state && !coming) { /* it is here, or was */
		*out = (struct upload_answer){ u->m->size, same ? "done" : "unwanted" };
		return 0;
	}
	if (!coming || !same || u->row.file_size != (int64_t)u->m->size)
		r = begin(u, e);
	if (r <= 0) {
		out->code = "full";
		return r;
	}
	*out = (struct upload_answer){ size_of(u->part), "" };
	if (u->m->data.len > 0 && u->m->offset == out->have) {
		r = part_write(u, e);
		if (r == -ENOSPC || r == -EDQUOT || r == -EROFS) {
			log_warn("%s", e->text);
			out->code = "full";
			return 0;
		}
		if (r < 0)
			return r;
		out->have = size_of(u->part);
	}
	if (out->have > u->m->size)
		(void)unlink(u->part); /* it begins anew at the next word */
	return out->have == u->m->size || size_of(u->file) == u->m->size
		       ? file_finish(u, consumers, out, e)
		       : 0;
}

int fleet_upload_take(struct hub *h, const struct fleet_consumers *consumers, int64_t sensor_id,
		      const Otasuke__Wire__UploadPart *m, struct upload_answer *out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct upload *u = mem_new(sizeof(*u));
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);

	if (!t)
		return e->code;
	u->hub = h;
	u->t = t;
	u->m = m;
	crypto_hex(m->sha256.data, ORDER_HASH, u->sha256);
	int r = fleet_order_store_find(t, sensor_id, m->item, a, &u->row, e);
	if (r == 0)
		*out = (struct upload_answer){ 0, "unwanted" };
	if (r <= 0 || (r = paths(u, e)) < 0)
		return r;
	r = take(u, consumers, out, e);
	bool taken = r > 0;
	if (r < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	if (taken)
		(void)unlink(u->file); /* else it is removed with those that nobody took */
	return 0;
}

/* --- forgetting --- */

int fleet_upload_keep(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct upload *u = mem_new(sizeof(*u));
	int64_t now_us = clock_utc_us(h->clock);
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	struct order_row *list;
	size_t n = 0;
	int r = t ? fleet_order_store_files_old(t, now_us - KEEP_US, FILES_OLD_MAX, a, &list, &n, e)
		  : e->code;

	for (size_t i = 0; i < n && r >= 0; i++) {
		u->hub = h;
		u->row = list[i];
		u->row.file_state = "gone";
		if ((r = paths(u, e)) >= 0)
			r = fleet_order_store_file(t, &u->row, e);
		if (r >= 0) {
			(void)unlink(u->part); /* one of the two is there */
			(void)unlink(u->file);
		}
	}
	if (r >= 0)
		r = fleet_order_store_forget(t, now_us - FORGET_US, e);
	return r < 0 ? r : txn_commit(&t, e);
}
