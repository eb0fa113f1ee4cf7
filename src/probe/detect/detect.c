/* SPDX-License-Identifier: Apache-2.0 */
/* The list of detectors and the telling of what they hear. */
#include "probe/detect/detect.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "probe/mute/mutes.h"
#include "probe/story/story.h"

/* The learner is first, so that time has gone on when others ask the baseline; the story is last:
 * it hears what the others say. */
static const struct detector *const detectors[] = {
	&detector_learner,      &detector_known_bad,    &detector_new_device, &detector_beacon,
	&detector_scan,         &detector_download,     &detector_odd_call,   &detector_brute_force,
	&detector_lateral,      &detector_dga,          &detector_dns_tunnel, &detector_icmp_tunnel,
	&detector_arp_spoof,    &detector_rogue_dhcp,   &detector_upload,     &detector_cleartext,
	&detector_old_software, &detector_mining,       &detector_mail_out,   &detector_ids_alert,
	&detector_keepalive,    &detector_tor,          &detector_fan_out,    &detector_mail_leak,
	&detector_rogue_dns,    &detector_rogue_router, &detector_host_story,
};

struct detect {
	struct probe_sink sink;
	uint64_t findings;
	size_t n; /* of those that are on */
	const struct detector *on[ARRAY_LEN(detectors)];
	void *state[ARRAY_LEN(detectors)];
	/* Places in ON of those that hear of what comes most often. */
	struct hearers {
		size_t n;
		uint8_t at[ARRAY_LEN(detectors)];
	} flow, payload;
};

static bool listed(const char *names, struct str name)
{
	struct str rest = str_of(names), part;

	if (str_eq(rest, STR("*")))
		return true;
	while (str_cut(&rest, ',', &part)) {
		if (str_eq(str_trim(part), name))
			return true;
	}
	return false;
}

int detect_check_names(const char *names, struct err *e)
{
	struct str rest = str_of(names), part;

	while (str_cut(&rest, ',', &part)) {
		size_t i = 0;
		part = str_trim(part);
		while (i < ARRAY_LEN(detectors) && !str_eq(part, str_of(detectors[i]->name)))
			i++;
		if (i == ARRAY_LEN(detectors))
			return err_set(e, -EINVAL, "there is no detector \"%.*s\"", (int)part.n,
				       part.p);
	}
	return 0;
}

static void hearers_add(struct hearers *h, bool hears, size_t at)
{
	if (hears)
		h->at[h->n++] = (uint8_t)at;
}

struct detect *detect_new(struct detect_env *env, const struct probe_sink *sink)
{
	struct detect *d = mem_new(sizeof(*d));

	d->sink = *sink;
	env->detect = d;
	for (size_t i = 0; i < ARRAY_LEN(detectors); i++) {
		if (listed(env->without, str_of(detectors[i]->name)))
			continue;
		hearers_add(&d->flow, detectors[i]->flow, d->n);
		hearers_add(&d->payload, detectors[i]->payload, d->n);
		d->on[d->n] = detectors[i];
		d->state[d->n++] = detectors[i]->open(env);
	}
	return d;
}

void detect_free(struct detect *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->n; i++)
		d->on[i]->close(d->state[i]);
	free(d);
}

static void detect_stir(struct detect *d, const struct flow *f, const struct dissected *p)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->stir)
			d->on[i]->stir(d->state[i], f, p);
	}
}

void detect_flow(struct detect *d, const struct flow *f, enum flow_event ev,
		 const struct dissected *p)
{
	if (ev == FLOW_EVENT_STIR) {
		detect_stir(d, f, p);
		return;
	}
	for (size_t i = 0; i < d->flow.n; i++) {
		size_t at = d->flow.at[i];
		d->on[at]->flow(d->state[at], f, ev, p);
	}
	if (d->sink.flow && (ev == FLOW_EVENT_FACTS || ev == FLOW_EVENT_END))
		d->sink.flow(d->sink.arg, f, (int)ev);
}

void detect_dns(struct detect *d, const struct dissected *p, const struct dns_message *m)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->dns)
			d->on[i]->dns(d->state[i], p, m);
	}
	if (d->sink.dns)
		d->sink.dns(d->sink.arg, p, m);
}

void detect_http(struct detect *d, const struct flow *f, const struct http_message *m)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->http)
			d->on[i]->http(d->state[i], f, m);
	}
}

