/* SPDX-License-Identifier: Apache-2.0 */
/* What a batch holds, record by record. SQL: fleet_ingest_store.c. */
#include "hub/fleet/fleet_ingest.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/jsonw.h"
#include "base/map.h"
#include "hub/accounts/accounts.h"
#include "hub/fleet/fleet_item_store.h"
#include "hub/fleet/fleet_order_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"
#include "wire/record.h"

enum { DEVICES_SEEN_MAX = 4096, REASON_MAX = 200 };
#define CLOCK_AHEAD_MAX_US  US_PER_MIN /* a sensor's clock may be this far in front of ours */
#define WATCHED_SPAN_MAX_US (400 * US_PER_DAY)

struct ingest {
	struct txn *t;
	const struct ingest_from *from;
	struct arena *arena;
	struct map
		*devices; /* MAC to int64_t *: those of this batch, so that each is written once */
	struct buf scratch;
	struct fleet_finding *findings;
	size_t n_findings;
	const Otasuke__Wire__Summary **summaries;
	size_t n_summaries;
	const Otasuke__Wire__Heartbeat **beats; /* those with something for consumers */
	size_t n_beats;
	struct fleet_order_report *orders;
	size_t n_orders;
	bool beat;
};

/* The row of a device; 0 when it has no MAC or the company has too many. */
static int device_id(struct ingest *in, const Otasuke__Wire__Device *d, int64_t *out, struct err *e)
{
	*out = 0;
	if (!d || d->mac[0] == '\0')
		return 0;
	const int64_t *seen = map_find(in->devices, d->mac, strlen(d->mac));
	if (seen) {
		*out = *seen;
		return 0;
	}
	int r = fleet_ingest_store_device(in->t, in->from, d, out, e);
	if (r == -ENOENT) {
		*out = 0;
		r = fleet_ingest_store_device_left_out(in->t, in->from, e);
	}
	if (r < 0)
		return r;
	int64_t *kept = arena_alloc(in->arena, sizeof(*kept));
	*kept = *out;
	(void)map_set(in->devices, d->mac, strlen(d->mac), kept); /* full: written again, no harm */
	return 0;
}

static int on_finding(struct ingest *in, uint64_t sequence, const Otasuke__Wire__Finding *f,
		      struct err *e)
{
	int64_t device;
	int r = fleet_ingest_store_finding(in->t, in->from, sequence, f, &in->scratch, e);

	if (r <= 0)
		return r;
	if ((r = device_id(in, f->device, &device, e)) < 0)
		return r;
	in->findings = arena_grow(in->arena, in->findings, in->n_findings, sizeof(*in->findings));
	in->findings[in->n_findings++] = (struct fleet_finding){ sequence, f, device };
	return 0;
}

static int on_summary(struct ingest *in, uint64_t sequence, const Otasuke__Wire__Summary *s,
		      struct err *e)
{
	bool fresh = s->n_traffic == 0;
	int r = 0;

	for (size_t i = 0; i < s->n_traffic && r >= 0; i++) {
		r = fleet_ingest_store_traffic(in->t, in->from, sequence, s, s->traffic[i], e);
		fresh = fresh || r > 0;
	}
	for (size_t i = 0; i < s->n_devices && r >= 0; i++) {
		int64_t id;

		r = device_id(in, s->devices[i], &id, e);
	}
	if (r < 0 || !fresh)
		return r < 0 ? r : 0;
	in->summaries =
		arena_grow(in->arena, in->summaries, in->n_summaries, sizeof(*in->summaries));
	in->summaries[in->n_summaries++] = s;
	return 0;
}

