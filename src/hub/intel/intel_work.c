/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's thread, and what each sensor is handed: the newest bundle, and with it what was
 * judged wrong for its company since. An item says
 *     bundle 12
 *     except domain shop.example
 * and names the bundle's bytes as its blob. */
#include "hub/intel/intel_work.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "base/mem.h"
#include "hub/fleet/fleet.h"
#include "hub/intel/intel_hit_store.h"
#include "hub/intel/intel_store.h"
#include "net/crypto.h"
#include "wire/item.h"

enum { TICK_S = 10, SENSORS_A_TURN = 200 };
#define ITEM_KIND     "indicators"
#define ITEM_LIFE_US  (30 * US_PER_DAY)
#define ITEM_RENEW_US (7 * US_PER_DAY)
#define DRAFT_LIFE_US US_PER_HOUR

/* --- handing out --- */

struct sending {
	struct intel_bundle bundle;
	struct intel_sensor *sensors;
	size_t n_sensors;
	struct intel_verdict *region, *companies;
	size_t n_region, n_companies;
};

static void except(struct buf *b, const struct intel_verdict *v)
{
	size_t was = b->n;

	buf_printf(b, "except %s %s\n", indicator_kind_name(v->kind), v->value);
	if (b->n > ITEM_BODY_MAX) { /* thousands of them; the next bundle has the region's */
		b->n = was;
		b->p[was] = '\0';
	}
}

static void body_make(const struct sending *s, int64_t company_id, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, "bundle %" PRId64 "\n", s->bundle.id);
	for (size_t i = 0; i < s->n_region; i++)
		if (s->region[i].made_us >= s->bundle.made_us)
			except(out, &s->region[i]);
	for (size_t i = 0; i < s->n_companies; i++)
		if (s->companies[i].company_id == company_id)
			except(out, &s->companies[i]);
}

static void digest_of(const struct buf *b, char out[65])
{
	uint8_t hash[32];

	crypto_sha256(b->p, b->n, hash);
	crypto_hex(hash, sizeof(hash), out);
}

static int send_one(struct txn *t, const struct sending *s, struct intel_sensor *x, int64_t now_us,
		    struct err *e)
{
	SCOPED_BUF struct buf body = { 0 };
	char digest[65];

	body_make(s, x->company_id, &body);
	digest_of(&body, digest);
	if (strcmp(digest, x->digest) == 0 && x->expires_us - now_us > ITEM_RENEW_US)
		return 0;
	const struct fleet_item item = {
		.company_id = x->company_id,
		.sensor_id = x->sensor_id,
		.kind = ITEM_KIND,
		.body = body.p,
		.body_n = body.n,
		.blob = s->bundle.blob,
		.replace_key = ITEM_KIND,
		.expires_us = now_us + ITEM_LIFE_US,
	};
	int r = fleet_item_put(t, &scope_system, &item, now_us, e);
	if (r < 0)
		return r;
	x->bundle_id = s->bundle.id;
	x->digest = digest;
	x->sent_us = now_us;
	x->expires_us = item.expires_us;
	r = intel_bundle_sent(t, x, e);
	return r < 0 ? r : 1;
}

/* The bytes went while nobody needed them: made once more. */
static int lost(struct hub *h, const struct sending *s, int64_t now_us, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? intel_bundle_lost(t, s->bundle.id, e) : e->code;

	if (r >= 0)
		r = intel_store_mark_set(t, "changed", now_us, e);
	return r < 0 ? r : txn_commit(&t, e);
}

static int send_all(struct hub *h, struct sending *s, struct err *e)
{
	int64_t now_us = clock_utc_us(h->clock);
	bool any = false;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < s->n_sensors; i += SENSORS_A_TURN) {
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		bool some = false;

		if (!t)
			return e->code;
		for (size_t k = i; k < s->n_sensors && k < i + SENSORS_A_TURN && r >= 0; k++) {
			r = send_one(t, s, &s->sensors[k], now_us, e);
			some |= r > 0;
		}
		if (r >= 0 && some)
			r = txn_commit(&t, e);
		any |= some;
	}
	if (any)
		fleet_items_wake(h);
	return r == -ENOENT ? lost(h, s, now_us, e) : r < 0 ? r : 0;
}

static int sending_load(struct txn *t, struct sending *s, struct arena *a, struct err *e)
{
	int r = intel_bundle_newest(t, a, &s->bundle, e);

	if (r >= 0)
		r = intel_bundle_sensors(t, &scope_system, a, &s->sensors, &s->n_sensors, e);
	if (r >= 0)
		r = intel_verdict_store_active(t, true, a, &s->region, &s->n_region, e);
	if (r >= 0)
		r = intel_verdict_store_active(t, false, a, &s->companies, &s->n_companies, e);
	return r;
}

int intel_work_send(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct sending s = { .n_sensors = 0 };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? sending_load(t, &s, a, e) : e->code;

	txn_rollback(&t);
	return r < 0 || s.bundle.id == 0 ? r : send_all(h, &s, e);
}

/* --- the thread --- */

static int drafts_expire(struct hub *h, struct err *e)
{
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? intel_store_draft_expire(t, clock_utc_us(h->clock) - DRAFT_LIFE_US, e)
		  : e->code;

	return r < 0 ? r : txn_commit(&t, e);
}

static void step(struct hub *h, const char *what, int (*run)(struct hub *h, struct err *e))
{
	struct err e = { 0 };

	if (run(h, &e) < 0)
		log_error("lists, %s: %s", what, e.text);
}

static int pack_in_turn(struct hub *h, struct err *e)
{
	return intel_work_pack(h, false, e);
}

/* False when the hub stops. */
static bool next_turn(struct intel *i)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += TICK_S;
	pthread_mutex_lock(&i->lock);
	while (!i->stop && !i->awake && pthread_cond_timedwait(&i->wake, &i->lock, &until) == 0)
		;
	i->awake = false;
	bool go = !i->stop;
	pthread_mutex_unlock(&i->lock);
	return go;
}

static void *work(void *arg)
{
	struct intel *i = arg;

	text_thread_lang(LANG_EN); /* the log, and what is kept with a feed, are English */
	do {
		step(i->hub, "fetching", intel_work_fetch);
		step(i->hub, "packing", pack_in_turn);
		step(i->hub, "handing out", intel_work_send);
		step(i->hub, "drafts", drafts_expire);
	} while (next_turn(i));
	return NULL;
}

int intel_work_open(struct hub *h, struct err *e)
{
	int r = pthread_create(&h->intel->thread, NULL, work, h->intel);

	if (r != 0)
		return err_set(e, -r, "no thread for lists: %s", strerror(r));
	h->intel->running = true;
	return 0;
}

void intel_wake(struct hub *h)
{
	pthread_mutex_lock(&h->intel->lock);
	h->intel->awake = true;
	pthread_cond_signal(&h->intel->wake);
	pthread_mutex_unlock(&h->intel->lock);
}

void intel_work_close(struct hub *h)
{
	struct intel *i = h->intel;

	if (!i->running)
		return;
	pthread_mutex_lock(&i->lock);
	i->stop = true;
	pthread_cond_signal(&i->wake);
	pthread_mutex_unlock(&i->lock);
	pthread_join(i->thread, NULL);
	i->running = false;
}
