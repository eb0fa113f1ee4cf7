/* SPDX-License-Identifier: Apache-2.0 */
/* The worker's loop. For a file it sees the time of every packet, its own or not, so that flows
 * end at the same packet however many workers there are. */
#include "probe/workers/worker.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "probe/judge.h"

enum {
	WIRE_WAIT_MS = 50,
	/* A wire with nothing on it: packets older than this will not come any more. */
	WIRE_LATE_MS = 150,
};

int worker_init(struct worker *w, unsigned number, size_t flow_memory_bytes,
		const struct halt *halt, struct err *e)
{
	struct flow_listener listener = { .arg = w, .event = worker_tell_flow };

	w->number = number;
	w->halt = halt;
	w->counts = (struct packet_counts){ .first_us = INT64_MAX, .last_us = INT64_MIN };
	w->dpi = dpi_new(e);
	if (!w->dpi)
		return -ENOMEM;
	w->flows = flow_table_new(flow_memory_bytes, w->dpi, &listener);
	outlet_init(&w->out, halt);
	return 0;
}

void worker_done(struct worker *w)
{
	capture_close(&w->capture);
	flow_table_free(w->flows);
	dpi_free(w->dpi);
	outlet_done(&w->out);
}

static void advance(struct worker *w, int64_t now_us)
{
	w->now_us = now_us;
	w->phase = PHASE_EXPIRED;
	flow_expire(w->flows, now_us);
	if (!judge_tick_due(w->tick_us, now_us))
		return;
	w->tick_us = now_us;
	w->phase = PHASE_SUMS;
	worker_tell_all_moved(w);
	worker_tell_counts(w);
	w->phase = PHASE_CLOCK;
	worker_tell_clock(w);
	worker_tell_status(w);
}

static void clock_see(struct worker *w, int64_t ts_us)
{
	/* Packets a little out of order do not turn time back. */
	if (ts_us > w->now_us || w->now_us - ts_us > US_PER_MIN)
		advance(w, ts_us);
}

static void count(struct worker *w, const struct dissected *d)
{
	struct packet_counts *c = &w->counts;

	c->packets++;
	c->bytes += d->wire_len;
	c->bad += d->bad;
	if (d->ts_us < c->first_us)
		c->first_us = d->ts_us;
	if (d->ts_us > c->last_us)
		c->last_us = d->ts_us;
}

/* QUOTED: the flow that an ICMP error is about falls to this worker too. */
static void on_packet(struct worker *w, const struct dissected *d, bool quoted)
{
	int dir = 0;

	w->phase = PHASE_PACKET;
	count(w, d);
	if (d->neighbour.op)
		worker_tell_neighbour(w, d);
	struct flow *f = flow_update(w->flows, d, &dir);
	if (f)
		worker_tell_moved(w, f, dir, d->wire_len);
	if (d->unreached.proto && quoted) {
		w->phase = PHASE_QUOTED;
		flow_unreached(w->flows, d);
	}
	if (f && readers_want(f, d)) {
		w->phase = PHASE_READ;
		worker_tell_packet(w, f, dir, d);
	}
}

static void prepare(struct worker *w, const struct packet *p, struct dissected *d)
{
	dissect(p, d);
	d->ts_us += w->shift_us;
	flow_ahead(w->flows, d);
}

/* The packets from FIRST on, until enough of them were ours; the first that was not looked at. */
static size_t on_some(struct worker *w, const struct feed_block *b, size_t first)
{
	struct dissected d[FLOW_AHEAD];
	size_t n = 0, end = first, k = 0;

	for (; end < b->n && n < FLOW_AHEAD; end++) {
		if (b->to[end].to == w->number || b->to[end].also == w->number)
			prepare(w, &b->packet[end], &d[n++]);
	}
	for (size_t i = 0; i < n; i++)
		flow_ahead_more(w->flows, &d[i]);
	for (size_t i = first; i < end; i++) {
		struct spread_to to = b->to[i];
		w->at = b->first + i;
		clock_see(w, b->packet[i].ts_us + w->shift_us);
		if (to.to == w->number) {
			on_packet(w, &d[k++], to.also == SPREAD_NOBODY || to.also == w->number);
		} else if (to.also == w->number) { /* an ICMP error about a flow of ours */
			w->phase = PHASE_QUOTED;
			flow_unreached(w->flows, &d[k++]);
		}
	}
	return end;
}

static void on_block(struct worker *w, const struct feed_block *b)
{
	for (size_t i = 0; i < b->n;)
		i = on_some(w, b, i);
	w->phase = PHASE_READ;
	worker_tell_all_moved(w);
	worker_tell_counts(w);
}

void *worker_read_file(void *arg)
{
	struct worker *w = arg;
	const struct feed_block *b;
	bool last = false;

	while (!last && (b = feed_take(w->feed, w->number))) {
		on_block(w, b);
		last = b->last;
		uint64_t until = b->first + b->n;
		feed_give(w->feed, w->number);
		if (!last)
			outlet_flush(&w->out, until, false);
	}
	worker_tell_status(w);
	outlet_flush(&w->out, UINT64_MAX, true);
	return NULL;
}

static void on_few(struct worker *w, const struct packet *p, int n)
{
	struct dissected d[FLOW_AHEAD];

	for (int i = 0; i < n; i++)
		prepare(w, &p[i], &d[i]);
	for (int i = 0; i < n; i++)
		flow_ahead_more(w->flows, &d[i]);
	for (int i = 0; i < n; i++) {
		if ((uint64_t)p[i].ts_us > w->at)
			w->at = (uint64_t)p[i].ts_us;
		clock_see(w, d[i].ts_us);
		on_packet(w, &d[i], true);
	}
}

static void on_silence(struct worker *w)
{
	int64_t now_us = clock_utc_us(&clock_real), sure_us = now_us - WIRE_LATE_MS * 1000;

	if ((uint64_t)sure_us > w->at)
		w->at = (uint64_t)sure_us;
	advance(w, now_us);
}

void *worker_read_wire(void *arg)
{
	struct worker *w = arg;
	struct packet batch[CAPTURE_BATCH];
	struct err e = { 0 };

	while (!atomic_load(&w->halt->source)) {
		int n = capture_next(&w->capture, batch, CAPTURE_BATCH, WIRE_WAIT_MS, &e);
		for (int i = 0; i < n; i += FLOW_AHEAD)
			on_few(w, batch + i, n - i < FLOW_AHEAD ? n - i : FLOW_AHEAD);
		if (n <= 0)
			on_silence(w);
		w->phase = PHASE_READ;
		worker_tell_all_moved(w);
		worker_tell_counts(w);
		outlet_flush(&w->out, w->at, false);
	}
	worker_tell_status(w);
	outlet_flush(&w->out, UINT64_MAX, true);
	return NULL;
}

void *worker_finish(void *arg)
{
	struct worker *w = arg;

	w->at++;
	w->phase = PHASE_EXPIRED;
	flow_end_all(w->flows);
	w->phase = PHASE_READ;
	worker_tell_all_moved(w);
	worker_tell_counts(w);
	worker_tell_status(w);
	outlet_flush(&w->out, UINT64_MAX, true);
	return NULL;
}
