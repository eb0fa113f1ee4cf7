/* SPDX-License-Identifier: Apache-2.0 */
/* capture -> dissect -> flow -> judge, a batch at a time. */
#include "probe/alone.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct alone {
	struct judge *judge;
	struct dpi *dpi;
	struct flow_table *flows;
	struct capture capture;
	int64_t shift_us, ring_bytes, up_since_us;
	enum probe_stage stage;
	struct packet batch[CAPTURE_BATCH];
};

static void on_flow(void *arg, struct flow *f, enum flow_event ev, const struct dissected *d)
{
	const struct alone *a = arg;

	if (a->stage == PROBE_ALL || a->stage == PROBE_READERS)
		judge_flow(a->judge, f, ev, d);
}

int alone_new(const struct probe_config *c, struct judge *j, struct alone **out, struct err *e)
{
	bool look = c->stage == PROBE_ALL || c->stage >= PROBE_DPI;
	struct dpi *dpi = look ? dpi_new(e) : NULL;

	if (look && !dpi)
		return -ENOMEM;
	struct alone *a = mem_new(sizeof(*a));
	struct flow_listener listener = { .arg = a, .event = on_flow };
	a->judge = j;
	a->dpi = dpi;
	a->stage = c->stage;
	a->shift_us = c->shift_us;
	a->ring_bytes = c->ring_bytes;
	a->flows = flow_table_new((size_t)c->flow_memory_bytes, dpi, &listener);
	*out = a;
	return 0;
}

void alone_free(struct alone *a)
{
	if (!a)
		return;
	capture_close(&a->capture);
	flow_table_free(a->flows);
	dpi_free(a->dpi);
	free(a);
}

static void tell_problem(void *arg, const char *text)
{
	const struct probe_sink *sink = &((struct alone *)arg)->judge->sink;

	if (sink->problem)
		sink->problem(sink->arg, text);
}

static void capture_init(struct alone *a)
{
	uint64_t dropped = a->capture.stats.dropped, bad = a->capture.stats.records_bad;

	capture_close(&a->capture);
	a->capture = (struct capture){
		.ring_bytes = a->ring_bytes,
		.problem = tell_problem,
		.problem_arg = a,
		.stats = { .dropped = dropped, .records_bad = bad },
	};
}

int alone_open_file(struct alone *a, const char *path, struct err *e)
{
	capture_init(a);
	return capture_open_file(&a->capture, path, e);
}

int alone_open_live(struct alone *a, const char *interface, struct err *e)
{
	capture_init(a);
	a->up_since_us = clock_utc_us(&clock_real);
	return capture_open_live(&a->capture, interface, e);
}

/* What time brings: flows end, detectors look again, summaries close. */
static void advance(struct alone *a, int64_t now_us)
{
	a->judge->env.now_us = now_us;
	flow_expire(a->flows, now_us);
	judge_clock(a->judge, now_us);
}

static void on_packet(struct alone *a, const struct dissected *d)
{
	struct packet_counts count = {
		.packets = 1,
		.bytes = d->wire_len,
		.bad = d->bad,
		.first_us = d->ts_us,
		.last_us = d->ts_us,
	};
	int dir = 0;

	judge_count(a->judge, &count);
	if (a->stage != PROBE_ALL && a->stage < PROBE_READERS) {
		if (a->stage >= PROBE_FLOWS)
			(void)flow_update(a->flows, d, &dir); /* nobody asks */
		return;
	}
	if (d->neighbour.op)
		judge_neighbour(a->judge, d);
	struct flow *f = flow_update(a->flows, d, &dir);
	if (f) {
		struct moved moved = { .packets = { dir == 0, dir == 1 } };
		moved.bytes[dir] = d->wire_len;
		traffic_moved(a->judge->env.inventory, f->device, &moved);
	}
	if (d->unreached.proto)
		flow_unreached(a->flows, d);
	if (f)
		judge_packet(a->judge, f, dir, d);
}

/* A few packets at a time, so that memory is on its way when it is needed. */
static void run_some(struct alone *a, struct packet *p, size_t n)
{
	const struct detect_env *env = &a->judge->env;
	struct dissected d[FLOW_AHEAD];

	for (size_t i = 0; i < n; i++) {
		p[i].ts_us += a->shift_us;
		dissect(&p[i], &d[i]);
		flow_ahead(a->flows, &d[i]);
	}
	for (size_t i = 0; i < n; i++)
		flow_ahead_more(a->flows, &d[i]);
	for (size_t i = 0; i < n; i++) {
		int64_t ts = p[i].ts_us;
		/* Packets a little out of order do not turn time back. */
		if (ts > env->now_us || env->now_us - ts > US_PER_MIN)
			advance(a, ts);
		on_packet(a, &d[i]);
	}
}

static void run_batch(struct alone *a, size_t n)
{
	for (size_t i = 0; i < n; i += FLOW_AHEAD)
		run_some(a, a->batch + i, n - i < FLOW_AHEAD ? n - i : FLOW_AHEAD);
}

int alone_step(struct alone *a, int wait_ms, struct err *e)
{
	bool was_up = a->capture.stats.up;

	if (!a->capture.ops)
		return err_set(e, -EINVAL, "no capture is open");
	int n = capture_next(&a->capture, a->batch, CAPTURE_BATCH, wait_ms, e);
	if (a->capture.stats.up && !was_up)
		a->up_since_us = clock_utc_us(&clock_real);
	if (n == -EAGAIN) { /* a quiet line: time goes on all the same */
		advance(a, clock_utc_us(&clock_real));
		return 1;
	}
	if (n > 0 && a->stage != PROBE_CAPTURE)
		run_batch(a, (size_t)n);
	return n > 0 ? 1 : n;
}

void alone_finish(struct alone *a)
{
	flow_end_all(a->flows);
}

void alone_stats(const struct alone *a, struct probe_stats *out)
{
	struct flow_stats f;

	flow_stats_get(a->flows, &f);
	out->flows = f.flows;
	out->flows_live = f.live;
	out->flows_dropped = f.dropped;
	out->packets_dropped = a->capture.stats.dropped;
	out->records_bad = a->capture.stats.records_bad;
	out->capture_up = a->capture.stats.up;
	memcpy(out->capture_text, a->capture.stats.text, sizeof(out->capture_text));
	out->up_since_us = a->up_since_us;
}
