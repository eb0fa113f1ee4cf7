/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a second machine hands out addresses, and with them another way to the Internet, or
 * another server of names. Two servers that say the same are a pair for safety. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probe/detect/detect.h"

enum { SERVERS_MAX = 16, DHCP_OFFER = 2 };

struct server {
	struct mac mac;
	struct addr addr, router;
	size_t n_dns;
	struct addr dns[DHCP_DNS_MAX];
	uint64_t answers;
	int64_t first_us;
	struct telling telling;
};

struct rogue_dhcp {
	struct detect_env *env;
	struct server server[SERVERS_MAX]; /* further ones are not looked at */
	size_t n;
};

static void *rogue_dhcp_open(struct detect_env *env)
{
	struct rogue_dhcp *g = mem_new(sizeof(*g));

	g->env = env;
	return g;
}

static void rogue_dhcp_close(void *state)
{
	free(state);
}

static struct server *server_of(struct rogue_dhcp *g, const struct dissected *d)
{
	for (size_t i = 0; i < g->n; i++) {
		if (mac_eq(&g->server[i].mac, &d->src_mac))
			return &g->server[i];
	}
	if (g->n == SERVERS_MAX)
		return NULL;
	struct server *s = &g->server[g->n++];
	*s = (struct server){ .mac = d->src_mac, .addr = d->src, .first_us = d->ts_us };
	return s;
}

static void tell(struct rogue_dhcp *g, struct server *s, const struct server *first,
		 const struct dissected *d)
{
	struct report r;
	char a[ADDR_TEXT_MAX], b[ADDR_TEXT_MAX];

	s->telling.due = true;
	if (!telling_due(&s->telling, SEVERITY_MEDIUM, g->env->now_us))
		return;
	report_init(&r, detector_rogue_dhcp.name, inventory_sender(g->env->inventory, d), &d->src);
	r.severity = SEVERITY_MEDIUM;
	r.confidence = 0.75;
	r.first_us = s->first_us;
	r.last_us = d->ts_us;
	r.count = s->answers;
	report_peer(&r, &first->addr, 0);
	if (!addr_eq(&s->router, &first->router))
		report_reason(&r,
			      "it hands out addresses with %s as the way to the Internet, the "
			      "server that was here first does so with %s",
			      addr_format(&s->router, a), addr_format(&first->router, b));
	else
		report_reason(&r,
			      "it has names looked up at %s, the server that was here first at %s",
			      addr_format(&s->dns[0], a), addr_format(&first->dns[0], b));
	report_number(&r, "dhcp_answers", (double)s->answers);
	report_story(&r, g->env, "%s", a);
	detect_report(g->env, &s->telling, &r);
}

/* None of its servers of names is one that the first server gives. */
static bool strange_dns(const struct server *s, const struct server *first)
{
	for (size_t i = 0; i < s->n_dns; i++) {
		for (size_t k = 0; k < first->n_dns; k++) {
			if (addr_eq(&s->dns[i], &first->dns[k]))
				return false;
		}
	}
	return s->n_dns > 0 && first->n_dns > 0;
}

static void rogue_dhcp_dhcp(void *state, const struct dissected *d, const struct dhcp_message *m)
{
	struct rogue_dhcp *g = state;

	if (!m->reply || (m->type != DHCP_OFFER && m->type != DHCP_ACK) || !d->has_mac ||
	    addr_is_zero(&m->router))
		return;
	struct server *s = server_of(g, d);
	if (!s)
		return;
	s->answers++;
	s->router = m->router;
	const struct server *first = &g->server[0];
	s->n_dns = m->n_dns;
	memcpy(s->dns, m->dns, sizeof(s->dns));
	bool learning = g->env->resident && d->ts_us - g->env->start_us < g->env->learning_us &&
			d->vlan != 0; /* several networks on one wire each have a server */
	if (s != first && !learning &&
	    (!addr_eq(&s->router, &first->router) || strange_dns(s, first)))
		tell(g, s, first, d);
}

const struct detector detector_rogue_dhcp = {
	.name = "rogue_dhcp",
	.open = rogue_dhcp_open,
	.close = rogue_dhcp_close,
	.dhcp = rogue_dhcp_dhcp,
};
