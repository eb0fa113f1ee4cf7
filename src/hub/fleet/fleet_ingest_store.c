/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for what sensors hand over: findings, devices, traffic, heartbeats, watched time. */
#include "hub/fleet/fleet_ingest_store.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "hub/fleet/fleet_rules.h"
#include "wire/frame.h"

enum {
	MAC_MAX = 40, /* bytes; longer foreign texts are cut */
	ADDRESS_MAX = 64,
	DETECTOR_MAX = 64,
	STORY_MAX = 256,
	NAME_MAX_BYTES = 256,
	ADDRESSES_MAX = 512,
	TEXT_MAX = 512,
	PROBLEMS_MAX = 2000,
	BEAT_SPAN_MIN = 5,
	WATCHED_NEAR_MAX = 1000,
	FORGET_MAX = 50000,
};

/* A text of the sensor's, at most MAX bytes, cut at a character's border. */
static struct dbv clipped(const char *s, size_t max)
{
	size_t n = strlen(s);

	if (n > max) {
		n = max;
		while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	return (struct dbv){ .type = DBV_TEXT, .p = s, .n = n };
}

static struct dbv number(uint64_t v)
{
	return DB_INT(v > INT64_MAX ? INT64_MAX : (int64_t)v);
}

static const char *first_address(const Otasuke__Wire__Device *d)
{
	return d && d->n_addresses > 0 ? d->addresses[0] : "";
}

static int64_t thousandths(double confidence)
{
	if (!(confidence > 0))
		return 0;
	return confidence >= 1 ? 1000 : (int64_t)(confidence * 1000 + 0.5);
}

int fleet_ingest_store_finding(struct txn *t, const struct ingest_from *from, uint64_t sequence,
			       const Otasuke__Wire__Finding *f, struct buf *scratch, struct err *e)
{
	buf_clear(scratch);
	frame_pack(&f->base, scratch);
	int64_t n = db_exec(
		t, &scope_system,
		"@global(of a sensor) INSERT INTO finding (sensor_id, sequence, company_id,"
		" detector, story, severity, confidence, device_mac, device_address, first_us,"
		" last_us, received_us, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
		" $11, $12, $13) ON CONFLICT (sensor_id, sequence) DO NOTHING",
		DB_ARGS(DB_INT(from->sensor_id), number(sequence), DB_INT(from->company_id),
			clipped(f->detector, DETECTOR_MAX), clipped(f->story, STORY_MAX),
			DB_INT((int64_t)f->severity), DB_INT(thousandths(f->confidence)),
			clipped(f->device ? f->device->mac : "", MAC_MAX),
			clipped(first_address(f->device), ADDRESS_MAX), DB_INT(f->first_us),
			DB_INT(f->last_us), DB_INT(from->received_us),
			DB_BLOB(scratch->p, scratch->n)),
		e);

	return (int)n;
}

static void join_addresses(const Otasuke__Wire__Device *d, struct buf *out)
{
	buf_init(out, ADDRESSES_MAX);
	for (size_t i = 0; i < d->n_addresses; i++) {
		size_t n = strlen(d->addresses[i]);

		if (n > ADDRESS_MAX || out->n + n + 2 > ADDRESSES_MAX)
			break;
		buf_printf(out, "%s%s", out->n ? " " : "", d->addresses[i]);
	}
}

#define DEVICE_ARGS(from, d, addresses)                                                            \
	DB_ARGS(DB_INT((from)->company_id), clipped((d)->mac, MAC_MAX), DB_INT((from)->sensor_id), \
		clipped((d)->hostname, NAME_MAX_BYTES), clipped((d)->vendor, NAME_MAX_BYTES),      \
		DB_TEXT((addresses)), clipped((d)->dhcp_fingerprint, TEXT_MAX),                    \
		clipped((d)->dhcp_class, TEXT_MAX), clipped((d)->dhcp6_fingerprint, TEXT_MAX),     \
		DB_INT((d)->random_mac != 0), DB_INT((d)->is_gateway != 0),                        \
		DB_INT((int64_t)(d)->devices_behind), DB_INT((d)->first_seen_us),                  \
		DB_INT((d)->last_seen_us))

/* What is newer replaces, what is empty does not; the first sight only moves back. */
static const char device_update[] =
	"UPDATE device SET"
	" sensor_id = CASE WHEN $14 >= last_seen_us THEN $3 ELSE sensor_id END,"
	" hostname = CASE WHEN $14 >= last_seen_us AND $4 <> '' THEN $4 ELSE hostname END,"
	" vendor = CASE WHEN $14 >= last_seen_us AND $5 <> '' THEN $5 ELSE vendor END,"
	" addresses = CASE WHEN $14 >= last_seen_us AND $6 <> '' THEN $6 ELSE addresses END,"
	" dhcp_fingerprint = CASE WHEN $7 <> '' THEN $7 ELSE dhcp_fingerprint END,"
	" dhcp_class = CASE WHEN $8 <> '' THEN $8 ELSE dhcp_class END,"
	" dhcp6_fingerprint = CASE WHEN $9 <> '' THEN $9 ELSE dhcp6_fingerprint END,"
	" random_mac = $10, is_gateway = $11,"
	" devices_behind = CASE WHEN $12 > devices_behind THEN $12 ELSE devices_behind END,"
	" first_seen_us = CASE WHEN $13 < first_seen_us THEN $13 ELSE first_seen_us END,"
	" last_seen_us = CASE WHEN $14 > last_seen_us THEN $14 ELSE last_seen_us END"
	" WHERE company_id = $1 AND mac = $2 AND @scope(company_id) RETURNING id";

static const char device_insert[] =
	"@global(of a sensor) INSERT INTO device (company_id, mac, sensor_id, given_name,"
	" hostname, vendor, addresses, dhcp_fingerprint, dhcp_class, dhcp6_fingerprint,"
	" random_mac, is_gateway, devices_behind, first_seen_us, last_seen_us)"
	" VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id";

int fleet_ingest_store_device(struct txn *t, const struct ingest_from *from,
			      const Otasuke__Wire__Device *d, int64_t *id_out, struct err *e)
{
	SCOPED_BUF struct buf addresses;
	const char *list;
	int64_t n;

	join_addresses(d, &addresses);
	list = addresses.p ? addresses.p : "";
	int r = db_one_int(t, &scope_system, device_update, DEVICE_ARGS(from, d, list), id_out, e);
	if (r != -ENOENT)
		return r;
	r = db_one_int(t, &scope_system,
		       "SELECT count(*) FROM device WHERE company_id = $1 AND @scope(company_id)",
		       DB_ARGS(DB_INT(from->company_id)), &n, e);
	if (r < 0)
		return r;
	if (n >= FLEET_DEVICES_MAX)
		return err_set(e, -ENOENT, "more than %d devices", FLEET_DEVICES_MAX);
	return db_one_int(t, &scope_system, device_insert, DEVICE_ARGS(from, d, list), id_out, e);
}

int fleet_ingest_store_device_left_out(struct txn *t, const struct ingest_from *from, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE sensor SET devices_left_out = devices_left_out + 1 WHERE"
		      " id = $1 AND @scope(company_id)",
		      DB_ARGS(DB_INT(from->sensor_id)), e);
}

