/* SPDX-License-Identifier: Apache-2.0 */
/* Roll-ups in the database. Hours are written as a whole again and again (late data), never added
 * to. */
#include "hub/watch/watch_rollup_store.h"

#include <errno.h>

#include "base/clock.h"
#include "store/rows.h"

int rollup_store_done(struct txn *t, const struct scope *s, int64_t *out, struct err *e)
{
	int64_t done = 0;
	int r = db_one_int(t, s, "SELECT done_us FROM rollup WHERE name = 'hour' @global",
			   DB_NO_ARGS, &done, e);
	if (r < 0 && r != -ENOENT)
		return r;
	*out = done;
	return 0;
}

int rollup_store_set_done(struct txn *t, const struct scope *s, int64_t done_us, struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO rollup (name, done_us) VALUES ('hour', $1)"
		      " ON CONFLICT (name) DO UPDATE SET done_us = excluded.done_us @global",
		      DB_ARGS(DB_INT(done_us)), e);
}

int rollup_store_lower(struct txn *t, const struct scope *s, int64_t to_us, struct err *e)
{
	return db_run(t, s,
		      "UPDATE rollup SET done_us = $1 WHERE name = 'hour' AND done_us > $1 @global",
		      DB_ARGS(DB_INT(to_us)), e);
}

#define SUMS                                                                                       \
	"CAST(sum(bytes_in) AS BIGINT), CAST(sum(bytes_out) AS BIGINT),"                           \
	" CAST(sum(packets) AS BIGINT), CAST(sum(flows) AS BIGINT),"                               \
	" CAST(sum(flows_failed) AS BIGINT), CAST(sum(dns_queries) AS BIGINT),"                    \
	" CAST(sum(dns_nxdomain) AS BIGINT), max(peers)"
#define COLUMNS                                                                                    \
	" (company_id, sensor_id, mac, start_us, bytes_in, bytes_out, packets, flows,"             \
	" flows_failed, dns_queries, dns_nxdomain, peers)"
#define REPLACE                                                                                    \
	" ON CONFLICT (company_id, start_us, sensor_id, mac) DO UPDATE SET"                        \
	" bytes_in = excluded.bytes_in, bytes_out = excluded.bytes_out,"                           \
	" packets = excluded.packets, flows = excluded.flows,"                                     \
	" flows_failed = excluded.flows_failed, dns_queries = excluded.dns_queries,"               \
	" dns_nxdomain = excluded.dns_nxdomain, peers = excluded.peers"

int rollup_store_hours(struct txn *t, const struct scope *s, int64_t from_us, int64_t to_us,
		       struct err *e)
{
	return db_run(t, s,
		      "INSERT INTO traffic_hour" COLUMNS
		      " SELECT company_id, sensor_id, mac, start_us / $3 * $3, " SUMS
		      " FROM traffic WHERE start_us >= $1 AND start_us < $2 AND @scope(company_id)"
		      " GROUP BY company_id, sensor_id, mac, start_us / $3 * $3" REPLACE,
		      DB_ARGS(DB_INT(from_us), DB_INT(to_us), DB_INT(US_PER_HOUR)), e);
}

int rollup_store_days(struct txn *t, const struct scope *s, const struct rollup_days *d,
		      struct err *e)
{
	return db_run(
		t, s,
		"INSERT INTO traffic_day" COLUMNS
		" SELECT company_id, sensor_id, mac, (start_us + $4) / $3 * $3 - $4, " SUMS
		" FROM traffic_hour WHERE start_us >= $1 AND start_us < $2"
		" AND @scope(company_id)"
		" GROUP BY company_id, sensor_id, mac, (start_us + $4) / $3 * $3 - $4" REPLACE,
		DB_ARGS(DB_INT(d->from_us), DB_INT(d->to_us), DB_INT(US_PER_DAY),
			DB_INT(d->zone_us)),
		e);
}

int rollup_store_forget(struct txn *t, const struct scope *s, const struct rollup_keep *k,
			struct err *e)
{
	int r = db_run(t, s, "DELETE FROM traffic WHERE start_us < $1 AND @scope(company_id)",
		       DB_ARGS(DB_INT(k->five_minutes_us)), e);
	if (r >= 0)
		r = db_run(t, s,
			   "DELETE FROM traffic_hour WHERE start_us < $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(k->hours_us)), e);
	if (r >= 0)
		r = db_run(t, s,
			   "DELETE FROM traffic_day WHERE start_us < $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(k->days_us)), e);
	return r;
}

#define TRAFFIC_SELECT(table)                                                                      \
	"SELECT start_us, CAST(sum(bytes_in) AS BIGINT), CAST(sum(bytes_out) AS BIGINT),"          \
	" CAST(sum(flows) AS BIGINT), CAST(sum(flows_failed) AS BIGINT) FROM " table               \
	" WHERE company_id = $1 AND start_us >= $2 AND start_us < $3 AND ($4 = '' OR mac = $4)"    \
	" AND @scope(company_id) GROUP BY start_us ORDER BY start_us LIMIT 5000"

static void traffic_read(const struct rows *r, struct arena *a, void *row)
{
	(void)a;
	*(struct watch_traffic *)row =
		(struct watch_traffic){ rows_int(r, 0), rows_int(r, 1), rows_int(r, 2),
					rows_int(r, 3), rows_int(r, 4) };
}

int rollup_store_traffic(struct txn *t, const struct scope *s, const struct watch_traffic_query *q,
			 struct arena *a, struct watch_traffic **out, size_t *n_out, struct err *e)
{
	const char *sql = q->step == WATCH_FIVE_MINUTES ? TRAFFIC_SELECT("traffic")
			  : q->step == WATCH_HOURS      ? TRAFFIC_SELECT("traffic_hour")
							: TRAFFIC_SELECT("traffic_day");
	struct rows *r = db_query(t, s, sql,
				  DB_ARGS(DB_INT(q->company_id), DB_INT(q->from_us),
					  DB_INT(q->to_us), DB_TEXT(q->mac ? q->mac : "")),
				  e);

	return rows_list(r, traffic_read, a, ROWS_OUT(out, n_out), e);
}
