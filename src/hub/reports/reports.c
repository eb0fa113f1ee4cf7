/* SPDX-License-Identifier: Apache-2.0 */
/* Counting incidents. Pure: rows in, sums out. */
#include "hub/reports/reports.h"

#include <string.h>

#include "base/clock.h"

int64_t report_month(int64_t us, int n, int zone_min)
{
	struct civil c = time_civil(us, zone_min);
	int month = c.year * 12 + c.month - 1 + n;
	const struct civil first = { .year = month / 12, .month = month % 12 + 1, .day = 1 };

	return time_from_civil(&first, zone_min);
}

void report_start(struct report *r, int64_t from_us, int64_t to_us, int zone_min, struct arena *a)
{
	memset(r, 0, sizeof(*r));
	r->from_us = report_month(from_us, 0, zone_min);
	for (int64_t us = r->from_us; us <= to_us && r->n_month < REPORT_MONTHS_MAX;) {
		struct civil c = time_civil(us, zone_min);
		r->month[r->n_month++] =
			(struct report_group){ .key = arena_printf(a, "%04d-%02d", c.year, c.month),
					       .start_us = us };
		us = report_month(us, 1, zone_min);
		r->to_us = us;
	}
	for (int code = 1; code <= 47; code++)
		r->prefecture[code].code = code;
}

static void add(struct report_sum *s, const struct report_row *row)
{
	s->incidents++;
	s->phone_remote += row->phone_remote;
	s->visit += row->visit;
	s->both += row->phone_remote && row->visit;
	s->untouched += !row->phone_remote && !row->visit;
	s->minutes += row->minutes;
	s->cost_yen += row->cost_yen;
}

static struct report_group *kind_group(struct report *r, const char *kind)
{
	for (size_t i = 0; i < r->n_kind; i++)
		if (strcmp(r->kind[i].key, kind) == 0)
			return &r->kind[i];
	if (r->n_kind == REPORT_GROUPS_MAX)
		return NULL;
	r->kind[r->n_kind].key = kind;
	return &r->kind[r->n_kind++];
}

static struct report_group *month_group(struct report *r, int64_t us)
{
	size_t low = 0, high = r->n_month;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;
		if (r->month[mid].start_us <= us)
			low = mid;
		else
			high = mid;
	}
	return &r->month[low];
}

void report_add(struct report *r, const struct report_row *row)
{
	if (row->opened_us < r->from_us || row->opened_us >= r->to_us)
		return;
	add(&r->all, row);
	add(&month_group(r, row->opened_us)->sum, row);
	struct report_group *kind = kind_group(r, row->kind);
	if (kind)
		add(&kind->sum, row);
	if (row->prefecture >= 1 && row->prefecture <= 47)
		add(&r->prefecture[row->prefecture].sum, row);
}
