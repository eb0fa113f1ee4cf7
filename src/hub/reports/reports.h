/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: what happened in the region, counted from what was done. SQL: reports_store.c. Pages:
 * reports_web.c. */
#ifndef HUB_REPORTS_REPORTS_H
#define HUB_REPORTS_REPORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hub/hub.h"

extern const struct hub_feature reports_feature;

enum { REPORT_MONTHS_MAX = 36, REPORT_GROUPS_MAX = 64 };

/* One incident, reduced to what is counted. */
struct report_row {
	int64_t opened_us;
	const char *kind;
	int prefecture; /* JIS X 0401 */
	bool phone_remote, visit;
	int64_t minutes, cost_yen;
};

/* Four ways to count the same incidents; each has its label on the page:
 *   incidents       distinct incidents
 *   phone_remote    distinct incidents with at least one action by phone or remotely
 *   visit           distinct incidents with at least one visit
 *   both            distinct incidents with both: the first response to a visit
 * The deck's table counts handlings: phone_remote (which holds `both`) and visit make up its total.
 */
struct report_sum {
	int64_t incidents, phone_remote, visit, both, untouched;
	int64_t minutes, cost_yen;
};
static inline int64_t report_handlings(const struct report_sum *s)
{
	return s->phone_remote + s->visit;
}

struct report_group {
	const char *key;  /* kind id, prefecture code, month "2026-11" */
	int64_t start_us; /* of a month; 0 else */
	int code;         /* of a prefecture; 0 else */
	struct report_sum sum;
};

struct report {
	struct report_sum all;
	struct report_group month[REPORT_MONTHS_MAX];
	size_t n_month;
	struct report_group kind[REPORT_GROUPS_MAX];
	size_t n_kind;
	struct report_group prefecture[48]; /* [code]; [0] unused */
	int64_t from_us, to_us;             /* whole months, to not included */
};

/* The months from FROM to TO (any day of them), both included, at most REPORT_MONTHS_MAX. */
void report_start(struct report *r, int64_t from_us, int64_t to_us, int zone_min, struct arena *a);
/* Counts one incident; one outside the months is not counted. */
void report_add(struct report *r, const struct report_row *row);

/* The first microsecond of the month that holds US, N months later. */
int64_t report_month(int64_t us, int n, int zone_min);

#endif
