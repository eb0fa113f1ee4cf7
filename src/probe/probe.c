/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline: capture -> dissect -> flow -> detectors -> sink, a batch at a time. */
#include "probe/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/alone.h"
#include "probe/capture/capture.h"
#include "probe/judge.h"
#include "probe/mute/mutes.h"
#include "probe/workers/crew.h"

enum { DEVICES_MAX_CEILING = 65536 };

const struct conf_row probe_conf_rows[] = {
	{ "probe.flow_memory", CONF_SIZE_BYTES, 1 << 20, INT64_C(1) << 34, "96M",
	  offsetof(struct probe_config, flow_memory_bytes), "memory of the flow table" },
	{ "probe.devices_max", CONF_INT, 16, DEVICES_MAX_CEILING, "4096",
	  offsetof(struct probe_config, devices_max), "devices remembered at most" },
	{ "probe.learning", CONF_DURATION_MS, 0, INT64_C(90) * 86400000, "7d",
	  offsetof(struct probe_config, learning_ms),
	  "how long a live sensor takes every device as known" },
	{ "probe.ring", CONF_SIZE_BYTES, 4 << 20, 256 << 20, "16M",
	  offsetof(struct probe_config, ring_bytes), "kernel ring of a live capture" },
	{ "probe.workers", CONF_INT, 1, PROBE_WORKERS_MAX, "1",
	  offsetof(struct probe_config, workers), "threads that share the work; 1 = all in one" },
	{ "probe.home", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, home),
	  "home networks, comma separated; empty = learn them" },
	{ "probe.indicators", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, indicators),
	  "path of the indicator list or bundle; empty = none" },
	{ "probe.thresholds", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, thresholds),
	  "changed thresholds, \"beacon.calls_min=8, scan.rest=900\"; empty = as shipped" },
};
const size_t probe_conf_rows_count = ARRAY_LEN(probe_conf_rows);

struct probe {
	struct probe_config config;
	struct judge judge;
	struct alone *alone; /* one of these two reads packets */
	struct crew *crew;
	bool packets; /* there were any to read: time is theirs */
};

void probe_config_init(struct probe_config *c)
{
	static char none[] = "";

	*c = (struct probe_config){
		.flow_memory_bytes = INT64_C(96) << 20,
		.devices_max = 4096,
		.learning_ms = INT64_C(7) * 24 * 3600 * 1000,
		.ring_bytes = INT64_C(16) << 20,
		.workers = 1,
		.home = none,
		.indicators = none,
		.thresholds = none,
		.without = none,
		.baseline = none,
	};
}

static void tell_problem(void *arg, const char *text)
{
	struct probe *p = arg;

	if (p->judge.sink.problem)
		p->judge.sink.problem(p->judge.sink.arg, text);
}

static struct probe *probe_make(const struct probe_config *c, const struct probe_sink *sink)
{
	struct probe *p = mem_new(sizeof(*p));

	p->config = *c;
	p->config.home = mem_strdup(c->home ? c->home : "");
	p->config.indicators = mem_strdup(c->indicators ? c->indicators : "");
	p->config.thresholds = mem_strdup(c->thresholds ? c->thresholds : "");
	p->config.without = mem_strdup(c->without ? c->without : "");
	p->judge.sink = *sink;
	return p;
}

int probe_new(const struct probe_config *c, const struct probe_sink *sink, struct probe **out,
	      struct err *e)
{
	struct probe *p = probe_make(c, sink);
	struct home home;

	thresholds_init(&p->judge.thresholds);
	p->judge.env.thresholds = &p->judge.thresholds;
	int r = thresholds_change(&p->judge.thresholds, p->config.thresholds, e);
	if (r == 0)
		r = home_init(&home, p->config.home, e);
	if (r == 0) {
		p->judge.env.indicators = indicators_new();
		if (p->config.indicators[0])
			r = probe_load_indicators(p, p->config.indicators, e);
		indicators_keep(p->judge.env.indicators); /* beside what the hub sends */
	}
	if (r == 0)
		r = detect_check_names(p->config.without, e);
	if (r == 0 && c->workers > 1)
		r = crew_new(&p->config, &p->judge, &p->crew, e);
	else if (r == 0)
		r = alone_new(&p->config, &p->judge, &p->alone, e);
	if (r < 0) {
		probe_free(p);
		return r;
	}
	p->judge.env.without = c->stage == PROBE_READERS ? "*" : p->config.without;
	judge_start(&p->judge, c, &home);
	*out = p;
	return 0;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	crew_free(p->crew); /* before the judge that it tells */
	alone_free(p->alone);
	judge_done(&p->judge);
	free(p->config.home);
	free(p->config.indicators);
	free(p->config.thresholds);
	free(p->config.without);
	free(p);
}