int fleet_ingest_store_traffic(struct txn *t, const struct ingest_from *from, uint64_t sequence,
			       const Otasuke__Wire__Summary *s, const Otasuke__Wire__Traffic *x,
			       struct err *e)
{
	int64_t n = db_exec(
		t, &scope_system,
		"@global(of a sensor) INSERT INTO traffic (sensor_id, sequence, mac, address,"
		" company_id, start_us, length_us, bytes_in, bytes_out, packets, flows,"
		" flows_failed, dns_queries, dns_nxdomain, peers) VALUES ($1, $2, $3, $4, $5, $6,"
		" $7, $8, $9, $10, $11, $12, $13, $14, $15)"
		" ON CONFLICT (sensor_id, sequence, mac, address) DO NOTHING",
		DB_ARGS(DB_INT(from->sensor_id), number(sequence), clipped(x->mac, MAC_MAX),
			clipped(x->address, ADDRESS_MAX), DB_INT(from->company_id),
			DB_INT(x->start_us ? x->start_us : s->start_us), DB_INT(s->length_us),
			number(x->bytes_in), number(x->bytes_out), number(x->packets),
			number(x->flows), number(x->flows_failed), number(x->dns_queries),
			number(x->dns_nxdomain), DB_INT((int64_t)x->peers)),
		e);

	return (int)n;
}

