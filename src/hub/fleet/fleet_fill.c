/* SPDX-License-Identifier: Apache-2.0 */
/* Sensors of a generated region: each tells its story through the same door as a real one, batch by
 * batch with the times of the past. What a finding says: fleet_fill_finding.c. */
#include "hub/fleet/fleet_fill.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet_ingest.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "hub/fleet/fleet_listen.h"
#include "net/crypto.h"

enum {
	CHUNK = 25, /* companies in a transaction */
	DEVICES_MAX = 40,
	TRAFFIC_DEVICES = 8, /* of each company, that have traffic */
	INTERVALS = 12,      /* of five minutes */
	BEATS = 24,
	YEAR_DAYS = 365,
	DAYS_WITH_SPANS = 60,
	CERT_DAYS = 730,
	SILENT_PERCENT = 3,
};

/* One sensor while it tells. */
struct telling {
	struct hub *h;
	struct hub_fill *f;
	struct txn *t;
	struct arena *arena;
	struct ingest_from from;
	uint64_t sequence;
	size_t company;
	int64_t until_us; /* it fell silent then, or now */
};

static int sensor_add(struct telling *x, struct err *e)
{
	struct fill_company *c = &x->f->companies[x->company];
	struct fleet_sensor s = { .company_id = c->id,
				  .name = "sensor-1",
				  .version = "0.1.0",
				  .hardware = fill_pick(x->f, "hardware")->text,
				  .enrolled_us = c->created_us + US_PER_HOUR };
	uint64_t bits[4];
	char hex[65];

	for (size_t i = 0; i < ARRAY_LEN(bits); i++)
		bits[i] = fill_random(x->f);
	crypto_hex(bits, sizeof(bits), hex); /* a certificate that nobody holds */
	s.cert_sha256 = hex;
	s.cert_expires_us = x->f->now_us + CERT_DAYS * US_PER_DAY;
	int r = fleet_store_add(x->t, &scope_system, &s, &c->sensor_id, e);
	x->from = (struct ingest_from){ .sensor_id = c->sensor_id, .company_id = c->id };
	return r;
}

/* One record in a batch of its own, heard at AT_US. */
static int tell(struct telling *x, Otasuke__Wire__Record *rec, int64_t at_us, struct err *e)
{
	Otasuke__Wire__Record *list[1] = { rec };
	Otasuke__Wire__Batch batch = OTASUKE__WIRE__BATCH__INIT;
	struct ingest_result result = { 0 };
	SCOPED_ARENA struct arena *a = arena_new(0);

	rec->sequence = ++x->sequence;
	x->from.received_us = at_us;
	batch.n_records = 1;
	batch.records = list;
	int r = fleet_ingest_apply(x->t, &x->from, &batch, &x->h->fleet->consumers, a, &result, e);
	if (r >= 0)
		r = fleet_ingest_finish(x->t, &x->h->fleet->consumers, e);
	fleet_ingest_done(&x->h->fleet->consumers, false); /* nobody has a page open */
	return r;
}

static int tell_beat(struct telling *x, int64_t from_us, int64_t at_us, struct err *e)
{
	Otasuke__Wire__Record rec = OTASUKE__WIRE__RECORD__INIT;
	Otasuke__Wire__Heartbeat b = OTASUKE__WIRE__HEARTBEAT__INIT;

	b.at_us = at_us;
	b.version = (char *)(uintptr_t) "0.1.0"; /* packed, not kept */
	b.uptime_s = (at_us - from_us) / US_PER_SEC;
	b.packets = (uint64_t)fill_between(x->f, 100000, 90000000);
	b.packets_dropped = fill_chance(x->f, 5) ? (uint64_t)fill_between(x->f, 1, 500) : 0;
	b.spool_bytes = (uint64_t)fill_between(x->f, 0, 2000000);
	b.spool_quota = UINT64_C(1) << 30;
	b.rss_bytes = (uint64_t)fill_between(x->f, 40, 120) << 20;
	b.capture_up = true;
	b.watched_from_us = from_us;
	rec.body_case = OTASUKE__WIRE__RECORD__BODY_HEARTBEAT;
	rec.heartbeat = &b;
	return tell(x, &rec, at_us, e);
}

