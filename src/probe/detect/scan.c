/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: somebody looks for what is there: many hosts on one port, many ports on one host,
 * pings or ARP questions all over. Only connections that failed count. Memory is constant a source;
 * what it means: scan_tell.c. */
#include "probe/detect/scan.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum { SCANNERS_MAX = 1024 };

struct scan {
	struct detect_env *env;
	struct ring *scanners;
};

/* How much is lost with it: one that was told of is worth most. */
static int worth(const struct scanner *c)
{
	int n = 0;

	for (int kind = 0; kind < SCAN_KINDS; kind++)
		n += c->telling[kind].times > 0;
	return n;
}

static bool scanner_less(const void *arg, const void *a, const void *b)
{
	const struct scanner *x = a, *y = b;
	int more = worth(y) - worth(x);

	(void)arg;
	return more > 0 || (more == 0 && x->last_us < y->last_us);
}

static void *scan_open(struct detect_env *env)
{
	struct scan *s = mem_new(sizeof(*s));

	s->env = env;
	s->scanners = ring_new(env, SCANNERS_MAX, sizeof(struct addr), sizeof(struct scanner));
	ring_order(s->scanners, scanner_less, NULL);
	return s;
}

static void scan_close(void *state)
{
	struct scan *s = state;

	ring_free(s->scanners);
	free(s);
}

static struct scanner *scanner_of(struct scan *s, const struct addr *a, uint32_t device)
{
	bool fresh;
	struct scanner *c = ring_get(s->scanners, a->b, &fresh);

	if (fresh)
		*c = (struct scanner){ .src = *a, .device = device, .target_device = DEVICE_NONE };
	return c;
}

static bool matches(const struct sweep *w, const struct sweep *like)
{
	if (!w->used || w->kind != like->kind || w->proto != like->proto)
		return false;
	return w->kind == SCAN_PORTS ? addr_eq(&w->host, &like->host) : w->port == like->port;
}

/* The sweep like LIKE; a new one takes the place of the least. */
static struct sweep *sweep_of(const struct scan *s, struct scanner *c, const struct sweep *like)
{
	struct sweep *at = &c->sweep[0];

	for (size_t i = 0; i < SWEEPS_MAX; i++) {
		struct sweep *w = &c->sweep[i];
		if (matches(w, like)) {
			if (like->last_us - w->last_us <= s->env->thresholds->scan.rest_us)
				return w;
			at = w;
			break;
		}
		if (!at->used || (at->used && w->used && w->failed >= at->failed))
			continue;
		at = w;
	}
	*at = *like;
	at->used = true;
	at->first_us = like->last_us;
	return at;
}

/* True: A and PORT are new. */
static bool sweep_add(struct sweep *w, const struct addr *a, uint16_t port, int64_t now_us)
{
	static const uint8_t fixed[16] = "sweep";
	uint8_t key[18];

	memcpy(key, a->b, 16);
	memcpy(key + 16, &port, 2);
	uint64_t bit = siphash13(fixed, key, sizeof(key)) % SWEEP_BITS;
	bool known = w->seen[bit / 64] >> (bit % 64) & 1;
	w->failed++;
	if (now_us > w->last_us)
		w->last_us = now_us;
	w->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	if (!known && w->n_samples < SWEEP_SAMPLES) {
		w->sample[w->n_samples] = *a;
		w->sample_port[w->n_samples++] = port;
	}
	return !known;
}

static void tell(struct scan *s, struct scanner *c, enum scan_kind kind, bool last_word)
{
	struct telling *t = &c->telling[kind];
	struct report r;

	if ((last_word && !t->due) || !scan_weigh(s->env, c, kind, &r))
		return;
	if (!last_word && !telling_due(t, r.severity, s->env->now_us))
		return;
	detect_report(s->env, t, &r);
	if (r.severity == SEVERITY_INFO) /* an inventory, or the first step of more */
		story_hear(s->env->stories, &r, s->env->thresholds->scan.inventory_points);
}

/* LIKE bears the time of the attempt; ANSWERED: it was. Of each host the first ping counts
 * as answered or not: one that is switched off stays so, however often it is asked. */
