/* SPDX-License-Identifier: Apache-2.0 */
/* Matches a reason against patterns with holes: {0} .. {9}. A hole reaches to the first place where
 * what follows it fits, the last one to the end; nothing is tried twice, so that a hostile name
 * costs no more than an honest one. */
#include "cli/analyze_reason.h"

#include <string.h>

#include "base/mem.h"
#include "base/str.h"

enum { HOLES_MAX = 10, DEPTH_MAX = 3, HOLE_TEXT = 3 };

static bool is_hole(const char *p)
{
	return p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}';
}

/* Where NEEDLE lies in S; at its end when LAST. SIZE_MAX: nowhere. */
static size_t place_of(struct str s, struct str needle, bool last)
{
	if (needle.n > s.n)
		return SIZE_MAX;
	if (last)
		return str_ends(s, needle) ? s.n - needle.n : SIZE_MAX;
	const char *at = needle.n ? memmem(s.p, s.n, needle.p, needle.n) : s.p;
	return at ? (size_t)(at - s.p) : SIZE_MAX;
}

static bool fits(const char *pattern, struct str s, struct str hole[HOLES_MAX])
{
	int open = -1; /* the hole before the literal */

	while (*pattern || open >= 0) {
		size_t n = 0;
		while (pattern[n] && !is_hole(pattern + n))
			n++;
		bool last = pattern[n] == '\0';
		size_t at = place_of(s, (struct str){ pattern, n }, last);
		if (at == SIZE_MAX || (open < 0 && at != 0))
			return false;
		if (open >= 0)
			hole[open] = (struct str){ s.p, at };
		s.p += at + n;
		s.n -= at + n;
		if (last)
			return s.n == 0;
		open = pattern[n + 1] - '0';
		pattern += n + HOLE_TEXT;
	}
	return s.n == 0;
}

static bool say(const struct cli *c, struct arena *a, struct str s, int depth, const char **out);

/* What fills a hole may have words of its own. */
static const char *fill(const struct cli *c, struct arena *a, struct str s, int depth)
{
	const char *said;

	if (s.n > 0 && depth < DEPTH_MAX && say(c, a, s, depth + 1, &said))
		return said;
	return arena_strndup(a, s.p, s.n);
}

/* The parts of a list: "an unusual port; data sent by POST". Most of them must be known; the last
 * may have been cut. */
static bool say_list(const struct cli *c, struct arena *a, struct str s, const char **out)
{
	SCOPED_BUF struct buf b;
	struct str sep = STR("; ");
	size_t known = 0, unknown = 0;

	buf_init(&b, 0);
	while (s.n > 0) {
		size_t at = place_of(s, sep, false);
		struct str part = { s.p, at == SIZE_MAX ? s.n : at };
		const char *said = NULL;
		if (b.n)
			buf_adds(&b, cli_text(c, "cli.analyze.comma"));
		if (say(c, a, part, DEPTH_MAX, &said))
			buf_adds(&b, said);
		else
			buf_add(&b, part.p, part.n);
		known += said != NULL;
		unknown += said == NULL;
		size_t n = part.n + (at == SIZE_MAX ? 0 : sep.n);
		s.p += n;
		s.n -= n;
	}
	*out = arena_strndup(a, b.p ? b.p : "", b.n);
	return known > unknown;
}

/* Words that stand within a reason, and never alone: names are not to be taken for reasons. */
static bool is_part(const char *key)
{
	const char *name = key + strlen("cli.reason.");

	return name[1] == '_' && (name[0] == 'w' || name[0] == 's' || name[0] == 'd');
}

static bool say(const struct cli *c, struct arena *a, struct str s, int depth, const char **out)
{
	for (size_t i = 0; i < analyze_reason_count; i++) {
		const char *key = analyze_reason_keys[i], *args[HOLES_MAX];
		struct str hole[HOLES_MAX] = { 0 };
		if ((depth > 0 && !is_part(key)) || !fits(text_get(c->text, LANG_EN, key), s, hole))
			continue;
		for (size_t k = 0; k < HOLES_MAX; k++)
			args[k] = hole[k].p ? fill(c, a, hole[k], depth) : "";
		SCOPED_BUF struct buf b;
		buf_init(&b, 0);
		cli_add(c, &b, key, args, HOLES_MAX);
		*out = arena_strndup(a, b.p ? b.p : "", b.n);
		return true;
	}
	return false;
}

struct reason reason_say(const struct cli *c, struct arena *a, const char *text)
{
	struct str s = str_of(text);
	const char *said;

	if (c->lang != LANG_EN && s.n > 0 && (say(c, a, s, 0, &said) || say_list(c, a, s, &said)))
		return (struct reason){ said, lang_tag(c->lang) };
	return (struct reason){ text, lang_tag(LANG_EN) };
}
