/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: another security program (an IDS, a firewall, an EDR) raised an alarm about a device.
 * Which device it is about, and what an attempt from outside is worth, is decided here; what a
 * signature weighs, by its reader. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"
#include "probe/records/community_id.h"
#include "probe/records/foreign.h"
#include "probe/records/own_flows.h"
#include "probe/story/story.h"

enum { ALARMS_MAX = 1024, ALARM_PEERS_MAX = 8, ALARM_KEY = 32 };

struct alarm {
	struct telling telling;
	uint32_t device;
	struct addr device_addr;
	struct foreign last; /* the newest record of it */
	double weight;       /* the greatest so far */
	struct addr peer[ALARM_PEERS_MAX];
	uint16_t port[ALARM_PEERS_MAX];
	size_t n_peers;
	uint64_t count, blocked;
	int64_t first_us, last_us;
	bool own; /* our own eyes saw each of these connections */
};

struct ids_alert {
	struct detect_env *env;
	struct ring *alarms; /* the one not heard for longest gives way */
};

/* Who R is about: the device, and the other end. */
struct sides {
	uint32_t device;
	struct addr device_addr, peer;
	uint16_t peer_port;
	bool from_outside;
};

static bool alarm_less(const void *arg, const void *a, const void *b)
{
	const struct alarm *x = a, *y = b;

	(void)arg;
	return x->last_us < y->last_us;
}

static void *ids_alert_open(struct detect_env *env)
{
	struct ids_alert *a = mem_new(sizeof(*a));

	a->env = env;
	a->alarms = ring_new(env, ALARMS_MAX, ALARM_KEY, sizeof(struct alarm));
	ring_order(a->alarms, alarm_less, NULL);
	return a;
}

static void ids_alert_close(void *state)
{
	struct ids_alert *a = state;

	own_flows_free(a->env->own_flows);
	a->env->own_flows = NULL;
	ring_free(a->alarms);
	free(a);
}

/* RFC 1918, RFC 4193: used only while nobody said which networks are ours. */
static bool private_shape(const struct addr *a)
{
	const uint8_t *v4 = a->b + 12;

	if (!addr_is_v4(a))
		return (a->b[0] & 0xfe) == 0xfc || addr_is_link_local(a);
	return v4[0] == 10 || (v4[0] == 172 && (v4[1] & 0xf0) == 16) ||
	       (v4[0] == 192 && v4[1] == 168) || addr_is_link_local(a);
}

static bool ours(const struct detect_env *env, const struct addr *a)
{
	if (addr_is_zero(a) || addr_is_multicast(a))
		return false;
	if (inventory_owner(env->inventory, a) != DEVICE_NONE)
		return true;
	enum home_side side = home_side_of(inventory_home(env->inventory), a);
	return side == HOME_INSIDE || (side == HOME_UNKNOWN && private_shape(a));
}

/* A device that is known by its MAC address or its own name only. */
static uint32_t device_named(const struct detect_env *env, const struct foreign *r)
{
	for (size_t i = 0; i < inventory_count(env->inventory); i++) {
		const struct device *d = inventory_device(env->inventory, (uint32_t)i);
		if (r->has_mac && d->has_mac && mac_eq(&d->mac, &r->mac))
			return (uint32_t)i;
		if (r->host[0] && str_eq_nocase(str_of(d->hostname), str_of(r->host)))
			return (uint32_t)i;
	}
	return DEVICE_NONE;
}

static void take_end(struct sides *s, const struct foreign *r, bool dst)
{
	s->device_addr = dst ? r->dst : r->src;
	s->peer = dst ? r->src : r->dst;
	s->peer_port = dst ? 0 : r->dport;
}

/* False: R is about nobody here. */
static bool find_sides(const struct detect_env *env, const struct foreign *r, struct sides *s)
{
	bool src = ours(env, &r->src), dst = ours(env, &r->dst);

	*s = (struct sides){ .device = DEVICE_NONE };
	if (src && dst)
		take_end(s, r, r->suspect == SUSPECT_DST);
	else
		take_end(s, r, dst);
	s->from_outside = dst && !src && !addr_is_zero(&r->src);
	if (r->has_mac || (r->host[0] && !src && !dst))
		s->device = device_named(env, r);
	if (s->device == DEVICE_NONE && !addr_is_zero(&s->device_addr))
		s->device = inventory_owner(env->inventory, &s->device_addr);
	if (s->device != DEVICE_NONE || src || dst)
		return true;
	/* Nothing at all is known of where home is: who began is taken for ours. */
	return !addr_is_zero(&r->src) &&
	       home_side_of(inventory_home(env->inventory), &r->src) == HOME_UNKNOWN;
}

/* One story a device, program and signature. */
static struct alarm *alarm_of(struct ids_alert *a, const struct sides *s, const struct foreign *r)
{
	static const uint8_t fixed[16] = "alarm";
	char text[FOREIGN_SOURCE_MAX + FOREIGN_WHAT_MAX + FOREIGN_ID_MAX];
	uint8_t key[ALARM_KEY] = { 0 };
	bool fresh;

	int n = snprintf(text, sizeof(text), "%s\n%s\n%s", r->source, r->id, r->what);
	uint64_t h = siphash13(fixed, text, (size_t)n);
	memcpy(key, &h, 8);
	memcpy(key + 8, &s->device, 4);
	if (s->device == DEVICE_NONE)
		memcpy(key + 12, s->device_addr.b, 16);
	struct alarm *t = ring_get(a->alarms, key, &fresh);
	if (fresh)
		*t = (struct alarm){ .device = s->device, .first_us = r->at_us, .own = true };
	return t;
}

