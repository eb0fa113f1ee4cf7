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
#include "probe/detect/ring.h"

enum { TUNNELS_MAX = 2048, KEY_MAX = 24, NAMES_BITS = 1024 };

struct tunnel {
	struct addr asker, server;
	char domain[DPI_NAME_MAX];
	uint64_t seen[NAMES_BITS / 64];
	uint64_t names, strange, carrier, length, queries;
	int64_t first_us, last_us;
	struct telling telling;
};

struct dns_tunnel {
	struct detect_env *env;
	struct ring *tunnels;
};

static void *dns_tunnel_open(struct detect_env *env)
{
	struct dns_tunnel *t = mem_new(sizeof(*t));

	t->env = env;
	t->tunnels = ring_new(env, TUNNELS_MAX, KEY_MAX, sizeof(struct tunnel));
	return t;
}

static void dns_tunnel_close(void *state)
{
	struct dns_tunnel *t = state;

	ring_free(t->tunnels);
	free(t);
}

static struct tunnel *tunnel_of(struct dns_tunnel *s, const struct addr *asker, struct str domain)
{
	static const uint8_t fixed[16] = "tunnel";
	uint64_t h = siphash13(fixed, domain.p, domain.n);
	uint8_t key[KEY_MAX];
	bool fresh;

	memcpy(key, asker->b, 16);
	memcpy(key + 16, &h, 8);
	struct tunnel *t = ring_get(s->tunnels, key, &fresh);
	if (fresh) {
		t->asker = *asker;
		(void)str_copy(t->domain, sizeof(t->domain), domain); /* cut is fine */
	}
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

static bool weigh(const struct thresholds *th, const struct tunnel *t, struct report *r)
{
	double mean = (double)t->length / (double)t->names;

	if (t->strange >= th->dns_tunnel.strange_min && t->strange * 2 >= t->names) {
		r->severity = SEVERITY_HIGH;
		r->confidence = 0.95;
		report_reason(r, "%llu of them of a kind of record that hardly anything asks for",
			      (unsigned long long)t->strange);
		return true;
	}
	if (t->carrier >= th->dns_tunnel.carrier_min && t->carrier * 2 >= t->names &&
	    mean >= th->dns_tunnel.carrier_length) {
		r->severity = SEVERITY_HIGH;
		r->confidence = 0.85;
		report_reason(r, "%llu of them for records that carry text back",
			      (unsigned long long)t->carrier);
		return true;
	}
	r->severity = SEVERITY_MEDIUM;
	r->confidence = 0.6;
	return t->names >= th->dns_tunnel.plain_min && mean >= th->dns_tunnel.plain_length;
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
	if (!weigh(s->env->thresholds, t, &r) ||
	    !telling_due(&t->telling, r.severity, s->env->now_us))
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
	if (d->ts_us - t->last_us > s->env->thresholds->dns_tunnel.rest_us) {
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
	tell(s, t);
}

const struct detector detector_dns_tunnel = {
	.name = "dns_tunnel",
	.open = dns_tunnel_open,
	.close = dns_tunnel_close,
	.dns = dns_tunnel_dns,
};
