/* SPDX-License-Identifier: Apache-2.0 */
/* What people looked at, kept in memory for some seconds and written in one transaction. */
#include "hub/accounts/accounts_seen.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/accounts/accounts_seen_store.h"

enum { HELD_MAX = 2048 };

struct accounts_seen {
	pthread_mutex_t lock; /* guards HELD, N */
	struct seen_held held[HELD_MAX];
	size_t n;
	pthread_mutex_t writing; /* one flush at a time; guards OUT */
	struct seen_held out[HELD_MAX];
};

static bool same(const struct seen_held *a, const struct seen_held *b)
{
	return a->hour_us == b->hour_us && a->entity_id == b->entity_id &&
	       a->company_id == b->company_id && a->person_id == b->person_id &&
	       strcmp(a->entity, b->entity) == 0;
}

/* False when it is full. */
static bool hold(struct accounts_seen *s, const struct seen_held *x)
{
	bool held = true;

	pthread_mutex_lock(&s->lock);
	for (size_t i = s->n; i > 0; i--) /* what was looked at last is looked at again */
		if (same(&s->held[i - 1], x)) {
			if (x->first_us < s->held[i - 1].first_us)
				s->held[i - 1].first_us = x->first_us;
			if (x->last_us > s->held[i - 1].last_us)
				s->held[i - 1].last_us = x->last_us;
			s->held[i - 1].times += x->times;
			goto done;
		}
	held = s->n < HELD_MAX;
	if (held)
		s->held[s->n++] = *x;
done:
	pthread_mutex_unlock(&s->lock);
	return held;
}

void accounts_saw(struct call *c, const struct accounts_seen_thing *thing)
{
	struct seen_held x = { .company_id = thing->company_id, .entity_id = thing->entity_id };
	struct err e = { 0 };

	if (!c->user || !c->user->person_id || !thing->company_id || !c->hub->seen)
		return;
	x.person_id = c->user->person_id;
	x.org_id = c->user->org_id;
	x.hour_us = c->now_us - c->now_us % US_PER_HOUR;
	x.first_us = x.last_us = c->now_us;
	x.times = 1;
	str_copy(x.entity, sizeof(x.entity), str_of(thing->entity));
	str_copy(x.label, sizeof(x.label), str_of(thing->label ? thing->label : ""));
	if (hold(c->hub->seen, &x))
		return;
	(void)accounts_seen_flush(c->hub, &e); /* if not now, then the job's next turn */
	if (!hold(c->hub->seen, &x))
		log_warn("who looked at something was not written down: %s", e.text);
}

int accounts_seen_flush(struct hub *h, struct err *e)
{
	struct accounts_seen *s = h->seen;
	size_t n;
	int r = 0;

	pthread_mutex_lock(&s->writing);
	pthread_mutex_lock(&s->lock);
	n = s->n;
	memcpy(s->out, s->held, n * sizeof(s->out[0]));
	s->n = 0;
	pthread_mutex_unlock(&s->lock);
	if (n) {
		SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
		r = t ? 0 : e->code;
		for (size_t i = 0; i < n && r >= 0; i++)
			r = accounts_seen_store_put(t, &scope_system, &s->out[i], e);
		if (r >= 0)
			r = txn_commit(&t, e);
	}
	for (size_t i = 0; r < 0 && i < n; i++)
		(void)hold(s,
			   &s->out[i]); /* the next turn writes it; beyond the limit it is lost */
	pthread_mutex_unlock(&s->writing);
	return r;
}

int accounts_seen_list(struct txn *t, const struct scope *s, const struct accounts_seen_filter *f,
		       struct arena *a, struct accounts_seen_row **out, size_t *n_out,
		       struct err *e)
{
	return accounts_seen_store_list(t, s, f, a, out, n_out, e);
}

int accounts_seen_orgs(struct txn *t, const struct scope *s, int64_t company_id, int64_t from_us,
		       struct arena *a, struct accounts_seen_org **out, size_t *n_out,
		       struct err *e)
{
	return accounts_seen_store_orgs(t, s, company_id, from_us, a, out, n_out, e);
}

int accounts_seen_start(struct hub *h, struct err *e)
{
	(void)e;
	h->seen = mem_new(sizeof(*h->seen));
	pthread_mutex_init(&h->seen->lock, NULL);
	pthread_mutex_init(&h->seen->writing, NULL);
	return 0;
}

void accounts_seen_stop(struct hub *h)
{
	struct err e = { 0 };

	if (!h->seen)
		return;
	if (accounts_seen_flush(h, &e) < 0)
		log_warn("who looked at what in the last seconds was not written down: %s", e.text);
	pthread_mutex_destroy(&h->seen->lock);
	pthread_mutex_destroy(&h->seen->writing);
	free(h->seen);
	h->seen = NULL;
}
