/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: data leave the company by mail: a device sends far more mail in an hour than it ever
 * did, or much by a server outside that nobody else here uses, while the others share one. Mail to
 * many servers is mail_out's. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/beacon.h"
#include "probe/detect/detect.h"
#include "probe/detect/ring.h"

enum { SENDERS_MAX = 1024, ROUTES_MAX = 1024 };

/* All the mail of one device. */
struct sender {
	int64_t hour; /* since 1970, of NOW */
	uint64_t now_bytes, most_bytes, hours;
	struct telling telling;
};

/* The mail of one device by one server. */
struct route {
	int64_t day; /* since 1970, of BYTES */
	uint64_t bytes;
	struct telling telling;
};

struct mail_leak {
	struct detect_env *env;
	struct ring *senders, *routes;
	struct places *servers;
	unsigned most_devices; /* that use one and the same server */
};

static void *mail_leak_open(struct detect_env *env)
{
	struct mail_leak *m = mem_new(sizeof(*m));

	m->env = env;
	m->senders = ring_new(env, SENDERS_MAX, sizeof(struct addr), sizeof(struct sender));
	m->routes = ring_new(env, ROUTES_MAX, sizeof(struct addr) + 8, sizeof(struct route));
	m->servers = places_new();
	return m;
}

static void mail_leak_close(void *state)
{
	struct mail_leak *m = state;

	ring_free(m->senders);
	ring_free(m->routes);
	places_free(m->servers);
	free(m);
}

static const char *name_of(const struct mail_leak *m, const struct flow *f)
{
	return beacon_is_name(flow_name(f)) ? flow_name(f) : names_find(m->env->names, &f->key.dst);
}

static void start(struct mail_leak *m, const struct flow *f, int64_t first_us, struct report *r)
{
	report_init(r, detector_mail_leak.name, f->device[0], &f->key.src);
	r->severity = SEVERITY_MEDIUM;
	r->first_us = first_us < f->last_us ? first_us : f->last_us;
	r->last_us = f->last_us;
	r->count = 1;
	report_peer(r, &f->key.dst, f->key.dport);
	report_name(r, name_of(m, f));
}

static void on_volume(struct mail_leak *m, const struct flow *f, uint64_t bytes)
{
	const struct thresholds *t = m->env->thresholds;
	int64_t hour = m->env->now_us / US_PER_HOUR;
	bool fresh;
	struct sender *s = ring_get(m->senders, f->key.src.b, &fresh);
	struct report r;

	if (hour != s->hour) {
		s->hours += s->now_bytes > 0;
		s->most_bytes = s->now_bytes > s->most_bytes ? s->now_bytes : s->most_bytes;
		s->hour = hour;
		s->now_bytes = 0;
	}
	s->now_bytes += bytes;
	if (s->now_bytes < t->mail_leak.bytes_min || s->hours < t->mail_leak.hours_min ||
	    (double)s->now_bytes < t->mail_leak.times_usual * (double)s->most_bytes)
		return;
	s->telling.due = true;
	if (!telling_due(&s->telling, SEVERITY_MEDIUM, m->env->now_us))
		return;
	start(m, f, hour * US_PER_HOUR, &r);
	r.confidence = 0.55;
	report_reason(&r,
		      "%.0f MB of mail left within this hour; the most before was %.1f MB, in %llu "
		      "hours with mail",
		      (double)s->now_bytes / 1e6, (double)s->most_bytes / 1e6,
		      (unsigned long long)s->hours);
	report_number(&r, "bytes_out", (double)s->now_bytes);
	report_number(&r, "bytes_usual", (double)s->most_bytes);
	report_story(&r, m->env, "volume");
	detect_report(m->env, &s->telling, &r);
}

static void on_route(struct mail_leak *m, const struct flow *f, uint64_t bytes)
{
	const struct thresholds *t = m->env->thresholds;
	uint64_t server = place_id(&f->key.dst, name_of(m, f));
	int64_t day = m->env->now_us / (24 * US_PER_HOUR);
	uint8_t key[sizeof(struct addr) + 8];
	bool fresh;
	struct report r;

	places_note(m->servers, server, f->device[0]);
	unsigned devices = places_callers(m->servers, server);
	m->most_devices = devices > m->most_devices ? devices : m->most_devices;
	memcpy(key, f->key.src.b, sizeof(struct addr));
	memcpy(key + sizeof(struct addr), &server, 8);
	struct route *w = ring_get(m->routes, key, &fresh);
	w->bytes = w->day == day ? w->bytes + bytes : bytes;
	w->day = day;
	if (w->bytes < t->mail_leak.strange_bytes || devices > 1 ||
	    m->most_devices < t->mail_leak.usual_devices)
		return;
	w->telling.due = true;
	if (!telling_due(&w->telling, SEVERITY_MEDIUM, m->env->now_us))
		return;
	start(m, f, f->first_us, &r);
	r.confidence = 0.6;
	report_reason(&r,
		      "%.0f MB of mail went by a server that no other device here uses; %u devices "
		      "share another",
		      (double)w->bytes / 1e6, m->most_devices);
	report_number(&r, "bytes_out", (double)w->bytes);
	report_number(&r, "devices_calling", devices);
	char text[ADDR_TEXT_MAX];
	report_story(&r, m->env, "%s", addr_format(&f->key.dst, text));
	detect_report(m->env, &w->telling, &r);
}

static void mail_leak_flow(void *state, const struct flow *f, enum flow_event ev,
			   const struct dissected *d)
{
	struct mail_leak *m = state;
	struct inventory *v = m->env->inventory;
	uint16_t port = f->key.dport;

	(void)d;
	if (ev != FLOW_EVENT_END || f->midway || f->key.proto != PROTO_TCP ||
	    (port != 25 && port != 465 && port != 587) || f->side[1].payload == 0)
		return;
	if (!inventory_inside(v, &f->key.src, f->device[0]) ||
	    inventory_inside(v, &f->key.dst, f->device[1]))
		return;
	on_volume(m, f, f->side[0].payload);
	on_route(m, f, f->side[0].payload);
}

const struct detector detector_mail_leak = {
	.name = "mail_leak",
	.open = mail_leak_open,
	.close = mail_leak_close,
	.flow = mail_leak_flow,
};
