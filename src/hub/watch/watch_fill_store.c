/* SPDX-License-Identifier: Apache-2.0 */
/* SQL for generated regions. Everything runs as the hub itself. */
#include "hub/watch/watch_fill_store.h"

#include <errno.h>

#include "base/clock.h"

int watch_fill_store_alerts(struct txn *t, const struct scope *s, const struct fill_alert_page *p,
			    struct arena *a, struct fill_alert_row **out, size_t *n_out,
			    struct err *e)
{
	struct fill_alert_row *list = arena_array(a, p->limit, sizeof(*list));
	size_t n = 0;
	int more = 1;
	SCOPED_ROWS struct rows *r = db_query(
		t, s,
		"SELECT id, company_id, opened_us, severity FROM alert WHERE id > $1"
		" AND company_id >= $2 AND state = 'new' AND @scope(company_id) ORDER BY id"
		" LIMIT $3",
		DB_ARGS(DB_INT(p->after_id), DB_INT(p->from_company), DB_INT((int64_t)p->limit)),
		e);

	if (!r)
		return e ? e->code : -EIO;
	while (n < p->limit && (more = rows_next(r, e)) > 0)
		list[n++] = (struct fill_alert_row){ rows_int(r, 0), rows_int(r, 1), rows_int(r, 2),
						     (int)rows_int(r, 3) };
	if (more < 0)
		return more;
	*out = list;
	*n_out = n;
	return 0;
}

static int change(struct txn *t, const struct scope *s, const char *sql, const struct dbv *args,
		  size_t n_args, struct err *e)
{
	int64_t n = db_exec(t, s, sql, args, n_args, e);

	return n < 0 ? (int)n : 0;
}

int watch_fill_store_notices(struct txn *t, const struct scope *s, const struct fill_notices *n,
			     struct err *e)
{
	int r = change(t, s,
		       "UPDATE notice SET state = 'read', sent_us = queued_us + $3,"
		       " opened_us = queued_us + 10 * $3, read_us = queued_us + (id % 20 + 11) * $3"
		       " WHERE state = 'queued' AND call_due_us < $2 AND company_id >= $1"
		       " AND @scope(company_id)",
		       DB_ARGS(DB_INT(n->from_company), DB_INT(n->before_us), DB_INT(US_PER_MIN)),
		       e);

	if (r >= 0)
		r = change(t, s,
			   "UPDATE notice SET state = 'sent', sent_us = queued_us + $2"
			   " WHERE state = 'queued' AND company_id >= $1 AND @scope(company_id)",
			   DB_ARGS(DB_INT(n->from_company), DB_INT(US_PER_MIN)), e);
	if (r >= 0)
		r = change(t, s,
			   "UPDATE notice SET state = 'called', outcome = 'reached',"
			   " called_by = $3, called_us = call_due_us + (id % 30 + 1) * $4"
			   " WHERE state = 'call' AND call_due_us < $2 AND company_id >= $1"
			   " AND @scope(company_id)",
			   DB_ARGS(DB_INT(n->from_company), DB_INT(n->before_us),
				   DB_INT(n->person_id), DB_INT(US_PER_MIN)),
			   e);
	return r;
}

#define TRAFFIC_INTO(table)                                                                        \
	"INSERT INTO " table " (company_id, sensor_id, mac, start_us, bytes_in, bytes_out,"        \
	" packets, flows, flows_failed, dns_queries, dns_nxdomain, peers)"                         \
	" SELECT company_id, sensor_id, mac, $2, ((id * 7919 + $4 * 104729) % 900000 + 100000)"    \
	" * $3, ((id * 7919 + $4 * 104729) % 90000 + 10000) * $3,"                                 \
	" ((id * 7919 + $4 * 104729) % 900 + 100) * $3, (id * 31 + $4 * 17) % 80 * $3 + 1,"        \
	" id % 3, (id * 31 + $4 * 17) % 160 * $3 + 1, id % 5, (id + $4) % 50 + 1"                  \
	" FROM device WHERE id % 3 = 0 AND company_id >= $1 AND @scope(company_id)"                \
	" ON CONFLICT (company_id, start_us, sensor_id, mac) DO NOTHING"

int watch_fill_store_traffic(struct txn *t, const struct scope *s, const struct fill_traffic *x,
			     struct err *e)
{
	return change(t, s, x->day ? TRAFFIC_INTO("traffic_day") : TRAFFIC_INTO("traffic_hour"),
		      DB_ARGS(DB_INT(x->from_company), DB_INT(x->start_us), DB_INT(x->shape),
			      DB_INT(x->step)),
		      e);
}
