/* SPDX-License-Identifier: Apache-2.0 */
/* Records between plain C and protobuf. Field by field, no judgement. */
#include "wire/record.h"

#include <math.h>

#include "wire/frame.h"
#include "wire/record_int.h"

/* --- to the wire --- */

static char **texts_borrow(const char *const *list)
{
	return (char **)(uintptr_t)list;
}

Otasuke__Wire__Device *device_pack(const struct device_info *d, struct arena *a)
{
	Otasuke__Wire__Device *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__device__init(m);
	m->mac = text_borrow(d->mac);
	m->n_addresses = d->n_addresses;
	m->addresses = texts_borrow(d->addresses);
	m->hostname = text_borrow(d->hostname);
	m->vendor = text_borrow(d->vendor);
	m->dhcp_fingerprint = text_borrow(d->dhcp_fingerprint);
	m->dhcp_class = text_borrow(d->dhcp_class);
	m->dhcp6_fingerprint = text_borrow(d->dhcp6_fingerprint);
	m->random_mac = d->random_mac;
	m->is_gateway = d->is_gateway;
	m->first_seen_us = d->first_seen_us;
	m->last_seen_us = d->last_seen_us;
	m->devices_behind = d->devices_behind;
	return m;
}

static Otasuke__Wire__Evidence *evidence_pack(const struct evidence *ev, struct arena *a)
{
	Otasuke__Wire__Evidence *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__evidence__init(m);
	m->name = text_borrow(ev->name);
	m->has_number = ev->text == NULL;
	m->number = ev->text ? 0 : ev->number;
	m->text = text_borrow(ev->text);
	return m;
}

static Otasuke__Wire__Finding *finding_pack(const struct finding *f, struct arena *a)
{
	Otasuke__Wire__Finding *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__finding__init(m);
	m->detector = text_borrow(f->detector);
	m->severity = (Otasuke__Wire__Severity)f->severity;
	m->confidence = f->confidence;
	m->device = device_pack(&f->device, a);
	m->n_peers = f->n_peers;
	m->peers = texts_borrow(f->peers);
	m->n_names = f->n_names;
	m->names = texts_borrow(f->names);
	m->first_us = f->first_us;
	m->last_us = f->last_us;
	m->n_reasons = f->n_reasons;
	m->reasons = texts_borrow(f->reasons);
	m->story = text_borrow(f->story);
	m->count = f->count;
	m->n_evidence = f->n_evidence;
	m->evidence = arena_array(a, f->n_evidence, sizeof(*m->evidence));
	for (size_t i = 0; i < f->n_evidence; i++)
		m->evidence[i] = evidence_pack(&f->evidence[i], a);
	return m;
}

static Otasuke__Wire__Traffic *traffic_pack(const struct traffic *t, int64_t start_us,
					    struct arena *a)
{
	Otasuke__Wire__Traffic *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__traffic__init(m);
	m->mac = text_borrow(t->mac);
	m->address = text_borrow(t->address);
	m->start_us = start_us;
	m->bytes_in = t->bytes_in;
	m->bytes_out = t->bytes_out;
	m->packets = t->packets;
	m->flows = t->flows;
	m->flows_failed = t->flows_failed;
	m->dns_queries = t->dns_queries;
	m->dns_nxdomain = t->dns_nxdomain;
	m->peers = t->peers;
	return m;
}

static Otasuke__Wire__Summary *summary_pack(const struct interval *s, struct arena *a)
{
	Otasuke__Wire__Summary *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__summary__init(m);
	m->start_us = s->start_us;
	m->length_us = s->length_us;
	m->packets = s->packets;
	m->bytes = s->bytes;
	m->packets_bad = s->packets_bad;
	m->n_traffic = s->n_traffic;
	m->traffic = arena_array(a, s->n_traffic, sizeof(*m->traffic));
	for (size_t i = 0; i < s->n_traffic; i++)
		m->traffic[i] = traffic_pack(&s->traffic[i], s->start_us, a);
	m->n_devices = s->n_devices;
	m->devices = arena_array(a, s->n_devices, sizeof(*m->devices));
	for (size_t i = 0; i < s->n_devices; i++)
		m->devices[i] = device_pack(&s->devices[i], a);
	return m;
}

static Otasuke__Wire__ItemResult *item_result_pack(const struct item_result *r, struct arena *a)
{
	Otasuke__Wire__ItemResult *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__item_result__init(m);
	m->sequence = r->sequence;
	m->applied = r->applied;
	m->reason = text_borrow(r->reason);
	m->at_us = r->at_us;
	return m;
}

static Otasuke__Wire__MuteHits *mute_hits_pack(const struct mute_hits *h, struct arena *a)
{
	Otasuke__Wire__MuteHits *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__mute_hits__init(m);
	m->mute = h->mute;
	m->hits = h->hits;
	m->last_us = h->last_us;
	return m;
}