/* What the sensor made of an item: onto its page and into the audit trail, once. */
static int item_done(struct ingest *in, const struct item_result *m, struct err *e)
{
	char reason[REASON_MAX];
	struct item_row i = { .sensor_id = in->from->sensor_id,
			      .sequence = (int64_t)m->sequence,
			      .state = m->applied ? "applied" : "refused",
			      .reason = reason,
			      .done_us = m->at_us };
	struct jsonw w = jsonw_of(&in->scratch);
	const char *kind;

	str_copy(reason, sizeof(reason), str_of(m->reason)); /* cut between characters */
	int r = m->sequence > INT64_MAX ? 0 : fleet_item_store_done(in->t, &i, in->arena, &kind, e);

	if (r <= 0)
		return r;
	buf_clear(&in->scratch);
	jsonw_object(&w, NULL);
	jsonw_text(&w, "kind", kind);
	jsonw_int(&w, "number", i.sequence);
	if (!m->applied)
		jsonw_text(&w, "what", i.reason);
	jsonw_end_object(&w);
	return accounts_audit(in->t, NULL, m->applied ? "item.applied" : "item.refused", "sensor",
			      in->from->sensor_id, in->from->company_id, in->scratch.p, e);
}

static int on_item_result(struct ingest *in, const Otasuke__Wire__ItemResult *m, struct err *e)
{
	struct item_result r = { m->sequence, m->applied, m->reason, m->at_us };

	return item_done(in, &r, e);
}

/* A sensor that was started anew knows only the item of what it had begun. */
static int unfinished_order(struct ingest *in, const struct order_report *o, int64_t *id_out,
			    struct err *e)
{
	struct order_row row;

	if (o->order != 0 || o->state != ORDER_FAILED)
		return 0;
	int r = fleet_order_store_find(in->t, in->from->sensor_id, o->item, in->arena, &row, e);
	if (r > 0)
		*id_out = row.order_id;
	return r;
}

/* Each report once, whatever the sensor sends again; its devices are news as those of a summary. */
static int on_order_report(struct ingest *in, const Otasuke__Wire__Record *rec, struct err *e)
{
	struct record *r = arena_alloc(in->arena, sizeof(*r));

	record_decode(rec, in->arena, r);
	const struct order_report *o = &r->order;
	struct item_result item = { o->item, o->state != ORDER_REFUSED, o->text, o->at_us };
	int got = o->item > INT64_MAX ? 0 : fleet_order_store_report(in->t, in->from, o, e);
	if (got <= 0 || (got = item_done(in, &item, e)) < 0)
		return got;
	for (size_t i = 0; i < o->n_devices; i++) {
		int64_t id;

		if ((got = device_id(in, rec->order_report->devices[i], &id, e)) < 0)
			return got;
	}
	int64_t order_id = o->order;
	if ((got = unfinished_order(in, o, &order_id, e)) < 0)
		return got;
	in->orders = arena_grow(in->arena, in->orders, in->n_orders, sizeof(*in->orders));
	in->orders[in->n_orders++] = (struct fleet_order_report){ order_id, o };
	return 0;
}

static int on_heartbeat(struct ingest *in, const Otasuke__Wire__Heartbeat *h, struct err *e)
{
	int64_t latest = in->from->received_us + CLOCK_AHEAD_MAX_US;
	struct span proven = { h->watched_from_us, h->at_us < latest ? h->at_us : latest };
	int r = fleet_ingest_store_heartbeat(in->t, in->from, h, e);

	in->beat = true;
	for (size_t i = 0; r >= 0 && i < h->n_items && i < HEARTBEAT_ITEMS_MAX; i++)
		r = on_item_result(in, h->items[i], e);
	if (r < 0)
		return r;
	if (h->n_mutes > 0) {
		in->beats = arena_grow(in->arena, in->beats, in->n_beats, sizeof(*in->beats));
		in->beats[in->n_beats++] = h;
	}
	if (!h->capture_up)
		return fleet_ingest_store_down(in->t, in->from, proven.to_us, h->capture_text, e);
	if (proven.from_us <= 0 || proven.from_us >= proven.to_us ||
	    proven.to_us - proven.from_us > WATCHED_SPAN_MAX_US)
		return 0; /* proves nothing */
	return fleet_ingest_store_watched(in->t, in->from, proven, e);
}