/* Five minutes of heartbeats keep the worst of each. */
static int thin_beat(struct txn *t, const struct ingest_from *from,
		     const Otasuke__Wire__Heartbeat *h, struct err *e)
{
	int64_t span = BEAT_SPAN_MIN * US_PER_MIN;
	return db_run(
		t, &scope_system,
		"@global(of a sensor) INSERT INTO heartbeat (sensor_id, start_us, company_id,"
		" beats_us, capture_up, packets, packets_dropped, spool_bytes, rss_bytes) VALUES"
		" ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (sensor_id, start_us) DO UPDATE"
		" SET beats_us = CASE WHEN excluded.beats_us > heartbeat.beats_us THEN"
		" excluded.beats_us ELSE heartbeat.beats_us END,"
		" capture_up = CASE WHEN excluded.capture_up < heartbeat.capture_up THEN"
		" excluded.capture_up ELSE heartbeat.capture_up END,"
		" packets = CASE WHEN excluded.packets > heartbeat.packets THEN excluded.packets"
		" ELSE heartbeat.packets END,"
		" packets_dropped = CASE WHEN excluded.packets_dropped > heartbeat.packets_dropped"
		" THEN excluded.packets_dropped ELSE heartbeat.packets_dropped END,"
		" spool_bytes = CASE WHEN excluded.spool_bytes > heartbeat.spool_bytes THEN"
		" excluded.spool_bytes ELSE heartbeat.spool_bytes END,"
		" rss_bytes = CASE WHEN excluded.rss_bytes > heartbeat.rss_bytes THEN"
		" excluded.rss_bytes ELSE heartbeat.rss_bytes END",
		DB_ARGS(DB_INT(from->sensor_id), DB_INT(h->at_us - h->at_us % span),
			DB_INT(from->company_id), DB_INT(h->at_us), DB_INT(h->capture_up != 0),
			number(h->packets), number(h->packets_dropped), number(h->spool_bytes),
			number(h->rss_bytes)),
		e);
}

static void join_problems(const Otasuke__Wire__Heartbeat *h, struct buf *out)
{
	buf_init(out, PROBLEMS_MAX);
	for (size_t i = 0; i < h->n_problems; i++) {
		if (out->n + strlen(h->problems[i]) + 2 > PROBLEMS_MAX)
			break;
		buf_printf(out, "%s%s", out->n ? "\n" : "", h->problems[i]);
	}
}

int fleet_ingest_store_heartbeat(struct txn *t, const struct ingest_from *from,
				 const Otasuke__Wire__Heartbeat *h, struct err *e)
{
	SCOPED_BUF struct buf problems;
	int r = thin_beat(t, from, h, e);

	if (r < 0)
		return r;
	join_problems(h, &problems);
	return db_run(
		t, &scope_system,
		"UPDATE sensor SET beat_us = $2, capture_up = $3, capture_text = $4, version = $5,"
		" uptime_s = $6, packets = $7, packets_dropped = $8, flows_dropped = $9,"
		" spool_bytes = $10, spool_quota = $11, spool_dropped = $12, rss_bytes = $13,"
		" problems = $14, records = $15, records_unknown = $16, records_dropped = $17,"
		" inline_box = $18, inline_text = $19, isolated = $20, blocked = $21"
		" WHERE id = $1 AND beat_us <= $2 AND @scope(company_id)",
		DB_ARGS(DB_INT(from->sensor_id), DB_INT(h->at_us), DB_INT(h->capture_up != 0),
			clipped(h->capture_text, TEXT_MAX), clipped(h->version, DETECTOR_MAX),
			DB_INT(h->uptime_s), number(h->packets), number(h->packets_dropped),
			number(h->flows_dropped), number(h->spool_bytes), number(h->spool_quota),
			number(h->spool_dropped), number(h->rss_bytes),
			DB_TEXT(problems.p ? problems.p : ""), number(h->records),
			number(h->records_unknown), number(h->records_dropped),
			DB_INT(h->inline_ != 0), clipped(h->inline_text, TEXT_MAX),
			DB_INT((int64_t)h->isolated), DB_INT((int64_t)h->blocked)),
		e);
}

/* Widens SPAN to all that touch it: how many there are. */
static int touching(struct txn *t, const struct ingest_from *from, struct span *span, size_t *n_out,
		    struct err *e)
{
	SCOPED_ROWS struct rows *r = db_query(
		t, &scope_system,
		"SELECT from_us, to_us FROM watched WHERE sensor_id = $1 AND from_us <= $3 AND"
		" to_us >= $2 AND @scope(company_id) ORDER BY from_us LIMIT $4",
		DB_ARGS(DB_INT(from->sensor_id), DB_INT(span->from_us), DB_INT(span->to_us),
			DB_INT(WATCHED_NEAR_MAX)),
		e);
	int got;

	*n_out = 0;
	while ((got = rows_next(r, e)) > 0) {
		int64_t a = rows_int(r, 0), b = rows_int(r, 1);

		span->from_us = a < span->from_us ? a : span->from_us;
		span->to_us = b > span->to_us ? b : span->to_us;
		(*n_out)++;
	}
	return got;
}

