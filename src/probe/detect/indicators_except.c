/* SPDX-License-Identifier: Apache-2.0 */
/* What people judged wrong in the list: a small bundle of its own, asked only after a hit. */
#include <string.h>

#include "probe/detect/indicators_priv.h"

enum { EXCEPTIONS_MAX = 10000 };

static bool line_add(struct bundle_writer *w, struct str line)
{
	struct indicator i = { 0 };
	struct str kind = { 0 };

	(void)str_cut(&line, ' ', &kind); /* nothing left: no kind */
	enum indicator_kind k = indicator_kind_of(kind);
	if (!k || bundle_writer_count(w) >= EXCEPTIONS_MAX ||
	    indicator_set(&i, k, line) != INDICATOR_OK)
		return false;
	enum bundle_added r = bundle_writer_add(w, 0, &i);
	return r == BUNDLE_ADDED || r == BUNDLE_TWICE;
}

size_t indicators_except(struct indicators *s, const char *text, size_t n)
{
	struct bundle_writer *w = bundle_writer_new(0);
	struct str rest = { text, n }, line, word;
	size_t bad = 0;

	while (str_cut(&rest, '\n', &line)) {
		struct str after = line;
		if (str_cut(&after, ' ', &word) && str_eq(word, STR("except")))
			bad += !line_add(w, after);
	}
	bundle_free(s->except);
	s->except = bundle_writer_count(w) ? bundle_writer_finish(w, 0) : NULL;
	bundle_writer_free(w);
	s->generation++; /* what is remembered of lookups holds no more */
	return bad;
}

bool indicators_excepted(const struct indicators *s, enum indicator_kind kind, struct str value)
{
	struct indicator i = { .kind = kind, .n = value.n };
	struct bundle_hit hit;

	if (!s->except || value.n >= sizeof(i.value))
		return false;
	memcpy(i.value, value.p, value.n);
	return bundle_has(s->except, &i, &hit);
}