int probe_load_indicators(struct probe *p, const char *path, struct err *e)
{
	return indicators_load(p->judge.env.indicators, path, tell_problem, p, e);
}

size_t probe_except_indicators(struct probe *p, const char *text, size_t n)
{
	return indicators_except(p->judge.env.indicators, text, n);
}

void probe_mutes_set(struct probe *p, const struct mute *list, size_t n)
{
	judge_mutes(&p->judge, list, n);
}

void probe_mute_hits_set(struct probe *p, const struct mute_hits *hits, size_t n)
{
	mutes_hits_set(p->judge.env.mutes, hits, n);
}

size_t probe_mute_hits(const struct probe *p, struct mute_hits out[MUTES_MAX])
{
	return mutes_hits(p->judge.env.mutes, out);
}

int probe_map_indicators(struct probe *p, const char *path, struct err *e)
{
	return indicators_map(p->judge.env.indicators, path, e);
}

int probe_change_indicators(struct probe *p, const char *path, struct err *e)
{
	return indicators_load_begin(p->judge.env.indicators, path, e);
}

int probe_open_file(struct probe *p, const char *path, struct err *e)
{
	p->packets = true;
	return p->crew ? crew_open_file(p->crew, path, e) : alone_open_file(p->alone, path, e);
}

int probe_file_span(const char *path, int64_t *first_us_out, int64_t *last_us_out, struct err *e)
{
	SCOPED_MEM struct capture *c = mem_new(sizeof(*c));
	SCOPED_MEM struct packet *batch = mem_array(CAPTURE_BATCH, sizeof(*batch));
	int64_t first_us = INT64_MAX, last_us = INT64_MIN;
	int n = capture_open_file(c, path, e);

	while (n >= 0 && (n = capture_next(c, batch, CAPTURE_BATCH, 0, e)) > 0) {
		for (int i = 0; i < n; i++) {
			first_us = batch[i].ts_us < first_us ? batch[i].ts_us : first_us;
			last_us = batch[i].ts_us > last_us ? batch[i].ts_us : last_us;
		}
	}
	capture_close(c);
	if (n < 0)
		return n;
	if (first_us > last_us)
		return err_set(e, -ENODATA, "%s holds no packet", path);
	*first_us_out = first_us;
	*last_us_out = last_us;
	return 0;
}

int probe_open_live(struct probe *p, const char *interface, struct err *e)
{
	p->packets = true;
	p->judge.env.live = p->config.live = true;
	p->judge.env.resident = true;
	p->judge.env.start_us = clock_utc_us(&clock_real);
	return p->crew ? crew_open_live(p->crew, interface, e)
		       : alone_open_live(p->alone, interface, e);
}

int probe_step(struct probe *p, int wait_ms, struct err *e)
{
	return p->crew ? crew_step(p->crew, wait_ms, e) : alone_step(p->alone, wait_ms, e);
}

void probe_record(struct probe *p, const struct foreign *r)
{
	if (!p->packets && r->at_us > p->judge.env.now_us)
		judge_clock(&p->judge, r->at_us);
	judge_record(&p->judge, r);
}

void probe_idle(struct probe *p, int64_t now_us)
{
	if (!p->packets && now_us > p->judge.env.now_us)
		judge_clock(&p->judge, now_us);
}

void probe_finish(struct probe *p)
{
	p->packets = false;
	if (p->crew)
		crew_finish(p->crew);
	else
		alone_finish(p->alone);
	judge_finish(&p->judge);
}

void probe_stats_get(const struct probe *p, struct probe_stats *out)
{
	*out = p->judge.stats;
	if (p->crew)
		crew_stats(p->crew, out);
	else
		alone_stats(p->alone, out);
	out->devices = inventory_count(p->judge.env.inventory);
	out->devices_dropped = inventory_dropped(p->judge.env.inventory);
	out->findings = detect_findings(p->judge.env.detect);
	out->states_dropped = p->judge.env.forgotten + baseline_forgotten(p->judge.env.baseline);
	out->records_elsewhere = p->judge.env.elsewhere;
	out->indicators = indicators_count(p->judge.env.indicators);
	out->indicators_bad = indicators_bad(p->judge.env.indicators);
	if (out->first_us == INT64_MAX)
		out->first_us = 0;
}

const struct stories *probe_stories(const struct probe *p)
{
	return p->judge.env.stories;
}

void probe_devices_each(const struct probe *p, void (*fn)(void *arg, const struct device_info *d),
			void *arg)
{
	struct inventory *v = p->judge.env.inventory;

	for (size_t i = 0; i < inventory_count(v); i++) {
		struct device_texts texts;
		struct device_info info;
		inventory_describe(inventory_device(v, (uint32_t)i), NULL, &texts, &info);
		fn(arg, &info);
	}
}
