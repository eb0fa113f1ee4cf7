/* SPDX-License-Identifier: Apache-2.0 */
/* Month after month, newest first: the postings of all grams meet; what is left is fetched with the
 * asker's scope and looked into, until the page is full. */
#include "hub/search/search_find.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fold.h"
#include "base/mem.h"
#include "base/str.h"
#include "hub/search/search.h"
#include "hub/search/search_gram.h"

enum {
	FEW_COMPANIES = 32, /* who sees no more of them is answered from their postings */
	GRAMS_MAX = SEARCH_TERMS_MAX * SEARCH_TERM_GRAMS_MAX,
	LINE_CHARS = 160,
};

struct find {
	struct txn *t;
	const struct user *user;
	struct arena *arena;
	const char *term[SEARCH_TERMS_MAX]; /* folded */
	size_t n_terms;
	int64_t grams[GRAMS_MAX];
	size_t n_grams;
	int64_t *companies; /* NULL: many */
	size_t n_companies;
	size_t looked;
	struct search_results *out;
};

struct gram_months {
	int64_t gram;
	int64_t *months; /* newest first */
	size_t n;
	size_t last_n; /* documents in the month that was read last: who is rare seldom changes */
};

static const char *blank_end(const char *p) /* behind one blank at P, or P */
{
	if (*p == ' ' || *p == '\t')
		return p + 1;
	return strncmp(p, "\u3000", 3) == 0 ? p + 3 : p;
}

static void terms_split(struct find *f, const char *q)
{
	char *copy = arena_strndup(f->arena, q, strnlen(q, SEARCH_QUERY_MAX));
	const char *p = copy;

	while (*p && f->n_terms < SEARCH_TERMS_MAX) {
		const char *next = blank_end(p), *end = p;
		if (next != p) {
			p = next;
			continue;
		}
		while (*end && blank_end(end) == end)
			end++;
		char *term = arena_strndup(f->arena, p, (size_t)(end - p));
		size_t room = (size_t)(end - p) + 8;
		char *folded = arena_alloc(f->arena, room);
		fold_text(term, folded, room);
		if (folded[0])
			f->term[f->n_terms++] = folded;
		p = end;
	}
	for (size_t i = 0; i < f->n_terms; i++)
		f->n_grams +=
			search_term_grams(f->term[i], f->grams + f->n_grams, SEARCH_TERM_GRAMS_MAX);
}

/* Who sees few companies would meet mostly foreign documents: those of the companies are known. */
static int companies_few(struct find *f, struct err *e)
{
	int r = search_store_companies(f->t, &f->user->scope, FEW_COMPANIES + 1, f->arena,
				       &f->companies, &f->n_companies, e);

	if (r >= 0 && f->n_companies > FEW_COMPANIES)
		f->companies = NULL;
	return r;
}

static bool occurs(const struct gram_months *g, int64_t month)
{
	size_t low = 0, high = g->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		if (g->months[mid] == month)
			return true;
		if (g->months[mid] > month)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

/* LIST becomes what it shares with the postings of GRAM; NULL: those postings. */
static int meet(struct find *f, struct gram_months *g, int64_t month, struct post **list, size_t *n,
		struct err *e)
{
	SCOPED_MEM struct post *p = NULL;
	size_t n_p;
	int r = search_store_posts(f->t, g->gram, month, &p, &n_p, e);

	if (r < 0)
		return r;
	g->last_n = n_p;
	if (*list) {
		*n = posts_meet(*list, *n, p, n_p, *list);
		return 0;
	}
	*list = p ? p : mem_array(1, sizeof(*p));
	*n = n_p;
	p = NULL;
	return 0;
}

static int companies_posts(struct find *f, int64_t month, struct post **list, size_t *n,
			   struct err *e)
{
	for (size_t i = 0; i < f->n_companies; i++) {
		SCOPED_MEM struct post *p = NULL;
		size_t n_p;
		int r = search_store_posts(f->t, search_company_gram(f->companies[i]), month, &p,
					   &n_p, e);
		if (r < 0)
			return r;
		struct post *both = mem_array(*n + n_p + 1, sizeof(*both));
		*n = posts_join(*list, *n, p, n_p, both);
		free(*list);
		*list = both;
	}
	return 0;
}

static int rarest_first(const void *a, const void *b)
{
	const struct gram_months *x = a, *y = b;

	return x->last_n < y->last_n ? -1 : x->last_n > y->last_n;
}

/* The candidates of a month: the rarest gram first, so that lists are short from the start. */
static int candidates(struct find *f, struct gram_months *g, int64_t month, struct post **list,
		      size_t *n, struct err *e)
{
	int r = 0;

	if (f->companies)
		r = companies_posts(f, month, list, n, e);
	qsort(g, f->n_grams, sizeof(*g), rarest_first);
	for (size_t i = 0; i < f->n_grams && r >= 0 && (!*list || *n > 0); i++)
		r = meet(f, &g[i], month, list, n, e);
	return r;
}

/* Where the first CHARS characters of S end. */
static size_t chars_end(const char *s, size_t chars)
{
	size_t n = 0;

	for (; s[n] && chars > 0; chars--)
		do
			n++;
		while (((unsigned char)s[n] & 0xC0) == 0x80);
	return n;
}

/* The first line that holds TERM, as written; "" when none does. */
static const char *line_of(struct arena *a, const char *body, const char *term)
{
	while (*body) {
		size_t n = strcspn(body, "\n");
		char *line = arena_strndup(a, body, n), *folded = arena_alloc(a, n + 8);
		fold_text(line, folded, n + 8);
		if (strstr(folded, term)) {
			line[chars_end(line, LINE_CHARS)] = '\0';
			return line;
		}
		body += n + (body[n] != '\0');
	}
	return "";
}

static bool holds(const struct find *f, const struct doc_row *d)
{
	size_t n = strlen(d->body) + 8;
	SCOPED_MEM char *folded = mem_array(n, 1);

	fold_text(d->body, folded, n);
	for (size_t i = 0; i < f->n_terms; i++)
		if (!strstr(folded, f->term[i]))
			return false;
	return true;
}

static const struct doc_row *by_id(const struct doc_row *d, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++)
		if (d[i].id == id)
			return &d[i];
	return NULL;
}

