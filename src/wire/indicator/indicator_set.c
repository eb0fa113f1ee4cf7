/* SPDX-License-Identifier: Apache-2.0 */
/* Values as people and feeds write them, into the normal form. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "wire/indicator/idn.h"
#include "wire/indicator/indicator.h"

enum {
	DOMAIN_MAX = 253,
	DOMAIN_LABEL_MAX = 63,
	V4_BITS_MIN = 8, /* wider networks are a mistake of the list */
	V6_BITS_MIN = 16,
};

struct text { /* a value while it is worked on */
	char p[INDICATOR_VALUE_MAX];
	size_t n;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int hex_of(char c)
{
	c = lower(c);
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* How many bytes of S stand for C where indicators are written so that nobody clicks on them. */
static size_t defanged(struct str s, char *c)
{
	static const struct {
		struct str from;
		char to;
	} forms[] = {
		{ { "[.]", 3 }, '.' },   { { "(.)", 3 }, '.' },   { { "{.}", 3 }, '.' },
		{ { "[dot]", 5 }, '.' }, { { "(dot)", 5 }, '.' }, { { "[.", 2 }, '.' },
		{ { ".]", 2 }, '.' },    { { "\\.", 2 }, '.' },   { { "[:]", 3 }, ':' },
		{ { "[/]", 3 }, '/' },   { { "[@]", 3 }, '@' },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct str head = { s.p, forms[i].from.n };
		if (s.n >= head.n && str_eq_nocase(head, forms[i].from)) {
			*c = forms[i].to;
			return head.n;
		}
	}
	return 0;
}

static enum indicator_bad refang(struct str s, struct text *out)
{
	s = str_trim(s);
	if (s.n >= 2 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = str_trim((struct str){ s.p + 1, s.n - 2 });
	if (s.n == 0)
		return INDICATOR_EMPTY;
	out->n = 0;
	while (s.n > 0) {
		char c = s.p[0];
		size_t used = c == '[' || c == '(' || c == '{' || c == '.' || c == '\\'
				      ? defanged(s, &c)
				      : 0;
		if ((uint8_t)c < 32 || c == 127)
			return INDICATOR_NOT_TEXT;
		if (out->n + 1 >= sizeof(out->p))
			return INDICATOR_TOO_LONG;
		out->p[out->n++] = c;
		used = used ? used : 1;
		s = (struct str){ s.p + used, s.n - used };
	}
	out->p[out->n] = 0;
	return utf8_valid(out->p, out->n) ? INDICATOR_OK : INDICATOR_NOT_TEXT;
}

/* Takes "scheme://" off, hxxp and h**p too; true when there was one. */
static bool scheme_cut(struct str *s)
{
	size_t i = 0;

	while (i < s->n && i < 12 && s->p[i] != ':' && s->p[i] != '/' && s->p[i] != '.')
		i++;
	if (i == 0 || s->n < i + 3 || memcmp(s->p + i, "://", 3) != 0)
		return false;
	*s = (struct str){ s->p + i + 3, s->n - i - 3 };
	return true;
}

/* Takes ":8080" (or "|8080") off; a second colon means IPv6. */
static struct str port_cut(struct str s)
{
	size_t i = s.n;

	while (i > 0 && is_digit(s.p[i - 1]))
		i--;
	if (i == 0 || i == s.n || s.n - i > 5 || (s.p[i - 1] != ':' && s.p[i - 1] != '|') ||
	    (s.p[i - 1] == ':' && memchr(s.p, ':', i - 1) && s.p[i > 1 ? i - 2 : 0] != ']'))
		return s;
	return (struct str){ s.p, i - 1 };
}

/* Second-level names under which everybody may register: listing one is a mistake. */
static bool is_public(const char *name, size_t n)
{
	static const char *const seconds[] = { "ac", "ad",  "co",  "com", "ed", "edu",
					       "go", "gob", "gov", "gr",  "lg", "mil",
					       "ne", "net", "nom", "or",  "org" };
	const char *dot = memchr(name, '.', n);

	if (!dot)
		return true;
	size_t first = (size_t)(dot - name), rest = n - first - 1;
	if (rest != 2)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(seconds); i++) {
		if (strlen(seconds[i]) == first && memcmp(seconds[i], name, first) == 0)
			return true;
	}
	return false;
}

/* Lower case into OUT (DOMAIN_MAX + 1 bytes); 0 = not a name. */
static size_t name_clean(struct str v, char *out)
{
	size_t label = 0, last = 0;
	bool digits = true;

	for (size_t i = 0; i < v.n; i++) {
		char c = lower(v.p[i]);
		bool letter = (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
		if ((!letter && c != '.') || (c == '.' && i - last == 0))
			return 0;
		label = c == '.' ? 0 : label + 1;
		if (label > DOMAIN_LABEL_MAX)
			return 0;
		if (c == '.') {
			last = i + 1;
			digits = true;
		} else {
			digits &= is_digit(c);
		}
		out[i] = c;
	}
	return v.n > 0 && label > 0 && !digits ? v.n : 0; /* 1.2.3.4 and a..b are no names */
}

static enum indicator_bad domain_of(struct str v, struct text *out)
{
	char ascii[DOMAIN_MAX + 1];

	if (scheme_cut(&v) && v.n > 0 && v.p[v.n - 1] == '/')
		v.n--;
	v = port_cut(v);
	if (str_starts(v, STR("*.")))
		v = (struct str){ v.p + 2, v.n - 2 };
	else if (str_starts(v, STR(".")))
		v = (struct str){ v.p + 1, v.n - 1 };
	if (str_ends(v, STR(".")))
		v.n--;
	for (size_t i = 0; i < v.n; i++) {
		if ((uint8_t)v.p[i] < 128)
			continue;
		if (!idn_ascii(v, ascii, sizeof(ascii)))
			return INDICATOR_NOT_DOMAIN;
		v = str_of(ascii);
		break;
	}
	if (v.n > DOMAIN_MAX)
		return INDICATOR_NOT_DOMAIN;
	out->n = name_clean(v, out->p);
	if (out->n == 0)
		return INDICATOR_NOT_DOMAIN;
	return is_public(out->p, out->n) ? INDICATOR_TOO_WIDE : INDICATOR_OK;
}

struct net {
	uint8_t b[16]; /* IPv4 in the first four */
	bool v4;
	int64_t bits;
};

static bool net_parse(struct str v, struct net *out)
{
	char text[64];
	struct str host;

	v = port_cut(v);
	if (v.n == 0 || (hex_of(v.p[0]) < 0 && v.p[0] != '[' && v.p[0] != ':') ||
	    !str_cut(&v, '/', &host))
		return false;
	if (str_starts(host, STR("[")) && str_ends(host, STR("]")))
		host = (struct str){ host.p + 1, host.n - 2 };
	if (!str_copy(text, sizeof(text), host) || strlen(text) != host.n)
		return false;
	struct net n = { 0 };
	n.v4 = inet_pton(AF_INET, text, n.b) == 1;
	if (!n.v4 && inet_pton(AF_INET6, text, n.b) != 1)
		return false;
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	int64_t shift = 0;
	if (!n.v4 && memcmp(n.b, mapped, sizeof(mapped)) == 0) { /* ::ffff:192.0.2.1 */
		memmove(n.b, n.b + 12, 4);
		n.v4 = true;
		shift = 96;
	}
	n.bits = (n.v4 ? 32 : 128) + shift;
	if (v.n > 0 && str_i64(v, shift, n.bits, &n.bits) < 0)
		return false;
	n.bits -= shift;
	*out = n;
	return true;
}

static bool is_nobody(const struct net *n)
{
	static const uint8_t zero[15], ones[4] = { 255, 255, 255, 255 };

	if (n->v4)
		return n->b[0] == 0 || n->b[0] == 127 || (n->b[0] & 0xf0) == 0xe0 ||
		       memcmp(n->b, ones, 4) == 0;
	return n->b[0] == 0xff || (memcmp(n->b, zero, 15) == 0 && n->b[15] <= 1);
}

static void net_mask(struct net *n)
{
	for (int64_t i = 0; i < (n->v4 ? 4 : 16); i++) {
		int64_t keep = n->bits - i * 8;
		unsigned mask = keep >= 8 ? 0xff : keep <= 0 ? 0 : 0xff00u >> keep;
		n->b[i] = (uint8_t)(n->b[i] & mask);
	}
}

/* An address or a network; *KIND becomes what it is. */
static enum indicator_bad net_of(struct str v, enum indicator_kind *kind, struct text *out)
{
	char text[INET6_ADDRSTRLEN];
	struct net n;

	if (!net_parse(v, &n))
		return *kind == INDICATOR_IP ? INDICATOR_NOT_ADDRESS : INDICATOR_NOT_NETWORK;
	if (n.bits < (n.v4 ? V4_BITS_MIN : V6_BITS_MIN))
		return INDICATOR_TOO_WIDE;
	net_mask(&n);
	if (is_nobody(&n))
		return INDICATOR_NOBODY;
	(void)inet_ntop(n.v4 ? AF_INET : AF_INET6, n.b, text, sizeof(text)); /* fits */
	bool one = n.bits == (n.v4 ? 32 : 128);
	int len = one ? snprintf(out->p, sizeof(out->p), "%s", text)
		      : snprintf(out->p, sizeof(out->p), "%s/%d", text, (int)n.bits);
	out->n = (size_t)len;
	*kind = one ? INDICATOR_IP : INDICATOR_CIDR;
	return INDICATOR_OK;
}

static bool unreserved(int c) /* RFC 3986, 2.3 */
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

/* Path and query: escapes of plain letters undone, the others in upper case, no fragment. */
static bool target_add(struct str t, struct text *out)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < t.n && t.p[i] != '#'; i++) {
		uint8_t c = (uint8_t)t.p[i];
		bool escape = c <= 32 || c >= 127;
		if (c == '%' && i + 2 < t.n && hex_of(t.p[i + 1]) >= 0 && hex_of(t.p[i + 2]) >= 0) {
			c = (uint8_t)(hex_of(t.p[i + 1]) * 16 + hex_of(t.p[i + 2]));
			escape = !unreserved(c);
			i += 2;
		}
		if (out->n + 4 > sizeof(out->p))
			return false;
		if (escape) {
			out->p[out->n++] = '%';
			out->p[out->n++] = digits[c >> 4];
			out->p[out->n++] = digits[c & 15];
		} else {
			out->p[out->n++] = (char)c;
		}
	}
	out->p[out->n] = 0;
	return true;
}

static enum indicator_bad host_of(struct str host, struct text *out)
{
	enum indicator_kind kind = INDICATOR_IP;

