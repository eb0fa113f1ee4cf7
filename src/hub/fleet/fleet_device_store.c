/* SPDX-License-Identifier: Apache-2.0 */
/* SQL on devices, findings, watched time and heartbeats. What sensors write of it:
 * fleet_ingest_store.c. */
#include "hub/fleet/fleet_device_store.h"

#include <errno.h>
#include <string.h>

#include "store/rows.h"

enum { WATCHED_MAX = 20000, BEATS_MAX = 2400 };

static const char *shown_name(struct arena *a, const struct fleet_device *d)
{
	size_t n = strlen(d->mac);

	if (*d->given_name)
		return d->given_name;
	if (*d->hostname)
		return d->hostname;
	const char *half = n == 17 ? d->mac + 9 : d->mac;
	return *d->vendor ? arena_printf(a, "%s %s", d->vendor, half) : d->mac;
}

static void device_read(const struct rows *r, struct arena *a, void *row)
{
	struct fleet_device *d = row;

	*d = (struct fleet_device){
		.id = rows_int(r, 0),
		.company_id = rows_int(r, 1),
		.sensor_id = rows_int(r, 2),
		.mac = rows_keep(r, 3, a),
		.given_name = rows_keep(r, 4, a),
		.hostname = rows_keep(r, 5, a),
		.vendor = rows_keep(r, 6, a),
		.addresses = rows_keep(r, 7, a),
		.random_mac = rows_int(r, 8) != 0,
		.is_gateway = rows_int(r, 9) != 0,
		.devices_behind = rows_int(r, 10),
		.first_seen_us = rows_int(r, 11),
		.last_seen_us = rows_int(r, 12),
		.given_kind = rows_keep(r, 13, a),
		.ours = rows_keep(r, 14, a),
	};
	d->shown = shown_name(a, d);
}

int fleet_device_store_devices(struct txn *t, const struct scope *s, int64_t company_id,
			       const char *mac, struct arena *a, struct fleet_device **out,
			       size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT id, company_id, sensor_id, mac, given_name, hostname, vendor,"
			 " addresses, random_mac, is_gateway, devices_behind, first_seen_us,"
			 " last_seen_us, given_kind, ours FROM device WHERE company_id = $1 AND "
			 "($2 = '' OR mac = $2)"
			 " AND @scope(company_id) ORDER BY last_seen_us DESC, id LIMIT $3",
			 DB_ARGS(DB_INT(company_id), DB_TEXT(mac), DB_INT(FLEET_DEVICES_MAX)), e);

	return rows_list(r, device_read, a, ROWS_OUT(out, n_out), e);
}

int fleet_device_store_device_name(struct txn *t, const struct scope *s, int64_t company_id,
				   int64_t device_id, const char *name, struct err *e)
{
	int64_t n = db_exec(t, s,
			    "UPDATE device SET given_name = $3 WHERE id = $2 AND company_id = $1"
			    " AND @scope(company_id)",
			    DB_ARGS(DB_INT(company_id), DB_INT(device_id), DB_TEXT(name)), e);

	if (n < 0)
		return (int)n;
	return n == 0 ? err_set(e, -ENOENT, "there is no such device") : 0;
}

int fleet_device_store_said(struct txn *t, const struct scope *s, int64_t company_id,
			    int64_t device_id, const struct fleet_device_said *said, struct err *e)
{
	int n = db_change(t, s,
			  "UPDATE device SET given_name = $3, given_kind = $4, ours = $5"
			  " WHERE id = $2 AND company_id = $1 AND @scope(company_id)",
			  DB_ARGS(DB_INT(company_id), DB_INT(device_id), DB_TEXT(said->name),
				  DB_TEXT(said->kind), DB_TEXT(said->ours)),
			  e);

	return n == 0 ? err_set(e, -ENOENT, "there is no such device") : n < 0 ? n : 0;
}