int fleet_ingest_store_watched(struct txn *t, const struct ingest_from *from, struct span span,
			       struct err *e)
{
	size_t n_near = 0;
	int r = touching(t, from, &span, &n_near, e);

	if (r < 0)
		return r;
	if (n_near > 0) {
		int64_t n = db_exec(
			t, &scope_system,
			"DELETE FROM watched WHERE sensor_id = $1 AND from_us >= $2"
			" AND to_us <= $3 AND @scope(company_id)",
			DB_ARGS(DB_INT(from->sensor_id), DB_INT(span.from_us), DB_INT(span.to_us)),
			e);
		if (n < 0)
			return (int)n;
	}
	return db_run(t, &scope_system,
		      "@global(of a sensor) INSERT INTO watched (sensor_id, from_us, to_us,"
		      " company_id) VALUES ($1, $2, $3, $4)",
		      DB_ARGS(DB_INT(from->sensor_id), DB_INT(span.from_us), DB_INT(span.to_us),
			      DB_INT(from->company_id)),
		      e);
}

int fleet_ingest_store_down(struct txn *t, const struct ingest_from *from, int64_t at_us,
			    const char *reason, struct err *e)
{
	int64_t near = at_us - FLEET_AMBER_AFTER_US;
	int64_t n = db_exec(t, &scope_system,
			    "UPDATE capture_down SET to_us = $2 WHERE sensor_id = $1 AND"
			    " to_us >= $3 AND to_us <= $2 AND reason = $4 AND @scope(company_id)",
			    DB_ARGS(DB_INT(from->sensor_id), DB_INT(at_us), DB_INT(near),
				    clipped(reason, TEXT_MAX)),
			    e);

	if (n != 0)
		return n < 0 ? (int)n : 0;
	n = db_exec(t, &scope_system,
		    "@global(of a sensor) INSERT INTO capture_down (sensor_id, from_us, to_us,"
		    " company_id, reason) VALUES ($1, $2, $2, $3, $4)"
		    " ON CONFLICT (sensor_id, from_us) DO NOTHING",
		    DB_ARGS(DB_INT(from->sensor_id), DB_INT(at_us), DB_INT(from->company_id),
			    clipped(reason, TEXT_MAX)),
		    e);
	return n < 0 ? (int)n : 0;
}

int fleet_ingest_store_forget_beats(struct txn *t, int64_t sensor_id, int64_t before_us,
				    struct err *e)
{
	int64_t n = db_exec(t, &scope_system,
			    "DELETE FROM heartbeat WHERE sensor_id = $1 AND start_us < $2 AND"
			    " @scope(company_id)",
			    DB_ARGS(DB_INT(sensor_id), DB_INT(before_us)), e);

	return n < 0 ? (int)n : 0;
}

int fleet_ingest_store_forget_findings(struct txn *t, int64_t sensor_id, int64_t before_us,
				       struct err *e)
{
	int64_t n = db_exec(t, &scope_system,
			    "DELETE FROM finding WHERE sensor_id = $1 AND received_us < $2 AND"
			    " sequence < (SELECT min(f.sequence) + $3 FROM finding f WHERE"
			    " f.sensor_id = $1) AND @scope(company_id)",
			    DB_ARGS(DB_INT(sensor_id), DB_INT(before_us), DB_INT(FORGET_MAX)), e);

	return n < 0 ? (int)n : 0;
}

int fleet_ingest_store_heard(struct txn *t, const struct ingest_from *from, struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE sensor SET heard_us = $2 WHERE id = $1 AND heard_us < $2 AND"
		      " @scope(company_id)",
		      DB_ARGS(DB_INT(from->sensor_id), DB_INT(from->received_us)), e);
}

int fleet_ingest_store_acknowledge(struct txn *t, const struct ingest_from *from, uint64_t sequence,
				   struct err *e)
{
	return db_run(t, &scope_system,
		      "UPDATE sensor_sequence SET acknowledged = $2 WHERE sensor_id = $1 AND"
		      " acknowledged < $2 AND @scope(company_id)",
		      DB_ARGS(DB_INT(from->sensor_id), number(sequence)), e);
}

int fleet_ingest_store_acknowledged(struct txn *t, int64_t sensor_id, uint64_t *out, struct err *e)
{
	int64_t v;
	int r = db_one_int(t, &scope_system,
			   "SELECT acknowledged FROM sensor_sequence WHERE sensor_id = $1 AND"
			   " @scope(company_id)",
			   DB_ARGS(DB_INT(sensor_id)), &v, e);

	if (r < 0)
		return r;
	*out = (uint64_t)v;
	return 0;
}
