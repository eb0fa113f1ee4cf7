/* SPDX-License-Identifier: Apache-2.0 */
/* Grams of texts and of terms. A gram is its characters, 20 bits each, the company's has bit 62. */
#include "hub/search/search_gram.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/fold.h"

enum { CHAR_BITS = 20, LATIN_MAX = 0x7F, GRAM_CHARS = 3 };

#define CHAR_MASK    ((UINT64_C(1) << CHAR_BITS) - 1)
#define COMPANY_GRAM (INT64_C(1) << 62)

struct window {
	uint64_t c[GRAM_CHARS]; /* the last ones; 0 = none */
};

/* Characters beyond 20 bits are rare signs: they share a number with another one. */
static void window_add(struct window *w, uint32_t c)
{
	w->c[0] = w->c[1];
	w->c[1] = w->c[2];
	w->c[2] = c & CHAR_MASK;
}

static int64_t gram(const struct window *w, size_t n)
{
	uint64_t g = 0;

	for (size_t i = GRAM_CHARS - n; i < GRAM_CHARS; i++)
		g = g << CHAR_BITS | w->c[i];
	return (int64_t)g;
}

static bool latin(uint64_t c)
{
	return c > 0 && c <= LATIN_MAX;
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static size_t distinct(int64_t *g, size_t n)
{
	size_t kept = 0;

	qsort(g, n, sizeof(*g), by_number);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || g[i] != g[i - 1])
			g[kept++] = g[i];
	return kept;
}

size_t search_grams(const char *folded, int64_t *out, size_t max)
{
	struct window w = { 0 };
	size_t n = 0;

	while (*folded && n + GRAM_CHARS <= max) {
		window_add(&w, fold_next(&folded));
		out[n++] = gram(&w, 1);
		if (w.c[1])
			out[n++] = gram(&w, 2);
		if (latin(w.c[0]) && latin(w.c[1]) && latin(w.c[2]))
			out[n++] = gram(&w, 3);
	}
	return distinct(out, n);
}

size_t search_term_grams(const char *folded, int64_t *out, size_t max)
{
	struct window w = { 0 };
	size_t n = 0, chars = 0;

	while (*folded && n + 2 <= max) {
		window_add(&w, fold_next(&folded));
		chars++;
		if (latin(w.c[0]) && latin(w.c[1]) && latin(w.c[2]))
			out[n++] = gram(&w, 3);
		else if (chars == 2 || (chars > 2 && !(latin(w.c[1]) && latin(w.c[2]))))
			out[n++] = gram(&w, 2);
		else if (chars > 2 && !latin(w.c[0]))
			out[n++] = gram(&w, 2); /* Latin letters begin behind another script */
	}
	if (chars == 1)
		out[n++] = gram(&w, 1);
	return distinct(out, n);
}

int64_t search_company_gram(int64_t company_id)
{
	return COMPANY_GRAM | company_id;
}
