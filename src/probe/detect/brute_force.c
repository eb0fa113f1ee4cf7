/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: somebody tries passwords. What counts is the server's refusal where it can be read
 * (FTP, Telnet, mail, HTTP, SMB), and connections that end before anything was done where it is
 * encrypted (SSH, RDP). A script that gets in each time is no attempt: ssh_session.c. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/detect.h"
#include "probe/detect/heard.h"
#include "probe/detect/log_on.h"
#include "probe/detect/ring.h"
#include "probe/detect/ssh_session.h"

enum {
	PAIRS_MAX = 2048,
	KEY_MAX = 34,
	SESSIONS = 1024,      /* of SSH, open at a time; direct-mapped */
	SESSION_PACKETS = 60, /* of a server, by which somebody is in or not */
	PORT_RDP = 3389,
};

struct tries {
	uint8_t service;
	bool credentials; /* HTTP: the last request bore some */
	bool entered;     /* after many refusals, one session went on */
	uint64_t refused, brief;
	int64_t first_us, last_us;
	struct telling telling;
};

struct session {
	uint64_t flow; /* hash and start of the connection; 0: free */
	struct ssh_session ssh;
};

struct brute_force {
	struct detect_env *env;
	struct ring *tries;
	struct forms *forms;
	struct session session[SESSIONS];
};

static void *brute_force_open(struct detect_env *env)
{
	struct brute_force *b = mem_new(sizeof(*b));

	b->env = env;
	b->tries = ring_new(env, PAIRS_MAX, KEY_MAX, sizeof(struct tries));
	b->forms = forms_new();
	return b;
}

static void brute_force_close(void *state)
{
	struct brute_force *b = state;

	ring_free(b->tries);
	forms_free(b->forms);
	free(b);
}

static void key_of(const struct flow *f, uint8_t key[KEY_MAX])
{
	memcpy(key, f->key.src.b, 16);
	memcpy(key + 16, f->key.dst.b, 16);
	memcpy(key + 32, &f->key.dport, 2);
}

static struct tries *find(const struct brute_force *b, const struct flow *f)
{
	uint8_t key[KEY_MAX];

	key_of(f, key);
	return ring_find(b->tries, key);
}

static struct tries *tries_of(struct brute_force *b, const struct flow *f, enum service service)
{
	uint8_t key[KEY_MAX];
	bool fresh;

	key_of(f, key);
	struct tries *t = ring_get(b->tries, key, &fresh);
	if (fresh)
		*t = (struct tries){ .first_us = f->first_us, .last_us = f->last_us };
	t->service = (uint8_t)service;
	if (f->last_us - t->last_us > b->env->thresholds->brute_force.rest_us) {
		t->refused = t->brief = 0;
		t->entered = false;
		t->first_us = f->last_us;
	}
	if (f->last_us > t->last_us)
		t->last_us = f->last_us;
	return t;
}

static enum severity severity_of(const struct brute_force *b, const struct tries *t, bool inbound)
{
	const struct thresholds *th = b->env->thresholds;
	bool many = t->refused >= th->brute_force.refusals_many ||
		    t->brief >= th->brute_force.short_many;

	if (t->entered)
		return SEVERITY_HIGH;
	if (inbound) /* what stands open to the Internet is tried all day */
		return SEVERITY_LOW;
	return many ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

static void tell(struct brute_force *b, struct tries *t, const struct flow *f)
{
	const struct thresholds *th = b->env->thresholds;
	bool inbound = !inventory_inside(b->env->inventory, &f->key.src, f->device[0]);
	uint64_t n = t->refused > t->brief ? t->refused : t->brief;
	struct report r;
	char text[ADDR_TEXT_MAX];

	if (t->refused < th->brute_force.refusals_min && t->brief < th->brute_force.short_min)
		return;
	t->telling.due = true;
	enum severity severity = severity_of(b, t, inbound);
	if (!telling_due(&t->telling, severity, b->env->now_us))
		return;
	report_init(&r, detector_brute_force.name, f->device[inbound],
		    inbound ? &f->key.dst : &f->key.src);
	r.severity = severity;
	r.confidence = t->refused >= th->brute_force.refusals_min ? 0.9 : 0.75;
	r.first_us = t->first_us;
	r.last_us = t->last_us;
	r.count = n;
	report_peer(&r, inbound ? &f->key.src : &f->key.dst, inbound ? 0 : f->key.dport);
	report_reason(&r, "%llu %s to log on to %s port %u by %s within %.0f s",
		      (unsigned long long)n,
		      t->refused >= t->brief ? "refused attempts" : "short sessions",
		      addr_format(&f->key.dst, text), f->key.dport, service_name(t->service),
		      (double)(t->last_us - t->first_us) / (double)US_PER_SEC);
	if (t->entered)
		report_reason(&r, "then a session went on: a password may have been found");
	if (inbound)
		report_reason(&r, "the attempts come from %s outside",
			      addr_format(&f->key.src, text));
	report_text(&r, "service", service_name(t->service));
	report_number(&r, "refused", (double)t->refused);
	report_number(&r, "short_sessions", (double)t->brief);
	report_story(&r, b->env, "%s:%u", addr_format(inbound ? &f->key.src : &f->key.dst, text),
		     f->key.dport);
	detect_report(b->env, &t->telling, &r);
}

static void refused(struct brute_force *b, const struct flow *f, enum service service)
{
	struct tries *t = tries_of(b, f, service);

	t->refused++;
	tell(b, t, f);
}

static bool says(struct rd p, const char *text)
{
	size_t n = strlen(text);

	return p.n >= n && memcmp(p.p, text, n) == 0;
}

static uint64_t session_id(const struct flow *f)
{
	return (uint64_t)f->hash ^ (uint64_t)f->first_us << 20;
}

/* NULL: it is none of SSH, or another took its place. */
static struct session *session_of(struct brute_force *b, const struct flow *f)
{
	struct session *s = &b->session[f->hash % SESSIONS];