/* Weeks of watching with gaps now and then, the last hours in detail. */
static int watched_fill(struct telling *x, struct err *e)
{
	const struct fill_company *c = &x->f->companies[x->company];
	int64_t from = x->f->now_us - DAYS_WITH_SPANS * US_PER_DAY;
	int r = 0;

	if (from < c->created_us + US_PER_HOUR)
		from = c->created_us + US_PER_HOUR;
	while (r >= 0) {
		int64_t to = from + fill_between(x->f, 5, 30) * US_PER_DAY;

		if (to > x->until_us - US_PER_DAY)
			break;
		r = tell_beat(x, from, to, e);
		from = to + fill_between(x->f, 4, 300) * US_PER_MIN;
	}
	for (int64_t i = BEATS - 1; i >= 0 && r >= 0; i--)
		r = tell_beat(x, from, x->until_us - i * i * 2 * US_PER_MIN, e);
	return r;
}

static void traffic_make(struct hub_fill *f, const struct fill_device *dev,
			 Otasuke__Wire__Traffic *out)
{
	*out = (Otasuke__Wire__Traffic)OTASUKE__WIRE__TRAFFIC__INIT;
	out->mac = (char *)(uintptr_t)dev->mac; /* packed, not kept */
	out->address = (char *)(uintptr_t)dev->address;
	out->bytes_in = (uint64_t)fill_between(f, 20000, 30000000);
	out->bytes_out = out->bytes_in / (uint64_t)fill_between(f, 4, 20);
	out->packets = out->bytes_in / 700;
	out->flows = (uint64_t)fill_between(f, 2, 120);
	out->flows_failed = out->flows / 20;
	out->dns_queries = out->flows * 2;
	out->peers = (uint32_t)fill_between(f, 1, 40);
}

static size_t device_count(const struct fill_company *c)
{
	return c->devices < DEVICES_MAX ? (size_t)c->devices : DEVICES_MAX;
}

/* Five minutes; DEVS of them N_DEVICES are told of when WITH_DEVICES. */
static int interval_fill(struct telling *x, const struct fill_device *devs, size_t n_devices,
			 int64_t start_us, bool with_devices, struct err *e)
{
	Otasuke__Wire__Record rec = OTASUKE__WIRE__RECORD__INIT;
	Otasuke__Wire__Summary s = OTASUKE__WIRE__SUMMARY__INIT;
	Otasuke__Wire__Traffic traffic[TRAFFIC_DEVICES], *traffic_list[TRAFFIC_DEVICES];
	Otasuke__Wire__Device *device_list[DEVICES_MAX];

	for (size_t i = 0; i < n_devices && i < TRAFFIC_DEVICES; i++) {
		traffic_make(x->f, &devs[i], &traffic[i]);
		traffic_list[s.n_traffic++] = &traffic[i];
	}
	for (size_t i = 0; i < n_devices && with_devices; i++)
		device_list[s.n_devices++] = (Otasuke__Wire__Device *)(uintptr_t)&devs[i].d;
	s.start_us = start_us;
	s.length_us = 5 * US_PER_MIN;
	s.traffic = traffic_list;
	s.devices = device_list;
	rec.body_case = OTASUKE__WIRE__RECORD__BODY_SUMMARY;
	rec.summary = &s;
	return tell(x, &rec, start_us + 5 * US_PER_MIN, e);
}

