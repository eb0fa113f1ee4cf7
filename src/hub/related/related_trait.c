/* SPDX-License-Identifier: Apache-2.0 */
/* Traits of findings and of what people write into cases. */
#include "hub/related/related_trait.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "wire/indicator/indicator.h"

enum { LIST_MAX = 8 }; /* peers or names of one finding that are looked at */

static const char *const names[TRAIT_KINDS] = {
	[TRAIT_DOMAIN] = "domain", [TRAIT_ADDRESS] = "address", [TRAIT_URL] = "url",
	[TRAIT_JA3] = "ja3",       [TRAIT_CERT] = "cert",       [TRAIT_HASH] = "hash",
	[TRAIT_DEVICE] = "device", [TRAIT_CONTACT] = "contact",
};

const char *trait_kind_name(enum trait_kind k)
{
	return k > 0 && k < TRAIT_KINDS ? names[k] : "";
}

enum trait_kind trait_kind_of(const char *name)
{
	for (int k = 1; k < TRAIT_KINDS; k++)
		if (strcmp(names[k], name) == 0)
			return (enum trait_kind)k;
	return 0;
}

int64_t trait_hash(const uint8_t secret[TRAIT_SECRET], enum trait_kind k, const char *value,
		   size_t n)
{
	uint8_t whole[TRAIT_VALUE_MAX + 1];
	size_t use = n < TRAIT_VALUE_MAX ? n : TRAIT_VALUE_MAX;

	whole[0] = (uint8_t)k;
	memcpy(whole + 1, value, use);
	uint64_t h = siphash13(secret, whole, use + 1);
	int64_t out;
	memcpy(&out, &h, sizeof(out));
	return out;
}

/* The one address behind an indicator of another kind, or the indicator's kind itself. */
static enum indicator_kind indicator_of(enum trait_kind k)
{
	static const enum indicator_kind of[TRAIT_KINDS] = {
		[TRAIT_DOMAIN] = INDICATOR_DOMAIN, [TRAIT_ADDRESS] = INDICATOR_IP,
		[TRAIT_URL] = INDICATOR_URL,       [TRAIT_JA3] = INDICATOR_JA3,
		[TRAIT_CERT] = INDICATOR_CERT,     [TRAIT_HASH] = INDICATOR_FILE,
	};
	return of[k];
}

const char *trait_value(enum trait_kind k, const char *typed, struct arena *a)
{
	struct indicator *i = arena_alloc(a, sizeof(*i));

	if (k == TRAIT_DEVICE || k == TRAIT_CONTACT)
		return typed[0] && strlen(typed) < TRAIT_VALUE_MAX ? arena_strdup(a, typed) : NULL;
	if (k <= 0 || k >= TRAIT_KINDS ||
	    indicator_set(i, indicator_of(k), str_of(typed)) != INDICATOR_OK)
		return NULL;
	return i->kind == indicator_of(k) ? i->value : NULL;
}

const char *trait_device(const char *vendor, const char *dhcp_fingerprint, struct arena *a)
{
	if (!dhcp_fingerprint[0])
		return NULL;
	return arena_printf(a, "%.100s|%.200s", vendor, dhcp_fingerprint);
}

struct found {
	const uint8_t *secret;
	struct trait *out;
	size_t n;
};

static void add(struct found *f, enum trait_kind k, const char *value, size_t n)
{
	if (n == 0 || f->n >= TRAITS_OF_FINDING)
		return;
	f->out[f->n++] = (struct trait){ trait_hash(f->secret, k, value, n), k };
}

/* Lower case, without a final dot: what trait_value makes of a plain domain. */
static void add_domain(struct found *f, const char *name)
{
	char low[256];
	size_t n = 0;

	for (; name[n] && n < sizeof(low); n++)
		low[n] = (char)(name[n] >= 'A' && name[n] <= 'Z' ? name[n] + 32 : name[n]);
	if (n && low[n - 1] == '.')
		n--;
	if (n < sizeof(low))
		add(f, TRAIT_DOMAIN, low, n);
}

