/* SPDX-License-Identifier: Apache-2.0 */
/* Looking things up in a bundle. Fingerprints of all candidates are made and their cache lines
 * asked for before the first is compared. */
#include "wire/indicator/bundle.h"

#include <string.h>

#include "wire/indicator/bundle_layout.h"
#include "wire/indicator/bundle_table.h"

enum { CANDIDATES_MAX = 128 }; /* labels of a name, lengths of a network */

static void hit_fill(const struct bundle *b, enum indicator_kind kind, uint32_t note,
		     struct bundle_hit *out)
{
	uint32_t at = note & ~BUNDLE_NOTE_INFO;

	out->kind = kind;
	out->info_only = (note & BUNDLE_NOTE_INFO) != 0;
	out->bits = 0;
	out->skip = 0;
	out->label[0] = out->feed[0] = 0;
	if (b->head.labels_bytes < 3 || at > b->head.labels_bytes - 3)
		return; /* only a damaged one has such a note */
	const uint8_t *p = b->labels + at;
	size_t left = b->head.labels_bytes - at - 2;
	unsigned feed = (unsigned)(p[0] | p[1] << 8);
	size_t n = strnlen((const char *)p + 2, left);
	(void)str_copy(out->label, sizeof(out->label), (struct str){ (const char *)p + 2, n });
	if (feed < b->head.feeds) {
		const char *name = (const char *)b->feeds + (size_t)feed * BUNDLE_FEED_MAX;
		n = strnlen(name, BUNDLE_FEED_MAX);
		(void)str_copy(out->feed, sizeof(out->feed), (struct str){ name, n });
	}
}

static bool find(const struct bundle *b, enum indicator_kind kind, uint64_t fingerprint,
		 struct bundle_hit *out)
{
	const uint8_t *note = table_find(b->table, b->head.buckets, fingerprint);

	if (!note)
		return false;
	hit_fill(b, kind, table_u32(note), out);
	return true;
}

bool bundle_hash(const struct bundle *b, enum indicator_kind kind, const uint8_t *p, size_t n,
		 struct bundle_hit *out)
{
	return b->head.count[kind] > 0 &&
	       find(b, kind, bundle_fingerprint(b->head.seed, kind, p, n), out);
}

struct candidates {
	uint64_t fingerprint[CANDIDATES_MAX];
	uint8_t what[CANDIDATES_MAX]; /* bytes skipped; bits */
	size_t n;
};

static void candidate(const struct bundle *b, struct candidates *c, enum indicator_kind kind,
		      struct str key, uint8_t what)
{
	uint64_t h = bundle_fingerprint(b->head.seed, kind, key.p, key.n);

	table_prefetch(b->table, b->head.buckets, h);
	c->fingerprint[c->n] = h;
	c->what[c->n++] = what;
}

bool bundle_domain(const struct bundle *b, struct str name, struct bundle_hit *out)
{
	struct candidates c;
	unsigned labels = 1;

	c.n = 0;
	if (name.n > 0 && name.p[name.n - 1] == '.')
		name.n--;
	if (b->head.count[INDICATOR_DOMAIN] == 0 || name.n == 0 || name.n > 253)
		return false;
	for (size_t i = 0; i < name.n; i++)
		labels += name.p[i] == '.';
	for (size_t at = 0; labels > 1 && c.n < CANDIDATES_MAX; labels--) {
		if (b->head.depths >> bundle_depth(labels) & 1)
			candidate(b, &c, INDICATOR_DOMAIN, (struct str){ name.p + at, name.n - at },
				  (uint8_t)at);
		while (name.p[at] != '.')
			at++;
		at++;
	}
	for (size_t i = 0; i < c.n; i++) {
		if (find(b, INDICATOR_DOMAIN, c.fingerprint[i], out)) {
			out->skip = c.what[i];
			return true;
		}
	}
	return false;
}

