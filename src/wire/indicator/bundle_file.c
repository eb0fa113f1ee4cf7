/* SPDX-License-Identifier: Apache-2.0 */
/* Head of a bundle, opening and closing. Looking things up: bundle.c. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "wire/crc32c.h"
#include "wire/indicator/bundle_layout.h"
#include "wire/indicator/bundle_table.h"

enum { READ_BYTES = 256 * 1024 };

static uint64_t rd_le64(struct rd *r)
{
	uint64_t low = rd_le32(r);

	return low | (uint64_t)rd_le32(r) << 32;
}

static void head_fields(struct rd *r, struct bundle_head *h)
{
	const uint8_t *seed = rd_bytes(r, sizeof(h->seed));

	memcpy(h->seed, seed, sizeof(h->seed)); /* the head is whole */
	h->made_us = (int64_t)rd_le64(r);
	h->bytes = rd_le64(r);
	h->buckets = rd_le32(r);
	h->feeds = rd_le32(r);
	h->labels_bytes = rd_le32(r);
	h->v4 = rd_le32(r);
	for (size_t i = 0; i < INDICATOR_KINDS; i++)
		h->count[i] = rd_le64(r);
	h->info_only = rd_le64(r);
	h->depths = rd_le64(r);
	memcpy(h->lengths, rd_bytes(r, sizeof(h->lengths)), sizeof(h->lengths));
}

static uint64_t body_bytes(const struct bundle_head *h)
{
	return (uint64_t)h->buckets * TABLE_BUCKET_BYTES + (h->v4 ? BUNDLE_V4_BYTES : 0) +
	       (uint64_t)h->feeds * BUNDLE_FEED_MAX + h->labels_bytes;
}

bool bundle_begins(const void *p, size_t n)
{
	return n >= sizeof(BUNDLE_MAGIC) - 1 &&
	       memcmp(p, BUNDLE_MAGIC, sizeof(BUNDLE_MAGIC) - 1) == 0;
}

int bundle_head_parse(const uint8_t p[BUNDLE_HEAD_BYTES], uint64_t n, struct bundle_head *out,
		      struct err *e)
{
	struct rd r = rd_of(p, BUNDLE_HEAD_BYTES), crc = rd_of(p + BUNDLE_BODY_CRC_AT, 8);
	struct bundle_head h = { 0 };

	if (!bundle_begins(p, BUNDLE_HEAD_BYTES))
		return err_set(e, -EFORMAT, "this is no bundle of indicators");
	rd_skip(&r, sizeof(BUNDLE_MAGIC) - 1);
	uint32_t version = rd_le32(&r);
	if (version != BUNDLE_VERSION)
		return err_set(e, -EFORMAT,
			       "the bundle of indicators has version %u, this program reads "
			       "version %d",
			       version, BUNDLE_VERSION);
	head_fields(&r, &h);
	h.body_crc = rd_le32(&crc);
	if (r.bad || crc32c(0, p, BUNDLE_CRC_AT) != rd_le32(&crc) || h.v4 > 1)
		return err_set(e, -EFORMAT, "the head of the bundle of indicators is damaged");
	if (n > BUNDLE_BYTES_MAX || h.bytes != n || h.buckets == 0 || h.labels_bytes == 0 ||
	    h.feeds > BUNDLE_FEEDS_MAX || h.labels_bytes > BUNDLE_LABELS_BYTES_MAX ||
	    BUNDLE_HEAD_BYTES + body_bytes(&h) != n)
		return err_set(e, -EFORMAT,
			       "the bundle of indicators has %llu bytes, which is not what its "
			       "head says",
			       (unsigned long long)n);
	*out = h;
	return 0;
}

static void put(uint8_t **at, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*(*at)++ = (uint8_t)(v >> (8 * i));
}

void bundle_head_encode(const struct bundle_head *h, uint8_t out[BUNDLE_HEAD_BYTES])
{
	uint8_t *at = out + sizeof(BUNDLE_MAGIC) - 1;

	memset(out, 0, BUNDLE_HEAD_BYTES);
	memcpy(out, BUNDLE_MAGIC, sizeof(BUNDLE_MAGIC) - 1);
	put(&at, BUNDLE_VERSION, 4);
	memcpy(at, h->seed, sizeof(h->seed));
	at += sizeof(h->seed);
	put(&at, (uint64_t)h->made_us, 8);
	put(&at, h->bytes, 8);
	put(&at, h->buckets, 4);
	put(&at, h->feeds, 4);
	put(&at, h->labels_bytes, 4);
	put(&at, h->v4, 4);
	for (size_t i = 0; i < INDICATOR_KINDS; i++)
		put(&at, h->count[i], 8);
	put(&at, h->info_only, 8);
	put(&at, h->depths, 8);
	memcpy(at, h->lengths, sizeof(h->lengths));
	at = out + BUNDLE_BODY_CRC_AT;
	put(&at, h->body_crc, 4);
	put(&at, crc32c(0, out, BUNDLE_CRC_AT), 4);
}

