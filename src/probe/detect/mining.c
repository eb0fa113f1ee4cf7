/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device computes coins for somebody, by the first words of Stratum, the protocol of
 * miners, or of getwork before it, when it is not encrypted. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

enum { TOLD = 256, LOOK_PACKETS = 8 }; /* direct-mapped; packets of a connection looked at */

struct told {
	uint64_t key, count;
	int64_t first_us;
	struct telling telling;
};

struct mining {
	struct detect_env *env;
	struct told told[TOLD];
};

static void *mining_open(struct detect_env *env)
{
	struct mining *m = mem_new(sizeof(*m));

	m->env = env;
	return m;
}

static void mining_close(void *state)
{
	free(state);
}

static bool contains(struct rd p, const char *text)
{
	return memmem(p.p, p.n, text, strlen(text)) != NULL;
}

/* The older way, by HTTP; solo miners and pools still speak it. */
static bool is_getwork(struct rd p)
{
	return contains(p, "\"method\"") &&
	       (contains(p, "\"getwork\"") || contains(p, "\"getblocktemplate\""));
}

static bool is_stratum(struct rd p)
{
	if (p.n < 20 || p.p[0] != '{')
		return false;
	if (is_getwork(p))
		return true;
	return contains(p, "\"mining.subscribe\"") || contains(p, "\"mining.authorize\"") ||
	       contains(p, "\"eth_submitLogin\"") ||
	       (contains(p, "\"method\":\"login\"") && contains(p, "\"agent\""));
}

static void tell(struct mining *m, const struct flow *f)
{
	static const uint8_t fixed[16] = "mining";
	uint64_t key = siphash13(fixed, f->key.src.b, 16) ^ siphash13(fixed, f->key.dst.b, 16) * 3;
	struct told *t = &m->told[key % TOLD];
	struct report r;
	char text[ADDR_TEXT_MAX];

	if (t->key != key)
		*t = (struct told){ .key = key, .first_us = f->first_us };
	t->count++;
	t->telling.due = true;
	if (!telling_due(&t->telling, SEVERITY_HIGH, m->env->now_us))
		return;
	report_init(&r, detector_mining.name, f->device[0], &f->key.src);
	r.severity = SEVERITY_HIGH;
	r.confidence = 0.95;
	r.first_us = t->first_us;
	r.last_us = f->last_us;
	r.count = t->count;
	report_peer(&r, &f->key.dst, f->key.dport);
	report_name(&r, names_find(m->env->names, &f->key.dst));
	report_reason(
		&r, "%llu connections to %s in the language of coin miners (Stratum or getwork)",
		(unsigned long long)t->count, addr_port_format(&f->key.dst, f->key.dport, text));
	report_number(&r, "connections", (double)t->count);
	report_story(&r, m->env, "%s", text);
	detect_report(m->env, &t->telling, &r);
}

static void mining_payload(void *state, const struct flow *f, int dir, const struct dissected *d)
{
	struct mining *m = state;

	if (dir == 0 && f->side[0].packets <= LOOK_PACKETS && is_stratum(d->payload) &&
	    inventory_inside(m->env->inventory, &f->key.src, f->device[0]))
		tell(m, f);
}

static void mining_http(void *state, const struct flow *f, const struct http_message *m)
{
	struct mining *n = state;

	if (!m->response && str_eq(m->method, STR("POST")) && m->body.n > 0 &&
	    is_stratum(m->body) && inventory_inside(n->env->inventory, &f->key.src, f->device[0]))
		tell(n, f);
}

const struct detector detector_mining = {
	.name = "mining",
	.open = mining_open,
	.close = mining_close,
	.http = mining_http,
	.payload = mining_payload,
};
