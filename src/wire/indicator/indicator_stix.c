/* SPDX-License-Identifier: Apache-2.0 */
/* STIX 2.0 and 2.1 bundles: the indicators in them whose pattern is made of comparisons joined by
 * OR. Joined by AND are read where all speak of one file or one connection; whatever else a
 * pattern may say (sequences, repetitions, negations) is counted as not understood. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "wire/indicator/indicator_read_priv.h"
#include "wire/indicator/json_walk.h"

enum { PATTERN_MAX = 64 * 1024, SECONDS_BYTES = 19 };

struct comparison {
	struct str object;        /* "domain-name" */
	enum indicator_kind kind; /* 0 = of something we do not watch */
	struct str values;        /* quoted, one or several */
};

struct pattern {
	struct reading *r; /* NULL: only looking whether it is understood */
	const char *at;    /* for telling where */
	struct str rest;
};

static void blanks(struct pattern *p)
{
	p->rest = str_trim(p->rest);
}

static bool sign(struct pattern *p, char c)
{
	blanks(p);
	if (!json_is(p->rest, c))
		return false;
	p->rest = (struct str){ p->rest.p + 1, p->rest.n - 1 };
	return true;
}

/* The next word of letters; it is cut off only when it is WORD. */
static bool keyword(struct pattern *p, struct str word)
{
	blanks(p);
	struct str head = { p->rest.p, word.n };
	if (p->rest.n < word.n || !str_eq_nocase(head, word) ||
	    (p->rest.n > word.n && memchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_-",
					  p->rest.p[word.n], 54)))
		return false;
	p->rest = (struct str){ p->rest.p + word.n, p->rest.n - word.n };
	return true;
}

/* 'text', with its quotes. */
static bool quoted(struct pattern *p, struct str *out)
{
	blanks(p);
	if (!json_is(p->rest, '\''))
		return false;
	for (size_t i = 1; i < p->rest.n; i++) {
		if (p->rest.p[i] == '\\')
			i++;
		else if (p->rest.p[i] == '\'') {
			*out = (struct str){ p->rest.p, i + 1 };
			p->rest = (struct str){ p->rest.p + i + 1, p->rest.n - i - 1 };
			return true;
		}
	}
	return false;
}

/* file:hashes.'SHA-256' */
static bool path(struct pattern *p, struct str *out)
{
	size_t n = 0;
	bool quote = false;

	blanks(p);
	while (n < p->rest.n &&
	       (quote || !memchr(" \t\r\n=!<>()[]", p->rest.p[n], 12) ||
		(p->rest.p[n] == '[' && n > 0) || (p->rest.p[n] == ']' && n > 0))) {
		quote ^= p->rest.p[n] == '\'';
		n++;
	}
	*out = (struct str){ p->rest.p, n };
	p->rest = (struct str){ p->rest.p + n, p->rest.n - n };
	return n > 0 && memchr(out->p, ':', n);
}

static bool ends_with_any(struct str s, const char *const *ends, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct str end = str_of(ends[i]);
		if (s.n >= end.n && str_eq_nocase((struct str){ s.p + s.n - end.n, end.n }, end))
			return true;
	}
	return false;
}

static enum indicator_kind kind_of(struct str object, struct str property)
{
	static const char *const sums[] = { "hashes.MD5",     "hashes.'MD5'",   "hashes.SHA-1",
					    "hashes.'SHA-1'", "hashes.SHA1",    "hashes.'SHA1'",
					    "hashes.SHA256",  "hashes.SHA-256", "hashes.'SHA-256'",
					    "hashes.'SHA256'" };
	bool value = str_eq(property, STR("value"));

