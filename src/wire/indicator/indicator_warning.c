/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of known good things: warninglists of MISP, or plain lists. */
#include <errno.h>
#include <string.h>

#include "wire/indicator/indicator_read_priv.h"
#include "wire/indicator/json_walk.h"

struct good {
	struct known_good *to;
	enum known_good_way way;
	bool read; /* the kind of list is one that is read */
};

static void take(struct reading *r, const struct good *g, const char *at, struct str value)
{
	enum indicator_bad bad =
		g->read ? known_good_add(g->to, g->way, value) : INDICATOR_NOT_UNDERSTOOD;

	if (bad != INDICATOR_OK)
		reading_bad(r, at, bad, value);
}

static void good_line(void *arg, struct reading *r, struct str line)
{
	struct str value;

	if (word_next(&line, &value) && value.p[0] != '#' && value.p[0] != ';')
		take(r, arg, value.p, value);
}

/* Regular expressions are not read. */
static struct good way_of(struct str list, struct known_good *to)
{
	static const struct {
		struct str name;
		enum known_good_way way;
	} ways[] = {
		{ { "string", 6 }, KNOWN_GOOD_SAME },
		{ { "hostname", 8 }, KNOWN_GOOD_BELOW },
		{ { "cidr", 4 }, KNOWN_GOOD_NET },
		{ { "substring", 9 }, KNOWN_GOOD_PART },
	};
	char text[32];
	struct str type = json_text(json_get(list, "type"), text, sizeof(text));
	struct good g = { .to = to };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (str_eq_nocase(type, ways[i].name)) {
			g.way = ways[i].way;
			g.read = true;
		}
	}
	return g;
}

int known_good_read(const void *p, size_t n, struct known_good *good,
		    const struct indicator_reader *to, struct err *e)
{
	struct reading r = { .to = to, .all = { n ? p : "", n }, .line = 1 };
	enum indicator_format f = indicator_format_of(p, n);
	struct good plain = { .to = good, .way = KNOWN_GOOD_SAME, .read = true };
	char text[INDICATOR_VALUE_MAX];

	if (f == INDICATOR_FORMAT_PLAIN) {
		reading_lines(&r, good_line, &plain);
		return 0;
	}
	if (f != INDICATOR_FORMAT_WARNINGLIST)
		return err_set(e, -EFORMAT, "this is no list of known good things");
	struct good g = way_of(r.all, good);
	struct str list = json_get(r.all, "list"), value;
	struct json_walk w = json_walk(list);
	while (json_walk_next(&w, NULL, &value))
		take(&r, &g, value.p, json_text(value, text, sizeof(text)));
	return w.broken ? err_set(e, -EFORMAT, "the list of known good things breaks off") : 0;
}
