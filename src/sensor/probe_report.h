/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe process puts into the spool: findings, summaries and its own signs of life. */
#ifndef SENSOR_PROBE_REPORT_H
#define SENSOR_PROBE_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "probe/probe.h"
#include "probe/records/record_intake.h"
#include "sensor/probe_items.h"
#include "sensor/spool/spool.h"

enum { REPORT_PROBLEMS_MAX = 8, REPORT_SUMMARY_ROWS = 256 };

struct probe_report {
	struct spool *spool;
	const char *state_dir;
	const struct clock *clock;
	const char *replay;           /* path of the capture, NULL = live */
	bool records_only;            /* no packets are watched, and none are missed */
	struct record_counts records; /* of other programs */
	int64_t every_ms;
	int64_t started_ns, beat_ns; /* monotonic; 0 = no sign of life yet */
	uint64_t dropped;            /* records, as last told */
	uint64_t damaged_bytes;
	char failed[ERR_TEXT_MAX]; /* why the capture cannot be read; "" = it can */
	struct probe_items *items; /* NULL = none yet */
	bool inline_box;           /* it is set up to hold devices back */
	char *problems[REPORT_PROBLEMS_MAX];
	size_t n_problems;
};

void probe_report_init(struct probe_report *r, struct spool *spool, const char *state_dir,
		       const struct clock *clock, int64_t every_ms);
void probe_report_done(struct probe_report *r);

struct probe_sink probe_report_sink(struct probe_report *r);
/* A problem that the next sign of life tells; each once. */
void probe_report_problem(struct probe_report *r, const char *text);
/* A heartbeat into the spool when one is due, or NOW. P may be NULL when there is no pipeline. */
void probe_report_beat(struct probe_report *r, const struct probe *p, bool now);

#endif
