/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list of indicators, line by line. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "probe/detect/indicators_priv.h"

enum { TOLD_MAX = 20, LABEL_MAX = 63 };

struct reading {
	struct indicators *s;
	const char *name;
	void (*tell)(void *arg, const char *text);
	void *arg;
	long line;
	unsigned told;
};

static void bad_line(struct reading *r, const char *why, struct str what)
{
	char text[512];
	int shown = what.n > 80 ? 80 : (int)what.n;

	r->s->bad++;
	if (!r->tell || r->told > TOLD_MAX)
		return;
	if (r->told++ == TOLD_MAX)
		(void)snprintf(text, sizeof(text), "%s: further bad lines are only counted",
			       r->name);
	else
		(void)snprintf(text, sizeof(text), "%s line %ld: %s: \"%.*s\"", r->name, r->line,
			       why, shown, what.p);
	r->tell(r->arg, text);
}

/* Lower case into OUT, without "*." and final dot; 0 = not a domain. */
static size_t domain_clean(struct str v, char *out)
{
	size_t n = 0, label = 0;
	bool dots = false;

	if (str_starts(v, STR("*.")))
		v = (struct str){ v.p + 2, v.n - 2 };
	if (v.n > 0 && v.p[v.n - 1] == '.')
		v.n--;
	if (v.n == 0 || v.n > 253)
		return 0;
	for (; n < v.n; n++) {
		char c = v.p[n];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		bool letter =
			(c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
		if (!letter && c != '.')
			return 0;
		label = c == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || (c == '.' && (n == 0 || out[n - 1] == '.')))
			return 0;
		dots |= c == '.';
		out[n] = c;
	}
	return dots ? n : 0;
}

static const char *add_net(struct indicators *s, struct str v, bool network, struct str text)
{
	uint8_t key[17];
	struct cidr net;
	bool slash = memchr(v.p, '/', v.n) != NULL;

	if (slash != network || cidr_parse(v, &net) < 0)
		return network ? "not a network" : "not an address";
	if (net.bits == 0 || (addr_is_v4(&net.addr) && net.bits == 96))
		return "a network that is everything";
	indicators_net_key(&net, key);
	s->lengths[net.bits] = true;
	return indicators_add(s, INDICATOR_NET, key, sizeof(key), text) ? NULL : "the list is full";
}

static const char *add_domain(struct indicators *s, struct str v, struct str text)
{
	char name[INDICATOR_TEXT_MAX];
	size_t n = domain_clean(v, name);

	if (n == 0)
		return "not a domain";
	return indicators_add(s, INDICATOR_DOMAIN, name, n, text) ? NULL : "the list is full";
}

static const char *add_ja3(struct indicators *s, struct str v, struct str text)
{
	uint8_t b[16];
	size_t n = 0;

	if (str_hex(v, b, sizeof(b), &n) < 0 || n != sizeof(b))
		return "not a JA3 fingerprint";
	return indicators_add(s, INDICATOR_JA3, b, n, text) ? NULL : "the list is full";
}

static struct str unquote(struct str v)
{
	v = str_trim(v);
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct str){ v.p + 1, v.n - 2 };
	return v;
}

static void on_line(struct reading *r, struct str line)
{
	struct str type, value = { 0 }, whole = str_trim(line);
	const char *why;

	line = whole;
	if (line.n == 0 || line.p[0] == '#')
		return;
	(void)str_cut(&line, ',', &type);
	(void)str_cut(&line, ',', &value);
	type = str_trim(type);
	value = unquote(value);
	struct str text = unquote(line);
	if (str_eq_nocase(type, STR("type")) && r->line == 1)
		return; /* a heading */
	if (value.n == 0)
		why = "expected type,value";
	else if (str_eq_nocase(type, STR("domain")))
		why = add_domain(r->s, value, text);
	else if (str_eq_nocase(type, STR("ip")))
		why = add_net(r->s, value, false, text);
	else if (str_eq_nocase(type, STR("cidr")))
		why = add_net(r->s, value, true, text);
	else if (str_eq_nocase(type, STR("ja3")))
		why = add_ja3(r->s, value, text);
	else
		why = "unknown type";
	if (why)
		bad_line(r, why, whole);
}

void indicators_parse(struct indicators *s, const char *name, const char *p, size_t n,
		      void (*tell)(void *arg, const char *text), void *arg)
{
	struct reading r = { .s = s, .name = name, .tell = tell, .arg = arg };
	struct str all = { p, n }, line;

	indicators_clear(s);
	if (str_starts(all, STR("\xef\xbb\xbf")))
		all = (struct str){ p + 3, n - 3 };
	while (str_cut(&all, '\n', &line)) {
		r.line++;
		on_line(&r, line);
	}
	map_free(s->description_at);
	s->description_at = NULL;
}

int indicators_load(struct indicators *s, const char *path,
		    void (*tell)(void *arg, const char *text), void *arg, struct err *e)
{
	SCOPED_BUF struct buf b;

	buf_init(&b, INDICATORS_FILE_MAX);
	int r = file_read(path, INDICATORS_FILE_MAX, &b, e);
	if (r < 0)
		return r;
	indicators_parse(s, path, b.p ? b.p : "", b.n, tell, arg);
	return 0;
}
