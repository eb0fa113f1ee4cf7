/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a finding together within its limits, and says when a story is worth telling again. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "probe/detect/detect.h"
#include "probe/mute/mutes.h"

enum { GAP_STEPS = 6 };

void report_init(struct report *r, const char *detector, uint32_t device, const struct addr *a)
{
	r->detector = detector;
	r->severity = SEVERITY_INFO;
	r->confidence = 0;
	r->aside = r->echo = r->young = false;
	r->device = device;
	r->device_addr = a ? *a : (struct addr){ 0 };
	r->first_us = r->last_us = 0;
	r->count = 0;
	r->story[0] = 0;
	r->n_peers = r->n_names = r->n_evidence = r->n_reasons = 0;
}

void report_peer(struct report *r, const struct addr *a, uint16_t port)
{
	char text[ADDR_TEXT_MAX];

	addr_port_format(a, port, text);
	for (size_t i = 0; i < r->n_peers; i++) {
		if (strcmp(r->peer[i], text) == 0)
			return;
	}
	if (r->n_peers < REPORT_PEERS_MAX)
		memcpy(r->peer[r->n_peers++], text, sizeof(text));
}

void report_name(struct report *r, const char *name)
{
	if (!name[0])
		return;
	for (size_t i = 0; i < r->n_names; i++) {
		if (strcmp(r->name[i], name) == 0)
			return;
	}
	if (r->n_names < REPORT_NAMES_MAX)
		(void)str_copy(r->name[r->n_names++], DNS_NAME_MAX, str_of(name)); /* fits */
}

void report_number(struct report *r, const char *name, double v)
{
	if (r->n_evidence < FINDING_EVIDENCE_MAX)
		r->evidence[r->n_evidence++] = (struct evidence){ .name = name, .number = v };
}

void report_text(struct report *r, const char *name, const char *text)
{
	if (r->n_evidence < FINDING_EVIDENCE_MAX)
		r->evidence[r->n_evidence++] = (struct evidence){ .name = name, .text = text };
}

void report_reason(struct report *r, const char *fmt, ...)
{
	va_list ap;

	if (r->n_reasons == FINDING_REASONS_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(r->reason[r->n_reasons++], REASON_MAX, fmt, ap); /* cut is fine */
	va_end(ap);
}

/* Time as one says it: minutes, hours, days. */
static const char *span_text(double days, char *out, size_t out_size)
{
	double minutes = days * 24 * 60;

	if (minutes < 1.5)
		return "a minute";
	if (minutes < 120)
		(void)snprintf(out, out_size, "%.0f minutes", minutes); /* fits */
	else if (days < 2)
		(void)snprintf(out, out_size, "%.0f hours", days * 24);
	else
		(void)snprintf(out, out_size, "%.0f days", days);
	return out;
}

void report_baseline(struct report *r, const struct detect_env *env)
{
	char span[32];

	if (!baseline_young(env->baseline))
		return;
	r->young = true;
	double days = baseline_days(env->baseline);
	const char *text = span_text(days, span, sizeof(span));
	report_number(r, "baseline_days", days);
	if (env->resident)
		report_reason(r,
			      "this sensor has watched for %s only and still learns what is usual",
			      text);
	else
		report_reason(r, "this capture shows %s only: what is usual here is not known",
			      text);
}

void report_story(struct report *r, const struct detect_env *env, const char *fmt, ...)
{
	const struct device *d = inventory_device(env->inventory, r->device);
	char who[ADDR_TEXT_MAX];
	va_list ap;

	if (d && d->has_mac)
		mac_format(&d->mac, who);
	else
		addr_format(&r->device_addr, who);
	int n = snprintf(r->story, sizeof(r->story), "%s/%s/", r->detector, who);
	va_start(ap, fmt);
	(void)vsnprintf(r->story + n, sizeof(r->story) - (size_t)n, fmt, ap); /* cut is fine */
	va_end(ap);
}

void detect_forget(struct detect_env *env, struct map *m, const void *key, size_t n)
{
	(void)map_remove(m, key, n);
	env->forgotten++;
}

bool telling_look(struct telling *t, uint64_t count)
{
	if (count < t->look_at)
		return false;
	t->look_at = count + count / 4 + 1;
	return true;
}

bool telling_due(const struct telling *t, enum severity severity, int64_t now_us)
{
	static const int64_t gap_us[GAP_STEPS] = {
		US_PER_MIN,  5 * US_PER_MIN,  15 * US_PER_MIN,
		US_PER_HOUR, 4 * US_PER_HOUR, 24 * US_PER_HOUR,
	};

	if (t->times == 0 || severity > t->severity)
		return true;
	if (t->quiet_us != 0 && t->due && now_us - t->quiet_us >= gap_us[0])
		return true; /* the mute may have ended */
	uint32_t step = t->times - 1 < GAP_STEPS ? t->times - 1 : GAP_STEPS - 1;
	return t->due && now_us - t->last_us >= gap_us[step];
}

int64_t report_mute(const struct detect_env *env, const struct report *r)
{
	const struct device *d = inventory_device(env->inventory, r->device);
	const char *peers[REPORT_PEERS_MAX], *names[REPORT_NAMES_MAX];
	char mac[ADDR_TEXT_MAX] = "";
	struct mute_subject s = { .detector = r->detector,
				  .mac = mac,
				  .peers = peers,
				  .n_peers = r->n_peers,
				  .names = names,
				  .n_names = r->n_names,
				  .more_peers = r->n_peers == REPORT_PEERS_MAX,
				  .more_names = r->n_names == REPORT_NAMES_MAX };

	if (!env->mutes)
		return 0;
	if (d && d->has_mac)
		mac_format(&d->mac, mac);
	for (size_t i = 0; i < r->n_peers; i++)
		peers[i] = r->peer[i];
	for (size_t i = 0; i < r->n_names; i++)
		names[i] = r->name[i];
	return mutes_find(env->mutes, &s, env->now_us);
}
