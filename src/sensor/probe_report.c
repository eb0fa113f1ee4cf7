/* SPDX-License-Identifier: Apache-2.0 */
/* From the pipeline's sink into records. Which packets there are is role_probe.c's business. */
#include "sensor/probe_report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/str.h"
#include "sensor/enforcer/journal.h"
#include "sensor/sensor_conf.h"
#include "sensor/sensor_version.h"

#define NS_PER_MS          INT64_C(1000000)
#define ENFORCER_SILENT_US (2 * US_PER_MIN)

enum { STATUS_MAX = 4096 };

static void on_finding(void *arg, const struct finding *f)
{
	struct probe_report *r = arg;
	struct record rec = { .kind = RECORD_FINDING, .finding = *f };

	spool_append(r->spool, &rec);
}

static size_t rows_left(size_t n, size_t at)
{
	if (at >= n)
		return 0;
	return n - at < REPORT_SUMMARY_ROWS ? n - at : REPORT_SUMMARY_ROWS;
}

/* A large network's interval becomes several records; the totals are in the first one only. */
static void on_summary(void *arg, const struct interval *s)
{
	struct probe_report *r = arg;
	size_t rows = s->n_traffic > s->n_devices ? s->n_traffic : s->n_devices;

	for (size_t at = 0; at == 0 || at < rows; at += REPORT_SUMMARY_ROWS) {
		struct record rec = { .kind = RECORD_SUMMARY, .summary = *s };
		rec.summary.n_traffic = rows_left(s->n_traffic, at);
		rec.summary.n_devices = rows_left(s->n_devices, at);
		if (rec.summary.n_traffic > 0)
			rec.summary.traffic += at;
		if (rec.summary.n_devices > 0)
			rec.summary.devices += at;
		if (at > 0)
			rec.summary.packets = rec.summary.bytes = rec.summary.packets_bad = 0;
		spool_append(r->spool, &rec);
	}
}

static void on_problem(void *arg, const char *text)
{
	log_warn("%s", text);
	probe_report_problem(arg, text);
}

void probe_report_problem(struct probe_report *r, const char *text)
{
	if (!text[0] || r->n_problems == REPORT_PROBLEMS_MAX)
		return;
	for (size_t i = 0; i < r->n_problems; i++) {
		if (strcmp(r->problems[i], text) == 0)
			return;
	}
	r->problems[r->n_problems++] = mem_strdup(text);
}

static void problems_clear(struct probe_report *r)
{
	for (size_t i = 0; i < r->n_problems; i++)
		free(r->problems[i]);
	r->n_problems = 0;
}

/* What the uplink has to say: one line, empty when all is well. */
static void uplink_problem(struct probe_report *r)
{
	char path[SENSOR_PATH_MAX];
	SCOPED_BUF struct buf b;

	buf_init(&b, STATUS_MAX);
	sensor_path(r->state_dir, SENSOR_STATUS, path);
	if (file_read(path, STATUS_MAX, &b, NULL) >= 0 && b.n > 0)
		probe_report_problem(r, b.p);
}

static uint64_t spool_problems(struct probe_report *r, const struct spool_stats *s)
{
	uint64_t dropped = 0;
	struct err e = { 0 };

	for (size_t k = 0; k < ARRAY_LEN(s->dropped); k++)
		dropped += s->dropped[k];
	if (dropped > r->dropped) {
		(void)err_set(&e, -ENOSPC,
			      "%" PRIu64 " records were lost because there was no room for them",
			      dropped - r->dropped); /* words only */
		log_warn("%s", e.text);
		probe_report_problem(r, e.text);
	}
	if (s->damaged_bytes > r->damaged_bytes) {
		(void)err_set(&e, -EFORMAT, "%" PRIu64 " damaged bytes of the spool were cut off",
			      s->damaged_bytes - r->damaged_bytes); /* words only */
		probe_report_problem(r, e.text);
	}
	r->dropped = dropped;
	r->damaged_bytes = s->damaged_bytes;
	probe_report_problem(r, s->trouble);
	return dropped;
}

