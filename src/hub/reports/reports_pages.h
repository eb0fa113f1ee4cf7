/* SPDX-License-Identifier: Apache-2.0 */
/* What the statistics page shows. */
#ifndef HUB_REPORTS_REPORTS_PAGES_H
#define HUB_REPORTS_REPORTS_PAGES_H

#include "hub/reports/reports.h"
#include "net/tmpl.h"

struct report_line {
	const char *label, *key;
	int64_t start_s; /* of a month, seconds */
	struct report_sum sum;
};

struct report_place { /* one prefecture on the map */
	int code;
	const char *id; /* "p03" */
	const char *name, *shade, *url;
	int64_t incidents;
};

struct report_option {
	const char *value, *text;
	bool chosen;
};

struct reports_page {
	struct report_sum all;
	int64_t handlings;
	struct report_line *months, *kinds, *places, *regions;
	size_t n_months, n_kinds, n_places, n_regions;
	struct report_place map[47];
	const char *map_url, *csv_url;
	int64_t step[4];       /* upper ends of the map's shades */
	const char *from, *to; /* "2026-01" */
	struct report_option *kind_options, *prefecture_options;
	size_t n_kind_options, n_prefecture_options;
};

#endif
