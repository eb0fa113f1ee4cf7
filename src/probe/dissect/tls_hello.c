/* SPDX-License-Identifier: Apache-2.0 */
/* The name that a TLS ClientHello asks for. */
#include "probe/dissect/tls_hello.h"

enum {
	RECORD_HANDSHAKE = 22,
	CLIENT_HELLO = 1,
	EXTENSION_NAME = 0,
	NAME_HOST = 0,
	EXTENSIONS_MAX = 64,
};

/* A hello that is cut short is read as far as it goes. */
static struct rd at_most(struct rd *r, size_t n)
{
	return rd_sub(r, n < r->n ? n : r->n);
}

static void name_keep(struct rd r, char out[TLS_NAME_MAX])
{
	size_t n = r.n < TLS_NAME_MAX - 1 ? r.n : TLS_NAME_MAX - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = (char)(r.p[i] > ' ' && r.p[i] < 0x7f ? r.p[i] : '?');
	out[n] = '\0';
}

static void names_parse(struct rd r, char out[TLS_NAME_MAX])
{
	rd_skip(&r, 2); /* length of the list: the extension has one, too */
	if (rd_u8(&r) != NAME_HOST)
		return;
	struct rd name = at_most(&r, rd_be16(&r));
	if (!r.bad && !name.bad)
		name_keep(name, out);
}

bool tls_hello_parse(struct rd p, char name[TLS_NAME_MAX])
{
	name[0] = '\0';
	if (rd_u8(&p) != RECORD_HANDSHAKE || rd_u8(&p) != 3)
		return false;
	rd_skip(&p, 3); /* minor version, length of the record */
	if (rd_u8(&p) != CLIENT_HELLO || p.bad)
		return false;
	rd_skip(&p, 3 + 2 + 32);  /* length, version, random */
	rd_skip(&p, rd_u8(&p));   /* session */
	rd_skip(&p, rd_be16(&p)); /* cipher suites */
	rd_skip(&p, rd_u8(&p));   /* compression */
	rd_skip(&p, 2);           /* length of the extensions */
	for (int i = 0; i < EXTENSIONS_MAX && p.n >= 4 && !p.bad; i++) {
		uint16_t type = rd_be16(&p), n = rd_be16(&p);
		struct rd body = at_most(&p, n);
		if (type == EXTENSION_NAME) {
			names_parse(body, name);
			break;
		}
	}
	return true;
}
