/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device hands mail to many servers itself. A computer gives its mail to one server;
 * one that finds the servers of all addressees sends advertisements for a stranger. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum { SENDERS_MAX = 256, SERVERS_BITS = 512, SAMPLES = 8, PORT_SMTP = 25 };

struct sender {
	struct addr addr;
	bool server; /* takes mail from outside itself: then this is its work */
	uint64_t seen[SERVERS_BITS / 64];
	uint64_t servers, connections;
	struct addr sample[SAMPLES];
	int64_t first_us, last_us;
	struct telling telling;
};

struct mail_out {
	struct detect_env *env;
	struct ring *senders;
};

static void *mail_out_open(struct detect_env *env)
{
	struct mail_out *m = mem_new(sizeof(*m));

	m->env = env;
	m->senders = ring_new(env, SENDERS_MAX, sizeof(struct addr), sizeof(struct sender));
	return m;
}

static void mail_out_close(void *state)
{
	struct mail_out *m = state;

	ring_free(m->senders);
	free(m);
}

static struct sender *sender_of(struct mail_out *m, const struct addr *a)
{
	bool fresh;
	struct sender *s = ring_get(m->senders, a->b, &fresh);

	if (fresh)
		s->addr = *a;
	return s;
}

static void tell(struct mail_out *m, struct sender *s, const struct flow *f)
{
	const struct thresholds *t = m->env->thresholds;
	enum severity severity =
		s->servers >= t->mail_out.servers_many ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	struct report r;

	if (s->servers < t->mail_out.servers_min || s->server)
		return;
	s->telling.due = true;
	if (!telling_due(&s->telling, severity, m->env->now_us))
		return;
	report_init(&r, detector_mail_out.name, f->device[0], &s->addr);
	r.severity = severity;
	r.confidence = 0.8;
	r.first_us = s->first_us;
	r.last_us = s->last_us;
	r.count = s->connections;
	for (size_t i = 0; i < SAMPLES && i < s->servers; i++)
		report_peer(&r, &s->sample[i], PORT_SMTP);
	report_reason(&r, "%llu mail servers outside were called directly within %.0f s",
		      (unsigned long long)s->servers,
		      (double)(s->last_us - s->first_us) / (double)US_PER_SEC);
	report_number(&r, "mail_servers", (double)s->servers);
	report_number(&r, "connections", (double)s->connections);
	report_story(&r, m->env, "servers");
	detect_report(m->env, &s->telling, &r);
}

static void on_sent(struct mail_out *m, const struct flow *f)
{
	static const uint8_t fixed[16] = "mail";
	struct sender *s = sender_of(m, &f->key.src);

	if (f->first_us - s->last_us > m->env->thresholds->mail_out.rest_us) {
		memset(s->seen, 0, sizeof(s->seen));
		s->servers = s->connections = 0;
		s->first_us = f->first_us;
	}
	s->last_us = f->first_us > s->last_us ? f->first_us : s->last_us;
	s->connections++;
	uint64_t bit = siphash13(fixed, f->key.dst.b, 16) % SERVERS_BITS;
	if (s->seen[bit / 64] >> (bit % 64) & 1)
		return;
	s->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	if (s->servers < SAMPLES)
		s->sample[s->servers] = f->key.dst;
	s->servers++;
	tell(m, s, f);
}

static void mail_out_flow(void *state, const struct flow *f, enum flow_event ev,
			  const struct dissected *d)
{
	struct mail_out *m = state;
	struct inventory *v = m->env->inventory;

	(void)d;
	/* Attempts count too: providers often block the port. */
	if (ev != FLOW_EVENT_NEW || f->key.dport != PORT_SMTP || f->key.proto != PROTO_TCP ||
	    f->midway)
		return;
	bool from = inventory_inside(v, &f->key.src, f->device[0]);
	bool to = inventory_inside(v, &f->key.dst, f->device[1]);
	if (from && !to)
		on_sent(m, f);
	else if (!from && to)
		sender_of(m, &f->key.dst)->server = true;
}

const struct detector detector_mail_out = {
	.name = "mail_out",
	.open = mail_out_open,
	.close = mail_out_close,
	.flow = mail_out_flow,
};
