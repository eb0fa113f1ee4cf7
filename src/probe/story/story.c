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
#include "probe/detect/ring.h"
#include "probe/mute/mutes.h"

enum { KEY_MAX = 20, KINDS_TEXT_MAX = 200 };

struct story {
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
	struct ring *of_device;
	bool fresh; /* a clue came in since the last look */
	int64_t looked_us;
};

static double score_of(const struct stories *s, const struct story *t)
{
	double best;
	size_t kinds;

	return story_score(s->env->thresholds, t->clue, t->n, s->env->now_us, &best, &kinds);
}

static bool story_less(const void *arg, const void *a, const void *b)
{
	return score_of(arg, a) < score_of(arg, b);
}

static void *stories_open(struct detect_env *env)
{
	struct stories *s = mem_new(sizeof(*s));

	s->env = env;
	s->of_device = ring_new(env, STORIES_MAX, KEY_MAX, sizeof(struct story));
	ring_order(s->of_device, story_less, s);
	env->stories = s;
	return s;
}

static void stories_close(void *state)
{
	struct stories *s = state;

	ring_free(s->of_device);
	s->env->stories = NULL;
	free(s);
}

static struct story *story_of(struct stories *s, const struct clue *c)
{
	uint8_t key[KEY_MAX] = { 0 };
	bool fresh;

	memcpy(key, &c->device, 4);
	if (c->device == DEVICE_NONE)
		memcpy(key + 4, c->device_addr.b, 16);
	struct story *t = ring_get(s->of_device, key, &fresh);
	if (fresh)
		*t = (struct story){ .device = c->device, .first_us = c->first_us };
	return t;
}

static double faded(const struct stories *s, const struct clue *c)
{
	if (c->muted)
		return 0;
	return story_decay(s->env->thresholds, c->weight, s->env->now_us - c->last_us);
}

/* The mute that fits C, as far as C tells what it is about. */
static int64_t clue_mute(const struct stories *s, const struct clue *c)
{
	const struct device *d = inventory_device(s->env->inventory, c->device);
	const char *peers[CLUE_PEERS_MAX], *name = c->name;
	char mac[ADDR_TEXT_MAX] = "";
	struct mute_subject what = { .detector = c->kind,
				     .mac = mac,
				     .peers = peers,
				     .n_peers = c->n_peers,
				     .names = &name,
				     .n_names = c->name[0] != '\0',
				     .more_peers = c->more_peers,
				     .more_names = c->more_names };

	if (d && d->has_mac)
		mac_format(&d->mac, mac);
	for (size_t i = 0; i < c->n_peers; i++)
		peers[i] = c->peer[i];
	return mutes_find(s->env->mutes, &what, s->env->now_us);
}

/* A clue that has no room for all its peers was judged when they were all there: that holds while
 * the mute does. */
static int64_t clue_judge(const struct stories *s, const struct clue *c)
{
	if (!s->env->mutes)
		return 0;
	if ((c->more_peers || c->more_names) && c->muted &&
	    mutes_in_force(s->env->mutes, c->muted, s->env->now_us))
		return c->muted;
	return clue_mute(s, c);
}

/* Where C belongs: its predecessor, a free place, or that of the lightest. NULL: C is lighter
 * still. */
static struct clue *slot(struct stories *s, struct story *t, const struct clue *c)
{
	struct clue *least = &t->clue[0];

	for (size_t i = 0; i < t->n; i++) {
		if (t->clue[i].about == c->about && strcmp(t->clue[i].kind, c->kind) == 0)
			return &t->clue[i];
		if (faded(s, &t->clue[i]) < faded(s, least))
			least = &t->clue[i];
	}
	if (t->n < STORY_CLUES_MAX)
		return &t->clue[t->n++];
	return faded(s, least) < c->weight ? least : NULL;
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
	at->muted = clue_judge(s, c);
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
		.echo = r->echo,
		.young = r->young,
		.device = r->device,
		.device_addr = r->device_addr,
		.first_us = r->first_us,
		.last_us = r->last_us,
	};

	for (; c.n_peers < CLUE_PEERS_MAX && c.n_peers < r->n_peers; c.n_peers++)
		memcpy(c.peer[c.n_peers], r->peer[c.n_peers], ADDR_TEXT_MAX);
	if (r->n_names > 0)
		(void)str_copy(c.name, sizeof(c.name), str_of(r->name[0])); /* cut is fine */
	c.more_peers = r->n_peers > CLUE_PEERS_MAX;
	c.more_names = r->n_names > 1;
	if (s && (c.more_peers || c.more_names))
		c.muted = report_mute(s->env, r);
	if (r->n_reasons > 0)
		(void)str_copy(c.reason, sizeof(c.reason), str_of(r->reason[0])); /* cut is fine */
	story_add(s, &c);
}

