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
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum { PAIRS_MAX = 8192, PAIR_KEY_MAX = 27 };

struct beacon {
	struct detect_env *env;
	struct ring *pairs;
	struct beacon_context context;
};

/* Few starts, long ago. */
static bool pair_less(const void *arg, const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	(void)arg;
	return x->n_start < y->n_start || (x->n_start == y->n_start && x->last_us < y->last_us);
}

static void *beacon_open(struct detect_env *env)
{
	struct beacon *b = mem_new(sizeof(*b));

	b->env = env;
	b->pairs = ring_new(env, PAIRS_MAX, PAIR_KEY_MAX, sizeof(struct pair));
	ring_order(b->pairs, pair_less, NULL);
	b->context = (struct beacon_context){ places_new(), places_new() };
	return b;
}

static void beacon_close(void *state)
{
	struct beacon *b = state;

	ring_free(b->pairs);
	places_free(b->context.called);
	places_free(b->context.hellos);
	free(b);
}

static struct pair *pair_of(struct beacon *b, const struct flow *f, const char *name)
{
	uint8_t key[PAIR_KEY_MAX] = { 0 };
	uint64_t place = place_id(&f->key.dst, name);

	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, &place, 8);
	memcpy(key + 24, &f->key.dport, 2);
	key[26] = f->key.proto;
	bool fresh;
	struct pair *p = ring_get(b->pairs, key, &fresh);
	if (!fresh)
		return p;
	p->src = f->key.src;
	p->port = f->key.dport;
	p->proto = f->key.proto;
	p->place = place;
	p->first_us = f->first_us;
	return p;
}

/* Keeps the newest starts in order; false when it is part of the attempt before. */
static bool start_add(struct pair *p, int64_t at, int64_t merge_us)
{
	size_t i = p->n_start;

	while (i > 0 && p->start[i - 1] > at)
		i--;
	if ((i > 0 && at - p->start[i - 1] < merge_us) ||
	    (i < p->n_start && p->start[i] - at < merge_us))
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
	double clue;

	if (p->n_start < b->env->thresholds->beacon.calls_min || (last_word && !p->telling.due))
		return;
	report_init(&r, detector_beacon.name, p->device, &p->src);
	if (!beacon_weigh(b->env, &b->context, p, &r, &clue))
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
	if (r.severity == SEVERITY_INFO && clue > 0)
		story_hear(b->env->stories, &r, clue);
}

static bool judged(const struct flow *f, enum flow_event ev)
{
	/* Each flow once: when its name is known, when it failed, or at its end. */
	if (ev == FLOW_EVENT_FACTS || ev == FLOW_EVENT_FAILED)
		return true;
	return ev == FLOW_EVENT_END && f->state != FLOW_FAILED && !f->inspected;
}

static void hello_note(struct beacon *b, struct pair *p, const struct flow *f)
{
	const char *ja3 = flow_ja3(f);

	if (!ja3[0])
		return;
	p->hello = place_id(NULL, ja3);
	memcpy(p->ja3, ja3, sizeof(p->ja3));
	places_note(b->context.hellos, p->hello, p->device);
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
	places_note(b->context.called, p->place, p->device);
	hello_note(b, p, f);
	if (!start_add(p, f->first_us, b->env->thresholds->beacon.merge_us))
		return;
	p->telling.due = true;
	if (p->n_start >= b->env->thresholds->beacon.calls_min &&
	    telling_look(&p->telling, ++p->starts))
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

	for (size_t i = 0; i < ring_count(b->pairs); i++)
		report_pair(b, ring_at(b->pairs, i), true);
}

const struct detector detector_beacon = {
	.name = "beacon",
	.open = beacon_open,
	.close = beacon_close,
	.flow = beacon_flow,
	.finish = beacon_finish,
};
