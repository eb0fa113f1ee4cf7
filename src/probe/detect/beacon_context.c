/* SPDX-License-Identifier: Apache-2.0 */
/* Detector beacon, second half: what regular calls mean in this network. Regularity alone does not
 * tell malware from an update check; who else calls there, and how the call is dressed, does. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/beacon.h"

bool beacon_is_name(const char *name)
{
	struct addr a;

	return name[0] && addr_parse(str_of(name), &a) < 0;
}

static bool among(uint16_t port, const uint16_t *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (list[i] == port)
			return true;
	}
	return false;
}

/* Services that call at regular times by their nature. */
static bool clockwork(uint16_t port)
{
	static const uint16_t ports[] = { 53,  67,  68,  123, 137,  138,  161,  162,
					  514, 546, 547, 853, 1900, 3702, 5353, 5355 };

	return among(port, ports, ARRAY_LEN(ports));
}

/* What office machines ask their own servers and printers all day. */
static bool office_service(uint16_t port)
{
	static const uint16_t ports[] = { 22,   25,   88,   111,  135,  139,  143,  389,  445,
					  464,  515,  548,  587,  631,  636,  993,  2049, 3268,
					  3269, 3389, 5357, 5985, 8530, 9100, 47001 };

	return port >= 49152 || among(port, ports, ARRAY_LEN(ports));
}

bool beacon_is_common_port(uint16_t port)
{
	static const uint16_t ports[] = {
		22,  25,   80,   110,  143,  443,  465,  587,  853,  993,
		995, 1883, 3478, 4070, 5222, 5223, 5228, 8080, 8443, 8883
	};

	return among(port, ports, ARRAY_LEN(ports));
}

static bool is_internal(const struct detect_env *env, const struct addr *a)
{
	enum home_side side = home_side_of(inventory_home(env->inventory), a);

	if (side == HOME_UNKNOWN)
		return inventory_owner(env->inventory, a) != DEVICE_NONE;
	return side == HOME_INSIDE;
}

bool beacon_worth(const struct detect_env *env, const struct flow *f)
{
	const struct flow_key *k = &f->key;

	if (k->proto != PROTO_TCP && !(k->proto == PROTO_UDP && f->side[1].packets > 0))
		return false;
	if (f->midway || clockwork(k->dport) || addr_is_multicast(&k->dst) ||
	    addr_is_loopback(&k->dst) || addr_is_loopback(&k->src))
		return false;
	if (!inventory_inside(env->inventory, &k->src, f->device[0]))
		return false;
	return !is_internal(env, &k->dst) || !office_service(k->dport);
}

struct weights {
	struct beacon_score score;
	bool internal, failing, raw, odd;
	bool everyday; /* a named place on a common port, and nothing more to say against it */
	bool slow;     /* no oftener than honest programs ask, of an everyday or inner place */
	bool usual;    /* this device has called there for days */
	bool common;   /* much of the network calls there */
	bool newly;    /* nobody here called there before these days */
	bool rare_tls; /* nobody else here says hello in this way */
	unsigned callers;
	size_t devices;
	double total;
};

static void weigh(const struct detect_env *env, const struct beacon_context *x,
		  const struct pair *p, struct weights *w)
{
	size_t m = p->n_sent < BEACON_SERIES_MAX ? p->n_sent : BEACON_SERIES_MAX;

	struct beacon_series series = {
		.start = p->start,
		.n = p->n_start,
		.sent = p->sent,
		.m = m,
		.first_us = p->first_us,
		.now_us = env->now_us,
	};

	const struct thresholds *t = env->thresholds;
	beacon_score(&series, t, &w->score);
	w->internal = is_internal(env, &p->peer[0]);
	w->failing = p->ok == 0;
	w->raw = !p->named && !p->name[0];
	w->odd = !beacon_is_common_port(p->port);
	w->callers = places_callers(x->called, p->place);
	w->devices = inventory_count(env->inventory);
	w->common = w->callers >= t->beacon.callers_common &&
		    w->callers >= t->beacon.common_share * (double)w->devices;
	w->rare_tls = p->hello && places_callers(x->hellos, p->hello) == 1 &&
		      places_devices(x->hellos) >= t->beacon.hello_devices_min;
	w->total = w->score.total;
	w->everyday = !w->raw && !w->odd;
	const struct device *device = inventory_device(env->inventory, p->device);
	uint64_t place = baseline_place(env->baseline, p->name, &p->peer[0], p->port);
	w->common = w->common || baseline_place_common(env->baseline, place);
	w->newly = baseline_place_new(env->baseline, place);
	/* What was told as worse stays so: this is for what begins anew. */
	w->usual = device && p->telling.times == 0 && !baseline_young(env->baseline) &&
		   baseline_usual(env->baseline, device, place) >= t->beacon.usual_days;
	w->slow = (w->everyday || w->internal) &&
		  w->score.interval_s * (double)US_PER_SEC > (double)t->beacon.poll_us;
	if (w->raw && !(w->internal && w->slow)) /* one's own machines are asked by address */
		w->total += t->beacon.no_name;
	if (w->odd)
		w->total += t->beacon.odd_port;
	if (w->newly)
		w->total += t->beacon.new_place;
	if (w->failing)
		w->total -= t->beacon.unanswered;
	if (w->slow)
		w->total -= t->beacon.poll_less;
	if (w->common || w->usual)
		w->total -= t->beacon.common_less;
	if (w->rare_tls)
		w->total += t->beacon.rare_hello;
}

