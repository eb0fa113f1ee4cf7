/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps one story a device and tells it when it convinces: when at least two things that differ
 * speak against the device. One thing alone is told by its own detector. How clues add up:
 * story_score.c. */
#include "probe/story/story.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"

enum { KEY_MAX = 20, EVICT_TRIES = 8, KINDS_TEXT_MAX = 200 };

#define MEDIUM_FROM   50.0
#define HIGH_FROM     90.0
#define CRITICAL_FROM 150.0
#define MORE_FROM     4.0 /* what the other clues must add to the heaviest */

struct story {
	uint8_t key[KEY_MAX];
	uint32_t device;
	struct addr device_addr;
	struct telling telling;
	int64_t first_us, last_us;
	uint64_t count; /* clues heard, repeated ones too */
	size_t n;
	struct clue clue[STORY_CLUES_MAX];
};

struct stories {
	struct detect_env *env;
	struct map *by_key;
	struct story *story[STORIES_MAX];
	size_t n, hand;
	bool fresh; /* a clue came in since the last look */
	int64_t looked_us;
};

static void *stories_open(struct detect_env *env)
{
	struct stories *s = mem_new(sizeof(*s));

	s->env = env;
	s->by_key = map_new(STORIES_MAX);
	env->stories = s;
	return s;
}

static void stories_close(void *state)
{
	struct stories *s = state;

	for (size_t i = 0; i < s->n; i++)
		free(s->story[i]);
	map_free(s->by_key);
	s->env->stories = NULL;
	free(s);
}

static double score_of(const struct stories *s, const struct story *t)
{
	double best;
	size_t kinds;

	return story_score(t->clue, t->n, s->env->now_us, &best, &kinds);
}

static size_t place(struct stories *s)
{
	size_t at = s->hand;

	if (s->n < STORIES_MAX)
		return s->n++;
	for (size_t k = 1; k < EVICT_TRIES; k++) { /* of a few: a flood must not cost more */
		size_t i = (s->hand + k) % STORIES_MAX;
		if (score_of(s, s->story[i]) < score_of(s, s->story[at]))
			at = i;
	}
	s->hand = (s->hand + EVICT_TRIES) % STORIES_MAX;
	detect_forget(s->env, s->by_key, s->story[at]->key, KEY_MAX);
	return at;
}

static struct story *story_of(struct stories *s, const struct clue *c)
{
	uint8_t key[KEY_MAX] = { 0 };

	memcpy(key, &c->device, 4);
	if (c->device == DEVICE_NONE)
		memcpy(key + 4, c->device_addr.b, 16);
	struct story *t = map_find(s->by_key, key, sizeof(key));
	if (t)
		return t;
	size_t i = place(s);
	if (!s->story[i])
		s->story[i] = mem_new(sizeof(*t));
	t = s->story[i];
	*t = (struct story){ .device = c->device, .first_us = c->first_us };
	memcpy(t->key, key, sizeof(key));
	(void)map_set(s->by_key, key, sizeof(key), t); /* as many places as stories */
	return t;
}

/* Where C belongs: its predecessor, a free place, or that of the lightest. NULL: C is lighter
 * still. */
static struct clue *slot(struct stories *s, struct story *t, const struct clue *c)
{
	struct clue *least = &t->clue[0];

	for (size_t i = 0; i < t->n; i++) {
		if (t->clue[i].about == c->about && strcmp(t->clue[i].kind, c->kind) == 0)
			return &t->clue[i];
		if (story_decay(t->clue[i].weight, s->env->now_us - t->clue[i].last_us) <
		    story_decay(least->weight, s->env->now_us - least->last_us))
			least = &t->clue[i];
	}
	if (t->n < STORY_CLUES_MAX)
		return &t->clue[t->n++];
	return story_decay(least->weight, s->env->now_us - least->last_us) < c->weight ? least
										       : NULL;
}

void story_add(struct stories *s, const struct clue *c)
{
	if (!s)
		return;
	struct story *t = story_of(s, c);
	struct clue *at = slot(s, t, c);
	if (!at)
		return;
	*at = *c;
	if (!addr_is_zero(&c->device_addr))
		t->device_addr = c->device_addr;
	if (c->first_us < t->first_us)
		t->first_us = c->first_us;
	if (c->last_us > t->last_us)
		t->last_us = c->last_us;
	t->count++;
	t->telling.due = true;
	s->fresh = true;
}

