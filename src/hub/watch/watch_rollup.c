/* SPDX-License-Identifier: Apache-2.0 */
/* When traffic is added up and when it is forgotten. SQL: watch_rollup_store.c.
 *
 * One mark says up to where hours are added up. A run adds up everything from there to the current
 * hour, and the days that these hours belong to. Late data moves the mark back, but never into time
 * whose five-minute rows are forgotten: their hours stand as they are. */
#include "hub/watch/watch_rollup.h"

#include "base/clock.h"
#include "hub/watch/watch_conf.h"
#include "hub/watch/watch_rollup_store.h"

static int64_t floor_to(int64_t v, int64_t step)
{
	return v / step * step;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int add_up(struct txn *t, int64_t zone_us, int64_t now_us, struct err *e)
{
	const int64_t kept_us =
		floor_to(now_us - watch_conf.keep_five_minutes_ms * 1000, US_PER_HOUR);
	const int64_t hours_kept_us = now_us - watch_conf.keep_hours_ms * 1000;
	int64_t done_us;
	int r = rollup_store_done(t, &scope_system, &done_us, e);

	if (r < 0)
		return r;
	int64_t from_us = floor_to(later(done_us, kept_us + US_PER_HOUR), US_PER_HOUR);
	int64_t to_us = floor_to(now_us, US_PER_HOUR) + US_PER_HOUR;
	if ((r = rollup_store_hours(t, &scope_system, from_us, to_us, e)) < 0)
		return r;
	int64_t day_us = floor_to(from_us + zone_us, US_PER_DAY) - zone_us;
	const struct rollup_days days = { day_us > hours_kept_us ? day_us : day_us + US_PER_DAY,
					  to_us, zone_us };
	if ((r = rollup_store_days(t, &scope_system, &days, e)) < 0)
		return r;
	/* the current hour is not over: it is added up again next time */
	return rollup_store_set_done(t, &scope_system, to_us - US_PER_HOUR, e);
}

int watch_rollup_run(struct hub *h, struct err *e)
{
	const int64_t now_us = clock_utc_us(h->clock);
	const struct rollup_keep keep = {
		.five_minutes_us = now_us - watch_conf.keep_five_minutes_ms * 1000,
		.hours_us = now_us - watch_conf.keep_hours_ms * 1000,
		.days_us = now_us - watch_conf.keep_days_ms * 1000,
	};
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);

	if (!t)
		return e->code;
	int r = add_up(t, h->conf.zone_min * US_PER_MIN, now_us, e);
	if (r >= 0)
		r = rollup_store_forget(t, &scope_system, &keep, e);
	return r < 0 ? r : txn_commit(&t, e);
}

int watch_rollup_late(struct txn *t, int64_t start_us, struct err *e)
{
	return rollup_store_lower(t, &scope_system, floor_to(start_us, US_PER_HOUR), e);
}

int watch_traffic(struct txn *t, const struct scope *s, const struct watch_traffic_query *q,
		  struct arena *a, struct watch_traffic **out, size_t *n_out, struct err *e)
{
	return rollup_store_traffic(t, s, q, a, out, n_out, e);
}
