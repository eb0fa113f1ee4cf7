/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device asks for many names that do not exist and that look drawn by lot, as malware
 * does that looks for its owner under names of the day. Counts distinct domains answered with
 * NXDOMAIN; a server's failure says nothing, nor does one name asked for again and again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/random_name.h"
#include "probe/detect/ring.h"

enum { ASKERS_MAX = 1024, RESOLVERS_MAX = 64, NAMES_BITS = 1024, SAMPLES = 6 };

struct asker {
	struct addr addr, server;
	uint64_t seen[NAMES_BITS / 64];
	uint64_t names, random, alike; /* distinct ones; ALIKE: as long as the first of them */
	uint64_t again, answered;      /* missing ones asked for once more; names that exist */
	size_t length;                 /* of the first label */
	size_t n_samples;
	char sample[SAMPLES][DPI_NAME_MAX];
	int64_t first_us, last_us;
	struct telling telling;
};

struct dga {
	struct detect_env *env;
	struct ring *askers;
	struct addr resolver[RESOLVERS_MAX]; /* they ask for others */
	size_t n_resolvers;
};

static void *dga_open(struct detect_env *env)
{
	struct dga *g = mem_new(sizeof(*g));

	g->env = env;
	g->askers = ring_new(env, ASKERS_MAX, sizeof(struct addr), sizeof(struct asker));
	return g;
}

static void dga_close(void *state)
{
	struct dga *g = state;

	ring_free(g->askers);
	free(g);
}

static struct asker *asker_of(struct dga *g, const struct addr *a)
{
	bool fresh;
	struct asker *k = ring_get(g->askers, a->b, &fresh);

	if (fresh)
		k->addr = *a;
	return k;
}

static bool resolver(struct dga *g, const struct addr *asker, const struct addr *server)
{
	bool known = false, asks = false;

	for (size_t i = 0; i < g->n_resolvers; i++) {
		known |= addr_eq(&g->resolver[i], server);
		asks |= addr_eq(&g->resolver[i], asker);
	}
	if (!known && g->n_resolvers < RESOLVERS_MAX)
		g->resolver[g->n_resolvers++] = *server;
	return asks;
}

/* Names that are no domain somebody could have registered. */
static bool worth(struct str name)
{
	struct str registered = name_registered(name);

	return memchr(registered.p, '.', registered.n) && !str_ends(name, STR(".arpa")) &&
	       !str_ends(name, STR(".local")) && name.p[0] != '_';
}

static bool inside(const struct dga *g, const struct addr *a)
{
	return inventory_inside(g->env->inventory, a, inventory_owner(g->env->inventory, a));
}

static bool is_new(struct asker *k, struct str registered)
{
	static const uint8_t fixed[16] = "dga";
	uint64_t bit = siphash13(fixed, registered.p, registered.n) % NAMES_BITS;
	bool known = k->seen[bit / 64] >> (bit % 64) & 1;

	k->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	return !known;
}

/* Whatever the names look like: most of what a device asks for is missing, and it does not care to
 * ask twice. Programs and pages repeat the names that a filter blocks. */
static bool goes_through(const struct thresholds *t, const struct asker *k)
{
	double names = (double)k->names;

	return k->names >= t->dga.lone_min && (double)k->again <= t->dga.again_share * names &&
	       names >= t->dga.lone_share * (names + (double)k->answered);
}

static void tell(struct dga *g, struct asker *k)
{
	double random = (double)k->random / (double)k->names;
	const struct thresholds *t = g->env->thresholds;
	bool alike = (double)k->alike >= t->dga.alike_share * (double)k->names &&
		     k->length >= t->dga.alike_length;
	bool drawn = k->names >= t->dga.names_min && (random >= t->dga.random_share || alike);
	struct report r;

	if (!drawn && !goes_through(t, k))
		return;
	enum severity severity =
		drawn && k->names >= t->dga.names_many ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	k->telling.due = true;
	if (!telling_due(&k->telling, severity, g->env->now_us))
		return;
	report_init(&r, detector_dga.name, inventory_owner(g->env->inventory, &k->addr), &k->addr);
	r.severity = severity;
	r.confidence = drawn ? fmin(0.95, 0.6 + (double)k->names / 100) : 0.6;
	r.first_us = k->first_us;
	r.last_us = k->last_us;
	r.count = k->names;
	report_peer(&r, &k->server, 53);
	for (size_t i = 0; i < k->n_samples; i++)
		report_name(&r, k->sample[i]);
	report_reason(&r, "%llu different domains that do not exist were asked for within %.0f s",
		      (unsigned long long)k->names,
		      (double)(k->last_us - k->first_us) / (double)US_PER_SEC);
	if (drawn)
		report_reason(&r, "%.0f %% of them look drawn by lot%s", 100 * random,
			      alike ? ", and nearly all are of one length" : "");
	else
		report_reason(&r, "hardly one of them twice, and few others meanwhile");
	report_number(&r, "domains_missing", (double)k->names);
	report_number(&r, "random_share", random);
	report_story(&r, g->env, "names");
	detect_report(g->env, &k->telling, &r);
}

static void on_answered(struct dga *g, const struct dissected *d, const struct dns_message *m)
{
	struct asker *k = m->rcode == 0 && m->n_answers > 0 && m->type != DNS_AAAA
				  ? ring_find(g->askers, d->dst.b)
				  : NULL;

	if (k)
		k->answered++;
}

static void dga_dns(void *state, const struct dissected *d, const struct dns_message *m)
{
	struct dga *g = state;
	struct str name = str_of(m->name), label, rest;

	if (!m->response || resolver(g, &d->dst, &d->src))
		return;
	if (m->rcode != DNS_RCODE_NXDOMAIN) {
		on_answered(g, d, m);
		return;
	}
	if (!worth(name) || !inside(g, &d->dst))
		return;
	struct asker *k = asker_of(g, &d->dst);
	struct telling told = k->telling;
	if (d->ts_us - k->last_us > g->env->thresholds->dga.rest_us)
		*k = (struct asker){ .addr = d->dst, .first_us = d->ts_us, .telling = told };
	k->last_us = d->ts_us;
	k->server = d->src;
	struct str registered = name_registered(name);
	if (!is_new(k, registered)) {
		k->again += m->type != DNS_AAAA; /* each name is asked for in both kinds */
		return;
	}
	k->names++;
	rest = registered;
	(void)str_cut(&rest, '.', &label); /* worth() saw a dot */
	k->length = k->length ? k->length : label.n;
	k->alike += k->length == label.n;
	bool random = name_is_random(registered, g->env->thresholds);
	k->random += random;
	if ((random || k->names > g->env->thresholds->dga.names_min) && k->n_samples < SAMPLES)
		(void)str_copy(k->sample[k->n_samples++], DPI_NAME_MAX,
			       registered); /* cut is fine */
	tell(g, k);
}

const struct detector detector_dga = {
	.name = "dga",
	.open = dga_open,
	.close = dga_close,
	.dns = dga_dns,
};
