/* SPDX-License-Identifier: Apache-2.0 */
/* The time line of a report: where marks, curves and ticks lie. */
#ifndef CLI_ANALYZE_CHART_H
#define CLI_ANALYZE_CHART_H

#include "cli/analyze_page.h"

/* Fills lanes, ticks and scale of OUT from V. */
void chart_make(const struct cli *c, struct arena *a, const struct view *v,
		struct report_capture *out);

#endif