	if (str_eq(object, STR("domain-name")) || str_eq(object, STR("hostname")))
		return value ? INDICATOR_DOMAIN : 0;
	if (str_eq(object, STR("ipv4-addr")) || str_eq(object, STR("ipv6-addr")))
		return value ? INDICATOR_IP : 0;
	if (str_eq(object, STR("url")))
		return value ? INDICATOR_URL : 0;
	if (str_eq(object, STR("network-traffic")))
		return str_eq(property, STR("dst_ref.value")) ||
				       str_eq(property, STR("src_ref.value"))
			       ? INDICATOR_IP
			       : 0;
	if (!ends_with_any(property, sums, ARRAY_LEN(sums)))
		return 0;
	return str_eq(object, STR("file"))               ? INDICATOR_FILE
	       : str_eq(object, STR("x509-certificate")) ? INDICATOR_CERT
							 : 0;
}

/* Behind the path: operator and value; *PLAIN false when it is no question of being equal. */
static bool operand(struct pattern *p, struct str *values, bool *plain)
{
	const char *start;
	struct str one;

	*plain = !keyword(p, STR("NOT"));
	if (sign(p, '=')) {
		(void)sign(p, '='); /* == is the same */
	} else if (keyword(p, STR("IN"))) {
		if (!sign(p, '('))
			return false;
		blanks(p);
		start = p->rest.p;
		do {
			if (!quoted(p, &one))
				return false;
		} while (sign(p, ','));
		*values = (struct str){ start, (size_t)(p->rest.p - start) };
		return sign(p, ')');
	} else if (keyword(p, STR("MATCHES")) || sign(p, '!') || sign(p, '<') || sign(p, '>')) {
		(void)sign(p, '='); /* != and the like */
		*plain = false;
	} else if (keyword(p, STR("LIKE"))) {
		blanks(p);
		*plain &= str_starts(p->rest, STR("'%.")) || str_starts(p->rest, STR("'*."));
	} else if (!keyword(p, STR("ISSUBSET"))) {
		return false;
	}
	if (quoted(p, values))
		return true;
	*plain = false; /* a number, a date, a list of another kind */
	return path(p, values) || values->n > 0;
}

static bool comparison(struct pattern *p, struct comparison *out)
{
	struct str name;
	bool plain = false;

	while (sign(p, '(')) {
	}
	if (!path(p, &name) || !str_cut(&name, ':', &out->object) ||
	    !operand(p, &out->values, &plain))
		return false;
	out->kind = plain ? kind_of(out->object, name) : 0;
	while (sign(p, ')')) {
	}
	return true;
}

/* Takes quotes and escapes off; LIKE's '%.' is "*." then. */
static struct str unquote(struct str v, char *out, size_t size)
{
	size_t n = 0;

	for (size_t i = 1; i + 1 < v.n && n < size; i++) {
		if (v.p[i] == '\\' && i + 2 < v.n)
			i++;
		out[n++] = v.p[i];
	}
	if (n > 1 && out[0] == '%' && out[1] == '.')
		out[0] = '*';
	return (struct str){ out, n };
}

static void found(const struct pattern *p, const struct comparison *c)
{
	struct pattern list = { .rest = c->values };
	char text[INDICATOR_VALUE_MAX + 64];
	struct str one;

	while (quoted(&list, &one)) {
		struct str value = unquote(one, text, sizeof(text));
		reading_value(p->r, p->at, c->kind, value);
		(void)sign(&list, ',');
	}
}

/* What stands between [ and ]; false = not understood. */
static bool observation(struct pattern *p)
{
	struct comparison c = { 0 };
	struct str object = { 0 };
	bool all = false, mixed = false, any = false;

	for (;;) {
		if (!comparison(p, &c))
			return false;
		mixed |= object.n > 0 && !str_eq(object, c.object);
		object = c.object;
		any |= c.kind != 0;
		if (c.kind && p->r)
			found(p, &c);
		if (sign(p, ']'))
			break;
		bool and = keyword(p, STR("AND"));
		all |= and;
		if (!and&&!keyword(p, STR("OR")))
			return false;
	}
	bool one_thing = str_eq(object, STR("file")) || str_eq(object, STR("network-traffic"));
	return any && (!all || (one_thing && !mixed));
}

static bool pattern_walk(struct pattern *p)
{
	do {
		if (!sign(p, '[') || !observation(p))
			return false;
	} while (keyword(p, STR("OR")));
	blanks(p);
	return p->rest.n == 0;
}

