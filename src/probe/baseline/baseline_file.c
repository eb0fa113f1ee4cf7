/* SPDX-License-Identifier: Apache-2.0 */
/* The baseline's file: head, places, devices, CRC-32C of all before it; big-endian. It is our own,
 * but lies on a disk that may fail: everything in it is checked, and it is taken whole or not at
 * all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/rd.h"
#include "probe/baseline/baseline_priv.h"
#include "wire/crc32c.h"

enum {
	VERSION = 1,
	MAGIC_MAX = 8,
	CRC_MAX = 4,
	HEAD_MAX = MAGIC_MAX + 4 + SECRET_MAX + 2 * 8 + 2 * 4,
	HABITS_IN_FILE = 65536, /* more than any program ever wrote */
};

#define TIME_MOST (INT64_C(1) << 56) /* the year 4253 */

static const char magic[MAGIC_MAX] = { 'O', 'T', 'S', 'U', 'S', 'U', 'A', 'L' };

static void time_put(struct buf *b, int64_t us)
{
	buf_be64(b, (uint64_t)us);
}

static void habit_put(const struct habit *h, struct buf *out)
{
	buf_add(out, h->key, sizeof(h->key));
	time_put(out, h->first_us);
	time_put(out, h->last_us);
	time_put(out, h->first_watched_us);
	buf_be64(out, h->face);
	buf_be32(out, (uint32_t)h->week);
	buf_be32(out, (uint32_t)h->day);
	buf_be32(out, h->today);
	buf_add(out, h->hours, sizeof(h->hours));
	for (size_t i = 0; i < PAST_WEEKS; i++)
		buf_be64(out, h->most[i]);
	buf_add(out, h->sent_hours, sizeof(h->sent_hours));
	buf_addc(out, (char)h->n);
	for (size_t i = 0; i < h->n; i++) {
		buf_be64(out, h->usual[i].place);
		time_put(out, h->usual[i].last_us);
		buf_be32(out, h->usual[i].days);
	}
}

static size_t places_used(const struct baseline *b)
{
	size_t n = 0;

	for (size_t i = 0; i < BASELINE_PLACES; i++)
		n += b->place[i].id != 0;
	return n;
}

void baseline_encode(const struct baseline *b, struct buf *out)
{
	size_t start = out->n;

	buf_add(out, magic, sizeof(magic));
	buf_be32(out, VERSION);
	buf_add(out, b->secret, sizeof(b->secret));
	time_put(out, b->began_us);
	time_put(out, b->watched_us);
	buf_be32(out, (uint32_t)places_used(b));
	buf_be32(out, (uint32_t)b->n);
	for (size_t i = 0; i < BASELINE_PLACES; i++) {
		const struct place *p = &b->place[i];
		if (p->id == 0)
			continue;
		buf_be64(out, p->id);
		time_put(out, p->first_us);
		time_put(out, p->last_us);
		buf_be64(out, p->callers);
	}
	for (size_t i = 0; i < b->n; i++)
		habit_put(b->habit[i], out);
	buf_be32(out, crc32c(0, out->p + start, out->n - start));
}

static int64_t time_get(struct rd *r)
{
	uint64_t us = rd_be64(r);

	if (us > (uint64_t)TIME_MOST)
		r->bad = true;
	return r->bad ? 0 : (int64_t)us;
}

static void places_get(struct baseline *b, struct rd *r, uint32_t n)
{
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct place p = { .id = rd_be64(r) };
		p.first_us = time_get(r);
		p.last_us = time_get(r);
		p.callers = rd_be64(r);
		struct place *set = &b->place[p.id % (BASELINE_PLACES / PLACE_WAYS) * PLACE_WAYS];
		size_t k = 0;
		while (k < PLACE_WAYS && set[k].id != 0 && set[k].id != p.id)
			k++;
		if (p.id == 0 || k == PLACE_WAYS || set[k].id == p.id)
			r->bad = true;
		else
			set[k] = p;
	}
}

static void habit_read(struct rd *r, struct habit *h)
{
	const uint8_t *key = rd_bytes(r, sizeof(h->key));

	if (key)
		memcpy(h->key, key, sizeof(h->key));
	h->first_us = time_get(r);
	h->last_us = time_get(r);
	h->first_watched_us = time_get(r);
	h->face = rd_be64(r);
	h->week = rd_be32(r);
	h->day = rd_be32(r);
	h->today = rd_be32(r);
	const uint8_t *hours = rd_bytes(r, sizeof(h->hours));
	if (hours)
		memcpy(h->hours, hours, sizeof(h->hours));
	for (size_t i = 0; i < PAST_WEEKS; i++)
		h->most[i] = rd_be64(r);
	for (size_t i = 0; i < PAST_WEEKS; i++) {
		h->sent_hours[i] = rd_u8(r);
		r->bad |= h->sent_hours[i] > WEEK_HOURS;
	}
	h->n = rd_u8(r);
	if (h->n > BASELINE_USUALS_MAX) {
		h->n = 0;
		r->bad = true;
	}
	for (size_t i = 0; i < h->n; i++) {
		h->usual[i].place = rd_be64(r);
		h->usual[i].last_us = time_get(r);
		h->usual[i].days = rd_be32(r);
	}
	r->bad |= (h->key[0] != 'M' && h->key[0] != 'A') || h->first_us == 0 || h->today >> 24;
}

