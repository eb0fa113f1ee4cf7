/* SPDX-License-Identifier: Apache-2.0 */
/* Collects indicators and makes a bundle of them. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "wire/crc32c.h"
#include "wire/indicator/bundle_layout.h"
#include "wire/indicator/bundle_table.h"
#include "wire/indicator/known_good.h"

enum {
	LABELS_KNOWN_MAX = 100000, /* looked for again; further ones may be stored twice */
	V4_LENGTHS_FEW = 2,        /* lengths of IPv4 networks that need no table by first bits */
};

struct bundle_writer {
	struct bundle_head head;
	struct table table;
	const struct known_good *good;
	char (*feed)[BUNDLE_FEED_MAX];
	struct buf labels;
	struct map *label_at;
	uint32_t *v4; /* NULL until there is an IPv4 network */
};

struct bundle_writer *bundle_writer_new(size_t expected)
{
	struct bundle_writer *w = mem_new(sizeof(*w));

	if (getrandom(w->head.seed, sizeof(w->head.seed), 0) != sizeof(w->head.seed))
		abort(); /* sixteen bytes never come short once the kernel is up */
	table_init(&w->table, expected < INDICATORS_MAX ? expected : INDICATORS_MAX);
	buf_init(&w->labels, BUNDLE_LABELS_BYTES_MAX);
	w->label_at = map_new(LABELS_KNOWN_MAX);
	(void)bundle_writer_feed(w, STR("")); /* number 0 */
	return w;
}

void bundle_writer_free(struct bundle_writer *w)
{
	if (!w)
		return;
	table_done(&w->table);
	buf_done(&w->labels);
	map_free(w->label_at);
	free(w->feed);
	free(w->v4);
	free(w);
}

void bundle_writer_good(struct bundle_writer *w, const struct known_good *good)
{
	w->good = good;
}

size_t bundle_writer_count(const struct bundle_writer *w)
{
	return w->table.n;
}

static uint32_t label_new(struct bundle_writer *w, unsigned feed, struct str text)
{
	uint32_t at = (uint32_t)w->labels.n;
	uint8_t number[2] = { (uint8_t)feed, (uint8_t)(feed >> 8) };

	buf_add(&w->labels, number, sizeof(number));
	buf_add(&w->labels, text.p, text.n);
	buf_addc(&w->labels, 0);
	return at;
}

unsigned bundle_writer_feed(struct bundle_writer *w, struct str name)
{
	char text[BUNDLE_FEED_MAX] = "";
	unsigned n = w->head.feeds;

	(void)str_copy(text, sizeof(text), name); /* cut is fine */
	for (unsigned i = 0; i < n; i++) {
		if (strcmp(w->feed[i], text) == 0)
			return i;
	}
	if (n == BUNDLE_FEEDS_MAX)
		return 0;
	w->feed = mem_resize(w->feed, n + 1, sizeof(*w->feed));
	memcpy(w->feed[n], text, sizeof(text));
	uint8_t key[2] = { (uint8_t)n, (uint8_t)(n >> 8) };
	uint32_t at = label_new(w, n, (struct str){ 0 });
	/* Cannot be full: there are fewer feeds than labels known. */
	(void)map_set(w->label_at, key, sizeof(key), (void *)(uintptr_t)(at + 1));
	w->head.feeds++;
	return n;
}

/* Offset of the label; of the feed's empty one where there is no room. */
static uint32_t label_of(struct bundle_writer *w, unsigned feed, const char *text)
{
	uint8_t key[2 + INDICATOR_LABEL_MAX] = { (uint8_t)feed, (uint8_t)(feed >> 8) };
	size_t n = strlen(text);

	memcpy(key + 2, text, n);
	void *at = map_find(w->label_at, key, 2 + n);
	if (!at && w->labels.n + n + 3 > BUNDLE_LABELS_BYTES_MAX)
		at = map_find(w->label_at, key, 2);
	if (at)
		return (uint32_t)((uintptr_t)at - 1);
	uint32_t offset = label_new(w, feed, (struct str){ text, n });
	(void)map_set(w->label_at, key, 2 + n, (void *)(uintptr_t)(offset + 1)); /* full is fine */
	return offset;
}

/* Which lengths lie under the first 16 bits of an IPv4 address. */
static void note_v4(struct bundle_writer *w, const uint8_t addr[16], unsigned bits)
{
	size_t at = (size_t)(addr[12] << 8 | addr[13]), n = 1;

	if (!w->v4)
		w->v4 = mem_array(BUNDLE_V4_PREFIXES, sizeof(*w->v4));
	if (bits < 112)
		n = (size_t)1 << (112 - bits);
	for (size_t i = 0; i < n && at + i < BUNDLE_V4_PREFIXES; i++)
		w->v4[at + i] |= UINT32_C(1) << (bits - 97);
}

static void note_net(struct bundle_writer *w, const uint8_t key[17])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned bits = key[16];

	w->head.lengths[bits / 8] |= (uint8_t)(1 << (bits % 8));
	if (bits > 96 && memcmp(key, mapped, sizeof(mapped)) == 0)
		note_v4(w, key, bits);
}

