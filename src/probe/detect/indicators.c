/* SPDX-License-Identifier: Apache-2.0 */
/* Asking the bundle, and saying in words what was hit. Reading lists: indicators_load.c. */
#include "probe/detect/indicators.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/indicators_priv.h"

struct indicators *indicators_new(void)
{
	return mem_new(sizeof(struct indicators));
}

void indicators_free(struct indicators *s)
{
	if (!s)
		return;
	indicators_load_end(s);
	bundle_free(s->bundle);
	bundle_free(s->own);
	bundle_free(s->except);
	free(s);
}

static struct bundle_stats stats_of(const struct bundle *b)
{
	struct bundle_stats n = { 0 };

	if (b)
		bundle_stats_get(b, &n);
	return n;
}

static size_t entries(const struct bundle *b)
{
	return (size_t)stats_of(b).count[0];
}

static bool has_files(const struct bundle *b)
{
	return stats_of(b).count[INDICATOR_FILE] > 0;
}

static void count(struct indicators *s)
{
	s->count = entries(s->bundle) + entries(s->own);
	s->files = has_files(s->bundle) || has_files(s->own);
}

void indicators_use(struct indicators *s, struct bundle *b)
{
	struct bundle *old = s->bundle;

	s->bundle = b;
	count(s);
	s->generation++;
	bundle_free(old);
}

void indicators_keep(struct indicators *s)
{
	bundle_free(s->own);
	s->own = s->bundle;
	s->bundle = NULL;
	count(s);
}

uint64_t indicators_generation(const struct indicators *s)
{
	return s->generation;
}

size_t indicators_count(const struct indicators *s)
{
	return s->count;
}

uint64_t indicators_bad(const struct indicators *s)
{
	return s->bad;
}

size_t indicators_bytes(const struct indicators *s)
{
	return (size_t)(stats_of(s->bundle).bytes + stats_of(s->own).bytes);
}

static bool told(const struct indicators *s, const struct bundle_hit *hit,
		 struct indicator_hit *out)
{
	if (indicators_excepted(s, hit->kind, str_of(out->value)))
		return false;
	out->type = indicator_kind_name(hit->kind);
	out->info_only = hit->info_only;
	memcpy(out->description, hit->label, sizeof(out->description));
	memcpy(out->feed, hit->feed, sizeof(out->feed));
	return true;
}

bool indicators_domain(const struct indicators *s, const char *name, struct indicator_hit *out)
{
	struct bundle_hit hit;

	if (!(s->own && bundle_domain(s->own, str_of(name), &hit)) &&
	    !(s->bundle && bundle_domain(s->bundle, str_of(name), &hit)))
		return false;
	(void)str_copy(out->value, sizeof(out->value), str_of(name + hit.skip)); /* fits */
	return told(s, &hit, out);
}

static void net_text(const struct addr *a, unsigned bits, char *out, size_t size)
{
	char text[ADDR_TEXT_MAX];
	struct addr net = *a;

	for (unsigned i = bits / 8; i < 16; i++) {
		unsigned keep = bits > i * 8 ? bits - i * 8 : 0;
		net.b[i] = (uint8_t)(net.b[i] & (0xff00u >> keep));
	}
	addr_format(&net, text);
	if (bits == 128)
		(void)snprintf(out, size, "%s", text);
	else
		(void)snprintf(out, size, "%s/%u", text,
			       addr_is_v4(&net) && bits >= 96 ? bits - 96 : bits);
}

bool indicators_addr(const struct indicators *s, const struct addr *a, struct indicator_hit *out)
{
	struct bundle_hit hit;

	if (!(s->own && bundle_addr(s->own, a->b, &hit)) &&
	    !(s->bundle && bundle_addr(s->bundle, a->b, &hit)))
		return false;
	net_text(a, hit.bits, out->value, sizeof(out->value));
	return told(s, &hit, out);
}

static bool listed_hash(const struct indicators *s, enum indicator_kind kind, const uint8_t *b,
			size_t n, struct bundle_hit *out)
{
	return (s->own && bundle_hash(s->own, kind, b, n, out)) ||
	       (s->bundle && bundle_hash(s->bundle, kind, b, n, out));
}

static bool hash(const struct indicators *s, enum indicator_kind kind, const char *hex,
		 struct indicator_hit *out)
{
	struct bundle_hit hit;
	uint8_t b[32];
	size_t n = 0;

	if (!hex[0] || str_hex(str_of(hex), b, sizeof(b), &n) < 0 ||
	    !listed_hash(s, kind, b, n, &hit))
		return false;
	(void)str_copy(out->value, sizeof(out->value), str_of(hex)); /* fits */
	return told(s, &hit, out);
}

bool indicators_ja3(const struct indicators *s, const char *hex, struct indicator_hit *out)
{
	return hash(s, INDICATOR_JA3, hex, out);
}

bool indicators_file_hash(const struct indicators *s, const char *hex, struct indicator_hit *out)
{
	return hash(s, INDICATOR_FILE, hex, out);
}

bool indicators_has_files(const struct indicators *s)
{
	return s->files;
}

bool indicators_cert(const struct indicators *s, const char *hex, struct indicator_hit *out)
{
	return hash(s, INDICATOR_CERT, hex, out);
}

bool indicators_cert_sha1(const struct indicators *s, const uint8_t sha1[20],
			  struct indicator_hit *out)
{
	struct bundle_hit hit;

	if (!listed_hash(s, INDICATOR_CERT, sha1, 20, &hit))
		return false;
	for (size_t i = 0; i < 20; i++)
		(void)snprintf(out->value + 2 * i, 3, "%02x", sha1[i]);
	return told(s, &hit, out);
}

bool indicators_url(const struct indicators *s, struct str host, struct str target,
		    struct indicator_hit *out)
{
	char text[INDICATOR_VALUE_MAX];
	struct bundle_hit hit;

	if (!(s->own && bundle_url(s->own, host, target, &hit)) &&
	    !(s->bundle && bundle_url(s->bundle, host, target, &hit)))
		return false;
	size_t n = indicator_url(host, target, text); /* not 0: it was found */
	struct str listed = { text, n - hit.skip };
	if (indicators_excepted(s, INDICATOR_URL, listed))
		return false;
	(void)str_copy(out->value, sizeof(out->value), listed); /* cut is fine */
	return told(s, &hit, out);
}
