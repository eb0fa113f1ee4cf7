/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline: capture -> dissect -> flow -> detectors -> sink, a batch at a time. */
#include "probe/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/capture/capture.h"
#include "probe/judge.h"

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
	{ "probe.home", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, home),
	  "home networks, comma separated; empty = learn them" },
	{ "probe.indicators", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, indicators),
	  "path of the indicator list; empty = none" },
	{ "probe.thresholds", CONF_TEXT, 0, 4096, "", offsetof(struct probe_config, thresholds),
	  "changed thresholds, \"beacon.calls_min=8, scan.rest=900\"; empty = as shipped" },
};
const size_t probe_conf_rows_count = ARRAY_LEN(probe_conf_rows);

struct probe {
	struct probe_config config;
	struct judge judge;
	struct dpi *dpi;
	struct flow_table *flows;
	struct capture capture;
	int64_t up_since_us;
	struct packet batch[CAPTURE_BATCH];
};

void probe_config_init(struct probe_config *c)
{
	static char none[] = "";

	*c = (struct probe_config){
		.flow_memory_bytes = INT64_C(96) << 20,
		.devices_max = 4096,
		.learning_ms = INT64_C(7) * 24 * 3600 * 1000,
		.ring_bytes = INT64_C(16) << 20,
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

static void on_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct probe *p = arg;

	judge_flow(&p->judge, f, ev, d);
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
	struct flow_listener listener = { .arg = p, .event = on_flow };
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
	}
	if (r == 0)
		r = detect_check_names(p->config.without, e);
	if (r == 0 && !(p->dpi = dpi_new(e)))
		r = -ENOMEM;
	if (r < 0) {
		probe_free(p);
		return r;
	}
	p->judge.env.without = p->config.without;
	p->flows = flow_table_new((size_t)c->flow_memory_bytes, p->dpi, &listener);
	judge_start(&p->judge, c, &home);
	*out = p;
	return 0;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	capture_close(&p->capture);
	judge_done(&p->judge);
	flow_table_free(p->flows);
	dpi_free(p->dpi);
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

static void capture_init(struct probe *p)
{
	uint64_t dropped = p->capture.stats.dropped, bad = p->capture.stats.records_bad;

	capture_close(&p->capture);
	p->capture = (struct capture){
		.ring_bytes = p->config.ring_bytes,
		.problem = tell_problem,
		.problem_arg = p,
		.stats = { .dropped = dropped, .records_bad = bad },
	};
}

int probe_open_file(struct probe *p, const char *path, struct err *e)
{
	capture_init(p);
	return capture_open_file(&p->capture, path, e);
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
	capture_init(p);
	p->judge.env.live = p->config.live = true;
	p->judge.env.resident = true;
	p->judge.env.start_us = clock_utc_us(&clock_real);
	p->up_since_us = p->judge.env.start_us;
	return capture_open_live(&p->capture, interface, e);
}

/* What time brings: flows end, detectors look again, summaries close. */
static void advance(struct probe *p, int64_t now_us)
{
	p->judge.env.now_us = now_us;
	flow_expire(p->flows, now_us);
	judge_clock(&p->judge, now_us);
}

static void on_packet(struct probe *p, const struct dissected *d)
{
	struct packet_counts count = {
		.packets = 1,
		.bytes = d->wire_len,
		.bad = d->bad,
		.first_us = d->ts_us,
		.last_us = d->ts_us,
	};
	int dir = 0;

	judge_count(&p->judge, &count);
	if (d->neighbour.op)
		judge_neighbour(&p->judge, d);
	struct flow *f = flow_update(p->flows, d, &dir);
	if (f) {
		struct moved moved = { .packets = { dir == 0, dir == 1 } };
		moved.bytes[dir] = d->wire_len;
		traffic_moved(p->judge.env.inventory, f->device, &moved);
	}
	if (d->unreached.proto)
		flow_unreached(p->flows, d);
	if (f)
		judge_packet(&p->judge, f, dir, d);
}

static void run_batch(struct probe *p, size_t n)
{
	struct dissected d;

	for (size_t i = 0; i < n; i++) {
		p->batch[i].ts_us += p->config.shift_us;
		int64_t ts = p->batch[i].ts_us;
		/* Packets a little out of order do not turn time back. */
		if (ts > p->judge.env.now_us || p->judge.env.now_us - ts > US_PER_MIN)
			advance(p, ts);
		dissect(&p->batch[i], &d);
		on_packet(p, &d);
	}
}

int probe_step(struct probe *p, int wait_ms, struct err *e)
{
	bool was_up = p->capture.stats.up;

	if (!p->capture.ops)
		return err_set(e, -EINVAL, "no capture is open");
	int n = capture_next(&p->capture, p->batch, CAPTURE_BATCH, wait_ms, e);
	if (p->judge.env.live && p->capture.stats.up && !was_up)
		p->up_since_us = clock_utc_us(&clock_real);
	if (n == -EAGAIN) { /* a quiet line: time goes on all the same */
		advance(p, clock_utc_us(&clock_real));
		return 1;
	}
	if (n > 0)
		run_batch(p, (size_t)n);
	return n > 0 ? 1 : n;
}

void probe_record(struct probe *p, const struct foreign *r)
{
	if (!p->capture.ops && r->at_us > p->judge.env.now_us)
		advance(p, r->at_us);
	judge_record(&p->judge, r);
}

void probe_finish(struct probe *p)
{
	flow_end_all(p->flows);
	judge_finish(&p->judge);
}

void probe_stats_get(const struct probe *p, struct probe_stats *out)
{
	struct flow_stats f;

	*out = p->judge.stats;
	out->up_since_us = p->up_since_us;
	flow_stats_get(p->flows, &f);
	out->flows = f.flows;
	out->flows_live = f.live;
	out->flows_dropped = f.dropped;
	out->devices = inventory_count(p->judge.env.inventory);
	out->devices_dropped = inventory_dropped(p->judge.env.inventory);
	out->findings = detect_findings(p->judge.env.detect);
	out->states_dropped = p->judge.env.forgotten + baseline_forgotten(p->judge.env.baseline);
	out->indicators = indicators_count(p->judge.env.indicators);
	out->indicators_bad = indicators_bad(p->judge.env.indicators);
	out->packets_dropped = p->capture.stats.dropped;
	out->records_bad = p->capture.stats.records_bad;
	out->capture_up = p->capture.stats.up;
	memcpy(out->capture_text, p->capture.stats.text, sizeof(out->capture_text));
	if (out->first_us == INT64_MAX)
		out->first_us = 0;
}
