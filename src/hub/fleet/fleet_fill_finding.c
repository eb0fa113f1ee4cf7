/* SPDX-License-Identifier: Apache-2.0 */
/* Devices and findings of a generated region, as a sensor would have told them. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet_fill.h"

/* What the detectors tell, and how often. */
struct kind {
	int percent;
	const char *detector;
	Otasuke__Wire__Severity low, high;
	const char *evidence[3]; /* catalogue keys are evidence.NAME */
};

static const struct kind kinds[] = {
	{ 45,
	  "new_device",
	  OTASUKE__WIRE__SEVERITY__INFO,
	  OTASUKE__WIRE__SEVERITY__LOW,
	  { "addresses", NULL } },
	{ 25,
	  "scan",
	  OTASUKE__WIRE__SEVERITY__LOW,
	  OTASUKE__WIRE__SEVERITY__MEDIUM,
	  { "targets", "attempts_failed", "attempts_answered" } },
	{ 20,
	  "beacon",
	  OTASUKE__WIRE__SEVERITY__LOW,
	  OTASUKE__WIRE__SEVERITY__HIGH,
	  { "interval_median_s", "connections", "bytes_out" } },
	{ 10,
	  "known_bad",
	  OTASUKE__WIRE__SEVERITY__HIGH,
	  OTASUKE__WIRE__SEVERITY__CRITICAL,
	  { "connections", "lookups", NULL } },
};

static const struct kind *kind_pick(struct hub_fill *f)
{
	int64_t left = fill_between(f, 0, 99);
	const struct kind *k = kinds;

	for (; left >= k->percent && k < &kinds[ARRAY_LEN(kinds) - 1]; k++)
		left -= k->percent;
	return k;
}

void fleet_fill_device(const struct hub_fill *f, size_t company, size_t n, struct fill_device *out)
{
	/* its own random numbers, so that it is the same each time */
	struct hub_fill own = { .state = f->seed * 7919 + company * 1009 + n };
	uint64_t bits = fill_random(&own);
	const struct fill_word *host = fill_pick(&own, "host");

	*out = (struct fill_device){ .d = OTASUKE__WIRE__DEVICE__INIT };
	(void)snprintf(out->mac, sizeof(out->mac), "02:%02x:%02x:%02x:%02x:%02x",
		       (unsigned)(company >> 8) & 255, (unsigned)company & 255,
		       (unsigned)(n >> 8) & 255, (unsigned)n & 255, (unsigned)bits & 255);
	(void)snprintf(out->address, sizeof(out->address), "192.0.2.%zu", 10 + n % 240);
	(void)snprintf(out->hostname, sizeof(out->hostname), "%s%02zu", host->text, n + 1);
	out->addresses[0] = out->address;
	out->d.mac = out->mac;
	out->d.n_addresses = 1;
	out->d.addresses = out->addresses;
	out->d.hostname = out->hostname;
	out->d.vendor = (char *)(uintptr_t)fill_pick(&own, "vendor")->text; /* packed, not kept */
	out->d.is_gateway = n == 0;
	out->d.random_mac = fill_chance(&own, 10);
}

static void evidence_fill(struct hub_fill *f, const struct kind *k, struct fill_finding *out)
{
	for (size_t i = 0; i < ARRAY_LEN(k->evidence) && k->evidence[i]; i++) {
		Otasuke__Wire__Evidence *v = &out->evidence[i];

		*v = (Otasuke__Wire__Evidence)OTASUKE__WIRE__EVIDENCE__INIT;
		v->name = (char *)(uintptr_t)k->evidence[i]; /* packed, not kept */
		v->number = (double)fill_between(f, 20, 900);
		v->has_number = true;
		out->evidence_list[out->f.n_evidence++] = v;
	}
	out->f.evidence = out->evidence_list;
}

/* The peer of a finding makes its story one of its own. */
static void story_fill(struct hub_fill *f, const struct kind *k, const struct fill_device *dev,
		       size_t n, struct fill_finding *out)
{
	const char *subject = out->peer;
	int port = k == &kinds[1] ? (int)(1024 + n) : 443;

	(void)snprintf(out->peer, sizeof(out->peer), "203.0.113.%d:%d",
		       (int)fill_between(f, 1, 254), port % 65536); /* fits: numbers */
	(void)snprintf(out->name, sizeof(out->name), "%s-%s%zu.example",
		       fill_pick(f, "domain_a")->text, fill_pick(f, "domain_b")->text, n);
	if (k == &kinds[0])
		subject = "joined";
	else if (k != &kinds[1])
		subject = out->name;
	(void)snprintf(out->story, sizeof(out->story), "%s/%s/%s/%zu", k->detector, dev->mac,
		       subject, n); /* fits: short words */
	(void)snprintf(out->reason, sizeof(out->reason), "%s %s", k->detector, subject);
	if (k != &kinds[0]) {
		out->f.n_peers = 1;
		out->f.peers = out->peers;
	}
	if (k == &kinds[2] || k == &kinds[3]) {
		out->f.n_names = 1;
		out->f.names = out->names;
	}
}

void fleet_fill_finding(struct hub_fill *f, const struct fill_device *dev, size_t n,
			struct fill_finding *out)
{
	const struct kind *k = kind_pick(f);

	*out = (struct fill_finding){ .f = OTASUKE__WIRE__FINDING__INIT };
	out->peers[0] = out->peer;
	out->names[0] = out->name;
	out->reasons[0] = out->reason;
	out->f.detector = (char *)(uintptr_t)k->detector; /* packed, not kept */
	out->f.severity = (Otasuke__Wire__Severity)fill_between(f, k->low, k->high);
	out->f.confidence = (double)fill_between(f, 40, 99) / 100;
	out->f.device = (Otasuke__Wire__Device *)(uintptr_t)&dev->d; /* read only */
	story_fill(f, k, dev, n, out);
	evidence_fill(f, k, out);
	out->f.story = out->story;
	out->f.n_reasons = 1;
	out->f.reasons = out->reasons;
	out->f.count = (uint64_t)fill_between(f, 1, 400);
}
