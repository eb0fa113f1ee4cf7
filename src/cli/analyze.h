/* SPDX-License-Identifier: Apache-2.0 */
/* Results of `otasuke analyze` on one file, and their ways onto paper. */
#ifndef CLI_ANALYZE_H
#define CLI_ANALYZE_H

#include "cli/cli.h"
#include "probe/detect/thresholds.h"
#include "probe/probe.h"

struct analyze_results;

struct analyze_summary {
	const char *file;
	struct probe_stats stats;
	const struct thresholds *thresholds;
	double seconds;   /* of work */
	int64_t peak_rss; /* bytes */
};

/* STORIES: a line of type "story" for each device against which something speaks. */
void analyze_print_jsonl(const struct analyze_results *r, const struct analyze_summary *s,
			 bool stories);
/* Onto standard output, for people. */
struct view;
void analyze_print_text(const struct cli *c, const struct view *v);
/* A line each: name, value, unit, lowest, highest, reason, with tabs between. */
void analyze_print_thresholds(const struct thresholds *t);

#endif
