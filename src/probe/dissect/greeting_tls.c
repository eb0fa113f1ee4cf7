/* SPDX-License-Identifier: Apache-2.0 */
/* Name and JA3 of a plain ClientHello. JA3: the MD5 of version, cipher suites, extensions, groups
 * and point formats in decimal, without the values that GREASE (RFC 8701) throws in. */
#include <string.h>

#include "probe/dissect/digest.h"
#include "probe/dissect/greeting.h"

enum {
	RECORD_HANDSHAKE = 22,
	CLIENT_HELLO = 1,
	RECORD_HEAD = 5,
	RANDOM_END = RECORD_HEAD + 4 + 2 + 32, /* type and length, version, random */
	BLAND_MIN = RANDOM_END + 1 + 4 + 2 + 2 + 4,
	HELLO_MAX = 16384,
	EXTENSION_NAME = 0,
	EXTENSION_GROUPS = 10,
	EXTENSION_POINTS = 11,
	EXTENSION_PADDING = 21,
	EXTENSION_NAME_HIDDEN = 65486,
	SUITE_ANY = 0x2f,
	TEXT_MAX = 960, /* libndpi cuts longer ones */
};

struct ja3_text {
	char c[TEXT_MAX + 8];
	size_t n; /* beyond TEXT_MAX: too long */
};

static void put(struct ja3_text *t, unsigned v)
{
	char digit[5];
	size_t n = 0;

	if (t->n > TEXT_MAX)
		return;
	do {
		digit[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	while (n)
		t->c[t->n++] = digit[--n];
}

static void put_char(struct ja3_text *t, char c)
{
	if (t->n <= TEXT_MAX)
		t->c[t->n++] = c;
}

static bool is_grease(uint16_t v)
{
	return (v >> 8) == (v & 0xff) && (v & 0xf) == 0xa;
}

/* Numbers of SIZE bytes, the last one with a comma behind it when MORE follows. */
static void put_list(struct ja3_text *t, struct rd r, size_t size)
{
	bool any = false;

	while (r.n >= size) {
		uint16_t v = size == 2 ? rd_be16(&r) : rd_u8(&r);
		if (size == 2 && is_grease(v))
			continue;
		if (any)
			put_char(t, '-');
		put(t, v);
		any = true;
	}
}

struct hello {
	struct rd suites, extensions, name, groups, points;
	uint16_t version;
};

/* A list that fills the extension: LENGTH bytes say how long it is. */
static bool list_of(struct rd body, size_t length, struct rd *out)
{
	size_t n = length == 2 ? rd_be16(&body) : rd_u8(&body);

	if (body.bad || n != body.n || out->p)
		return false;
	*out = body;
	return true;
}

static bool name_of(struct rd body, struct rd *out)
{
	struct rd list = { 0 };

	if (out->p || !list_of(body, 2, &list) || rd_u8(&list) != 0)
		return false;
	size_t n = rd_be16(&list);
	if (list.bad || n != list.n || n == 0 || n >= GREETING_NAME_MAX)
		return false;
	*out = list;
	return true;
}

static bool extensions_read(struct hello *h)
{
	struct rd r = h->extensions;

	while (r.n > 0) {
		uint16_t type = rd_be16(&r), n = rd_be16(&r);
		struct rd body = rd_sub(&r, n);
		if (body.bad || type == EXTENSION_NAME_HIDDEN ||
		    (type == EXTENSION_NAME && !name_of(body, &h->name)) ||
		    (type == EXTENSION_GROUPS &&
		     (!list_of(body, 2, &h->groups) || h->groups.n % 2 != 0)) ||
		    (type == EXTENSION_POINTS && !list_of(body, 1, &h->points)))
			return false;
	}
	return h->name.n > 0;
}

static bool hello_read(struct rd p, struct hello *h)
{
	if (p.n < BLAND_MIN || p.n > HELLO_MAX || rd_u8(&p) != RECORD_HANDSHAKE || rd_u8(&p) != 3)
		return false;
	rd_skip(&p, 1);
	if (rd_be16(&p) != p.n || rd_u8(&p) != CLIENT_HELLO || rd_be24(&p) != p.n)
		return false;
	h->version = rd_be16(&p);
	rd_skip(&p, 32);        /* random */
	rd_skip(&p, rd_u8(&p)); /* session */
	h->suites = rd_sub(&p, rd_be16(&p));
	rd_skip(&p, rd_u8(&p)); /* compression */
	if (rd_be16(&p) != p.n || p.bad || h->suites.bad || h->suites.n % 2 != 0)
		return false;
	h->extensions = p;
	return extensions_read(h);
}

static void put_extensions(struct ja3_text *t, struct rd r)
{
	bool any = false;

	while (r.n > 0) {
		uint16_t type = rd_be16(&r);
		rd_skip(&r, rd_be16(&r));
		if (is_grease(type))
			continue;
		if (any)
			put_char(t, '-');
		put(t, type);
		any = true;
	}
}

static bool ja3_keep(const struct hello *h, char out[GREETING_JA3_MAX])
{
	struct ja3_text t = { .n = 0 };

	put(&t, h->version);
	put_char(&t, ',');
	put_list(&t, h->suites, 2);
	put_char(&t, ',');
	put_extensions(&t, h->extensions);
	put_char(&t, ',');
	put_list(&t, h->groups, 2);
	put_char(&t, ',');
	put_list(&t, h->points, 1);
	return t.n <= TEXT_MAX && digest_md5(t.c, t.n, out);
}

static bool name_keep(struct rd r, char out[GREETING_NAME_MAX])
{
	for (size_t i = 0; i < r.n; i++) {
		char c = (char)r.p[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c + 32);
		if (c <= ' ' || c >= 0x7f || c == ':')
			return false;
		out[i] = c;
	}
	out[r.n] = '\0';
	return true;
}

bool greeting_tls(struct rd p, struct greeting *out)
{
	struct hello h = { 0 };

	return hello_read(p, &h) && name_keep(h.name, out->name) && ja3_keep(&h, out->ja3);
}

void greeting_tls_bland(struct rd p, uint8_t *out)
{
	size_t extensions = p.n - (BLAND_MIN - 4), padding = p.n - BLAND_MIN;
	const uint8_t rest[] = {
		0, /* no session */
		0,
		2,
		0,
		SUITE_ANY,
		1,
		0, /* no compression */
		(uint8_t)(extensions >> 8),
		(uint8_t)extensions,
		0,
		EXTENSION_PADDING,
		(uint8_t)(padding >> 8),
		(uint8_t)padding,
	};

	memcpy(out, p.p, RANDOM_END);
	memcpy(out + RANDOM_END, rest, sizeof(rest));
	memset(out + BLAND_MIN, 0, padding);
}