	if (net_of(host, &kind, out) == INDICATOR_OK && kind == INDICATOR_IP)
		return INDICATOR_OK;
	return domain_of(host, out) == INDICATOR_OK ? INDICATOR_OK : INDICATOR_NOT_URL;
}

static enum indicator_bad url_of(struct str v, struct text *out)
{
	size_t i = 0;

	(void)scheme_cut(&v); /* lists leave it out as often as not */
	while (i < v.n && v.p[i] != '/' && v.p[i] != '?' && v.p[i] != '#')
		i++;
	struct str host = { v.p, i }, target = { v.p + i, v.n - i };
	const char *user = memrchr(host.p, '@', host.n);
	if (user)
		host = (struct str){ user + 1, host.n - (size_t)(user + 1 - host.p) };
	if (host_of(host, out) != INDICATOR_OK)
		return INDICATOR_NOT_URL;
	if (target.n == 0 || target.p[0] != '/')
		out->p[out->n++] = '/';
	return target_add(target, out) ? INDICATOR_OK : INDICATOR_TOO_LONG;
}

static enum indicator_bad hash_of(enum indicator_kind kind, struct str v, struct text *out)
{
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == ':' && kind == INDICATOR_CERT)
			continue; /* 01:23:45 */
		if (hex_of(v.p[i]) < 0 || out->n >= 64)
			return INDICATOR_NOT_HASH;
		out->p[out->n++] = lower(v.p[i]);
	}
	bool md5 = out->n == 32 && kind != INDICATOR_CERT;
	bool sha = (out->n == 40 || out->n == 64) && kind != INDICATOR_JA3;
	return md5 || sha ? INDICATOR_OK : INDICATOR_NOT_HASH;
}

