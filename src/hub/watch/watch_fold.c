/* SPDX-License-Identifier: Apache-2.0 */
/* Findings become alerts: the findings of a group of batches are first added up per story, then
 * each story is written once. Which of them the company is told of is decided here, how is
 * watch_notice.c's. */
#include "hub/watch/watch_fold.h"

#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "hub/live.h"
#include "hub/watch/watch_conf.h"
#include "hub/watch/watch_mute.h"
#include "hub/watch/watch_notice.h"
#include "hub/watch/watch_rollup.h"
#include "hub/watch/watch_store.h"

enum {
	STORIES_MAX = 20000, /* of one group of batches */
	EVENTS_MAX = 4096,   /* of one group of batches; more are not worth a message each */
};

#define MUTE_ID_MAX 9e15 /* exact in a double */

struct event {
	int64_t company_id, alert_id;
};

struct watch_fold {
	struct hub *hub;
	struct arena *arena;         /* of one group */
	struct map *stories;         /* of one group: company|device|story to struct story */
	struct company_mutes *mutes; /* of the company that was written last */
	struct event *events;
	size_t n_events;
};

struct company_mutes {
	int64_t company_id;
	struct watch_mute *list;
	size_t n;
};

struct story {
	struct alert_change change;
	int64_t received_us;
	const Otasuke__Wire__Finding *newest;
};

struct watch_fold *watch_fold_new(struct hub *h)
{
	struct watch_fold *f = mem_new(sizeof(*f));
	f->hub = h;
	f->arena = arena_new(0);
	f->stories = map_new(STORIES_MAX);
	f->events = mem_array(EVENTS_MAX, sizeof(*f->events));
	return f;
}

void watch_fold_free(struct watch_fold *f)
{
	if (!f)
		return;
	map_free(f->stories);
	arena_free(f->arena);
	mem_cleanup(&f->events);
	mem_cleanup(&f);
}

static const char *lines(struct arena *a, char *const *item, size_t n)
{
	struct buf b = { 0 };
	for (size_t i = 0; i < n && i < ALERT_LINES_MAX; i++)
		buf_printf(&b, "%s%s", i ? "\n" : "", item[i]);
	const char *text = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_done(&b);
	return text;
}

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

static const char *or_empty(const char *s)
{
	return s ? s : "";
}

static const char *device_shown(const Otasuke__Wire__Device *d)
{
	if (!d)
		return "";
	if (or_empty(d->hostname)[0])
		return d->hostname;
	if (or_empty(d->vendor)[0])
		return d->vendor;
	return d->n_addresses ? d->addresses[0] : or_empty(d->mac);
}

static void story_start(const struct fleet_batch *b, const Otasuke__Wire__Finding *f,
			const char *key, struct story *out)
{
	const Otasuke__Wire__Device *d = f->device;
	out->change = (struct alert_change){
		.company_id = b->company_id,
		.sensor_id = b->sensor_id,
		.detector = or_empty(f->detector),
		.story = or_empty(f->story),
		.device_mac = d ? or_empty(d->mac) : "",
		.device_address = d && d->n_addresses ? d->addresses[0] : "",
		.device_name = device_shown(d),
		.open_key = key,
		.first_us = f->first_us,
	};
}

static void story_add(struct story *s, const struct fleet_batch *b, const Otasuke__Wire__Finding *f)
{
	struct alert_change *c = &s->change;
	int64_t severity = clamp((int64_t)f->severity, SEVERITY_INFO, SEVERITY_CRITICAL);
	int64_t confidence = (int64_t)(f->confidence * 1000);
	int64_t things = (int64_t)(f->count > INT64_MAX ? INT64_MAX : f->count);

	c->findings++;
	s->received_us = b->received_us;
	c->severity = severity > c->severity ? severity : c->severity;
	c->confidence = clamp(confidence > c->confidence ? confidence : c->confidence, 0, 1000);
	c->things = things > c->things ? things : c->things;
	c->first_us = f->first_us < c->first_us ? f->first_us : c->first_us;
	if (!s->newest || f->last_us >= c->last_us) {
		c->last_us = f->last_us;
		s->newest = f;
	}
}

static void batch_add_up(struct watch_fold *w, const struct fleet_batch *b)
{
	for (size_t i = 0; i < b->n_findings; i++) {
		const Otasuke__Wire__Finding *f = b->findings[i].finding;
		const char *mac = f->device ? or_empty(f->device->mac) : "";
		char *key = arena_printf(w->arena, "%lld|%s|%s", (long long)b->company_id, mac,
					 or_empty(f->story));
		struct story *s = map_find(w->stories, key, strlen(key));
		if (!s) {
			s = arena_alloc(w->arena, sizeof(*s));
			story_start(b, f, key, s);
			if (map_set(w->stories, key, strlen(key), s) < 0)
				continue; /* kept as a finding; the next batch opens its alert */
		}
		story_add(s, b, f);
	}
}

static void remember(struct watch_fold *w, int64_t company_id, int64_t alert_id)
{
	if (w->n_events < EVENTS_MAX)
		w->events[w->n_events++] = (struct event){ company_id, alert_id };
}

/* A sensor takes a story back that a mute has let fall: that mute, else 0. */
static int64_t taken_back_by(const Otasuke__Wire__Finding *f)
{
	for (size_t i = 0; i < f->n_evidence; i++) {
		const Otasuke__Wire__Evidence *v = f->evidence[i];
		if (v->has_number && strcmp(or_empty(v->name), "story_mute") == 0 &&
		    v->number > 0 && v->number < MUTE_ID_MAX)
			return (int64_t)v->number;
	}
	return 0;
}

