/* SPDX-License-Identifier: Apache-2.0 */
/* The pipeline: capture -> dissect -> flow -> detectors -> sink, a batch at a time. */
#include "probe/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "probe/capture/capture.h"
#include "probe/detect/detect.h"
#include "probe/readers.h"
#include "probe/traffic.h"

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
};
const size_t probe_conf_rows_count = ARRAY_LEN(probe_conf_rows);

struct probe {
	struct probe_config config;
	struct probe_sink sink;
	struct dpi *dpi;
	struct flow_table *flows;
	struct detect_env env;
	struct readers *readers;
	struct traffic_meter meter;
	struct capture capture;
	struct probe_stats stats;
	int64_t tick_us;
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
	};
}

static void tell_problem(void *arg, const char *text)
{
	struct probe *p = arg;

	if (p->sink.problem)
		p->sink.problem(p->sink.arg, text);
}

static void on_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	struct probe *p = arg;
	struct inventory *v = p->env.inventory;

	if (ev == FLOW_EVENT_NEW && d) {
		bool swapped = !addr_eq(&f->key.src, &d->src);
		f->device[swapped] = inventory_sender(v, d);
		f->device[!swapped] = inventory_receiver(v, d);
		readers_flow_owner(v, f);
		if (f->key.proto == PROTO_TCP && !f->midway && !swapped)
			inventory_syn_ttl(v, f->device[0], d->ttl);
	}
	traffic_flow(v, f, ev);
	detect_flow(p->env.detect, f, ev, d);
}

static struct probe *probe_make(const struct probe_config *c, const struct probe_sink *sink)
{
	struct probe *p = mem_new(sizeof(*p));

	p->config = *c;
	p->config.home = mem_strdup(c->home ? c->home : "");
	p->config.indicators = mem_strdup(c->indicators ? c->indicators : "");
	p->sink = *sink;
	p->stats.first_us = INT64_MAX;
	return p;
}

int probe_new(const struct probe_config *c, const struct probe_sink *sink, struct probe **out,
	      struct err *e)
{
	struct probe *p = probe_make(c, sink);
	struct flow_listener listener = { .arg = p, .event = on_flow };
	struct home home;
	int r = home_init(&home, p->config.home, e);

	if (r == 0) {
		p->env.indicators = indicators_new();
		if (p->config.indicators[0])
			r = probe_load_indicators(p, p->config.indicators, e);
	}
	if (r == 0 && !(p->dpi = dpi_new(e)))
		r = -ENOMEM;
	if (r < 0) {
		probe_free(p);
		return r;
	}
	p->env.inventory = inventory_new((size_t)c->devices_max, &home);
	p->env.names = names_new();
	p->env.learning_us = c->learning_ms * 1000;
	p->env.resident = c->resident;
	p->flows = flow_table_new((size_t)c->flow_memory_bytes, p->dpi, &listener);
	p->env.detect = detect_new(&p->env, &p->sink);
	p->readers = readers_new(&p->env);
	*out = p;
	return 0;
}

void probe_free(struct probe *p)
{
	if (!p)
		return;
	capture_close(&p->capture);
	readers_free(p->readers);
	detect_free(p->env.detect);
	flow_table_free(p->flows);
	names_free(p->env.names);
	inventory_free(p->env.inventory);
	indicators_free(p->env.indicators);
	dpi_free(p->dpi);
	free(p->config.home);
	free(p->config.indicators);
	free(p);
}

int probe_load_indicators(struct probe *p, const char *path, struct err *e)
{
	return indicators_load(p->env.indicators, path, tell_problem, p, e);
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
	p->env.live = p->config.live = true;
	p->env.resident = true;
	p->env.start_us = clock_utc_us(&clock_real);
	p->stats.up_since_us = p->env.start_us;
	return capture_open_live(&p->capture, interface, e);
}

/* What time brings: flows end, detectors look again, summaries close. */
static void advance(struct probe *p, int64_t now_us)
{
	if (p->env.start_us == 0)
		p->env.start_us = now_us;
	p->env.now_us = now_us;
	flow_expire(p->flows, now_us);
	if (now_us - p->tick_us < US_PER_SEC && now_us >= p->tick_us)
		return;
	p->tick_us = now_us;
	detect_tick(p->env.detect);
	traffic_tick(&p->meter, p->env.inventory, &p->sink, now_us, false);
}

static void on_packet(struct probe *p, const struct dissected *d)
{
	int dir = 0;

	p->stats.packets++;
	p->stats.bytes += d->wire_len;
	p->meter.packets++;
	p->meter.bytes += d->wire_len;
	p->stats.packets_bad += d->bad;
	p->meter.packets_bad += d->bad;
	if (d->ts_us < p->stats.first_us)
		p->stats.first_us = d->ts_us;
	if (d->ts_us > p->stats.last_us)
		p->stats.last_us = d->ts_us;
	if (d->neighbour.op) {
		inventory_neighbour(p->env.inventory, d);
		detect_neighbour(p->env.detect, d);
	}
	struct flow *f = flow_update(p->flows, d, &dir);
	if (f)
		traffic_packet(&p->meter, p->env.inventory, f, dir, d);
	if (d->unreached.proto)
		flow_unreached(p->flows, d);
	if (f)
		readers_packet(p->readers, f, dir, d);
}

static void run_batch(struct probe *p, size_t n)
{
	struct dissected d;

	for (size_t i = 0; i < n; i++) {
		p->batch[i].ts_us += p->config.shift_us;
		int64_t ts = p->batch[i].ts_us;
		/* Packets a little out of order do not turn time back. */
		if (ts > p->env.now_us || p->env.now_us - ts > US_PER_MIN)
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
	if (p->env.live && p->capture.stats.up && !was_up)
		p->stats.up_since_us = clock_utc_us(&clock_real);
	if (n == -EAGAIN) { /* a quiet line: time goes on all the same */
		advance(p, clock_utc_us(&clock_real));
		return 1;
	}
	if (n > 0)
		run_batch(p, (size_t)n);
	return n > 0 ? 1 : n;
}

void probe_finish(struct probe *p)
{
	flow_end_all(p->flows);
	detect_tick(p->env.detect);
	detect_finish(p->env.detect);
	traffic_tick(&p->meter, p->env.inventory, &p->sink, p->env.now_us, true);
}

void probe_stats_get(const struct probe *p, struct probe_stats *out)
{
	struct flow_stats f;

	*out = p->stats;
	flow_stats_get(p->flows, &f);
	out->flows = f.flows;
	out->flows_live = f.live;
	out->flows_dropped = f.dropped;
	out->devices = inventory_count(p->env.inventory);
	out->devices_dropped = inventory_dropped(p->env.inventory);
	out->findings = detect_findings(p->env.detect);
	out->states_dropped = p->env.forgotten;
	out->indicators = indicators_count(p->env.indicators);
	out->indicators_bad = indicators_bad(p->env.indicators);
	out->packets_dropped = p->capture.stats.dropped;
	out->records_bad = p->capture.stats.records_bad;
	out->capture_up = p->capture.stats.up;
	memcpy(out->capture_text, p->capture.stats.text, sizeof(out->capture_text));
	if (out->first_us == INT64_MAX)
		out->first_us = 0;
}