static enum severity severity_of(const struct thresholds *t, const struct weights *w,
				 const struct pair *p)
{
	/* An app that is being set up calls its maker, or its device, a few times in a row. */
	bool harmless = w->everyday || w->internal;

	if (p->last_us - p->first_us < (harmless ? t->beacon.setup_us : t->beacon.burst_us))
		return SEVERITY_INFO;
	if (w->internal) /* one computer watches another; nobody is led by one that is not there */
		return w->total >= t->beacon.low_from && !w->failing ? SEVERITY_LOW : SEVERITY_INFO;
	if (w->total >= t->beacon.high_from)
		return SEVERITY_HIGH;
	if (w->total >= t->beacon.medium_from)
		return SEVERITY_MEDIUM;
	if (w->total >= t->beacon.low_from)
		return SEVERITY_LOW;
	return SEVERITY_INFO;
}

static void explain(const struct pair *p, const struct weights *w, struct report *r)
{
	const struct beacon_score *s = &w->score;

	report_reason(r, "%zu calls, one each %.1f s (half of them within %.1f s of that)",
		      p->n_start, s->interval_s, s->mad_s);
	if (p->n_sent >= 3)
		report_reason(r, "about the same number of bytes sent each time (likeness %.2f)",
			      s->alike);
	if (w->failing)
		report_reason(r, "none of %llu attempts was answered",
			      (unsigned long long)p->failed);
	if (w->raw)
		report_reason(r, "the address was never looked up by a name");
	if (w->odd)
		report_reason(r, "port %u is an unusual one", p->port);
	if (w->internal)
		report_reason(r, "the place called lies inside the network");
	if (w->newly)
		report_reason(r, "nobody here called this place before these days");
	if (w->devices >= 5)
		report_reason(r, "%u of %zu devices call there", w->callers, w->devices);
	if (w->usual)
		report_reason(r, "this device has called there for days");
	if (w->rare_tls)
		report_reason(r, "no other device here begins TLS in this way (JA3 %s)", p->ja3);
	report_number(r, "interval_median_s", s->interval_s);
	report_number(r, "interval_mad_s", s->mad_s);
	report_number(r, "connections", (double)(p->ok + p->failed));
	report_number(r, "failed", (double)p->failed);
	report_number(r, "score", w->total);
	report_number(r, "score_regular", s->regular);
	report_number(r, "score_alike", s->alike);
	report_number(r, "score_even", s->even);
	report_number(r, "score_lasting", s->lasting);
	report_number(r, "bytes_out", (double)p->bytes_out);
	report_number(r, "bytes_in", (double)p->bytes_in);
	report_number(r, "devices_calling", w->callers);
}

bool beacon_weigh(const struct detect_env *env, const struct beacon_context *x,
		  const struct pair *p, struct report *r, double *clue_out)
{
	struct weights w = { 0 };
	const struct thresholds *t = env->thresholds;

	weigh(env, x, p, &w);
	/* A story that was told is taken back in the same way. */
	if (p->telling.times == 0 && (w.total < t->beacon.tell_from || (w.common && w.everyday)))
		return false;
	r->severity = severity_of(t, &w, p);
	bool regular = w.slow && !w.failing && w.total + t->beacon.poll_less >= t->beacon.low_from;
	*clue_out = regular ? t->beacon.poll_points : 0;
	r->confidence = w.total > 0.99 ? 0.99 : w.total;
	explain(p, &w, r);
	report_baseline(r, env);
	return true;
}
