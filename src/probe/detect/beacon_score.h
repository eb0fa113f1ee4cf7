/* SPDX-License-Identifier: Apache-2.0 */
/* How much a series of connections looks like a machine calling home. Pure arithmetic. */
#ifndef PROBE_DETECT_BEACON_SCORE_H
#define PROBE_DETECT_BEACON_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "probe/detect/thresholds.h"

enum { BEACON_SERIES_MAX = 64 };

struct beacon_score {
	double regular;           /* intervals: symmetry and spread */
	double alike;             /* bytes sent: the same */
	double even;              /* spread over the time evenly */
	double lasting;           /* covers the time since it began, over enough connections */
	double total;             /* of all four */
	double interval_s, mad_s; /* median and its absolute deviation */
};

struct beacon_series {
	const int64_t *start; /* the newest N, ascending, microseconds */
	size_t n;
	const uint32_t *sent; /* bytes of M of the connections, any order; M = 0: all failed */
	size_t m;
	int64_t first_us; /* of all */
	int64_t now_us;   /* packet time */
};

/* All zero with fewer starts than beacon.calls_min. */
void beacon_score(const struct beacon_series *s, const struct thresholds *t,
		  struct beacon_score *out);

#endif
