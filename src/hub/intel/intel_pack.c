/* SPDX-License-Identifier: Apache-2.0 */
/* Packs the enabled lists into one bundle. What is known to be good, what was judged wrong and what
 * may not leave the hub stays behind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_list_store.h"
#include "hub/intel/intel_store.h"
#include "hub/intel/intel_work.h"
#include "net/crypto.h"
#include "wire/indicator/bundle.h"
#include "wire/indicator/known_good.h"

enum { HELD_KEPT = 2000 /* rows to look at; all are counted */, BUNDLES_KEPT = 200 };

struct pack {
	struct arena *arena;
	struct bundle_writer *writer;
	struct known_good *good;
	struct map *wrong; /* kind and value of the region's verdicts */
	struct crypto_sha256_state digest;
	const struct intel_feed *feed;
	unsigned feed_number;
	struct intel_held *held;
	size_t n_held_kept;
	int64_t held_all;
	struct indicator i; /* the row as the writer takes it */
};

static size_t key_of(const struct intel_key *key, char out[1 + INDICATOR_VALUE_MAX])
{
	size_t n = strnlen(key->value, INDICATOR_VALUE_MAX - 1);

	out[0] = (char)key->kind;
	memcpy(out + 1, key->value, n);
	return n + 1;
}

static void hold(struct pack *p, const struct intel_key *key, const char *why)
{
	p->held_all++;
	if (p->n_held_kept < HELD_KEPT)
		p->held[p->n_held_kept++] = (struct intel_held){
			.feed_id = p->feed->id,
			.key = { key->kind, arena_strdup(p->arena, key->value) },
			.why = why,
		};
}

static int pack_row(void *arg, const struct intel_row *row, struct err *e)
{
	struct pack *p = arg;
	const struct intel_key key = { row->kind, row->value };
	char k[1 + INDICATOR_VALUE_MAX];
	size_t n = key_of(&key, k);

	(void)e;
	if (map_find(p->wrong, k, n)) {
		hold(p, &key, HELD_WRONG);
		return 0;
	}
	p->i.kind = row->kind;
	p->i.n = n - 1;
	memcpy(p->i.value, k + 1, n - 1);
	p->i.value[n - 1] = '\0';
	(void)str_copy(p->i.label, sizeof(p->i.label), str_of(row->label)); /* fits as it came */
	enum bundle_added r = bundle_writer_add(p->writer, p->feed_number, &p->i);
	if (r == BUNDLE_GOOD)
		hold(p, &key, HELD_GOOD);
	if (r == BUNDLE_ADDED || r == BUNDLE_INFO_ONLY) {
		crypto_sha256_add(&p->digest, k, n);
		crypto_sha256_add(&p->digest, p->i.label, strlen(p->i.label) + 1);
	}
	return 0;
}

static int wrong_load(struct pack *p, struct txn *t, struct err *e)
{
	char k[1 + INDICATOR_VALUE_MAX];
	struct intel_verdict *v;
	size_t n;
	int r = intel_verdict_store_active(t, true, p->arena, &v, &n, e);

	if (r < 0)
		return r;
	p->wrong = map_new(n + 1);
	for (size_t i = 0; i < n; i++) {
		const struct intel_key key = { v[i].kind, v[i].value };
		size_t len = key_of(&key, k);
		(void)map_set(p->wrong, k, len, &v[i]); /* there is room */
	}
	return 0;
}

