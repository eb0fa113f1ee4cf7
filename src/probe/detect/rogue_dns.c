/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a server of names that lies: for names of different owners it gives one and the same
 * address, where another server gives each its own. That servers differ is ordinary (content
 * networks answer by place); that one leads many names to one place is not. A device that alone
 * asks a server outside, while the others share one, is a clue. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/places.h"
#include "probe/detect/random_name.h"
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum {
	NAMES = 2048, /* direct-mapped, the newer stays */
	ANSWERS = 2,  /* of different servers, for one name */
	LIES_MAX = 512,
	LIE_BITS = 64,
	HEARD_BITS = 4096,
	V4_NET = 96 + 16, /* answers in one /16 do not differ */
};

struct answer {
	struct addr server, addr;
};

struct name {
	uint64_t key;   /* of the whole name */
	uint64_t owner; /* of the registered domain */
	struct answer answer[ANSWERS];
};

/* A server and the address it leads to. */
struct lie {
	uint64_t names, truths; /* bits: the domains, the networks that others gave */
	char sample[DPI_NAME_MAX];
	int64_t first_us;
	struct telling telling;
};

struct rogue_dns {
	struct detect_env *env;
	struct ring *lies;
	struct places *servers;
	unsigned most_devices;           /* that ask one and the same server */
	uint64_t heard[HEARD_BITS / 64]; /* clients and servers whose clue was handed in */
	struct name name[NAMES];
};

static void *rogue_dns_open(struct detect_env *env)
{
	struct rogue_dns *g = mem_new(sizeof(*g));

	g->env = env;
	g->lies = ring_new(env, LIES_MAX, 2 * sizeof(struct addr), sizeof(struct lie));
	g->servers = places_new();
	return g;
}

static void rogue_dns_close(void *state)
{
	struct rogue_dns *g = state;

	ring_free(g->lies);
	places_free(g->servers);
	free(g);
}

static uint64_t hash_of(const void *p, size_t n)
{
	static const uint8_t fixed[16] = "rogue dns";

	return siphash13(fixed, p, n);
}

static bool same_net(const struct addr *a, const struct addr *b)
{
	return memcmp(a->b, b->b, addr_is_v4(a) ? V4_NET / 8 : 4) == 0;
}

static void tell(struct rogue_dns *g, struct lie *l, const struct addr *server,
		 const struct addr *to, const struct dissected *d)
{
	unsigned names = (unsigned)__builtin_popcountll(l->names);
	struct inventory *v = g->env->inventory;
	uint32_t device = inventory_owner(v, server);
	bool inside = inventory_inside(v, server, device);
	struct report r;
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	l->telling.due = true;
	if (!telling_due(&l->telling, SEVERITY_MEDIUM, g->env->now_us))
		return;
	report_init(&r, detector_rogue_dns.name, inside ? device : inventory_owner(v, &d->dst),
		    inside ? server : &d->dst);
	r.severity = SEVERITY_MEDIUM;
	r.confidence = 0.7;
	r.first_us = l->first_us;
	r.last_us = d->ts_us > l->first_us ? d->ts_us : l->first_us;
	r.count = names;
	report_peer(&r, server, 0);
	report_peer(&r, to, 0);
	report_name(&r, l->sample);
	report_reason(&r,
		      "the server of names %s leads %u names of different owners to %s; another "
		      "server gives each an address of its own",
		      addr_format(server, a), names, addr_format(to, b));
	report_number(&r, "names_asked", names);
	report_story(&r, g->env, "%s", a);
	detect_report(g->env, &l->telling, &r);
}

/* SERVER says TO where another says TRUTH. */
static void contradicts(struct rogue_dns *g, const struct answer *said, const struct addr *truth,
			const struct name *n, const struct dissected *d, const char *text)
{
	const struct thresholds *t = g->env->thresholds;
	uint8_t key[2 * sizeof(struct addr)];
	bool fresh;

	memcpy(key, said->server.b, sizeof(struct addr));
	memcpy(key + sizeof(struct addr), said->addr.b, sizeof(struct addr));
	struct lie *l = ring_get(g->lies, key, &fresh);
	if (fresh) {
		l->first_us = d->ts_us;
		(void)str_copy(l->sample, sizeof(l->sample), str_of(text)); /* cut is fine */
	}
	l->names |= UINT64_C(1) << (n->owner % LIE_BITS);
	l->truths |= UINT64_C(1) << (hash_of(truth->b, V4_NET / 8) % LIE_BITS);
	unsigned names = (unsigned)__builtin_popcountll(l->names);
	/* Elsewhere they lie far apart: all but one in networks of their own. */
	if (names >= t->rogue_dns.names_min && __builtin_popcountll(l->truths) + 1 >= (int)names)
		tell(g, l, &said->server, &said->addr, d);
}