void detect_file(struct detect *d, const struct flow *f, const struct http_file *file)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->file)
			d->on[i]->file(d->state[i], f, file);
	}
}

bool detect_wants_digest(const struct detect *d, const struct flow *f, const struct http_file *file)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->wants_digest && d->on[i]->wants_digest(d->state[i], f, file))
			return true;
	}
	return false;
}

void detect_payload(struct detect *d, const struct flow *f, int dir, const struct dissected *p)
{
	for (size_t i = 0; i < d->payload.n; i++) {
		size_t at = d->payload.at[i];
		d->on[at]->payload(d->state[at], f, dir, p);
	}
}

void detect_smb(struct detect *d, const struct flow *f, int dir, const struct smb_message *m)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->smb)
			d->on[i]->smb(d->state[i], f, dir, m);
	}
}

void detect_icmp(struct detect *d, const struct flow *f, const struct dissected *p)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->icmp)
			d->on[i]->icmp(d->state[i], f, p);
	}
}

void detect_dhcp(struct detect *d, const struct dissected *p, const struct dhcp_message *m)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->dhcp)
			d->on[i]->dhcp(d->state[i], p, m);
	}
}

void detect_dhcp6(struct detect *d, const struct dissected *p, const struct dhcp6_message *m)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->dhcp6)
			d->on[i]->dhcp6(d->state[i], p, m);
	}
}

void detect_neighbour(struct detect *d, const struct dissected *p)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->neighbour)
			d->on[i]->neighbour(d->state[i], p);
	}
}

void detect_record(struct detect *d, const struct foreign *r)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->record)
			d->on[i]->record(d->state[i], r);
	}
}

void detect_tick(struct detect *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->tick)
			d->on[i]->tick(d->state[i]);
	}
}

void detect_finish(struct detect *d)
{
	for (size_t i = 0; i < d->n; i++) {
		if (d->on[i]->finish)
			d->on[i]->finish(d->state[i]);
	}
}

uint64_t detect_findings(const struct detect *d)
{
	return d->findings;
}

/* Counts where it would have been told without the mute. */
static void keep_quiet(struct detect_env *env, struct telling *t, const struct report *r,
		       int64_t mute)
{
	struct telling as_told = *t;

	as_told.quiet_us = 0;
	as_told.due = true;
	if (telling_due(&as_told, r->severity, env->now_us)) {
		mutes_hit(env->mutes, mute, env->now_us);
		t->times++;
		t->last_us = env->now_us;
		t->severity = (uint8_t)r->severity;
	}
	t->quiet_us = env->now_us;
	t->due = false;
	if (r->detector != detector_host_story.name)
		story_report(env->stories, r); /* which does not count it, while it is muted */
}

void detect_report(struct detect_env *env, struct telling *t, const struct report *r)
{
	const int64_t mute = report_mute(env, r);
	struct detect *d = env->detect;
	struct device_texts texts;
	const char *peers[REPORT_PEERS_MAX], *names[REPORT_NAMES_MAX];
	const char *reasons[FINDING_REASONS_MAX];

	if (mute) {
		keep_quiet(env, t, r, mute);
		return;
	}
	for (size_t i = 0; i < r->n_peers; i++)
		peers[i] = r->peer[i];
	for (size_t i = 0; i < r->n_names; i++)
		names[i] = r->name[i];
	for (size_t i = 0; i < r->n_reasons; i++)
		reasons[i] = r->reason[i];
	struct finding f = {
		.detector = r->detector,
		.severity = r->severity,
		.confidence = r->confidence < 0   ? 0
			      : r->confidence > 1 ? 1
						  : r->confidence,
		.peers = peers,
		.n_peers = r->n_peers,
		.names = names,
		.n_names = r->n_names,
		.first_us = r->first_us,
		.last_us = r->last_us,
		.evidence = r->evidence,
		.n_evidence = r->n_evidence,
		.reasons = reasons,
		.n_reasons = r->n_reasons,
		.story = r->story,
		.count = r->count,
	};
	inventory_describe(inventory_device(env->inventory, r->device),
			   addr_is_zero(&r->device_addr) ? NULL : &r->device_addr, &texts,
			   &f.device);
	t->last_us = env->now_us;
	t->times++;
	t->severity = (uint8_t)r->severity;
	t->due = false;
	t->quiet_us = 0;
	d->findings++;
	if (d->sink.finding)
		d->sink.finding(d->sink.arg, &f);
	if (r->detector != detector_host_story.name)
		story_report(env->stories, r);
}