static void attempt(struct scan *s, struct scanner *c, struct sweep like, const struct addr *a,
		    uint16_t port, bool answered)
{
	struct sweep *w = sweep_of(s, c, &like);

	w->ok += sweep_add(w, a, port, like.last_us) && answered;
	c->last_us = s->env->now_us;
	struct telling *t = &c->telling[like.kind];
	t->due = true;
	if (telling_look(t, ++c->attempts[like.kind]) && sweep_is_scan(s->env->thresholds, w))
		tell(s, c, like.kind, false);
}

static void on_failed(struct scan *s, const struct flow *f)
{
	const struct flow_key *k = &f->key;
	struct scanner *c = scanner_of(s, &k->src, f->device[0]);
	struct sweep ports = {
		.kind = SCAN_PORTS, .proto = k->proto, .host = k->dst, .last_us = f->first_us
	};
	struct sweep hosts = {
		.kind = SCAN_HOSTS, .proto = k->proto, .port = k->dport, .last_us = f->first_us
	};

	if (c->target_device == DEVICE_NONE)
		c->target_device = f->device[1];
	attempt(s, c, ports, &k->dst, k->dport, false);
	/* A scanner draws addresses; what was looked up by name is no scan. */
	if (!names_find(s->env->names, &k->dst)[0])
		attempt(s, c, hosts, &k->dst, k->dport, false);
}

static void on_answered(struct scan *s, const struct flow *f)
{
	struct scanner *c = ring_find(s->scanners, f->key.src.b);

	for (size_t i = 0; c && i < SWEEPS_MAX; i++) {
		struct sweep *w = &c->sweep[i];
		if (w->used && w->proto == f->key.proto &&
		    (w->kind == SCAN_PORTS ? addr_eq(&w->host, &f->key.dst)
					   : w->port == f->key.dport))
			w->ok++;
	}
}

/* Pings count whether answered or not: they are asked in order to learn that. */
static void on_ping(struct scan *s, const struct flow *f)
{
	const struct flow_key *k = &f->key;
	struct sweep like = { .kind = SCAN_PING, .proto = k->proto, .last_us = f->first_us };

	if (k->sport == 0 || addr_is_multicast(&k->dst))
		return;
	struct scanner *c = scanner_of(s, &k->src, f->device[0]);
	attempt(s, c, like, &k->dst, 0, f->side[1].packets > 0);
}

static void scan_flow(void *state, const struct flow *f, enum flow_event ev,
		      const struct dissected *d)
{
	struct scan *s = state;
	bool ports = f->key.proto == PROTO_TCP || f->key.proto == PROTO_UDP;

	(void)d;
	if (ev == FLOW_EVENT_FAILED && ports && !addr_is_multicast(&f->key.dst))
		on_failed(s, f);
	else if (ev == FLOW_EVENT_OPEN && ports)
		on_answered(s, f);
	else if (ev == FLOW_EVENT_END && !ports)
		on_ping(s, f);
}

static void scan_neighbour(void *state, const struct dissected *d)
{
	struct scan *s = state;
	const struct neighbour *n = &d->neighbour;

	if (n->op != NEIGHBOUR_ASK || d->kind != DISSECT_ARP || addr_is_zero(&n->sender) ||
	    addr_eq(&n->sender, &n->target))
		return;
	uint32_t device = inventory_owner(s->env->inventory, &n->sender);
	const struct device *dev = inventory_device(s->env->inventory, device);
	if (!dev || dev->gateway || inventory_owner(s->env->inventory, &n->target) != DEVICE_NONE)
		return;
	struct scanner *c = scanner_of(s, &n->sender, device);
	attempt(s, c, (struct sweep){ .kind = SCAN_ARP, .last_us = d->ts_us }, &n->target, 0,
		false);
}

static void scan_finish(void *state)
{
	struct scan *s = state;

	for (size_t i = 0; i < ring_count(s->scanners); i++) {
		for (int kind = 0; kind < SCAN_KINDS; kind++)
			tell(s, ring_at(s->scanners, i), (enum scan_kind)kind, true);
	}
}

const struct detector detector_scan = {
	.name = "scan",
	.open = scan_open,
	.close = scan_close,
	.flow = scan_flow,
	.neighbour = scan_neighbour,
	.finish = scan_finish,
};