	return s->flow == session_id(f) ? s : NULL;
}

static void brute_force_payload(void *state, const struct flow *f, int dir,
				const struct dissected *d)
{
	struct brute_force *b = state;

	if (f->midway)
		return;
	struct session *s = f->side[1].packets < SESSION_PACKETS ? session_of(b, f) : NULL;
	if (s)
		ssh_session_see(&s->ssh, dir, d->payload);
	if (dir == 0) {
		if (forms_awaits(b->forms, f))
			forms_body(b->forms, f, d->payload);
		return;
	}
	enum service service = log_on_refused(f->key.dport, d->payload);
	if (service != SERVICE_NONE)
		refused(b, f, service);
	else if (f->side[1].packets < 4 && says(d->payload, "SSH-")) {
		(void)tries_of(b, f, SERVICE_SSH);
		b->session[f->hash % SESSIONS] = (struct session){ .flow = session_id(f) };
	}
}

static void brute_force_smb(void *state, const struct flow *f, int dir, const struct smb_message *m)
{
	if (dir == 1 && !f->midway && log_on_refused_smb(m))
		refused(state, f, SERVICE_SMB);
}

static void on_form(struct brute_force *b, const struct flow *f, enum form_answer answer)
{
	struct tries *t;

	if (answer == FORM_REFUSED) {
		refused(b, f, SERVICE_FORM);
	} else if (answer == FORM_ENTERED && (t = find(b, f)) != NULL &&
		   t->refused >= b->env->thresholds->brute_force.refusals_min) {
		t->entered = true;
		tell(b, t, f);
	}
}

static void on_answer(struct brute_force *b, const struct flow *f, const struct http_message *m)
{
	struct tries *t = find(b, f);

	if (m->status == 401 && t && t->credentials) {
		t->credentials = false;
		refused(b, f, SERVICE_HTTP);
	} else {
		on_form(b, f, forms_response(b->forms, f, m));
	}
}

static void brute_force_http(void *state, const struct flow *f, const struct http_message *m)
{
	struct brute_force *b = state;

	if (m->response) {
		on_answer(b, f, m);
		return;
	}
	forms_request(b->forms, f, m);
	if (m->authorization.n > 0)
		tries_of(b, f, SERVICE_HTTP)->credentials = true;
}

static void on_session(struct brute_force *b, const struct flow *f, enum service service)
{
	const struct thresholds *th = b->env->thresholds;
	struct tries *t = tries_of(b, f, service);
	struct session *s = session_of(b, f);

	if (s && s->ssh.entered) {
		s->flow = 0;
		t->entered = t->brief >= th->brute_force.short_min;
		if (t->entered)
			tell(b, t, f);
		else
			t->brief -= t->brief > 0; /* who gets in does not guess */
		return;
	}
	if (f->side[1].payload > th->brute_force.short_bytes ||
	    f->last_us - f->first_us > th->brute_force.short_us) {
		t->entered |= t->brief >= th->brute_force.short_min;
		return;
	}
	t->brief++;
	tell(b, t, f);
}

static void brute_force_flow(void *state, const struct flow *f, enum flow_event ev,
			     const struct dissected *d)
{
	struct brute_force *b = state;
	(void)d;
	if (ev != FLOW_EVENT_END || f->midway || f->key.proto != PROTO_TCP ||
	    f->side[1].payload == 0)
		return;
	if (f->key.dport == PORT_RDP) {
		on_session(b, f, SERVICE_RDP);
		return;
	}
	const struct tries *t = find(b, f);
	if (t && t->service == SERVICE_SSH)
		on_session(b, f, SERVICE_SSH);
}

/* Another program read refusals. Kerberos we do not read ourselves. */
static void brute_force_record(void *state, const struct foreign *r)
{
	struct brute_force *b = state;
	struct flow f;

	if (r->kind != FOREIGN_LOG_ON || r->refused == 0 ||
	    !heard_flow(b->env, r, r->service == SERVICE_KERBEROS, &f))
		return;
	struct tries *t = tries_of(b, &f, r->service);
	t->refused += r->refused;
	tell(b, t, &f);
}

const struct detector detector_brute_force = {
	.name = "brute_force",
	.open = brute_force_open,
	.close = brute_force_close,
	.flow = brute_force_flow,
	.http = brute_force_http,
	.payload = brute_force_payload,
	.smb = brute_force_smb,
	.record = brute_force_record,
};
