/* SPDX-License-Identifier: Apache-2.0 */
/* What became of the alerts of a generated region: most were looked into and closed, the newest are
 * open, some are left for cases. Also notices, mutes and traffic. */
#include "hub/watch/watch_fill.h"

#include "hub/watch/watch.h"
#include "hub/watch/watch_fill_store.h"
#include "hub/watch/watch_mute.h"
#include "hub/watch/watch_rollup_store.h"

enum {
	PAGE = 2000,
	CASE_PERCENT = 35, /* of the cases that began with an alert */
	MUTE_PERCENT = 5,  /* of the companies */
	MUTE_DAYS = 60,
	HOURS = 24,
	DAYS = 45,
};

/* How many in a hundred alerts of this age are still new, or accepted. */
struct age {
	int64_t days;
	int fresh, accepted;
};

static const struct age ages[] = { { 2, 65, 15 }, { 7, 8, 10 }, { 30, 1, 1 }, { 1000, 0, 0 } };

static size_t company_index(const struct hub_fill *f, int64_t id)
{
	size_t low = 0, high = f->n_companies;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (f->companies[mid].id <= id)
			low = mid;
		else
			high = mid;
	}
	return low;
}

/* Left open for the case feature? About a quarter of the alerts are serious enough. */
static bool wants_case(struct hub_fill *f, const struct fill_alert_row *row)
{
	size_t wanted = f->n_cases * CASE_PERCENT / 100;
	size_t serious = f->n_alerts / 4 + 1;

	if (row->severity < SEVERITY_MEDIUM || f->n_case_alerts >= wanted)
		return false;
	return fill_between(f, 0, 999) < (int64_t)(1000 * wanted / serious);
}

static int close_alert(struct txn *t, struct hub_fill *f, const struct fill_company *c,
		       const struct fill_alert_row *row, struct err *e)
{
	int64_t at = row->opened_us + fill_between(f, 5, 3 * 24 * 60) * US_PER_MIN;
	struct user u;

	if (at > f->now_us)
		at = f->now_us;
	u = fill_user(f, fill_chance(f, 80) ? &f->orgs[0] : c->vendor, at);
	return watch_alert_close(t, &u, row->id, fill_pick(f, "close_why")->text, at, e);
}

static int settle(struct txn *t, struct hub_fill *f, const struct fill_alert_row *row,
		  struct err *e)
{
	size_t i = company_index(f, row->company_id);
	int64_t days = (f->now_us - row->opened_us) / US_PER_DAY, roll = fill_between(f, 0, 99);
	const struct age *age = ages;

	if (wants_case(f, row)) {
		f->alerts[f->n_case_alerts++] =
			(struct fill_alert){ row->id, row->opened_us, i, row->severity };
		return 0;
	}
	while (days >= age->days && age->days < 1000)
		age++;
	if (roll < age->fresh)
		return 0;
	if (roll >= age->fresh + age->accepted)
		return close_alert(t, f, &f->companies[i], row, e);
	int64_t at = row->opened_us + US_PER_MIN;
	struct user u = fill_user(f, f->companies[i].vendor, at);
	return watch_alert_accept(t, &u, row->id, at, e);
}

/* 1 while there is more. */
static int settle_page(struct hub *h, struct hub_fill *f, int64_t *after, struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	const struct fill_alert_page page = { *after, f->companies[0].id, PAGE };
	struct fill_alert_row *list;
	size_t n;
	SCOPED_TXN struct txn *t = txn_begin(h->db, TXN_WRITE, e);
	int r = t ? watch_fill_store_alerts(t, &scope_system, &page, a, &list, &n, e) : e->code;

	for (size_t i = 0; r >= 0 && i < n; i++) {
		r = settle(t, f, &list[i], e);
		*after = list[i].id;
	}
	if (r < 0 || (r = txn_commit(&t, e)) < 0)
		return r;
	return n == PAGE;
}

static int mutes_fill(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	static const char *const detectors[] = { "scan", "new_device", "beacon" };
	struct watch_mute m = { .company_id = f->companies[i].id,
				.device_mac = "",
				.peer = "",
				.name = "",
				.until_us = f->now_us + MUTE_DAYS * US_PER_DAY };
	int64_t id;

	(void)h;
	if (!fill_chance(f, MUTE_PERCENT))
		return 0;
	size_t which = (size_t)fill_between(f, 0, 2);
	m.detector = detectors[which];
	m.reason = fill_nth("mute_why", which)->text;
	struct user u = fill_user(f, &f->orgs[0], f->now_us);
	return watch_mute_add(t, &u, &m, f->now_us, &id, e);
}

/* Hours of today, days before; people work from eight to six. */
static int traffic_fill(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	struct fill_traffic x = { .from_company = f->companies[0].id, .step = (int64_t)i };
	int64_t zone = h->conf.zone_min * US_PER_MIN, ago = (int64_t)i;

	x.day = i >= HOURS;
	if (x.day) {
		ago -= HOURS - 1;
		x.start_us = (f->now_us + zone) / US_PER_DAY * US_PER_DAY - zone - ago * US_PER_DAY;
		x.shape = time_civil(x.start_us, (int)h->conf.zone_min).weekday % 6 == 0 ? 2 : 20;
	} else {
		x.start_us = f->now_us / US_PER_HOUR * US_PER_HOUR - ago * US_PER_HOUR;
		int hour = time_civil(x.start_us, (int)h->conf.zone_min).hour;
		x.shape = hour >= 8 && hour < 18 ? 3 : 1;
	}
	return watch_fill_store_traffic(t, &scope_system, &x, e);
}

static int notices_fill(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	const struct fill_notices n = { f->companies[0].id, f->now_us - 3 * US_PER_HOUR,
					f->orgs[0].people[0].person_id };

	(void)h;
	(void)i;
	return watch_fill_store_notices(t, &scope_system, &n, e);
}

static int rollup_done(struct hub *h, struct hub_fill *f, struct txn *t, size_t i, struct err *e)
{
	(void)h;
	(void)i;
	return rollup_store_set_done(t, &scope_system, f->now_us / US_PER_HOUR * US_PER_HOUR, e);
}

int watch_fill(struct hub *h, struct hub_fill *f, struct err *e)
{
	int64_t after = 0;
	int r = 1;

	if (f->n_companies == 0)
		return 0;
	while (r > 0)
		r = settle_page(h, f, &after, e);
	if (r < 0 || (r = fill_each(h, f, 1, 1, notices_fill, e)) < 0 ||
	    (r = fill_each(h, f, f->n_companies, PAGE, mutes_fill, e)) < 0 ||
	    (r = fill_each(h, f, HOURS + DAYS, 8, traffic_fill, e)) < 0)
		return r;
	return fill_each(h, f, 1, 1, rollup_done, e);
}