static void finding_read(const struct rows *r, struct arena *a, void *row)
{
	size_t n;
	const void *body = rows_keep_blob(r, 7, a, &n);

	*(struct fleet_finding_row *)row = (struct fleet_finding_row){
		.sensor_id = rows_int(r, 0),
		.sequence = rows_int(r, 1),
		.first_us = rows_int(r, 2),
		.last_us = rows_int(r, 3),
		.received_us = rows_int(r, 4),
		.severity = rows_int(r, 5),
		.confidence = rows_int(r, 6),
		.body = body,
		.body_n = n,
	};
}

int fleet_device_store_findings(struct txn *t, const struct scope *s, const struct fleet_story *q,
				size_t limit, struct arena *a, struct fleet_finding_row **out,
				size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT sensor_id, sequence, first_us, last_us, received_us, severity, confidence,"
		" body FROM finding WHERE company_id = $1 AND story = $2 AND"
		" ($3 = '' OR device_mac = $3) AND @scope(company_id)"
		" ORDER BY sensor_id DESC, sequence DESC LIMIT $4",
		DB_ARGS(DB_INT(q->company_id), DB_TEXT(q->story), DB_TEXT(q->device_mac),
			DB_INT((int64_t)limit)),
		e);

	return rows_list(r, finding_read, a, ROWS_OUT(out, n_out), e);
}

static void watched_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct fleet_watched *)row =
		(struct fleet_watched){ .sensor_id = rows_int(r, 0),
					.span = { rows_int(r, 1), rows_int(r, 2) } };
}

int fleet_device_store_watched(struct txn *t, const struct scope *s, int64_t company_id,
			       int64_t sensor_id, int64_t from_us, struct arena *a,
			       struct fleet_watched **out, size_t *n_out, struct err *e)
{
	struct rows *r = db_query(
		t, s,
		"SELECT sensor_id, from_us, to_us FROM watched WHERE company_id = $1 AND"
		" (CAST($2 AS BIGINT) = 0 OR sensor_id = $2) AND to_us > $3 AND @scope(company_id)"
		" ORDER BY to_us LIMIT $4",
		DB_ARGS(DB_INT(company_id), DB_INT(sensor_id), DB_INT(from_us),
			DB_INT(WATCHED_MAX)),
		e);

	return rows_list(r, watched_read, a, ROWS_OUT(out, n_out), e);
}

static void down_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct fleet_down *)row = (struct fleet_down){ .span = { rows_int(r, 0), rows_int(r, 1) },
							 .reason = rows_keep(r, 2, a) };
}

int fleet_device_store_downs(struct txn *t, const struct scope *s, int64_t sensor_id,
			     int64_t from_us, struct arena *a, struct fleet_down **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT from_us, to_us, reason FROM capture_down WHERE sensor_id = $1 AND"
			 " to_us >= $2 AND @scope(company_id) ORDER BY from_us LIMIT $3",
			 DB_ARGS(DB_INT(sensor_id), DB_INT(from_us), DB_INT(BLIND_GAPS_MAX)), e);

	return rows_list(r, down_read, a, ROWS_OUT(out, n_out), e);
}

static void beat_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct fleet_beat *)row = (struct fleet_beat){ .start_us = rows_int(r, 0),
							 .packets = rows_int(r, 1),
							 .packets_dropped = rows_int(r, 2),
							 .spool_bytes = rows_int(r, 3),
							 .rss_bytes = rows_int(r, 4),
							 .capture_up = rows_int(r, 5) != 0 };
}

int fleet_device_store_beats(struct txn *t, const struct scope *s, int64_t sensor_id,
			     int64_t from_us, struct arena *a, struct fleet_beat **out,
			     size_t *n_out, struct err *e)
{
	struct rows *r =
		db_query(t, s,
			 "SELECT start_us, packets, packets_dropped, spool_bytes, rss_bytes,"
			 " capture_up FROM heartbeat WHERE sensor_id = $1 AND start_us >= $2 AND"
			 " @scope(company_id) ORDER BY start_us LIMIT $3",
			 DB_ARGS(DB_INT(sensor_id), DB_INT(from_us), DB_INT(BEATS_MAX)), e);

	return rows_list(r, beat_read, a, ROWS_OUT(out, n_out), e);
}