/* Addresses that mean something else in each company: RFC 1918, 6598, 3927, 4193, 4291; loopback,
 * multicast and broadcast. */
static bool everywhere(const uint8_t *b, bool v6)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };

	if (v6 && memcmp(b, mapped, sizeof(mapped)) == 0)
		return everywhere(b + 12, false);
	if (v6)
		return (b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && (b[1] & 0xC0) == 0x80) ||
		       b[0] == 0xFF || b[0] == 0;
	return b[0] == 10 || b[0] == 127 || b[0] == 0 || b[0] >= 224 ||
	       (b[0] == 172 && (b[1] & 0xF0) == 16) || (b[0] == 192 && b[1] == 168) ||
	       (b[0] == 169 && b[1] == 254) || (b[0] == 100 && (b[1] & 0xC0) == 64);
}

/* "192.0.2.1:443", "[2001:db8::1]:443". */
static bool public_address(const char *peer, char out[INET6_ADDRSTRLEN])
{
	uint8_t bytes[16];
	const char *from = peer[0] == '[' ? peer + 1 : peer;
	const char *to = peer[0] == '[' ? strchr(peer, ']') : strrchr(peer, ':');
	size_t n = to ? (size_t)(to - from) : strlen(from);
	bool v6 = memchr(from, ':', n) != NULL;

	if (n == 0 || n >= INET6_ADDRSTRLEN)
		return false;
	memcpy(out, from, n);
	out[n] = '\0';
	return inet_pton(v6 ? AF_INET6 : AF_INET, out, bytes) == 1 && !everywhere(bytes, v6);
}

static void add_peer(struct found *f, const char *detector, const char *peer)
{
	char address[INET6_ADDRSTRLEN], contact[160];

	if (!public_address(peer, address))
		return;
	add(f, TRAIT_ADDRESS, address, strlen(address));
	int n = snprintf(contact, sizeof(contact), "%.60s %.80s", detector, peer);
	add(f, TRAIT_CONTACT, contact, (size_t)n);
}

static void add_evidence(struct found *f, const Otasuke__Wire__Evidence *ev)
{
	static const struct {
		const char *name;
		enum trait_kind kind;
	} known[] = { { "ja3", TRAIT_JA3 },          { "sha256", TRAIT_HASH },
		      { "sha1", TRAIT_HASH },        { "md5", TRAIT_HASH },
		      { "cert", TRAIT_CERT },        { "cert_sha1", TRAIT_CERT },
		      { "cert_sha256", TRAIT_CERT }, { "url", TRAIT_URL } };

	if (!ev || !ev->name || !ev->text || ev->has_number || !ev->text[0])
		return;
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (strcmp(ev->name, known[i].name) == 0)
			add(f, known[i].kind, ev->text, strlen(ev->text));
}

size_t trait_of_finding(const uint8_t secret[TRAIT_SECRET], const Otasuke__Wire__Finding *f,
			struct trait out[TRAITS_OF_FINDING])
{
	struct found found = { secret, out, 0 };
	const Otasuke__Wire__Device *d = f->device;
	const char *detector = f->detector ? f->detector : "";

	for (size_t i = 0; i < f->n_names && i < LIST_MAX; i++)
		add_domain(&found, f->names[i]);
	for (size_t i = 0; i < f->n_peers && i < LIST_MAX; i++)
		add_peer(&found, detector, f->peers[i]);
	for (size_t i = 0; i < f->n_evidence; i++)
		add_evidence(&found, f->evidence[i]);
	if (d && d->dhcp_fingerprint && d->dhcp_fingerprint[0]) {
		char print[310];
		int n = snprintf(print, sizeof(print), "%.100s|%.200s", d->vendor ? d->vendor : "",
				 d->dhcp_fingerprint);
		add(&found, TRAIT_DEVICE, print, (size_t)n);
	}
	return found.n;
}
