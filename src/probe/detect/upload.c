/* SPDX-License-Identifier: Apache-2.0 */
/* Detector: a device sends far more out of the network than it ever did in an hour. Measured
 * against its own past: a machine that makes backups is not the one that types letters. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/detect/detect.h"

struct sender {
	int64_t hour; /* since 1970, of NOW */
	uint64_t now_bytes;
	struct addr peer; /* that got most in one connection */
	uint16_t port;
	uint64_t peer_bytes;
	struct telling telling;
};

struct upload {
	struct detect_env *env;
	struct sender *sender; /* a device each, as many as the inventory keeps */
	size_t cap;
};

static void *upload_open(struct detect_env *env)
{
	struct upload *u = mem_new(sizeof(*u));

	u->env = env;
	return u;
}

static void upload_close(void *state)
{
	struct upload *u = state;

	free(u->sender);
	free(u);
}

static struct sender *sender_of(struct upload *u, uint32_t device)
{
	size_t want = inventory_count(u->env->inventory);

	if (device >= u->cap) {
		u->sender = mem_resize(u->sender, want, sizeof(*u->sender));
		for (size_t i = u->cap; i < want; i++)
			u->sender[i] = (struct sender){ 0 };
		u->cap = want;
	}
	return &u->sender[device];
}

/* A new hour: the one before becomes part of the past. */
static void turn(struct upload *u, struct sender *s, uint32_t device, int64_t hour)
{
	if (hour == s->hour)
		return;
	baseline_sent(u->env->baseline, inventory_device(u->env->inventory, device), s->now_bytes);
	s->hour = hour;
	s->now_bytes = s->peer_bytes = 0;
}

static void tell(struct upload *u, struct sender *s, const struct flow *f,
		 const struct baseline_past *past)
{
	struct report r;

	s->telling.due = true;
	if (!telling_due(&s->telling, SEVERITY_MEDIUM, u->env->now_us))
		return;
	report_init(&r, detector_upload.name, f->device[0], &f->key.src);
	r.severity = SEVERITY_MEDIUM;
	r.confidence = 0.5;
	r.first_us = s->hour * US_PER_HOUR;
	r.last_us = f->last_us > r.first_us ? f->last_us : r.first_us;
	r.count = 1;
	report_peer(&r, &s->peer, s->port);
	report_name(&r, names_find(u->env->names, &s->peer));
	report_reason(&r,
		      "%.0f MB left the network within this hour; the most before was %.0f MB, in "
		      "%u hours",
		      (double)s->now_bytes / 1e6, (double)past->most_bytes / 1e6, past->hours);
	report_number(&r, "bytes_out", (double)s->now_bytes);
	report_number(&r, "bytes_usual", (double)past->most_bytes);
	report_baseline(&r, u->env);
	report_story(&r, u->env, "volume");
	detect_report(u->env, &s->telling, &r);
}

static void upload_flow(void *state, const struct flow *f, enum flow_event ev,
			const struct dissected *d)
{
	struct upload *u = state;

	(void)d;
	if (ev != FLOW_EVENT_END || f->device[0] == DEVICE_NONE || addr_is_multicast(&f->key.dst) ||
	    inventory_inside(u->env->inventory, &f->key.dst, f->device[1]))
		return;
	struct sender *s = sender_of(u, f->device[0]);
	turn(u, s, f->device[0], u->env->now_us / US_PER_HOUR);
	uint64_t sent = f->side[0].payload;
	s->now_bytes += sent;
	if (sent > s->peer_bytes) {
		s->peer = f->key.dst;
		s->port = f->key.dport;
		s->peer_bytes = sent;
	}
	const struct thresholds *t = u->env->thresholds;
	if (s->now_bytes < t->upload.bytes_min)
		return;
	struct baseline_past past =
		baseline_past(u->env->baseline, inventory_device(u->env->inventory, f->device[0]));
	if (past.hours >= t->upload.hours_min &&
	    (double)s->now_bytes >= t->upload.times_usual * (double)past.most_bytes)
		tell(u, s, f, &past);
}

const struct detector detector_upload = {
	.name = "upload",
	.open = upload_open,
	.close = upload_close,
	.flow = upload_flow,
};
