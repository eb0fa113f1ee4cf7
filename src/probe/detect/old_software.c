/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: software whose makers no longer mend it: old Windows by what its programs say of
 * themselves or by how it asks for an address, SMB of the first version, outdated TLS. No attack;
 * information for the owner. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"

enum old { OLD_WINDOWS = 1, OLD_SMB = 2, OLD_TLS = 4, OLD_LEASE = 8 };

struct owner {
	unsigned seen, told; /* bits of enum old */
	int64_t first_us;
	struct telling telling;
};

struct old_software {
	struct detect_env *env;
	struct owner *owner; /* a device each, as many as the inventory keeps */
	size_t cap;
};

static void *old_software_open(struct detect_env *env)
{
	struct old_software *o = mem_new(sizeof(*o));

	o->env = env;
	return o;
}

static void old_software_close(void *state)
{
	struct old_software *o = state;

	free(o->owner);
	free(o);
}

static void note(struct old_software *o, uint32_t device, const struct addr *a, enum old what)
{
	int64_t now_us = o->env->now_us;
	size_t want = inventory_count(o->env->inventory);
	struct report r;

	if (device >= want)
		return;
	if (device >= o->cap) {
		o->owner = mem_resize(o->owner, want, sizeof(*o->owner));
		for (size_t i = o->cap; i < want; i++)
			o->owner[i] = (struct owner){ 0 };
		o->cap = want;
	}
	struct owner *w = &o->owner[device];
	if (w->first_us == 0)
		w->first_us = now_us;
	w->seen |= what;
	if (w->seen == w->told)
		return;
	w->told = w->seen;
	report_init(&r, detector_old_software.name, device, a);
	r.severity = SEVERITY_INFO;
	r.aside = true;
	r.confidence = 0.6;
	r.first_us = w->first_us;
	r.last_us = now_us > w->first_us ? now_us : w->first_us;
	r.count = 1;
	if (w->seen & OLD_LEASE)
		report_reason(&r, "it asks for an address as Windows 8 and older do");
	if (w->seen & OLD_WINDOWS)
		report_reason(&r, "a program on it says that it runs on Windows 8.1 or older");
	if (w->seen & OLD_SMB)
		report_reason(&r, "it uses SMB of the first version, from 1996");
	if (w->seen & OLD_TLS)
		report_reason(&r, "it agreed on TLS 1.1 or older");
	report_number(&r, "outdated", __builtin_popcount(w->seen));
	report_story(&r, o->env, "list");
	detect_report(o->env, &w->telling, &r);
}

/* Windows 10 and 11 call themselves NT 10. */
static bool old_windows(struct str agent)
{
	static const char *const marks[] = { "Windows NT 5.", "Windows NT 6." };

	for (size_t i = 0; agent.n && i < ARRAY_LEN(marks); i++) {
		if (memmem(agent.p, agent.n, marks[i], strlen(marks[i])))
			return true;
	}
	return false;
}

static void old_software_http(void *state, const struct flow *f, const struct http_message *m)
{
	if (!m->response && old_windows(m->agent))
		note(state, f->device[0], &f->key.src, OLD_WINDOWS);
}

static void old_software_smb(void *state, const struct flow *f, int dir,
			     const struct smb_message *m)
{
	/* A newer client says hello in the old way too, but then goes on in the new one. */
	if (dir == 0 && m->version == 1 && m->command == SMB1_TREE)
		note(state, f->device[0], &f->key.src, OLD_SMB);
}

static void old_software_flow(void *state, const struct flow *f, enum flow_event ev,
			      const struct dissected *d)
{
	(void)d;
	if (ev == FLOW_EVENT_FACTS && f->tls_old)
		note(state, f->device[0], &f->key.src, OLD_TLS);
}

/* What Windows asks for by DHCP, and in which order: it changed with Windows 10. */
static bool old_lease(const struct dhcp_message *m)
{
	return str_eq(str_of(m->class), STR("MSFT 98")) ||
	       (str_eq(str_of(m->class), STR("MSFT 5.0")) &&
		str_starts(str_of(m->fingerprint), STR("1,15,3,6,44,46,47,31,33,")));
}

static void old_software_dhcp(void *state, const struct dissected *d, const struct dhcp_message *m)
{
	struct old_software *o = state;

	if (!m->reply && old_lease(m))
		note(o, inventory_sender(o->env->inventory, d), NULL, OLD_LEASE);
}

const struct detector detector_old_software = {
	.name = "old_software",
	.open = old_software_open,
	.close = old_software_close,
	.flow = old_software_flow,
	.http = old_software_http,
	.dhcp = old_software_dhcp,
	.smb = old_software_smb,
};