/* The surest list first: the first that names an indicator is the one that sensors tell of. */
static int by_confidence(const void *a, const void *b)
{
	const struct intel_feed *x = a, *y = b;

	if (x->confidence != y->confidence)
		return x->confidence < y->confidence ? 1 : -1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int pack_feeds(struct pack *p, struct txn *t, struct err *e)
{
	struct intel_feed *f;
	size_t n;
	int r = intel_store_feeds(t, FEED_BAD, p->arena, &f, &n, e);

	if (r >= 0)
		r = wrong_load(p, t, e);
	if (r >= 0)
		r = intel_good_load(t, &p->good, e);
	if (r < 0)
		return r;
	if (n > 0)
		qsort(f, n, sizeof(*f), by_confidence);
	bundle_writer_good(p->writer, p->good);
	for (size_t i = 0; r >= 0 && i < n; i++) {
		bool hand = strcmp(f[i].way, WAY_HAND) == 0;
		if (!f[i].enabled || (!hand && !intel_tlp_leaves(f[i].tlp)))
			continue;
		p->feed = &f[i];
		p->feed_number = bundle_writer_feed(p->writer, str_of(f[i].name));
		crypto_sha256_add(&p->digest, f[i].name, strlen(f[i].name) + 1);
		r = intel_list_each(t, f[i].id, true, pack_row, p, e);
	}
	return r;
}

static int store(struct hub *h, const struct pack *p, struct intel_bundle *b, struct err *e)
{
	char blob[FLEET_BLOB_NAME];
	struct bundle_stats stats;
	size_t n;
	struct bundle *made = bundle_writer_finish(p->writer, b->made_us);
	const void *bytes = bundle_bytes(made, &n);

	bundle_stats_get(made, &stats);
	b->bytes = (int64_t)n;
	b->indicators = (int64_t)stats.count[0];
	for (int k = 1; k < INDICATOR_KINDS; k++)
		b->kinds[k] = (int64_t)stats.count[k];
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? fleet_blob_put(t, bytes, n, b->made_us, blob, e) : e->code;
	b->blob = blob;
	if (r >= 0)
		r = intel_bundle_add(t, b, e);
	if (r >= 0)
		r = intel_bundle_forget(t, BUNDLES_KEPT, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	bundle_free(made);
	return r;
}

/* What was left out and when, also where the bundle itself is as before. */
static int remember(struct hub *h, const struct pack *p, int64_t packed_us, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? intel_bundle_held_clear(t, e) : e->code;

	for (size_t i = 0; r >= 0 && i < p->n_held_kept; i++)
		r = intel_bundle_held_add(t, &p->held[i], e);
	if (r >= 0)
		r = intel_store_mark_set(t, "packed", packed_us, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int pack(struct hub *h, struct pack *p, int64_t now_us, struct err *e)
{
	struct intel_bundle last, b = { .made_us = now_us };
	uint8_t hash[32];
	char digest[65];
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? intel_bundle_newest(t, p->arena, &last, e) : e->code;

	if (r >= 0)
		r = pack_feeds(p, t, e);
	txn_rollback(&t);
	if (r < 0)
		return r;
	crypto_sha256_end(&p->digest, hash);
	crypto_hex(hash, sizeof(hash), digest);
	b.digest = digest;
	b.held = p->held_all;
	bool empty = last.id == 0 && bundle_writer_count(p->writer) == 0;
	if (!empty && (last.id == 0 || strcmp(last.digest, digest) != 0 || last.held != b.held))
		r = store(h, p, &b, e);
	return r < 0 ? r : remember(h, p, now_us, e);
}

static int wanted(struct hub *h, bool now, int64_t now_us, bool *out, struct err *e)
{
	int64_t changed = 0, packed = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? intel_store_mark_get(t, "changed", &changed, e) : e->code;

	if (r >= 0)
		r = intel_store_mark_get(t, "packed", &packed, e);
	*out = changed >= packed && changed > 0 &&
	       (now || now_us - packed >= intel_conf.bundle_every_ms * 1000);
	return r;
}

int intel_work_pack(struct hub *h, bool now, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct pack p = { .arena = a };
	bool go;
	int64_t now_us = clock_utc_us(h->clock);
	int r = wanted(h, now, now_us, &go, e);

	if (r < 0 || !go)
		return r;
	p.held = arena_array(a, HELD_KEPT, sizeof(*p.held));
	p.writer = bundle_writer_new(0);
	crypto_sha256_init(&p.digest);
	r = pack(h, &p, now_us, e);
	bundle_writer_free(p.writer);
	known_good_free(p.good);
	map_free(p.wrong);
	return r;
}
