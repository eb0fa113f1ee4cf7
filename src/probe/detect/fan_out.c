/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: one computer opens sessions on several others of the network, one after the other, by
 * remote desktop, VNC or remote management of Windows: how somebody who has taken one computer
 * looks around. Only sessions in which something was shown count; refused ones are brute_force's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum { SOURCES_MAX = 512, HOSTS_BITS = 256, SAMPLES = 8 };

struct source {
	struct addr addr;
	uint64_t seen[HOSTS_BITS / 64];
	uint64_t hosts;
	struct addr sample[SAMPLES];
	uint16_t port[SAMPLES];
	int64_t first_us, last_us;
	struct telling telling;
};

struct fan_out {
	struct detect_env *env;
	struct ring *sources;
};

static void *fan_out_open(struct detect_env *env)
{
	struct fan_out *o = mem_new(sizeof(*o));

	o->env = env;
	o->sources = ring_new(env, SOURCES_MAX, sizeof(struct addr), sizeof(struct source));
	return o;
}

static void fan_out_close(void *state)
{
	struct fan_out *o = state;

	ring_free(o->sources);
	free(o);
}

static const char *service_of(uint16_t port)
{
	switch (port) {
	case 3389:
		return "remote desktop";
	case 5900:
		return "VNC";
	case 5985:
	case 5986:
		return "remote management of Windows";
	default:
		return NULL;
	}
}

static void tell(struct fan_out *o, struct source *s, const struct flow *f)
{
	const struct thresholds *t = o->env->thresholds;
	bool many = s->hosts >= t->fan_out.hosts_many;
	enum severity severity = many ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	struct report r;

	if (s->hosts < t->fan_out.hosts_min)
		return;
	s->telling.due = true;
	if (!telling_due(&s->telling, severity, o->env->now_us))
		return;
	report_init(&r, detector_fan_out.name, f->device[0], &s->addr);
	r.severity = severity;
	r.confidence = many ? 0.8 : 0.65;
	r.first_us = s->first_us;
	r.last_us = s->last_us;
	r.count = s->hosts;
	for (size_t i = 0; i < SAMPLES && i < s->hosts; i++)
		report_peer(&r, &s->sample[i], s->port[i]);
	report_reason(&r,
		      "sessions on %llu other computers of the network within %.0f min, the last "
		      "by %s",
		      (unsigned long long)s->hosts,
		      (double)(s->last_us - s->first_us) / (double)US_PER_MIN,
		      service_of(f->key.dport));
	report_number(&r, "computers", (double)s->hosts);
	report_story(&r, o->env, "sessions");
	detect_report(o->env, &s->telling, &r);
}

static void on_session(struct fan_out *o, const struct flow *f)
{
	static const uint8_t fixed[16] = "fan out";
	bool fresh;
	struct source *s = ring_get(o->sources, f->key.src.b, &fresh);
	uint64_t bit = siphash13(fixed, f->key.dst.b, 16) % HOSTS_BITS;

	if (fresh || f->last_us - s->last_us > o->env->thresholds->fan_out.rest_us) {
		struct telling telling = s->telling;
		*s = (struct source){ .addr = f->key.src,
				      .first_us = f->first_us,
				      .telling = telling };
	}
	s->last_us = f->last_us > s->last_us ? f->last_us : s->last_us;
	if (s->seen[bit / 64] >> (bit % 64) & 1)
		return;
	s->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	if (s->hosts < SAMPLES) {
		s->sample[s->hosts] = f->key.dst;
		s->port[s->hosts] = f->key.dport;
	}
	s->hosts++;
	tell(o, s, f);
}

static void look(struct fan_out *o, const struct flow *f)
{
	struct inventory *v = o->env->inventory;

	if (f->key.proto != PROTO_TCP || f->midway || !service_of(f->key.dport) ||
	    f->side[1].payload < o->env->thresholds->fan_out.session_bytes)
		return;
	if (inventory_inside(v, &f->key.src, f->device[0]) &&
	    inventory_inside(v, &f->key.dst, f->device[1]))
		on_session(o, f);
}

static void fan_out_flow(void *state, const struct flow *f, enum flow_event ev,
			 const struct dissected *d)
{
	(void)d;
	if (ev == FLOW_EVENT_END)
		look(state, f);
}

/* Sessions last long: not only at their end. */
static void fan_out_stir(void *state, const struct flow *f, const struct dissected *d)
{
	(void)d;
	look(state, f);
}

const struct detector detector_fan_out = {
	.name = "fan_out",
	.open = fan_out_open,
	.close = fan_out_close,
	.flow = fan_out_flow,
	.stir = fan_out_stir,
};