static enum indicator_bad value_of(enum indicator_kind *kind, struct str v, struct text *out)
{
	switch (*kind) {
	case INDICATOR_DOMAIN:
		return domain_of(v, out);
	case INDICATOR_IP:
	case INDICATOR_CIDR:
		return net_of(v, kind, out);
	case INDICATOR_URL:
		return url_of(v, out);
	case INDICATOR_JA3:
	case INDICATOR_CERT:
	case INDICATOR_FILE:
		return hash_of(*kind, v, out);
	case INDICATOR_KINDS:
		break;
	}
	return INDICATOR_NO_TYPE;
}

enum indicator_bad indicator_set(struct indicator *out, enum indicator_kind kind, struct str text)
{
	struct text in, clean;
	enum indicator_bad bad = refang(text, &in);

	clean.n = 0;
	if (bad == INDICATOR_OK)
		bad = value_of(&kind, (struct str){ in.p, in.n }, &clean);
	if (bad != INDICATOR_OK)
		return bad;
	out->kind = kind;
	out->n = clean.n;
	memcpy(out->value, clean.p, clean.n);
	out->value[clean.n] = 0;
	return INDICATOR_OK;
}

static bool all_hex(struct str v)
{
	for (size_t i = 0; i < v.n; i++) {
		if (hex_of(v.p[i]) < 0)
			return false;
	}
	return v.n == 32 || v.n == 40 || v.n == 64;
}

enum indicator_bad indicator_guess(struct indicator *out, struct str text)
{
	struct text in;
	struct net n;
	enum indicator_bad bad = refang(text, &in);

	if (bad != INDICATOR_OK)
		return bad;
	struct str v = { in.p, in.n }, rest = v;
	if (all_hex(v))
		return indicator_set(out, INDICATOR_FILE, v);
	if (net_parse(v, &n))
		return indicator_set(out, INDICATOR_CIDR, v);
	bool scheme = scheme_cut(&rest);
	const char *slash = memchr(rest.p, '/', rest.n);
	if (scheme || slash || memchr(rest.p, '?', rest.n))
		return indicator_set(out, INDICATOR_URL, v);
	return indicator_set(out, INDICATOR_DOMAIN, v);
}

size_t indicator_url(struct str host, struct str target, char *out)
{
	struct text t;

	t.n = 0;
	if (host.n == 0 || host_of(host, &t) != INDICATOR_OK)
		return 0;
	struct str path = target;
	if (scheme_cut(&path)) { /* as a proxy is asked: the host stands in it again */
		const char *slash = memchr(path.p, '/', path.n);
		target =
			slash ? (struct str){ slash, path.n - (size_t)(slash - path.p) } : STR("/");
	}
	if (target.n == 0 || target.p[0] != '/')
		t.p[t.n++] = '/';
	if (!target_add(target, &t))
		return 0;
	memcpy(out, t.p, t.n + 1);
	return t.n;
}