/* Mutes first; what is not muted and serious enough is told to the company. */
static int after_fold(struct watch_fold *w, struct txn *t, const struct story *s,
		      struct alert_state *now, struct err *e)
{
	const struct watch_mute *mutes = w->mutes->list;
	int64_t now_us = s->received_us;
	const struct watch_subject subject = { s->change.detector, s->change.device_mac,
					       s->change.peers, s->change.names };
	bool quiet = strcmp(now->state, ALERT_NEW) == 0 || strcmp(now->state, ALERT_MUTED) == 0;
	int64_t by = taken_back_by(s->newest);

	for (size_t i = 0; quiet && i < w->mutes->n; i++) {
		if (mutes[i].id == by)
			return watch_store_set_muted(t, &scope_system, now->id, by, now_us, e);
		if (!watch_mute_fits(&mutes[i], &subject))
			continue;
		int r = watch_mute_hit(t, &scope_system, mutes[i].id, s->change.findings, e);
		return r < 0 ? r
			     : watch_store_set_muted(t, &scope_system, now->id, mutes[i].id, now_us,
						     e);
	}
	if (strcmp(now->state, ALERT_MUTED) == 0) { /* its mute has run out */
		int r = watch_store_unmute(t, &scope_system, now->id, now_us, e);
		if (r < 0)
			return r;
		now->raised = true;
	}
	if ((now->opened || now->raised) && now->severity >= watch_conf.notify_from)
		return watch_notice_queue(t, w->hub, now->id, now_us, e);
	return 0;
}

static int mutes_of(struct watch_fold *w, struct txn *t, const struct story *s, struct err *e)
{
	struct company_mutes *m = w->mutes;

	if (m && m->company_id == s->change.company_id)
		return 0;
	m = arena_alloc(w->arena, sizeof(*m));
	m->company_id = s->change.company_id;
	int r = watch_mutes_active(t, &scope_system, m->company_id, s->received_us, w->arena,
				   &m->list, &m->n, e);
	if (r >= 0)
		w->mutes = m;
	return r;
}

static int fold_one(struct watch_fold *w, struct txn *t, struct story *s, struct err *e)
{
	struct alert_change *c = &s->change;
	struct alert_state state;
	size_t n = otasuke__wire__finding__get_packed_size(s->newest);
	uint8_t *body = arena_alloc(w->arena, n + 1);
	int r = mutes_of(w, t, s, e);

	if (r < 0)
		return r;
	c->body_n = otasuke__wire__finding__pack(s->newest, body);
	c->body = body;
	c->peers = lines(w->arena, s->newest->peers, s->newest->n_peers);
	c->names = lines(w->arena, s->newest->names, s->newest->n_names);
	r = watch_store_fold(t, &scope_system, c, s->received_us, &state, e);
	if (r < 0)
		return r;
	remember(w, c->company_id, state.id);
	return after_fold(w, t, s, &state, e);
}

static int mute_hits_take(struct txn *t, const struct fleet_batch *b,
			  const Otasuke__Wire__Heartbeat *h, struct err *e)
{
	int r = 0;

	for (size_t i = 0; r >= 0 && i < h->n_mutes && i < MUTES_MAX; i++) {
		const Otasuke__Wire__MuteHits *m = h->mutes[i];
		const struct mute_hits hits = { m->mute, m->hits < INT64_MAX ? m->hits : INT64_MAX,
						m->last_us };

		r = watch_mute_sensor_hits(t, b->company_id, b->sensor_id, &hits, e);
	}
	return r;
}

int watch_fold_take(void *arg, struct txn *t, const struct fleet_batch *b, struct err *e)
{
	struct watch_fold *w = arg;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < b->n_summaries; i++)
		r = watch_rollup_late(t, b->summaries[i]->start_us, e);
	for (size_t i = 0; r >= 0 && i < b->n_beats; i++)
		r = mute_hits_take(t, b, b->beats[i], e);
	if (r >= 0)
		batch_add_up(w, b);
	return r < 0 ? r : 0;
}

int watch_fold_enrolled(void *arg, struct txn *t, int64_t company_id, int64_t sensor_id,
			struct err *e)
{
	const struct watch_fold *w = arg;

	return watch_mutes_post(t, &scope_system, company_id, sensor_id,
				clock_utc_us(w->hub->clock), e);
}

int watch_fold_finish(void *arg, struct txn *t, struct err *e)
{
	struct watch_fold *w = arg;
	size_t pos = 0, key_len;
	const void *key;
	void *story;
	int r = 0;

	while (r >= 0 && map_next(w->stories, &pos, &key, &key_len, &story))
		r = fold_one(w, t, story, e);
	return r < 0 ? r : 0;
}

static void forget(struct watch_fold *w)
{
	w->n_events = 0;
	w->mutes = NULL;
	if (map_count(w->stories) > 0) {
		map_free(w->stories);
		w->stories = map_new(STORIES_MAX);
	}
	arena_reset(w->arena);
}

void watch_fold_done(void *arg, bool committed)
{
	struct watch_fold *w = arg;

	for (size_t i = 0; committed && i < w->n_events; i++)
		live_publish(w->hub, "alert", w->events[i].company_id, w->events[i].alert_id);
	forget(w);
}
