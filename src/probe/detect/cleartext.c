/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: passwords that anybody on the way can read. No attack, and no clue of one: something to
 * put in order. The password itself is never kept. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

enum { TOLD = 512 }; /* direct-mapped */

struct told {
	uint64_t key, count;
	int64_t first_us;
	struct telling telling;
};

struct cleartext {
	struct detect_env *env;
	struct told told[TOLD];
};

static void *cleartext_open(struct detect_env *env)
{
	struct cleartext *c = mem_new(sizeof(*c));

	c->env = env;
	return c;
}

static void cleartext_close(void *state)
{
	free(state);
}

static struct told *told_of(struct cleartext *c, const struct flow *f)
{
	static const uint8_t fixed[16] = "cleartext";
	uint8_t text[34];

	memcpy(text, f->key.src.b, 16);
	memcpy(text + 16, f->key.dst.b, 16);
	memcpy(text + 32, &f->key.dport, 2);
	uint64_t key = siphash13(fixed, text, sizeof(text));
	struct told *t = &c->told[key % TOLD];
	if (t->key != key)
		*t = (struct told){ .key = key, .first_us = f->last_us };
	return t;
}

static void tell(struct cleartext *c, const struct flow *f, const char *what)
{
	bool outside = !inventory_inside(c->env->inventory, &f->key.dst, f->device[1]);
	enum severity severity = outside ? SEVERITY_LOW : SEVERITY_INFO;
	struct told *t = told_of(c, f);
	struct report r;
	char text[ADDR_TEXT_MAX];

	t->count++;
	t->telling.due = true;
	if (!telling_due(&t->telling, severity, c->env->now_us) ||
	    !inventory_inside(c->env->inventory, &f->key.src, f->device[0]))
		return;
	report_init(&r, detector_cleartext.name, f->device[0], &f->key.src);
	r.severity = severity;
	r.aside = true;
	r.confidence = 0.9;
	r.first_us = t->first_us;
	r.last_us = f->last_us > t->first_us ? f->last_us : t->first_us;
	r.count = t->count;
	report_peer(&r, &f->key.dst, f->key.dport);
	report_name(&r, names_find(c->env->names, &f->key.dst));
	report_reason(&r, "a password went to %s readable by all on the way (%s)",
		      addr_port_format(&f->key.dst, f->key.dport, text), what);
	report_text(&r, "service", what);
	report_story(&r, c->env, "%s", text);
	detect_report(c->env, &t->telling, &r);
}

static bool says(struct rd p, const char *text)
{
	size_t n = strlen(text);

	return p.n > n && memcmp(p.p, text, n) == 0;
}

static bool somebody_types(const struct cleartext *c, const struct flow *f)
{
	const struct thresholds *t = c->env->thresholds;

	return f->side[0].payload > t->cleartext.typed_bytes &&
	       f->side[1].payload > t->cleartext.answered_bytes;
}

static void cleartext_payload(void *state, const struct flow *f, int dir, const struct dissected *d)
{
	struct rd p = d->payload;

	if (dir != 0)
		return;
	switch (f->key.dport) {
	case 21:
		if (says(p, "PASS ") && !says(p, "PASS anon"))
			tell(state, f, "FTP");
		break;
	case 23:
		if (somebody_types(state, f))
			tell(state, f, "Telnet");
		break;
	case 110:
		if (says(p, "PASS "))
			tell(state, f, "POP3");
		break;
	case 25:
	case 587:
		if (says(p, "AUTH PLAIN") || says(p, "AUTH LOGIN"))
			tell(state, f, "SMTP");
		break;
	default:
		break;
	}
}

static void cleartext_http(void *state, const struct flow *f, const struct http_message *m)
{
	if (!m->response && str_starts(m->authorization, STR("Basic ")))
		tell(state, f, "HTTP");
}

const struct detector detector_cleartext = {
	.name = "cleartext",
	.open = cleartext_open,
	.close = cleartext_close,
	.http = cleartext_http,
	.payload = cleartext_payload,
};