static Otasuke__Wire__Heartbeat *heartbeat_pack(const struct heartbeat *h, struct arena *a)
{
	Otasuke__Wire__Heartbeat *m = arena_alloc(a, sizeof(*m));

	otasuke__wire__heartbeat__init(m);
	m->at_us = h->at_us;
	m->version = text_borrow(h->version);
	m->uptime_s = h->uptime_s;
	m->packets = h->packets;
	m->packets_dropped = h->packets_dropped;
	m->flows_dropped = h->flows_dropped;
	m->spool_bytes = h->spool_bytes;
	m->spool_quota = h->spool_quota;
	m->spool_dropped = h->spool_dropped;
	m->rss_bytes = h->rss_bytes;
	m->records = h->records;
	m->records_unknown = h->records_unknown;
	m->records_dropped = h->records_dropped;
	m->capture_up = h->capture_up;
	m->capture_text = text_borrow(h->capture_text);
	m->watched_from_us = h->watched_from_us;
	m->n_problems = h->n_problems;
	m->problems = texts_borrow(h->problems);
	m->n_items = h->n_items;
	m->items = arena_array(a, h->n_items, sizeof(*m->items));
	for (size_t i = 0; i < h->n_items; i++)
		m->items[i] = item_result_pack(&h->items[i], a);
	m->inline_ = h->inline_box;
	m->inline_text = text_borrow(h->inline_text);
	m->isolated = h->isolated;
	m->blocked = h->blocked;
	m->n_mutes = h->n_mutes;
	m->mutes = arena_array(a, h->n_mutes, sizeof(*m->mutes));
	for (size_t i = 0; i < h->n_mutes; i++)
		m->mutes[i] = mute_hits_pack(&h->mutes[i], a);
	return m;
}

/* --- from the wire --- */

static size_t cut(size_t n, size_t max)
{
	return n < max ? n : max;
}

void device_unpack(const Otasuke__Wire__Device *m, struct device_info *out)
{
	static const Otasuke__Wire__Device none = OTASUKE__WIRE__DEVICE__INIT;

	if (!m)
		m = &none;
	*out = (struct device_info){
		.mac = m->mac,
		.addresses = (const char *const *)m->addresses,
		.n_addresses = cut(m->n_addresses, DEVICE_ADDRESSES_MAX),
		.hostname = m->hostname,
		.vendor = m->vendor,
		.dhcp_fingerprint = m->dhcp_fingerprint,
		.dhcp_class = m->dhcp_class,
		.dhcp6_fingerprint = m->dhcp6_fingerprint,
		.random_mac = m->random_mac,
		.is_gateway = m->is_gateway,
		.first_seen_us = m->first_seen_us,
		.last_seen_us = m->last_seen_us,
		.devices_behind = m->devices_behind,
	};
}

static enum severity severity_unpack(int v)
{
	if (v < SEVERITY_INFO)
		return SEVERITY_INFO;
	return v > SEVERITY_CRITICAL ? SEVERITY_CRITICAL : (enum severity)v;
}

static double confidence_unpack(double v)
{
	if (!isfinite(v) || v < 0)
		return 0;
	return v > 1 ? 1 : v;
}

static void finding_unpack(const Otasuke__Wire__Finding *m, struct arena *a, struct finding *out)
{
	size_t n_evidence = cut(m->n_evidence, FINDING_EVIDENCE_MAX);
	struct evidence *evidence = arena_array(a, n_evidence, sizeof(*evidence));

	for (size_t i = 0; i < n_evidence; i++) {
		const Otasuke__Wire__Evidence *ev = m->evidence[i];
		evidence[i] = (struct evidence){
			.name = ev->name,
			.number = isfinite(ev->number) ? ev->number : 0,
			.text = ev->has_number ? NULL : ev->text,
		};
	}
	*out = (struct finding){
		.detector = m->detector,
		.severity = severity_unpack((int)m->severity),
		.confidence = confidence_unpack(m->confidence),
		.peers = (const char *const *)m->peers,
		.n_peers = cut(m->n_peers, FINDING_PEERS_MAX),
		.names = (const char *const *)m->names,
		.n_names = cut(m->n_names, FINDING_NAMES_MAX),
		.first_us = m->first_us,
		.last_us = m->last_us,
		.evidence = evidence,
		.n_evidence = n_evidence,
		.reasons = (const char *const *)m->reasons,
		.n_reasons = cut(m->n_reasons, FINDING_REASONS_MAX),
		.story = m->story,
		.count = m->count,
	};
	device_unpack(m->device, &out->device);
}

static void traffic_unpack(const Otasuke__Wire__Traffic *m, struct traffic *out)
{
	*out = (struct traffic){
		.mac = m->mac,
		.address = m->address,
		.bytes_in = m->bytes_in,
		.bytes_out = m->bytes_out,
		.packets = m->packets,
		.flows = m->flows,
		.flows_failed = m->flows_failed,
		.dns_queries = m->dns_queries,
		.dns_nxdomain = m->dns_nxdomain,
		.peers = m->peers,
	};
}