static void habits_get(struct baseline *b, struct rd *r, uint32_t n)
{
	for (uint32_t i = 0; i < n && !r->bad; i++) {
		struct habit h = { 0 };
		habit_read(r, &h);
		if (r->bad)
			return;
		if (map_find(b->by_key, h.key, sizeof(h.key)) ||
		    h.first_watched_us > b->watched_us) {
			r->bad = true;
			return;
		}
		struct habit *to = baseline_habit_add(b, h.key); /* fewer now: old ones give way */
		*to = h;
	}
}

static int head_check(struct rd *r, size_t n, const void *p, struct err *e)
{
	const uint8_t *m = rd_bytes(r, sizeof(magic));

	if (!m || memcmp(m, magic, sizeof(magic)) != 0)
		return err_set(e, -EFORMAT, "it is no record of what is usual");
	uint32_t version = rd_be32(r);
	if (version != VERSION)
		return err_set(e, -EFORMAT, "it is of version %u, this program reads version %d",
			       version, VERSION);
	if (n < HEAD_MAX + CRC_MAX)
		return err_set(e, -EFORMAT, "it is cut off after %zu bytes", n);
	struct rd crc = rd_of((const uint8_t *)p + n - CRC_MAX, CRC_MAX);
	if (rd_be32(&crc) != crc32c(0, p, n - CRC_MAX))
		return err_set(e, -EFORMAT, "its checksum is wrong");
	return 0;
}

/* Without what is learned: configuration stays. */
static struct baseline *empty_like(const struct baseline *b)
{
	struct baseline *n = mem_new(sizeof(*n));

	n->conf = b->conf;
	n->path = mem_strdup(b->path);
	n->max = b->max;
	n->by_key = map_new(n->max);
	return n;
}

static int body_get(struct baseline *b, struct rd *r, struct err *e)
{
	const uint8_t *secret = rd_bytes(r, SECRET_MAX);

	if (secret)
		memcpy(b->secret, secret, SECRET_MAX);
	b->began_us = time_get(r);
	b->watched_us = time_get(r);
	uint32_t places = rd_be32(r), habits = rd_be32(r);
	if (places > BASELINE_PLACES || habits > HABITS_IN_FILE)
		return err_set(e, -ELIMIT, "it names %u places and %u devices, more than there are",
			       places, habits);
	places_get(b, r, places);
	habits_get(b, r, habits);
	if (r->bad || r->n > 0)
		return err_set(e, -EFORMAT, "what it says of devices and places is damaged");
	return 0;
}

int baseline_decode(struct baseline *b, const void *p, size_t n, struct err *e)
{
	struct rd r = rd_of(p, n);
	int got = head_check(&r, n, p, e);

	if (got < 0)
		return got;
	r.n -= CRC_MAX;
	struct baseline *fresh = empty_like(b);
	got = body_get(fresh, &r, e);
	if (got == 0) {
		struct baseline old = *b;
		*b = *fresh;
		*fresh = old;
	}
	baseline_free(fresh);
	return got;
}

static void tell(struct baseline *b, const char *what, const struct err *e)
{
	SCOPED_BUF struct buf text;

	buf_init(&text, 0);
	buf_printf(&text, "%s: %s: %s", b->path, what, e->text);
	if (b->conf.problem)
		b->conf.problem(b->conf.arg, text.p);
}

void baseline_load(struct baseline *b)
{
	struct err e = { 0 };
	SCOPED_BUF struct buf file;

	buf_init(&file, BASELINE_FILE_MAX);
	if (!b->path[0])
		return;
	int r = file_read(b->path, BASELINE_FILE_MAX, &file, &e);
	if (r == -ENOENT)
		return; /* the first start */
	if (r >= 0)
		r = baseline_decode(b, file.p, file.n, &e);
	if (r < 0)
		tell(b, "what is usual here was lost and is learned anew", &e);
}

void baseline_save(struct baseline *b)
{
	struct err e = { 0 };
	SCOPED_BUF struct buf file;

	buf_init(&file, BASELINE_FILE_MAX);
	if (!b || !b->path[0] || b->began_us == 0)
		return;
	baseline_encode(b, &file);
	int r = file.over ? err_set(&e, -ELIMIT, "it would be larger than %d bytes",
				    BASELINE_FILE_MAX)
			  : file_write(b->path, 0600, file.p, file.n, &e);
	if (r < 0 && !b->save_failed)
		tell(b, "what is usual here cannot be kept", &e);
	b->save_failed = r < 0;
}