static void compare(struct rogue_dns *g, const struct answer *now, const struct dissected *d,
		    const char *text)
{
	struct str owner = name_registered(str_of(text));
	uint64_t key = hash_of(text, strlen(text));
	struct name *n = &g->name[key % NAMES];

	if (n->key != key)
		*n = (struct name){ .key = key, .owner = hash_of(owner.p, owner.n) };
	struct answer *mine = NULL, *free_one = &n->answer[ANSWERS - 1];
	for (size_t i = 0; i < ANSWERS; i++) {
		struct answer *a = &n->answer[i];
		if (addr_eq(&a->server, &now->server))
			mine = a;
		else if (addr_is_zero(&a->server))
			free_one = a;
		else if (!same_net(&a->addr, &now->addr)) {
			contradicts(g, now, &a->addr, n, d, text);
			contradicts(g, a, &now->addr, n, d, text);
		}
	}
	*(mine ? mine : free_one) = *now;
}

/* CLIENT alone asks a server outside, and the others share one. */
static void lonely(struct rogue_dns *g, const struct addr *server, uint32_t client,
		   const struct dissected *d)
{
	const struct thresholds *t = g->env->thresholds;
	uint64_t place = place_id(server, "");
	uint64_t bit = (place ^ hash_of(d->dst.b, sizeof(d->dst.b))) % HEARD_BITS;
	struct report r;
	char text[ADDR_TEXT_MAX];

	places_note(g->servers, place, client);
	unsigned devices = places_callers(g->servers, place);
	g->most_devices = devices > g->most_devices ? devices : g->most_devices;
	if (devices > 1 || g->most_devices < t->rogue_dns.usual_devices ||
	    inventory_inside(g->env->inventory, server, DEVICE_NONE) ||
	    places_callers(g->servers, place_id(&d->dst, "")) > 0 || /* it asks for others */
	    (g->heard[bit / 64] >> (bit % 64) & 1))
		return;
	g->heard[bit / 64] |= UINT64_C(1) << (bit % 64);
	report_init(&r, detector_rogue_dns.name, client, &d->dst);
	r.confidence = 0.3;
	r.first_us = r.last_us = d->ts_us;
	r.count = 1;
	report_peer(&r, server, 53);
	report_reason(&r, "it asks the server of names %s, which no other device here asks",
		      addr_format(server, text));
	report_story(&r, g->env, "own/%s", text);
	story_hear(g->env->stories, &r, t->rogue_dns.strange_points);
}

static void rogue_dns_dns(void *state, const struct dissected *d, const struct dns_message *m)
{
	struct rogue_dns *g = state;
	struct inventory *v = g->env->inventory;

	if (!m->response || m->rcode != DNS_RCODE_OK || m->n_answers == 0 || !m->name[0])
		return;
	uint32_t client = inventory_owner(v, &d->dst);
	const struct device *asker = inventory_device(v, client);
	if (!asker || asker->gateway) /* what a router asks, it asks for others */
		return;
	lonely(g, &d->src, client, d);
	for (size_t i = 0; i < m->n_answers; i++) {
		const struct dns_answer *a = &m->answer[i];
		if (a->type != DNS_A || addr_is_zero(&a->addr) || addr_is_loopback(&a->addr))
			continue;
		compare(g, &(struct answer){ .server = d->src, .addr = a->addr }, d, m->name);
		return; /* the first says enough */
	}
}

const struct detector detector_rogue_dns = {
	.name = "rogue_dns",
	.open = rogue_dns_open,
	.close = rogue_dns_close,
	.dns = rogue_dns_dns,
};