void story_report(struct stories *s, const struct report *r)
{
	if (!s || r->aside)
		return;
	const struct thresholds *t = s->env->thresholds;
	const double weight[] = {
		[SEVERITY_INFO] = 0,
		[SEVERITY_LOW] = t->story.low,
		[SEVERITY_MEDIUM] = t->story.medium,
		[SEVERITY_HIGH] = t->story.high,
		[SEVERITY_CRITICAL] = CLUE_CERTAIN,
	};

	if (r->severity > SEVERITY_INFO)
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
static void explain(const struct stories *s, const struct story *t, struct report *r, char *kinds)
{
	size_t used = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct clue *c = &t->clue[i];
		double w = faded(s, c);
		if (w < s->env->thresholds->story.counts_from)
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

/* Is anything that counts judged by what is usual, which is not known well yet? */
static bool rests_on_young(const struct stories *s, const struct story *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct clue *c = &t->clue[i];
		if (c->young && faded(s, c) >= s->env->thresholds->story.counts_from)
			return true;
	}
	return false;
}

struct weight {
	double score;
	bool convincing;
	enum severity severity;
	size_t clues; /* that count at all */
};

static struct weight weigh(const struct stories *s, const struct story *t)
{
	const struct thresholds *th = s->env->thresholds;
	struct weight w = { .severity = SEVERITY_MEDIUM };
	double best;
	size_t kinds;

	w.score = story_score(th, t->clue, t->n, s->env->now_us, &best, &kinds);
	for (size_t i = 0; i < t->n; i++)
		w.clues += t->clue[i].muted == 0;
	w.convincing = w.score >= th->story.medium_from && best >= th->story.best_from &&
		       w.score - best >= th->story.more_from && w.clues >= 2;
	if (w.score >= th->story.critical_from && kinds >= th->story.critical_kinds)
		w.severity = SEVERITY_CRITICAL;
	else if (w.score >= th->story.high_from)
		w.severity = SEVERITY_HIGH;
	return w;
}

static void tell(struct stories *s, struct story *t, bool last_word)
{
	const struct weight w = weigh(s, t);
	char kinds[KINDS_TEXT_MAX] = "";
	struct report r;

	if (!w.convincing ||
	    (last_word ? !t->telling.due : !telling_due(&t->telling, w.severity, s->env->now_us)))
		return;
	report_init(&r, detector_host_story.name, t->device, &t->device_addr);
	r.severity = w.severity;
	r.confidence = 1 - exp2(-w.score / s->env->thresholds->story.medium_from);
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = t->count;
	qsort(t->clue, t->n, sizeof(t->clue[0]), heavier);
	explain(s, t, &r, kinds);
	if (rests_on_young(s, t))
		report_baseline(&r, s->env);
	report_story(&r, s->env, "signs");
	report_number(&r, "story_score", round(w.score));
	report_number(&r, "story_clues", (double)w.clues);
	report_text(&r, "story_kinds", kinds);
	detect_report(s->env, &t->telling, &r);
}

/* The heaviest of what does not count; its mute. */
static int64_t mute_of(const struct story *t)
{
	const struct clue *most = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct clue *c = &t->clue[i];
		if (c->muted && (!most || c->weight > most->weight))
			most = c;
	}
	return most ? most->muted : 0;
}

/* T was told, and what is left of it would not be: who was told hears that, and by which mute. */
static void take_back(struct stories *s, struct story *t, double score)
{
	char kinds[KINDS_TEXT_MAX] = "";
	struct report r;

	report_init(&r, detector_host_story.name, t->device, &t->device_addr);
	r.confidence = 0.9;
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = t->count;
	report_reason(&r, "what counted until now is muted or accepted: %.0f points are left",
		      score);
	explain(s, t, &r, kinds);
	report_story(&r, s->env, "signs");
	report_number(&r, "story_score", round(score));
	report_number(&r, "story_mute", (double)mute_of(t));
	detect_report(s->env, &t->telling, &r);
}

static bool judge_again(const struct stories *s, struct story *t)
{
	bool changed = false;

	for (size_t i = 0; i < t->n; i++) {
		int64_t muted = clue_judge(s, &t->clue[i]);

		changed = changed || (muted != 0) != (t->clue[i].muted != 0);
		t->clue[i].muted = muted;
	}
	return changed;
}

void story_weigh_again(struct stories *s)
{
	for (size_t i = 0; s && i < ring_count(s->of_device); i++) {
		struct story *t = ring_at(s->of_device, i);

		if (!judge_again(s, t))
			continue;
		const struct weight w = weigh(s, t);
		if (!w.convincing && t->telling.times > 0 && t->telling.quiet_us == 0 && mute_of(t))
			take_back(s, t, w.score);
		if (!w.convincing)
			t->telling = (struct telling){ .times = 0 };
		else if (w.severity < t->telling.severity)
			t->telling.severity = (uint8_t)w.severity;
		t->telling.due = true;
		s->fresh = true;
	}
}

static void tell_all(struct stories *s, bool last_word)
{
	for (size_t i = 0; i < ring_count(s->of_device); i++) {
		struct story *t = ring_at(s->of_device, i);
		if (t->telling.due)
			tell(s, t, last_word);
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

void stories_each(const struct stories *s, void (*fn)(void *arg, const struct host_story *h),
		  void *arg)
{
	for (size_t i = 0; s && i < ring_count(s->of_device); i++) {
		const struct story *t = ring_at(s->of_device, i);
		struct device_texts texts;
		struct host_story h = { .clue = t->clue,
					.n = t->n,
					.first_us = t->first_us,
					.last_us = t->last_us,
					.count = t->count };
		inventory_describe(inventory_device(s->env->inventory, t->device),
				   addr_is_zero(&t->device_addr) ? NULL : &t->device_addr, &texts,
				   &h.device);
		fn(arg, &h);
	}
}

const struct detector detector_host_story = {
	.name = "host_story",
	.open = stories_open,
	.close = stories_close,
	.tick = stories_tick,
	.finish = stories_finish,
};