static void net_key(const uint8_t addr[16], unsigned bits, uint8_t key[17])
{
	unsigned whole = bits / 8;

	memset(key, 0, 17);
	memcpy(key, addr, whole);
	if (bits % 8)
		key[whole] = (uint8_t)(addr[whole] & (0xff00u >> (bits % 8)));
	key[16] = (uint8_t)bits;
}

static void candidate_net(const struct bundle *b, struct candidates *c, const uint8_t addr[16],
			  unsigned bits)
{
	uint8_t key[17];

	net_key(addr, bits, key);
	candidate(b, c, INDICATOR_CIDR, (struct str){ (const char *)key, sizeof(key) },
		  (uint8_t)bits);
}

/* The lengths that lie under the first 16 bits of the address, longest first. */
static void candidates_v4(const struct bundle *b, struct candidates *c, const uint8_t addr[16])
{
	uint32_t lengths = b->v4_lengths; /* bit n: n + 97 of 128 */

	if (b->head.v4)
		lengths &= table_u32(b->v4 + (size_t)(addr[12] << 8 | addr[13]) * 4);
	for (; lengths; lengths &= ~(UINT32_C(0x80000000) >> __builtin_clz(lengths)))
		candidate_net(b, c, addr, 128 - (unsigned)__builtin_clz(lengths));
}

static void candidates_v6(const struct bundle *b, struct candidates *c, const uint8_t addr[16])
{
	for (unsigned bits = 128; bits > 0 && c->n < CANDIDATES_MAX; bits--) {
		if (b->head.lengths[bits / 8] == 0)
			bits -= bits % 8; /* none of the eight */
		else if (b->head.lengths[bits / 8] >> (bits % 8) & 1)
			candidate_net(b, c, addr, bits);
		if (bits == 0)
			break;
	}
}

bool bundle_addr(const struct bundle *b, const uint8_t addr[16], struct bundle_hit *out)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct candidates c;

	c.n = 0;
	if (b->head.count[INDICATOR_IP] + b->head.count[INDICATOR_CIDR] == 0)
		return false;
	if (memcmp(addr, mapped, sizeof(mapped)) == 0)
		candidates_v4(b, &c, addr);
	else
		candidates_v6(b, &c, addr);
	for (size_t i = 0; i < c.n; i++) {
		enum indicator_kind kind = c.what[i] == 128 ? INDICATOR_IP : INDICATOR_CIDR;
		if (find(b, kind, c.fingerprint[i], out)) {
			out->bits = c.what[i];
			return true;
		}
	}
	return false;
}

bool bundle_url(const struct bundle *b, struct str host, struct str target, struct bundle_hit *out)
{
	char text[INDICATOR_VALUE_MAX];
	size_t n = b->head.count[INDICATOR_URL] ? indicator_url(host, target, text) : 0;

	if (n == 0)
		return false;
	const char *query = memchr(text, '?', n);
	size_t plain = query ? (size_t)(query - text) : n;
	uint64_t whole = bundle_fingerprint(b->head.seed, INDICATOR_URL, text, n), h = whole;
	if (query) {
		h = bundle_fingerprint(b->head.seed, INDICATOR_URL, text, plain);
		table_prefetch(b->table, b->head.buckets, h);
	}
	if (find(b, INDICATOR_URL, whole, out))
		return true;
	if (!query || !find(b, INDICATOR_URL, h, out))
		return false;
	out->skip = n - plain;
	return true;
}

bool bundle_has(const struct bundle *b, const struct indicator *i, struct bundle_hit *out)
{
	uint8_t bytes[32], key[17], bits;
	size_t n = 0;

	if (indicator_net(i, bytes, &bits)) {
		net_key(bytes, bits, key);
		return find(b, i->kind,
			    bundle_fingerprint(b->head.seed, INDICATOR_CIDR, key, sizeof(key)),
			    out);
	}
	if (indicator_hash(i, bytes, &n))
		return bundle_hash(b, i->kind, bytes, n, out);
	return find(b, i->kind, bundle_fingerprint(b->head.seed, i->kind, i->value, i->n), out);
}
