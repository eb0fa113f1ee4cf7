/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a conversation whose outside does not fit: TLS without a name to a strange port under a
 * certificate that vouches for itself, plain HTTP where TLS belongs, a program that says it is a
 * browser and does not behave like one. Each sign is weak; a conversation with several is told, one
 * with few is a clue for the device's story. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/heard.h"
#include "probe/detect/known_services.h"
#include "probe/detect/random_name.h"
#include "probe/detect/ring.h"
#include "probe/story/story.h"

enum { CALLS_MAX = 4096, KEY_MAX = 34 };

enum sign {
	SIGN_NO_NAME,
	SIGN_NOT_LOOKED_UP,
	SIGN_ODD_PORT,
	SIGN_UNNAMED_CERT,
	SIGN_OLD_TLS,
	SIGN_PLAIN_ON_TLS,
	SIGN_FALSE_BROWSER,
	SIGN_NO_AGENT,
	SIGN_POSTS,
	SIGN_RANDOM_NAME,
	SIGN_OWN_ADDRESS,
	SIGN_MOVING_NAME,
	SIGN_NEW_PLACE,
	SIGN_COMMON_PLACE,
	SIGNS
};

#define POINTS(sign) offsetof(struct thresholds, odd_call.sign)

static const struct {
	size_t points; /* where the thresholds keep its double */
	const char *text;
} signs[SIGNS] = {
	[SIGN_NO_NAME] = { POINTS(no_name), "TLS that names no server" },
	[SIGN_NOT_LOOKED_UP] = { POINTS(not_looked_up),
				 "an address that was never looked up by a name" },
	[SIGN_ODD_PORT] = { POINTS(odd_port), "an unusual port" },
	[SIGN_UNNAMED_CERT] = { POINTS(unnamed_cert), "a certificate that nobody vouches for" },
	[SIGN_OLD_TLS] = { POINTS(old_tls), "an outdated version of TLS" },
	[SIGN_PLAIN_ON_TLS] = { POINTS(plain_on_tls), "plain HTTP on the port of HTTPS" },
	[SIGN_FALSE_BROWSER] = { POINTS(false_browser),
				 "a program that says it is a browser and does not act like one" },
	[SIGN_NO_AGENT] = { POINTS(no_agent), "a program that does not say its name" },
	[SIGN_POSTS] = { POINTS(posts), "data sent by POST" },
	[SIGN_RANDOM_NAME] = { POINTS(random_name), "a name that looks drawn by lot" },
	[SIGN_OWN_ADDRESS] = { POINTS(own_address),
			       "a service that tells its caller the address it calls from" },
	[SIGN_MOVING_NAME] = { POINTS(moving_name),
			       "a name that follows a changing address (dynamic DNS)" },
	[SIGN_NEW_PLACE] = { POINTS(new_place),
			     "a place that nobody here called before these days" },
	[SIGN_COMMON_PLACE] = { POINTS(common_place),
				"much of the network has called there for long" },
};

struct call {
	uint32_t device;
	unsigned signs, weighed; /* bits; WEIGHED: those that were already told */
	uint64_t count;
	int64_t first_us;
	struct telling telling;
};

struct odd_call {
	struct detect_env *env;
	struct ring *calls;
};

static void *odd_call_open(struct detect_env *env)
{
	struct odd_call *o = mem_new(sizeof(*o));

	o->env = env;
	o->calls = ring_new(env, CALLS_MAX, KEY_MAX, sizeof(struct call));
	return o;
}

static void odd_call_close(void *state)
{
	struct odd_call *o = state;

	ring_free(o->calls);
	free(o);
}

static struct call *call_of(struct odd_call *o, const struct flow *f)
{
	uint8_t key[KEY_MAX];
	bool fresh;

	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, f->key.dst.b, 16);
	memcpy(key + 32, &f->key.dport, 2);
	struct call *c = ring_get(o->calls, key, &fresh);
	if (fresh)
		*c = (struct call){ .device = f->device[0], .first_us = f->first_us };
	return c;
}

