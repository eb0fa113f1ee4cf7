/* SPDX-License-Identifier: Apache-2.0 */
/* The job: reads again what was changed and adds its grams to the postings.
 *
 * Nothing is taken out of postings: what a text no longer holds is found there, and sorted out when
 * the text itself is looked at (search_find.c). Texts of people grow, they are seldom cut. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/search/search_gram.h"
#include "hub/search/search_store.h"

enum {
	BATCH = 40,       /* while others want to write */
	BATCH_ALL = 2000, /* when nobody waits: each list is written anew as seldom as can be */
	ENTRIES_MAX = 2 * 1000 * 1000,
};

struct entry {
	int64_t month, gram;
	struct post post;
};

struct batch {
	struct hub *hub;
	struct txn *t;
	struct arena *arena;
	size_t limit;
	struct entry *entries;
	size_t n, cap;
	int64_t *grams, *old; /* room for one text each */
};

static size_t grams_of(const char *body, int64_t *out)
{
	size_t n = strlen(body) + 1;
	SCOPED_MEM char *folded = mem_array(n, 1);

	fold_text(body, folded, n);
	return search_grams(folded, out, SEARCH_GRAMS_MAX);
}

static void entry_add(struct batch *b, int64_t month, int64_t gram, const struct post *p)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 4096;
		b->entries = mem_resize(b->entries, b->cap, sizeof(*b->entries));
	}
	b->entries[b->n++] = (struct entry){ .month = month, .gram = gram, .post = *p };
}

/* The grams of D that are not yet in the postings at its time. */
static void entries_add(struct batch *b, const struct doc_row *d, const struct doc_row *before)
{
	struct post p = { .doc = d->id };
	size_t n = grams_of(d->body, b->grams), n_old = 0, k = 0;
	int64_t month = post_month(d->at_us, &p.minute);

	if (before->id && before->at_us / US_PER_MIN == d->at_us / US_PER_MIN)
		n_old = grams_of(before->body, b->old);
	else
		entry_add(b, month, search_company_gram(d->company_id), &p);
	for (size_t i = 0; i < n; i++) {
		while (k < n_old && b->old[k] < b->grams[i])
			k++;
		if (k == n_old || b->old[k] != b->grams[i])
			entry_add(b, month, b->grams[i], &p);
	}
}

static int index_one(struct batch *b, const struct due_row *due, struct err *e)
{
	const struct search_source *source = search_source_find(b->hub, due->kind);
	struct doc_row d = { .kind = due->kind, .ref_id = due->ref_id }, before;
	struct search_doc doc = { 0 };
	SCOPED_BUF struct buf body = { 0 };
	int r = search_store_doc_find(b->t, due->kind, due->ref_id, b->arena, &before, e);

	if (r < 0)
		return r;
	doc.body = &body;
	r = source ? source->read(b->hub, b->t, due->ref_id, b->arena, &doc, e) : -ENOENT;
	if (r == -ENOENT)
		return search_store_doc_remove(b->t, due->kind, due->ref_id, e);
	if (r < 0)
		return r;
	buf_printf(&body, "\n%s\n%s", doc.label ? doc.label : "", doc.title);
	d.company_id = doc.company_id;
	d.roles = doc.roles;
	d.at_us = doc.at_us;
	d.label = doc.label ? doc.label : "";
	d.title = doc.title;
	d.url = doc.url;
	if (body.n > SEARCH_BODY_MAX) { /* the newest part is the end: keep that */
		size_t cut = body.n - SEARCH_BODY_MAX;
		while (cut < body.n && ((unsigned char)body.p[cut] & 0xC0) == 0x80)
			cut++;
		buf_drop(&body, cut);
	}
	d.body = body.p;
	if ((r = search_store_doc_put(b->t, &d, &d.id, e)) < 0)
		return r;
	entries_add(b, &d, &before);
	return 0;
}

static int entry_order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->month != y->month)
		return x->month < y->month ? -1 : 1;
	if (x->gram != y->gram)
		return x->gram < y->gram ? -1 : 1;
	return post_compare(&x->post, &y->post);
}

/* All of one gram and month. */
static int group_put(struct batch *b, const struct entry *first, size_t n, struct err *e)
{
	SCOPED_MEM struct post *had = NULL;
	SCOPED_MEM struct post *added = mem_array(n, sizeof(*added));
	size_t n_had;
	int r = search_store_posts(b->t, first->gram, first->month, &had, &n_had, e);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		added[i] = first[i].post;
	SCOPED_MEM struct post *all = mem_array(n_had + n, sizeof(*all));
	size_t n_all = posts_join(had, n_had, added, n, all);
	return search_store_posts_put(b->t, first->gram, first->month, all,
				      n_all < POSTS_MAX ? n_all : POSTS_MAX, e);
}

static int entries_put(struct batch *b, struct err *e)
{
	int r = 0;

	if (b->n > 0)
		qsort(b->entries, b->n, sizeof(*b->entries), entry_order);
	for (size_t i = 0, k; i < b->n && r >= 0; i = k) {
		for (k = i + 1; k < b->n && b->entries[k].gram == b->entries[i].gram &&
				b->entries[k].month == b->entries[i].month;)
			k++;
		r = group_put(b, &b->entries[i], k - i, e);
	}
	return r;
}

/* 1 when something was done. */
static int batch_run(struct batch *b, struct err *e)
{
	struct due_row *due;
	size_t n;
	int r = search_store_due(b->t, b->limit, b->arena, &due, &n, e);

	for (size_t i = 0; i < n && r >= 0 && b->n < ENTRIES_MAX; i++) {
		r = index_one(b, &due[i], e);
		if (r >= 0)
			r = search_store_done(b->t, &due[i], e);
	}
	if (r >= 0)
		r = entries_put(b, e);
	return r < 0 ? r : n > 0;
}

static int batch_commit(struct hub *h, size_t limit, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM int64_t *grams = mem_array(SEARCH_GRAMS_MAX, sizeof(*grams));
	SCOPED_MEM int64_t *old = mem_array(SEARCH_GRAMS_MAX, sizeof(*old));
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	struct batch b = {
		.hub = h, .t = t, .arena = a, .limit = limit, .grams = grams, .old = old
	};

	if (!t)
		return e->code;
	int r = batch_run(&b, e);
	mem_cleanup(&b.entries);
	if (r <= 0)
		return r;
	int done = txn_commit(&t, e);
	return done < 0 ? done : r;
}

static int anything_due(struct hub *h, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct due_row *due;
	size_t n = 0;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_READ, e);
	int r = t ? search_store_due(t, 1, a, &due, &n, e) : e->code;

	return r < 0 ? r : n > 0;
}

int search_run(struct hub *h, int64_t until_ns, struct err *e)
{
	int r;

	while ((r = anything_due(h, e)) > 0 &&
	       (r = batch_commit(h, until_ns ? BATCH : BATCH_ALL, e)) > 0)
		if (until_ns && clock_mono_ns(h->clock) >= until_ns)
			break;
	return r < 0 ? r : 0;
}