static int traffic_fill(struct telling *x, struct err *e)
{
	const struct fill_company *c = &x->f->companies[x->company];
	struct fill_device *devs = arena_array(x->arena, DEVICES_MAX, sizeof(*devs));
	int64_t first = x->until_us / (5 * US_PER_MIN) * (5 * US_PER_MIN);
	size_t n = device_count(c);
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		fleet_fill_device(x->f, x->company, i, &devs[i]);
		devs[i].d.first_seen_us =
			c->created_us + fill_between(x->f, 1, 30) * US_PER_DAY + US_PER_HOUR;
		devs[i].d.last_seen_us = x->until_us - fill_between(x->f, 0, 600) * US_PER_MIN;
	}
	for (int64_t i = INTERVALS; i > 0 && r >= 0; i--)
		r = interval_fill(x, devs, n, first - i * 5 * US_PER_MIN, i == INTERVALS, e);
	return r;
}

static int compare_times(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* N alerts, one to three findings each. */
static int alerts_fill(struct telling *x, size_t n, struct err *e)
{
	const struct fill_company *c = &x->f->companies[x->company];
	int64_t *at = arena_array(x->arena, n + 1, sizeof(*at));
	int64_t from = x->f->now_us - x->f->years * YEAR_DAYS / 2 * US_PER_DAY;
	struct fill_device dev;
	struct fill_finding finding;
	int r = 0;

	if (from < c->created_us + US_PER_DAY)
		from = c->created_us + US_PER_DAY;
	for (size_t i = 0; i < n; i++)
		at[i] = fill_between(x->f, from, x->until_us - US_PER_MIN);
	qsort(at, n, sizeof(*at), compare_times);
	for (size_t i = 0; i < n && r >= 0; i++) {
		size_t which = (size_t)fill_between(x->f, 0, (int64_t)device_count(c) - 1);
		int64_t times = fill_chance(x->f, 60) ? 1 : fill_between(x->f, 2, 3);

		fleet_fill_device(x->f, x->company, which, &dev);
		dev.d.first_seen_us = dev.d.last_seen_us = at[i] - US_PER_MIN;
		fleet_fill_finding(x->f, &dev, i, &finding);
		for (int64_t k = 0; k < times && r >= 0; k++) {
			Otasuke__Wire__Record rec = OTASUKE__WIRE__RECORD__INIT;

			finding.f.first_us = at[i] - 20 * US_PER_SEC;
			finding.f.last_us = at[i] + k * 10 * US_PER_SEC;
			rec.body_case = OTASUKE__WIRE__RECORD__BODY_FINDING;
			rec.finding = &finding.f;
			r = tell(x, &rec, at[i] + k * 10 * US_PER_SEC, e);
		}
	}
	return r;
}

static int one(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct telling x = { .h = h, .f = f, .t = t, .arena = a, .company = i };
	size_t n = f->companies[i].n_alerts;
	int r;

	x.until_us = f->now_us - fill_between(f, 5, 50) * US_PER_SEC;
	if (fill_chance(f, SILENT_PERCENT))
		x.until_us -= fill_between(f, 5, 3000) * US_PER_MIN;
	if ((r = sensor_add(&x, e)) < 0 || (r = alerts_fill(&x, n, e)) < 0 ||
	    (r = watched_fill(&x, e)) < 0)
		return r;
	f->alerts_made += n;
	return traffic_fill(&x, e);
}

/* More devices, more alerts. */
static void alerts_share(struct hub_fill *f)
{
	int64_t sum = 0, seen = 0;
	size_t given = 0;

	for (size_t i = 0; i < f->n_companies; i++)
		sum += f->companies[i].devices;
	for (size_t i = 0; i < f->n_companies; i++) {
		seen += f->companies[i].devices;
		size_t till = (size_t)((double)f->n_alerts * (double)seen / (double)sum);

		if (i + 1 == f->n_companies)
			till = f->n_alerts;
		f->companies[i].n_alerts = till - given;
		given = till;
	}
}

int fleet_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	alerts_share(f);
	int r = fill_each(h, f, f->n_companies, CHUNK, one, e);

	return r < 0 ? r : fleet_mark_lights(h, e);
}