static void on_pattern(struct reading *r, const char *at, struct str text)
{
	struct pattern look = { .at = at, .rest = text }, tell = { .r = r, .at = at, .rest = text };

	if (pattern_walk(&look))
		(void)pattern_walk(&tell); /* as the first time */
	else
		reading_bad(r, at, INDICATOR_NOT_UNDERSTOOD, text);
}

/* RFC 3339 in UTC, as STIX demands: compared as text. */
static bool is_past(int64_t now_us, struct str when)
{
	char now[32];
	time_t s = (time_t)(now_us / 1000000);
	struct tm tm;

	if (now_us == 0 || when.n < SECONDS_BYTES || !gmtime_r(&s, &tm))
		return false;
	if (strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%S", &tm) != SECONDS_BYTES)
		return false;
	return memcmp(when.p, now, SECONDS_BYTES) < 0;
}

static bool is_benign(struct str indicator)
{
	struct json_walk w = json_walk(json_get(indicator, "indicator_types"));
	struct str type;
	bool benign = false;

	while (json_walk_next(&w, NULL, &type))
		benign |= str_eq(type, STR("\"benign\""));
	return benign;
}

/* TEXT has PATTERN_MAX bytes. */
static void on_indicator(struct reading *r, struct str o, char *text)
{
	char small[INDICATOR_LABEL_MAX * 4];
	struct str raw = json_get(o, "pattern"), kind = json_get(o, "pattern_type");
	struct str name = json_text(json_get(o, "name"), small, sizeof(small));

	if (name.n == 0)
		name = json_text(json_get(o, "description"), small, sizeof(small));
	indicator_label(&r->i, name);
	struct str until = json_text(json_get(o, "valid_until"), small, sizeof(small));
	struct str pattern = json_text(raw, text, PATTERN_MAX);
	if (!json_is(raw, '"') || raw.n >= PATTERN_MAX)
		reading_bad(r, o.p, INDICATOR_BROKEN, (struct str){ 0 });
	else if (str_eq(json_get(o, "revoked"), STR("true")))
		reading_bad(r, o.p, INDICATOR_REVOKED, pattern);
	else if (is_past(r->to->now_us, until))
		reading_bad(r, o.p, INDICATOR_EXPIRED, pattern);
	else if (is_benign(o))
		reading_bad(r, o.p, INDICATOR_NOT_FOR_ALARMS, pattern);
	else if (kind.n > 0 && !str_eq(kind, STR("\"stix\"")))
		reading_bad(r, o.p, INDICATOR_NOT_UNDERSTOOD, pattern);
	else
		on_pattern(r, o.p, pattern);
}

static void on_objects(struct reading *r, struct str list, char *text)
{
	struct json_walk w = json_walk(list);
	struct str o;

	while (json_walk_next(&w, NULL, &o)) {
		if (str_eq(json_get(o, "type"), STR("\"indicator\"")))
			on_indicator(r, o, text);
	}
	if (w.broken)
		reading_bad(r, w.rest.n ? w.rest.p : list.p, INDICATOR_BROKEN, (struct str){ 0 });
}

void read_stix(struct reading *r)
{
	SCOPED_MEM char *text = mem_new(PATTERN_MAX);
	struct str all = r->all, key = { 0 }, value;

	if (str_starts(all, STR("\xef\xbb\xbf")))
		all = (struct str){ all.p + 3, all.n - 3 };
	struct json_walk w = json_walk(all);
	while (json_walk_next(&w, &key, &value)) {
		if (str_eq(key, STR("objects")))
			on_objects(r, value, text);
	}
	if (w.broken && str_eq(key, STR("objects")) && json_is(w.rest, '['))
		on_objects(r, w.rest, text); /* cut off: what there is */
	else if (w.broken)
		reading_bad(r, w.rest.n ? w.rest.p : r->all.p, INDICATOR_BROKEN, (struct str){ 0 });
}
