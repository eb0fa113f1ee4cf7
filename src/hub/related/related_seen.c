/* SPDX-License-Identifier: Apache-2.0 */
/* Findings leave a row for each trait and company, once a day: what was written already is
 * remembered in a table of fixed size, where a newer pair may push an older one out (it is then
 * written again, which changes nothing). */
#include "hub/related/related_seen.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "hub/related/related_store.h"

enum {
	KNOWN_SLOTS = 1 << 19, /* 4 MB */
	GROUP_MAX = 60000,     /* pairs of one group of batches */
	NEWS_MAX = 4096,
	DEVICE_CHARS = 60,
};

struct related {
	uint8_t secret[TRAIT_SECRET];
	/* the writer's thread alone: */
	uint64_t *known;     /* pairs that are written, by their mixed number */
	struct arena *arena; /* of one group */
	struct map *pairs;   /* of one group: mixed number to struct sighting_row */
	pthread_mutex_t lock;
	/* with the lock: */
	int64_t *watched; /* sorted */
	size_t n_watched;
	int64_t news[NEWS_MAX];
	size_t n_news;
	uint64_t news_dropped;
};

int related_seen_start(struct hub *h, struct err *e)
{
	struct related *x = mem_new(sizeof(*x));
	const struct fleet_consumer consumer = { .name = "related",
						 .take = related_seen_take,
						 .finish = related_seen_finish,
						 .done = related_seen_done,
						 .arg = x };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? related_store_secret(t, x->secret, e) : e->code;

	if (r >= 0)
		r = txn_commit(&t, e);
	if (r < 0) {
		free(x);
		return r;
	}
	x->known = mem_array(KNOWN_SLOTS, sizeof(*x->known));
	x->arena = arena_new(0);
	x->pairs = map_new(GROUP_MAX);
	pthread_mutex_init(&x->lock, NULL);
	h->related = x;
	fleet_on_findings(h, &consumer);
	return 0;
}

void related_seen_stop(struct hub *h)
{
	struct related *x = h->related;

	if (!x)
		return;
	h->related = NULL;
	pthread_mutex_destroy(&x->lock);
	map_free(x->pairs);
	arena_free(x->arena);
	free(x->watched);
	free(x->known);
	free(x);
}

const uint8_t *related_secret(const struct hub *h)
{
	return h->related->secret;
}

/* Of a trait, a company, a day and a severity; never 0. */
static uint64_t pair_number(const struct sighting_row *s)
{
	uint64_t v = (uint64_t)s->trait ^ ((uint64_t)s->company_id * UINT64_C(0x9e3779b97f4a7c15)) ^
		     ((uint64_t)(s->last_day * 8 + s->severity) * UINT64_C(0xbf58476d1ce4e5b9));

	v ^= v >> 31;
	v *= UINT64_C(0x94d049bb133111eb);
	v ^= v >> 29;
	return v ? v : 1;
}

static const char *device_class(struct related *x, const Otasuke__Wire__Device *d)
{
	if (!d)
		return "";
	const char *said = d->dhcp_class && d->dhcp_class[0] ? d->dhcp_class : "";
	const char *vendor = d->vendor ? d->vendor : "";
	char cut[DEVICE_CHARS * 4];

	(void)snprintf(cut, sizeof(cut), "%s%s%s", vendor, vendor[0] && said[0] ? " " : "", said);
	return arena_strdup(x->arena, cut);
}

static void pair_add(struct related *x, const struct sighting_row *s,
		     const Otasuke__Wire__Finding *f)
{
	uint64_t number = pair_number(s);

	if (x->known[number % KNOWN_SLOTS] == number)
		return;
	struct sighting_row *had = map_find(x->pairs, &number, sizeof(number));
	if (had) {
		had->last_us = s->last_us > had->last_us ? s->last_us : had->last_us;
		return;
	}
	had = arena_alloc(x->arena, sizeof(*had));
	*had = *s;
	had->detector = arena_strdup(x->arena, f->detector ? f->detector : "");
	had->device = device_class(x, f->device);
	(void)map_set(x->pairs, &number, sizeof(number), had); /* full: with the next finding */
}

int related_seen_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	struct related *x = arg;
	struct trait traits[TRAITS_OF_FINDING];

	(void)t;
	(void)e;
	for (size_t i = 0; i < b->n_findings; i++) {
		const Otasuke__Wire__Finding *f = b->findings[i].finding;
		/* a sensor's clock may be wrong: nothing is seen in the future */
		int64_t last_us = f->last_us < b->received_us ? f->last_us : b->received_us;
		int64_t first_us = f->first_us < last_us ? f->first_us : last_us;
		size_t n = trait_of_finding(x->secret, f, traits);

		if (last_us <= b->received_us - SEEN_DAYS * US_PER_DAY)
			continue;
		for (size_t k = 0; k < n; k++) {
			const struct sighting_row s = { .trait = traits[k].hash,
							.company_id = b->company_id,
							.kind = traits[k].kind,
							.first_us = first_us,
							.last_us = last_us,
							.last_day = last_us / US_PER_DAY,
							.severity = (int64_t)f->severity & 7 };
			pair_add(x, &s, f);
		}
	}
	return 0;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static void tell_watched(struct related *x, int64_t trait)
{
	pthread_mutex_lock(&x->lock);
	if (x->n_watched && bsearch(&trait, x->watched, x->n_watched, sizeof(trait), by_value)) {
		if (x->n_news < NEWS_MAX)
			x->news[x->n_news++] = trait;
		else
			x->news_dropped++; /* found again by the job's round of all */
	}
	pthread_mutex_unlock(&x->lock);
}

int related_seen_finish(void *arg, struct txn *t, struct err *e)
{
	struct related *x = arg;
	size_t pos = 0, key_len;
	const void *key;
	void *row;
	int r = 0;

	while (r >= 0 && map_next(x->pairs, &pos, &key, &key_len, &row))
		r = related_store_seen(t, row, e);
	return r < 0 ? r : 0;
}

void related_seen_done(void *arg, bool committed)
{
	struct related *x = arg;
	size_t pos = 0, key_len;
	const void *key;
	void *row;

	if (map_count(x->pairs) == 0)
		return;
	while (committed && map_next(x->pairs, &pos, &key, &key_len, &row)) {
		uint64_t number;

		memcpy(&number, key, sizeof(number));
		x->known[number % KNOWN_SLOTS] = number;
		tell_watched(x, ((const struct sighting_row *)row)->trait);
	}
	map_free(x->pairs);
	x->pairs = map_new(GROUP_MAX);
	arena_reset(x->arena);
}

void related_seen_watch(struct hub *h, int64_t *traits, size_t n)
{
	struct related *x = h->related;

	pthread_mutex_lock(&x->lock);
	int64_t *old = x->watched;
	x->watched = traits;
	x->n_watched = n;
	pthread_mutex_unlock(&x->lock);
	free(old);
}

size_t related_seen_news(struct hub *h, int64_t *out, size_t max)
{
	struct related *x = h->related;

	pthread_mutex_lock(&x->lock);
	size_t n = x->n_news < max ? x->n_news : max;
	memcpy(out, x->news, n * sizeof(*out));
	memmove(x->news, x->news + n, (x->n_news - n) * sizeof(*out));
	x->n_news -= n;
	pthread_mutex_unlock(&x->lock);
	return n;
}