static void note_depth(struct bundle_writer *w, const struct indicator *i)
{
	unsigned labels = 1;

	for (size_t at = 0; at < i->n; at++)
		labels += i->value[at] == '.';
	w->head.depths |= UINT64_C(1) << bundle_depth(labels);
}

/* The fingerprint of the value; 0 when it is not in normal form. */
static uint64_t fingerprint_of(const struct bundle_writer *w, const struct indicator *i,
			       uint8_t key[32])
{
	const uint8_t *seed = w->head.seed;
	size_t n = 0;

	if (i->kind == INDICATOR_IP || i->kind == INDICATOR_CIDR)
		return indicator_net(i, key, &key[16])
			       ? bundle_fingerprint(seed, INDICATOR_CIDR, key, 17)
			       : 0;
	if (i->kind == INDICATOR_DOMAIN || i->kind == INDICATOR_URL)
		return bundle_fingerprint(seed, i->kind, i->value, i->n);
	return indicator_hash(i, key, &n) ? bundle_fingerprint(seed, i->kind, key, n) : 0;
}

enum bundle_added bundle_writer_add(struct bundle_writer *w, unsigned feed,
				    const struct indicator *i)
{
	enum known_good_verdict v = w->good ? known_good_check(w->good, i) : KNOWN_GOOD_NOT;
	uint8_t key[32];
	bool new;

	if (v == KNOWN_GOOD_LEAVE)
		return BUNDLE_GOOD;
	uint64_t fingerprint = fingerprint_of(w, i, key);
	if (fingerprint == 0)
		return BUNDLE_FULL; /* the caller made it himself: there is nothing to say of it */
	if (w->table.n >= INDICATORS_MAX)
		return table_find(w->table.p, w->table.buckets, fingerprint) ? BUNDLE_TWICE
									     : BUNDLE_FULL;
	uint8_t *place = table_put(&w->table, fingerprint, &new);
	if (!new)
		return BUNDLE_TWICE;
	uint32_t note = label_of(w, feed < w->head.feeds ? feed : 0, i->label);
	table_note(place, v == KNOWN_GOOD_INFO ? note | BUNDLE_NOTE_INFO : note);
	w->head.count[0]++;
	w->head.count[i->kind]++;
	w->head.info_only += v == KNOWN_GOOD_INFO;
	if (i->kind == INDICATOR_DOMAIN)
		note_depth(w, i);
	else if (i->kind == INDICATOR_IP || i->kind == INDICATOR_CIDR)
		note_net(w, key);
	return v == KNOWN_GOOD_INFO ? BUNDLE_INFO_ONLY : BUNDLE_ADDED;
}

static uint8_t *image_new(const struct bundle_writer *w, struct bundle_head *h)
{
	unsigned lengths = 0;

	for (size_t i = 97; i <= 128; i++)
		lengths += w->head.lengths[i / 8] >> (i % 8) & 1;
	h->v4 = w->v4 && lengths > V4_LENGTHS_FEW;
	h->labels_bytes = (uint32_t)w->labels.n;
	h->bytes = BUNDLE_HEAD_BYTES + (uint64_t)h->buckets * TABLE_BUCKET_BYTES +
		   (h->v4 ? BUNDLE_V4_BYTES : 0) + (uint64_t)h->feeds * BUNDLE_FEED_MAX +
		   h->labels_bytes;
	void *p = mmap(NULL, h->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		abort(); /* out of memory, as in base/mem.h */
	return p;
}

static void image_tail(const struct bundle_writer *w, const struct bundle_head *h, uint8_t *at)
{
	for (size_t i = 0; h->v4 && i < BUNDLE_V4_PREFIXES; i++, at += 4)
		table_note(at, w->v4[i]);
	memcpy(at, w->feed, (size_t)h->feeds * BUNDLE_FEED_MAX);
	at += (size_t)h->feeds * BUNDLE_FEED_MAX;
	memcpy(at, w->labels.p, w->labels.n);
}

struct bundle *bundle_writer_finish(struct bundle_writer *w, int64_t made_us)
{
	struct bundle_head h = w->head;
	struct bundle *b = NULL;

	h.made_us = made_us;
	h.buckets = (uint32_t)table_buckets_for(w->table.n);
	uint8_t *p = image_new(w, &h);
	while (!table_fill(&w->table, p + BUNDLE_HEAD_BYTES, h.buckets)) { /* as good as never */
		(void)munmap(p, h.bytes);
		h.buckets += h.buckets / 8;
		p = image_new(w, &h);
	}
	table_done(&w->table);
	size_t table_bytes = (size_t)h.buckets * TABLE_BUCKET_BYTES;
	image_tail(w, &h, p + BUNDLE_HEAD_BYTES + table_bytes);
	h.body_crc = crc32c(0, p + BUNDLE_HEAD_BYTES, h.bytes - BUNDLE_HEAD_BYTES);
	bundle_head_encode(&h, p);
	(void)mprotect(p, h.bytes, PROT_READ); /* only a guard */
	if (bundle_make(p, h.bytes, true, &b, NULL) < 0)
		abort(); /* we have just made it */
	return b;
}
