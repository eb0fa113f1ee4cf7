/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: what new indicators and devices of cases are as traits, which other companies met them, and
 * forgetting what is older than 90 days. */
#include "hub/related/related_work.h"

#include <string.h>

#include "base/mem.h"
#include "hub/live.h"
#include "hub/related/related_seen.h"
#include "hub/related/related_store.h"

enum {
	THINGS_A_ROUND = 2000,
	ROUNDS = 4, /* in one run */
	NEWS_A_ROUND = 500,
	PRUNE_ROWS = 5000,
	PRUNE_TURNS = 200,
};

struct round {
	struct hub *h;
	struct txn *t;
	int64_t now_us, since_us;
	int64_t made; /* calls */
};

/* Counts who met TRAIT; few enough, they are companies to call. */
static int look(struct round *x, int64_t trait, struct err *e)
{
	int64_t spread, n;
	int r = related_store_spread(x->t, trait, x->since_us, 100000, &spread, e);

	if (r < 0 || (r = related_store_set_spread(x->t, trait, spread, e)) < 0)
		return r;
	if (spread == 0 || spread > SEEN_COMMON)
		return 0;
	if ((n = related_store_propose(x->t, trait, x->since_us, x->now_us, e)) < 0)
		return (int)n;
	x->made += n;
	return 0;
}

static int add_trait(struct round *x, const struct thing_row *w, struct arena *a, struct err *e)
{
	enum trait_kind k = w->type[0] ? trait_kind_of(w->type) : TRAIT_DEVICE;
	const char *value = k == TRAIT_DEVICE ? trait_device(w->vendor, w->dhcp_print, a)
					      : trait_value(k, w->value, a);

	if (!value)
		return 0;
	const struct case_trait c = {
		.incident_id = w->incident_id,
		.company_id = w->company_id,
		.kind = k,
		.value = value,
		.trait = trait_hash(related_secret(x->h), k, value, strlen(value)),
	};
	int r = related_store_add_trait(x->t, &c, e);
	return r < 0 || !w->live ? r : look(x, c.trait, e); /* calls are for open cases */
}

typedef int (*things_fn)(struct txn *t, int64_t after_id, size_t limit, struct arena *a,
			 struct thing_row **out, size_t *n_out, struct err *e);

/* 1 when there may be more. */
static int things(struct round *x, const char *mark, things_fn list, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct thing_row *w;
	int64_t last;
	size_t n;
	int r = related_store_mark(x->t, mark, &last, e);

	if (r < 0 || (r = list(x->t, last, THINGS_A_ROUND, a, &w, &n, e)) < 0)
		return r;
	for (size_t i = 0; i < n && r >= 0; i++)
		r = add_trait(x, &w[i], a, e);
	if (r >= 0 && n)
		r = related_store_set_mark(x->t, mark, w[n - 1].id, e);
	return r < 0 ? r : n == THINGS_A_ROUND;
}

static int news(struct round *x, struct err *e)
{
	int64_t trait[NEWS_A_ROUND];
	size_t n = related_seen_news(x->h, trait, NEWS_A_ROUND);
	int r = 0;

	for (size_t i = 0; i < n && r >= 0; i++)
		r = look(x, trait[i], e);
	return r;
}

static int watch(struct round *x, bool all, struct err *e)
{
	int64_t *list;
	size_t n;
	int r = related_store_watched(x->t, &list, &n, e);

	for (size_t i = 0; i < n && r >= 0 && all; i++)
		r = look(x, list[i], e);
	if (r >= 0)
		related_seen_watch(x->h, list, n);
	return r;
}

static int round_once(struct hub *h, bool all, int *more_out, struct err *e)
{
	int64_t now_us = clock_utc_us(h->clock);
	struct round x = { .h = h, .now_us = now_us, .since_us = now_us - SEEN_DAYS * US_PER_DAY };
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int more[2] = { 0, 0 }, r = t ? 0 : e->code;

	x.t = t;
	if (r >= 0)
		r = more[0] = things(&x, "indicator", related_store_new_indicators, e);
	if (r >= 0)
		r = more[1] = things(&x, "device", related_store_new_devices, e);
	if (r >= 0)
		r = news(&x, e);
	if (r >= 0)
		r = watch(&x, all, e);
	if (r >= 0)
		r = txn_commit(&t, e);
	if (r >= 0 && x.made)
		live_publish(h, "case", 0, 0);
	*more_out = more[0] || more[1];
	return r < 0 ? r : 0;
}

int related_work_run(struct hub *h, struct err *e)
{
	int more = 1, r = 0;

	for (int i = 0; i < ROUNDS && more && r >= 0; i++) /* the rest next time */
		r = round_once(h, false, &more, e);
	return r;
}

int related_work_all(struct hub *h, struct err *e)
{
	int more;

	return round_once(h, true, &more, e);
}

int related_work_prune(struct hub *h, struct err *e)
{
	int64_t day = clock_utc_us(h->clock) / US_PER_DAY - SEEN_DAYS, n = PRUNE_ROWS;

	for (int i = 0; i < PRUNE_TURNS && n == PRUNE_ROWS; i++) {
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		if (!t || (n = related_store_prune(t, day, PRUNE_ROWS, e)) < 0)
			return e->code;
		int r = txn_commit(&t, e);
		if (r < 0)
			return r;
	}
	return 0;
}
