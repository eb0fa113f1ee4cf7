/* SPDX-License-Identifier: Apache-2.0 */
/* Detector scan, second half: when failed attempts are a scan, and how bad one is. */
#include <math.h>

#include "base/clock.h"
#include "probe/detect/scan.h"

double sweep_distinct(const struct sweep *s)
{
	unsigned set = 0;

	for (size_t i = 0; i < SWEEP_BITS / 64; i++)
		set += (unsigned)__builtin_popcountll(s->seen[i]);
	if (set >= SWEEP_BITS)
		return SWEEP_BITS * 8; /* full: more than it can tell */
	return round(-(double)SWEEP_BITS * log(1 - (double)set / SWEEP_BITS));
}

bool sweep_is_scan(const struct thresholds *t, const struct sweep *s)
{
	const uint64_t min[SCAN_KINDS] = {
		[SCAN_HOSTS] = t->scan.hosts_min,
		[SCAN_PORTS] = t->scan.ports_min,
		[SCAN_PING] = t->scan.pings_min,
		[SCAN_ARP] = t->scan.arp_min,
	};
	double distinct = sweep_distinct(s);

	if (distinct < (double)min[s->kind])
		return false;
	if (s->kind == SCAN_PING)
		return (double)s->failed <= t->scan.pings_each * distinct;
	/* Where most attempts succeed, the rest is bad luck. */
	return s->failed >= min[s->kind] &&
	       (double)s->failed >= t->scan.failed_times * (double)s->ok;
}

static void explain(const struct sweep *w, struct report *r)
{
	char host[ADDR_TEXT_MAX];
	double n = sweep_distinct(w), s = (double)(w->last_us - w->first_us) / (double)US_PER_SEC;
	const char *proto = w->proto == PROTO_UDP ? "UDP" : "TCP";

	switch (w->kind) {
	case SCAN_HOSTS:
		report_reason(r, "%.0f hosts tried in vain on %s port %u within %.0f s", n, proto,
			      w->port, s);
		break;
	case SCAN_PORTS:
		report_reason(r, "%.0f %s ports of %s tried in vain within %.0f s", n, proto,
			      addr_format(&w->host, host), s);
		break;
	case SCAN_PING:
		report_reason(r, "%.0f hosts pinged within %.0f s, %llu answers", n, s,
			      (unsigned long long)w->ok);
		break;
	default:
		report_reason(r, "%.0f unused addresses asked for by ARP within %.0f s", n, s);
		break;
	}
}

struct sum {
	double distinct;
	uint64_t failed, ok;
	bool outside; /* some target lies outside */
};

static void collect(const struct detect_env *env, const struct scanner *c, enum scan_kind kind,
		    struct report *r, struct sum *sum)
{
	for (size_t i = 0; i < SWEEPS_MAX; i++) {
		const struct sweep *w = &c->sweep[i];
		if (!w->used || w->kind != kind || !sweep_is_scan(env->thresholds, w))
			continue;
		double n = sweep_distinct(w);
		sum->distinct = n > sum->distinct ? n : sum->distinct;
		sum->failed += w->failed;
		sum->ok += w->ok;
		if (r->first_us == 0 || w->first_us < r->first_us)
			r->first_us = w->first_us;
		if (w->last_us > r->last_us)
			r->last_us = w->last_us;
		for (size_t k = 0; k < w->n_samples; k++) {
			report_peer(r, &w->sample[k], w->sample_port[k]);
			sum->outside |= home_side_of(inventory_home(env->inventory),
						     &w->sample[k]) == HOME_OUTSIDE;
		}
		explain(w, r);
	}
}

static void rate(const struct thresholds *t, enum scan_kind kind, bool inbound,
		 const struct sum *sum, struct report *r)
{
	double many = (double)t->scan.many;

	r->confidence = 0.6 + 0.35 * fmin(1, sum->distinct / many);
	if (inbound) /* the whole Internet is scanned all day */
		r->severity = SEVERITY_LOW;
	else if (kind == SCAN_ARP)
		r->severity = SEVERITY_LOW;
	else if (kind == SCAN_PING) /* pings of hosts that are all there are an inventory */
		r->severity = (double)sum->ok > t->scan.answered_share * sum->distinct
				      ? SEVERITY_INFO
				      : SEVERITY_MEDIUM;
	else
		r->severity =
			sum->distinct >= many || sum->outside ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

bool scan_weigh(const struct detect_env *env, const struct scanner *c, enum scan_kind kind,
		struct report *r)
{
	static const char *const names[SCAN_KINDS] = {
		[SCAN_HOSTS] = "hosts",
		[SCAN_PORTS] = "ports",
		[SCAN_PING] = "ping",
		[SCAN_ARP] = "arp",
	};
	struct sum sum = { 0 };
	char text[ADDR_TEXT_MAX];
	bool inbound = !inventory_inside(env->inventory, &c->src, c->device);

	report_init(r, detector_scan.name, inbound ? c->target_device : c->device,
		    inbound ? NULL : &c->src);
	if (inbound)
		report_peer(r, &c->src, 0);
	collect(env, c, kind, r, &sum);
	if (sum.failed == 0)
		return false;
	rate(env->thresholds, kind, inbound, &sum, r);
	r->count = sum.failed;
	if (inbound) {
		report_reason(r, "the attempts come from %s outside", addr_format(&c->src, text));
		report_story(r, env, "%s/%s", names[kind], text);
	} else {
		report_story(r, env, "%s", names[kind]);
	}
	report_text(r, "scan_kind", names[kind]);
	report_number(r, "targets", sum.distinct);
	report_number(r, "attempts_failed", (double)sum.failed);
	report_number(r, "attempts_answered", (double)sum.ok);
	return true;
}