void story_hear(struct stories *s, const struct report *r, double weight)
{
	static const uint8_t fixed[16] = "story";
	struct clue c = {
		.kind = r->detector,
		.about = siphash13(fixed, r->story, strlen(r->story)),
		.weight = weight,
		.device = r->device,
		.device_addr = r->device_addr,
		.first_us = r->first_us,
		.last_us = r->last_us,
	};

	for (; c.n_peers < CLUE_PEERS_MAX && c.n_peers < r->n_peers; c.n_peers++)
		memcpy(c.peer[c.n_peers], r->peer[c.n_peers], ADDR_TEXT_MAX);
	if (r->n_names > 0)
		(void)str_copy(c.name, sizeof(c.name), str_of(r->name[0])); /* cut is fine */
	if (r->n_reasons > 0)
		(void)str_copy(c.reason, sizeof(c.reason), str_of(r->reason[0])); /* cut is fine */
	story_add(s, &c);
}

void story_report(struct stories *s, const struct report *r)
{
	static const double weight[] = {
		[SEVERITY_INFO] = 0,
		[SEVERITY_LOW] = 25,
		[SEVERITY_MEDIUM] = 50,
		[SEVERITY_HIGH] = 80,
		[SEVERITY_CRITICAL] = CLUE_CERTAIN,
	};

	if (!r->aside && r->severity > SEVERITY_INFO)
		story_hear(s, r, weight[r->severity]);
}

static int heavier(const void *a, const void *b)
{
	const struct clue *x = a, *y = b;

	return x->weight > y->weight ? -1 : x->weight < y->weight;
}

static void peer_add(struct report *r, const char *text)
{
	for (size_t i = 0; i < r->n_peers; i++) {
		if (strcmp(r->peer[i], text) == 0)
			return;
	}
	if (r->n_peers < REPORT_PEERS_MAX)
		memcpy(r->peer[r->n_peers++], text, ADDR_TEXT_MAX);
}

/* KINDS of the clues, heaviest first, each once. */
static void explain(const struct story *t, int64_t now_us, struct report *r, char *kinds)
{
	size_t used = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct clue *c = &t->clue[i];
		double w = story_decay(c->weight, now_us - c->last_us);
		if (w < 1)
			continue;
		report_reason(r, "%s (%.0f points): %s", c->kind, w, c->reason);
		for (size_t k = 0; k < c->n_peers; k++)
			peer_add(r, c->peer[k]);
		report_name(r, c->name);
		if (!strstr(kinds, c->kind) && used + strlen(c->kind) + 3 < KINDS_TEXT_MAX)
			used += (size_t)snprintf(kinds + used, KINDS_TEXT_MAX - used, "%s%s",
						 used ? ", " : "", c->kind);
	}
}

static void tell(struct stories *s, struct story *t, bool last_word)
{
	int64_t now_us = s->env->now_us;
	char kinds[KINDS_TEXT_MAX] = "";
	double best;
	size_t n_kinds;
	struct report r;

	double score = story_score(t->clue, t->n, now_us, &best, &n_kinds);
	if (score < MEDIUM_FROM || score - best < MORE_FROM || t->n < 2)
		return;
	report_init(&r, detector_host_story.name, t->device, &t->device_addr);
	r.severity = score >= CRITICAL_FROM && n_kinds >= 3 ? SEVERITY_CRITICAL
		     : score >= HIGH_FROM                   ? SEVERITY_HIGH
							    : SEVERITY_MEDIUM;
	if (last_word ? !t->telling.due : !telling_due(&t->telling, r.severity, now_us))
		return;
	r.confidence = 1 - exp2(-score / MEDIUM_FROM);
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = t->count;
	qsort(t->clue, t->n, sizeof(t->clue[0]), heavier);
	explain(t, now_us, &r, kinds);
	report_story(&r, s->env, "signs");
	report_number(&r, "story_score", round(score));
	report_number(&r, "story_clues", (double)t->n);
	report_text(&r, "story_kinds", kinds);
	detect_report(s->env, &t->telling, &r);
}

static void tell_all(struct stories *s, bool last_word)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->story[i]->telling.due)
			tell(s, s->story[i], last_word);
	}
}

/* Adding up costs: when something was heard, and now and then for those that waited their turn. */
static void stories_tick(void *state)
{
	struct stories *s = state;
	int64_t rest_us = s->env->now_us - s->looked_us;

	if (!s->fresh && rest_us >= 0 && rest_us < US_PER_MIN)
		return;
	s->fresh = false;
	s->looked_us = s->env->now_us;
	tell_all(s, false);
}

static void stories_finish(void *state)
{
	tell_all(state, true);
}

const struct detector detector_host_story = {
	.name = "host_story",
	.open = stories_open,
	.close = stories_close,
	.tick = stories_tick,
	.finish = stories_finish,
};
