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

enum {
	SENDERS_MAX = 256, /* a ring once it is full */
	SERVERS_BITS = 512,
	SERVERS_MIN = 10,
	SERVERS_MANY = 30,
	SAMPLES = 8,
	PORT_SMTP = 25,
};

#define REST_US (10 * US_PER_MIN) /* after it, servers are counted anew */

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
	struct map *by_addr;
	struct sender *sender;
	size_t n, hand;
};

static void *mail_out_open(struct detect_env *env)
{
	struct mail_out *m = mem_new(sizeof(*m));

	m->env = env;
	m->by_addr = map_new(SENDERS_MAX);
	m->sender = mem_array(SENDERS_MAX, sizeof(*m->sender));
	return m;
}

static void mail_out_close(void *state)
{
	struct mail_out *m = state;

	map_free(m->by_addr);
	free(m->sender);
	free(m);
}

static struct sender *sender_of(struct mail_out *m, const struct addr *a)
{
	void *p = map_find(m->by_addr, a->b, sizeof(a->b));

	if (p)
		return &m->sender[(uintptr_t)p - 1];
	size_t i = m->n < SENDERS_MAX ? m->n++ : m->hand++ % SENDERS_MAX;
	struct sender *s = &m->sender[i];
	if (!addr_is_zero(&s->addr))
		detect_forget(m->env, m->by_addr, s->addr.b, sizeof(s->addr.b));
	*s = (struct sender){ .addr = *a };
	(void)map_set(m->by_addr, a->b, sizeof(a->b),
		      (void *)(uintptr_t)(i + 1)); /* as many places */
	return s;
}

static void tell(struct mail_out *m, struct sender *s, const struct flow *f)
{
	enum severity severity = s->servers >= SERVERS_MANY ? SEVERITY_HIGH : SEVERITY_MEDIUM;
	struct report r;

	if (s->servers < SERVERS_MIN || s->server)
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

	if (f->first_us - s->last_us > REST_US) {
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
