/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of one indicator a line: plain, type,value[,description], hosts files. */
#include <string.h>

#include "base/mem.h"
#include "wire/indicator/indicator_read_priv.h"

static bool is_remark(struct str line)
{
	return line.n == 0 || line.p[0] == '#' || line.p[0] == ';' || line.p[0] == '!' ||
	       str_starts(line, STR("//"));
}

/* Cuts a remark off that stands behind a value; it becomes the label. */
static struct str remark_cut(struct str *line)
{
	for (size_t i = 1; i < line->n; i++) {
		char c = line->p[i];
		bool blank = line->p[i - 1] == ' ' || line->p[i - 1] == '\t';
		if (!blank || (c != '#' && c != ';'))
			continue;
		struct str remark = { line->p + i + 1, line->n - i - 1 };
		*line = str_trim((struct str){ line->p, i });
		return str_trim(remark);
	}
	return (struct str){ 0 };
}

/* ||bad.example^ of ad blockers. */
static struct str unblock(struct str v)
{
	if (!str_starts(v, STR("||")))
		return v;
	v = (struct str){ v.p + 2, v.n - 2 };
	const char *end = memchr(v.p, '^', v.n);
	return end ? (struct str){ v.p, (size_t)(end - v.p) } : v;
}

static void plain_line(void *arg, struct reading *r, struct str line)
{
	struct str value;

	(void)arg;
	line = str_trim(line);
	if (is_remark(line))
		return;
	indicator_label(&r->i, remark_cut(&line));
	const char *at = line.p;
	if (!word_next(&line, &value))
		return;
	if (str_trim(line).n > 0 && !r->i.label[0]) /* a value and something about it */
		indicator_label(&r->i, line);
	reading_value(r, at, 0, unblock(value));
}

void read_plain(struct reading *r)
{
	reading_lines(r, plain_line, NULL);
}

static struct str unquote(struct str v)
{
	v = str_trim(v);
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct str){ v.p + 1, v.n - 2 };
	return v;
}

bool list_line(struct str line, enum indicator_kind *kind, struct str *value, struct str *label)
{
	struct str type = { 0 };

	*value = (struct str){ 0 };
	(void)str_cut(&line, ',', &type);
	*kind = indicator_kind_of(unquote(type));
	(void)str_cut(&line, ',', value);
	*value = unquote(*value);
	*label = unquote(line);
	return *kind != 0;
}

static void type_line(void *arg, struct reading *r, struct str line)
{
	struct str value, label, type, rest;
	enum indicator_kind kind;
	bool *begun = arg;

	line = rest = str_trim(line);
	if (is_remark(line))
		return;
	bool known = list_line(line, &kind, &value, &label);
	(void)str_cut(&rest, ',', &type); /* the line is not empty */
	bool heading = !*begun && str_eq_nocase(unquote(type), STR("type"));
	*begun = true;
	if (heading)
		return;
	if (!known) {
		reading_bad(r, line.p, INDICATOR_NO_TYPE, type);
		return;
	}
	indicator_label(&r->i, label);
	reading_value(r, line.p, kind, value);
}

void read_list(struct reading *r)
{
	bool begun = false;

	reading_lines(r, type_line, &begun);
}

static bool is_local(struct str name)
{
	static const char *const names[] = {
		"localhost",     "localhost.localdomain", "local",        "broadcasthost",
		"ip6-localhost", "ip6-loopback",          "ip6-localnet", "ip6-mcastprefix",
		"ip6-allnodes",  "ip6-allrouters",        "ip6-allhosts", "0.0.0.0"
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_eq_nocase(name, str_of(names[i])))
			return true;
	}
	return false;
}

static void hosts_line(void *arg, struct reading *r, struct str line)
{
	struct str word;

	(void)arg;
	line = str_trim(line);
	if (is_remark(line))
		return;
	const char *at = line.p;
	const char *remark = memchr(line.p, '#', line.n);
	if (remark)
		line.n = (size_t)(remark - line.p);
	indicator_label(&r->i, (struct str){ 0 });
	(void)word_next(&line, &word); /* where the names are sent */
	if (str_trim(line).n == 0)
		reading_bad(r, at, INDICATOR_BROKEN, word);
	while (word_next(&line, &word)) {
		if (!is_local(word))
			reading_value(r, at, INDICATOR_DOMAIN, word);
	}
}

void read_hosts(struct reading *r)
{
	reading_lines(r, hosts_line, NULL);
}
