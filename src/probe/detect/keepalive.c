/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a long connection in which nothing happens but a small sign of life at regular times,
 * to a place that few call: how remote-control malware waits for orders without calling anew.
 * Messengers and devices do the same, to named places on known ports; those are not told. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/beacon.h"
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum { LINES_MAX = 1024, LINE_KEY_MAX = 36, BEATS_MAX = 32 };

struct line {
	uint64_t place;
	uint64_t beats;
	uint64_t bytes_before; /* both ways, at the first beat */
	int64_t first_us;
	bool told;
	struct telling telling;
	int64_t at[BEATS_MAX]; /* a ring, as SIZE */
	uint32_t size[BEATS_MAX];
};

struct keepalive {
	struct detect_env *env;
	struct ring *lines;
	struct places *called;
};

static bool line_less(const void *arg, const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	(void)arg;
	return x->beats < y->beats;
}

static void *keepalive_open(struct detect_env *env)
{
	struct keepalive *k = mem_new(sizeof(*k));

	k->env = env;
	k->lines = ring_new(env, LINES_MAX, LINE_KEY_MAX, sizeof(struct line));
	ring_order(k->lines, line_less, NULL);
	k->called = places_new();
	return k;
}

static void keepalive_close(void *state)
{
	struct keepalive *k = state;

	ring_free(k->lines);
	places_free(k->called);
	free(k);
}

static const char *name_of(const struct keepalive *k, const struct flow *f)
{
	return beacon_is_name(flow_name(f)) ? flow_name(f) : names_find(k->env->names, &f->key.dst);
}

/* Are the beats those of a machine: intervals, and all together? */
static bool steady(const struct keepalive *k, const struct line *l, struct beacon_score *out)
{
	int64_t start[BEATS_MAX];
	size_t n = l->beats < BEATS_MAX ? (size_t)l->beats : BEATS_MAX;

	for (size_t i = 0; i < n; i++)
		start[i] = l->at[(l->beats - n + i) % BEATS_MAX];
	struct beacon_series series = {
		.start = start,
		.n = n,
		.sent = l->size,
		.m = n,
		.first_us = start[0],
		.now_us = start[n - 1],
	};
	const struct thresholds *t = k->env->thresholds;
	beacon_score(&series, t, out);
	return out->regular >= t->keepalive.steady_from && out->total >= t->keepalive.steady_from;
}

struct oddities {
	double points;
	bool no_name, odd_port, unnamed_cert, no_server_name, not_tls;
};

static void weigh(const struct keepalive *k, const struct flow *f, struct oddities *o)
{
	const struct thresholds *t = k->env->thresholds;
	uint16_t port = f->key.dport;

	o->no_name = !name_of(k, f)[0];
	o->odd_port = !beacon_is_common_port(port);
	o->unnamed_cert = f->tls && f->cert_unnamed;
	o->no_server_name = f->tls && !beacon_is_name(flow_name(f));
	o->not_tls = (port == 443 || port == 80) && f->concluded && !f->tls && !f->http;
	o->points = (o->no_name ? t->keepalive.no_name : 0) +
		    (o->odd_port ? t->keepalive.odd_port : 0) +
		    (o->unnamed_cert ? t->keepalive.unnamed_cert : 0) +
		    (o->no_server_name ? t->keepalive.no_server_name : 0) +
		    (o->not_tls ? t->keepalive.not_tls : 0);
}