static void note_peer(struct alarm *t, const struct addr *peer, uint16_t port)
{
	if (addr_is_zero(peer) || t->n_peers == ALARM_PEERS_MAX)
		return;
	for (size_t i = 0; i < t->n_peers; i++) {
		if (addr_eq(&t->peer[i], peer) && t->port[i] == port)
			return;
	}
	t->peer[t->n_peers] = *peer;
	t->port[t->n_peers++] = port;
}

/* By what others call it too, when its program did not say so itself. */
static void name_connection(struct foreign *r)
{
	struct flow_key k = { r->src, r->dst, r->sport, r->dport, r->proto };

	if (!r->community_id[0] && r->sport && r->dport)
		community_id(&k, r->community_id);
}

static void note(struct ids_alert *a, struct alarm *t, const struct sides *s,
		 const struct foreign *r)
{
	double w = s->from_outside && !r->compromise
			   ? r->weight * a->env->thresholds->ids_alert.from_outside
			   : r->weight;

	t->last = *r;
	name_connection(&t->last);
	t->device_addr = s->device_addr;
	t->weight = w > t->weight ? w : t->weight;
	t->count++;
	t->blocked += r->blocked;
	t->first_us = r->at_us < t->first_us ? r->at_us : t->first_us;
	t->last_us = r->at_us > t->last_us ? r->at_us : t->last_us;
	t->own = t->own && own_flows_seen(a->env->own_flows, r);
	t->telling.due = true;
	note_peer(t, &s->peer, s->peer_port);
}

static void explain(const struct alarm *t, struct report *r)
{
	const struct foreign *f = &t->last;

	report_reason(r, "%s says: %s", f->source, f->what);
	if (f->class[0])
		report_reason(r, "its class is: %s", f->class);
	if (t->blocked)
		report_reason(r, "%llu of %llu were blocked", (unsigned long long)t->blocked,
			      (unsigned long long)t->count);
	if (t->own)
		report_reason(r, "our own sensor saw the same connections");
	report_text(r, "ids_source", f->source);
	report_text(r, "ids_signature", f->what);
	if (f->id[0])
		report_text(r, "ids_id", f->id);
	if (f->class[0])
		report_text(r, "ids_class", f->class);
	if (f->technique[0])
		report_text(r, "ids_technique", f->technique);
	if (f->file[0])
		report_text(r, "ids_file", f->file);
	if (f->community_id[0])
		report_text(r, "community_id", f->community_id);
	report_number(r, "ids_alarms", (double)t->count);
	report_number(r, "ids_blocked", (double)t->blocked);
}

static void fill(const struct ids_alert *a, const struct alarm *t, struct report *r)
{
	const struct thresholds *limit = a->env->thresholds;

	report_init(r, detector_ids_alert.name, t->device, &t->device_addr);
	r->severity = t->weight >= limit->ids_alert.high_from     ? SEVERITY_HIGH
		      : t->weight >= limit->ids_alert.medium_from ? SEVERITY_MEDIUM
		      : t->weight >= limit->ids_alert.low_from    ? SEVERITY_LOW
								  : SEVERITY_INFO;
	r->confidence = t->last.confidence > 0 ? t->last.confidence : limit->ids_alert.unsaid;
	r->first_us = t->first_us;
	r->last_us = t->last_us;
	r->count = t->count;
	r->echo = t->own;
	for (size_t i = 0; i < t->n_peers; i++)
		report_peer(r, &t->peer[i], t->port[i]);
	report_name(r, t->last.name);
	explain(t, r);
	report_story(r, a->env, "%s/%s", t->last.source, t->last.id[0] ? t->last.id : t->last.what);
}

static void tell(struct ids_alert *a, struct alarm *t, bool last_word)
{
	struct report r;

	fill(a, t, &r);
	if (r.severity == SEVERITY_INFO) { /* a clue for the story, no finding */
		story_hear(a->env->stories, &r, t->weight);
		t->telling.due = false;
		return;
	}
	if (last_word ? t->telling.due : telling_due(&t->telling, r.severity, a->env->now_us))
		detect_report(a->env, &t->telling, &r);
}

static void ids_alert_record(void *state, const struct foreign *r)
{
	struct ids_alert *a = state;
	struct sides s;

	if (!a->env->own_flows)
		a->env->own_flows = own_flows_new();
	if (r->kind != FOREIGN_ALARM || r->weight <= 0)
		return;
	if (!find_sides(a->env, r, &s)) {
		a->env->elsewhere++;
		return;
	}
	struct alarm *t = alarm_of(a, &s, r);
	note(a, t, &s, r);
	tell(a, t, false);
}

static void ids_alert_flow(void *state, const struct flow *f, enum flow_event ev,
			   const struct dissected *d)
{
	struct ids_alert *a = state;

	(void)d;
	if (ev == FLOW_EVENT_NEW || ev == FLOW_EVENT_END)
		own_flows_note(a->env->own_flows, f);
}

static void ids_alert_finish(void *state)
{
	struct ids_alert *a = state;

	for (size_t i = 0; i < ring_count(a->alarms); i++) {
		struct alarm *t = ring_at(a->alarms, i);
		if (t->telling.due)
			tell(a, t, true);
	}
}

const struct detector detector_ids_alert = {
	.name = "ids_alert",
	.open = ids_alert_open,
	.close = ids_alert_close,
	.flow = ids_alert_flow,
	.record = ids_alert_record,
	.finish = ids_alert_finish,
};