static double weight_of(const struct odd_call *o, unsigned set)
{
	double sum = 0, points;

	for (int i = 0; i < SIGNS; i++) {
		memcpy(&points, (const char *)o->env->thresholds + signs[i].points, sizeof(points));
		sum += set >> i & 1 ? points : 0;
	}
	return sum;
}

static void explain(const struct call *c, double weight, struct report *r)
{
	char text[REASON_MAX] = "";
	size_t used = 0;

	for (int i = 0; i < SIGNS; i++) {
		if (!(c->signs >> i & 1))
			continue;
		int n = snprintf(text + used, sizeof(text) - used, "%s%s", used ? "; " : "",
				 signs[i].text);
		used += (size_t)n;
		if (used >= sizeof(text))
			break;
	}
	report_reason(r, "%s", text);
	report_number(r, "oddity", weight);
	report_number(r, "connections", (double)c->count);
}

static void weigh(struct odd_call *o, struct call *c, const struct flow *f, const char *name)
{
	const struct thresholds *t = o->env->thresholds;
	double weight = weight_of(o, c->signs);
	struct report r;

	/* These weigh little, but show where to look when worse is known of the device. */
	unsigned telling = 1U << SIGN_OLD_TLS | 1U << SIGN_OWN_ADDRESS;
	if (c->signs == c->weighed || (weight < t->odd_call.clue_from && !(c->signs & telling)))
		return;
	c->weighed = c->signs;
	report_init(&r, detector_odd_call.name, f->device[0], &f->key.src);
	r.severity = weight >= t->odd_call.medium_from ? SEVERITY_MEDIUM : SEVERITY_INFO;
	r.confidence = fmin(0.9, weight / 100);
	r.first_us = c->first_us;
	r.last_us = f->last_us;
	r.count = c->count;
	report_peer(&r, &f->key.dst, f->key.dport);
	report_name(&r, name);
	explain(c, weight, &r);
	report_baseline(&r, o->env);
	char text[ADDR_TEXT_MAX];
	report_story(&r, o->env, "%s", addr_port_format(&f->key.dst, f->key.dport, text));
	if (weight < t->odd_call.medium_from)
		story_hear(o->env->stories, &r, fmin(weight, t->odd_call.clue_most));
	else
		detect_report(o->env, &c->telling, &r);
}

static bool web_port(uint16_t port)
{
	static const uint16_t ports[] = { 80,   443,  465,  587,  853,  989,  990,
					  993,  995,  2083, 2087, 3128, 5222, 5223,
					  5228, 8000, 8080, 8081, 8443, 8883 };

	for (size_t i = 0; i < ARRAY_LEN(ports); i++) {
		if (ports[i] == port)
			return true;
	}
	return false;
}

/* Signs of the place itself; its name is set where there is one. */
static unsigned place_signs(const struct odd_call *o, const struct flow *f, const char *host,
			    const char **name_out)
{
	struct addr a;
	unsigned set = web_port(f->key.dport) ? 0 : 1U << SIGN_ODD_PORT;

	*name_out = host[0] && addr_parse(str_of(host), &a) < 0
			    ? host
			    : names_find(o->env->names, &f->key.dst);
	if (!(*name_out)[0])
		set |= 1U << SIGN_NOT_LOOKED_UP;
	else if (name_is_random(name_registered(str_of(*name_out)), o->env->thresholds))
		set |= 1U << SIGN_RANDOM_NAME;
	/* A drawn name that nobody looked up is made up for show, as Tor does. */
	if ((set >> SIGN_RANDOM_NAME & 1) && !names_find(o->env->names, &f->key.dst)[0])
		set |= 1U << SIGN_NOT_LOOKED_UP;
	if (service_tells_address(str_of(*name_out)))
		set |= 1U << SIGN_OWN_ADDRESS;
	if (service_moves(str_of(*name_out)))
		set |= 1U << SIGN_MOVING_NAME;
	uint64_t place = baseline_place(o->env->baseline, *name_out, &f->key.dst, f->key.dport);
	if (baseline_place_new(o->env->baseline, place))
		set |= 1U << SIGN_NEW_PLACE;
	if (baseline_place_common(o->env->baseline, place))
		set |= 1U << SIGN_COMMON_PLACE;
	return set;
}

