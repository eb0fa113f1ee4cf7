/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the list of indicators, line by line. */
#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/map.h"
#include "probe/detect/indicators_priv.h"

enum { TOLD_MAX = 20, LABEL_MAX = 63, SHOWN_MAX = 80 };

/* Arguments for %.*s. */
#define SHOWN(v) (int)((v).n > SHOWN_MAX ? SHOWN_MAX : (v).n), (v).p

struct reading {
	struct indicators *s;
	const char *name;
	void (*tell)(void *arg, const char *text);
	void *arg;
	long line;
	unsigned told;
};

static void bad_line(struct reading *r, struct err *why)
{
	r->s->bad++;
	if (!r->tell || r->told > TOLD_MAX)
		return;
	if (r->told++ == TOLD_MAX)
		(void)err_set(why, -EFORMAT, "%s: further bad lines are only counted", r->name);
	else
		(void)err_context(why, "%s line %ld", r->name, r->line);
	r->tell(r->arg, why->text);
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

static int added(bool fits, struct err *e)
{
	return fits ? 0
		    : err_set(e, -ELIMIT, "the list holds %d indicators at most", INDICATORS_MAX);
}

static int add_net(struct indicators *s, struct str v, bool network, struct str text, struct err *e)
{
	uint8_t key[17];
	struct cidr net;
	bool slash = memchr(v.p, '/', v.n) != NULL;

	if (slash != network || cidr_parse(v, &net) < 0)
		return network ? err_set(e, -EFORMAT, "\"%.*s\" is not a network", SHOWN(v))
			       : err_set(e, -EFORMAT, "\"%.*s\" is not an address", SHOWN(v));
	if (net.bits == 0 || (addr_is_v4(&net.addr) && net.bits == 96))
		return err_set(e, -EFORMAT, "\"%.*s\" is every address there is", SHOWN(v));
	indicators_net_key(&net, key);
	s->lengths[net.bits] = true;
	return added(indicators_add(s, INDICATOR_NET, key, sizeof(key), text), e);
}

static int add_domain(struct indicators *s, struct str v, struct str text, struct err *e)
{
	char name[INDICATOR_TEXT_MAX];
	size_t n = domain_clean(v, name);

	if (n == 0)
		return err_set(e, -EFORMAT, "\"%.*s\" is not a domain", SHOWN(v));
	return added(indicators_add(s, INDICATOR_DOMAIN, name, n, text), e);
}

static int add_ja3(struct indicators *s, struct str v, struct str text, struct err *e)
{
	uint8_t b[16];
	size_t n = 0;

	if (str_hex(v, b, sizeof(b), &n) < 0 || n != sizeof(b))
		return err_set(e, -EFORMAT, "\"%.*s\" is not a JA3 fingerprint", SHOWN(v));
	return added(indicators_add(s, INDICATOR_JA3, b, n, text), e);
}

static struct str unquote(struct str v)
{
	v = str_trim(v);
	if (v.n >= 2 && v.p[0] == '"' && v.p[v.n - 1] == '"')
		v = (struct str){ v.p + 1, v.n - 2 };
	return v;
}

static int add(struct indicators *s, struct str type, struct str value, struct str text,
	       struct err *e)
{
	if (value.n == 0)
		return err_set(e, -EFORMAT, "expected type,value");
	if (str_eq_nocase(type, STR("domain")))
		return add_domain(s, value, text, e);
	if (str_eq_nocase(type, STR("ip")))
		return add_net(s, value, false, text, e);
	if (str_eq_nocase(type, STR("cidr")))
		return add_net(s, value, true, text, e);
	if (str_eq_nocase(type, STR("ja3")))
		return add_ja3(s, value, text, e);
	return err_set(e, -EFORMAT, "\"%.*s\" is no type of indicator", SHOWN(type));
}

static void on_line(struct reading *r, struct str line)
{
	struct str type, value = { 0 };
	struct err e = { 0 };

	line = str_trim(line);
	if (line.n == 0 || line.p[0] == '#')
		return;
	(void)str_cut(&line, ',', &type); /* there is something */
	(void)str_cut(&line, ',', &value);
	type = str_trim(type);
	if (str_eq_nocase(type, STR("type")) && r->line == 1)
		return; /* a heading */
	if (add(r->s, type, unquote(value), unquote(line), &e) < 0)
		bad_line(r, &e);
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
