/* SPDX-License-Identifier: Apache-2.0 */
/* How clues add up. Pure arithmetic; */
#include <math.h>
#include <string.h>

#include "probe/story/story.h"

double story_decay(const struct thresholds *t, double weight, int64_t age_us)
{
	return age_us <= 0 ? weight
			   : weight * exp2(-(double)age_us / (double)t->story.half_life_us);
}

/* How many clues of the same kind weigh more (or as much, and came before). */
static unsigned rank_of(const struct clue *c, const double *w, size_t n, size_t i)
{
	unsigned rank = 0;

	for (size_t k = 0; k < n; k++) {
		if (k != i && strcmp(c[k].kind, c[i].kind) == 0 &&
		    (w[k] > w[i] || (w[k] >= w[i] && k < i)))
			rank++;
	}
	return rank;
}

static bool same_peer(const struct clue *a, const struct clue *b)
{
	for (size_t i = 0; i < a->n_peers; i++) {
		for (size_t k = 0; k < b->n_peers; k++) {
			if (strcmp(a->peer[i], b->peer[k]) == 0)
				return true;
		}
	}
	return false;
}

/* What another program told of connections that we saw ourselves adds only what it weighs beyond
 * our own clue about the same peer. */
static void fade_echoes(const struct clue *c, double *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double own = 0;
		for (size_t k = 0; c[i].echo && k < n; k++) {
			if (!c[k].echo && w[k] > own && same_peer(&c[i], &c[k]))
				own = w[k];
		}
		w[i] = w[i] > own ? w[i] - own : 0;
	}
}

double story_score(const struct thresholds *t, const struct clue *c, size_t n, int64_t now_us,
		   double *best_out, size_t *kinds_out)
{
	double w[STORY_CLUES_MAX], sum = 0, best = 0;
	size_t kinds = 0;

	n = n < STORY_CLUES_MAX ? n : STORY_CLUES_MAX;
	for (size_t i = 0; i < n; i++)
		w[i] = c[i].muted ? 0 : story_decay(t, c[i].weight, now_us - c[i].last_us);
	for (size_t i = 0; i < n; i++)
		best = w[i] > best ? w[i] : best;
	fade_echoes(c, w, n);
	for (size_t i = 0; i < n; i++) {
		unsigned rank = rank_of(c, w, n, i);
		sum += w[i] / (double)(1U << rank);
		kinds += rank == 0 && w[i] >= t->story.counts_from;
	}
	*best_out = best;
	*kinds_out = kinds;
	return sum;
}

double story_score_at(const struct thresholds *t, const struct clue *c, size_t n, int64_t at_us)
{
	struct clue then[STORY_CLUES_MAX];
	size_t m = 0, kinds;
	double best;

	for (size_t i = 0; i < n && i < STORY_CLUES_MAX; i++) {
		if (c[i].first_us <= at_us)
			then[m++] = c[i];
	}
	return story_score(t, then, m, at_us, &best, &kinds);
}
