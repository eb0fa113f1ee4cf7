/* SPDX-License-Identifier: Apache-2.0 */
/* Cases like this one: what both name counts most, then the device, then the company's own history,
 * then the words. Each says why. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "hub/related/related_store.h"
#include "hub/search/search.h"

enum { SCORE_TRAIT = 100, SCORE_DEVICE = 80, SCORE_KIND = 30, SCORE_WORDS = 20, POOL_MAX = 64 };

struct pool {
	struct similar list[POOL_MAX];
	size_t n;
};

static void put(struct pool *p, const struct near_row *row, const char *key, const char *arg,
		int64_t score)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->list[i].c.id == row->id) {
			p->list[i].score += score; /* the first reason is the best one */
			return;
		}
	if (p->n < POOL_MAX)
		p->list[p->n++] = (struct similar){ .c = { .id = row->id, .number = row->number },
						    .reason_key = key,
						    .reason_arg = arg,
						    .score = score };
}

static int by_score(const void *a, const void *b)
{
	const struct similar *x = a, *y = b;

	if (x->score != y->score)
		return y->score > x->score ? 1 : -1;
	return (y->c.id > x->c.id) - (y->c.id < x->c.id);
}

/* The title's first words, as one would search for them. */
static int near_words(struct txn *t, const struct user *u, const struct incident *c,
		      struct arena *a, struct pool *p, struct err *e)
{
	int64_t ids[SIMILAR_MAX * 2];
	size_t n_ids = 0;
	const char *title = c->title;
	size_t chars = 0, n = 0;

	while (title[n] && chars < 10) {
		n++;
		if ((title[n] & 0xC0) != 0x80)
			chars++;
	}
	if (chars < 2)
		return 0;
	int r = search_refs(t, u, "case", arena_strndup(a, title, n), ids, ARRAY_LEN(ids), &n_ids,
			    e);
	for (size_t i = 0; i < n_ids && r >= 0; i++) {
		struct near_row row = { .id = ids[i] };
		if (ids[i] == c->id)
			continue;
		r = cases_store_number(t, &u->scope, ids[i], a, &row.number, e);
		if (r >= 0)
			put(p, &row, "related.similar.words", "", SCORE_WORDS);
	}
	return r;
}

int related_similar(struct txn *t, const struct user *u, const struct incident *c, struct arena *a,
		    struct similar out[SIMILAR_MAX], size_t *n_out, struct err *e)
{
	struct pool *p = arena_alloc(a, sizeof(*p));
	struct near_row *row;
	size_t n;
	int r = related_store_near_traits(t, &u->scope, c->id, a, &row, &n, e);

	for (size_t i = 0; i < n && r >= 0; i++)
		put(p, &row[i], "related.similar.trait", row[i].value, SCORE_TRAIT + row[i].n);
	if (r >= 0)
		r = related_store_near_devices(t, &u->scope, c, a, &row, &n, e);
	for (size_t i = 0; i < n && r >= 0; i++)
		put(p, &row[i], "related.similar.device", row[i].value, SCORE_DEVICE);
	if (r >= 0)
		r = related_store_near_kind(t, &u->scope, c, a, &row, &n, e);
	for (size_t i = 0; i < n && r >= 0; i++)
		put(p, &row[i], "related.similar.kind", "", SCORE_KIND);
	if (r >= 0 && p->n < SIMILAR_MAX)
		r = near_words(t, u, c, a, p, e);
	if (r < 0)
		return r;
	qsort(p->list, p->n, sizeof(p->list[0]), by_score);
	*n_out = 0;
	for (size_t i = 0; i < p->n && *n_out < SIMILAR_MAX; i++) {
		struct similar *s = &out[*n_out];
		*s = p->list[i];
		if ((r = cases_get(t, &u->scope, s->c.number, a, &s->c, e)) < 0)
			return r;
		*n_out += s->c.id != c->id; /* a part of this one */
	}
	return 0;
}