static int on_record(struct ingest *in, const Otasuke__Wire__Record *rec, struct err *e)
{
	switch (rec->body_case) {
	case OTASUKE__WIRE__RECORD__BODY_FINDING:
		return on_finding(in, rec->sequence, rec->finding, e);
	case OTASUKE__WIRE__RECORD__BODY_SUMMARY:
		return on_summary(in, rec->sequence, rec->summary, e);
	case OTASUKE__WIRE__RECORD__BODY_HEARTBEAT:
		return on_heartbeat(in, rec->heartbeat, e);
	case OTASUKE__WIRE__RECORD__BODY_ORDER_REPORT:
		return on_order_report(in, rec, e);
	default:
		return 0; /* a newer sensor's: acknowledged, not understood */
	}
}

static int tell(struct ingest *in, const struct fleet_consumers *consumers, struct err *e)
{
	struct fleet_batch b = { .company_id = in->from->company_id,
				 .sensor_id = in->from->sensor_id,
				 .received_us = in->from->received_us,
				 .findings = in->findings,
				 .n_findings = in->n_findings,
				 .summaries = in->summaries,
				 .n_summaries = in->n_summaries,
				 .beats = in->beats,
				 .n_beats = in->n_beats,
				 .orders = in->orders,
				 .n_orders = in->n_orders };
	int r = 0;

	if (b.n_findings == 0 && b.n_summaries == 0 && b.n_beats == 0 && b.n_orders == 0)
		return 0;
	for (size_t i = 0; i < consumers->n && r >= 0; i++)
		r = consumers->list[i].take(consumers->list[i].arg, in->t, &b, e);
	return r;
}

/* Whether the sensor's light has changed with what it just said; written where it has. */
static int light(struct ingest *in, bool *changed_out, struct err *e)
{
	struct fleet_sensor s;
	int r = fleet_store_get(in->t, &scope_system, in->from->sensor_id, in->arena, &s, e);

	if (r < 0)
		return r;
	const char *now = fleet_light_name(fleet_light_of(&s, in->from->received_us));
	*changed_out = strcmp(now, s.light) != 0;
	return *changed_out ? fleet_store_set_light(in->t, &scope_system, s.id, now, e) : 0;
}

static int apply(struct ingest *in, const Otasuke__Wire__Batch *batch,
		 const struct fleet_consumers *consumers, struct ingest_result *out, struct err *e)
{
	int r = fleet_ingest_store_heard(in->t, in->from, e);

	for (size_t i = 0; i < batch->n_records && r >= 0; i++)
		r = on_record(in, batch->records[i], e);
	if (r < 0 || (r = tell(in, consumers, e)) < 0)
		return r;
	if (in->beat && (r = light(in, &out->light_changed, e)) < 0)
		return r;
	if (batch->n_records == 0)
		return 0;
	out->n_new = in->n_findings;
	out->acknowledged = batch->records[batch->n_records - 1]->sequence;
	return fleet_ingest_store_acknowledge(in->t, in->from, out->acknowledged, e);
}

int fleet_ingest_apply(struct txn *t, const struct ingest_from *from,
		       const Otasuke__Wire__Batch *batch, const struct fleet_consumers *consumers,
		       struct arena *a, struct ingest_result *out, struct err *e)
{
	struct ingest in = {
		.t = t, .from = from, .arena = a, .devices = map_new(DEVICES_SEEN_MAX)
	};
	struct ingest_result result = { 0 };
	int r = apply(&in, batch, consumers, &result, e);

	map_free(in.devices);
	buf_done(&in.scratch);
	if (r >= 0)
		*out = result;
	return r < 0 ? r : 0;
}

int fleet_ingest_finish(struct txn *t, const struct fleet_consumers *consumers, struct err *e)
{
	int r = 0;

	for (size_t i = 0; i < consumers->n && r >= 0; i++)
		if (consumers->list[i].finish)
			r = consumers->list[i].finish(consumers->list[i].arg, t, e);
	return r;
}

void fleet_ingest_done(const struct fleet_consumers *consumers, bool committed)
{
	for (size_t i = 0; i < consumers->n; i++)
		if (consumers->list[i].done)
			consumers->list[i].done(consumers->list[i].arg, committed);
}