/* Up to SEARCH_FETCH candidates of MONTH, looked into in their order. */
static int look(struct find *f, int64_t month, const struct post *p, size_t n, struct err *e)
{
	int64_t ids[SEARCH_FETCH] = { 0 };
	struct doc_row *docs;
	size_t n_docs;
	int r;

	for (size_t i = 0; i < n; i++)
		ids[i] = p[i].doc;
	r = search_store_docs(f->t, &f->user->scope, f->user->roles, ids, f->arena, &docs, &n_docs,
			      e);
	f->looked += n;
	for (size_t i = 0; i < n && r >= 0 && f->out->n < SEARCH_RESULTS; i++) {
		const struct doc_row *d = by_id(docs, n_docs, p[i].doc);
		uint32_t minute;
		/* a posting of a time that the document has no more is not its own */
		if (!d || post_month(d->at_us, &minute) != month || minute != p[i].minute)
			continue;
		if (!holds(f, d))
			continue;
		f->out->rows[f->out->n++] =
			(struct search_result){ .doc = *d,
						.line = line_of(f->arena, d->body, f->term[0]) };
	}
	return r;
}

static bool enough(const struct find *f)
{
	return f->out->n == SEARCH_RESULTS || f->looked >= SEARCH_LOOKED_MAX;
}

static int find_month(struct find *f, struct gram_months *g, int64_t month, struct err *e)
{
	SCOPED_MEM struct post *list = NULL;
	size_t n = 0;
	int r = candidates(f, g, month, &list, &n, e);

	for (size_t i = 0; i < n && r >= 0 && !enough(f); i += SEARCH_FETCH)
		r = look(f, month, list + i, n - i < SEARCH_FETCH ? n - i : SEARCH_FETCH, e);
	return r;
}

/* Of those grams that occur in the fewest months, the months; newest first. */
static const int64_t *months_least(struct find *f, struct gram_months *g, size_t *n_out)
{
	size_t least = 0;

	for (size_t i = 0; i < f->n_grams; i++)
		if (g[i].n < g[least].n)
			least = i;
	*n_out = g[least].n;
	return g[least].months;
}

static int find_months(struct find *f, struct err *e)
{
	struct gram_months *g = arena_array(f->arena, f->n_grams, sizeof(*g));
	const int64_t *months;
	size_t n;
	int r = 0;

	for (size_t i = 0; i < f->n_grams && r >= 0; i++) {
		g[i].gram = f->grams[i];
		r = search_store_months(f->t, f->grams[i], f->arena, &g[i].months, &g[i].n, e);
		g[i].last_n = g[i].n;
	}
	months = months_least(f, g, &n);
	for (size_t m = 0; r >= 0 && m < n; m++) {
		bool all = true;
		for (size_t i = 0; i < f->n_grams && all; i++)
			all = occurs(&g[i], months[m]);
		if (!all)
			continue;
		if (enough(f)) {
			f->out->more = true;
			break;
		}
		r = find_month(f, g, months[m], e);
	}
	f->out->more |= enough(f);
	return r;
}

int search_find(struct txn *t, const struct user *u, const char *q, struct arena *a,
		struct search_results *out, struct err *e)
{
	struct find *f = arena_alloc(a, sizeof(*f));

	*f = (struct find){ .t = t, .user = u, .arena = a, .out = out };
	*out = (struct search_results){
		.rows = arena_array(a, SEARCH_RESULTS, sizeof(*out->rows)),
	};
	terms_split(f, q);
	if (f->n_grams == 0)
		return 0;
	int r = companies_few(f, e);
	return r < 0 ? r : find_months(f, e);
}

int search_refs(struct txn *t, const struct user *u, const char *kind, const char *q, int64_t *out,
		size_t max, size_t *n_out, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct search_results found;
	int r = search_find(t, u, q, a, &found, e);

	if (r < 0)
		return r;
	*n_out = 0;
	for (size_t i = 0; i < found.n && *n_out < max; i++)
		if (strcmp(found.rows[i].doc.kind, kind) == 0)
			out[(*n_out)++] = found.rows[i].doc.ref_id;
	return 0;
}