static void summary_unpack(const Otasuke__Wire__Summary *m, struct arena *a, struct interval *out)
{
	struct traffic *traffic = arena_array(a, m->n_traffic, sizeof(*traffic));
	struct device_info *devices = arena_array(a, m->n_devices, sizeof(*devices));

	for (size_t i = 0; i < m->n_traffic; i++)
		traffic_unpack(m->traffic[i], &traffic[i]);
	for (size_t i = 0; i < m->n_devices; i++)
		device_unpack(m->devices[i], &devices[i]);
	*out = (struct interval){
		.start_us = m->start_us,
		.length_us = m->length_us,
		.traffic = traffic,
		.n_traffic = m->n_traffic,
		.devices = devices,
		.n_devices = m->n_devices,
		.packets = m->packets,
		.bytes = m->bytes,
		.packets_bad = m->packets_bad,
	};
}

static void items_unpack(const Otasuke__Wire__Heartbeat *m, struct arena *a, struct heartbeat *out)
{
	size_t n_items = cut(m->n_items, HEARTBEAT_ITEMS_MAX);
	size_t n_mutes = cut(m->n_mutes, MUTES_MAX);
	struct item_result *items = arena_array(a, n_items, sizeof(*items));
	struct mute_hits *mutes = arena_array(a, n_mutes, sizeof(*mutes));

	for (size_t i = 0; i < n_items; i++)
		items[i] = (struct item_result){ m->items[i]->sequence, m->items[i]->applied,
						 m->items[i]->reason, m->items[i]->at_us };
	for (size_t i = 0; i < n_mutes; i++)
		mutes[i] = (struct mute_hits){ m->mutes[i]->mute, m->mutes[i]->hits,
					       m->mutes[i]->last_us };
	out->items = items;
	out->n_items = n_items;
	out->mutes = mutes;
	out->n_mutes = n_mutes;
}

static void heartbeat_unpack(const Otasuke__Wire__Heartbeat *m, struct arena *a,
			     struct heartbeat *out)
{
	*out = (struct heartbeat){
		.at_us = m->at_us,
		.version = m->version,
		.uptime_s = m->uptime_s,
		.packets = m->packets,
		.packets_dropped = m->packets_dropped,
		.flows_dropped = m->flows_dropped,
		.spool_bytes = m->spool_bytes,
		.spool_quota = m->spool_quota,
		.spool_dropped = m->spool_dropped,
		.rss_bytes = m->rss_bytes,
		.records = m->records,
		.records_unknown = m->records_unknown,
		.records_dropped = m->records_dropped,
		.capture_up = m->capture_up,
		.capture_text = m->capture_text,
		.watched_from_us = m->watched_from_us,
		.problems = (const char *const *)m->problems,
		.n_problems = cut(m->n_problems, HEARTBEAT_PROBLEMS_MAX),
		.inline_box = m->inline_,
		.inline_text = m->inline_text,
		.isolated = m->isolated,
		.blocked = m->blocked,
	};
	items_unpack(m, a, out);
}

/* --- both --- */

int record_encode(const struct record *r, struct arena *scratch, struct buf *out, struct err *e)
{
	Otasuke__Wire__Record m = OTASUKE__WIRE__RECORD__INIT;

	m.sequence = r->sequence;
	switch (r->kind) {
	case RECORD_FINDING:
		m.body_case = OTASUKE__WIRE__RECORD__BODY_FINDING;
		m.finding = finding_pack(&r->finding, scratch);
		break;
	case RECORD_SUMMARY:
		m.body_case = OTASUKE__WIRE__RECORD__BODY_SUMMARY;
		m.summary = summary_pack(&r->summary, scratch);
		break;
	case RECORD_HEARTBEAT:
		m.body_case = OTASUKE__WIRE__RECORD__BODY_HEARTBEAT;
		m.heartbeat = heartbeat_pack(&r->heartbeat, scratch);
		break;
	case RECORD_ORDER:
		m.body_case = OTASUKE__WIRE__RECORD__BODY_ORDER_REPORT;
		m.order_report = order_report_pack(&r->order, scratch);
		break;
	}
	size_t n = otasuke__wire__record__get_packed_size(&m);
	if (n > RECORD_MAX)
		return err_set(e, -ELIMIT, "a record of %zu bytes, the limit is %d", n, RECORD_MAX);
	frame_pack(&m.base, out);
	return 0;
}

void record_decode(const Otasuke__Wire__Record *m, struct arena *arena, struct record *out)
{
	*out = (struct record){ .sequence = m->sequence };
	switch (m->body_case) {
	case OTASUKE__WIRE__RECORD__BODY_FINDING:
		out->kind = RECORD_FINDING;
		finding_unpack(m->finding, arena, &out->finding);
		break;
	case OTASUKE__WIRE__RECORD__BODY_SUMMARY:
		out->kind = RECORD_SUMMARY;
		summary_unpack(m->summary, arena, &out->summary);
		break;
	case OTASUKE__WIRE__RECORD__BODY_HEARTBEAT:
		out->kind = RECORD_HEARTBEAT;
		heartbeat_unpack(m->heartbeat, arena, &out->heartbeat);
		break;
	case OTASUKE__WIRE__RECORD__BODY_ORDER_REPORT:
		out->kind = RECORD_ORDER;
		order_report_unpack(m->order_report, arena, &out->order);
		break;
	default:
		break;
	}
}