/* WITHOUT: signs that do not count. */
static void on_tls(struct odd_call *o, const struct flow *f, const char *host, unsigned without)
{
	const char *name;

	if (inventory_inside(o->env->inventory, &f->key.dst, f->device[1]))
		return; /* printers and servers of one's own have such certificates */
	unsigned set = place_signs(o, f, host, &name);
	if (!host[0])
		set |= 1U << SIGN_NO_NAME;
	if (f->cert_unnamed)
		set |= 1U << SIGN_UNNAMED_CERT;
	if (f->tls_old)
		set |= 1U << SIGN_OLD_TLS;
	struct call *c = call_of(o, f);
	c->count++;
	c->signs |= set & ~without;
	weigh(o, c, f, name);
}

static bool odd_call_worth(const struct odd_call *o, const struct flow *f)
{
	return f->key.proto == PROTO_TCP && !f->midway &&
	       inventory_inside(o->env->inventory, &f->key.src, f->device[0]);
}

static void odd_call_flow(void *state, const struct flow *f, enum flow_event ev,
			  const struct dissected *d)
{
	struct odd_call *o = state;

	(void)d;
	if (ev == FLOW_EVENT_FACTS && f->tls && flow_ja3(f)[0] && odd_call_worth(o, f))
		on_tls(o, f, flow_name(f), 0);
}

/* Who hears only what another program tells does not know what was looked up. */
static void odd_call_record(void *state, const struct foreign *r)
{
	struct odd_call *o = state;
	struct flow f;

	if (r->kind != FOREIGN_TLS || !r->opened || !heard_flow(o->env, r, false, &f) ||
	    !odd_call_worth(o, &f))
		return;
	f.cert_unnamed = r->cert_unnamed;
	f.tls_old = r->tls_old;
	on_tls(o, &f, r->name, 1U << SIGN_NOT_LOOKED_UP);
}

static unsigned request_signs(const struct odd_call *o, const struct flow *f,
			      const struct http_message *m)
{
	unsigned set = 0;

	if (f->key.dport == 443)
		set |= 1U << SIGN_PLAIN_ON_TLS;
	if (http_poses(m))
		set |= 1U << SIGN_FALSE_BROWSER;
	if (m->whole && m->agent.n == 0)
		set |= 1U << SIGN_NO_AGENT;
	if (str_eq(m->method, STR("POST")) && m->length >= o->env->thresholds->odd_call.post_bytes)
		set |= 1U << SIGN_POSTS;
	return set;
}

static void odd_call_http(void *state, const struct flow *f, const struct http_message *m)
{
	struct odd_call *o = state;
	char host[DPI_NAME_MAX];
	struct str rest = m->host, before = { 0 };
	const char *name;

	if (m->response || !odd_call_worth(o, f))
		return;
	unsigned set = request_signs(o, f, m);
	(void)str_cut(&rest, ':', &before);         /* the name without port */
	(void)str_copy(host, sizeof(host), before); /* cut is fine */
	if (!inventory_inside(o->env->inventory, &f->key.dst, f->device[1]))
		set |= place_signs(o, f, host, &name);
	else
		name = "";
	struct call *c = call_of(o, f);
	c->count++;
	c->signs |= set;
	weigh(o, c, f, name);
}

const struct detector detector_odd_call = {
	.name = "odd_call",
	.open = odd_call_open,
	.close = odd_call_close,
	.flow = odd_call_flow,
	.http = odd_call_http,
	.record = odd_call_record,
};
