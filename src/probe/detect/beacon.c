/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device that calls the same place at regular times, as malware calls home. One pair
 * of device and place has constant memory; retries of one attempt count once. How regular is
 * judged in beacon_score.c, what that means for this network in beacon_context.c. */
#include "probe/detect/beacon.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum { PAIRS_MAX = 8192, EVICT_TRIES = 8 };

/* Starts closer than this are one attempt: retries, or parallel connections of one visit. */
#define MERGE_US US_PER_SEC

struct beacon {
	struct detect_env *env;
	struct map *by_key;
	struct pair *pair[PAIRS_MAX];
	size_t n, hand;
	struct beacon_places *places;
};

static void *beacon_open(struct detect_env *env)
{
	struct beacon *b = mem_new(sizeof(*b));

	b->env = env;
	b->by_key = map_new(PAIRS_MAX);
	b->places = beacon_places_new();
	return b;
}

static void beacon_close(void *state)
{
	struct beacon *b = state;

	for (size_t i = 0; i < b->n; i++)
		free(b->pair[i]);
	map_free(b->by_key);
	beacon_places_free(b->places);
	free(b);
}

/* The pair of a few that is worth least: few starts, long ago. */
static size_t worst(struct beacon *b)
{
	size_t at = b->hand;

	for (size_t k = 0; k < EVICT_TRIES; k++) {
		size_t i = (b->hand + k) % PAIRS_MAX;
		const struct pair *p = b->pair[i], *w = b->pair[at];
		if (p->n_start < w->n_start ||
		    (p->n_start == w->n_start && p->last_us < w->last_us))
			at = i;
	}
	b->hand = (b->hand + EVICT_TRIES) % PAIRS_MAX;
	return at;
}

static struct pair *pair_of(struct beacon *b, const struct flow *f, const char *name)
{
	uint8_t key[PAIR_KEY_MAX] = { 0 };
	uint64_t place = beacon_place_id(&f->key.dst, name);

	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, &place, 8);
	memcpy(key + 24, &f->key.dport, 2);
	key[26] = f->key.proto;
	struct pair *p = map_find(b->by_key, key, sizeof(key));
	if (p)
		return p;
	size_t i = b->n < PAIRS_MAX ? b->n++ : worst(b);
	if (b->pair[i]) {
		detect_forget(b->env, b->by_key, b->pair[i]->key, PAIR_KEY_MAX);
		free(b->pair[i]);
	}
	p = b->pair[i] = mem_new(sizeof(*p));
	memcpy(p->key, key, sizeof(key));
	p->src = f->key.src;
	p->port = f->key.dport;
	p->proto = f->key.proto;
	p->place = place;
	p->first_us = f->first_us;
	(void)map_set(b->by_key, key, sizeof(key), p); /* as many places as pairs */
	return p;
}

/* Keeps the newest starts in order; false when it is part of the attempt before. */
static bool start_add(struct pair *p, int64_t at)
{
	size_t i = p->n_start;

	while (i > 0 && p->start[i - 1] > at)
		i--;
	if ((i > 0 && at - p->start[i - 1] < MERGE_US) ||
	    (i < p->n_start && p->start[i] - at < MERGE_US))
		return false;
	if (p->n_start == BEACON_SERIES_MAX) {
		if (i == 0)
			return false;
		memmove(p->start, p->start + 1, (i - 1) * sizeof(p->start[0]));
		p->start[i - 1] = at;
		return true;
	}
	memmove(p->start + i + 1, p->start + i, (p->n_start - i) * sizeof(p->start[0]));
	p->start[i] = at;
	p->n_start++;
	return true;
}

static void peer_add(struct pair *p, const struct addr *a)
{
	for (size_t i = 0; i < p->n_peers; i++) {
		if (addr_eq(&p->peer[i], a))
			return;
	}
	if (p->n_peers < PAIR_PEERS_MAX)
		p->peer[p->n_peers++] = *a;
}

static void report_pair(struct beacon *b, struct pair *p, bool last_word)
{
	struct report r;

	if (p->n_start < BEACON_STARTS_MIN || (last_word && !p->telling.due))
		return;
	report_init(&r, detector_beacon.name, p->device, &p->src);
	if (!beacon_weigh(b->env, b->places, p, &r))
		return;
	if (!last_word && !telling_due(&p->telling, r.severity, b->env->now_us))
		return;
	r.first_us = p->first_us;
	r.last_us = p->last_us;
	r.count = p->ok + p->failed;
	for (size_t i = 0; i < p->n_peers; i++)
		report_peer(&r, &p->peer[i], p->port);
	report_name(&r, p->name);
	char text[ADDR_TEXT_MAX];
	report_story(&r, b->env, "%s:%u", p->name[0] ? p->name : addr_format(&p->peer[0], text),
		     p->port);
	detect_report(b->env, &p->telling, &r);
}

static bool judged(const struct flow *f, enum flow_event ev)
{
	/* Each flow once: when its name is known, when it failed, or at its end. */
	if (ev == FLOW_EVENT_FACTS || ev == FLOW_EVENT_FAILED)
		return true;
	return ev == FLOW_EVENT_END && f->state != FLOW_FAILED && !f->inspected;
}

static void on_start(struct beacon *b, const struct flow *f, enum flow_event ev)
{
	const char *name = flow_name(f);

	if (!beacon_worth(b->env, f))
		return;
	if (!beacon_is_name(name))
		name = names_find(b->env->names, &f->key.dst);
	struct pair *p = pair_of(b, f, name);
	p->device = f->device[0];
	if (f->first_us > p->last_us)
		p->last_us = f->first_us;
	if (!p->name[0])
		(void)str_copy(p->name, sizeof(p->name), str_of(name)); /* cut is fine */
	p->tls |= f->tls;
	p->named |= beacon_is_name(flow_name(f));
	peer_add(p, &f->key.dst);
	if (ev == FLOW_EVENT_FAILED)
		p->failed++;
	else
		p->ok++;
	beacon_places_note(b->places, p->place, p->device);
	if (!start_add(p, f->first_us))
		return;
	p->telling.due = true;
	if (p->n_start >= BEACON_STARTS_MIN && telling_look(&p->telling, ++p->starts))
		report_pair(b, p, false);
}

static void on_end(struct beacon *b, const struct flow *f)
{
	const char *name = flow_name(f);

	if (f->state == FLOW_FAILED || !beacon_worth(b->env, f))
		return;
	if (!beacon_is_name(name))
		name = names_find(b->env->names, &f->key.dst);
	struct pair *p = pair_of(b, f, name);
	uint64_t sent = f->side[0].payload;
	p->sent[p->n_sent++ % BEACON_SERIES_MAX] = sent > UINT32_MAX ? UINT32_MAX : (uint32_t)sent;
	p->bytes_out += sent;
	p->bytes_in += f->side[1].payload;
}

static void beacon_flow(void *state, const struct flow *f, enum flow_event ev,
			const struct dissected *d)
{
	struct beacon *b = state;

	(void)d;
	if (ev == FLOW_EVENT_NEW || ev == FLOW_EVENT_OPEN)
		return;
	if (judged(f, ev))
		on_start(b, f, ev);
	if (ev == FLOW_EVENT_END)
		on_end(b, f);
}

static void beacon_finish(void *state)
{
	struct beacon *b = state;

	for (size_t i = 0; i < b->n; i++)
		report_pair(b, b->pair[i], true);
}

const struct detector detector_beacon = {
	.name = "beacon",
	.open = beacon_open,
	.close = beacon_close,
	.flow = beacon_flow,
	.finish = beacon_finish,
};
