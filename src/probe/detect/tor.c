/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device uses the Tor network, which hides who talks with whom. Told by the shape of
 * its connections, not by a list of relays: TLS to several addresses that were never looked up,
 * each under another name drawn by lot (www.<base32>.com), or the directory of relays fetched by
 * plain HTTP. Using it is no attack; an office has hardly any reason to. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/random_name.h"
#include "probe/detect/ring.h"

enum { USERS_MAX = 256, SAMPLES = 4, LABEL_MIN = 8, LABEL_MAX = 20, SEEN_BITS = 256 };

struct user {
	uint32_t device;
	struct addr addr;
	uint64_t relays, fetches; /* distinct addresses; requests of the directory */
	uint64_t seen[SEEN_BITS / 64];
	struct addr relay[SAMPLES];
	uint16_t port[SAMPLES];
	char name[SAMPLES][DPI_NAME_MAX];
	int64_t first_us;
	struct telling telling;
};

struct tor {
	struct detect_env *env;
	struct ring *users;
};

static void *tor_open(struct detect_env *env)
{
	struct tor *t = mem_new(sizeof(*t));

	t->env = env;
	t->users = ring_new(env, USERS_MAX, sizeof(struct addr), sizeof(struct user));
	return t;
}

static void tor_close(void *state)
{
	struct tor *t = state;

	ring_free(t->users);
	free(t);
}

static struct user *user_of(struct tor *t, const struct flow *f)
{
	bool fresh;
	struct user *u = ring_get(t->users, f->key.src.b, &fresh);

	if (fresh)
		*u = (struct user){ .addr = f->key.src, .first_us = f->first_us };
	u->device = f->device[0];
	return u;
}

static void tell(struct tor *t, struct user *u, const struct flow *f)
{
	struct report r;

	if (u->relays < t->env->thresholds->tor.relays_min && u->fetches == 0)
		return;
	u->telling.due = true;
	if (!telling_due(&u->telling, SEVERITY_MEDIUM, t->env->now_us))
		return;
	report_init(&r, detector_tor.name, u->device, &u->addr);
	r.severity = SEVERITY_MEDIUM;
	r.confidence = u->fetches > 0 ? 0.9 : 0.75;
	r.first_us = u->first_us;
	r.last_us = f->last_us > u->first_us ? f->last_us : u->first_us;
	r.count = u->relays + u->fetches;
	if (u->relays > 0)
		report_reason(&r,
			      "TLS to %llu addresses that were never looked up, each under another "
			      "name drawn by lot, as the Tor network does",
			      (unsigned long long)u->relays);
	if (u->fetches > 0)
		report_reason(&r, "the directory of the Tor network was fetched (%llu requests)",
			      (unsigned long long)u->fetches);
	for (size_t i = 0; i < SAMPLES && i < u->relays; i++) {
		report_peer(&r, &u->relay[i], u->port[i]);
		report_name(&r, u->name[i]);
	}
	if (u->relays == 0)
		report_peer(&r, &f->key.dst, f->key.dport);
	report_number(&r, "relays", (double)u->relays);
	report_number(&r, "directory_requests", (double)u->fetches);
	report_story(&r, t->env, "use");
	detect_report(t->env, &u->telling, &r);
}

/* www.LABEL.com or .net, LABEL in base32 and drawn. */
static bool is_made_up(struct str name, const struct thresholds *t)
{
	struct str label = name, registered;

	if (!str_starts(name, STR("www.")) ||
	    !(str_ends(name, STR(".com")) || str_ends(name, STR(".net"))))
		return false;
	registered = (struct str){ name.p + 4, name.n - 4 };
	label = (struct str){ registered.p, registered.n - 4 };
	if (label.n < LABEL_MIN || label.n > LABEL_MAX)
		return false;
	for (size_t i = 0; i < label.n; i++) {
		char c = label.p[i];
		if (!(c >= 'a' && c <= 'z') && !(c >= '2' && c <= '7'))
			return false;
	}
	return name_is_random(registered, t);
}

static bool outward(const struct tor *t, const struct flow *f)
{
	struct inventory *v = t->env->inventory;

	return !f->midway && inventory_inside(v, &f->key.src, f->device[0]) &&
	       !inventory_inside(v, &f->key.dst, f->device[1]);
}

static void on_relay(struct tor *t, const struct flow *f)
{
	static const uint8_t fixed[16] = "relay";
	struct user *u = user_of(t, f);
	uint64_t bit = siphash13(fixed, f->key.dst.b, 16) % SEEN_BITS;

	if (u->seen[bit / 64] >> (bit % 64) & 1)
		return;
	u->seen[bit / 64] |= UINT64_C(1) << (bit % 64);
	if (u->relays < SAMPLES) {
		u->relay[u->relays] = f->key.dst;
		u->port[u->relays] = f->key.dport;
		(void)str_copy(u->name[u->relays], DPI_NAME_MAX, str_of(flow_name(f))); /* fits */
	}
	u->relays++;
	tell(t, u, f);
}

static void tor_flow(void *state, const struct flow *f, enum flow_event ev,
		     const struct dissected *d)
{
	struct tor *t = state;

	(void)d;
	if (ev != FLOW_EVENT_FACTS || !f->tls || f->key.proto != PROTO_TCP)
		return;
	if (is_made_up(str_of(flow_name(f)), t->env->thresholds) && outward(t, f) &&
	    !names_find(t->env->names, &f->key.dst)[0])
		on_relay(t, f);
}

/* Tor directory protocol, version 3, section 5 and appendix B. */
static bool is_directory(struct str target)
{
	static const char *const paths[] = { "/tor/status-vote/", "/tor/server/", "/tor/micro/",
					     "/tor/keys/",        "/tor/extra/",  "/tor/hs/" };

	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		if (str_starts(target, str_of(paths[i])))
			return true;
	}
	return false;
}

static void tor_http(void *state, const struct flow *f, const struct http_message *m)
{
	struct tor *t = state;

	if (m->response || !is_directory(m->target) || !outward(t, f))
		return;
	struct user *u = user_of(t, f);
	u->fetches++;
	tell(t, u, f);
}

const struct detector detector_tor = {
	.name = "tor",
	.open = tor_open,
	.close = tor_close,
	.flow = tor_flow,
	.http = tor_http,
};