static void explain(const struct keepalive *k, const struct line *l, const struct flow *f,
		    const struct oddities *o, const struct beacon_score *s, struct report *r)
{
	report_reason(r,
		      "%llu signs of life in one connection of %.0f s, one each %.1f s (half of "
		      "them within %.1f s of that), and next to nothing else",
		      (unsigned long long)l->beats,
		      (double)(k->env->now_us - f->first_us) / (double)US_PER_SEC, s->interval_s,
		      s->mad_s);
	if (o->no_name)
		report_reason(r, "the address was never looked up by a name");
	if (o->odd_port)
		report_reason(r, "port %u is an unusual one", f->key.dport);
	if (o->unnamed_cert)
		report_reason(r, "the server has a certificate that nobody vouches for");
	if (o->no_server_name)
		report_reason(r, "TLS that names no server");
	if (o->not_tls)
		report_reason(r, "what is spoken on port %u does not belong there", f->key.dport);
	report_number(r, "beats", (double)l->beats);
	report_number(r, "interval_median_s", s->interval_s);
	report_number(r, "interval_mad_s", s->mad_s);
	report_number(r, "score", s->total);
	report_number(r, "oddity", o->points);
	report_number(r, "bytes_out", (double)f->side[0].payload);
	report_number(r, "bytes_in", (double)f->side[1].payload);
	report_number(r, "devices_calling", places_callers(k->called, l->place));
}

static void tell(struct keepalive *k, struct line *l, const struct flow *f,
		 const struct oddities *o, const struct beacon_score *s)
{
	const struct thresholds *t = k->env->thresholds;
	bool finding = o->points >= t->keepalive.medium_from;
	struct report r;
	char text[ADDR_TEXT_MAX];

	l->telling.due = true;
	if (finding ? !telling_due(&l->telling, SEVERITY_MEDIUM, k->env->now_us) : l->told)
		return;
	l->told = true;
	report_init(&r, detector_keepalive.name, f->device[0], &f->key.src);
	r.severity = finding ? SEVERITY_MEDIUM : SEVERITY_INFO;
	r.confidence = s->total > 0.9 ? 0.8 : 0.65;
	r.first_us = f->first_us;
	r.last_us = k->env->now_us > f->first_us ? k->env->now_us : f->first_us;
	r.count = l->beats;
	report_peer(&r, &f->key.dst, f->key.dport);
	report_name(&r, name_of(k, f));
	explain(k, l, f, o, s, &r);
	report_story(&r, k->env, "%s", addr_port_format(&f->key.dst, f->key.dport, text));
	if (finding)
		detect_report(k->env, &l->telling, &r);
	else
		story_hear(k->env->stories, &r, o->points);
}

static void judge(struct keepalive *k, struct line *l, const struct flow *f)
{
	const struct thresholds *t = k->env->thresholds;
	uint64_t bytes = f->side[0].payload + f->side[1].payload;
	struct beacon_score s;
	struct oddities o;

	if (l->beats < t->keepalive.beats_min || !telling_look(&l->telling, l->beats))
		return;
	if ((double)(bytes - l->bytes_before) > t->keepalive.bytes_each * (double)l->beats)
		return; /* it is used for more than waiting */
	weigh(k, f, &o);
	if (o.points < t->keepalive.clue_from ||
	    places_callers(k->called, l->place) >= t->beacon.callers_common)
		return;
	if (steady(k, l, &s))
		tell(k, l, f, &o, &s);
}

static void keepalive_stir(void *state, const struct flow *f, const struct dissected *d)
{
	struct keepalive *k = state;
	struct inventory *v = k->env->inventory;
	uint8_t key[LINE_KEY_MAX];
	bool fresh;

	if (f->midway || !beacon_worth(k->env, f) || inventory_inside(v, &f->key.dst, f->device[1]))
		return;
	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, f->key.dst.b, 16);
	memcpy(key + 32, &f->key.sport, 2);
	memcpy(key + 34, &f->key.dport, 2);
	struct line *l = ring_get(k->lines, key, &fresh);
	if (fresh || l->first_us != f->first_us) {
		uint64_t bytes = f->side[0].payload + f->side[1].payload;
		*l = (struct line){ .first_us = f->first_us,
				    .bytes_before = bytes,
				    .place = place_id(&f->key.dst, name_of(k, f)) };
		places_note(k->called, l->place, f->device[0]);
	}
	l->at[l->beats % BEATS_MAX] = d->ts_us;
	l->size[l->beats % BEATS_MAX] = d->payload_wire;
	l->beats++;
	judge(k, l, f);
}

const struct detector detector_keepalive = {
	.name = "keepalive",
	.open = keepalive_open,
	.close = keepalive_close,
	.stir = keepalive_stir,
};
