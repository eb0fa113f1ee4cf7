/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: data inside pings. A ping's data has one size for as long as it runs; what carries
 * something has many sizes, and much of it. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum {
	PAIRS_MAX = 512,
	KEY_MAX = 32,
	SIZE_STEP = 24, /* bytes that count as one size */
};

struct pings {
	uint64_t sizes; /* bits */
	uint64_t packets, bytes;
	int64_t first_us, last_us;
	struct telling telling;
};

struct icmp_tunnel {
	struct detect_env *env;
	struct ring *pings;
};

static void *icmp_tunnel_open(struct detect_env *env)
{
	struct icmp_tunnel *t = mem_new(sizeof(*t));

	t->env = env;
	t->pings = ring_new(env, PAIRS_MAX, KEY_MAX, sizeof(struct pings));
	return t;
}

static void icmp_tunnel_close(void *state)
{
	struct icmp_tunnel *t = state;

	ring_free(t->pings);
	free(t);
}

static struct pings *pings_of(struct icmp_tunnel *t, const struct flow *f)
{
	uint8_t key[KEY_MAX];
	bool fresh;

	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, f->key.dst.b, 16);
	return ring_get(t->pings, key, &fresh);
}

static void tell(struct icmp_tunnel *t, struct pings *g, const struct flow *f)
{
	const struct thresholds *th = t->env->thresholds;
	unsigned sizes = (unsigned)__builtin_popcountll(g->sizes);
	bool outside = !inventory_inside(t->env->inventory, &f->key.dst, f->device[1]);
	enum severity severity = outside ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	struct report r;
	char text[ADDR_TEXT_MAX];

	if (g->packets < th->icmp_tunnel.pings_min || g->bytes < th->icmp_tunnel.bytes_min ||
	    sizes < th->icmp_tunnel.sizes_min)
		return;
	g->telling.due = true;
	if (!telling_due(&g->telling, severity, t->env->now_us))
		return;
	report_init(&r, detector_icmp_tunnel.name, f->device[0], &f->key.src);
	r.severity = severity;
	r.confidence = 0.8;
	r.first_us = g->first_us;
	r.last_us = g->last_us;
	r.count = g->packets;
	report_peer(&r, &f->key.dst, 0);
	report_reason(&r, "%llu pings with %llu bytes inside, of %u sizes, within %.0f s",
		      (unsigned long long)g->packets, (unsigned long long)g->bytes, sizes,
		      (double)(g->last_us - g->first_us) / (double)US_PER_SEC);
	report_number(&r, "pings", (double)g->packets);
	report_number(&r, "ping_bytes", (double)g->bytes);
	report_number(&r, "ping_sizes", sizes);
	report_story(&r, t->env, "%s", addr_format(&f->key.dst, text));
	detect_report(t->env, &g->telling, &r);
}

static void icmp_tunnel_icmp(void *state, const struct flow *f, const struct dissected *d)
{
	struct icmp_tunnel *t = state;
	size_t step = d->payload.n / SIZE_STEP;

	if (f->key.sport == 0 || addr_is_multicast(&f->key.dst) || /* no echo, or one to all */
	    !inventory_inside(t->env->inventory, &f->key.src, f->device[0]))
		return;
	struct pings *g = pings_of(t, f);
	if (d->ts_us - g->last_us > t->env->thresholds->icmp_tunnel.rest_us) {
		g->sizes = g->packets = g->bytes = 0;
		g->first_us = d->ts_us;
	}
	g->last_us = d->ts_us;
	g->sizes |= UINT64_C(1) << (step < 63 ? step : 63);
	g->packets++;
	g->bytes += d->payload.n;
	tell(t, g, f);
}

const struct detector detector_icmp_tunnel = {
	.name = "icmp_tunnel",
	.open = icmp_tunnel_open,
	.close = icmp_tunnel_close,
	.icmp = icmp_tunnel_icmp,
};
