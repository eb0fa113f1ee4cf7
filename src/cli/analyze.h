/* SPDX-License-Identifier: Apache-2.0 */
/* Results of `otasuke analyze` on one file, and their two ways onto paper. */
#ifndef CLI_ANALYZE_H
#define CLI_ANALYZE_H

#include "cli/cli.h"
#include "probe/detect/thresholds.h"
#include "probe/probe.h"

struct analyze_results;

struct analyze_summary {
	const char *file;
	struct probe_stats stats;
	double seconds;   /* of work */
	int64_t peak_rss; /* bytes */
};

struct analyze_results *analyze_results_new(void);
void analyze_results_free(struct analyze_results *r);
/* Keeps a copy; the newest telling of a story replaces the one before. */
void analyze_results_add(struct analyze_results *r, const struct finding *f);

void analyze_print_jsonl(const struct analyze_results *r, const struct analyze_summary *s);
void analyze_print_table(const struct cli *c, const struct analyze_results *r,
			 const struct analyze_summary *s);
/* A line each: name, value, unit, lowest, highest, reason, with tabs between. */
void analyze_print_thresholds(const struct thresholds *t);

#endif