int bundle_make(const uint8_t *p, size_t n, bool mapped, struct bundle **out, struct err *e)
{
	struct bundle_head h;

	if (n < BUNDLE_HEAD_BYTES)
		return err_set(e, -EFORMAT, "this is no bundle of indicators");
	int r = bundle_head_parse(p, n, &h, e);
	if (r < 0)
		return r;
	struct bundle *b = mem_new(sizeof(*b));
	*b = (struct bundle){ .head = h, .all = p, .bytes = n, .mapped = mapped, .owners = 1 };
	b->table = p + BUNDLE_HEAD_BYTES;
	b->v4 = b->table + (size_t)h.buckets * TABLE_BUCKET_BYTES;
	b->feeds = b->v4 + (h.v4 ? BUNDLE_V4_BYTES : 0);
	b->labels = b->feeds + (size_t)h.feeds * BUNDLE_FEED_MAX;
	for (unsigned bits = 97; bits <= 128; bits++)
		b->v4_lengths |= (uint32_t)(h.lengths[bits / 8] >> (bits % 8) & 1) << (bits - 97);
	*out = b;
	return 0;
}

static int damaged(struct err *e)
{
	return err_set(e, -EFORMAT, "the bundle of indicators is damaged");
}

int bundle_over(const void *p, size_t n, struct bundle **out, struct err *e)
{
	struct bundle *b = NULL;
	int r = bundle_make(p, n, false, &b, e);

	if (r < 0)
		return r;
	if (crc32c(0, b->table, n - BUNDLE_HEAD_BYTES) != b->head.body_crc) {
		bundle_free(b);
		return damaged(e);
	}
	*out = b;
	return 0;
}

/* Reads on through a small buffer, so that nothing of it stays in this process. */
static int body_check(int fd, const struct bundle_head *h, struct err *e)
{
	SCOPED_MEM uint8_t *chunk = mem_new(READ_BYTES);
	uint32_t crc = 0;

	for (uint64_t left = h->bytes - BUNDLE_HEAD_BYTES; left > 0;) {
		ssize_t got = read(fd, chunk, left < READ_BYTES ? (size_t)left : READ_BYTES);
		if (got < 0)
			return err_set(e, -errno, "cannot read: %s", err_text(-errno));
		if (got == 0)
			return damaged(e);
		crc = crc32c(crc, chunk, (size_t)got);
		left -= (uint64_t)got;
	}
	return crc == h->body_crc ? 0 : damaged(e);
}

static int file_map(int fd, bool check, struct bundle **out, struct err *e)
{
	uint8_t head[BUNDLE_HEAD_BYTES];
	struct bundle_head h;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(e, -errno, "cannot read: %s", err_text(-errno));
	if (read(fd, head, sizeof(head)) != (ssize_t)sizeof(head))
		return err_set(e, -EFORMAT, "this is no bundle of indicators");
	int r = bundle_head_parse(head, (uint64_t)st.st_size, &h, e);
	if (r == 0 && check)
		r = body_check(fd, &h, e);
	if (r < 0)
		return r;
	void *p = mmap(NULL, (size_t)h.bytes, PROT_READ, MAP_PRIVATE, fd, 0);
	if (p == MAP_FAILED)
		return err_set(e, -errno, "cannot read: %s", err_text(-errno));
	r = bundle_make(p, (size_t)h.bytes, true, out, e);
	if (r < 0)
		(void)munmap(p, (size_t)h.bytes);
	return r;
}

static int path_map(const char *path, bool check, struct bundle **out, struct err *e)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return err_set(e, -errno, "cannot open %s: %s", path, err_text(-errno));
	int r = file_map(fd, check, out, e);
	if (r < 0)
		(void)err_context(e, "%s", path); /* R is the answer */
	return r;
}

int bundle_open(const char *path, struct bundle **out, struct err *e)
{
	return path_map(path, true, out, e);
}

int bundle_map(const char *path, struct bundle **out, struct err *e)
{
	return path_map(path, false, out, e);
}

struct bundle *bundle_ref(struct bundle *b)
{
	(void)__atomic_add_fetch(&b->owners, 1, __ATOMIC_RELAXED);
	return b;
}

void bundle_free(struct bundle *b)
{
	if (!b || __atomic_sub_fetch(&b->owners, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	if (b->mapped)
		(void)munmap((void *)(uintptr_t)b->all, b->bytes); /* ours: cannot fail */
	free(b);
}

const void *bundle_bytes(const struct bundle *b, size_t *n_out)
{
	*n_out = b->bytes;
	return b->all;
}

void bundle_stats_get(const struct bundle *b, struct bundle_stats *out)
{
	*out = (struct bundle_stats){ .info_only = b->head.info_only,
				      .bytes = b->head.bytes,
				      .made_us = b->head.made_us,
				      .feeds = b->head.feeds };
	memcpy(out->count, b->head.count, sizeof(out->count));
}