/* A recorded capture counts as watched from its first packet on, and stays up when it has ended. */
static void capture_figures(const struct probe_report *r, const struct probe_stats *s,
			    struct heartbeat *h)
{
	h->capture_up = !r->failed[0] && (r->replay || r->records_only || s->capture_up);
	h->capture_text = r->failed[0] ? r->failed : h->capture_up ? "" : s->capture_text;
	h->watched_from_us = r->replay         ? s->first_us
			     : r->records_only ? h->at_us - h->uptime_s * US_PER_SEC
					       : s->up_since_us;
	if (h->watched_from_us <= 0 || h->watched_from_us > h->at_us)
		h->watched_from_us = h->at_us;
}

/* What the enforcer says of itself; it is said here because this process alone writes the spool. */
static void inline_figures(const struct probe_report *r, struct enforcer_status *s,
			   struct heartbeat *h)
{
	char dir[SENSOR_PATH_MAX];

	if (!r->inline_box)
		return;
	sensor_path(r->state_dir, SENSOR_ENFORCER, dir);
	enforcer_status_load(dir, ENFORCER_SILENT_US, s);
	h->inline_box = s->able;
	h->inline_text = s->text;
	h->isolated = s->isolated;
	h->blocked = s->blocked;
}

static void beat(struct probe_report *r, const struct probe *p, int64_t now_ns)
{
	struct enforcer_status enforcer = { 0 };
	struct spool_stats spool;
	struct probe_stats s = { 0 };
	int64_t rss = proc_rss_bytes();
	struct heartbeat *h;
	struct record rec = { .kind = RECORD_HEARTBEAT };

	spool_stats_get(r->spool, &spool);
	if (p)
		probe_stats_get(p, &s);
	uplink_problem(r);
	h = &rec.heartbeat;
	*h = (struct heartbeat){
		.at_us = clock_utc_us(r->clock),
		.version = SENSOR_VERSION,
		.uptime_s = (now_ns - r->started_ns) / (1000 * NS_PER_MS),
		.packets = s.packets,
		.packets_dropped = s.packets_dropped,
		.flows_dropped = s.flows_dropped,
		.spool_bytes = spool.bytes,
		.spool_quota = spool.quota,
		.spool_dropped = spool_problems(r, &spool),
		.rss_bytes = rss > 0 ? (uint64_t)rss : 0,
		.records = r->records.lines,
		.records_unknown = r->records.unknown,
		.records_dropped = r->records.dropped + r->records.refused,
		.problems = (const char *const *)r->problems,
		.n_problems = r->n_problems,
	};
	capture_figures(r, &s, h);
	inline_figures(r, &enforcer, h);
	if (r->items)
		probe_items_beat(r->items, h);
	spool_append(r->spool, &rec);
	spool_run(r->spool);
	problems_clear(r);
	r->beat_ns = now_ns;
}

void probe_report_beat(struct probe_report *r, const struct probe *p, bool now)
{
	int64_t now_ns = clock_mono_ns(r->clock);

	if (now || r->beat_ns == 0 || now_ns - r->beat_ns >= r->every_ms * NS_PER_MS)
		beat(r, p, now_ns);
}

struct probe_sink probe_report_sink(struct probe_report *r)
{
	return (struct probe_sink){
		.arg = r, .finding = on_finding, .summary = on_summary, .problem = on_problem
	};
}

void probe_report_init(struct probe_report *r, struct spool *spool, const char *state_dir,
		       const struct clock *clock, int64_t every_ms)
{
	struct spool_stats s;

	*r = (struct probe_report){ .spool = spool,
				    .state_dir = state_dir,
				    .clock = clock,
				    .every_ms = every_ms,
				    .started_ns = clock_mono_ns(clock) };
	spool_stats_get(spool, &s);
	r->dropped = s.dropped_before;
}

void probe_report_done(struct probe_report *r)
{
	problems_clear(r);
}
