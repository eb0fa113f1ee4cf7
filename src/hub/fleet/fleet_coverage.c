/* SPDX-License-Identifier: Apache-2.0 */
/* Watched and blind time of a sensor or a company, from what the store has proven. Arithmetic:
 * fleet_blind.c. */
#include <string.h>

#include "base/mem.h"
#include "hub/fleet/fleet_device_store.h"
#include "hub/fleet/fleet_rules.h"
#include "hub/fleet/fleet_store.h"

struct span fleet_coverage_month(int64_t now_us, int zone_min)
{
	struct civil c = time_civil(now_us, zone_min);
	struct civil from = { .year = c.year, .month = c.month, .day = 1 };
	struct civil to = { .year = c.month == 12 ? c.year + 1 : c.year,
			    .month = c.month == 12 ? 1 : c.month + 1,
			    .day = 1 };

	return (struct span){ time_from_civil(&from, zone_min), time_from_civil(&to, zone_min) };
}

/* The spans of those sensors in LIST that watch SITE_ID (all of them: -1). */
static size_t spans_of(const struct fleet_watched *w, size_t n, const struct fleet_sensor *list,
		       size_t n_sensors, int64_t site_id, struct span *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n_sensors; j++)
			if (list[j].id == w[i].sensor_id &&
			    (site_id < 0 || list[j].site_id == site_id))
				out[k++] = w[i].span;
	return k;
}

/* One place from its sensors: it is due from the first enrolment to the last revocation. */
static void place_query(const struct fleet_sensor *list, size_t n, int64_t site_id,
			struct blind_query *q)
{
	bool first = true, all_down = true;

	for (size_t i = 0; i < n; i++) {
		const struct fleet_sensor *s = &list[i];
		int64_t ended = s->revoked_us ? s->revoked_us : INT64_MAX;

		if (site_id >= 0 && s->site_id != site_id)
			continue;
		if (first || s->enrolled_us < q->enrolled_us)
			q->enrolled_us = s->enrolled_us;
		if (first || ended > q->ended_us)
			q->ended_us = ended;
		all_down = all_down && s->beat_us != 0 && !s->capture_up;
		first = false;
	}
	q->down = !first && all_down;
}

/* Watching may have begun before the certificate was signed (a capture that is read again). */
static void begin_with_first_proof(struct blind_query *q)
{
	for (size_t i = 0; i < q->n_watched; i++)
		if (q->watched[i].from_us < q->enrolled_us)
			q->enrolled_us = q->watched[i].from_us;
}

int fleet_coverage_sensor(struct txn *t, const struct scope *s, const struct fleet_sensor *x,
			  struct span period, int64_t now_us, struct blind_result *out,
			  struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	struct blind_query q = { .period = period,
				 .now_us = now_us,
				 .grace_us = FLEET_AMBER_AFTER_US };
	struct fleet_watched *w;
	size_t n;
	int r = fleet_device_store_watched(t, s, x->company_id, x->id, period.from_us, a, &w, &n,
					   e);

	if (r < 0)
		return r;
	struct span *spans = arena_array(a, n + 1, sizeof(*spans));
	q.n_watched = spans_of(w, n, x, 1, -1, spans);
	q.watched = spans;
	place_query(x, 1, -1, &q);
	begin_with_first_proof(&q);
	blind_run(&q, out);
	return 0;
}

static void add_result(struct blind_result *sum, const struct blind_result *r)
{
	sum->due_us += r->due_us;
	sum->watched_us += r->watched_us;
	sum->blind_us += r->blind_us;
	sum->unheard_us += r->unheard_us;
	for (size_t i = 0; i < r->n_gaps; i++) {
		if (sum->n_gaps == BLIND_GAPS_MAX)
			sum->gaps_left_out++;
		else
			sum->gap[sum->n_gaps++] = r->gap[i];
	}
	sum->gaps_left_out += r->gaps_left_out;
}

static bool site_done(const struct fleet_sensor *list, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (list[j].site_id == list[i].site_id)
			return true;
	return false;
}

int fleet_coverage_company(struct txn *t, const struct scope *s, const struct fleet_sensors *of,
			   struct span period, int64_t now_us, struct blind_result *out,
			   struct err *e)
{
	SCOPED_ARENA struct arena *a = arena_new(0);
	SCOPED_MEM struct blind_result *one = mem_new(sizeof(*one));
	struct fleet_watched *w;
	size_t n_watched;

	memset(out, 0, sizeof(*out));
	if (of->n == 0)
		return 0;
	int r = fleet_device_store_watched(t, s, of->list[0].company_id, 0, period.from_us, a, &w,
					   &n_watched, e);
	if (r < 0)
		return r;
	struct span *spans = arena_array(a, n_watched + 1, sizeof(*spans));
	for (size_t i = 0; i < of->n; i++) {
		int64_t site = of->list[i].site_id;
		struct blind_query q = { .period = period,
					 .now_us = now_us,
					 .grace_us = FLEET_AMBER_AFTER_US,
					 .watched = spans };

		if (site_done(of->list, i))
			continue;
		q.n_watched = spans_of(w, n_watched, of->list, of->n, site, spans);
		place_query(of->list, of->n, site, &q);
		begin_with_first_proof(&q);
		blind_run(&q, one);
		add_result(out, one);
	}
	return 0;
}
