/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: data that travels inside the names of DNS queries. Many different names under one
 * domain, of kinds that nothing else asks for or so long that no person chose them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/random_name.h"

enum {
	TUNNELS_MAX = 2048, /* a ring once it is full */
	NAMES_BITS = 1024,
	STRANGE_MIN = 30,  /* names of kinds that only tunnels use */
	CARRIER_MIN = 100, /* names of kinds that can carry much in the answer */
	CARRIER_LENGTH = 24,
	PLAIN_MIN = 300, /* addresses asked for: content networks and virus scanners do this too */
	PLAIN_LENGTH = 30,
};

#define REST_US US_PER_HOUR /* after it, names are counted anew */

struct tunnel {
	uint8_t key[24];
	struct addr asker, server;
	char domain[DPI_NAME_MAX];
	uint64_t seen[NAMES_BITS / 64];
	uint64_t names, strange, carrier, length, queries;
	int64_t first_us, last_us;
	struct telling telling;
};

struct dns_tunnel {
	struct detect_env *env;
	struct map *by_key;
	struct tunnel *tunnel;
	size_t n, hand;
};

static void *dns_tunnel_open(struct detect_env *env)
{
	struct dns_tunnel *t = mem_new(sizeof(*t));

	t->env = env;
	t->by_key = map_new(TUNNELS_MAX);
	t->tunnel = mem_array(TUNNELS_MAX, sizeof(*t->tunnel));
	return t;
}

static void dns_tunnel_close(void *state)
{
	struct dns_tunnel *t = state;

	map_free(t->by_key);
	free(t->tunnel);
	free(t);
}

static struct tunnel *tunnel_of(struct dns_tunnel *s, const struct addr *asker, struct str domain)
{
	static const uint8_t fixed[16] = "tunnel";
	uint64_t h = siphash13(fixed, domain.p, domain.n);
	uint8_t key[24];

	memcpy(key, asker->b, 16);
	memcpy(key + 16, &h, 8);
	void *p = map_find(s->by_key, key, sizeof(key));
	if (p)
		return &s->tunnel[(uintptr_t)p - 1];
	size_t i = s->n < TUNNELS_MAX ? s->n++ : s->hand++ % TUNNELS_MAX;
	struct tunnel *t = &s->tunnel[i];
	if (t->last_us)
		detect_forget(s->env, s->by_key, t->key, sizeof(t->key));
	*t = (struct tunnel){ .asker = *asker };
	memcpy(t->key, key, sizeof(key));
	(void)str_copy(t->domain, sizeof(t->domain), domain);                   /* cut is fine */
	(void)map_set(s->by_key, key, sizeof(key), (void *)(uintptr_t)(i + 1)); /* as many places */
	return t;
}

static bool is_new(struct tunnel *t, struct str name)
{
	static const uint8_t fixed[16] = "query";
	uint64_t bit = siphash13(fixed, name.p, name.n) % NAMES_BITS;
	bool known = t->seen[bit / 64] >> (bit % 64) & 1;

	t->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	return !known;
}

static bool is_carrier(uint16_t type)
{
	return type == DNS_TXT || type == DNS_CNAME || type == 15 /* MX */;
}

/* NULL, KEY, private ones: what office software asks for is a short list. */
static bool is_strange(uint16_t type)
{
	static const uint16_t usual[] = { DNS_A,   2,        DNS_CNAME, 6,  DNS_PTR, 15,
					  DNS_TXT, DNS_AAAA, DNS_SRV,   35, 43,      44,
					  48,      52,       64,        65, 255,     257 };

	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (usual[i] == type)
			return false;
	}
	return true;
}

static bool weigh(const struct tunnel *t, struct report *r)
{
	double mean = (double)t->length / (double)t->names;

	if (t->strange >= STRANGE_MIN && t->strange * 2 >= t->names) {
		r->severity = SEVERITY_HIGH;
		r->confidence = 0.95;
		report_reason(r, "%llu of them of a kind of record that hardly anything asks for",
			      (unsigned long long)t->strange);
		return true;
	}
	if (t->carrier >= CARRIER_MIN && t->carrier * 2 >= t->names && mean >= CARRIER_LENGTH) {
		r->severity = SEVERITY_HIGH;
		r->confidence = 0.85;
		report_reason(r, "%llu of them for records that carry text back",
			      (unsigned long long)t->carrier);
		return true;
	}
	r->severity = SEVERITY_MEDIUM;
	r->confidence = 0.6;
	return t->names >= PLAIN_MIN && mean >= PLAIN_LENGTH;
}

static void tell(struct dns_tunnel *s, struct tunnel *t)
{
	struct report r;

	if (!telling_look(&t->telling, t->names))
		return;
	report_init(&r, detector_dns_tunnel.name, inventory_owner(s->env->inventory, &t->asker),
		    &t->asker);
	report_reason(&r, "%llu different names under %s within %.0f s, %.0f characters each",
		      (unsigned long long)t->names, t->domain,
		      (double)(t->last_us - t->first_us) / (double)US_PER_SEC,
		      (double)t->length / (double)t->names);
	t->telling.due = true;
	if (!weigh(t, &r) || !telling_due(&t->telling, r.severity, s->env->now_us))
		return;
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = t->queries;
	report_peer(&r, &t->server, 53);
	report_name(&r, t->domain);
	report_number(&r, "names_asked", (double)t->names);
	report_number(&r, "queries", (double)t->queries);
	report_number(&r, "name_length", (double)t->length / (double)t->names);
	report_story(&r, s->env, "%s", t->domain);
	detect_report(s->env, &t->telling, &r);
}

static void dns_tunnel_dns(void *state, const struct dissected *d, const struct dns_message *m)
{
	struct dns_tunnel *s = state;
	struct str name = str_of(m->name), domain = name_registered(name);

	if (m->response || name.n <= domain.n + 1 || str_ends(name, STR(".arpa")) ||
	    !inventory_inside(s->env->inventory, &d->src,
			      inventory_owner(s->env->inventory, &d->src)))
		return;
	struct tunnel *t = tunnel_of(s, &d->src, domain);
	if (d->ts_us - t->last_us > REST_US) {
		memset(t->seen, 0, sizeof(t->seen));
		t->names = t->strange = t->carrier = t->length = t->queries = 0;
		t->telling.look_at = 0;
		t->first_us = d->ts_us;
	}
	t->last_us = d->ts_us;
	t->server = d->dst;
	t->queries++;
	if (!is_new(t, name))
		return;
	t->names++;
	t->length += name.n - domain.n - 1;
	t->strange += is_strange(m->type);
	t->carrier += is_carrier(m->type);
	if (t->names >= STRANGE_MIN)
		tell(s, t);
}

const struct detector detector_dns_tunnel = {
	.name = "dns_tunnel",
	.open = dns_tunnel_open,
	.close = dns_tunnel_close,
	.dns = dns_tunnel_dns,
};
