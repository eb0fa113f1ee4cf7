/* SPDX-License-Identifier: Apache-2.0 */
/* What the hub says in a line of the story, in the reader's language: arguments of its text are
 * kept as words, keys or times. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/str.h"
#include "hub/cases/cases.h"
#include "hub/hub_text.h"

enum { ARGS_MAX = 8 };
#define TIME_LEAST_US INT64_C(1000000000000000) /* of 2001: less is somebody's number */

const char *cases_args(struct arena *a, const char *const *args)
{
	struct buf b = { 0 };

	for (size_t i = 0; i < ARGS_MAX && args[i]; i++) {
		if (i)
			buf_addc(&b, '\t');
		for (const char *p = args[i]; *p; p++)
			buf_addc(&b, *p == '\t' || *p == '\n' ? ' ' : *p);
	}
	const char *out = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_done(&b);
	return out;
}

/* NULL when one of them is no key: then somebody wrote it. */
static const char *key_list(const struct hub *h, enum lang lang, struct str keys, struct arena *a)
{
	const char *out = "", *comma = text_get(h->text, lang, "case.story.comma");
	struct str one;

	while (str_cut(&keys, ' ', &one)) {
		const char *text = text_find(h->text, lang, arena_strndup(a, one.p, one.n));

		if (!text)
			return NULL;
		out = arena_printf(a, "%s%s%s", out, out[0] ? comma : "", text);
	}
	return out;
}

static const char *clock_text(const struct hub *h, int64_t us, struct arena *a)
{
	struct civil c = time_civil(us, (int)h->conf.zone_min);

	return arena_printf(a, "%02d:%02d:%02d", c.hour, c.minute, c.second);
}

static const char *arg(const struct hub *h, enum lang lang, struct str s, struct arena *a)
{
	const struct str rest = { s.p + 1, s.n ? s.n - 1 : 0 };
	const char *text = NULL;
	int64_t us;

	if (rest.n && s.p[0] == '#')
		text = key_list(h, lang, rest, a);
	else if (rest.n && s.p[0] == '@' && str_i64(rest, TIME_LEAST_US, INT64_MAX, &us) >= 0)
		text = clock_text(h, us, a);
	return text ? text : arena_strndup(a, s.p, s.n);
}

const char *cases_entry_text(const struct hub *h, enum lang lang, const struct case_entry *n,
			     struct arena *a)
{
	const char *key =
		n->text_key[0] ? n->text_key : arena_printf(a, "case.story.kind_%s", n->kind);
	const char *args[ARGS_MAX] = { "" };
	struct str rest = str_of(n->text_arg), one;
	struct buf b = { 0 };
	size_t n_args = 0;

	while (n_args < ARGS_MAX && str_cut(&rest, '\t', &one))
		args[n_args++] = arg(h, lang, one, a);
	hub_text_fill(h->text, lang, key, args, n_args ? n_args : 1, &b);
	const char *out = arena_strndup(a, b.p ? b.p : "", b.n);
	buf_done(&b);
	return out;
}
